"""Reading by many: loads of files, and what is gathered from one load.

A *load* is plain values for some `listing.SourceFile`s: many small files, or
one archive or TFRecord file. Whoever spreads loads hands each to a `Reader` on
some machine and takes `gathered.Gathered` back, in any order and grouping.
"""

import collections
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import dataclasses
import itertools
import typing

from drumspace_ext import callbacks
from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import sums
from drumspace_ext.extraction import many_inputs
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import worker_pool
from drumspace_ext.files import remote_paths
from drumspace_ext.inputs import contents as input_contents
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.inputs import tasks as input_tasks

# What is counted beside what the report shows: files as they are listed and as
# they are read.
FILES, FILES_READ = 'files', 'files_read'

# path, kind, name, size, named
Load = tuple[tuple[str, str, str, int, bool], ...]
# path, name, named
Root = tuple[str, str, bool]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reading:
  """How loads are read, wherever that is.

  Attributes:
    recipe: How inputs are read.
    genre_table: Further genre labels by input id or file name.
    recursive: Search folders in folders.
    excluded: A folder that is not searched.
    protected: Read in a process of its own, which may crash or hang.
    timeout_s: Seconds after which that process counts as hanging.
    run_task: What is done with a task; a function that can be pickled.
  """

  recipe: one_input.Recipe
  genre_table: Mapping[str, frozenset[str]]
  recursive: bool
  excluded: str
  protected: bool
  timeout_s: float
  run_task: Callable = many_inputs.run_task


def loads(sources: Iterable[inputs.SourceFile]) -> Iterator[Load]:
  """Groups files into loads of about the same work."""
  pending, size = [], 0
  for source in sources:
    plain = (source.path, source.kind, source.name, source.size, source.named)
    if source.kind != input_kinds.MIDI:
      yield (plain,)
      continue
    pending.append(plain)
    size += source.size
    if (
        len(pending) >= input_tasks.TASK_ITEMS
        or size >= input_tasks.TASK_BYTES
    ):
      yield tuple(pending)
      pending, size = [], 0
  if pending:
    yield tuple(pending)


def groups_of_roots(listing: inputs.Listing) -> list[tuple[Root, ...]]:
  """Returns the roots of a listing as plain values, many files together."""
  groups, files = [], []
  for path, name, named in listing.roots:
    plain = (str(path), name, named)
    if path.is_dir():
      groups.append((plain,))
    else:
      files.append(plain)
  size = input_tasks.TASK_ITEMS
  return groups + [
      tuple(files[i:i + size]) for i in range(0, len(files), size)
  ]


def listed_here(
    listing: inputs.Listing, reading: Reading
) -> Iterator[Load | sums.Totals]:
  """Yields what `listed` does of all roots, for fronts that list by one."""
  return listed(itertools.chain(*groups_of_roots(listing)), reading)


def listed(
    roots: Iterable[Root], reading: Reading
) -> Iterator[Load | sums.Totals]:
  """Yields the loads behind some roots, then the counts of what was found."""
  listing = inputs.Listing(
      [(remote_paths.of_text(path), name, named)
       for path, name, named in roots],
      reading.recursive, excluded=reading.excluded,
  )
  num_files = 0
  for load in loads(inputs.source_files(listing, count=True)):
    num_files += len(load)
    yield load
  totals = sums.Totals(skipped=listing.skipped)
  totals.counts.update(
      {FILES: num_files, inputs.UNSEARCHED: listing.unsearched_folders}
  )
  yield totals


class Reader(contextlib.AbstractContextManager):
  """Reads loads, one after the other; the end of the block ends its process."""

  def __init__(self, reading: Reading, *, threaded: bool):
    """Prepares the process that reads; it starts with the first load.

    Args:
      reading: How to read.
      threaded: Whether this process has threads, so that it can't be forked.
    """
    self._reading = reading
    self._pool = worker_pool.WorkerPool(
        gathered.of_tasks(
            reading.recipe, reading.genre_table, reading.run_task
        ),
        num_workers=int(reading.protected), timeout_s=reading.timeout_s,
        keep=True, threaded=threaded, in_daemons=True,
    )

  def __exit__(self, kind, error, traceback) -> None:
    self.close()

  def close(self) -> None:
    """Ends the process that reads; another load starts the next."""
    self._pool.close()

  def _tasks(
      self, load: Load, skipped: collections.Counter
  ) -> Iterator[input_tasks.Task | input_tasks.Lost]:
    # Its bytes are read here, where connections and filesystems are.
    for task in input_tasks.tasks_of(
        (inputs.SourceFile(*plain) for plain in load), skipped
    ):
      if isinstance(task, input_tasks.Task):
        yield from input_contents.loaded(task)
      else:
        yield task

  def read(self, load: Load) -> Iterator[gathered.Gathered]:
    """Yields what a load gives, in parts; the last has what was skipped."""
    last = gathered.Gathered()
    last.totals.counts[FILES_READ] = len(load)
    yield from gathered.parts(
        self._tasks(load, last.totals.skipped), self._pool
    )
    yield last


def summed(
    parts: Iterable[gathered.Gathered], most: int
) -> Iterator[tuple[dict[bytes, sums.ClassSum], gathered.Gathered]]:
  """Sums occurrences by rotation class, before they are sent anywhere.

  Args:
    parts: What readers gave.
    most: Classes that are held at once.

  Yields:
    Sums by class, and what else there is; again when there are too many.
  """
  classes: dict[bytes, sums.ClassSum] = {}
  rest = gathered.Gathered()
  for part in parts:
    for row in part.occurrences:
      total = classes.get(row[0])
      if total is None:
        total = classes[row[0]] = sums.ClassSum()
      total.add(row)
    rest.rejected += part.rejected
    rest.totals.merge(part.totals)
    if len(classes) >= most:
      yield classes, rest
      classes, rest = {}, gathered.Gathered()
  yield classes, rest


class Spread(typing.Protocol):
  """What spreads loads over machines: a front's own part."""

  def __call__(
      self, listing: inputs.Listing, reading: Reading, work: str,
      on_step: callbacks.OnStep, /
  ) -> Iterable[gathered.Gathered]:
    """Yields what all files of a listing give, merged or not.

    Args:
      listing: From `inputs.find_roots`.
      reading: How to read.
      work: An empty folder beside the results, gone at the end.
      on_step: Called with what is read, where the front knows; see `callbacks`.
    """
