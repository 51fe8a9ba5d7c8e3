"""Grids: drum onsets as hits on sixteenth steps, cut into pieces.

A *section* is a stretch of one meter; its steps, quarters and bar lines count
from where the meter begins. A *piece* is a stretch of a 4/4 section without a
pause of `gap_steps` silent steps. Pieces are sparse: a step is kept only where
something is struck, so that hours of silence cost nothing.
"""

import collections
from collections.abc import Collection
from collections.abc import Sequence
import dataclasses
import typing

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.notes import meters
from drumspace_ext.notes import note_lines
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.notes import sections as sections_lib
from drumspace_ext.patterns import step_codes

GAP_STEPS = defaults.GAP_STEPS

# Ten hours at 120 quarter notes a minute: what is longer is no song, and is not
# laid out step by step.
MAX_GRID_STEPS = 4 * 120 * 600

SLACK_STEPS = sections_lib.SLACK_STEPS

_NUM_STEPS = step_codes.NUM_STEPS
_FIRST = np.zeros(1, np.int64)
# What is counted of most inputs: nothing.
_NONE: collections.Counter = collections.Counter()


class PieceNotes(typing.NamedTuple):
  """The notes that pieces were made of, by step.

  Attributes:
    steps: The step of `Pieces` that each is rounded to, ascending, int64
      `[num_notes]`.
    codes: The step code of each, uint16 `[num_notes]`.
    indices: Which of the input's onsets each is, int64 `[num_notes]`.
  """

  steps: np.ndarray
  codes: np.ndarray
  indices: np.ndarray


class _Part(typing.NamedTuple):
  """Notes of one input among those of several: `PieceNotes` when asked for.

  Attributes:
    notes: Those of all.
    start: Where its own begin.
    end: Where they end.
    first_step: Step 0 of the input.
    first_index: Its first onset.
  """

  notes: PieceNotes
  start: int
  end: int
  first_step: int
  first_index: int

  def own(self) -> PieceNotes:
    """Returns its own."""
    steps, codes, indices = (each[self.start:self.end] for each in self.notes)
    return PieceNotes(
        steps - self.first_step, codes, indices - self.first_index
    )


# Not frozen, which would take twice the time to make, for each input.
@dataclasses.dataclass(kw_only=True, slots=True)
class Pieces:
  """The pieces of one input, one after the other.

  Attributes:
    steps: Steps that are struck, ascending, int64 `[num_steps]`. They count
      through all pieces with gaps between them; modulo 32 they are the steps
      of their section.
    codes: Step codes, uint16 `[num_steps]`, none of them 0.
    starts: Index into `steps` where each piece begins, int64 `[num_pieces]`.
    quarter_offsets: For each piece the quarter of step 0, float64
      `[num_pieces]`.
    steps_per_quarter: Steps of a quarter note.
    dropped_pitches: Notes of pitches that stand for no voice, by pitch.
    other_meters: Sections with drums that are not in 4/4, by "3/4" and so on.
    part: The notes that they were made of, if known.
  """

  steps: np.ndarray
  codes: np.ndarray
  starts: np.ndarray
  quarter_offsets: np.ndarray
  steps_per_quarter: int
  dropped_pitches: collections.Counter
  other_meters: collections.Counter
  part: _Part | None = None

  @property
  def notes(self) -> PieceNotes | None:
    """The notes that they were made of, if known."""
    return self.part and self.part.own()


def cut(
    onsets: onsets_lib.DrumOnsets,
    code_of_pitch: np.ndarray,
    *,
    steps_per_quarter: int = step_codes.STEPS_PER_QUARTER,
    gap_steps: int = GAP_STEPS,
    accepted: Collection[meters.Meter] = meters.DEFAULT,
) -> Pieces:
  """Puts the onsets of one input on the grid; see `cut_many`.

  Raises:
    RejectedInputError: If a note is beyond all counting.
  """
  (pieces,) = cut_many(
      [onsets], [code_of_pitch], steps_per_quarter=steps_per_quarter,
      gap_steps=gap_steps, accepted=accepted,
  )
  if isinstance(pieces, errors.RejectedInputError):
    raise pieces
  return pieces


