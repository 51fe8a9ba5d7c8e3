"""Metrics: how near some patterns come to real ones, each with its uncertainty.

Every number is an `Estimate`: its value and a 95 % bootstrap interval. What
costs is done once: the scores of classifiers that never saw the pattern (AUC),
or one number a pattern (all else), are resampled, `NUM_RESAMPLES` times. So it
is left out that classifiers and neighbourhoods would vary too. The interval of
a share of 0 or 1 has no width, and says only that no pattern was different.

*Real* patterns are compared with, *given* ones are judged. Both are bool
`[n, 32, 14]`, and taken in the phase that they are stored in.
"""

from typing import NamedTuple

import numpy as np

from drumspace_ext import errors
from drumspace_ext.models import sampling
from drumspace_ext.patterns import nearest
from drumspace_ext.patterns import neighbourhoods
from drumspace_ext.patterns import step_codes

CONFIDENCE = 0.95
NUM_RESAMPLES = 1000
NUM_FOLDS = 5
AUTOCORRELATION_LAGS = (4, 8, 16)

# Of 1, 0.01 and 0.001 it told the published samples from real patterns best.
_LOGISTIC_C = 0.01
# 31 leaves: the same AUC (0.986 for 0.980), thrice the time; 255 bins: twice.
_TREE_LEAVES, _TREE_BINS = 8, 64


class Estimate(NamedTuple):
  """A number and the ends of the 95 % interval around it."""

  value: float
  low: float
  high: float


def resampled(count: int, rng: np.random.Generator) -> np.ndarray:
  """Returns how often each thing is drawn, float64 `[NUM_RESAMPLES, count]`."""
  drawn = rng.integers(count, size=(NUM_RESAMPLES, count))
  drawn += count * np.arange(NUM_RESAMPLES)[:, None]
  counts = np.bincount(drawn.ravel(), minlength=NUM_RESAMPLES * count)
  return counts.reshape(NUM_RESAMPLES, count).astype(np.float64)


def estimate(value: float, drawn: np.ndarray) -> Estimate:
  """Returns a number with the interval of what resamples gave for it."""
  tail = (1 - CONFIDENCE) / 2
  low, high = np.quantile(drawn, [tail, 1 - tail])
  return Estimate(float(value), float(low), float(high))


def mean(values: np.ndarray, *, rng: np.random.Generator) -> Estimate:
  """Returns the mean of one number (or bool) a pattern, `[n]`."""
  counts = resampled(len(values), rng)
  return estimate(np.mean(values), counts @ values / len(values))


def ratio(
    above: np.ndarray, below: np.ndarray, *, rng: np.random.Generator
) -> Estimate:
  """Returns the sum of one number of things over that of another, `[n]`."""
  counts = resampled(len(above), rng)
  return estimate(
      above.sum() / below.sum(),
      counts @ above / np.maximum(counts @ below, 1e-12),
  )


def auc(
    real_scores: np.ndarray, given_scores: np.ndarray, *,
    rng: np.random.Generator,
) -> Estimate:
  """Returns the chance that a given pattern scores above a real one.

  Ties count half. Scores are float `[n]` and `[m]`; both sides are resampled.
  """
  above = np.heaviside(given_scores[:, None] - real_scores, 0.5)  # [m, n]
  given = resampled(len(given_scores), rng) @ above  # [NUM_RESAMPLES, n]
  both = (given * resampled(len(real_scores), rng)).sum(1)
  return estimate(above.mean(), both / above.size)


def features(hits: np.ndarray) -> np.ndarray:
  """Returns what a classifier sees of patterns, float32 `[n, 497]`.

  The 448 hits, hits per voice, hits per step, and for each lag the share of
  hits that the same voice strikes again so many steps later, around the loop.
  """
  step_codes.validate(hits)
  counts = np.maximum(hits.sum((1, 2)), 1)
  again = [
      (hits & np.roll(hits, -lag, axis=1)).sum((1, 2)) / counts
      for lag in AUTOCORRELATION_LAGS
  ]
  return np.concatenate([
      hits.reshape(len(hits), -1), hits.sum(1), hits.sum(2), np.transpose(again)
  ], axis=1).astype(np.float32)


def _classifiers(seed: int) -> dict:
  from sklearn import ensemble
  from sklearn import linear_model
  from sklearn import pipeline
  from sklearn import preprocessing

  return {
      'auc_logistic': pipeline.make_pipeline(
          preprocessing.StandardScaler(),
          linear_model.LogisticRegression(C=_LOGISTIC_C, max_iter=1000),
      ),
      'auc_trees': ensemble.HistGradientBoostingClassifier(
          max_leaf_nodes=_TREE_LEAVES, max_bins=_TREE_BINS,
          early_stopping=False, random_state=seed,
      ),
  }


