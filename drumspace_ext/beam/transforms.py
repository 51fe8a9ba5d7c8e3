"""Beam stages: listing, reading and merging inputs on Apache Beam.

The verdict on an input, the counts and the sums of a rotation class are those
of `extraction.many_inputs` and `dataset.sums`; here they are only spread over
workers. An element on the way is a *load*, plain values for some
`listing.SourceFile`s: many small files, or one archive or TFRecord file.
"""

import collections
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses
import functools

import apache_beam as beam
from apache_beam import coders
from apache_beam import metrics
from apache_beam import typehints

from drumspace_ext.beam import rows as rows_lib
from drumspace_ext.dataset import sums
from drumspace_ext.extraction import many_inputs
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import worker_pool
from drumspace_ext.files import remote_paths
from drumspace_ext.inputs import contents as input_contents
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.inputs import tasks as input_tasks

# Tags of outputs, and the beginnings of the names of what is written.
PATTERNS, REJECTED, TOTALS = 'patterns', 'rejected', 'totals'
NAMESPACE = 'drumspace_ext'
# What is counted beside what the report shows: files as they are listed and as
# they are read, and how often inputs must count in the sums of all classes.
FILES, FILES_READ, UNSEARCHED = 'files', 'files_read', 'unsearched_folders'
IN_CLASSES = 'inputs_in_classes'

_Load = tuple[tuple[str, str, str, int, bool], ...]
_Root = tuple[str, str, bool]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reading:
  """How workers read.

  Attributes:
    recipe: How inputs are read.
    genre_table: Further genre labels by input id or file name.
    recursive: Search folders in folders.
    excluded: A folder that is not searched.
    protected: Read in a process of its own, which may crash or hang.
    timeout_s: Seconds after which that process counts as hanging.
    run_task: What is done with a task.
  """

  recipe: one_input.Recipe
  genre_table: Mapping[str, frozenset[str]]
  recursive: bool
  excluded: str
  protected: bool
  timeout_s: float
  run_task: Callable = many_inputs.run_task


def loads(sources: Iterable[inputs.SourceFile]) -> Iterator[_Load]:
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


def groups_of_roots(listing: inputs.Listing) -> list[tuple[_Root, ...]]:
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


class ListFiles(beam.DoFn):
  """Groups of roots into loads; what is no input is counted in `TOTALS`."""

  def __init__(self, reading: Reading):
    """Takes how workers read."""
    super().__init__()
    self._reading = reading

  def process(self, roots: tuple[_Root, ...]) -> Iterator:
    """Yields the loads behind some roots."""
    listing = inputs.Listing(
        [(remote_paths.of_text(path), name, named)
         for path, name, named in roots],
        self._reading.recursive, excluded=self._reading.excluded,
    )
    num_files = 0
    for load in loads(inputs.source_files(listing, count=True)):
      num_files += len(load)
      yield load
    totals = sums.Totals(skipped=listing.skipped)
    totals.counts.update(
        {FILES: num_files, UNSEARCHED: listing.unsearched_folders}
    )
    yield beam.pvalue.TaggedOutput(TOTALS, totals.as_plain())


@typehints.with_output_types(tuple[bytes, sums.Occurrence])
class ReadInputs(beam.DoFn):
  """Loads into occurrences by rotation class, rejected inputs and totals."""

  def __init__(self, reading: Reading):
    """Takes how to read."""
    super().__init__()
    self._reading = reading

  def setup(self) -> None:
    """Prepares the process that reads; it starts with the first load."""
    reading = self._reading
    self._pool = worker_pool.WorkerPool(
        functools.partial(reading.run_task, recipe=reading.recipe),
        num_workers=int(reading.protected), timeout_s=reading.timeout_s,
        keep=True, threaded=True,
    )

  def teardown(self) -> None:
    """Ends the process that reads."""
    self._pool.close()

  def _tasks(self, load: _Load, totals: sums.Totals):
    # Its bytes are read here, where Beam's connections are.
    for task in input_tasks.tasks_of(
        (inputs.SourceFile(*plain) for plain in load), totals.skipped
    ):
      if isinstance(task, input_tasks.Task):
        yield from input_contents.loaded(task)
      else:
        yield task

  def process(self, load: _Load) -> Iterator:
    """Yields (rotation class, occurrence), and the rest by its tag."""
    totals = sums.Totals(counts=collections.Counter({FILES_READ: len(load)}))
    for results in many_inputs.results(
        self._tasks(load, totals), self._pool
    ):
      for result in results:
        if result.reason is not None:
          totals.add(result)
          yield beam.pvalue.TaggedOutput(REJECTED, sums.rejected(result))
        else:
          genres = sums.labels(result, self._reading.genre_table)
          totals.add(result, genres)
          for row in sums.occurrences(result, genres):
            totals.counts[IN_CLASSES] += row[2]
            yield row[0], row
    yield beam.pvalue.TaggedOutput(TOTALS, totals.as_plain())
    for name, count in (
        ('inputs', totals.num_inputs), ('kept', totals.num_kept),
        *((f'rejected_{r}', count) for r, count in totals.rejected.items()),
    ):
      metrics.Metrics.counter(NAMESPACE, name).inc(count)


