"""A collection: the results of many inputs, merged into unique patterns.

Results are kept in a temporary SQLite file, so that memory does not grow with
the number of inputs, and are read back in an order that depends on nothing but
what they say. The same inputs in any order, any sharding and by any number of
workers give the same patterns, counts and lists.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import itertools
import json
import pathlib
import sqlite3
import typing

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import sums
from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import step_codes

_SCHEMA = """
CREATE TABLE occurrence (
  canonical BLOB, phase BLOB, is_first INTEGER, input_id TEXT, file_name TEXT,
  num_loops INTEGER, num_repeats INTEGER, min_qpm REAL, max_qpm REAL,
  genres TEXT, near_loops INTEGER, near_repeats INTEGER, num_flips INTEGER,
  max_flips INTEGER, groove BLOB);
CREATE TABLE rejected (input_id TEXT, reason TEXT, detail TEXT);
CREATE TABLE unique_pattern (
  canonical BLOB, phase BLOB, num_inputs INTEGER, num_loops INTEGER,
  num_repeats INTEGER, min_qpm REAL, max_qpm REAL, genres TEXT,
  input_ids TEXT, file_names TEXT, near_loops INTEGER, near_repeats INTEGER,
  num_flips INTEGER, max_flips INTEGER, groove BLOB);