def two_sample_auc(
    real: np.ndarray, given: np.ndarray, *, rng: np.random.Generator
) -> dict[str, Estimate]:
  """Measures how well a classifier tells given patterns from real ones.

  See `told_apart`; patterns are told by their `features`.
  """
  return told_apart(features(real), features(given), rng=rng)


def told_apart(
    real: np.ndarray, given: np.ndarray, *, rng: np.random.Generator,
    groups: np.ndarray | None = None,
) -> dict[str, Estimate]:
  """Measures how well a classifier tells given things from real ones.

  Each thing is scored by a classifier trained on the other folds. 0.5 is best,
  1 is worst; the larger of two is, for real things, a little above 0.5.

  Args:
    real: What a classifier sees of real ones, float `[n, num_features]`.
    given: Of given ones, float `[m, num_features]`.
    rng: Draws the folds and resamples.
    groups: Of real and then given ones, integer `[n + m]`: those of one group
      are never on both sides; each thing for itself if None.

  Returns:
    `auc_logistic` (logistic regression on standardized features), `auc_trees`
    (gradient-boosted trees), and `auc`, the larger of the two.
  """
  from sklearn import model_selection
  import threadpoolctl

  inputs = np.concatenate([real, given])
  is_given = np.repeat([False, True], [len(real), len(given)])
  seed = int(rng.integers(2**31))
  kind = (
      model_selection.StratifiedKFold if groups is None
      else model_selection.StratifiedGroupKFold
  )
  folds = kind(NUM_FOLDS, shuffle=True, random_state=seed)
  result = {}
  for name, classifier in _classifiers(seed).items():
    # Several threads add in an order of chance.
    with threadpoolctl.threadpool_limits(1):
      scores = model_selection.cross_val_predict(
          classifier, inputs, is_given, cv=folds, groups=groups,
          method='decision_function',
      )
    result[name] = auc(scores[~is_given], scores[is_given], rng=rng)
  return {'auc': max(result.values())} | result


def precision_recall(
    real: np.ndarray, given: np.ndarray, *, rng: np.random.Generator
) -> dict[str, Estimate]:
  """Returns k-NN precision and recall (Kynkaanniemi et al. 2019), k = 3.

  `precision` is the share of given patterns in the neighbourhoods of the real
  set, `recall` that of real ones in those of the given set.

  Raises:
    PatternError: If the sets are not of one size, or have too few patterns.
  """
  if len(real) != len(given):
    raise errors.PatternError(
        f'expected two sets of one size, got {len(real)} and {len(given)}.'
    )
  near_real, near_given = map(neighbourhoods.Neighbourhoods, (real, given))
  return {
      'precision': mean(near_real.hold(given), rng=rng),
      'recall': mean(near_given.hold(real), rng=rng),
  }


def rates(
    hits: np.ndarray, known_classes: np.ndarray, *, rng: np.random.Generator
) -> dict[str, Estimate]:
  """Returns the published rates, as shares of all the patterns.

  Args:
    hits: bool `[n, 32, 14]`.
    known_classes: Digests of the training set's classes, sorted, uint64.
    rng: Draws the resamples.

  Returns:
    `pass`: entropy of 0.9 nats or more, and no rotation of it in the training
    set. `distinct`: passes, and no rotation of it came before; it falls with
    n, and its interval takes the patterns that are first as given. `novel`: no
    rotation of it in the training set, trivial or not.
  """
  judged = sampling.judge(np.zeros((len(hits), 0)), hits, known_classes)
  return {
      'pass': mean(judged.passing, rng=rng),
      'distinct': mean(judged.first_of_class, rng=rng),
      'novel': mean(~judged.known, rng=rng),
  }


def hit_rates(
    real: np.ndarray, given: np.ndarray, *, rng: np.random.Generator
) -> dict[str, Estimate]:
  """Returns `hits_per_step` of given patterns, and `hits_ratio`, to real ones.

  Raises:
    PatternError: If the real patterns are silent.
  """
  if not real.any():
    raise errors.PatternError('the real patterns hold no hit at all.')
  per_step = [hits.sum((1, 2)) / step_codes.NUM_STEPS for hits in (given, real)]
  means = [hits.mean() for hits in per_step]
  drawn = [resampled(len(hits), rng) @ hits / len(hits) for hits in per_step]
  return {
      'hits_per_step': estimate(means[0], drawn[0]),
      'hits_ratio': estimate(means[0] / means[1], drawn[0] / drawn[1]),
  }


def training_distance(
    hits: np.ndarray, training: nearest.NearestPatterns, *,
    rng: np.random.Generator,
) -> tuple[Estimate, np.ndarray]:
  """Measures how far the nearest training pattern is, over all rotations.

  Returns:
    (mean, histogram): in bits that differ, and how many patterns are at each
    distance from 0 to the largest, int64.
  """
  _, distances = training.find(step_codes.hits_to_step_codes(hits))
  return mean(distances, rng=rng), np.bincount(distances)
