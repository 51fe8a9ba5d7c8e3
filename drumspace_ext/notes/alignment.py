"""Alignment: a constant lateness of all onsets, and onsets on triplets.

Positions are taken within a step, as angles around a circle, so that their mean
is the *lateness*: steps by which what is played lies behind the grid (negative:
ahead of it), from -0.45 to 0.55, for half a step is late rather than early. It
is only there if the onsets gather around it (the mean of their unit vectors is
long enough), if it is more than a hand's unsteadiness, and if quarters, eighths
and sixteenths each have it: where the quarters are on the grid and the others
late, the piece swings and is not late.

What lies on the grid, as most sequenced music does, is told at a glance: where
three in four onsets are within 0.15 of a step of it, there is neither.

An onset is *on a triplet* if it lies at a third or a sixth of a quarter note
that is no sixteenth of the grid, to within a twelfth of a step.
"""

import numpy as np

from drumspace_ext.patterns import step_codes

# Below this a late onset is rounded to its step all the same.
MIN_LATENESS = 0.2
MIN_ONSETS = 16
# Mean vector of onsets that vary by 0.16 of a step (standard deviation).
_MIN_GATHERED = 0.6
# Quarters, eighths and sixteenths may differ by so much of a step, and count
# with so many onsets.
_MAX_APART, _MIN_OF_KIND = 0.12, 6
_EARLIEST = -0.45
_SIXTHS = np.array([1 / 6, 1 / 3, 2 / 3, 5 / 6])
_TRIPLET_WIDTH = 1 / 48
# Loose playing has a sixth of its onsets there by chance.
MIN_TRIPLETS = 0.25
_NEAR_STEPS, _MAX_OFF = 0.15, 0.25


def _mean(steps: np.ndarray) -> tuple[float, float]:
  """Returns (mean position in a step, length of the mean vector)."""
  mean = np.exp(2j * np.pi * steps).mean()
  return float(np.angle(mean)) / (2 * np.pi), float(np.abs(mean))


def is_on_grid(quarters: np.ndarray, steps_per_quarter: int) -> bool:
  """Says whether most onsets lie on the grid, so that there is no lateness."""
  steps = quarters * steps_per_quarter
  off = np.count_nonzero(np.abs(steps - np.rint(steps)) > _NEAR_STEPS)
  return bool(off < _MAX_OFF * len(quarters))


def lateness(quarters: np.ndarray, steps_per_quarter: int) -> float:
  """Returns by how many steps all onsets are late, or 0.

  Args:
    quarters: Where they lie, float64 `[n]`.
    steps_per_quarter: Steps of a quarter note.
  """
  if len(quarters) < MIN_ONSETS or is_on_grid(quarters, steps_per_quarter):
    return 0.0
  steps = quarters * steps_per_quarter
  late, gathered = _mean(steps)
  late += late < _EARLIEST
  if abs(late) < MIN_LATENESS or gathered < _MIN_GATHERED:
    return 0.0
  place = np.floor(steps - late + 0.5) % steps_per_quarter
  for each in range(steps_per_quarter):
    own = steps[place == each]
    if len(own) < _MIN_OF_KIND:
      continue
    apart, gathered = _mean(own - late)
    if abs(apart) > _MAX_APART or gathered < _MIN_GATHERED:
      return 0.0
  return late


def triplet_share(quarters: np.ndarray) -> float:
  """Returns the share of onsets that lie on triplets, 0 to 1; 0 if few do."""
  if not len(quarters) or is_on_grid(quarters, step_codes.STEPS_PER_QUARTER):
    return 0.0
  apart = np.abs((quarters % 1.0)[:, None] - _SIXTHS)
  share = float(np.mean(apart.min(axis=1) <= _TRIPLET_WIDTH))
  return share if share >= MIN_TRIPLETS else 0.0
