"""Hints: where the drums of a MIDI file may be that has none on channel 10."""

import re
import typing

from drumspace_ext.notes import midi_events
from drumspace_ext.notes import midi_kits

if typing.TYPE_CHECKING:
  import symusic

_PITCHES = range(22, 60)
_SHARE = 0.8
_NAME = re.compile(r'drum|perc|kit|beat', re.IGNORECASE)


def worth_scanning(data: bytes, score: 'symusic.Score') -> bool:
  """Says whether the bytes hold drums, or a kit, that symusic left out."""
  return (
      b'\x99' in data  # note-on, channel 10
      or b'\x42\x12\x40' in data  # GS system exclusive
      or any(
          control.number == 0 and control.value in midi_kits.KIT_BANKS
          for track in score.tracks for control in track.controls
      )
      or _may_be_drums(score)
  )


def _may_be_drums(score) -> bool:
  """Says whether a track looks like drums, so that its channel is worth naming.

  A bass has the pitches of drums too: only a track that is alone, or is called
  drums, is looked at.
  """
  tracks = [track for track in score.tracks if len(track.notes)]
  for track in tracks:
    named = len(tracks) == 1 or _NAME.search(track.name)
    pitches = track.notes.numpy()['pitch'].tolist()
    if named and _drum_share(pitches) > _SHARE:
      return True
  return False


def _drum_share(pitches: list[int]) -> float:
  return sum(pitch in _PITCHES for pitch in pitches) / len(pitches)


def channel_hint(scan: midi_events.Scan) -> str:
  """Says which channel looks most like drums."""
  by_channel: dict[int, list[int]] = {}
  for _, channel, pitch, _ in scan.notes:
    by_channel.setdefault(channel, []).append(pitch)
  share = {
      channel: _drum_share(pitches) for channel, pitches in by_channel.items()
  }
  best = max(sorted(share), key=lambda c: (share[c], len(by_channel[c])))
  low, high = min(by_channel[best]), max(by_channel[best])
  hint = f'channel {best + 1} holds pitches {low}-{high}'
  if share[best] > _SHARE:
    hint += ': try --assume_drums'
  return hint
