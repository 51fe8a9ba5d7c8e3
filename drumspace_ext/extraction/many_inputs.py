"""Input results: the verdicts on the inputs of a task."""

from collections.abc import Iterator

from drumspace_ext import errors
from drumspace_ext.extraction import near_hints
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import reading
from drumspace_ext.inputs import contents as input_contents
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import tasks as input_tasks

# See `midi_loads`.
_BYTES_AT_ONCE = 250_000


def run_task(
    task: input_tasks.Task, recipe: one_input.Recipe,
    sampler: near_hints.Sampler | None = None,
) -> Iterator[one_input.InputResult]:
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
