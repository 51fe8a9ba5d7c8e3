"""NoteSequences: into drum onsets and hit grids, and patterns back into them.

The two adapters between the ecosystem's protobuf and this package's grids stand
here side by side. A NoteSequence has times in seconds and a tempo map; here
they become quarter notes through that whole map, so that several tempos, which
note_seq's own `quantize_note_sequence` refuses, move nothing.

The way out writes 480 ticks a quarter, one tempo, 4/4, and a `total_time` that
ends with the last bar however silent it is, so that a pattern loops exactly.
"""

from collections.abc import Sequence
import math

import numpy as np

from drumspace_ext import drum_maps
from drumspace_ext import errors
from drumspace_ext import grids
from drumspace_ext import music_proto
from drumspace_ext import onsets as onsets_lib
from drumspace_ext import patterns

TICKS_PER_QUARTER = 480
# The track index that note_seq and Magenta give to drums.
DRUM_INSTRUMENT = 9
DEFAULT_VELOCITY = 100
QPM_LIMITS = (1.0, 1000.0)


def parse(record: bytes):
  """Parses the bytes of a NoteSequence.

  Raises:
    RejectedInputError: If they are no NoteSequence.
  """
  sequence_class = music_proto.note_sequence_class()
  try:
    return sequence_class.FromString(record)
  # protobuf's DecodeError is a plain Exception; its class moved over versions.
  except Exception as e:  # pylint: disable=broad-exception-caught
    raise errors.RejectedInputError('not_note_sequence', str(e)) from e


class TempoMap:
  """Seconds to quarter notes through all tempos of a NoteSequence."""

  def __init__(self, sequence):
    """Reads the tempos; 120 before the first.

    Raises:
      RejectedInputError: If a tempo or its time is no usable number.
    """
    changes = sorted(
        ((tempo.time, tempo.qpm) for tempo in sequence.tempos),
        key=lambda change: change[0],
    )
    if not changes or changes[0][0] > 0:
      changes.insert(0, (0.0, onsets_lib.DEFAULT_QPM))
    for time, qpm in changes:
      if not (math.isfinite(time) and math.isfinite(qpm) and qpm > 0):
        raise errors.RejectedInputError(
            'bad_times', f'tempo {qpm} qpm at {time} seconds'
        )
    self.times = np.array([time for time, _ in changes])
    self.qpms = np.array([qpm for _, qpm in changes])
    spans = np.diff(self.times) * self.qpms[:-1] / 60
    self.quarters_at = np.concatenate([[0.0], np.cumsum(spans)])

  def quarters(self, seconds: np.ndarray) -> np.ndarray:
    """Returns positions in quarter notes for times in seconds, float64."""
    if len(self.times) == 1:
      return (seconds - self.times[0]) * (self.qpms[0] / 60)
    i = np.maximum(np.searchsorted(self.times, seconds, side='right') - 1, 0)
    return self.quarters_at[i] + (seconds - self.times[i]) * self.qpms[i] / 60

  def changes(self) -> list[tuple[float, float]]:
    """Returns (quarter, qpm) of each tempo."""
    return list(zip(self.quarters_at.tolist(), self.qpms.tolist()))


def to_onsets(sequence, *, assume_drums: bool = False) -> onsets_lib.DrumOnsets:
  """Reads the drum notes of a NoteSequence.

  Drum notes are those with `is_drum` and a velocity above 0. A NoteSequence
  that is quantized to a multiple of 4 steps a quarter is used as it is.

  Args:
    sequence: A NoteSequence, with any tempo map and any meter changes.
    assume_drums: Take all notes, for files whose drums are not marked.

  Raises:
    RejectedInputError: If it holds no drum notes, or its times are unusable.
  """
  info = sequence.quantization_info
  if info.steps_per_second:
    raise errors.RejectedInputError(
        'other_grid', f'{info.steps_per_second} steps a second'
    )
  if info.steps_per_quarter % patterns.STEPS_PER_QUARTER:
    raise errors.RejectedInputError(
        'other_grid', f'{info.steps_per_quarter} steps a quarter'
    )
  # Reading the fields of a note is what costs here: read each once.
  if info.steps_per_quarter:
    rows = [
        (n.quantized_start_step, n.pitch) for n in sequence.notes
        if (assume_drums or n.is_drum) and n.velocity > 0
    ]
  elif assume_drums:
    rows = [(n.start_time, n.pitch) for n in sequence.notes if n.velocity > 0]
  else:
    rows = [
        (n.start_time, n.pitch) for n in sequence.notes
        if n.is_drum and n.velocity > 0
    ]
  if not rows:
    raise errors.RejectedInputError(
        'no_drum_notes', _no_drums_detail(sequence)
    )
  table = np.array(rows, np.float64)
  times = table[:, 0]
  if not np.isfinite(times).all():
    raise errors.RejectedInputError('bad_times', 'a note starts at no time')
  tempo_map = TempoMap(sequence)
  if info.steps_per_quarter:
    quarters = times / info.steps_per_quarter
  else:
    quarters = tempo_map.quarters(times)
  meters = sequence.time_signatures
  genres = sequence.sequence_metadata.genre
  return onsets_lib.DrumOnsets(
      quarters=quarters,
      # A pitch that MIDI does not have is dropped like any unknown one.
      pitches=np.where(
          (table[:, 1] >= 0) & (table[:, 1] < 128), table[:, 1], 0
      ).astype(np.uint8),
      meters=list(zip(
          tempo_map.quarters(np.array([m.time for m in meters])).tolist(),
          [m.numerator for m in meters], [m.denominator for m in meters],
      )) if meters else (),
      tempos=tempo_map.changes(),
      genres=tuple(genres),
  )


