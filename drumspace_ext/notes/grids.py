"""Grids: drum onsets as hits on sixteenth steps, cut into pieces.

A *section* is a stretch of one meter; its steps, quarters and bar lines count
from where the meter begins. A *piece* is a stretch of a 4/4 section without a
pause of `gap_steps` silent steps. Pieces are sparse: a step is kept only where
something is struck, so that hours of silence cost nothing.
"""

import collections
from collections.abc import Collection
import dataclasses

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.notes import meters
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import step_codes

GAP_STEPS = defaults.GAP_STEPS

# Whole numbers beyond this are not all floats, and steps are to fit int64.
_MAX_QUARTERS = 2.0**45
# Ten hours at 120 quarter notes a minute: what is longer is no song, and is not
# laid out step by step.
MAX_GRID_STEPS = 4 * 120 * 600

# Seconds carry float noise: a step of slack decides ties as integer ticks do.
# No MIDI resolution (at most 32,767 ticks a quarter) comes as near to a tie.
SLACK_STEPS = 1e-6


@dataclasses.dataclass(frozen=True, kw_only=True)
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
  """

  steps: np.ndarray
  codes: np.ndarray
  starts: np.ndarray
  quarter_offsets: np.ndarray
  steps_per_quarter: int
  dropped_pitches: collections.Counter
  other_meters: collections.Counter


def _sections(
    changes, accepted, steps_per_quarter: int
) -> list[tuple[float, int, int]]:
  """Returns (first quarter, numerator, denominator) of each section.

  A meter of no beats (0/1) says nothing. One that holds for less than a step
  says nothing either (sequencers write their default before the real one): the
  next begins in its place.
  """
  sections = [(0.0, *meters.COMMON)]
  step = (1 - SLACK_STEPS) / steps_per_quarter
  for quarter, numerator, denominator in sorted(changes, key=lambda m: m[0]):
    if numerator < 1 or denominator < 1:
      continue
    quarter = max(quarter, 0.0)
    if quarter - sections[-1][0] < step:
      quarter = sections.pop()[0]
    meter = meters.as_read(numerator, denominator, accepted)
    if not sections or sections[-1][1:] != meter:
      sections.append((quarter, *meter))
  return sections


def _section_steps(
    quarters: np.ndarray, starts: np.ndarray, steps_per_quarter: int
) -> tuple[np.ndarray, np.ndarray]:
  """Rounds onsets to steps; returns (section, step in it) of each, int64.

  Raises:
    RejectedInputError: If a step is beyond all counting.
  """
  if len(quarters) and not np.abs(quarters).max() < _MAX_QUARTERS:
    raise errors.RejectedInputError(
        'bad_times', f'a note {np.abs(quarters).max():.3g} quarters in'
    )
  def rounded(section):
    steps = steps_per_quarter * (quarters - starts[section])
    # A note before the first section has no step of its own: it is on step 0.
    # Of what is not negative, the integer part is the floor.
    return np.maximum(steps + (0.5 + SLACK_STEPS), 0.0).astype(np.int64)

  if len(starts) == 1:
    section = np.zeros(len(quarters), np.int64)
    return section, rounded(section)
  section = np.searchsorted(starts, quarters, side='right') - 1
  section = np.maximum(section, 0)
  lengths = np.append(steps_per_quarter * np.diff(starts), np.inf)
  step = rounded(section)
  while True:
    # A hit belongs to the section in which its rounded step falls.
    late = step >= lengths[section] - SLACK_STEPS
    if not late.any():
      return section, step
    section = section + late
    step = rounded(section)


def cut(
    onsets: onsets_lib.DrumOnsets,
    code_of_pitch: np.ndarray,
    *,
    steps_per_quarter: int = step_codes.STEPS_PER_QUARTER,
    gap_steps: int = GAP_STEPS,
    accepted: Collection[meters.Meter] = meters.DEFAULT,
) -> Pieces:
  """Puts onsets on the grid and cuts it at meter changes and pauses.

  Onsets are rounded to the nearest step, ties up, as note_seq does with its
  quantize cutoff of 0.5.

  Args:
    onsets: The drum notes of one input.
    code_of_pitch: The step code of each pitch, uint16 `[128]`, 0 for none.
    steps_per_quarter: Steps of a quarter note; a bar has 16 steps all the same.
    gap_steps: Silent steps in a row that make a pause.
    accepted: Meters that are read; see `meters`.
  """
  note_codes = code_of_pitch[onsets.pitches]
  known = note_codes != 0
  dropped: collections.Counter[int] = collections.Counter()
  quarters = onsets.quarters
  if not known.all():
    counts = np.bincount(onsets.pitches[~known])
    dropped.update({
        pitch: int(counts[pitch]) for pitch in counts.nonzero()[0].tolist()
    })
    quarters, note_codes = quarters[known], note_codes[known]

  sections = _sections(onsets.meters, accepted, steps_per_quarter)
  starts = np.array([section[0] for section in sections])
  section, step = _section_steps(quarters, starts, steps_per_quarter)
  other_meters: collections.Counter[str] = collections.Counter()
  if len(sections) > 1 or sections[0][1:] not in accepted:
    common = np.array([s[1:] in accepted for s in sections])
    for s in np.unique(section[~common[section]]):
      other_meters[meters.to_text(sections[s][1:])] += 1
    keep = common[section]
    section, step, note_codes = section[keep], step[keep], note_codes[keep]

  offsets = np.zeros(1, np.int64)
  if len(sections) > 1:
    # Sections are laid one after the other with a pause between them, each on
    # a multiple of 32 steps, so that one pass serves them all.
    last = np.zeros(len(sections), np.int64)
    np.maximum.at(last, section, step)
    spans = (last + gap_steps) // step_codes.NUM_STEPS + 1
    spans *= step_codes.NUM_STEPS
    offsets = np.cumsum(spans) - spans
    step = step + offsets[section]
  order = np.argsort(step, kind='stable')
  step, note_codes = step[order], note_codes[order]
  first = _starts(step, 0)
  steps = step[first]
  piece_starts = _starts(steps, gap_steps)
  piece_section = section[order[first[piece_starts]]]
  return Pieces(
      steps=steps,
      codes=np.bitwise_or.reduceat(note_codes, first) if len(steps)
      else note_codes,
      starts=piece_starts,
      quarter_offsets=starts[piece_section]
      - offsets[piece_section] / steps_per_quarter,
      steps_per_quarter=steps_per_quarter,
      dropped_pitches=dropped,
      other_meters=other_meters,
  )


def _starts(values: np.ndarray, gap: int) -> np.ndarray:
  """Returns where ascending values begin, and jump by more than `gap`."""
  if not len(values):
    return np.zeros(0, np.int64)
  jumps = (values[1:] - values[:-1] > gap).nonzero()[0]
  return np.concatenate([[0], jumps + 1])


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
  _, step = _section_steps(
      onsets.quarters, np.zeros(1), steps_per_quarter
  )
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
