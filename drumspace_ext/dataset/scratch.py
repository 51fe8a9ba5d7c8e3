"""Scratch files: the rows of a collection while it is made, in SQLite.

Occurrences, what they are merged to, and rejected inputs; see `sums`. A file is
open in one process at a time, and no process uses a connection that it was
forked with: SQLite would take the locks of one for those of the other.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import pathlib
import sqlite3

from drumspace_ext import callbacks
from drumspace_ext import errors

_SCHEMA = """
CREATE TABLE IF NOT EXISTS occurrence (
  canonical BLOB, phase BLOB, is_first INTEGER, input_id TEXT, file_name TEXT,
  num_loops INTEGER, num_repeats INTEGER, min_qpm REAL, max_qpm REAL,
  genres TEXT, near_loops INTEGER, near_repeats INTEGER, num_flips INTEGER,
  max_flips INTEGER, groove BLOB);
CREATE TABLE IF NOT EXISTS rejected (input_id TEXT, reason TEXT, detail TEXT);
CREATE TABLE IF NOT EXISTS unique_pattern (
  canonical BLOB, phase BLOB, num_inputs INTEGER, num_loops INTEGER,
  num_repeats INTEGER, min_qpm REAL, max_qpm REAL, genres TEXT,
  input_ids TEXT, file_names TEXT, near_loops INTEGER, near_repeats INTEGER,
  num_flips INTEGER, max_flips INTEGER, groove BLOB);
"""
OCCURRENCE, UNIQUE_PATTERN = 'occurrence', 'unique_pattern'
REJECTED = 'rejected'
_NUM_COLUMNS = {OCCURRENCE: 15, UNIQUE_PATTERN: 15, REJECTED: 3}
# Page cache of SQLite, in KiB (its sign says so). With 64 MB, 240,000 rows took
# no less time and 128 MB more, for a sort holds as much again.
_CACHE = -256
# Instructions of SQLite's machine after which a sort says that it goes on: some
# milliseconds.
_SORT_INSTRUCTIONS = 100_000


@contextlib.contextmanager
def opened(path: pathlib.Path) -> Iterator[sqlite3.Connection]:
  """Yields a connection to a scratch file, with all its tables, and closes it.

  What is written is there after the block.

  Raises:
    OutputError: If the file can't be written.
  """
  try:
    with contextlib.closing(
        sqlite3.connect(path, isolation_level=None)
    ) as database:
      database.executescript(
          'PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; '
          f'PRAGMA cache_size={_CACHE}; PRAGMA temp_store=FILE;' + _SCHEMA
      )
      database.execute('BEGIN')
      yield database
      database.execute('COMMIT')
  except sqlite3.Error as e:
    raise errors.OutputError(
        f"can't write temporary files in {path.parent}: {e}. Make room, or "
        'choose another output folder.'
    ) from e


def insert(
    database: sqlite3.Connection, table: str, rows: Iterable[tuple]
) -> int:
  """Adds rows to a table and returns how many they were."""
  values = ','.join('?' * _NUM_COLUMNS[table])
  return max(0, database.executemany(
      f'INSERT INTO {table} VALUES ({values})', rows
  ).rowcount)


def sorted_rows(
    database: sqlite3.Connection, query: str, total: int,
    on_step: callbacks.OnStep,
) -> Iterator[tuple]:
  """Returns the rows of a query that sorts, and says that it goes on.

  Args:
    database: What is asked.
    query: What is asked for.
    total: How many rows will come.
    on_step: Called with none of them while they are sorted; see `callbacks`.
  """
  raised: list[BaseException] = []

  def is_over() -> bool:
    try:
      on_step(0, total, 'sorting')
    except BaseException as e:  # noqa: BLE001 (SQLite takes it for an answer)
      raised.append(e)
    return bool(raised)

  on_step(0, total, 'sorting')
  # A cursor sorts before it gives its first row.
  database.set_progress_handler(is_over, _SORT_INSTRUCTIONS)
  try:
    return database.execute(query)
  except sqlite3.Error:
    if raised:
      raise raised[0] from None
    raise
  finally:
    database.set_progress_handler(None, 0)


def num_inputs(path: pathlib.Path) -> int:
  """Returns how many inputs the merged classes in a file count, in all."""
  with opened(path) as database:
    return database.execute(
        f'SELECT coalesce(sum(num_inputs), 0) FROM {UNIQUE_PATTERN}'
    ).fetchone()[0]


def rejected_inputs(
    path: pathlib.Path, total: int, on_step: callbacks.OnStep
) -> Iterator[tuple[str, str, str]]:
  """Yields (input id, reason, detail) of inputs without patterns, by id.

  Args:
    path: The file that they are in.
    total: How many they are.
    on_step: Called with those that are written; see `callbacks`.
  """
  if not total:
    return
  with opened(path) as database:
    yield from callbacks.counted(sorted_rows(
        database, f'SELECT * FROM {REJECTED} '
        'ORDER BY input_id, reason, detail', total, on_step,
    ), total, on_step, 'writing rejected inputs')
