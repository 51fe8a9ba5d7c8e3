"""Groove manners: what the other loops of its file tell of how one is played.

Means by step and voice are moved by what the other loops do, shrunk cell by
cell (`grooves.taken_over`). A loop is judged if only one input plays it, and
if that one has others: a mean of several inputs is nobody's manner. Where the
others must differ by some hits, no near-repeat of a loop tells of it.
"""

import collections
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses

import numpy as np

from drumspace_ext.evaluation import groove_baselines
from drumspace_ext.models import groove_answers
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes

OTHERS = 'other loops of the file'
# By their names: how many hits others must differ by, at least.
LEAST: Mapping[str, int] = {
    OTHERS: 1, f'{OTHERS}, 8 hits or more apart': 8,
}
_SHAPE = step_codes.NUM_STEPS, step_codes.NUM_VOICES
_SHARED = {groove_answers.VELOCITY: 1, groove_answers.OFFSET: grooves.BEAT}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Manner:
  """What others tell.

  Attributes:
    guess: See `groove_baselines`.
    judged: Whether there are others to tell of it, bool `[num_patterns, 2]`.
  """

  guess: np.ndarray
  judged: np.ndarray


def guesses(
    table: np.ndarray, truth: np.ndarray, hits: np.ndarray,
    known: np.ndarray, input_ids: Sequence[tuple[str, ...]],
) -> dict[str, Manner]:
  """Returns what others tell, by the names of `LEAST`.

  Args:
    table: The guess by step and voice, float `[num_patterns, 2, 448]`.
    truth: How hits differ from the mean of their pattern, likewise.
    hits: bool `[num_patterns, 448]`.
    known: Whether the hits of each differ, bool `[num_patterns, 2]`.
    input_ids: The inputs of each.
  """
  files: dict[str, list[int]] = collections.defaultdict(list)
  for number, names in enumerate(input_ids):
    if len(names) == 1:
      files[names[0]].append(number)
  result = {
      name: Manner(guess=table.copy(), judged=np.zeros(known.shape, np.bool_))
      for name in LEAST
  }
  for mine in map(np.array, files.values()):
    for answer in range(known.shape[1]):
      own = mine[known[mine, answer]]
      apart = (hits[own, None] != hits[own]).sum(-1)
      left = (truth[own, answer] - table[own, answer]).astype(np.float64)
      for name, least in LEAST.items():
        _add(result[name], answer, own, apart >= least, left, hits[own])
  return {
      name: dataclasses.replace(
          manner, guess=groove_baselines.centred(manner.guess, hits)
      ) for name, manner in result.items()
  }


def _add(
    manner: Manner, answer: int, own: np.ndarray, others: np.ndarray,
    left: np.ndarray, hits: np.ndarray,
) -> None:
  """Adds what the others of a file tell, `[num_loops, num_loops]`."""
  for number, which in zip(own.tolist(), others):
    if which.any():
      manner.judged[number, answer] = True
      manner.guess[number, answer] += grooves.taken_over(
          left[which].sum(0).reshape(_SHAPE),
          hits[which].sum(0).astype(np.float64).reshape(_SHAPE),
          shared=_SHARED[answer],
      ).ravel()
