"""A collection: the results of many inputs, merged into unique patterns.

Results are kept in a temporary SQLite file, so that memory does not grow with
the number of inputs, and are read back in an order that depends on nothing but
what they say. The same inputs in any order, any sharding and by any number of
workers give the same patterns, counts and lists.
"""

import collections
from collections.abc import Iterable, Iterator, Mapping
import contextlib
import dataclasses
import itertools
import json
import pathlib
import sqlite3

import numpy as np

from drumspace_ext import errors
from drumspace_ext import extraction
from drumspace_ext import genres as genres_lib
from drumspace_ext import rejections
from drumspace_ext import user_paths

_SCHEMA = """
CREATE TABLE occurrence (
  canonical BLOB, phase BLOB, input INTEGER, input_id TEXT, file_name TEXT,
  num_loops INTEGER, num_repeats INTEGER, min_qpm REAL, max_qpm REAL,
  genres TEXT);
CREATE TABLE rejected (input_id TEXT, reason TEXT, detail TEXT);
CREATE TABLE unique_pattern (
  canonical BLOB, phase BLOB, num_inputs INTEGER, num_loops INTEGER,
  num_repeats INTEGER, min_qpm REAL, max_qpm REAL, genres TEXT,
  input_ids TEXT, file_names TEXT);
"""
# Page cache of SQLite, in KiB (its sign says so).
_CACHE = -64_000


@dataclasses.dataclass(frozen=True)
class UniquePattern:
  """One pattern of a collection and where it came from.

  Attributes:
    codes: Step codes in the phase seen most often, uint16 `[32]`.
    num_inputs: Inputs that hold it.
    num_loops: Runs of it in all inputs.
    num_repeats: Times it is played in all runs.
    min_qpm: Slowest tempo it is played at.
    max_qpm: Fastest tempo it is played at.
    genres: Inputs by genre label, most first.
    input_ids: Ids of the inputs, sorted.
    file_names: File names that NoteSequences among them carry, sorted.
  """

  codes: np.ndarray
  num_inputs: int
  num_loops: int
  num_repeats: int
  min_qpm: float
  max_qpm: float
  genres: Mapping[str, int]
  input_ids: tuple[str, ...]
  file_names: tuple[str, ...]


