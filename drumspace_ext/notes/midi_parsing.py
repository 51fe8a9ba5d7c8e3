"""MIDI files parsed: by a fast library, tolerantly where that is not enough.

symusic, a MIDI library in C++, reads 4,000 and more real files a second
(note_seq: 8 to 24). `midi_scan` reads a file again where symusic fails, finds
no drum note, or may have left some out (`midi_doubts`).
"""

import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.notes import drum_parts
from drumspace_ext.notes import midi_doubts
from drumspace_ext.notes import midi_drum_parts
from drumspace_ext.notes import midi_events
from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_hints
from drumspace_ext.notes import midi_kit_doubts
from drumspace_ext.notes import midi_kits
from drumspace_ext.notes import midi_scan
from drumspace_ext.notes import symusic_core

if typing.TYPE_CHECKING:
  import symusic


class Parsed(typing.NamedTuple):
  """All of a MIDI file.

  Attributes:
    header: Its head.
    score: What symusic reads, in ticks; None where it can't.
    scan: A tolerant reading, where the score is None or does not hold all
      notes as what they are.
  """

  header: midi_header.Header
  score: 'symusic.Score | None'
  scan: midi_events.Scan | None


def parse(
    data: bytes, parts: drum_parts.DrumParts = drum_parts.MARKED
) -> Parsed:
  """Reads all of a MIDI file, for those who want more than its drums.

  Args:
    data: The whole file, RIFF-wrapped or with foreign bytes in front too.
    parts: Those that hold drums, if any are named.

  Raises:
    RejectedInputError: If the bytes are no MIDI file that could be read.
  """
  header = midi_header.read(data)
  score = parse_score(data, header.start)
  if parts:
    found = scan(data, header, assume_drums=True)
    found.chosen = midi_drum_parts.are_chosen(found, parts)
    return Parsed(header, score, found)
  if score is None:
    return Parsed(header, None, scan(data, header))
  num_drums = sum(len(t.notes) for t in score.tracks if t.is_drum)
  has_none = not num_drums and midi_hints.worth_scanning(data, score)
  if (
      has_none or is_doubtful(header, score) or midi_kit_doubts.of(data)
      or lacks_notes(data, header, score.note_num(), drums_only=False)
  ):
    found = scan(data, header, None if has_none else header.num_tracks)
    if (
        found.one_meter_a_tick()[1] or has_other_drums(found, num_drums)
        or found.num_kept > score.note_num()
    ):
      return Parsed(header, score, found)
  return Parsed(header, score, None)


def parse_score(data: bytes, start: int) -> 'symusic.Score | None':
  """Returns a symusic score, or None if symusic can't read the bytes."""
  core = symusic_core.module()
  try:
    # Its errors are RuntimeError and ValueError, by no documented rule.
    return core.ScoreTick.from_midi(data[start:] if start else data)
  except Exception:  # noqa: BLE001
    return None


def scan(
    data: bytes, header: midi_header.Header, max_tracks: int | None = None,
    *, assume_drums: bool = False, first_bytes: bytes | None = None,
) -> midi_events.Scan:
  """Reads tolerantly.

  Raises:
    RejectedInputError: If the file holds independent patterns, one a track:
      together they are a beat that nobody wrote.
  """
  found = midi_scan.scan(
      data, header.first_chunk, max_tracks=max_tracks,
      is_style=header.is_style, first_bytes=first_bytes,
  )
  if header.file_format == midi_header.FORMAT_OF_PATTERNS:
    count = found.num_tracks_with_drums(assume_drums)
    if count > 1:
      raise errors.RejectedInputError(
          'format_2', f'{count} tracks with drums of their own'
      )
  return found


def is_doubtful(header: midi_header.Header, score: 'symusic.Score') -> bool:
  """Says whether symusic may take tracks or meters for what they are not."""
  if header.is_style or (
      header.file_format == midi_header.FORMAT_OF_PATTERNS
      and header.num_tracks > 1
  ):
    return True
  meters: dict[int, tuple[int, int]] = {}
  for meter in score.time_signatures:
    said = meter.numerator, meter.denominator
    if meters.setdefault(meter.time, said) != said:
      return True
  return False


def lacks_notes(
    data: bytes, header: midi_header.Header, num_notes: int, *,
    drums_only: bool,
) -> bool:
  """Says whether a file has another number of note-ons than were read."""
  score = parse_score(
      midi_doubts.notes_as_controls(data, header, drums_only=drums_only), 0
  )
  if score is None:
    return True
  return num_notes != sum(
      int(np.count_nonzero(track.controls.numpy()['value']))
      for track in score.tracks
      if len(track.controls) and (track.is_drum or not drums_only)
  )


def has_other_drums(
    found: midi_events.Scan, num_read: int, assume_drums: bool = False
) -> bool:
  """Says whether the drums are others than those of channel 10, or more.

  Args:
    found: A tolerant reading.
    num_read: How many drum notes were read without it.
    assume_drums: Take the notes of all channels.
  """
  if assume_drums:
    return found.num_notes > num_read
  flags, channels = found.are_drums, found.table[:, 1]
  return int(flags.sum()) > num_read or bool(
      (flags != (channels == midi_kits.DRUM_CHANNEL)).any()
  )
