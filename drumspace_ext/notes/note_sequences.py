"""NoteSequences: into drum onsets and hit grids, and patterns back into them.

The two adapters between the ecosystem's protobuf and this package's grids stand
here side by side. A NoteSequence has times in seconds and a tempo map; here
they become quarter notes through that whole map, so that several tempos, which
note_seq's own `quantize_note_sequence` refuses, move nothing.

The way out writes 480 ticks a quarter, one tempo, 4/4, and a `total_time` that
ends with the last bar however silent it is, so that a pattern loops exactly.
"""

from collections.abc import Sequence
import dataclasses
import math
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.files import reader_faults
from drumspace_ext.notes import alignment
from drumspace_ext.notes import drum_parts
from drumspace_ext.notes import grids
from drumspace_ext.notes import music_proto
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.notes import packed_notes
from drumspace_ext.notes import sequence_drums
from drumspace_ext.notes import sequence_times
from drumspace_ext.notes import song_limits
from drumspace_ext.notes import tempo_maps
from drumspace_ext.notes import written_hits
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import map_fit
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  import note_seq

TICKS_PER_QUARTER = 480
DRUM_INSTRUMENT = sequence_drums.DRUM_INSTRUMENT
DEFAULT_VELOCITY = 100
QPM_LIMITS = (1.0, 1000.0)


def parse(record: bytes) -> 'note_seq.NoteSequence':
  """Parses the bytes of a NoteSequence.

  Raises:
    RejectedInputError: If they are no NoteSequence, or too large for one.
  """
  song_limits.check_record(record)
  sequence_class = music_proto.note_sequence_class()
  try:
    return sequence_class.FromString(record)
  # protobuf's DecodeError is a plain Exception; its class moved over versions.
  except Exception as e:
    raise errors.RejectedInputError(
        'not_note_sequence', reader_faults.said(e)
    ) from e


def to_onsets(
    sequence: 'note_seq.NoteSequence', *, assume_drums: bool = False,
    parts: drum_parts.DrumParts = drum_parts.MARKED,
    min_velocity: int = 1, notes: packed_notes.Notes | None = None,
) -> onsets_lib.DrumOnsets:
  """Reads the drum notes of a NoteSequence.

  Drum notes are those with `is_drum` and a velocity above 0. What is quantized
  to a multiple of 4 steps a quarter is used as it is; `sequence_times` says
  which of steps and seconds count.

  Args:
    sequence: A NoteSequence, with any tempo map and any meter changes.
    assume_drums: Take all notes, for files whose drums are not marked.
    parts: Instruments that hold drums, if any are named.
    min_velocity: Notes of less are left out.
    notes: Its notes where it has none itself, for marked drums alone.

  Raises:
    RejectedInputError: If it holds no drum notes, or its times are unusable.
  """
  info = sequence.quantization_info
  if info.steps_per_second:
    raise errors.RejectedInputError(
        'other_grid', f'{info.steps_per_second} steps a second'
    )
  if info.steps_per_quarter % step_codes.STEPS_PER_QUARTER:
    raise errors.RejectedInputError(
        'other_grid', f'{info.steps_per_quarter} steps a quarter'
    )
  table, remarks = sequence_drums.rows(
      sequence, assume_drums=assume_drums, parts=parts,
      min_velocity=min_velocity, notes=notes,
  )
  times = table[:, 0]
  if not np.isfinite(times).all():
    raise errors.RejectedInputError('bad_times', 'a note starts at no time')
  tempo_map = tempo_maps.TempoMap(sequence)
  if sequence_times.is_quantized(sequence, notes):
    quarters = times / info.steps_per_quarter
  else:
    quarters = tempo_map.quarters(times)
  meters = sequence.time_signatures
  if not all(math.isfinite(meter.time) for meter in meters):
    raise errors.RejectedInputError('bad_times', 'a meter begins at no time')
  genres = sequence.sequence_metadata.genre
  return onsets_lib.DrumOnsets(
      quarters=quarters,
      pitches=table[:, 1].astype(np.uint8),
      velocities=np.clip(table[:, 2], 1, 127).astype(np.uint8),
      meters=list(zip(
          tempo_map.quarters(np.array([m.time for m in meters])).tolist(),
          [m.numerator for m in meters], [m.denominator for m in meters],
      )) if meters else (),
      tempos=tempo_map.changes(),
      genres=tuple(genres),
      first_kit=table[:, 3] == 0 if table.shape[1] > 3 else None,
      remarks=remarks,
  )


def to_patterns(
    sequence: 'note_seq.NoteSequence',
    *,
    drum_map: drum_maps.DrumMap | None = None,
    assume_drums: bool = False,
    steps_per_quarter: int = step_codes.STEPS_PER_QUARTER,
    parts: drum_parts.DrumParts = drum_parts.MARKED,
    min_velocity: int = 1,
    align: bool = False,
) -> np.ndarray:
  """Cuts a NoteSequence into two-bar patterns from its start.

  This is the inverse of `from_patterns`; it looks for no loops (`extraction`
  does). The last two bars are padded with silence. Silence behind the last hit
  counts where `total_time` is a whole number of two bars.

  Args:
    sequence: A NoteSequence.
    drum_map: How its pitches are read; `gm14` if None.
    assume_drums: Take all notes, not only those with `is_drum`.
    steps_per_quarter: Steps of a quarter note.
    parts: See `to_onsets`.
    min_velocity: Likewise.
    align: Take out a constant lateness; see `alignment`.

  Returns:
    bool `[num_patterns, 32, 14]`; one silent pattern if there are no drums.

  Raises:
    RejectedInputError: If its times are unusable, or it is too long.
  """
  drum_map = drum_map or drum_maps.load(drum_maps.GM14)
  try:
    onsets = to_onsets(
        sequence, assume_drums=assume_drums, parts=parts,
        min_velocity=min_velocity,
    )
  except errors.RejectedInputError as e:
    if e.reason != 'no_drum_notes':
      raise
    onsets = onsets_lib.DrumOnsets(
        quarters=np.zeros(0), pitches=np.zeros(0, np.uint8)
    )
  if align:
    late = alignment.lateness(onsets.quarters, steps_per_quarter)
    onsets = dataclasses.replace(onsets, quarters=np.maximum(
        onsets.quarters - late / steps_per_quarter, 0
    ))
  codes = grids.hit_grid(
      onsets, map_fit.chosen(drum_map, onsets.pitches).code_of_pitch,
      steps_per_quarter=steps_per_quarter,
  )
  end = sequence_times.end_step(sequence, steps_per_quarter)
  ends_whole = not end % step_codes.NUM_STEPS
  if ends_whole and len(codes) < end <= grids.MAX_GRID_STEPS:
    codes = np.pad(codes, (0, end - len(codes)))
  return cut_patterns(codes)


