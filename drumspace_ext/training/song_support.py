"""Song support: whether other songs' beats lie around what is drawn.

A beat near the one that it was drawn around may be like no other song's: then
nobody who does not know that song takes it for real. So songs (families, as in
`dataset.parts`) are dealt out to five folds, and a draw is looked for in the
neighbourhoods of each fold that the song is not in. That is the precision of
the evaluation, draw by draw, with what was learnt as the judge.
"""

import numpy as np

from drumspace_ext.dataset import parts
from drumspace_ext.patterns import neighbourhoods
from drumspace_ext.patterns import step_codes

_NUM_FOLDS = 5


class SongSupport:
  """The folds, and the neighbourhoods of their patterns."""

  def __init__(self, hits: np.ndarray):
    """Deals them out.

    Args:
      hits: What was learnt, bool `[n, 32, 14]`.
    """
    self._fold_of = _dealt(
        parts.families(step_codes.hits_to_step_codes(hits))
    )
    self._near = {
        fold: neighbourhoods.Neighbourhoods(hits[self._fold_of == fold])
        for fold in range(_NUM_FOLDS)
        if (self._fold_of == fold).sum() > neighbourhoods.NUM_NEIGHBOURS
    }

  def of(self, drawn: np.ndarray) -> np.ndarray:
    """Returns how much each draw is supported, float64 `[n]`.

    Args:
      drawn: One draw around each pattern that was learnt, bool `[n, 32, 14]`.

    Returns:
      The share of the other folds that have it in a neighbourhood; 0 where
      there is no other fold.
    """
    held, asked = np.zeros((2, len(drawn)))
    for fold, near in self._near.items():
      others = np.flatnonzero(self._fold_of != fold)
      held[others] += near.hold(drawn[others])
      asked[others] += 1
    return held / np.maximum(asked, 1)


def _dealt(family: np.ndarray) -> np.ndarray:
  """Returns the fold of each pattern; the largest family chooses first.

  Args:
    family: A number of each pattern's family, int `[n]`.
  """
  counts = np.bincount(family)
  fold_of, sizes = np.zeros(len(counts), np.int64), np.zeros(_NUM_FOLDS)
  for one in np.argsort(-counts, kind='stable'):
    fold_of[one] = sizes.argmin()
    sizes[fold_of[one]] += counts[one]
  return fold_of[family]
