"""Merging: occurrences in scratch files to one row of each rotation class.

Each class is in one of the files, so that each can be merged by a process of
its own: what one process does at the end, no number of workers makes faster.
"""

from collections.abc import Iterable
from collections.abc import Sequence
import contextlib
import itertools
import pathlib
import zlib

from drumspace_ext import callbacks
from drumspace_ext.dataset import scratch
from drumspace_ext.dataset import sums
from drumspace_ext.files import processes

# With fewer rows to merge or to write, another process is not worth its start.
ROWS_OF_PROCESS = 4096


def file_of(canonical: bytes, num_files: int) -> int:
  """Returns which of several files a class is in."""
  return zlib.crc32(canonical) % num_files


def merge(
    paths: Sequence[pathlib.Path], num_rows: Sequence[int],
    on_step: callbacks.OnStep = callbacks.silent,
) -> int:
  """Merges the occurrences in scratch files that nobody has open.

  Args:
    paths: The files.
    num_rows: Occurrences in each.
    on_step: Called with those that are merged; see `callbacks`. Where several
      processes do it, with what this one does of them.

  Returns:
    How many classes they are of.

  Raises:
    OutputError: If the files can't be written.
    PipelineError: If a process was killed.
  """
  num_processes = max(1, min(len(paths), sum(num_rows) // ROWS_OF_PROCESS))
  shares = [
      (paths[first::num_processes], num_rows[first::num_processes])
      for first in range(num_processes)
  ]
  with contextlib.ExitStack() as stack:
    others = [
        stack.enter_context(processes.Beside(_merge_files, *share))
        for share in shares[1:]
    ]
    num_classes = _merge_files(*shares[0], on_step)
    return num_classes + sum(other.answer() for other in others)


def _merge_files(
    paths: Sequence[pathlib.Path], num_rows: Sequence[int],
    on_step: callbacks.OnStep = callbacks.silent,
) -> int:
  """Merges files one after the other; returns how many classes they have."""
  return sum(
      _merge_file(path, total, on_step)
      for path, total in zip(paths, num_rows, strict=True)
  )


def _merge_file(
    path: pathlib.Path, total: int, on_step: callbacks.OnStep
) -> int:
  """Merges the occurrences in one file and returns how many classes it has."""
  if not total:
    return 0
  with scratch.opened(path) as database:
    rows = scratch.sorted_rows(
        database, f'SELECT * FROM {scratch.OCCURRENCE} ORDER BY canonical',
        total, on_step,
    )
    return scratch.insert(database, scratch.UNIQUE_PATTERN, (
        _merged(canonical, group) for canonical, group in itertools.groupby(
            callbacks.counted(rows, total, on_step, 'merging'),
            key=lambda row: row[0],
        )
    ))


def _merged(
    canonical: bytes, rows: Iterable[sums.Occurrence]
) -> sums.MergedRow:
  """Merges the occurrences of one rotation class."""
  total = sums.ClassSum()
  for row in rows:
    total.add(row)
  return total.row(canonical)
