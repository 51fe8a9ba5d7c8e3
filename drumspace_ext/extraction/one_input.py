"""Extraction: one input's bytes into its loops, or the reason it has none.

This is the recipe from onsets to loops for a single input (a MIDI file or a
NoteSequence record); `collection` merges the results of many.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import typing

from drumspace_ext import errors
from drumspace_ext.extraction import aligned_onsets
from drumspace_ext.extraction import genres as genres_lib
from drumspace_ext.extraction import loop_counts
from drumspace_ext.extraction import map_choice
from drumspace_ext.extraction import near_hints
from drumspace_ext.extraction import reading
from drumspace_ext.extraction import readings
from drumspace_ext.extraction import recipes
from drumspace_ext.extraction import verdicts
from drumspace_ext.files import reader_faults
from drumspace_ext.notes import grids
from drumspace_ext.notes import meters
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import drum_maps

if typing.TYPE_CHECKING:
  import note_seq

LoopCount = loop_counts.LoopCount
Recipe = recipes.Recipe

# Their arrays take some 2 MB; more at once is hardly faster.
_PORTION_NOTES = 24000


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
    tried: What trying another recipe came to, see `near_hints`, or ''.
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
  tried: str = ''


def extract(
    onsets: onsets_lib.DrumOnsets, input_id: str, recipe: Recipe
) -> InputResult:
  """Finds the patterns of one input and says why, if there are none."""
  return extract_many([(input_id, onsets)], recipe)[0]


def extract_many(
    inputs: Sequence[tuple[str, onsets_lib.DrumOnsets]], recipe: Recipe,
    sampler: near_hints.Sampler | None = None,
) -> list[InputResult]:
  """Finds the patterns of some inputs, given as (input id, onsets).

  They are put on the grid and searched together: numpy takes longer to begin
  than to do what one input needs. Of those without a loop some are tried by
  another recipe, if there is a sampler for it.
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
  choices = map_choice.of_each(
      recipe, [onsets.pitches for onsets, _ in aligned]
  )
  cut = grids.cut_many(
      [onsets for onsets, _ in aligned],
      [choice.recipe.drum_map.code_of_pitch for choice in choices],
      steps_per_quarter=recipe.steps_per_quarter, gap_steps=recipe.gap_steps,
      accepted=recipe.meters,
  )
  found = iter(readings.find_many(
      [p for p in cut if isinstance(p, grids.Pieces)], recipe
  ))
  with_loops, kept, without = [], [], []
  for result, (onsets, remarks), choice, pieces in zip(
      results, aligned, choices, cut
  ):
    result.remarks = remarks | choice.remarks
    if isinstance(pieces, grids.Pieces):
      own = next(found)
      _judge(result, onsets, pieces, own, choice)
      if own.sightings:
        with_loops.append(result)
        kept.append(loop_counts.Kept(onsets, pieces, own, choice.recipe))
      elif result.reason == verdicts.NO_LOOP and sampler:
        without.append((result, pieces))
    else:
      result.reason, result.detail = pieces.reason, pieces.detail
  for result, counts in zip(with_loops, loop_counts.of_all(kept)):
    result.loop_counts = counts
  if sampler:
    tried = near_hints.tries(
        [(result.input_id, pieces) for result, pieces in without], recipe,
        sampler,
    )
    for (result, _), said in zip(without, tried):
      result.tried = said
  return results


def _judge(
    result: InputResult, onsets: onsets_lib.DrumOnsets, pieces: grids.Pieces,
    found: readings.Found, choice: map_choice.Choice,
) -> None:
  """Adds to a result what was found in an input, and the verdict on it."""
  result.dropped_pitches = dict(pieces.dropped_pitches)
  result.other_meters = dict(pieces.other_meters)
  result.counts = {
      **choice.counts,
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
      onsets, pieces, found, choice.recipe.drum_map,
      is_kept=bool(found.sightings),
  )
  result.reason = verdict.reason
  result.detail = '; '.join((*onsets.remarks, *verdict.said))
  result.counts.update(verdict.counts)


