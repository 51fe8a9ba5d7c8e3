"""Corrections: which draws are kept, so that they are as frequent as real ones.

A small classifier (boosted trees) has learnt to tell a model's draws from the
patterns that it was trained on; by Bayes its logit is the logarithm of how much
too often a draw like this one comes up. Draws are kept in inverse proportion
(rejection sampling, von Neumann 1951): two in three, about. Trivial beats,
which no training pattern is, are never kept.
"""

from collections.abc import Mapping
import dataclasses
import typing

import numpy as np

from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

# Of its tensors beside a sampler's.
PREFIX = 'correction.'
# The lags that repeats are looked for at, and where: from, to.
_REPEATS = ((4, 4, 8), (4, 12, 16), (8, 8, 16), (8, 24, 32), (16, 16, 32))
_LAGS = (4, 8, 16)
# Where a checkpoint does not say: how many times too rare draws are that are
# all kept (larger is more exact, and takes more draws a beat), and the share of
# known patterns that is kept: without any copies the common beats are missing.
_MOST, _COPIES = 1.0, 0.4
# The share that is counted on at first; of what is missing then, again.
KEPT = 0.74
_CHUNK = 4096


def features(hits: np.ndarray) -> np.ndarray:
  """Returns what the classifier sees of patterns, float32 `[n, 606]`.

  The hits; for each voice and step how many, and whether any; and where voices
  differ from what they played a beat, half a bar and a bar before.
  """
  step_codes.validate(hits)
  flat = hits.reshape(len(hits), -1)
  total = flat.sum(1)
  parts = [flat, hits.sum(1), hits.sum(2), hits.any(1), total[:, None]]
  for lag in _LAGS:
    again = (hits & np.roll(hits, -lag, axis=1)).sum((1, 2))
    parts.append((again / np.maximum(total, 1))[:, None])
  for lag, start, end in _REPEATS:
    differs = hits[:, start:end] != hits[:, start - lag:end - lag]
    parts += [differs.sum(1), differs.sum((1, 2))[:, None]]
  second = hits[:, 16:] != hits[:, :16]
  parts += [
      second.any(2), second.any(1).sum(1)[:, None],
      hits.sum(2).max(1)[:, None], (~hits.any(2)).sum(1)[:, None],
  ]
  return np.concatenate(parts, axis=1).astype(np.float32)


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Correction:
  """Boosted trees, each a row of nodes; what a leaf says adds up to a logit.

  Attributes:
    feature: Which feature a node asks, int64 `[num_trees, num_nodes]`; -1 at a
      leaf.
    value: What it must not exceed to go left; what a leaf says; float64.
    left: The node on that side, int64.
    right: That on the other side.
    bias: What is added to the sum.
    most: Draws that are this many times too rare are all kept; rarer ones can't
      be more often than that.
    copies: The share of known patterns that is kept of those that it keeps.
  """

  feature: np.ndarray
  value: np.ndarray
  left: np.ndarray
  right: np.ndarray
  bias: float
  most: float = _MOST
  copies: float = _COPIES

  def __repr__(self) -> str:
    return f'Correction(trees={len(self.feature)})'

  def logits(self, hits: np.ndarray) -> np.ndarray:
    """Says how much too often patterns are drawn, float64 `[n]`, in nats."""
    parts = [
        self.logits_of(features(hits[start:start + _CHUNK]))
        for start in range(0, len(hits), _CHUNK)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)

  def logits_of(self, seen: np.ndarray) -> np.ndarray:
    """Says the same of what `features` gives."""
    rows, result = np.arange(len(seen)), np.full(len(seen), self.bias)
    for feature, value, left, right in zip(
        self.feature, self.value, self.left, self.right
    ):
      node = np.zeros(len(seen), np.int64)
      while (asked := feature[node]).max(initial=-1) >= 0:
        goes_left = seen[rows, np.maximum(asked, 0)] <= value[node]
        below = np.where(goes_left, left[node], right[node])
        node = np.where(asked >= 0, below, node)
      result += value[node]
    return result

  def keeps(
      self, hits: np.ndarray, *, rng: np.random.Generator
  ) -> np.ndarray:
    """Says which draws are kept, bool `[n]`; trivial ones never are.

    Args:
      hits: bool `[n, 32, 14]`.
      rng: Draws a number for each.
    """
    return rng.random(len(hits)) < self.chances(hits)

  def chances(self, hits: np.ndarray) -> np.ndarray:
    """Returns how probable each draw is to be kept, float64 `[n]`."""
    chance = self.chances_of(self.logits(hits))
    chance[entropy.is_trivial(step_codes.hits_to_step_codes(hits))] = 0.0
    return chance

  def with_tree(self, nodes: list[tuple]) -> 'Correction':
    """Returns it with one tree more, a list as `from_nodes` takes them."""
    one = from_nodes([nodes], 0.0)
    size = max(self.feature.shape[1], len(nodes))

    def joined(name: str) -> np.ndarray:
      return np.concatenate([
          np.pad(
              table, ((0, 0), (0, size - table.shape[1])),
              constant_values=getattr(_LEAF, name),
          ) for table in (getattr(self, name), getattr(one, name))
      ])

    return dataclasses.replace(
        self, feature=joined('feature'), value=joined('value'),
        left=joined('left'), right=joined('right'),
    )

  def chances_of(self, logits: np.ndarray) -> np.ndarray:
    """Returns the same of logits, float64 `[n]`, of beats that have enough."""
    return np.minimum(np.exp(-logits) / self.most, 1.0)

  def tensors(self) -> dict[str, np.ndarray]:
    """Returns it as a checkpoint keeps it; `from_tensors` reads that."""
    return {
        'feature': self.feature.astype(np.int16),
        'value': self.value.astype(np.float32),
        'left': self.left.astype(np.int16),
        'right': self.right.astype(np.int16),
        'bias': np.array([self.bias], np.float32),
        'most': np.array([self.most], np.float32),
        'copies': np.array([self.copies], np.float32),
    }


