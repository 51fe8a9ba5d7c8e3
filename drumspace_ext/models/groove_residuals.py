"""What a mean answer of a groove model leaves, and how it is drawn.

A pattern's residuals have one spread, of three that differ in size. Each is the
sum of three normals: one of its voice in the whole pattern, one of its voice
and place in the bar, in both bars alike, and one of its own. So every hit has
the density of the model's likelihoods, and hits go together as in performances.
"""

import zlib

import numpy as np

from drumspace_ext.patterns import step_codes

# Of a voice, and of a voice and place: shares of the variance.
NUM_COMMON = 2
_BAR, _VOICES = step_codes.STEPS_PER_BAR, step_codes.NUM_VOICES
_BARS = step_codes.NUM_STEPS // _BAR


def drawn(
    hits: np.ndarray, spreads: np.ndarray, shares: np.ndarray,
    common: np.ndarray, *, seed: int,
) -> np.ndarray:
  """Draws residuals of patterns, scaled, by seed and pattern alone.

  Args:
    hits: bool `[num_patterns, 448]`.
    spreads: Standard deviations, scaled, `[2, num_spreads]`.
    shares: How common each is, `[2, num_spreads]`.
    common: Shares of the variance, `[2, NUM_COMMON]`.
    seed: Of everything random.

  Returns:
    float32 `[num_patterns, 2, 448]`; the cells without a hit have one too.
  """
  result = np.empty((len(hits), *spreads.shape[:1], hits.shape[1]), np.float32)
  parts = np.concatenate([common, 1 - common.sum(1, keepdims=True)], 1)
  roots = np.sqrt(np.clip(parts, 0, 1))[..., None, None, None]
  upto = np.cumsum(shares / shares.sum(1, keepdims=True), axis=1)
  for row, struck in zip(result, hits):
    rng = np.random.default_rng([seed, zlib.crc32(struck.tobytes())])
    for answer in range(len(row)):
      chosen = int((rng.random() >= upto[answer, :-1]).sum())
      voice, place, own = roots[answer]
      cells = (
          voice * rng.standard_normal((1, 1, _VOICES))
          + place * rng.standard_normal((1, _BAR, _VOICES))
          + own * rng.standard_normal((_BARS, _BAR, _VOICES))
      )
      row[answer] = spreads[answer, chosen] * cells.ravel()
  return result


def fit_common(
    left: np.ndarray, hits: np.ndarray, weights: np.ndarray
) -> np.ndarray:
  """Fits how residuals of a pattern go together, by products of pairs.

  Args:
    left: Residuals, 0 where there is no hit, `[num_patterns, 448]`.
    hits: 0 or 1, `[num_patterns, 448]`.
    weights: What each pattern counts, `[num_patterns]`.

  Returns:
    Shares of the variance, float64 `[NUM_COMMON]`.
  """
  left = left.astype(np.float64).reshape(-1, _BARS, _BAR, _VOICES)
  struck = hits.astype(np.float64).reshape(left.shape)

  def mean_product(of_all, of_each):
    """Means products of two different ones of those that are summed."""
    products = ((of_all(left)**2).sum((-1, -2, -3))
                - (of_each(left)**2).sum((-1, -2, -3)))
    pairs = ((of_all(struck)**2).sum((-1, -2, -3))
             - (of_each(struck)**2).sum((-1, -2, -3)))
    return weights @ products / max(weights @ pairs, 1e-9)

  def by_place(values):
    return values.sum(1, keepdims=True)

  def by_voice(values):
    return values.sum((1, 2), keepdims=True)

  variance = max(
      weights @ (left**2).sum((1, 2, 3)) / max(
          weights @ struck.sum((1, 2, 3)), 1e-9
      ), 1e-12
  )
  voice = float(np.clip(mean_product(by_voice, by_place) / variance, 0, 1))
  both = mean_product(by_place, lambda values: values) / variance
  return np.array([voice, float(np.clip(both - voice, 0, 1 - voice))])
