"""Work beside: a function in a process of its own, while this one goes on."""

from collections.abc import Callable
import contextlib
from multiprocessing import connection
import signal
import typing

from drumspace_ext import errors
from drumspace_ext.extraction import worker_process

# With fewer rows to merge or to write, another process is not worth its start.
ROWS = 4096

_Answer = typing.TypeVar('_Answer')


class Beside(contextlib.AbstractContextManager, typing.Generic[_Answer]):
  """A process that runs a function once; a context manager that ends it."""

  def __init__(self, function: Callable[..., _Answer], *args: object):
    """Starts it.

    Args:
      function: What it does; it can be pickled.
      *args: What the function is called with.
    """
    context = worker_process.context(threaded=False)
    self._pipe, theirs = context.Pipe(duplex=False)
    self._process = context.Process(
        target=_run, args=(theirs, function, *args), daemon=True
    )
    self._process.start()
    theirs.close()

  def __exit__(self, kind, error, traceback):
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
    except EOFError as e:
      raise errors.PipelineError(
          'a process that merged or wrote was killed, perhaps for want of '
          'memory. Run it again, or with --num_workers=1.'
      ) from e
    if error is not None:
      raise error
    return answer


def _run(
    pipe: connection.Connection, function: Callable, *args: object
) -> None:
  signal.signal(signal.SIGINT, signal.SIG_IGN)
  answer, error = None, None
  try:
    answer = function(*args)
  except Exception as e:  # noqa: BLE001 (raised where its user is)
    error = e
  # Nobody is there to be told if the parent was killed.
  with contextlib.suppress(BrokenPipeError):
    pipe.send((answer, error))
