"""A pool of worker processes that one bad item can't take down.

A reader in native code may crash its process, and a hostile file may keep it
busy for ever. A worker that dies, or takes too long over a load of items, is
replaced; its load is split, and the item that did it is named. Results come in
no fixed order.
"""

import collections
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses
import functools
import logging
import mmap
import multiprocessing
from multiprocessing import connection
from multiprocessing import reduction
import os
import time
import typing

from drumspace_ext.extraction import worker_process
from drumspace_ext.files import processes

_LOGGER = logging.getLogger(__name__)
CRASHED, TIMED_OUT = 'reader_crashed', 'reader_timeout'
# One that it does, and one that waits for it.
_TASKS_OF_WORKER = worker_process.ROOM_PLACES
# What a pipe takes of one message though nobody reads it; Linux 200 kB.
_WAITING_BYTES = 1 << 15

_Task = typing.TypeVar('_Task', bound=worker_process.Splittable)
_Result = typing.TypeVar('_Result')


@dataclasses.dataclass(frozen=True)
class Failure(typing.Generic[_Task]):
  """A task of one item whose worker was lost over it.

  Attributes:
    task: The task.
    reason: `CRASHED` or `TIMED_OUT`.
  """

  task: _Task
  reason: str


def usable_cpus() -> int:
  """Returns the number of processors that this process may use."""
  if hasattr(os, 'sched_getaffinity'):
    return len(os.sched_getaffinity(0))
  return os.cpu_count() or 1


@functools.cache
def _say_daemonic() -> None:
  """Says once in a process why it reads alone."""
  _LOGGER.warning(
      'This process is daemonic, as those of multiprocessing.Pool and of Dask '
      'nannies are, and may start no other: inputs are read in it, one after '
      'the other, and one that crashes or hangs takes it along.'
  )


@dataclasses.dataclass
class _Worker(typing.Generic[_Task]):
  process: typing.Any
  pipe: typing.Any
  room: mmap.mmap | None = None
  tasks: collections.deque[_Task] = dataclasses.field(
      default_factory=collections.deque
  )
  num_given: int = 0
  deadline: float = 0.0

  def give(self, task: _Task, timeout_s: float) -> bool:
    """Gives it a task, unless that would have to wait outside its pipe."""
    message = reduction.ForkingPickler.dumps(worker_process.pack(
        task, self.room, self.num_given % worker_process.ROOM_PLACES
    ))
    if self.tasks and len(message) > _WAITING_BYTES:
      return False
    if not self.tasks:
      self.deadline = time.monotonic() + timeout_s
    self.tasks.append(task)
    self.num_given += 1
    try:
      self.pipe.send_bytes(message)
    except OSError:
      # It died while idle; the answer that never comes shows it.
      pass
    return True

  def stop(self) -> None:
    self.pipe.close()
    self.process.kill()
    self.process.join()
    if self.room is not None:
      self.room.close()


class WorkerPool(typing.Generic[_Task, _Result]):
  """Runs a function over tasks in processes of its own."""

  def __init__(
      self, function: Callable[[_Task], _Result], *, num_workers: int,
      timeout_s: float, keep: bool = False, threaded: bool = False,
      in_daemons: bool = False,
  ):
    """Prepares the pool; workers start with `start`, or else with `run`.

    Args:
      function: What to do with a task; a picklable function that raises
        nothing on purpose.
      num_workers: Processes; 0 runs everything in this one, unprotected, and
        so does any number in a daemonic process, which may start no other,
        without `in_daemons`.
      timeout_s: Seconds that a task may take.
      keep: Leave the workers alive for another `run`, until `close`.
      threaded: Whether this process has other threads that may be at work.
      in_daemons: Start workers in a daemonic process all the same.
    """
    self._function = function
    is_daemon = multiprocessing.current_process().daemon
    if num_workers and is_daemon and not in_daemons:
      _say_daemonic()
      num_workers = 0
    self._num_workers = num_workers
    self._timeout_s = timeout_s
    self._keep = keep
    self._threaded = threaded
    self._workers: list[_Worker[_Task]] = []

  @property
  def num_processes(self) -> int:
    """How many processes work at once."""
    return max(1, self._num_workers)

  def _start(self) -> _Worker[_Task]:
    context = processes.context(self._threaded)
    ours, theirs = context.Pipe()
    others, room = [], None
    if context.get_start_method() == 'fork':
      others = [worker.pipe for worker in self._workers] + [ours]
      room = worker_process.room()
    process = context.Process(
        target=worker_process.work, args=(self._function, theirs, others, room),
        daemon=True,
    )
    with worker_process.as_no_daemon():
      processes.start(process)
    theirs.close()
    worker: _Worker[_Task] = _Worker(process, ours, room)
    self._workers.append(worker)
    return worker

  def _replace(self, worker: _Worker[_Task]) -> None:
    worker.stop()
    self._workers.remove(worker)
    self._start()

  def start(self) -> None:
    """Starts the workers; what is imported later is not in their memory."""
    for worker in list(self._workers):
      # The system may have killed it since; no input is to blame.
      if not worker.process.is_alive():
        worker.stop()
        self._workers.remove(worker)
    while len(self._workers) < self._num_workers:
      self._start()

  def run(
      self, tasks: Iterable[_Task]
  ) -> Iterator[tuple[_Task, _Result] | Failure[_Task]]:
    """Yields (task, result) of each task, and a `Failure` for each culprit."""
    if not self._num_workers:
      for task in tasks:
        yield task, self._function(task)
      return
    done = False
    try:
      self.start()
      yield from self._run(iter(tasks))
      done = True
    finally:
      if not (done and self._keep):
        self.close()

  def close(self) -> None:
    """Ends all workers; the next `run` starts others."""
    for worker in self._workers:
      worker.process.kill()
    for worker in self._workers:
      worker.stop()
    self._workers = []

  def _run(
      self, tasks: Iterator[_Task]
  ) -> Iterator[tuple[_Task, _Result] | Failure[_Task]]:
    pending: list[_Task] = []
    while True:
      for most in range(_TASKS_OF_WORKER):
        for worker in self._workers:
          if len(worker.tasks) <= most:
            self._give_next(worker, pending, tasks)
      busy = [worker for worker in self._workers if worker.tasks]
      if not busy:
        return
      first_deadline = min(worker.deadline for worker in busy)
      ready = connection.wait(
          [worker.pipe for worker in busy],
          timeout=max(0.0, first_deadline - time.monotonic()),
      )
      for worker in busy:
        reason = None
        if worker.pipe in ready:
          try:
            result = worker.pipe.recv()
          except (EOFError, OSError):
            reason = CRASHED
          else:
            task = worker.tasks.popleft()
            worker.deadline = time.monotonic() + self._timeout_s
            # It works on while the caller does.
            self._give_next(worker, pending, tasks)
            yield task, result
            continue
        # A caller who took his time finds answers that are not late.
        elif time.monotonic() >= worker.deadline and not worker.pipe.poll():
          reason = TIMED_OUT
        if reason:
          task = worker.tasks.popleft()
          pending.extend(worker.tasks)
          self._replace(worker)
          if len(task.items) > 1:
            pending.extend(task.split())
          else:
            yield Failure(task, reason)

  def _give_next(
      self, worker: _Worker[_Task], pending: list[_Task],
      tasks: Iterator[_Task],
  ) -> None:
    """Gives a worker what is to be done, again or at last, or the next task.

    Nothing waits for a worker that could be done by another right away.
    """
    if pending and worker.tasks:
      return
    task = pending.pop() if pending else next(tasks, None)
    if task is not None and not worker.give(task, self._timeout_s):
      pending.append(task)
