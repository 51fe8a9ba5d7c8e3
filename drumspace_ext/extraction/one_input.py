"""Extraction: one input's bytes into its loops, or the reason it has none.

This is the recipe from onsets to loops for a single input (a MIDI file or a
NoteSequence record); `collection` merges the results of many.
"""

import collections
import dataclasses
import hashlib
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.extraction import genres as genres_lib
from drumspace_ext.extraction import loops as loops_lib
from drumspace_ext.files import reader_faults
from drumspace_ext.inputs import record_kinds
from drumspace_ext.notes import grids
from drumspace_ext.notes import midi_reading
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  import note_seq

_MAX_GAP_STEPS = 4096


@dataclasses.dataclass(frozen=True, kw_only=True)
class Recipe:
  """How inputs are read.

  Attributes:
    steps_per_quarter: Steps of a quarter note; a bar has 16 steps all the same.
    gap_steps: Silent steps in a row that make a pause.
    assume_drums: Take all notes as drums.
    drum_map: Which pitches are which voices.
  """

  steps_per_quarter: int = step_codes.STEPS_PER_QUARTER
  gap_steps: int = grids.GAP_STEPS
  assume_drums: bool = False
  drum_map: drum_maps.DrumMap = dataclasses.field(
      default_factory=lambda: drum_maps.load(drum_maps.GM14)
  )

  def __post_init__(self):
    if not 1 <= self.steps_per_quarter <= 96:
      raise errors.InputError(
          f'steps_per_quarter must be in [1, 96], got {self.steps_per_quarter}.'
      )
    # Pieces are laid out step by step, with the pauses inside them.
    if not 1 <= self.gap_steps <= _MAX_GAP_STEPS:
      raise errors.InputError(
          f'gap_steps must be in [1, {_MAX_GAP_STEPS}], got {self.gap_steps}.'
      )


@dataclasses.dataclass(frozen=True, slots=True)
class LoopCount:
  """What one input holds of one pattern.

  Attributes:
    canonical: Canonical step codes, big-endian, 64 bytes: the rotation class.
    phase: Step codes in the phase that was seen, in the same form.
    num_loops: Runs of it.
    num_repeats: Times it is played in all these runs.
    min_qpm: Slowest tempo it is played at.
    max_qpm: Fastest tempo it is played at.
  """

  canonical: bytes
  phase: bytes
  num_loops: int
  num_repeats: int
  min_qpm: float
  max_qpm: float


@dataclasses.dataclass(slots=True)
class InputResult:
  """The verdict on one input.

  Attributes:
    input_id: Its name in provenance and rejection lists.
    reason: Why it gives nothing (a key of `rejections.REASONS`), or None.
    detail: What was seen, in words.
    loop_counts: Its non-trivial loops, by pattern and phase.
    genres: Genre labels that the input itself carries.
    file_name: The file that a NoteSequence says it comes from, or ''.
    counts: Numbers of what was found on the way, for the report.
    dropped_pitches: Notes of pitches that stand for no voice, by pitch.
    other_meters: Sections with drums in other meters than 4/4, by meter.
  """

  input_id: str
  reason: str | None = None
  detail: str = ''
  loop_counts: list[LoopCount] = dataclasses.field(default_factory=list)
  genres: tuple[str, ...] = ()
  file_name: str = ''
  counts: dict[str, int] = dataclasses.field(default_factory=dict)
  dropped_pitches: dict[int, int] = dataclasses.field(default_factory=dict)
  other_meters: dict[str, int] = dataclasses.field(default_factory=dict)


def codes_to_bytes(codes: np.ndarray) -> bytes:
  """Packs step codes, integer `[32]`, big-endian: bytes order like codes."""
  return codes.astype('>u2').tobytes()


def bytes_to_codes(packed: bytes) -> np.ndarray:
  """Unpacks what `codes_to_bytes` packed, uint16 `[32]`."""
  return np.frombuffer(packed, '>u2').astype(np.uint16)


def extract(
    onsets: onsets_lib.DrumOnsets, input_id: str, recipe: Recipe
) -> InputResult:
  """Finds the patterns of one input and says why, if there are none."""
  result = InputResult(
      input_id, detail='; '.join(onsets.remarks),
      genres=tuple(sorted(genres_lib.of_labels(onsets.genres))),
  )
  try:
    pieces = grids.cut(
        onsets, recipe.drum_map.code_of_pitch,
        steps_per_quarter=recipe.steps_per_quarter, gap_steps=recipe.gap_steps,
    )
  except errors.RejectedInputError as e:
    result.reason, result.detail = e.reason, e.detail
    return result
  found = loops_lib.find(pieces)
  result.dropped_pitches = dict(pieces.dropped_pitches)
  result.other_meters = dict(pieces.other_meters)
  trivial = step_codes.is_trivial(found.codes)
  num_trivial = int(trivial.sum())
  result.counts = {
      'with_drums': 1,
      'in_4_4': int(bool(found.num_pieces)),
      'sections_in_other_meters': pieces.other_meters.total(),
      'pieces': found.num_pieces,
      'pieces_too_short': found.num_short_pieces,
      'pieces_without_loop': found.num_pieces_without_loop,
      'loops': len(found.codes),
      'trivial': num_trivial,
  }
  if num_trivial < len(found.codes):
    result.loop_counts = _count_loops(onsets, found, ~trivial, recipe)
    return result
  result.reason, seen = _verdict(onsets, pieces, found)
  result.detail = '; '.join(filter(None, (result.detail, seen)))
  return result


