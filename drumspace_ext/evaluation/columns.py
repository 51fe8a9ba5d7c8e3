"""Columns: the numbers of a panel, and how they are shown."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import re


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

# Of models that continue beats, by the names in `song_metrics`.
SONG_COLUMNS: Mapping[str, Column] = {
    'nats': Column(
        'nats', 'how surprising a step of unheard songs is; best least',
        decimals=3, high=None,
    ),
    'repeat_16': Column(
        'as 16', 'share of steps as 16 before; best as what follows',
        decimals=3,
    ),
    'repeat_16_ratio': Column(
        '16:real', 'that, by what follows; best 1', high=None,
    ),
    'repeat_32': Column(
        'as 32', 'share of steps as 32 before; best as what follows',
        decimals=3,
    ),
    'repeat_32_ratio': Column(
        '32:real', 'that, by what follows; best 1', high=None,
    ),
    'hits': Column(
        'hits', 'hits on a step; best as what follows', high=None
    ),
    'drift': Column(
        'drift', 'hits a step, last quarter less first; best as what follows',
        decimals=3, low=-0.1, high=0.1,
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


def interval_text(number: Mapping[str, float], decimals: int) -> str:
  """Writes an interval as `0.93-0.95`, or as one number if it has no width."""
  low, high = (f'{number[end]:.{decimals}f}' for end in ('low', 'high'))
  if low == high:
    return low
  return f'{low} to {high}' if low.startswith('-') else f'{low}-{high}'


def table(
    rows: Sequence[tuple[str, Mapping[str, Mapping[str, float]]]],
    columns: Mapping[str, Column],
) -> list[str]:
  """Writes numbers as lines of text, those of a row above their intervals.

  Args:
    rows: What each is called, and its numbers; a row may lack some.
    columns: What is shown of them.
  """
  lines = [[column.header for column in columns.values()]]
  for _, numbers in rows:
    values, intervals = [], []
    for key, column in columns.items():
      number = numbers.get(key)
      values.append(f'{number["value"]:.{column.decimals}f}' if number else '')
      intervals.append(re.sub(
          r'\b0\.', '.', interval_text(number, column.decimals)
      ) if number else '')
    lines += [values, intervals]
  widths = [max(map(len, cells)) for cells in zip(*lines)]
  texts = [' '.join(map(str.rjust, line, widths)) for line in lines]
  result = texts[:1]
  for (name, _), *pair in zip(rows, texts[1::2], texts[2::2]):
    result += [name, *pair]
  return result


def words(columns: Mapping[str, Column]) -> list[str]:
  """Says what numbers mean, a line each."""
  return [f'{c.header:10} {c.words}' for c in columns.values()]
