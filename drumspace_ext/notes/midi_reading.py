"""MIDI files: bytes in, drum onsets out.

A drum note is a note-on of a channel that is a kit, with a note-off or without:
note_seq drops those without.

Usual files are read many at a time (`midi_loads`); others one by one, by a
library and with a closer look where that is not enough (`midi_parsing`).
"""

from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.notes import drum_parts
from drumspace_ext.notes import midi_doubts
from drumspace_ext.notes import midi_drum_parts
from drumspace_ext.notes import midi_events
from drumspace_ext.notes import midi_excerpts
from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_hints
from drumspace_ext.notes import midi_kit_doubts
from drumspace_ext.notes import midi_kits
from drumspace_ext.notes import midi_loads
from drumspace_ext.notes import midi_parsing
from drumspace_ext.notes import onsets as onsets_lib


def read_onsets(
    data: bytes, *, assume_drums: bool = False,
    parts: drum_parts.DrumParts = drum_parts.MARKED, min_velocity: int = 1,
) -> onsets_lib.DrumOnsets:
  """Reads the drum notes of a MIDI file.

  Args:
    data: The whole file.
    assume_drums: Take the notes of all channels.
    parts: Those that hold drums, if any are named.
    min_velocity: Notes of less are left out.

  Returns:
    The onsets; tempos and meters are taken from all tracks.

  Raises:
    RejectedInputError: If there are no drum notes to be had.
  """
  (usual,) = read_usual(
      [data], assume_drums=assume_drums, parts=parts, min_velocity=min_velocity
  )
  return usual or read_unusual(
      data, assume_drums=assume_drums, parts=parts, min_velocity=min_velocity
  )


def read_usual(
    files: Sequence[bytes], *, assume_drums: bool = False,
    parts: drum_parts.DrumParts = drum_parts.MARKED, min_velocity: int = 1,
) -> list[onsets_lib.DrumOnsets | None]:
  """Reads those of some files that can be read together.

  Args:
    files: Their bytes.
    assume_drums: As for `read_onsets`, and so are the others.
    parts: Likewise.
    min_velocity: Likewise.

  Returns:
    What `read_onsets` does; None for those that `read_unusual` is to read.
  """
  if assume_drums or parts or min_velocity > 1:
    return [None] * len(files)
  return midi_loads.usual_onsets(files)


def read_unusual(
    data: bytes, *, assume_drums: bool = False,
    parts: drum_parts.DrumParts = drum_parts.MARKED, min_velocity: int = 1,
) -> onsets_lib.DrumOnsets:
  """Reads any MIDI file as `read_onsets` does, at more cost."""
  header = midi_header.read(data)
  if parts or min_velocity > 1:
    scan = midi_parsing.scan(
        data, header, assume_drums=assume_drums or bool(parts)
    )
    chosen = midi_drum_parts.notes(scan, assume_drums, parts, min_velocity)
    return _onsets_of_notes(
        scan, header, chosen, has_kits=not (assume_drums or parts)
    )
  drums = _drums(data, header, assume_drums)
  onsets = None
  if drums is not None:
    onsets = _onsets_of_drums(data, header, drums, assume_drums)
  if onsets is None:
    scan = midi_parsing.scan(data, header, assume_drums=assume_drums)
    onsets = _onsets_of_scan(scan, header, assume_drums)
  return onsets


class _Drums(typing.NamedTuple):
  """What symusic reads of the drums of a file, and no more of its score.

  A score takes some six times as much memory as the file, at times a hundred.

  Attributes:
    ticks: Of each note, `[num_notes]`.
    pitches: Likewise.
    velocities: Likewise.
    meters: (tick, numerator, denominator).
    tempos: (tick, qpm).
    is_doubtful: Whether it may take tracks or meters for what they are not.
    num_all: Notes on the tracks that hold drums, others among them.
    num_others: Events there that are no notes.
  """

  ticks: np.ndarray
  pitches: np.ndarray
  velocities: np.ndarray
  meters: list[tuple[int, int, int]]
  tempos: list[tuple[int, float]]
  is_doubtful: bool
  num_all: int
  num_others: int


def _drums(
    data: bytes, header: midi_header.Header, assume_drums: bool
) -> _Drums | None:
  """Returns what symusic reads; None if there may be drums all the same.

  Raises:
    RejectedInputError: If there is no drum note.
  """
  excerpt = None if assume_drums else midi_excerpts.of_drums(data, header)
  score = midi_parsing.parse_score(excerpt, 0) if excerpt else None
  if score is None or not any(
      track.is_drum and len(track.notes) for track in score.tracks
  ):
    score = midi_parsing.parse_score(data, header.start)
  if score is None:
    return None
  tracks = [
      track for track in score.tracks
      if (assume_drums or track.is_drum) and len(track.notes)
  ]
  if not tracks:
    if not assume_drums and not midi_hints.worth_scanning(data, score):
      raise errors.RejectedInputError(
          'no_drum_notes', f'{score.note_num()} notes, none on channel 10'
      )
    return None
  ticks, pitches, velocities = _columns(tracks)
  if int(ticks.min()) < 0:
    # Its ticks have 32 bits: the file is longer than that.
    return None
  is_one = header.num_tracks == 1
  return _Drums(
      ticks, pitches, velocities,
      [(m.time, m.numerator, m.denominator) for m in score.time_signatures],
      # symusic has sorted them by time, and kept their order at one tick.
      [(t.time, t.qpm) for t in score.tempos],
      midi_parsing.is_doubtful(header, score),
      score.note_num() if is_one else len(ticks),
      sum(
          len(t.controls) + len(t.pitch_bends)
          for t in (score.tracks if is_one else tracks)
      ),
  )


