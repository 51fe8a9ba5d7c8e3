"""Columns: the numbers of a panel, and how they are shown."""

from collections.abc import Mapping
import dataclasses


@dataclasses.dataclass(frozen=True)
class Column:
  """A number of the panel and how it is shown.

  Attributes:
    header: Its short name.
    words: What it means, and what a good one is.
    decimals: Shown.
    low: Where its scale begins.
    high: Where it ends; None if nothing bounds it.
  """

  header: str
  words: str
  decimals: int = 2
  low: float = 0.0
  high: float | None = 1.0


# By the names in `metrics`.
COLUMNS: Mapping[str, Column] = {
    'auc': Column(
        'AUC', 'how well a classifier tells them from real; best 0.5', low=0.4
    ),
    'precision': Column(
        'precision', 'share among real ones (k-NN); best as the ceiling'
    ),
    'recall': Column(
        'recall', 'share of real ones among these (k-NN); best as the ceiling'
    ),
    'pass': Column(
        'pass', 'share not trivial and not in the training set; best 1'
    ),
    'distinct': Column(
        'distinct', 'share that passes, each beat counted once; best 1'
    ),
    'novel': Column(
        'novel', 'share not in the training set, trivial or not; best 1'
    ),
    'distance': Column(
        'nearest', 'bits off the nearest training pattern; best as the ceiling',
        decimals=1, high=None,
    ),
    'hits_per_step': Column(
        'hits', 'hits on a step; best as the ceiling', high=None
    ),
    'hits_ratio': Column(
        'ratio', 'hits over those of the real patterns; best 1', high=None
    ),
}


def judges_text(settings: Mapping) -> str:
  """Says what judges a panel, and by how many patterns a side."""
  part = settings['judged_by']
  return (
      f'{settings["patterns_per_row"]:,} patterns of each row are judged '
      f'beside as many of the {settings["heldout_patterns"]:,} held out'
      + f' ({part})' * bool(part)
  )