class Collection:
  """Gathers `InputResult`s; a context manager that owns its temporary file."""

  def __init__(
      self, path: pathlib.Path,
      genre_table: Mapping[str, frozenset[str]] | None = None,
  ):
    """Opens an empty collection.

    Args:
      path: Where its temporary file goes; it is deleted at the end.
      genre_table: Further labels by input id or file name.
    """
    self._path = path
    self._genre_table = genre_table or {}
    with self._sqlite_errors_as_output_errors():
      self._database = sqlite3.connect(path, isolation_level=None)
      try:
        self._database.executescript(
            'PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; '
            f'PRAGMA cache_size={_CACHE}; PRAGMA temp_store=FILE;' + _SCHEMA
        )
      except sqlite3.Error:
        self._database.close()
        raise
    self.num_inputs = 0
    self.num_kept = 0
    self.num_unique: int | None = None
    self.counts = collections.Counter()
    self.rejected = collections.Counter()
    self.dropped_pitches = collections.Counter()
    self.other_meters = collections.Counter()
    self.genres = collections.Counter()

  def __enter__(self):
    return self

  def __exit__(self, kind, error, traceback):
    try:
      with self._sqlite_errors_as_output_errors():
        self._database.close()
        if isinstance(error, sqlite3.Error):
          raise error
    finally:
      self._path.unlink(missing_ok=True)

  @contextlib.contextmanager
  def _sqlite_errors_as_output_errors(self):
    try:
      yield
    except sqlite3.Error as e:
      raise errors.OutputError(
          f"can't write the temporary file {self._path}: {e}. Make room, or "
          'choose another output folder.'
      ) from e

  def add(self, results: Iterable[extraction.InputResult]) -> None:
    """Adds the results of some inputs."""
    occurrences, rejected = [], []
    for result in results:
      self.num_inputs += 1
      self.counts.update(result.counts)
      self.dropped_pitches.update(result.dropped_pitches)
      self.other_meters.update(result.other_meters)
      if result.reason is not None:
        self.rejected[result.reason] += 1
        rejected.append((
            user_paths.in_utf_8(result.input_id), result.reason,
            user_paths.in_utf_8(result.detail),
        ))
        continue
      self.num_kept += 1
      labels = self._labels(result)
      self.genres.update(labels)
      for loop in result.loop_counts:
        occurrences.append((
            loop.canonical, loop.phase, self.num_inputs,
            user_paths.in_utf_8(result.input_id),
            user_paths.in_utf_8(result.file_name),
            loop.num_loops, loop.num_repeats, loop.min_qpm, loop.max_qpm,
            '|'.join(labels),
        ))
    self._database.execute('BEGIN')
    self._database.executemany(
        'INSERT INTO occurrence VALUES (?,?,?,?,?,?,?,?,?,?)', occurrences
    )
    self._database.executemany('INSERT INTO rejected VALUES (?,?,?)', rejected)
    self._database.execute('COMMIT')

  def _labels(self, result: extraction.InputResult) -> list[str]:
    labels = set(result.genres)
    labels |= genres_lib.of_text(f'{result.input_id} / {result.file_name}')
    for key in (result.input_id, result.file_name):
      labels |= self._genre_table.get(key, frozenset())
    return sorted(labels)

  def merge(self) -> int:
    """Makes the unique patterns of what was added; returns their number."""
    rows = self._database.cursor().execute(
        'SELECT * FROM occurrence ORDER BY canonical, phase, input_id, input'
    )
    writer = self._database.cursor()
    writer.execute('BEGIN')
    self.num_unique = 0
    for canonical, group in itertools.groupby(rows, key=lambda row: row[0]):
      writer.execute(
          'INSERT INTO unique_pattern VALUES (?,?,?,?,?,?,?,?,?,?)',
          _merged(canonical, group),
      )
      self.num_unique += 1
    writer.execute('COMMIT')
    return self.num_unique

  def unique_patterns(self) -> Iterator[UniquePattern]:
    """Yields what `merge` made: those of most inputs first, then most played.

    Ties are broken by the canonical step codes.
    """
    rows = self._database.execute(
        'SELECT phase, num_inputs, num_loops, num_repeats, min_qpm, max_qpm, '
        'genres, input_ids, file_names FROM unique_pattern '
        'ORDER BY num_inputs DESC, num_repeats DESC, canonical'
    )
    for row in rows:
      yield UniquePattern(
          extraction.bytes_to_codes(row[0]), *row[1:6], json.loads(row[6]),
          tuple(json.loads(row[7])), tuple(json.loads(row[8])),
      )

  def rejected_inputs(self) -> Iterator[tuple[str, str, str]]:
    """Yields (input id, reason, detail) of inputs without patterns, by id."""
    yield from self._database.execute(
        'SELECT * FROM rejected ORDER BY input_id, reason, detail'
    )

  def check(self) -> None:
    """Raises RuntimeError unless every input is accounted for."""
    if self.num_inputs != self.num_kept + self.rejected.total():
      raise RuntimeError(
          f'{self.num_inputs} inputs, but {self.num_kept} kept and '
          f'{self.rejected.total()} rejected: an input was lost.'
      )
    unknown = set(self.rejected) - set(rejections.REASONS)
    if unknown:
      raise RuntimeError(f'reasons without words: {sorted(unknown)}')


def _merged(canonical: bytes, group) -> tuple:
  """Merges the rows of one rotation class into a row of `unique_pattern`."""
  loops_by_phase = collections.Counter()
  ids, names, labels = set(), set(), {}
  num_repeats, low, high = 0, float('inf'), 0.0
  for (_, phase, number, input_id, file_name, loops, repeats, min_qpm,
       max_qpm, genres) in group:
    loops_by_phase[phase] += loops
    ids.add(input_id)
    names.add(file_name)
    labels[number] = genres
    num_repeats += repeats
    low, high = min(low, min_qpm), max(high, max_qpm)
  most = max(loops_by_phase.values())
  by_genre = collections.Counter(
      label for genres in labels.values() for label in genres.split('|')
      if label
  )
  ordered = sorted(by_genre.items(), key=lambda item: (-item[1], item[0]))
  return (
      canonical,
      min(phase for phase, count in loops_by_phase.items() if count == most),
      len(labels), loops_by_phase.total(), num_repeats, low, high,
      json.dumps(dict(ordered)), json.dumps(sorted(ids), ensure_ascii=False),
      json.dumps(sorted(names - {''}), ensure_ascii=False),
  )