def _no_drums_detail(sequence) -> str:
  pitches = [note.pitch for note in sequence.notes]
  if not pitches:
    return 'it holds no note at all'
  detail = (
      f'{len(pitches)} notes, pitches {min(pitches)}-{max(pitches)}, none of '
      'them is_drum'
  )
  if min(pitches) >= 27 and max(pitches) <= 87:
    detail += ': try --assume_drums'
  return detail


def to_patterns(
    sequence,
    *,
    drum_map: drum_maps.DrumMap | None = None,
    assume_drums: bool = False,
    steps_per_quarter: int = patterns.STEPS_PER_QUARTER,
) -> np.ndarray:
  """Cuts a NoteSequence into two-bar patterns from its start.

  This is the inverse of `from_patterns`; it looks for no loops (`extraction`
  does). The last two bars are padded with silence.

  Args:
    sequence: A NoteSequence.
    drum_map: How its pitches are read; `gm14` if None.
    assume_drums: Take all notes, not only those with `is_drum`.
    steps_per_quarter: Steps of a quarter note.

  Returns:
    bool `[num_patterns, 32, 14]`; one silent pattern if there are no drums.

  Raises:
    RejectedInputError: If its times are unusable, or it is too long.
  """
  drum_map = drum_map or drum_maps.load(drum_maps.GM14)
  try:
    onsets = to_onsets(sequence, assume_drums=assume_drums)
  except errors.RejectedInputError as e:
    if e.reason != 'no_drum_notes':
      raise
    onsets = onsets_lib.DrumOnsets(
        quarters=np.zeros(0), pitches=np.zeros(0, np.uint8)
    )
  codes = grids.hit_grid(
      onsets, drum_map.code_of_pitch, steps_per_quarter=steps_per_quarter
  )
  return cut_patterns(codes)


def cut_patterns(codes: np.ndarray) -> np.ndarray:
  """Cuts a grid of step codes, uint16 `[num_steps]`, into bool `[n, 32, 14]`.

  The end is padded with silence; there is always at least one pattern.
  """
  count = max(1, -(-len(codes) // patterns.NUM_STEPS))
  padded = np.zeros(count * patterns.NUM_STEPS, np.uint16)
  padded[:len(codes)] = codes
  return patterns.step_codes_to_hits(padded.reshape(count, patterns.NUM_STEPS))


def from_patterns(
    hits: np.ndarray,
    *,
    qpm: float = onsets_lib.DEFAULT_QPM,
    velocity: int = DEFAULT_VELOCITY,
    drum_map: drum_maps.DrumMap | None = None,
    repeats: int = 1,
    sequence_id: str = '',
    genres: Sequence[str] = (),
):
  """Writes patterns, one after the other, as a NoteSequence in 4/4.

  A hit becomes a note of its voice's written pitch that starts on its step and
  lasts one step.

  Args:
    hits: bool `[32, 14]` or `[num_patterns, 32, 14]`.
    qpm: Tempo in quarter notes per minute.
    velocity: MIDI velocity of every note, 1 to 127; a pattern has none.
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
  patterns.validate(hits)
  if hits.ndim not in (2, 3):
    raise errors.PatternError(
        f'expected patterns [32, 14] or [n, 32, 14], got {list(hits.shape)}.'
    )
  if not QPM_LIMITS[0] <= qpm <= QPM_LIMITS[1]:
    raise ValueError(
        f'qpm must be in [{QPM_LIMITS[0]:g}, {QPM_LIMITS[1]:g}], got {qpm}.'
    )
  if not 1 <= velocity <= 127:
    raise ValueError(f'velocity must be in [1, 127], got {velocity}.')
  if repeats < 1:
    raise ValueError(f'repeats must be at least 1, got {repeats}.')
  drum_map = drum_map or drum_maps.load(drum_maps.GM14)
  rows = np.tile(hits.reshape(-1, patterns.NUM_VOICES), (repeats, 1))

  seconds_per_step = 60.0 / qpm / patterns.STEPS_PER_QUARTER
  sequence = music_proto.note_sequence_class()(
      id=sequence_id, ticks_per_quarter=TICKS_PER_QUARTER
  )
  sequence.tempos.add(qpm=qpm)
  sequence.time_signatures.add(numerator=4, denominator=4)
  sequence.sequence_metadata.genre.extend(genres)
  pitches = drum_map.written_pitches
  add = sequence.notes.add
  # Row by row, and so by step and then by voice.
  steps, struck = np.nonzero(drum_map.folded(rows))
  for step, voice in zip(steps.tolist(), struck.tolist()):
    add(
        start_time=step * seconds_per_step,
        end_time=(step + 1) * seconds_per_step,
        pitch=pitches[voice],
        velocity=velocity,
        instrument=DRUM_INSTRUMENT,
        is_drum=True,
    )
  sequence.total_time = len(rows) * seconds_per_step
  return sequence
