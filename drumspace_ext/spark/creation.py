"""Dataset creation on Apache Spark: the same files, by many machines.

The driver lists files and cuts them into loads. Workers read them and sum what
they give by rotation class, first within a partition, then over all of them;
one row of each class comes to the driver, partition by partition.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import functools
import pathlib
import typing
import zlib

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import sums
from drumspace_ext.files import local_paths
from drumspace_ext.files import remote_paths
from drumspace_ext.files import remote_systems
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.inputs import tasks
from drumspace_ext.spark import hadoop
from drumspace_ext.spark import job_steps
from drumspace_ext.spark import partitions
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

# A larger one is no array of Java's.
_MOST_BYTES = (1 << 31) - 64

_Item = typing.TypeVar('_Item')


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
  with (
      sessions.context(master, spark_options or {}) as running,
      remote_systems.using(hadoop.FileSystems(running)),
  ):
    return spreading.create(
        functools.partial(_spread, running), input_values, output_dir,
        remote=True, **asked,
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
    input_values: On a disk that this process and all workers share, or on a
      filesystem of Hadoop's, such as `hdfs://host/midi`.
    output_dir: On a disk of this process, or likewise.
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
    reading: reading_lib.Reading, work: str, on_step: callbacks.OnStep,
) -> Iterator[gathered.Gathered]:
  """Yields what all files of a listing give, summed; see `reading.Spread`."""
  del work
  here: list[reading_lib.Load] = []
  remote: list[partitions.File] = []
  for found in reading_lib.listed_here(listing, reading):
    if isinstance(found, sums.Totals):
      yield gathered.Gathered(totals=found)
      continue
    on_disk = tuple(f for f in found if not remote_paths.is_remote(f[0]))
    if on_disk:
      here.append(on_disk)
    remote += (f for f in found if remote_paths.is_remote(f[0]))
  most = _PARTITIONS_A_CORE * running.defaultParallelism
  with sessions.failures(running):
    shares = [
        *_on_disk(running, here, most, reading),
        *_by_executors(running, remote, most, reading),
        *_by_driver(running, remote, most, reading),
    ]
    if not shares:
      return
    together = running.union(shares)
    rows = together.reduceByKey(
        partitions.merged, min(together.getNumPartitions(), _MOST_SUMS),
        zlib.crc32,
    ).mapPartitions(partitions.rows)
    yield from job_steps.rows_of(
        running, rows, together.getNumPartitions(), on_step
    )


def _dealt(items: list[_Item], most: int, of_one: int) -> list[list[_Item]]:
  """Deals items out to shares; `of_one` is how many a share has at most."""
  count = min(len(items), max(most, -(-len(items) // of_one)))
  return [items[i::count] for i in range(count)]


def _on_disk(
    running: 'pyspark.SparkContext', loads: list[reading_lib.Load], most: int,
    reading: reading_lib.Reading,
) -> Iterator['pyspark.RDD[tuple[bytes, partitions.Part]]']:
  """Yields what reads loads from a disk that all workers share."""
  if loads:
    # The largest first.
    loads.sort(key=lambda load: -sum(size for *_, size, _ in load))
    shares = _dealt(loads, most, _MOST_LOADS)
    yield running.parallelize(shares, len(shares)).mapPartitionsWithIndex(
        functools.partial(partitions.read, reading=reading)
    )


def _by_executors(
    running: 'pyspark.SparkContext', files: list[partitions.File], most: int,
    reading: reading_lib.Reading,
) -> Iterator['pyspark.RDD[tuple[bytes, partitions.Part]]']:
  """Yields what reads remote files, which executors fetch, by their hosts."""
  by_host: dict[str, list[partitions.File]] = {}
  for file in files:
    if file[3] > _MOST_BYTES:
      raise errors.InputError(
          f'{file[0]} has {file[3]:,} bytes. Spark hands over whole files of '
          f'at most {_MOST_BYTES:,}: cut it into shards.'
      )
    if not hadoop.is_hidden(file[0]):
      by_host.setdefault(hadoop.parts(file[0])[0], []).append(file)
  for some in by_host.values():
    some.sort(key=lambda file: -file[3])
    for share in _dealt(some, most, _MOST_LOADS * tasks.TASK_ITEMS):
      patterns = ','.join(hadoop.exactly(path) for path, *_ in share)
      yield running.binaryFiles(patterns, 1).mapPartitionsWithIndex(
          functools.partial(
              partitions.read_sent, reading=reading, files=_by_path(share)
          )
      )


def _by_driver(
    running: 'pyspark.SparkContext', files: list[partitions.File], most: int,
    reading: reading_lib.Reading,
) -> Iterator['pyspark.RDD[tuple[bytes, partitions.Part]]']:
  """Yields what reads the few that executors pass over; they go with it."""
  hidden = [file for file in files if hadoop.is_hidden(file[0])]
  for share in _dealt(hidden, most, tasks.TASK_ITEMS) if hidden else ():
    contents = []
    for path, *_ in share:
      with remote_paths.open_text(path) as stream:
        contents.append((path, stream.read()))
    yield running.parallelize(contents, 1).mapPartitionsWithIndex(
        functools.partial(
            partitions.read_sent, reading=reading, files=_by_path(share)
        )
    )


def _by_path(share: list[partitions.File]) -> dict[str, partitions.File]:
  """Returns files by what all ways to write their paths have in common."""
  return {hadoop.parts(file[0])[1]: file for file in share}
