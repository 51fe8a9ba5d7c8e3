"""Extraction: one input's bytes into its loops, or the reason it has none.

This is the recipe from onsets to loops for a single input (a MIDI file or a
NoteSequence record); `collection` merges the results of many.
"""

from collections.abc import Sequence
import dataclasses
import typing

from drumspace_ext import errors
from drumspace_ext.extraction import aligned_onsets
from drumspace_ext.extraction import genres as genres_lib
from drumspace_ext.extraction import loop_classes
from drumspace_ext.extraction import loop_tempos
from drumspace_ext.extraction import map_choice
from drumspace_ext.extraction import played_grooves
from drumspace_ext.extraction import reading
from drumspace_ext.extraction import readings
from drumspace_ext.extraction import recipes
from drumspace_ext.extraction import verdicts
from drumspace_ext.files import reader_faults
from drumspace_ext.notes import grids
from drumspace_ext.notes import onsets as onsets_lib

if typing.TYPE_CHECKING:
  import note_seq

Recipe = recipes.Recipe


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
    num_near_loops: Runs that are no loops by the published recipe.
    num_near_repeats: Times it is played with a difference.
    num_flips: Cells in which these differ from the pattern, in all.
    max_flips: Cells in which one of them differs from it, at most.
    groove: How its hits are played, packed `groove_sums` in canonical phase.
  """

  canonical: bytes
  phase: bytes
  num_loops: int
  num_repeats: int
  min_qpm: float
  max_qpm: float
  num_near_loops: int = 0
  num_near_repeats: int = 0
  num_flips: int = 0
  max_flips: int = 0
  groove: bytes = b''


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
    remarks: What is said of it in any case: details by key of
      `rejections.REMARKS`.
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
  remarks: dict[str, str] = dataclasses.field(default_factory=dict)


def extract(
    onsets: onsets_lib.DrumOnsets, input_id: str, recipe: Recipe
) -> InputResult:
  """Finds the patterns of one input and says why, if there are none."""
  return extract_many([(input_id, onsets)], recipe)[0]


def extract_many(
    inputs: Sequence[tuple[str, onsets_lib.DrumOnsets]], recipe: Recipe
) -> list[InputResult]:
  """Finds the patterns of some inputs, given as (input id, onsets).

  They are put on the grid and searched together: numpy takes longer to begin
  than to do what one input needs.
  """
  if not inputs:
    return []
  results = [
      InputResult(
          input_id, detail='; '.join(onsets.remarks),
          genres=tuple(sorted(genres_lib.of_labels(onsets.genres))),
      )
      for input_id, onsets in inputs
  ]
  aligned = aligned_onsets.of_all([onsets for _, onsets in inputs], recipe)
  choices = [map_choice.of(recipe, onsets.pitches) for onsets, _ in aligned]
  cut = grids.cut_many(
      [onsets for onsets, _ in aligned],
      [choice.recipe.drum_map.code_of_pitch for choice in choices],
      steps_per_quarter=recipe.steps_per_quarter, gap_steps=recipe.gap_steps,
      accepted=recipe.meters,
  )
  found = iter(readings.find_many(
      [p for p in cut if isinstance(p, grids.Pieces)], recipe
  ))
  kept = []
  for result, (onsets, remarks), choice, pieces in zip(
      results, aligned, choices, cut
  ):
    result.remarks = remarks | choice.remarks
    if isinstance(pieces, grids.Pieces):
      result.counts = choice.counts
      own = next(found)
      _judge(result, onsets, pieces, own, choice.recipe)
      if own.sightings:
        kept.append((result, onsets, pieces, own, choice.recipe))
    else:
      result.reason, result.detail = pieces.reason, pieces.detail
  _add_loops(kept)
  return results


def _judge(
    result: InputResult, onsets: onsets_lib.DrumOnsets, pieces: grids.Pieces,
    found: readings.Found, recipe: Recipe,
) -> None:
  """Adds to a result what was found in an input, and the verdict on it."""
  result.dropped_pitches = dict(pieces.dropped_pitches)
  result.other_meters = dict(pieces.other_meters)
  result.counts |= {
      'with_drums': 1,
      'in_4_4': int(bool(found.num_pieces)),
      'sections_in_other_meters': pieces.other_meters.total(),
      'pieces': found.num_pieces,
      'pieces_too_short': found.num_short_pieces,
      'pieces_without_loop': found.num_pieces_without_loop,
      'loops': found.num_loops,
      'trivial': found.num_trivial,
  }
  verdict = verdicts.of(
      onsets, pieces, found, recipe.drum_map, is_kept=bool(found.sightings)
  )
  result.reason = verdict.reason
  result.detail = '; '.join((*onsets.remarks, *verdict.said))
  result.counts.update(verdict.counts)


def _add_loops(
    kept: Sequence[tuple[
        InputResult, onsets_lib.DrumOnsets, grids.Pieces, readings.Found, Recipe
    ]],
) -> None:
  """Adds to results what was found, summed by pattern and phase."""
  played = []
  for _, onsets, pieces, found, _ in kept:
    phases: dict[bytes, list[loop_classes.Sighting]] = {}
    for loop in found.sightings:
      phases.setdefault(loop.phase, []).append(loop)
    played.append(played_grooves.Phases(
        onsets, pieces, [phases[phase] for phase in sorted(phases)]
    ))
  grooves = iter(played_grooves.of_phases(played))
  for (result, onsets, _, found, recipe), (_, _, loops) in zip(kept, played):
    ranges = loop_tempos.qpm_ranges(
        onsets, [q for own in loops for loop in own for q in loop.quarters],
        recipe,
    )
    for own in loops:
      count = sum(len(loop.quarters) for loop in own)
      result.loop_counts.append(
          _loop_count(own, ranges[:count], next(grooves))
      )
      ranges = ranges[count:]


def _loop_count(
    loops: Sequence[loop_classes.Sighting], ranges: list[tuple[float, float]],
    groove: bytes,
) -> LoopCount:
  """Sums the loops of one pattern in one phase."""
  lows, highs = zip(*ranges)
  return LoopCount(
      loops[0].canonical, loops[0].phase, len(loops),
      sum(loop.num_plays for loop in loops), min(lows), max(highs),
      sum(loop.is_near for loop in loops),
      sum(loop.num_near_plays for loop in loops),
      sum(loop.num_flips for loop in loops),
      max(loop.max_flips for loop in loops),
      groove,
  )


def extract_reads(
    reads: Sequence[reading.Read], recipe: Recipe
) -> list[InputResult]:
  """Extracts what was read; whatever is wrong with an input is its verdict."""
  good = [(r.input_id, r.onsets) for r in reads if r.onsets is not None]
  try:
    with reader_faults.rejected():
      found = extract_many(good, recipe)
      for (_, onsets), result in zip(good, found):
        _add_loops_of_first_kit(result, onsets, recipe)
  except errors.RejectedInputError as e:
    # One by one, so that the culprit alone is lost.
    found = (
        [InputResult(good[0][0], e.reason, e.detail)] if len(good) == 1
        else [extract_reads([reading.Read(*one)], recipe)[0] for one in good]
    )
  extracted, results = iter(found), []
  for read in reads:
    if read.problem is not None:
      result = InputResult(
          read.input_id, read.problem.reason, read.problem.detail
      )
    else:
      result = next(extracted)
    result.file_name = read.file_name
    results.append(result)
  return results


def _add_loops_of_first_kit(
    result: InputResult, onsets: onsets_lib.DrumOnsets, recipe: Recipe
) -> None:
  """Adds what channel 10 loops alone, where a second kit plays beside it.

  The two together need not repeat: a second kit often plays fills and effects.
  """
  if onsets.first_kit is None:
    return
  alone = extract(
      onsets.of_first_kit(), result.input_id, recipe.for_pitches(onsets.pitches)
  )
  known = {loop.canonical for loop in result.loop_counts}
  added = [l for l in alone.loop_counts if l.canonical not in known]
  if added and result.counts:
    if result.reason:
      result.reason, result.detail = None, '; '.join(onsets.remarks)
    result.loop_counts = sorted(
        result.loop_counts + added, key=lambda loop: loop.phase
    )
    result.counts['loops'] += sum(loop.num_loops for loop in added)


def extract_midi(data: bytes, input_id: str, recipe: Recipe) -> InputResult:
  """Extracts a MIDI file; whatever is wrong with it is the verdict."""
  return extract_reads([reading.midi(data, input_id, recipe)], recipe)[0]


def extract_record(record: bytes, place: str, recipe: Recipe) -> InputResult:
  """Extracts a NoteSequence record; see `reading.record`."""
  return extract_reads([reading.record(record, place, recipe)], recipe)[0]


def extract_sequence(
    sequence: 'note_seq.NoteSequence', input_id: str, recipe: Recipe
) -> InputResult:
  """Extracts a NoteSequence; what is wrong with it is the verdict."""
  read = reading.sequence(sequence, input_id, recipe)
  return extract_reads([read], recipe)[0]
