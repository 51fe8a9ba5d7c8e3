"""Neighbourhoods: what lies as near to some patterns as they lie to each other.

Around each pattern of a set lies a ball that just reaches its third nearest
neighbour in the set, in bits that differ, phase kept (Kynkaanniemi et al.
2019, "Improved Precision and Recall Metric"). Numbers of bits are whole, and
far below 2**24: float32 holds them exactly.
"""

import numpy as np

from drumspace_ext import errors

NUM_NEIGHBOURS = 3
_CHUNK = 1024


class Neighbourhoods:
  """The balls around the patterns of a set."""

  def __init__(self, hits: np.ndarray):
    """Prepares them.

    Args:
      hits: bool `[n, 32, 14]`.

    Raises:
      PatternError: If there are too few.
    """
    if len(hits) <= NUM_NEIGHBOURS:
      raise errors.PatternError(
          f'expected more than {NUM_NEIGHBOURS} patterns, got {len(hits)}.'
      )
    self._flat = _flat(hits)
    self._radii = _radii(self._flat)

  def hold(self, hits: np.ndarray) -> np.ndarray:
    """Says which patterns, bool `[m, 32, 14]`, lie in one, bool `[m]`."""
    return np.concatenate([np.zeros(0, np.bool_)] + [
        (_distances(_flat(hits[start:start + _CHUNK]), self._flat)
         <= self._radii).any(1)
        for start in range(0, len(hits), _CHUNK)
    ])


def _flat(hits: np.ndarray) -> np.ndarray:
  return hits.reshape(len(hits), -1).astype(np.float32)


def _distances(left: np.ndarray, right: np.ndarray) -> np.ndarray:
  """Hamming distances `[n, m]` of rows of bits, float32 `[n, 448]`, exact."""
  return left.sum(1)[:, None] + right.sum(1) - 2 * left @ right.T


def _radii(flat: np.ndarray) -> np.ndarray:
  """Distance of each to its k-th nearest other, float32 `[n]`."""
  radii = []
  for start in range(0, len(flat), _CHUNK):
    distances = _distances(flat[start:start + _CHUNK], flat)
    # A pattern is no neighbour of itself, but an equal one is.
    np.fill_diagonal(distances[:, start:], np.inf)
    radii.append(
        np.partition(distances, NUM_NEIGHBOURS - 1)[:, NUM_NEIGHBOURS - 1]
    )
  return np.concatenate(radii)
