"""Hints: where the drums of a MIDI file may be that has none on channel 10."""

import typing

from drumspace_ext.notes import drum_parts
from drumspace_ext.notes import midi_kits

if typing.TYPE_CHECKING:
  import symusic


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
    named = len(tracks) == 1 or drum_parts.is_called_drums(track.name)
    pitches = track.notes.numpy()['pitch'].tolist()
    if named and drum_parts.look_like_drums(pitches):
      return True
  return False
