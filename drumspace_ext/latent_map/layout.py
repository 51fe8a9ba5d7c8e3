"""Latent map: latent vectors laid out in two dimensions by t-SNE.

openTSNE, for it is deterministic, fast on large sets and can place new patterns
on a map without moving it. Neighbours are exact, everything runs in one thread:
the same latents and the same seed give the same bytes on one machine.
"""

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import errors

# Below, trees (Barnes-Hut) are faster; above, the grid (FFT).
FFT_MIN_PATTERNS = 10_000
DEFAULT_PERPLEXITY = 30.0
MIN_PATTERNS = 3
# As openTSNE's TSNE and its `transform`.
_EARLY_STEPS, _MAIN_STEPS, _PLACING_STEPS = 250, 500, 250
_EARLY_EXAGGERATION, _MOMENTUM = 12, 0.8
_PLACING_PERPLEXITY, _PLACING_NEIGHBORS = 5.0, 25
_PLACING_RATE, _PLACING_EXAGGERATION = 0.1, 1.5
_STEPS_PER_CALL = 10

LAYOUT_STEPS, PLACING_STEPS = _EARLY_STEPS + _MAIN_STEPS, _PLACING_STEPS

_MAX_VALUE = 1e9


def _check(latents: np.ndarray, what: str = 'latents') -> np.ndarray:
  latents = np.ascontiguousarray(latents, np.float64)
  if latents.ndim != 2 or not latents.shape[1]:
    raise errors.InputError(
        f'{what} must be [num_patterns, size], got {list(latents.shape)}.'
    )
  # openTSNE's trees end the process on numbers far beyond these.
  broken = np.flatnonzero(~(np.abs(latents) <= _MAX_VALUE).all(1))
  if len(broken):
    raise errors.InputError(
        f'{what} of {len(broken):,} patterns hold a value that is no number '
        f'up to {_MAX_VALUE:g}, first those of pattern {broken[0] + 1:,}.'
    )
  return latents


def method(num_patterns: int) -> str:
  """Returns how repulsion is computed: `bh` or `fft`, what is faster."""
  return 'fft' if num_patterns >= FFT_MIN_PATTERNS else 'bh'


def perplexity_for(num_patterns: int, perplexity: float | None) -> float:
  """Returns the perplexity to use.

  Args:
    num_patterns: On the map.
    perplexity: What is asked for; what suits so many patterns if None.

  Raises:
    InputError: If so many patterns can't have it.
  """
  # Three times as many neighbours are looked at.
  highest = max(1.0, (num_patterns - 1) / 3)
  if perplexity is None:
    return min(DEFAULT_PERPLEXITY, highest)
  if not 1 <= perplexity <= highest:
    raise errors.InputError(
        f'perplexity must be 1 to {highest:g} for {num_patterns:,} patterns, '
        f'got {perplexity:g}.'
    )
  return float(perplexity)


def _caller(
    on_step: callbacks.OnStep, first: int, total: int, what: str
) -> dict:
  """Returns openTSNE's arguments for calling `on_step` now and then."""
  return {
      # What it returns says whether to stop.
      'callbacks': lambda step, error, embedding: on_step(
          first + step, total, what
      ),
      'callbacks_every_iters': _STEPS_PER_CALL,
  }


def _embedding(
    latents: np.ndarray, coordinates: np.ndarray, perplexity: float,
    method_name: str, seed: int,
):
  """Returns openTSNE's embedding at some coordinates."""
  import openTSNE

  affinities = openTSNE.affinity.PerplexityBasedNN(
      latents, perplexity=perplexity, method='exact', n_jobs=1,
      random_state=seed,
  )
  return openTSNE.TSNEEmbedding(
      coordinates, affinities, negative_gradient_method=method_name, n_jobs=1,
      random_state=seed,
  )


