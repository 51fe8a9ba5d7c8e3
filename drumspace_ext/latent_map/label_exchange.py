"""Label exchange: genre labels dealt out anew, as a permutation test needs it.

An input's labels are those that all of its patterns have. Exchanged between
inputs, a set of labels moves as a whole from one input to another; a pattern
then has the labels of all its inputs.
"""

from collections.abc import Sequence
import dataclasses

import numpy as np

INPUTS, PATTERNS = 'inputs', 'patterns'


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exchange:
  """Labels that can be exchanged.

  Attributes:
    unit: Between what, `INPUTS` or `PATTERNS`.
    unit_labels: bool `[num_genres, num_units]`.
    units: For each pattern its units, one pattern after the other, int64.
    starts: Where each pattern begins in `units`, int64 `[num_patterns]`.
  """

  unit: str
  unit_labels: np.ndarray
  units: np.ndarray
  starts: np.ndarray

  def labels(self, rng: np.random.Generator | None) -> np.ndarray:
    """Deals the labels out, bool `[num_genres, num_patterns]`.

    Args:
      rng: Exchanges them; None leaves them where they are.
    """
    dealt = self.unit_labels
    if rng is not None:
      dealt = dealt[:, rng.permutation(dealt.shape[1])]
    if self.unit == PATTERNS:
      return dealt
    return np.logical_or.reduceat(dealt[:, self.units], self.starts, axis=1)


def make(
    genres: Sequence[Sequence[str]],
    input_ids: Sequence[Sequence[str]] | None, tested: Sequence[str],
) -> Exchange:
  """Makes an exchange of the labels of some patterns.

  Args:
    genres: For each pattern its labels.
    input_ids: For each pattern the ids of its inputs, or None if unknown.
    tested: The labels that are of interest.
  """
  number = {label: i for i, label in enumerate(tested)}
  own = np.zeros((len(tested), len(genres)), np.bool_)
  for i, labels in enumerate(genres):
    own[[number[label] for label in labels if label in number], i] = True
  if input_ids is None or not all(len(ids) for ids in input_ids) or (
      not len(genres)
  ):
    return Exchange(
        unit=PATTERNS, unit_labels=own, units=np.arange(len(genres)),
        starts=np.arange(len(genres)),
    )
  sizes = np.array([len(ids) for ids in input_ids])
  _, units = np.unique(
      np.array([name for ids in input_ids for name in ids], np.object_),
      return_inverse=True,
  )
  lacks = np.zeros((len(tested), units.max() + 1), np.bool_)
  of_pattern = np.repeat(np.arange(len(genres)), sizes)
  for label, lacking in enumerate(lacks):
    lacking[units[~own[label, of_pattern]]] = True
  return Exchange(
      unit=INPUTS, unit_labels=~lacks, units=units,
      starts=np.concatenate([[0], np.cumsum(sizes)[:-1]]),
  )
