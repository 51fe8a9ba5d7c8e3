"""Sections: stretches of one meter, and the steps of onsets in them.

The steps, quarters and bar lines of a section count from where its meter
begins.
"""

from collections.abc import Collection
from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.notes import meters

# Whole numbers beyond this are not all floats, and steps are to fit int64.
_MAX_QUARTERS = 2.0**45

# Seconds carry float noise: a step of slack decides ties as integer ticks do.
# No MIDI resolution (at most 32,767 ticks a quarter) comes as near to a tie.
SLACK_STEPS = 1e-6


class Section(typing.NamedTuple):
  """A stretch of one meter.

  Attributes:
    start: Its first quarter.
    meter: As it is read.
  """

  start: float
  meter: meters.Meter


def of_meters(
    changes: Sequence[tuple[float, int, int]],
    accepted: Collection[meters.Meter], steps_per_quarter: int,
) -> list[Section]:
  """Returns the sections that meters, as in `DrumOnsets`, make.

  A meter of no beats (0/1) says nothing. One that holds for less than a step
  says nothing either (sequencers write their default before the real one): the
  next begins in its place.
  """
  sections = [Section(0.0, meters.COMMON)]
  # As nearly all inputs are.
  if all((m[1], m[2]) == meters.COMMON for m in changes):
    return sections
  step = (1 - SLACK_STEPS) / steps_per_quarter
  for quarter, numerator, denominator in sorted(changes, key=lambda m: m[0]):
    if numerator < 1 or denominator < 1:
      continue
    quarter = max(quarter, 0.0)
    if quarter - sections[-1].start < step:
      quarter = sections.pop().start
    meter = meters.as_read(numerator, denominator, accepted)
    if not sections or sections[-1].meter != meter:
      sections.append(Section(quarter, meter))
  return sections


def are_countable(quarters: np.ndarray) -> bool:
  """Says whether no note is beyond all counting."""
  return not len(quarters) or bool(np.abs(quarters).max() < _MAX_QUARTERS)


def problem_of(quarters: np.ndarray) -> errors.RejectedInputError | None:
  """Returns what is wrong with an input whose notes are not all countable."""
  if are_countable(quarters):
    return None
  return errors.RejectedInputError(
      'bad_times', f'a note {np.abs(quarters).max():.3g} quarters in'
  )


def rounded(
    quarters: np.ndarray, starts: np.ndarray | float, steps_per_quarter: int
) -> np.ndarray:
  """Returns the nearest steps, ties up, from where sections start, int64."""
  steps = quarters - starts
  steps *= steps_per_quarter
  steps += 0.5 + SLACK_STEPS
  # A note before the first section has no step of its own: it is on step 0.
  # Of what is not negative, the integer part is the floor.
  return np.maximum(steps, 0.0, out=steps).astype(np.int64)


def steps_in(
    sections: Sequence[Section], quarters: np.ndarray, steps_per_quarter: int
) -> tuple[np.ndarray, np.ndarray]:
  """Rounds onsets to steps; returns (section, step in it) of each, int64."""
  starts = np.array([section.start for section in sections])
  section = np.searchsorted(starts, quarters, side='right') - 1
  section = np.maximum(section, 0)
  lengths = np.append(steps_per_quarter * np.diff(starts), np.inf)
  step = rounded(quarters, starts[section], steps_per_quarter)
  while True:
    # A hit belongs to the section in which its rounded step falls.
    late = step >= lengths[section] - SLACK_STEPS
    if not late.any():
      return section, step
    section = section + late
    step = rounded(quarters, starts[section], steps_per_quarter)