def lay_out(
    latents: np.ndarray, *, perplexity: float | None = None, seed: int,
    on_step: callbacks.OnStep = callbacks.silent,
) -> np.ndarray:
  """Lays latent vectors out as a map.

  Args:
    latents: float `[num_patterns, z_size]`, at least three.
    perplexity: How many neighbours count; see `perplexity_for`.
    seed: Of what is random.
    on_step: Called with the steps done, of `LAYOUT_STEPS`; see `callbacks`.

  Returns:
    Map coordinates, float64 `[num_patterns, 2]`, around the origin.

  Raises:
    InputError: If there are too few, or one is not finite.
  """
  import openTSNE
  import threadpoolctl

  latents = _check(latents)
  if len(latents) < MIN_PATTERNS:
    raise errors.InputError(
        f'a map needs at least {MIN_PATTERNS} different patterns, got '
        f'{len(latents)}.'
    )
  perplexity = perplexity_for(len(latents), perplexity)
  with threadpoolctl.threadpool_limits(1):
    # Main axes of latents of one dimension, or all alike, are none.
    if latents.shape[1] > 1 and np.ptp(latents, axis=0).any():
      start = openTSNE.initialization.pca(latents, random_state=seed)
    else:
      start = openTSNE.initialization.random(
          len(latents), 2, random_state=seed
      )
    embedding = _embedding(
        latents, start, perplexity, method(len(latents)), seed
    ).optimize(
        _EARLY_STEPS, exaggeration=_EARLY_EXAGGERATION, momentum=_MOMENTUM,
        **_caller(on_step, 0, LAYOUT_STEPS, 'laying out'),
    ).optimize(
        _MAIN_STEPS, momentum=_MOMENTUM,
        **_caller(on_step, _EARLY_STEPS, LAYOUT_STEPS, 'laying out'),
    )
  coordinates = np.array(embedding, np.float64)
  return coordinates - coordinates.mean(0)


def place(
    latents: np.ndarray, coordinates: np.ndarray, new_latents: np.ndarray, *,
    seed: int, on_step: callbacks.OnStep = callbacks.silent,
) -> np.ndarray:
  """Places new patterns on a map without moving it.

  Where one lands does not depend on the other new ones.

  Args:
    latents: Of the patterns on the map, float `[num_patterns, z_size]`.
    coordinates: Theirs on the map, float `[num_patterns, 2]`.
    new_latents: float `[num_new, z_size]`.
    seed: Of what is random.
    on_step: Called with the steps done, of `PLACING_STEPS`; see `callbacks`.

  Returns:
    Map coordinates, float64 `[num_new, 2]`.

  Raises:
    InputError: If the shapes do not fit, or a number is not finite.
  """
  import threadpoolctl

  latents = _check(latents)
  coordinates = _check(coordinates, 'coordinates')
  new_latents = _check(new_latents)
  if coordinates.shape != (len(latents), 2):
    raise errors.InputError(
        f'coordinates must be [{len(latents)}, 2], got '
        f'{list(coordinates.shape)}.'
    )
  if new_latents.shape[1] != latents.shape[1]:
    raise errors.InputError(
        f'the map has latents of size {latents.shape[1]}, the new ones have '
        f'{new_latents.shape[1]}.'
    )
  if len(latents) < MIN_PATTERNS:
    raise errors.InputError(
        f'a map has at least {MIN_PATTERNS} patterns, this one {len(latents)}.'
    )
  if not len(new_latents):
    return np.zeros((0, 2))
  perplexity = perplexity_for(len(latents), None)
  with threadpoolctl.threadpool_limits(1):
    # The grid method would move the map to the middle of its grid.
    placed = _embedding(
        latents, coordinates.copy(), perplexity, 'bh', seed
    ).prepare_partial(
        new_latents, initialization='median',
        k=min(_PLACING_NEIGHBORS, len(latents) - 1),
        perplexity=min(_PLACING_PERPLEXITY, perplexity),
    ).optimize(
        _PLACING_STEPS, learning_rate=_PLACING_RATE,
        exaggeration=_PLACING_EXAGGERATION, momentum=_MOMENTUM,
        **_caller(on_step, 0, PLACING_STEPS, 'placing'),
    )
  return np.array(placed, np.float64)
