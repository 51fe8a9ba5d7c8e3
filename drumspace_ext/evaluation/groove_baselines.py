"""Groove baselines: what little is told of how hits are played, to be beaten.

A *guess* is how hits differ from the mean of their pattern, float32
`[num_patterns, 2, 448]`: MIDI velocities, and offsets in steps.
"""

import typing

import numpy as np

from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  from drumspace_ext.training import groove_data

ONE, TABLE, TREES = (
    'one velocity, on the grid', 'mean by step and voice',
    'boosted trees on the hits around',
)
_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
# Steps before and after a hit that trees see.
_AROUND = 4
# More train for minutes and tell no more.
_MAX_HITS = 60_000


def guesses(
    training: 'groove_data.PlayedPatterns', hits: np.ndarray, *, seed: int
) -> dict[str, np.ndarray]:
  """Returns the guesses of the three baselines, by their names.

  Args:
    training: What they are made of.
    hits: bool `[num_patterns, 32, 14]`.
    seed: Draws the hits that trees are trained on.
  """
  from drumspace_ext.models import groove_network
  from drumspace_ext.training import groove_training

  scales = np.array(groove_network.SCALES, np.float32)[:, None]
  table = groove_training.table(training) * scales
  flat = hits.reshape(len(hits), -1)
  rng = np.random.default_rng(seed)
  trees = np.stack([
      _trees(training, answer, hits, rng) for answer in range(len(scales))
  ], 1)
  return {
      ONE: np.zeros((len(hits), *table.shape), np.float32),
      TABLE: centred(np.broadcast_to(table, trees.shape), flat),
      TREES: centred(trees, flat),
  }


def centred(values: np.ndarray, hits: np.ndarray) -> np.ndarray:
  """Takes the mean over the hits of each pattern out, 0 where there is none.

  Args:
    values: float `[num_patterns, 2, 448]`.
    hits: bool `[num_patterns, 448]`.
  """
  struck = hits[:, None]
  counts = np.maximum(struck.sum(-1, keepdims=True), 1)
  means = np.where(struck, values, 0).sum(-1, keepdims=True) / counts
  return np.where(struck, values - means, 0).astype(np.float32)


def _seen(hits: np.ndarray, where: tuple[np.ndarray, ...]) -> np.ndarray:
  """Returns what trees see of some hits, float32 `[num_hits, num_features]`."""
  pattern, step, voice = where
  apart = np.arange(-_AROUND, _AROUND + 1)
  # [num_hits, 9, 14]: two bars go round.
  around = hits[pattern[:, None], (step[:, None] + apart) % _STEPS]
  return np.concatenate([
      around.reshape(len(pattern), -1), step[:, None] % 16, step[:, None] % 4,
      voice[:, None], hits.sum((1, 2))[pattern, None],
      hits.sum(1)[pattern, voice][:, None],
  ], axis=1).astype(np.float32)


def _trees(
    training: 'groove_data.PlayedPatterns', answer: int, hits: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
  """Returns what trees guess, float32 `[num_patterns, 448]`."""
  from sklearn import ensemble
  import threadpoolctl

  known = training.known[:, answer] > 0
  learned = training.hits[known].reshape(-1, _STEPS, _VOICES) > 0
  truth = training.centred()[known, answer].reshape(learned.shape)
  where = np.nonzero(learned)
  chosen = rng.permutation(len(where[0]))[:_MAX_HITS]
  where = tuple(indices[chosen] for indices in where)
  result = np.zeros(hits.shape, np.float32)
  places = np.nonzero(hits)
  # Several threads add in an order of chance.
  with threadpoolctl.threadpool_limits(1):
    trees = ensemble.HistGradientBoostingRegressor(
        early_stopping=False, random_state=int(rng.integers(2**31))
    ).fit(_seen(learned, where), truth[where])
    if len(places[0]):
      result[places] = trees.predict(_seen(hits, places))
  return result.reshape(len(hits), -1)
