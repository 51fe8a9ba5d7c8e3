"""MIDI files: bytes in, drum onsets out.

Reading goes through symusic, a MIDI library in C++ that reads 4,000 and more
real files a second (note_seq: 8 to 24). Where it fails, or finds no drum note,
`midi_scan` tries. As in note_seq, a drum note is one on channel 10, and a
note-on without a note-off is dropped if the file has others.
"""

import re
import struct
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.files import midi_kinds
from drumspace_ext.notes import midi_scan
from drumspace_ext.notes import onsets as onsets_lib

if typing.TYPE_CHECKING:
  import symusic

_HEADER = struct.Struct('>4sIHHH')
# A MIDI file may stand inside RIFF, or behind a MacBinary or mail header.
SEARCH_BYTES = 4096
_DRUM_HINT_PITCHES = range(22, 60)
_DRUM_SHARE = 0.8
_DRUM_NAME = re.compile(r'drum|perc|kit|beat', re.IGNORECASE)


def _header(data: bytes) -> tuple[int, int, int]:
  """Finds the MIDI header; returns (where, ticks per quarter, next chunk).

  Raises:
    RejectedInputError: If there is none, or its division is unusable.
  """
  if not data:
    raise errors.RejectedInputError('empty')
  if len(data) > midi_kinds.MAX_FILE_BYTES:
    raise errors.RejectedInputError(
        'too_large', f'{len(data)} bytes; the limit is {midi_kinds.MAX_FILE_BYTES}'
    )
  start = data.find(b'MThd', 0, SEARCH_BYTES)
  if start >= 0 and len(data) < start + _HEADER.size:
    raise errors.RejectedInputError('damaged_midi', 'it ends in its header')
  if start < 0:
    raise errors.RejectedInputError('not_midi', _what_is(data))
  _, size, _, _, division = _HEADER.unpack_from(data, start)
  if division & 0x8000:
    raise errors.RejectedInputError(
        'smpte_division',
        f'{256 - (division >> 8)} frames a second, {division & 0xFF} ticks '
        'a frame',
    )
  if not division:
    raise errors.RejectedInputError('bad_division', 'division 0')
  # The header says how long it is; some lie, and then the first track tells.
  chunk = start + 8 + size
  if data[chunk:chunk + 4] != b'MTrk':
    found = data.find(b'MTrk', start)
    if found >= 0 and (size != 6 or not data[chunk:chunk + 4].isalnum()):
      chunk = found
  return start, division, chunk


def _what_is(data: bytes) -> str:
  """Names the kind of some bytes that are no MIDI file."""
  head = data[:512].lstrip().lower()
  kinds = (
      (data[:4] == b'PK\x03\x04', 'a zip archive'),
      (data[:4] == b'Rar!', 'a RAR archive'),
      (data[:2] == b'\x1f\x8b', 'a gzip file'),
      (data[:4] == b'RIFF', 'a RIFF file without MIDI in it'),
      (data[:3] in (b'ID3', b'GIF') or data[:4] == b'OggS',
       'sound or a picture'),
      (b'<html' in head or head.startswith(b'<!doctype'), 'a web page'),
      (not any(data[:512]), 'zero bytes'),
      (data[:512].isascii(), 'text'),
  )
  for fits, kind in kinds:
    if fits:
      return f'it looks like {kind}'
  return f'it begins with the bytes {data[:4].hex(" ")}'


def parse(
    data: bytes,
) -> 'tuple[symusic.Score | None, midi_scan.Scan | None, int]':
  """Reads all of a MIDI file, for those who want more than its drums.

  Args:
    data: The whole file, RIFF-wrapped or with foreign bytes in front too.

  Returns:
    (symusic score in ticks or None, `midi_scan.Scan` or None, ticks a quarter).
    The score is None where symusic can't read the file. The scan is there
    where the score is not, or lacks drum notes that a tolerant reader finds.

  Raises:
    RejectedInputError: If the bytes are no MIDI file that could be read.
  """
  start, ticks_per_quarter, chunk = _header(data)
  score = _parse_from(data, start)
  if score is not None:
    has_drums = any(t.is_drum and len(t.notes) for t in score.tracks)
    if has_drums or not _worth_scanning(data, score):
      return score, None, ticks_per_quarter
  return score, midi_scan.scan(data, chunk), ticks_per_quarter


def _parse_from(data: bytes, start: int):
  """Returns a symusic score, or None if symusic can't read the bytes."""
  import symusic

  try:
    # Its errors are RuntimeError and ValueError, by no documented rule.
    return symusic.Score.from_midi(data[start:] if start else data)
  except Exception:  # noqa: BLE001
    return None