def cut_many(
    inputs: Sequence[onsets_lib.DrumOnsets],
    codes_of_pitches: Sequence[np.ndarray],
    *,
    steps_per_quarter: int = step_codes.STEPS_PER_QUARTER,
    gap_steps: int = GAP_STEPS,
    accepted: Collection[meters.Meter] = meters.DEFAULT,
) -> list[Pieces | errors.RejectedInputError]:
  """Puts onsets on the grid and cuts it at meter changes and pauses.

  Onsets are rounded to the nearest step, ties up, as note_seq does with its
  quantize cutoff of 0.5. All inputs are laid one after the other, with a pause
  between them, so that one pass of numpy serves them all.

  Args:
    inputs: The drum notes of each input; one at least.
    codes_of_pitches: For each input the step code of each pitch, uint16
      `[128]`, 0 for none.
    steps_per_quarter: Steps of a quarter note; a bar has 16 steps all the same.
    gap_steps: Silent steps in a row that make a pause.
    accepted: Meters that are read; see `meters`.

  Returns:
    The pieces of each, or a RejectedInputError if a note of it is beyond all
    counting.
  """
  known, dropped = note_lines.known_notes(inputs, codes_of_pitches)
  known, problems = note_lines.without_bad_times(known)
  own = [
      sections_lib.of_meters(onsets.meters, accepted, steps_per_quarter)
      for onsets in inputs
  ]
  line = note_lines.line_up(known, own, steps_per_quarter, accepted)
  # Each section lies on a multiple of 32 steps.
  last = np.zeros(len(line.starts), np.int64)
  is_read = line.is_read
  np.maximum.at(
      last, line.sections,
      line.steps if is_read is None else line.steps * is_read,
  )
  spans = ((last + gap_steps) // _NUM_STEPS + 1) * _NUM_STEPS
  offsets = np.cumsum(spans) - spans
  step = line.steps
  step += offsets.take(line.sections)
  order = np.argsort(step, kind='stable')
  if is_read is not None:
    order = order[is_read[order]]
  notes = PieceNotes(
      step.take(order), known.codes.take(order), known.indices.take(order)
  )
  first = _starts(notes.steps, 0)
  steps = notes.steps[first]
  piece_starts = _starts(steps, gap_steps)
  piece_sections = line.sections[order[first[piece_starts]]]
  # Of each input the steps count from its first section on.
  bases = offsets[line.firsts]
  owners = line.owners[piece_sections]
  quarter_offsets = line.starts[piece_sections] - (
      offsets[piece_sections] - bases[owners]
  ) / steps_per_quarter
  codes = notes.codes
  if len(steps):
    codes = np.bitwise_or.reduceat(codes, first)
  bounds = np.searchsorted(owners, np.arange(len(inputs) + 1)).tolist()
  ends = np.append(piece_starts, len(steps))[bounds].tolist()
  # Inputs lie one after the other, and so do their notes.
  parts = np.append(first, len(order))[ends].tolist()
  return [
      problems.get(i) or Pieces(
          steps=steps[ends[i]:ends[i + 1]] - base,
          codes=codes[ends[i]:ends[i + 1]],
          starts=piece_starts[bounds[i]:bounds[i + 1]] - ends[i],
          quarter_offsets=quarter_offsets[bounds[i]:bounds[i + 1]],
          steps_per_quarter=steps_per_quarter,
          dropped_pitches=dropped.get(i, _NONE),
          other_meters=line.other_meters.get(i, _NONE),
          part=_Part(notes, parts[i], parts[i + 1], base, index),
      )
      for i, (base, index) in enumerate(
          zip(bases.tolist(), known.first_indices)
      )
  ]


def joined(inputs: Sequence[Pieces]) -> Pieces:
  """Returns the pieces of some inputs one after the other.

  Their steps are those of their own input, and so ascend within it only.

  Args:
    inputs: The pieces of each, one at least; all with the same steps of a
      quarter note.
  """
  if len(inputs) == 1:
    return inputs[0]
  counts = [len(pieces.steps) for pieces in inputs]
  firsts = np.repeat(
      np.cumsum(counts) - counts, [len(pieces.starts) for pieces in inputs]
  )
  return Pieces(
      steps=np.concatenate([pieces.steps for pieces in inputs]),
      codes=np.concatenate([pieces.codes for pieces in inputs]),
      starts=np.concatenate([pieces.starts for pieces in inputs]) + firsts,
      quarter_offsets=np.concatenate(
          [pieces.quarter_offsets for pieces in inputs]
      ),
      steps_per_quarter=inputs[0].steps_per_quarter,
      dropped_pitches=collections.Counter(),
      other_meters=collections.Counter(),
  )


def _starts(values: np.ndarray, gap: int) -> np.ndarray:
  """Returns where ascending values begin, and jump by more than `gap`."""
  if not len(values):
    return np.zeros(0, np.int64)
  jumps = values[1:] - values[:-1] > gap if gap else values[1:] != values[:-1]
  return np.concatenate([_FIRST, jumps.nonzero()[0] + 1])


def hit_grid(
    onsets: onsets_lib.DrumOnsets,
    code_of_pitch: np.ndarray,
    *,
    steps_per_quarter: int = step_codes.STEPS_PER_QUARTER,
    max_steps: int | None = None,
) -> np.ndarray:
  """Puts all onsets on one grid from quarter 0, whatever the meter.

  Returns:
    Step codes, uint16 `[num_steps]`, up to the last hit, or to `max_steps`.

  Raises:
    RejectedInputError: If it is longer than ten hours or so.
  """
  note_codes = code_of_pitch[onsets.pitches]
  problem = sections_lib.problem_of(onsets.quarters)
  if problem:
    raise problem
  step = sections_lib.rounded(onsets.quarters, 0.0, steps_per_quarter)
  keep = note_codes != 0
  if max_steps is not None:
    keep &= step < max_steps
  step, note_codes = step[keep], note_codes[keep]
  num_steps = int(step.max()) + 1 if len(step) else 0
  if num_steps > MAX_GRID_STEPS:
    raise errors.RejectedInputError('too_large', f'it has {num_steps} steps')
  codes = np.zeros(num_steps, np.uint16)
  np.bitwise_or.at(codes, step, note_codes)
  return codes
