"""Worker processes: how one is started, and what runs in it."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import ctypes
import gc
import multiprocessing
from multiprocessing import connection
import multiprocessing.context
import signal
import sys

from drumspace_ext.files import reader_faults

# Options of mallopt, as <malloc.h> has them; a task needs 2 to 3 MB.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 3 << 20


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


@contextlib.contextmanager
def as_no_daemon() -> Iterator[None]:
  """Lets a daemonic process start another.

  It may not, for at its end nobody would end the other. A worker ends by
  itself, when its pipe is closed.
  """
  config = vars(multiprocessing.current_process())['_config']
  was = config.get('daemon', False)
  config['daemon'] = False
  try:
    yield
  finally:
    config['daemon'] = was


def _keep_memory() -> None:
  """Lets this process keep the memory that each task needs again.

  The C library hands large free blocks back at once, and each page of them
  costs as much as some work on it when it is asked for anew: 20 us of a file.
  """
  if sys.platform != 'linux':
    return
  # Not every library of Linux has it.
  with contextlib.suppress(AttributeError, OSError):
    mallopt = ctypes.CDLL(None).mallopt
    for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
      mallopt(option, _KEPT_BYTES)


def work(
    function: Callable, pipe: connection.Connection,
    others: list[connection.Connection],
) -> None:
  """Runs in a worker: answers tasks until the pipe is closed.

  Args:
    function: What answers a task.
    pipe: Where tasks come from and answers go.
    others: What it holds of other workers' pipes, and closes.
  """
  signal.signal(signal.SIGINT, signal.SIG_IGN)
  # A forked worker holds the parent's ends too; with them open it would not
  # notice that the parent is gone.
  for other in others:
    other.close()
  _keep_memory()
  # What was there before is not looked through again and again for garbage.
  gc.freeze()
  while True:
    try:
      task = pipe.recv()
    except (EOFError, OSError):
      return
    try:
      result = function(task)
    except Exception as e:  # noqa: BLE001 (a verdict, not an end)
      # To the pool this is a crash, for the culprit is still to be found.
      reader_faults.log(e)
      return
    try:
      pipe.send(result)
    except OSError:
      return
