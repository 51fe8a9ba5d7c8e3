"""Map quality: what of the latent space's neighbourhoods a map keeps.

*Trustworthiness* (Venna & Kaski 2001): 1 if every neighbour on the map is one
in the latent space, less by how far those that are none lie. *Preservation*:
the share of neighbours on the map that are neighbours in the latent space; both
are about as many neighbours a pattern.

What a person hears of it is *hits apart*: in how many hits a beat differs from
the one nearest to it on the map, in the best rotation.
"""

import numpy as np

from drumspace_ext.patterns import step_codes

NUM_NEIGHBORS = 15
# More queries change the third digit at most, and cost time.
MAX_QUERIES = 2000
_CHUNK = 256


def _chosen(count: int, seed: int) -> np.ndarray:
  """Returns the patterns to look at."""
  if count <= MAX_QUERIES:
    return np.arange(count)
  rng = np.random.default_rng(seed)
  return np.sort(rng.choice(count, MAX_QUERIES, replace=False))


def _square_distances(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
  """Returns float64 `[num_queries, num_points]`."""
  total = np.zeros((len(queries), len(points)))
  # Differences, not products: of equal points it is exactly 0.
  for query, point in zip(queries.T, points.T):
    total += (query[:, None] - point) ** 2
  return total


def measure(
    latents: np.ndarray, coordinates: np.ndarray, *, seed: int
) -> dict[str, float]:
  """Measures a map.

  Among equal distances the nearest rank counts: copies of a latent vector are
  neighbours of whatever one of them is a neighbour of.

  Args:
    latents: float `[num_patterns, z_size]`, at least three.
    coordinates: float `[num_patterns, 2]`.
    seed: Chooses the patterns whose neighbours are looked at, where there are
      more than `MAX_QUERIES`.

  Returns:
    `trustworthiness` and `preservation`, 0 to 1, and what they rest on:
    `neighbors` and `queries`.
  """
  count = len(latents)
  # Trustworthiness is defined for fewer than half of all.
  k = max(1, min(NUM_NEIGHBORS, (count - 1) // 2))
  chosen = _chosen(count, seed)
  excess, kept = 0, 0
  for start in range(0, len(chosen), _CHUNK):
    part = chosen[start:start + _CHUNK]
    rows = np.arange(len(part))
    in_space = _square_distances(latents[part], latents)
    on_map = _square_distances(coordinates[part], coordinates)
    # A pattern is no neighbour of its own.
    in_space[rows, part] = on_map[rows, part] = np.inf
    near = np.argpartition(on_map, k - 1, axis=1)[:, :k]
    ordered = np.sort(in_space, axis=1)
    for row, distances in enumerate(in_space[rows[:, None], near]):
      ranks = 1 + np.searchsorted(ordered[row], distances)
      excess += int(np.maximum(ranks - k, 0).sum())
      kept += int((ranks <= k).sum())
  worst = len(chosen) * k * (2 * count - 3 * k - 1) / 2
  return {
      'trustworthiness': 1 - excess / worst,
      'preservation': kept / (len(chosen) * k),
      'neighbors': k, 'queries': len(chosen),
  }


def _hits_between(codes: np.ndarray, others: np.ndarray) -> np.ndarray:
  """Returns in how many hits pairs differ in the best rotation, int64 `[n]`."""
  turned = step_codes.rotations(codes.astype(np.uint16))  # [n, 32, 32]
  different = turned ^ others.astype(np.uint16)[:, None]
  return np.bitwise_count(different).sum(-1, dtype=np.int64).min(1)


def hits_apart(
    codes: np.ndarray, coordinates: np.ndarray, *, seed: int
) -> dict[str, float]:
  """Measures how alike beats are that lie beside each other.

  Args:
    codes: Step codes, integer `[num_patterns, 32]`, at least two.
    coordinates: float `[num_patterns, 2]`.
    seed: See `measure`; draws the pairs of chance, too.

  Returns:
    `hits_to_nearest`, the median number of hits in which a pattern differs from
    the one nearest to it on the map, and `hits_to_any`, from any other.
  """
  count = len(codes)
  chosen = _chosen(count, seed)
  nearest = np.empty(len(chosen), np.int64)
  for start in range(0, len(chosen), _CHUNK):
    part = chosen[start:start + _CHUNK]
    on_map = _square_distances(coordinates[part], coordinates)
    on_map[np.arange(len(part)), part] = np.inf
    nearest[start:start + _CHUNK] = on_map.argmin(1)
  rng = np.random.default_rng(seed)
  any_other = (chosen + rng.integers(1, count, len(chosen))) % count
  return {
      'hits_to_nearest': float(
          np.median(_hits_between(codes[chosen], codes[nearest]))
      ),
      'hits_to_any': float(
          np.median(_hits_between(codes[chosen], codes[any_other]))
      ),
  }
