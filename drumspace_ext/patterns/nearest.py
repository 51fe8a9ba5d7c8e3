"""Nearest patterns: Hamming distance over all 32 rotations.

Most pairs are never compared bit by bit. A rotation by an even number of steps
keeps, for each voice, the number of hits on even and on odd steps, and one
by an odd number exchanges the two; so the sum of the differences of these
numbers is a lower bound of the distance. Numbers written as rows of ones (3 is
1110...) differ in as many bits as they differ by, which makes the bounds of all
pairs one matrix product.
"""

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext.patterns import step_codes

_WORDS = step_codes.NUM_STEPS * step_codes.NUM_VOICES // 64
_PARITIES = 2
_CHUNK = 256
_FIRST = 64
_PAIRS_AT_ONCE = 1 << 13
# Share of the patterns; measured: 0 takes 1.6 times as long, 0.1 1.2 times.
_RARE = 0.02

COPY, NEAR, NOVEL = 'copy', 'near', 'novel'
# A hit moved in each of two bars is still the same beat to a listener.
NEAR_BITS = 4


def verdict(distance: int) -> str:
  """Says what a distance to the nearest known pattern, in bits, means."""
  return COPY if not distance else NEAR if distance <= NEAR_BITS else NOVEL


def _pack(rows: np.ndarray) -> np.ndarray:
  """Packs bool `[..., 32, 14]` into uint64 `[..., 7]`."""
  flat = rows.reshape(*rows.shape[:-2], -1)
  return np.packbits(flat, axis=-1).view(np.uint64)


def _counts_as_ones(hits: np.ndarray, *, exchanged: bool) -> np.ndarray:
  """Writes the hits of each voice on even and on odd steps as rows of ones.

  Args:
    hits: bool `[n, 32, 14]`.
    exchanged: Take odd steps for even ones, as an odd rotation does.

  Returns:
    float32 `[n, 448]`: for each parity and voice 16 places.
  """
  halves = hits.reshape(len(hits), -1, _PARITIES, step_codes.NUM_VOICES)
  counts = halves.sum(1)[:, ::-1 if exchanged else 1]  # [n, parity, voice]
  places = np.arange(step_codes.NUM_STEPS // _PARITIES)
  ones = counts[..., None] > places
  return ones.reshape(len(hits), -1).astype(np.float32)


class NearestPatterns:
  """Finds the nearest of some fixed patterns, phase left aside."""

  def __init__(self, codes: np.ndarray):
    """Prepares the patterns to search.

    Args:
      codes: Step codes, integer `[num_patterns, 32]`, at least one.
    """
    step_codes.validate_codes(codes)
    hits = step_codes.step_codes_to_hits(codes)
    ones = _counts_as_ones(hits, exchanged=False)
    # Numbers cut off at a place differ by no more than whole ones: the bound
    # stays one, and what few reach is not worth its share of the product.
    self._places = ones.mean(0) > _RARE
    ones = ones[:, self._places]
    # |a| + |b| - 2 ab of two rows of ones; |a| is left to the query.
    self._products = np.concatenate([-2 * ones.T, ones.sum(1)[None]])
    self._words = _pack(hits).T.copy()  # [7, num_patterns]

  def find(
      self, codes: np.ndarray, *, on_step: callbacks.OnStep = callbacks.silent
  ) -> tuple[np.ndarray, np.ndarray]:
    """Returns the nearest pattern of each query.

    Args:
      codes: Step codes, integer `[num_queries, 32]`.
      on_step: Called with the queries done; see `callbacks`.

    Returns:
      (index, distance): int64 `[num_queries]`, of equals the first, and the
      number of bits that differ in the best rotation, int64 `[num_queries]`.
    """
    step_codes.validate_codes(codes)
    index = np.zeros(len(codes), np.int64)
    distance = np.zeros(len(codes), np.int64)
    for start in range(0, len(codes), _CHUNK):
      on_step(start, len(codes), 'comparing')
      part = slice(start, start + _CHUNK)
      index[part], distance[part] = self._find_chunk(codes[part])
    on_step(len(codes), len(codes), 'comparing')
    return index, distance

  def _find_chunk(self, codes: np.ndarray):
    shifted = step_codes.step_codes_to_rows(
        step_codes.rotations(codes.astype(np.uint16))
    )  # [chunk, 32, 32, 14]
    words = _pack(shifted)  # [chunk, 32, 7]
    bounds = []
    for exchanged in (False, True):
      ones = _counts_as_ones(shifted[:, 0], exchanged=exchanged)
      ones = ones[:, self._places]
      rows = np.concatenate(
          [ones, np.ones((len(ones), 1), np.float32)], axis=1
      )
      bounds.append((rows @ self._products, ones.sum(1)))
    index = np.empty(len(codes), np.int64)
    distance = np.empty(len(codes), np.int64)
    for i in range(len(codes)):
      index[i], distance[i] = self._find_one(words[i], [
          (bound[i], float(own[i])) for bound, own in bounds
      ])
    return index, distance

  def _find_one(
      self, words: np.ndarray, bounds: list[tuple[np.ndarray, float]]
  ) -> tuple[int, int]:
    """Finds the nearest pattern to one.

    Args:
      words: Its rotations, uint64 `[32, 7]`.
      bounds: For even and odd rotations two summands of the bounds: float32
        `[num_patterns]`, and one number.
    """
    best = step_codes.NUM_STEPS * step_codes.NUM_VOICES
    for parity, (bound, _) in enumerate(bounds):
      few = np.flatnonzero(bound <= bound.min() + 1)[:_FIRST]
      distances = self._distances(words[parity::_PARITIES], few)
      best = min(best, int(distances.min()))
    chosen, chosen_distance = -1, best + 1
    for parity, (bound, own) in enumerate(bounds):
      rest = np.flatnonzero(bound <= best - own)
      if not len(rest):
        continue
      distances = self._distances(words[parity::_PARITIES], rest)
      first = int(distances.argmin())
      found = int(distances[first]), int(rest[first])
      if found < (chosen_distance, chosen) or chosen < 0:
        chosen_distance, chosen = found
    return chosen, chosen_distance

  def _distances(self, words: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Returns the distance of some rotations to some patterns, int64."""
    parts = []
    for start in range(0, len(which), _PAIRS_AT_ONCE):
      own = self._words[:, which[start:start + _PAIRS_AT_ONCE]]
      total = np.zeros((len(words), own.shape[1]), np.uint16)
      for word in range(_WORDS):
        total += np.bitwise_count(words[:, word, None] ^ own[word])
      parts.append(total.min(0))
    return np.concatenate(parts).astype(np.int64)
