"""Groove features: what a classifier sees of how a pattern is played."""

import numpy as np

from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes

# Real and drawn ones alike are seen as a MIDI file holds them.
_TICKS = note_sequences.TICKS_PER_QUARTER // step_codes.STEPS_PER_QUARTER
_BAR, _BEAT = step_codes.STEPS_PER_BAR, step_codes.STEPS_PER_QUARTER


def of(
    velocities: np.ndarray, offsets: np.ndarray, hits: np.ndarray
) -> np.ndarray:
  """Returns features of grooves, float64 `[num_patterns, num_features]`.

  Of velocities: their spread, how many differ, quantiles, means and spreads of
  each voice, means of each place in the beat, and how the bars differ. Of
  offsets: their spread, the largest, how many are off the grid, and how the
  bars differ.

  Args:
    velocities: float `[num_patterns, 32, 14]`.
    offsets: Likewise, in steps.
    hits: bool, likewise; at least one in each.
  """
  return np.nan_to_num(np.array([
      _of_one(*one) for one in zip(velocities, offsets, hits)
  ]))


def _of_one(
    velocities: np.ndarray, offsets: np.ndarray, hits: np.ndarray
) -> list[float]:
  # In one precision: trees would tell two by their last digits.
  v = np.rint(velocities.astype(np.float64))
  late = np.rint(offsets.astype(np.float64) * _TICKS) / _TICKS
  values, times = v[hits], late[hits]
  mean = values.mean()
  by_voice = [column[own] for column, own in zip(v.T, hits.T)]
  both = hits[:_BAR] & hits[_BAR:]
  return [
      values.std(), len(np.unique(values)) / len(values),
      *np.quantile(values - mean, (0, 0.25, 0.5, 0.75, 1)),
      *[own.mean() - mean if len(own) else 0.0 for own in by_voice],
      *[own.std() if len(own) else 0.0 for own in by_voice],
      *[
          v[place::_BEAT][hits[place::_BEAT]].mean() - mean
          if hits[place::_BEAT].any() else 0.0 for place in range(_BEAT)
      ],
      times.std(), np.abs(times).max(), (times != 0).mean(),
      *[
          np.abs(of[:_BAR] - of[_BAR:])[both].mean() if both.any() else 0.0
          for of in (v, late)
      ],
  ]