def _verdict(onsets, pieces, found) -> tuple[str, str]:
  """Returns (reason, what was seen) for an input without patterns."""
  if pieces.dropped_pitches.total() == len(onsets.pitches):
    pitches = ', '.join(map(str, sorted(pieces.dropped_pitches)[:12]))
    return 'no_known_voice', f'{len(onsets.pitches)} notes of pitch {pitches}'
  if not found.num_pieces:
    meters = ', '.join(sorted(pieces.other_meters))
    return 'not_in_4_4', f'drums in {meters}'
  if len(found.codes):
    return 'only_trivial_loops', f'{len(found.codes)} loops'
  if found.num_short_pieces == found.num_pieces:
    return 'too_short', f'{found.num_pieces} short stretches of drums'
  count = found.num_pieces - found.num_short_pieces
  return 'no_loop', f'{count} long stretches of drums'


def canonical_bytes(packed: bytes) -> bytes:
  """Returns the smallest rotation of packed step codes, 64 bytes.

  It is `patterns.canonical` for a single pattern, where an array costs more.
  """
  doubled = packed + packed
  size = len(packed)
  return min([doubled[i:i + size] for i in range(0, size, 2)])


def _played(onsets, found, recipe) -> tuple[np.ndarray, np.ndarray]:
  """Returns the quarters at which the first and last hit of loops are played.

  Their steps say it within half a step, which matters where the tempo changes.
  """
  if len(onsets.tempos) < 2 and not any(q > 0 for q, _ in onsets.tempos):
    return found.first_hit_quarters, found.last_hit_quarters
  known = recipe.drum_map.code_of_pitch[onsets.pitches] != 0
  played = np.sort(onsets.quarters[known])
  half = (0.5 + grids.SLACK_STEPS) / recipe.steps_per_quarter
  less = (0.5 - grids.SLACK_STEPS) / recipe.steps_per_quarter
  firsts = np.searchsorted(played, found.first_hit_quarters - half)
  lasts = np.searchsorted(played, found.last_hit_quarters + less) - 1
  return played[firsts], played[lasts]


def _count_loops(
    onsets, found, keep: np.ndarray, recipe: Recipe
) -> list[LoopCount]:
  """Sums the kept loops by pattern and phase."""
  firsts, lasts = _played(onsets, found, recipe)
  members: dict[bytes, list[int]] = collections.defaultdict(list)
  for i in np.flatnonzero(keep).tolist():
    members[codes_to_bytes(found.codes[i])].append(i)
  counts = []
  for phase in sorted(members):
    loops = members[phase]
    ranges = [
        onsets.qpm_range(firsts[i], lasts[i]) for i in loops
    ]
    counts.append(LoopCount(
        canonical_bytes(phase), phase, len(loops),
        sum(int(found.repeats[i]) for i in loops),
        min(low for low, _ in ranges), max(high for _, high in ranges),
    ))
  return counts


def extract_midi(data: bytes, input_id: str, recipe: Recipe) -> InputResult:
  """Extracts a MIDI file; whatever is wrong with it is the verdict."""
  try:
    with reader_faults.rejected():
      onsets = midi_reading.read_onsets(data, assume_drums=recipe.assume_drums)
      return extract(onsets, input_id, recipe)
  except errors.RejectedInputError as e:
    return InputResult(input_id, e.reason, e.detail)


def extract_record(
    record: bytes, place: str, recipe: Recipe
) -> InputResult:
  """Extracts a NoteSequence record; what is wrong with it is the verdict.

  Args:
    record: The bytes of a NoteSequence.
    place: Its file and number, its id if nothing better can be read. Else it
      is named by its own id, its file name or a digest, which do not change
      with the sharding.
    recipe: How it is read.
  """
  try:
    with reader_faults.rejected():
      sequence = note_sequences.parse(record)
      # Examples may parse as NoteSequences, which they are not.
      kind = (
          record_kinds.NOTE_SEQUENCE if sequence.notes
          else record_kinds.of_record(record)
      )
  except errors.RejectedInputError as e:
    return InputResult(place, e.reason, e.detail)
  if kind != record_kinds.NOTE_SEQUENCE:
    return InputResult(place, 'not_note_sequence', f'it looks like {kind}')
  input_id = (
      sequence.id or file_name_of(sequence)
      or f'sha1:{hashlib.sha1(record).hexdigest()}'
  )
  return extract_sequence(sequence, input_id, recipe)


def file_name_of(sequence: 'note_seq.NoteSequence') -> str:
  """Returns the file that a NoteSequence says it comes from, or ''."""
  return '/'.join(filter(None, (sequence.collection_name, sequence.filename)))


def extract_sequence(
    sequence: 'note_seq.NoteSequence', input_id: str, recipe: Recipe
) -> InputResult:
  """Extracts a NoteSequence; what is wrong with it is the verdict."""
  file_name = file_name_of(sequence)
  try:
    with reader_faults.rejected():
      onsets = note_sequences.to_onsets(
          sequence, assume_drums=recipe.assume_drums
      )
      result = extract(onsets, input_id, recipe)
  except errors.RejectedInputError as e:
    return InputResult(input_id, e.reason, e.detail, file_name=file_name)
  result.file_name = file_name
  return result