def read_onsets(
    data: bytes, *, assume_drums: bool = False
) -> onsets_lib.DrumOnsets:
  """Reads the drum notes of a MIDI file.

  Args:
    data: The whole file.
    assume_drums: Take the notes of all channels.

  Returns:
    The onsets; tempos and meters are taken from all tracks.

  Raises:
    RejectedInputError: If there are no drum notes to be had.
  """
  start, ticks_per_quarter, chunk = _header(data)
  score = _parse_from(data, start)
  if score is not None:
    onsets = _onsets_of_score(score, assume_drums)
    if onsets is not None:
      return onsets
    if not assume_drums and not _worth_scanning(data, score):
      count = sum(len(track.notes) for track in score.tracks)
      raise errors.RejectedInputError(
          'no_drum_notes', f'{count} notes, none on channel 10'
      )
  return _onsets_of_scan(data, ticks_per_quarter, chunk, assume_drums)


def _onsets_of_score(score, assume_drums: bool):
  """Returns the drum onsets of a symusic score, or None if there are none."""
  columns = [
      track.notes.numpy() for track in score.tracks
      if (assume_drums or track.is_drum) and len(track.notes)
  ]
  if not columns:
    return None
  ticks = np.concatenate([column['time'] for column in columns])
  if int(ticks.min()) < 0:
    # Its ticks have 32 bits: the file is longer than that.
    return None
  scale = score.ticks_per_quarter
  return onsets_lib.DrumOnsets(
      quarters=ticks / scale,
      pitches=np.concatenate(
          [column['pitch'] for column in columns]
      ).astype(np.uint8),
      meters=[
          (m.time / scale, m.numerator, m.denominator)
          for m in score.time_signatures
      ],
      # symusic has sorted them by time, and kept their order at one tick.
      tempos=[(t.time / scale, t.qpm) for t in score.tempos],
  )


def _worth_scanning(data: bytes, score) -> bool:
  """Says whether the bytes hold drums, or a kit, that symusic left out."""
  return (
      b'\x99' in data  # note-on, channel 10
      or b'\x42\x12\x40' in data  # GS system exclusive
      or any(
          control.number == 0 and control.value in midi_scan.KIT_BANKS
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
    named = len(tracks) == 1 or _DRUM_NAME.search(track.name)
    pitches = track.notes.numpy()['pitch'].tolist()
    if named and _drum_share(pitches) > _DRUM_SHARE:
      return True
  return False


def _drum_share(pitches: list[int]) -> float:
  return sum(pitch in _DRUM_HINT_PITCHES for pitch in pitches) / len(pitches)


def _onsets_of_scan(
    data: bytes, ticks_per_quarter: int, chunk: int, assume_drums: bool
) -> onsets_lib.DrumOnsets:
  """Reads tolerantly; raises RejectedInputError if no drum note is found."""
  scan = midi_scan.scan(data, chunk)
  channels = scan.drum_channels()
  notes = [
      (tick, pitch) for tick, channel, pitch, _ in scan.notes
      if assume_drums or channel in channels
  ]
  if not notes:
    if not scan.notes:
      raise errors.RejectedInputError(
          'damaged_midi' if scan.damage else 'no_drum_notes',
          'it holds no note at all',
      )
    raise errors.RejectedInputError('no_drum_notes', _channel_hint(scan))
  columns = np.array(notes, np.int64)
  remarks = []
  if scan.damage:
    remarks.append(f'damaged in {scan.damage} places')
  if scan.kit_channels - {9}:
    remarks.append(
        'drum kits on channel '
        + ', '.join(str(c + 1) for c in sorted(scan.kit_channels))
    )
  return onsets_lib.DrumOnsets(
      quarters=columns[:, 0] / ticks_per_quarter,
      pitches=columns[:, 1].astype(np.uint8),
      meters=[
          (tick / ticks_per_quarter, numerator, denominator)
          for tick, numerator, denominator in scan.meters
      ],
      tempos=[
          (tick / ticks_per_quarter, 60e6 / max(micros, 1))
          for tick, micros in sorted(scan.tempos, key=lambda tempo: tempo[0])
      ],
      remarks=tuple(remarks),
  )


def _channel_hint(scan: midi_scan.Scan) -> str:
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
  if share[best] > _DRUM_SHARE:
    hint += ': try --assume_drums'
  return hint
