"""Processes: how others are started, and functions that run beside this one."""

from collections.abc import Callable
import contextlib
import multiprocessing
from multiprocessing import connection
import multiprocessing.context
import multiprocessing.process
import signal
import sys
import typing

from drumspace_ext import errors

_Answer = typing.TypeVar('_Answer')
# Where this process waits for answers.
_WAITED_FOR: list[connection.Connection] = []


def context(
    threaded: bool,
) -> multiprocessing.context.ForkContext | multiprocessing.context.SpawnContext:
  """Returns how processes are started.

  Args:
    threaded: Whether this process has other threads that may be at work.
  """
  # fork starts a worker in milliseconds; elsewhere than on Linux it is not
  # safe together with system libraries, and nowhere beside other threads,
  # whose locks nobody would open again in the worker.
  if sys.platform == 'linux' and not threaded:
    return multiprocessing.get_context('fork')
  return multiprocessing.get_context('spawn')


def start_quickly() -> bool:
  """Says whether another process starts in milliseconds, or must import all."""
  return context(threaded=False).get_start_method() == 'fork'


def start(process: multiprocessing.process.BaseProcess) -> None:
  """Starts a process; an interrupt comes before or after it.

  In between it would end the other before that could say that it minds none, or
  be lost in what Python does around a fork.
  """
  if not hasattr(signal, 'pthread_sigmask'):
    process.start()
    return
  was = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
  try:
    process.start()
  finally:
    signal.pthread_sigmask(signal.SIG_SETMASK, was)


class Beside(contextlib.AbstractContextManager, typing.Generic[_Answer]):
  """A process that runs a function once; a context manager that ends it."""

  def __init__(self, function: Callable[..., _Answer], *args: object):
    """Starts it.

    Args:
      function: What it does; it can be pickled.
      *args: What the function is called with.
    """
    started = context(threaded=False)
    self._pipe, theirs = started.Pipe(duplex=False)
    others = [*_WAITED_FOR, self._pipe] if start_quickly() else []
    self._process = started.Process(
        target=_run, args=(theirs, others, function, *args), daemon=True
    )
    start(self._process)
    theirs.close()
    _WAITED_FOR.append(self._pipe)

  def __exit__(self, kind, error, traceback):
    _WAITED_FOR.remove(self._pipe)
    self._pipe.close()
    self._process.kill()
    self._process.join()

  def answer(self) -> _Answer:
    """Waits for what the function returns, or raises what it raised.

    Raises:
      PipelineError: If the process was killed.
    """
    try:
      answer, error = self._pipe.recv()
    except (EOFError, OSError) as e:
      raise errors.PipelineError(
          'a process beside this one was killed, perhaps for want of memory. '
          'Run it again, or with --num_workers=1.'
      ) from e
    if error is not None:
      raise error
    return answer


def _run(
    pipe: connection.Connection, others: list[connection.Connection],
    function: Callable, *args: object
) -> None:
  signal.signal(signal.SIGINT, signal.SIG_IGN)
  # A forked process holds the ends that its parent reads too; with them open it
  # would wait for ever to be read if the parent was killed.
  for other in others:
    other.close()
  answer, error = None, None
  try:
    answer = function(*args)
  except Exception as e:  # noqa: BLE001 (raised where its user is)
    error = e
  # Nobody is there to be told if the parent was killed.
  with contextlib.suppress(BrokenPipeError):
    pipe.send((answer, error))
