"""Dataset creation on Apache Spark: the same files, by many machines.

The driver lists files and cuts them into loads. Workers read them and sum what
they give by rotation class, first within a partition, then over all of them;
one row of each class comes to the driver, partition by partition.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import functools
import pathlib
import threading
import typing
import zlib

from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import sums
from drumspace_ext.files import local_paths
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.spark import sessions
from drumspace_ext.spreading import creation as spreading
from drumspace_ext.spreading import reading as reading_lib

if typing.TYPE_CHECKING:
  import pyspark

# A partition has a cost of its own: few are cheap, and some more than cores are
# balanced.
_PARTITIONS_A_CORE = 4
# Loads of a partition at most: what a lost worker takes along.
_MOST_LOADS = 256
# Partitions of sums at most, for each is fetched by a job of its own.
_MOST_SUMS = 256
# Classes that a worker holds before it sends them on: some 100 MB.
_MOST_CLASSES = 50_000
# Rows that are sent to the driver at once.
_MANY = 1_000

_Part = sums.ClassSum | gathered.Gathered


def create(
    input_values: Sequence[str],
    output_dir: pathlib.Path | str,
    *,
    master: str | None = None,
    spark_options: Mapping[str, str] | None = None,
    **asked: typing.Unpack[spreading.Request],
) -> spreading.SpreadDataset:
  """Makes a dataset by a recipe, on Spark; see `create_dataset`.

  Args:
    input_values: TFRecords, MIDI files, folders, zips and globs of them.
    output_dir: Where the files go; made if missing.
    master: Where Spark runs, see `create_dataset`.
    spark_options: Options of Spark by name.
    **asked: See `spreading.creation.Request`.

  Raises:
    InputError: If there is nothing to read, a named input is unusable, or
      Spark is not installed or can't be reached.
    OutputError: If the files can't be written.
    PipelineError: If the job fails.
  """
  with sessions.context(master, spark_options or {}) as running:
    return spreading.create(
        functools.partial(_spread, running), input_values, output_dir, **asked
    )


def create_dataset(
    input_values: local_paths.Names, output_dir: local_paths.Name, *,
    master: str | None = None,
    spark_options: Mapping[str, str] | None = None,
    **arguments: typing.Unpack[spreading.Arguments],
) -> spreading.SpreadDataset:
  """Makes a dataset of all unique patterns in the inputs, on Apache Spark.

  Arguments and files are those of `dataset_creation.create_dataset`, but for:

  Args:
    input_values: On a disk that this process and all workers share.
    output_dir: On a disk of this process.
    master: Such as `spark://host:7077`, `yarn`, `k8s://...` or `local[*]`; by
      default what spark-submit or Spark's configuration say, else this
      machine. A session that is already running is used as it is.
    spark_options: Options of Spark by name, such as
      `{'spark.executor.memory': '2g'}`.
    **arguments: See there; and `reader_process=False` reads without processes
      of their own, which may crash or hang.

  Raises:
    InputError: If there is nothing to read, a named input is unusable, or
      Spark is not installed or can't be reached.
    OutputError: If the files can't be written.
    PipelineError: If the job fails.
  """
  return create(
      local_paths.names(input_values), str(output_dir), master=master,
      spark_options=spark_options, **spreading.request(arguments),
  )


def _spread(
    running: 'pyspark.SparkContext', listing: inputs.Listing,
    reading: reading_lib.Reading, work: str,
) -> Iterator[gathered.Gathered]:
  """Yields what all files of a listing give, summed; see `reading.Spread`."""
  del work
  loads: list[reading_lib.Load] = []
  for found in reading_lib.listed_here(listing, reading):
    if isinstance(found, sums.Totals):
      yield gathered.Gathered(totals=found)
    else:
      loads.append(found)
  if not loads:
    return
  shares = _shares(loads, _PARTITIONS_A_CORE * running.defaultParallelism)
  with sessions.failures(running):
    rows = running.parallelize(shares, len(shares)).mapPartitionsWithIndex(
        functools.partial(_read, reading=reading)
    ).reduceByKey(
        _merged, min(len(shares), _MOST_SUMS), zlib.crc32
    ).mapPartitions(_rows)
    yield from rows.toLocalIterator(prefetchPartitions=True)


def _shares(
    loads: list[reading_lib.Load], most: int
) -> list[list[reading_lib.Load]]:
  """Deals loads out to partitions, the largest first."""
  count = min(len(loads), max(most, -(-len(loads) // _MOST_LOADS)))
  dealt = sorted(loads, key=lambda load: -sum(size for *_, size, _ in load))
  return [dealt[i::count] for i in range(count)]


def _read(
    index: int, shares: Iterable[list[reading_lib.Load]],
    reading: reading_lib.Reading,
) -> Iterator[tuple[bytes, _Part]]:
  """Reads a partition: sums by rotation class, and the rest by its number."""
  with reading_lib.Reader(
      reading, threaded=threading.active_count() > 1
  ) as reader:
    parts = (
        part for loads in shares for load in loads for part in reader.read(load)
    )
    for classes, rest in reading_lib.summed(parts, _MOST_CLASSES):
      yield from classes.items()
      yield b'%d' % index, rest


def _merged(one: _Part, other: _Part) -> _Part:
  """Adds two parts under one key, which are of one kind."""
  if isinstance(one, sums.ClassSum):
    one.merge(typing.cast('sums.ClassSum', other))
  else:
    one.merge(typing.cast('gathered.Gathered', other))
  return one


def _rows(
    pairs: Iterable[tuple[bytes, _Part]]
) -> Iterator[gathered.Gathered]:
  """Yields the rows of summed classes, many at once."""
  part = gathered.Gathered()
  for key, value in pairs:
    if isinstance(value, gathered.Gathered):
      part.merge(value)
    else:
      part.merged.append(value.row(key))
    if len(part.merged) >= _MANY:
      yield part
      part = gathered.Gathered()
  yield part