class _Node(typing.NamedTuple):
  """A node of a tree, see `Correction`."""

  feature: int
  value: float
  left: int
  right: int


_LEAF = _Node(-1, 0.0, 0, 0)


def from_nodes(trees: list[list[tuple]], bias: float) -> Correction:
  """Makes a correction of trees, lists of (feature, value, left, right)."""
  longest = max(map(len, trees))
  table = [
      [*map(_Node._make, tree), *[_LEAF] * (longest - len(tree))]
      for tree in trees
  ]

  def column(name: str, dtype: type) -> np.ndarray:
    return np.array([[getattr(n, name) for n in tree] for tree in table], dtype)

  return Correction(
      feature=column('feature', np.int64), value=column('value', np.float64),
      left=column('left', np.int64), right=column('right', np.int64),
      bias=bias,
  )


def from_tensors(tensors: Mapping[str, np.ndarray]) -> Correction:
  """Returns the correction that a checkpoint holds.

  Raises:
    KeyError: If a tensor is missing.
    ValueError: If they are no trees.
  """
  feature, left, right = (
      tensors[name].astype(np.int64) for name in ('feature', 'left', 'right')
  )
  value = tensors['value'].astype(np.float64)
  shapes = {part.shape for part in (feature, left, right, value)}
  inner = feature >= 0
  places = np.arange(feature.shape[-1])
  most, copies = (
      float(tensors.get(name, np.array(usual)).reshape(-1)[0])
      for name, usual in (('most', _MOST), ('copies', _COPIES))
  )
  if (
      len(shapes) > 1 or feature.ndim != 2 or not np.isfinite(value).all()
      or feature.max(initial=-1) >= NUM_FEATURES
      # Each question leads further on, so that there is an end.
      or (np.minimum(left, right) <= places)[inner].any()
      or (np.maximum(left, right) >= feature.shape[-1])[inner].any()
      or not (0 < most < np.inf and 0 <= copies <= 1)
  ):
    raise ValueError('its correction is no list of trees')
  return Correction(
      feature=feature, value=value, left=left, right=right,
      bias=float(tensors['bias'].reshape(-1)[0]), most=most, copies=copies,
  )


NUM_FEATURES = features(
    np.zeros((1, step_codes.NUM_STEPS, step_codes.NUM_VOICES), np.bool_)
).shape[1]
# Which of them says how many hits of the second bar differ; behind it are the
# steps that do, how many voices do, the fullest step and how many are empty.
BAR_DIFFERENCES = NUM_FEATURES - step_codes.NUM_STEPS // 2 - 4
