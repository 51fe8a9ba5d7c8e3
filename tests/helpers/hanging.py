"""Workers that hang, and a clock of theirs that nobody waits for.

A worker says that it hangs. When all that have something to do hang, their time
is over; no other load is late, however busy the machine is.
"""

from collections.abc import Sequence
import multiprocessing
from multiprocessing import connection
import threading
import types

import pytest

from drumspace_ext.extraction import worker_pool

_POLL_S = 0.05
_SAID = multiprocessing.get_context('fork').Semaphore(0)


def hang() -> None:
  """Runs in a worker: says that it hangs, and does."""
  _SAID.release()
  threading.Event().wait()


class _Clock:

  def __init__(self) -> None:
    self._now, self._hanging = 0.0, 0

  def monotonic(self) -> float:
    return self._now

  def wait(
      self, pipes: Sequence[connection.Connection], timeout: float
  ) -> list:
    """Waits for an answer, or until all hang; they are lost by then."""
    while True:
      if ready := connection.wait(pipes, _POLL_S):
        return ready
      while _SAID.acquire(block=False):
        self._hanging += 1
      if self._hanging == len(pipes):
        self._hanging = 0
        self._now += timeout
        return []


def put_clock(monkeypatch: pytest.MonkeyPatch) -> None:
  """Gives pools of workers the clock; what hangs was given out at once."""
  clock = _Clock()
  monkeypatch.setattr(
      worker_pool, 'time', types.SimpleNamespace(monotonic=clock.monotonic)
  )
  monkeypatch.setattr(
      worker_pool, 'connection', types.SimpleNamespace(wait=clock.wait)
  )
