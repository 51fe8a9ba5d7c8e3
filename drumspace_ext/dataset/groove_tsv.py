"""Grooves on disk: how each pattern of a dataset is played.

`groove.tsv` lies beside `dataset.tsv`, in the same order. Its first line is
`# drumspace_ext groove, format 1`, its second the names of the columns, and
then a line for each pattern has five columns of numbers with commas between
them, one for each hit of the pattern in that line of `dataset.tsv`, by step and
then by voice:

  * plays: how many plays the others rest on, of all inputs;
  * velocities: mean MIDI velocities, 1 to 127;
  * velocity_spreads: their standard deviations over these plays;
  * offsets: how late the hits are, mean, in steps; -0.5 (early) to 0.5;
  * offset_spreads: the standard deviations of that.

Numbers have six significant digits. A hit has 0 in all five where no play that
is counted has it on its step (a bar that is taken twice, of `--loop_bars` with
`--max_flips`).
"""

from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import itertools
import pathlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext.files import result_names
from drumspace_ext.patterns import groove_sums

FILE_NAME = result_names.GROOVE
FORMAT_VERSION = 1
_FIRST_LINE = '# drumspace_ext groove, format '
_COLUMNS = tuple(f.name for f in dataclasses.fields(groove_sums.Played))
# 448 hits of a pattern, and more digits than any number has.
_MAX_LINE_CHARS = 1 << 17
_LIMITS = {
    'plays': (0, float(1 << 53)), 'velocities': (0, 127),
    'velocity_spreads': (0, 127), 'offsets': (-0.5, 0.5),
    'offset_spreads': (0, 0.5),
}


def header_lines() -> str:
  """Returns the first two lines, with their newlines."""
  return f'{_FIRST_LINE}{FORMAT_VERSION}\n' + '\t'.join(_COLUMNS) + '\n'


class _Texts(dict[float, str]):
  """Numbers as they are written, each made once: most come again and again."""

  def __init__(self, form: str):
    super().__init__()
    self._form = form

  def __missing__(self, value: float) -> str:
    text = self[value] = format(value, self._form)
    return text

  def joined(self, values: list[float]) -> str:
    """Returns numbers with commas between them."""
    # Mostly all hits are as often, as loud or as late as one another.
    if values and values.count(values[0]) == len(values):
      return ','.join([self[values[0]]] * len(values))
    return ','.join(map(self.__getitem__, values))


def format_lines(
    played: groove_sums.Played, counts: Sequence[int]
) -> list[str]:
  """Writes how some patterns are played as lines, with their newlines.

  Args:
    played: Of all hits of the first pattern, then of the next one.
    counts: How many hits each pattern has.
  """
  whole, others = _Texts('d'), _Texts('.6g')
  columns = [
      (getattr(played, name).tolist(), whole if name == 'plays' else others)
      for name in _COLUMNS
  ]
  ends = itertools.accumulate(counts, initial=0)
  return [
      '\t'.join([
          texts.joined(values[start:end]) for values, texts in columns
      ]) + '\n'
      for start, end in itertools.pairwise(ends)
  ]


def _column(name: str, text: str, num_hits: int, place: str) -> np.ndarray:
  low, high = _LIMITS[name]
  try:
    values = np.array(text.split(',') if text else [], np.float64)
  except ValueError:
    values = np.array([np.nan])
  # Not a number is not within either.
  if len(values) != num_hits or not np.all((values >= low) & (values <= high)):
    raise errors.InputError(
        f'{place}: expected {num_hits} numbers from {low:g} to {high:g} as '
        f'{name}, one for each hit, got {text[:60]!r}. Make the dataset again.'
    )
  return values.astype(np.int64) if name == 'plays' else values


def read(
    path: pathlib.Path, codes: np.ndarray
) -> Iterator[groove_sums.Played]:
  """Yields how the patterns of a dataset are played, line by line.

  Args:
    path: The file.
    codes: The patterns beside it, step codes `[num_patterns, 32]`.

  Raises:
    InputError: If it can't be read, or does not fit the patterns.
  """
  counts = np.bitwise_count(codes).sum(axis=1).tolist()
  number = 0
  try:
    with path.open(encoding='utf-8') as stream:
      head = stream.readline(_MAX_LINE_CHARS) + stream.readline(_MAX_LINE_CHARS)
      if head != header_lines():
        raise errors.InputError(
            f'{path}: expected a first line "{_FIRST_LINE}{FORMAT_VERSION}" '
            f'and the names of five columns, got {head[:60]!r}.'
        )
      while line := stream.readline(_MAX_LINE_CHARS):
        fields = line.rstrip('\r\n').split('\t')
        place = f'{path}, line {number + 3}'
        if number == len(counts) or len(fields) != len(_COLUMNS):
          raise errors.InputError(
              f'{place}: expected {len(_COLUMNS)} columns, and {len(counts)} '
              f'lines as in {result_names.DATASET} beside it. Make them again '
              'together.'
          )
        yield groove_sums.Played(**{
            name: _column(name, text, counts[number], place)
            for name, text in zip(_COLUMNS, fields)
        })
        number += 1
  except (OSError, UnicodeDecodeError) as e:
    raise errors.InputError(f"{path} can't be read: {e}.") from e
  if number != len(counts):
    raise errors.InputError(
        f'{path} holds grooves of {number} patterns, {result_names.DATASET} '
        f'beside it has {len(counts)}. Make them again together.'
    )