def cut_patterns(codes: np.ndarray) -> np.ndarray:
  """Cuts step codes, uint16 `[num_steps]`, into bool `[n, 32, 14]`, n > 0."""
  count = max(1, -(-len(codes) // step_codes.NUM_STEPS))
  padded = np.zeros(count * step_codes.NUM_STEPS, np.uint16)
  padded[:len(codes)] = codes
  return step_codes.step_codes_to_hits(
      padded.reshape(count, step_codes.NUM_STEPS)
  )


def validate_playing(*, qpm: float, velocity: int, repeats: int) -> None:
  """Raises ValueError unless patterns can be played so."""
  low, high = QPM_LIMITS
  if not low <= qpm <= high:
    raise ValueError(f'qpm must be in [{low:g}, {high:g}], got {qpm}.')
  if not 1 <= velocity <= 127:
    raise ValueError(f'velocity must be in [1, 127], got {velocity}.')
  if repeats < 1:
    raise ValueError(f'repeats must be at least 1, got {repeats}.')


def qpm_of(
    sequence: 'note_seq.NoteSequence',
    default: float = onsets_lib.DEFAULT_QPM,
) -> float:
  """Returns the first tempo of a NoteSequence, within `QPM_LIMITS`."""
  low, high = QPM_LIMITS
  qpm = sequence.tempos[0].qpm if sequence.tempos else default
  return min(max(qpm, low), high)


def from_patterns(
    hits: np.ndarray,
    *,
    qpm: float = onsets_lib.DEFAULT_QPM,
    velocity: int = DEFAULT_VELOCITY,
    dynamics: dynamics_lib.Dynamics | None = None,
    drum_map: drum_maps.DrumMap | None = None,
    repeats: int = 1,
    sequence_id: str = '',
    genres: Sequence[str] = (),
) -> 'note_seq.NoteSequence':
  """Writes patterns, one after the other, as a NoteSequence in 4/4.

  A hit becomes a note of its voice's written pitch that starts on its step and
  lasts one step.

  Args:
    hits: bool `[32, 14]` or `[num_patterns, 32, 14]`.
    qpm: Tempo in quarter notes per minute.
    velocity: MIDI velocity of every note, 1 to 127, without `dynamics`.
    dynamics: How hits are played; all alike and on the grid if None.
    drum_map: How voices are written; `gm14` if None. Hits of a voice that it
      can't write are left out.
    repeats: How many times the whole is played. drums_rnn needs seven bars or
      more, so that a two-bar pattern must be played four times.
    sequence_id: The `id` of the NoteSequence.
    genres: Goes into `sequence_metadata.genre`.

  Returns:
    An unquantized NoteSequence, times in seconds, notes ordered by start time
    and then by voice. `total_time` is the exact length of all bars.

  Raises:
    PatternError: If `hits` are not patterns.
    ValueError: If `qpm`, `velocity` or `repeats` is out of range.
  """
  step_codes.validate(hits)
  if hits.ndim not in (2, 3):
    raise errors.PatternError(
        f'expected patterns [32, 14] or [n, 32, 14], got {list(hits.shape)}.'
    )
  validate_playing(qpm=qpm, velocity=velocity, repeats=repeats)
  drum_map = drum_map or drum_maps.load(drum_maps.GM14)
  rows = np.tile(hits.reshape(-1, step_codes.NUM_VOICES), (repeats, 1))

  seconds_per_step = 60.0 / qpm / step_codes.STEPS_PER_QUARTER
  sequence = music_proto.note_sequence_class()(
      id=sequence_id, ticks_per_quarter=TICKS_PER_QUARTER
  )
  sequence.tempos.add(qpm=qpm)
  sequence.time_signatures.add(numerator=4, denominator=4)
  sequence.sequence_metadata.genre.extend(genres)
  pitches = drum_map.exemplars
  add = sequence.notes.add
  notes = written_hits.of_rows(
      rows, drum_map=drum_map, velocity=velocity, dynamics=dynamics
  )
  # Setting fields one by one takes half the time of passing them.
  for start, end, voice, own in zip(
      notes.starts.tolist(), notes.ends.tolist(), notes.voices.tolist(),
      notes.velocities.tolist(),
  ):
    note = add()
    note.start_time = start * seconds_per_step
    note.end_time = end * seconds_per_step
    note.pitch = pitches[voice]
    note.velocity = own
    note.instrument = DRUM_INSTRUMENT
    note.is_drum = True
  sequence.total_time = len(rows) * seconds_per_step
  return sequence
