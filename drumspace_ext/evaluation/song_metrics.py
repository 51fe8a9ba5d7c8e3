"""Song metrics: what is counted of continuations, and of the songs they leave.

A *continuation* is a primer and what follows it, as step codes, integer
`[num_continuations, primer_steps + num_steps]`. Songs are drawn anew for the
intervals (`metrics`), for steps of one song are alike.
"""

from collections.abc import Sequence

import numpy as np

from drumspace_ext.evaluation import metrics
from drumspace_ext.patterns import step_codes

# In steps: a bar and two bars.
REPEAT_LAGS = (16, 32)
NUM_QUARTERS = 4


def repetition(codes: np.ndarray, primer_steps: int, lag: int) -> np.ndarray:
  """Returns the share of steps that are as `lag` before, behind the primer.

  Args:
    codes: Continuations.
    primer_steps: Steps of the primer, `lag` or more.
    lag: In steps.

  Returns:
    float64 `[num_continuations]`.
  """
  return np.mean(
      codes[:, primer_steps:] == codes[:, primer_steps - lag:-lag], axis=1
  )


def density(codes: np.ndarray, primer_steps: int) -> np.ndarray:
  """Returns the hits a step in each quarter of what follows the primer.

  Args:
    codes: Continuations, of a multiple of four steps.
    primer_steps: Steps of the primer.

  Returns:
    float64 `[num_continuations, NUM_QUARTERS]`.
  """
  hits = step_codes.step_codes_to_rows(codes[:, primer_steps:]).sum(axis=-1)
  return hits.reshape(len(codes), NUM_QUARTERS, -1).mean(axis=-1)


def ratio(
    over: np.ndarray, under: np.ndarray, *, rng: np.random.Generator
) -> metrics.Estimate:
  """Returns the sum of one number a song by that of another, `[num_songs]`.

  Both are of the same songs, which are drawn anew together. Where all of the
  second are 0, it is 0.
  """
  counts = metrics.resampled(len(over), rng)
  sums = counts @ under
  drawn = np.divide(
      counts @ over, sums, where=sums > 0, out=np.zeros_like(sums)
  )
  total = under.sum()
  return metrics.estimate(over.sum() / total if total else 0.0, drawn)


def of_nats(
    nats: Sequence[np.ndarray], start: int, *, rng: np.random.Generator
) -> metrics.Estimate:
  """Returns nats a step, over all songs, from a step on.

  Args:
    nats: Of each step, float64 `[num_steps]` a song.
    start: Steps at the beginning of each song that don't count.
    rng: Draws the resamples.
  """
  return ratio(
      np.array([each[start:].sum() for each in nats]),
      np.array([float(len(each[start:])) for each in nats]), rng=rng,
  )


def of_continuations(
    codes: np.ndarray, real: np.ndarray, primer_steps: int, *, seed: int
) -> dict[str, metrics.Estimate]:
  """Counts repetition and density of continuations, beside what follows.

  Args:
    codes: Continuations.
    real: What the songs have, of the same shape.
    primer_steps: Steps of the primer.
    seed: Draws the resamples.

  Returns:
    `repeat_16` and `repeat_32`; by those of the songs, `repeat_16_ratio` and
    `repeat_32_ratio`; `hits`, on a step; `drift`, hits a step of the last
    quarter less the first.
  """
  def rng() -> np.random.Generator:
    # The same songs for each number and each row.
    return np.random.default_rng(seed)

  found = {}
  for lag in REPEAT_LAGS:
    mine, theirs = (repetition(c, primer_steps, lag) for c in (codes, real))
    found[f'repeat_{lag}'] = metrics.mean(mine, rng=rng())
    found[f'repeat_{lag}_ratio'] = ratio(mine, theirs, rng=rng())
  by_quarter = density(codes, primer_steps)
  return found | {
      'hits': metrics.mean(by_quarter.mean(1), rng=rng()),
      'drift': metrics.mean(by_quarter[:, -1] - by_quarter[:, 0], rng=rng()),
  }
