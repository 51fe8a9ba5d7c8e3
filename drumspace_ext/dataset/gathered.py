"""Gathered parts: what was read, and perhaps summed, in other processes."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses
import functools

from drumspace_ext import callbacks
from drumspace_ext.dataset import sums
from drumspace_ext.extraction import many_inputs
from drumspace_ext.extraction import near_hints
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import worker_pool
from drumspace_ext.inputs import tasks as input_tasks

# How often inputs must count in the sums of all classes, among the counts.
IN_CLASSES = 'inputs_in_classes'


@dataclasses.dataclass
class Gathered:
  """What some inputs give; parts add up in any order.

  Attributes:
    occurrences: Patterns in single inputs, their classes still to be summed.
    merged: One row of each rotation class, of all inputs.
    rejected: Inputs without patterns.
    totals: Counts; `IN_CLASSES` is among them.
  """

  occurrences: list[sums.Occurrence] = dataclasses.field(default_factory=list)
  merged: list[sums.MergedRow] = dataclasses.field(default_factory=list)
  rejected: list[sums.Rejected] = dataclasses.field(default_factory=list)
  totals: sums.Totals = dataclasses.field(default_factory=sums.Totals)

  @property
  def num_rows(self) -> int:
    """How many rows it has."""
    return len(self.occurrences) + len(self.merged) + len(self.rejected)

  def merge(self, other: 'Gathered') -> None:
    """Adds another part."""
    self.occurrences += other.occurrences
    self.merged += other.merged
    self.rejected += other.rejected
    self.totals.merge(other.totals)


def of_results(
    results: Iterable[one_input.InputResult],
    genre_table: Mapping[str, frozenset[str]],
) -> Gathered:
  """Returns what the results of some inputs give.

  Args:
    results: The verdicts on them.
    genre_table: Further genre labels by input id or file name.
  """
  part = Gathered()
  for result in results:
    if result.reason is not None:
      part.totals.add(result)
      part.rejected.append(sums.rejected(result))
      continue
    genres = sums.labels(result, genre_table)
    part.totals.add(result, genres)
    for row in sums.occurrences(result, genres):
      part.totals.counts[IN_CLASSES] += row[2]
      part.occurrences.append(row)
  return part


def of_tasks(
    recipe: one_input.Recipe, genre_table: Mapping[str, frozenset[str]],
    run_task: Callable = many_inputs.run_task,
) -> Callable[[input_tasks.Task], Gathered]:
  """Returns what workers of one run do with its tasks; it can be pickled.

  They do it, and not the one process that all of them answer: what that does of
  each input, no number of workers makes faster.

  Args:
    recipe: How inputs are read.
    genre_table: Further genre labels by input id or file name.
    run_task: Gives the results of the inputs of a task; a function that can be
      pickled.
  """
  run = functools.partial(run_task, recipe=recipe)
  if run_task is many_inputs.run_task:
    run = functools.partial(run, sampler=near_hints.Sampler())
  return functools.partial(_of_task, run=run, genre_table=genre_table)


def _of_task(
    task: input_tasks.Task,
    run: Callable[[input_tasks.Task], Iterable[one_input.InputResult]],
    genre_table: Mapping[str, frozenset[str]],
) -> Gathered:
  return of_results(run(task), genre_table)


def parts(
    tasks: Iterable[input_tasks.Task | input_tasks.Lost],
    pool: worker_pool.WorkerPool[input_tasks.Task, Gathered], *,
    total: int = 0, on_step: callbacks.OnStep = callbacks.silent,
) -> Iterator[Gathered]:
  """Yields what all inputs give, task by task.

  Args:
    tasks: What `input_tasks.tasks` yields.
    pool: One that runs what `of_tasks` returns.
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
      part, size = of_results(
          [one_input.InputResult(input_id, outcome.reason)], {}
      ), 0
    else:
      task, part = outcome
      size = task.size
    num_bytes, num_inputs = (
        num_bytes + size, num_inputs + part.totals.num_inputs
    )
    on_step(num_bytes, total, f'reading, {num_inputs:,} inputs')
    yield part
  yield of_results(lost, {})
