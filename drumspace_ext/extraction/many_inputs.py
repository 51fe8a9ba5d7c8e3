"""Input results: the verdicts on the inputs of many tasks, by a worker pool."""

from collections.abc import Iterable
from collections.abc import Iterator

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.extraction import near_hints
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import reading
from drumspace_ext.extraction import worker_pool
from drumspace_ext.inputs import contents as input_contents
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import tasks as input_tasks

# See `midi_loads`.
_BYTES_AT_ONCE = 250_000


def run_task(
    task: input_tasks.Task, recipe: one_input.Recipe,
    sampler: near_hints.Sampler | None = None,
) -> list[one_input.InputResult]:
  """Extracts the inputs of a task; it runs in a worker.

  Args:
    task: The task.
    recipe: How its inputs are read.
    sampler: That of the worker in this run; see `one_input.extract_reads`.
  """
  reads = _records(task, recipe) if (
      task.kind == input_kinds.TFRECORD
  ) else _files(task, recipe)
  return one_input.extract_reads(reads, recipe, sampler)


def _records(
    task: input_tasks.Task, recipe: one_input.Recipe
) -> Iterator[reading.Read]:
  """Reads the records of a task one by one."""
  for place, record in task.items:
    if isinstance(record, bytes):
      yield reading.record(record, place, recipe)


def _files(
    task: input_tasks.Task, recipe: one_input.Recipe
) -> Iterator[reading.Read]:
  """Reads the files of a task, some at a time."""
  some: list[tuple[str, bytes | errors.RejectedInputError]] = []
  size = 0
  for input_id, data in input_contents.contents(task):
    own = len(data) if isinstance(data, bytes) else 0
    if some and size + own > _BYTES_AT_ONCE:
      yield from reading.midi_files(some, recipe)
      some, size = [], 0
    some.append((input_id, data))
    size += own
  yield from reading.midi_files(some, recipe)


def results(
    tasks: Iterable[input_tasks.Task | input_tasks.Lost],
    pool: worker_pool.WorkerPool[
        input_tasks.Task, list[one_input.InputResult]
    ], *, total: int = 0, on_step: callbacks.OnStep = callbacks.silent,
) -> Iterator[list[one_input.InputResult]]:
  """Yields the results of all inputs, task by task.

  Args:
    tasks: What `input_tasks.tasks` yields.
    pool: One that runs `run_task`.
    total: Bytes of all tasks.
    on_step: Called with the bytes done; see `callbacks`.
  """
  lost: list[one_input.InputResult] = []
  num_bytes = num_inputs = 0

  def loads() -> Iterator[input_tasks.Task]:
    for task in tasks:
      if isinstance(task, input_tasks.Task):
        if task.items:
          yield task
        continue
      name, problem = task
      lost.append(
          one_input.InputResult(name, problem.reason, problem.detail)
      )

  for outcome in pool.run(loads()):
    if isinstance(outcome, worker_pool.Failure):
      input_id = outcome.task.items[0][0]
      found, size = [one_input.InputResult(input_id, outcome.reason)], 0
    else:
      task, found = outcome
      size = task.size
    num_bytes, num_inputs = num_bytes + size, num_inputs + len(found)
    on_step(num_bytes, total, f'reading, {num_inputs:,} inputs')
    yield found
  yield lost