def _onsets_of_drums(
    data: bytes, header: midi_header.Header, drums: _Drums, assume_drums: bool
) -> onsets_lib.DrumOnsets:
  """Returns the onsets of what symusic reads, after a closer look."""
  ticks, pitches, velocities, meters, tempos, is_doubtful, *_ = drums
  remarks: list[str] = []
  # Without notes of other channels there is no other kit.
  kits = midi_kit_doubts.with_notes(data, midi_kit_doubts.of(data))
  if is_doubtful or kits or _lacks_drums(data, header, drums, assume_drums):
    scan = midi_parsing.scan(
        data, header, header.num_tracks, assume_drums=assume_drums,
        first_bytes=None if is_doubtful or assume_drums
        else midi_kit_doubts.first_bytes(kits),
    )
    if is_doubtful:
      meters, disagreed = scan.one_meter_a_tick()
      if header.is_style or disagreed:
        remarks = scan.remarks()
    if midi_parsing.has_other_drums(scan, len(ticks), assume_drums):
      return _onsets_of_scan(scan, header, assume_drums, meters, tempos)
  return _onsets(header, ticks, pitches, velocities, meters, tempos, remarks)


def _columns(tracks) -> list[np.ndarray]:
  """Returns the ticks, pitches and velocities of the notes of some tracks."""
  names = 'time', 'pitch', 'velocity'
  columns = [track.notes.numpy() for track in tracks]
  if len(columns) == 1:
    return [columns[0][name] for name in names]
  return [
      np.concatenate([column[name] for column in columns]) for name in names
  ]


def _onsets(
    header: midi_header.Header, ticks: np.ndarray, pitches: np.ndarray,
    velocities: np.ndarray, meters, tempos, remarks,
    first_kit: np.ndarray | None = None,
) -> onsets_lib.DrumOnsets:
  """Puts together what was read, in ticks."""
  scale = header.ticks_per_quarter
  return onsets_lib.DrumOnsets(
      quarters=ticks / scale,
      pitches=pitches.astype(np.uint8),
      velocities=velocities.astype(np.uint8),
      meters=[(tick / scale, n, d) for tick, n, d in meters],
      tempos=[(tick / scale, qpm) for tick, qpm in tempos],
      remarks=tuple(remarks),
      first_kit=first_kit,
  )


def _lacks_drums(
    data: bytes, header: midi_header.Header, drums: _Drums, assume_drums: bool
) -> bool:
  """Says whether symusic left note-ons out, by two looks: cheap, and exact."""
  if not assume_drums and not midi_doubts.on_drum_notes(
      data, header, drums.num_all, drums.num_others
  ):
    return False
  return midi_parsing.lacks_notes(
      data, header, len(drums.ticks), drums_only=not assume_drums
  )


def _onsets_of_scan(
    scan: midi_events.Scan, header: midi_header.Header, assume_drums: bool,
    meters: Sequence[tuple[int, int, int]] | None = None,
    tempos: Sequence[tuple[int, float]] | None = None,
) -> onsets_lib.DrumOnsets:
  """Returns what a tolerant reading found.

  Args:
    scan: The reading.
    header: The head of the file.
    assume_drums: Take the notes of all channels.
    meters: (tick, numerator, denominator); those of the reading if None.
    tempos: (tick, qpm); likewise.

  Raises:
    RejectedInputError: If it has no drum note.
  """
  notes = scan.table if assume_drums else scan.drum_table
  return _onsets_of_notes(
      scan, header, notes, meters, tempos, has_kits=not assume_drums
  )


def _onsets_of_notes(
    scan: midi_events.Scan, header: midi_header.Header,
    notes: np.ndarray | list[tuple[int, int, int, int]],
    meters: Sequence[tuple[int, int, int]] | None = None,
    tempos: Sequence[tuple[int, float]] | None = None,
    *, has_kits: bool = False,
) -> onsets_lib.DrumOnsets:
  """Returns the onsets of drum notes (tick, channel, pitch, velocity)."""
  if not len(notes):
    if not scan.num_notes:
      raise errors.RejectedInputError(
          'damaged_midi' if scan.damage else 'no_drum_notes',
          'it holds no note at all',
      )
    raise errors.RejectedInputError(
        'no_drum_notes', midi_drum_parts.hint(scan)
    )
  ticks, channels, pitches, velocities = np.array(notes, np.int64).T
  on_10 = channels == midi_kits.DRUM_CHANNEL
  several = on_10.any() and not on_10.all() and has_kits
  if meters is None:
    meters, _ = scan.one_meter_a_tick()
  if tempos is None:
    tempos = [
        (tick, 60e6 / max(micros, 1))
        for tick, micros in sorted(scan.tempos, key=lambda tempo: tempo[0])
    ]
  return _onsets(
      header, ticks, pitches, velocities, meters, tempos, scan.remarks(),
      on_10 if several else None,
  )
