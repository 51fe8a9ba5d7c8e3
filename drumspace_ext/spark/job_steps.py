"""Steps of a job: how many partitions Spark has read so far."""

from collections.abc import Iterator
import queue
import threading
import typing
import uuid

from drumspace_ext import callbacks

if typing.TYPE_CHECKING:
  import pyspark

_Row = typing.TypeVar('_Row')
# How often Spark is asked.
_POLL_S = 0.5


def rows_of(
    running: 'pyspark.SparkContext', rows: 'pyspark.RDD[_Row]',
    num_partitions: int, on_step: callbacks.OnStep,
) -> Iterator[_Row]:
  """Yields what an RDD holds behind one shuffle, partition by partition.

  Args:
    running: Where it is computed.
    rows: The RDD.
    num_partitions: Those before its shuffle.
    on_step: Called with how many of these are done; see `callbacks`.
  """
  if on_step is callbacks.silent:
    yield from rows.toLocalIterator(prefetchPartitions=True)
    return
  group = f'drumspace-{uuid.uuid4().hex}'
  before = running.getLocalProperty('spark.jobGroup.id')
  running.setLocalProperty('spark.jobGroup.id', group)
  try:
    iterator = rows.toLocalIterator(prefetchPartitions=True)
  finally:
    running.setLocalProperty(
        'spark.jobGroup.id', typing.cast('str', before)
    )
  done = 0
  on_step(done, num_partitions, 'reading')
  for first in _awaited(iterator):
    if first is None:
      done = max(done, num_partitions - _left(running, group, num_partitions))
      on_step(done, num_partitions, 'reading')
    else:
      on_step(num_partitions, num_partitions, 'reading')
      yield from first
  yield from iterator


def _awaited(iterator: Iterator[_Row]) -> Iterator[list[_Row] | None]:
  """Yields None again and again until the first row is there, and then that.

  It is waited for in a thread, which asks nothing of Spark: an interrupt must
  not wait with it, and ends the job.
  """
  came: queue.SimpleQueue[list[_Row] | BaseException] = queue.SimpleQueue()

  def wait() -> None:
    try:
      came.put([row for row in [next(iterator, None)] if row is not None])
    except BaseException as e:  # noqa: BLE001 (it is raised where it belongs)
      came.put(e)

  threading.Thread(target=wait, daemon=True).start()
  while True:
    try:
      found = came.get(timeout=_POLL_S)
    except queue.Empty:
      yield None
      continue
    if isinstance(found, BaseException):
      raise found
    yield found
    return


def _left(
    running: 'pyspark.SparkContext', group: str, num_partitions: int
) -> int:
  """Returns how many partitions before the shuffle are still to be done."""
  tracker = running.statusTracker()
  for job in sorted(tracker.getJobIdsForGroup(group))[:1]:
    info = tracker.getJobInfo(job)
    stage = tracker.getStageInfo(min(info.stageIds)) if (
        info and info.stageIds
    ) else None
    # A stage that is tried again has those alone that were lost.
    if stage:
      return stage.numTasks - stage.numCompletedTasks
  return num_partitions
