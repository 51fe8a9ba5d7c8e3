"""Alignment: a constant lateness of all onsets, and onsets on triplets.

Positions are taken within a step, as angles around a circle, so that their mean
is the *lateness*: steps by which what is played lies behind the grid (negative:
ahead of it), from -0.45 to 0.55, for half a step is late rather than early. It
is only there if the onsets gather around it (the mean of their unit vectors is
long enough), if it is more than a hand's unsteadiness, and if quarters, eighths
and sixteenths each have it: where the quarters are on the grid and the others
late, the piece swings and is not late. Where quarters and eighths have it
alike, and the sixteenths between them are later still, it does both, and its
lateness is that of the former.

What lies on the grid, as most sequenced music does, is told at a glance: where
three in four onsets are within 0.15 of a step of it, there is neither.

An onset is *on a triplet* if it lies at a third or a sixth of a quarter note
that is no sixteenth of the grid, to within a twelfth of a step.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
import math

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
# A sixteenth that swings by more is nearer to the next step; two groups so far
# apart have at least such a mean vector.
_MAX_SWING, _MIN_SWUNG = 0.4, 0.3
_SIXTHS = np.array([1 / 6, 1 / 3, 2 / 3, 5 / 6])
_TRIPLET_WIDTH = 1 / 48
# Loose playing has a sixth of its onsets there by chance.
MIN_TRIPLETS = 0.25
# Sums in float32 are at least so exact, each a mean.
_ROUGH, _MAX_QUARTERS = 1e-3, 1 << 24
# What is on this grid is not on triplets.
TRIPLET_GRID = step_codes.STEPS_PER_QUARTER
_NEAR_STEPS, _MAX_OFF = 0.15, 0.25
_Look = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def _mean(steps: np.ndarray) -> tuple[float, float]:
  """Returns (mean position in a step, length of the mean vector)."""
  mean = np.exp(2j * np.pi * steps).mean()
  return float(np.angle(mean)) / (2 * np.pi), float(np.abs(mean))


def is_on_grid(quarters: np.ndarray, steps_per_quarter: int) -> bool:
  """Says whether most onsets lie on the grid, so that there is no lateness."""
  steps = quarters * steps_per_quarter
  off = np.count_nonzero(np.abs(steps - np.rint(steps)) > _NEAR_STEPS)
  return bool(off < _MAX_OFF * len(quarters))


def worth_a_look(
    inputs: Sequence[np.ndarray], steps_per_quarter: int
) -> tuple[np.ndarray, np.ndarray]:
  """Says which inputs may have a lateness, and which triplets.

  It does so for all inputs in one pass, and is never wrong about those that it
  leaves out.

  Args:
    inputs: The quarters of each.
    steps_per_quarter: Steps of a quarter note.

  Returns:
    (late, triplets), bool `[num_inputs]` each.
  """
  lengths = np.array([len(quarters) for quarters in inputs])
  bounds = np.append(0, np.cumsum(lengths))
  # A quarter 0 behind them all, so that there is a least one.
  quarters = np.concatenate([*inputs, np.zeros(1)])
  low, high = float(quarters.min()), float(quarters.max())
  if not (math.isfinite(low) and math.isfinite(high)):
    every = np.ones(len(inputs), np.bool_)
    return every, every
  late = np.zeros(len(inputs), np.bool_)
  # There the angles themselves are rough.
  if max(-low, high) > _MAX_QUARTERS:
    far = (np.abs(quarters) > _MAX_QUARTERS).nonzero()[0]
    late = np.diff(np.searchsorted(far, bounds)) > 0
  triplets = late.copy()
  quarters = quarters[:-1]
  looks_by_grid: dict[int, list[tuple[np.ndarray, _Look]]] = {}
  looks_by_grid.setdefault(steps_per_quarter, []).append((late, _may_be_late))
  looks_by_grid.setdefault(TRIPLET_GRID, []).append(
      (triplets, _may_be_triplets)
  )
  for grid, looks in looks_by_grid.items():
    steps = quarters * grid
    apart = np.rint(steps)
    apart -= steps
    far = (np.abs(apart, out=apart) > _NEAR_STEPS).nonzero()[0]
    off = np.diff(np.searchsorted(far, bounds))
    is_open = off >= _MAX_OFF * lengths
    if is_open.any():
      owners = np.repeat(np.arange(len(inputs)), lengths * is_open)
      chosen = steps[np.repeat(is_open, lengths)]
      for result, look in looks:
        result |= look(chosen, owners, lengths)
  return late, triplets


def _may_be_late(
    steps: np.ndarray, owners: np.ndarray, lengths: np.ndarray
) -> np.ndarray:
  """Says which inputs may have a lateness, by rough sums of unit vectors."""
  turns = (steps - np.rint(steps)).astype(np.float32) * np.float32(2 * np.pi)
  counts = np.maximum(lengths, 1)
  x, y = (
      np.bincount(owners, part, len(lengths)) / counts
      for part in (np.cos(turns), np.sin(turns))
  )
  late = np.abs(np.arctan2(y, x)) / (2 * np.pi)
  return (np.hypot(x, y) > _MIN_SWUNG - _ROUGH) & (
      late > MIN_LATENESS - _ROUGH
  )


def _may_be_triplets(
    steps: np.ndarray, owners: np.ndarray, lengths: np.ndarray
) -> np.ndarray:
  """Says which inputs may have triplets, by their sixths of a quarter."""
  sixths = steps * (6 / TRIPLET_GRID)
  nearest = np.rint(sixths)
  thirds = nearest / 3
  found = (np.abs(sixths - nearest) <= 6 * _TRIPLET_WIDTH + _ROUGH) & (
      np.rint(thirds) != thirds
  )
  count = np.bincount(owners[found], minlength=len(lengths))
  return (count > 0) & (count >= MIN_TRIPLETS * lengths)


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
  if abs(late) < MIN_LATENESS or gathered < _MIN_SWUNG:
    return 0.0
  place = np.floor(steps - late + 0.5) % steps_per_quarter
  apart = {}
  for each in range(steps_per_quarter):
    own = steps[place == each]
    if len(own) < _MIN_OF_KIND:
      continue
    apart[each], own_gathered = _mean(own - late)
    if own_gathered < _MIN_GATHERED:
      return 0.0
  if gathered >= _MIN_GATHERED and (
      not apart or max(map(abs, apart.values())) <= _MAX_APART
  ):
    return late
  late += _before_swing(apart)
  return late if late >= MIN_LATENESS else 0.0


def _before_swing(apart: Mapping[int, float]) -> float:
  """Returns how far from the mean the steps lie between which others swing.

  Args:
    apart: How far each step of a quarter note is from the mean of all.

  Returns:
    Minus infinity where the piece does not swing.
  """
  straight, swung = (
      [each for step, each in apart.items() if step % 2 == side]
      for side in (0, 1)
  )
  if len(straight) < 2 or not swung or any(
      max(some) - min(some) > _MAX_APART for some in (straight, swung)
  ):
    return -math.inf
  late = sum(straight) / len(straight)
  swing = sum(swung) / len(swung) - late
  return late if 0 < swing <= _MAX_SWING else -math.inf


def triplet_share(quarters: np.ndarray) -> float:
  """Returns the share of onsets that lie on triplets, 0 to 1; 0 if few do."""
  if not len(quarters) or is_on_grid(quarters, TRIPLET_GRID):
    return 0.0
  apart = np.abs(quarters - np.floor(quarters) - _SIXTHS[:, None])
  share = float(np.mean(apart.min(axis=0) <= _TRIPLET_WIDTH))
  return share if share >= MIN_TRIPLETS else 0.0