def extract_reads(
    reads: Iterable[reading.Read], recipe: Recipe,
    sampler: near_hints.Sampler | None = None,
) -> Iterator[InputResult]:
  """Extracts what was read; whatever is wrong with an input is its verdict.

  Args:
    reads: The inputs; they are read as they are needed.
    recipe: How they are read.
    sampler: That of all inputs that this process reads in a run; any that has
      met no others serves as well, and takes longer.
  """
  sampler = sampler or near_hints.Sampler()
  for some in _portions(reads):
    yield from _extract_portion(some, recipe, sampler)


def _portions(reads: Iterable[reading.Read]) -> Iterator[list[reading.Read]]:
  """Yields inputs together until their notes would take much memory."""
  some: list[reading.Read] = []
  num_notes = 0
  for read in reads:
    some.append(read)
    num_notes += len(read.onsets.pitches) if read.onsets is not None else 0
    if num_notes >= _PORTION_NOTES:
      yield some
      some, num_notes = [], 0
  if some:
    yield some


def _extract_portion(
    reads: Sequence[reading.Read], recipe: Recipe, sampler: near_hints.Sampler
) -> list[InputResult]:
  """Extracts some inputs together; see `extract_reads`."""
  good = [(r.input_id, r.onsets) for r in reads if r.onsets is not None]
  try:
    with reader_faults.rejected():
      found = extract_many(good, recipe, sampler)
      for (_, onsets), result in zip(good, found):
        _add_loops_of_first_kit(result, onsets, recipe)
  except errors.RejectedInputError as e:
    # One by one, so that the culprit alone is lost.
    found = (
        [InputResult(good[0][0], e.reason, e.detail)] if len(good) == 1
        else [next(extract_reads([reading.Read(*one)], recipe)) for one in good]
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
      result.tried = ''
    result.loop_counts = sorted(
        result.loop_counts + added, key=lambda loop: loop.phase
    )
    result.counts['loops'] += sum(loop.num_loops for loop in added)


def extract_midi(data: bytes, input_id: str, recipe: Recipe) -> InputResult:
  """Extracts a MIDI file; whatever is wrong with it is the verdict."""
  return next(extract_reads([reading.midi(data, input_id, recipe)], recipe))


def extract_record(record: bytes, place: str, recipe: Recipe) -> InputResult:
  """Extracts a NoteSequence record; see `reading.record`."""
  return next(extract_reads([reading.record(record, place, recipe)], recipe))


def extract_sequence(
    sequence: 'note_seq.NoteSequence', input_id: str, recipe: Recipe
) -> InputResult:
  """Extracts a NoteSequence; what is wrong with it is the verdict."""
  read = reading.sequence(sequence, input_id, recipe)
  return next(extract_reads([read], recipe, near_hints.Sampler(0)))


def beats_of(
    sequence: 'note_seq.NoteSequence', drum_map: drum_maps.DrumMap | None, *,
    assume_drums: bool = False, max_flips: int = 0,
) -> InputResult:
  """Returns what a NoteSequence gives that is to hold patterns.

  Raises:
    RejectedInputError: If its drums are in other meters, or there are none.
  """
  result = extract(
      note_sequences.to_onsets(sequence, assume_drums=assume_drums), '',
      Recipe(
          drum_map=drum_map or drum_maps.load(drum_maps.GM14),
          meters=meters.READ, max_flips=max_flips,
      ),
  )
  if result.reason == verdicts.OTHER_METERS:
    raise errors.RejectedInputError(result.reason, result.detail)
  return result


def refuse_other_meters(
    sequence: 'note_seq.NoteSequence', drum_map: drum_maps.DrumMap | None, *,
    assume_drums: bool = False,
) -> None:
  """Raises RejectedInputError if drums are in other meters alone."""
  if not all(
      meters.fits(meter.numerator, meter.denominator)
      for meter in sequence.time_signatures
  ):
    beats_of(sequence, drum_map, assume_drums=assume_drums)