"""
_NUM_COLUMNS = {'occurrence': 15, 'unique_pattern': 15, 'rejected': 3}
# Page cache of SQLite, in KiB (its sign says so). With 64 MB, 240,000 rows took
# no less time and 128 MB more, for a sort holds as much again.
_CACHE = -256
# Instructions of SQLite's machine after which a sort says that it goes on: some
# milliseconds.
_SORT_INSTRUCTIONS = 100_000


class UniquePattern(typing.NamedTuple):
  """One pattern of a collection and where it came from.

  Attributes:
    codes: Step codes in the phase seen most often, uint16 `[32]`.
    num_inputs: Inputs that hold it.
    num_loops: Runs of it in all inputs.
    num_repeats: Times it is played in all runs.
    min_qpm: Slowest tempo it is played at.
    max_qpm: Fastest tempo it is played at.
    genres: Inputs by genre label, most first.
    input_ids_json: Ids of the inputs, sorted, as a JSON list.
    file_names_json: File names that NoteSequences among them carry, sorted, as
      a JSON list.
    num_near_loops: Runs that are no loops by the published recipe.
    num_near_repeats: Times it is played with a difference.
    num_flips: Cells in which these differ from the pattern, in all.
    max_flips: Cells in which one of them differs from it, at most.
    groove: Sums of how its hits are played, int64 `[5, num_hits]`, see
      `groove_sums`; no plays if that is not known.
  """

  codes: np.ndarray
  num_inputs: int
  num_loops: int
  num_repeats: int
  min_qpm: float
  max_qpm: float
  genres: Mapping[str, int]
  input_ids_json: str
  file_names_json: str
  num_near_loops: int = 0
  num_near_repeats: int = 0
  num_flips: int = 0
  max_flips: int = 0
  groove: np.ndarray = groove_sums.none()

  @property
  def input_ids(self) -> tuple[str, ...]:
    """Ids of the inputs, sorted."""
    return tuple(json.loads(self.input_ids_json))

  @property
  def file_names(self) -> tuple[str, ...]:
    """File names that NoteSequences among them carry, sorted."""
    return tuple(json.loads(self.file_names_json))


class Collection:
  """What many inputs give; a context manager that owns its temporary file."""

  def __init__(self, path: pathlib.Path):
    """Opens an empty collection.

    Args:
      path: Where its temporary file goes; it is deleted at the end.
    """
    self._path = path
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
    self.totals = sums.Totals()
    self.num_unique: int | None = None

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

  def add(
      self, parts: Iterable[gathered.Gathered],
      on_step: callbacks.OnStep = callbacks.silent,
  ) -> None:
    """Adds what inputs give and makes the unique patterns of it.

    Args:
      parts: Their occurrences, or the merged rows of all classes.
      on_step: Called with the rows that are merged; see `callbacks`.

    Raises:
      PipelineError: If there are not as many as were counted.
    """
    num_occurrences = num_merged = num_rejected = 0
    self._database.execute('BEGIN')
    for part in parts:
      num_occurrences += self._insert('occurrence', part.occurrences)
      num_merged += self._insert('unique_pattern', part.merged)
      num_rejected += self._insert('rejected', part.rejected)
      self.totals.merge(part.totals)
    self._database.execute('COMMIT')
    self.num_unique = (
        self._merge(num_occurrences, on_step) if num_occurrences
        else num_merged
    )
    (summed,) = self._database.execute(
        'SELECT coalesce(sum(num_inputs), 0) FROM unique_pattern'
    ).fetchone()
    for what, sent, arrived in (
        ('rejected inputs', self.totals.rejected.total(), num_rejected),
        ('inputs in classes', self.totals.counts[gathered.IN_CLASSES], summed),
    ):
      sums.check_arrived(what, sent, arrived)

  def _insert(self, table: str, rows: Iterable[tuple]) -> int:
    """Adds rows to a table and returns how many they were."""
    values = ','.join('?' * _NUM_COLUMNS[table])
    return max(0, self._database.executemany(
        f'INSERT INTO {table} VALUES ({values})', rows
    ).rowcount)

  def _sorted(
      self, query: str, total: int, on_step: callbacks.OnStep, what: str
  ) -> Iterator[tuple]:
    """Yields the rows of a query that sorts, and says how far it is."""
    if not total:
      return iter(())

    def going_on() -> None:
      on_step(0, total, 'sorting')

    going_on()
    # A cursor sorts before it gives its first row.
    self._database.set_progress_handler(going_on, _SORT_INSTRUCTIONS)
    try:
      rows = self._database.execute(query)
    finally:
      self._database.set_progress_handler(None, 0)
    return callbacks.counted(rows, total, on_step, what)

  def _merge(self, total: int, on_step: callbacks.OnStep) -> int:
    """Makes the unique patterns of the rows that were added.

    Args:
      total: How many rows they are.
      on_step: Called with those that are merged; see `callbacks`.

    Returns:
      How many patterns they are.
    """
    rows = self._sorted(
        'SELECT * FROM occurrence ORDER BY canonical', total, on_step,
        'merging',
    )
    self._database.execute('BEGIN')
    num_unique = self._insert('unique_pattern', (
        _merged(canonical, group) for canonical, group
        in itertools.groupby(rows, key=lambda row: row[0])
    ))
    self._database.execute('COMMIT')
    return num_unique

  def unique_patterns(
      self, on_step: callbacks.OnStep = callbacks.silent
  ) -> Iterator[UniquePattern]:
    """Yields what all was added up to, those of most inputs first.

    Of these, those most played; ties are broken by the canonical step codes.

    Args:
      on_step: Called with the patterns that are written; see `callbacks`.
    """
    for (canonical, phase, num_inputs, num_loops, num_repeats, min_qpm, max_qpm,
         genres, input_ids, file_names, near_loops, near_repeats, num_flips,
         max_flips, groove) in self._sorted(
             'SELECT canonical, phase, num_inputs, num_loops, num_repeats, '
             'min_qpm, max_qpm, genres, input_ids, file_names, near_loops, '
             'near_repeats, num_flips, max_flips, groove FROM unique_pattern '
             'ORDER BY num_inputs DESC, num_repeats DESC, canonical',
             self.num_unique or 0, on_step, 'writing patterns',
         ):
      yield UniquePattern(
          step_codes.bytes_to_codes(phase), num_inputs, num_loops, num_repeats,
          min_qpm, max_qpm, json.loads(genres), input_ids, file_names,
          near_loops, near_repeats, num_flips, max_flips,
          groove_sums.in_phase(groove, canonical, phase),
      )

  def rejected_inputs(
      self, on_step: callbacks.OnStep = callbacks.silent
  ) -> Iterator[tuple[str, str, str]]:
    """Yields (input id, reason, detail) of inputs without patterns, by id.

    Args:
      on_step: Called with the inputs that are written; see `callbacks`.
    """
    return self._sorted(
        'SELECT * FROM rejected ORDER BY input_id, reason, detail',
        self.totals.rejected.total(), on_step, 'writing rejected inputs',
    )


def _merged(
    canonical: bytes, rows: Iterable[sums.Occurrence]
) -> sums.MergedRow:
  """Merges the occurrences of one rotation class."""
  total = sums.ClassSum()
  for row in rows:
    total.add(row)
  return total.row(canonical)
