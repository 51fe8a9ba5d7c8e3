"""Parquet: patterns beside what is known of them, as a table for research.

A row a pattern: `pattern` is a list of 32 steps of 14 voices (bool), in the
order of `voices`, which the file's metadata has as JSON; `step_codes` says the
same as 32 numbers. `number` is the place of the item in what was read, and
`name` what it is called. Then come the columns of `provenance.tsv`, lists as
lists (`genres` with `genre_inputs`), and of beats that a model made `model`,
`verdict` and `distance` (then `genres` and `sources` are those of the nearest
known beat). What is not known is null. All files have the same columns, so that
they can be put together.

pyarrow is an extra: its wheel has 55 MB, as much as the rest of what is
installed here without torch, and only this form needs it.
"""

import importlib.util
import json
import math
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.conversion import reading
from drumspace_ext.dataset import provenance
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

if typing.TYPE_CHECKING:
  import pyarrow

_PACKAGE = 'pyarrow'
_ROWS_AT_ONCE = 4096
_COUNTS = ('loops', 'repeats', 'inputs', 'near_loops', 'near_repeats',
           'max_flips')
_NUMBERS = ('min_qpm', 'max_qpm', 'mean_flips')
_LISTS = ('input_ids', 'file_names', 'drum_maps')

_Row = dict[str, object]


def check() -> None:
  """Raises InputError if the package that writes the form is missing."""
  if importlib.util.find_spec(_PACKAGE) is None:
    raise errors.InputError(
        f'parquet needs the package {_PACKAGE}: pip install {_PACKAGE}, or '
        "this package with its extra, pip install '.[parquet]'"
    )


def _schema() -> 'pyarrow.Schema':
  import pyarrow as pa

  strings = pa.list_(pa.string())
  step = pa.list_(pa.bool_(), step_codes.NUM_VOICES)
  return pa.schema([
      ('number', pa.int64()), ('name', pa.string()),
      ('pattern', pa.list_(step, step_codes.NUM_STEPS)),
      ('step_codes', pa.list_(pa.uint16(), step_codes.NUM_STEPS)),
      ('qpm', pa.float64()), ('genres', strings),
      ('genre_inputs', pa.list_(pa.int64())), ('sources', strings),
      ('model', pa.string()), ('verdict', pa.string()),
      ('distance', pa.int64()),
      *((name, pa.int64()) for name in _COUNTS),
      *((name, pa.float64()) for name in _NUMBERS),
      *((name, strings) for name in _LISTS),
  ], {'voices': json.dumps(voices.NAMES)})


def _number(text: str | None, kind: type[int] | type[float]) -> float | None:
  """Reads a number of a column; None for what is none."""
  try:
    value = kind(text or '')
  except ValueError:
    return None
  # A count is no longer than what 64 bits hold.
  return value if math.isfinite(value) and abs(value) < 1 << 62 else None


def _known(item: reading.Item) -> _Row:
  """Returns what is known of an item, by column."""
  origin = item.origin
  if origin is None:
    labels = item.sequence.sequence_metadata.genre if item.sequence else ()
    return {'genres': list(labels) or None}
  fields = origin.fields
  return {
      'genres': list(origin.genres),
      'genre_inputs': list(origin.genres.values()),
      'sources': list(origin.sources),
      'model': origin.model or None, 'verdict': origin.verdict or None,
      'distance': origin.distance,
      **{name: _number(fields.get(name), int) for name in _COUNTS},
      **{name: _number(fields.get(name), float) for name in _NUMBERS},
      **{
          name: list(provenance.names_of(fields[name], origin.place, name))
          for name in _LISTS if name in fields
      },
  }


class Writer:
  """A table that is being written."""

  def __init__(self, stream: typing.BinaryIO):
    """Begins a table in an open file."""
    from pyarrow import parquet

    self._schema = _schema()
    self._file = parquet.ParquetWriter(stream, self._schema)
    self._rows: list[_Row] = []

  def write(
      self, number: int, item: reading.Item, hits: np.ndarray, qpm: float
  ) -> None:
    """Adds the patterns of an item, bool `[num_patterns, 32, 14]`."""
    known = _known(item)
    for beat, codes in zip(hits, step_codes.hits_to_step_codes(hits)):
      self._rows.append({
          'number': number, 'name': item.name, 'pattern': beat.tolist(),
          'step_codes': codes.tolist(), 'qpm': qpm, **known,
      })
      if len(self._rows) >= _ROWS_AT_ONCE:
        self._flush()

  def _flush(self) -> None:
    import pyarrow as pa

    self._file.write_table(pa.Table.from_pylist(self._rows, self._schema))
    self._rows = []

  def finish(self) -> None:
    """Writes what is left, and the file's end."""
    if self._rows:
      self._flush()
    self._file.close()