class _ClassSumCoder(coders.Coder):
  """`ClassSum`s as built-in values, which is shorter than pickled."""

  _plain = coders.FastPrimitivesCoder()

  def encode(self, value: sums.ClassSum) -> bytes:
    return self._plain.encode(value.as_plain())

  def decode(self, encoded: bytes) -> sums.ClassSum:
    return sums.ClassSum.of_plain(self._plain.decode(encoded))

  def is_deterministic(self) -> bool:
    return False


class SumClasses(beam.CombineFn):
  """Occurrences of one rotation class into its `ClassSum`."""

  def create_accumulator(self) -> sums.ClassSum:
    """Returns an empty sum."""
    return sums.ClassSum()

  def add_input(
      self, total: sums.ClassSum, row: sums.Occurrence
  ) -> sums.ClassSum:
    """Adds an occurrence."""
    total.add(row)
    return total

  def merge_accumulators(
      self, totals: Iterable[sums.ClassSum]
  ) -> sums.ClassSum:
    """Adds the sums of several workers."""
    merged = sums.ClassSum()
    for total in totals:
      merged.merge(total)
    return merged

  def extract_output(self, total: sums.ClassSum) -> sums.ClassSum:
    """Returns the sum."""
    return total

  def get_accumulator_coder(self) -> coders.Coder:
    """Returns how a sum is sent to another worker."""
    return _ClassSumCoder()


def sum_totals(values: Iterable[tuple]) -> tuple:
  """Returns the sum of plain `Totals`."""
  merged = sums.Totals()
  for plain in values:
    merged.merge(sums.Totals.of_plain(plain))
  return merged.as_plain()


def build(
    pipeline: beam.Pipeline, listing: inputs.Listing, reading: Reading,
    prefix: str,
) -> None:
  """Adds everything to a pipeline, from roots to files of rows.

  Nothing is gathered on one worker but the counts. The files are TFRecords of
  JSON, named `prefix` with `PATTERNS`, `REJECTED` or `TOTALS` behind it.

  Args:
    pipeline: Where the stages go.
    listing: From `inputs.find_roots`.
    reading: How workers read.
    prefix: What the names of the files begin with, on any filesystem of Beam.
  """
  listed = (
      pipeline
      | 'Roots' >> beam.Create(groups_of_roots(listing), reshuffle=True)
      | 'List' >> beam.ParDo(ListFiles(reading)).with_outputs(
          TOTALS, main='loads'
      )
  )
  read = (
      listed.loads
      | 'SpreadLoads' >> beam.Reshuffle()
      | 'Read' >> beam.ParDo(ReadInputs(reading)).with_outputs(
          REJECTED, TOTALS, main='occurrences'
      )
  )
  rows = {
      PATTERNS: (
          read.occurrences
          | 'SumClasses' >> beam.CombinePerKey(SumClasses())
          | 'Rows' >> beam.Map(rows_lib.row_to_json)
      ),
      REJECTED: read[REJECTED] | 'Rejected' >> beam.Map(rows_lib.to_json),
      TOTALS: (
          (listed[TOTALS], read[TOTALS])
          | 'Totals' >> beam.Flatten()
          | 'SumTotals' >> beam.CombineGlobally(sum_totals)
          | 'Counts' >> beam.Map(rows_lib.to_json)
      ),
  }
  for name, collection in rows.items():
    _ = collection | f'Write_{name}' >> beam.io.WriteToTFRecord(
        prefix + name, coder=coders.BytesCoder()
    )
