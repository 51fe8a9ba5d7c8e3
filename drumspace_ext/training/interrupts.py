"""Interrupts: Ctrl-C noted, so that work ends between two steps of it."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import signal
import types


@contextlib.contextmanager
def deferred() -> Iterator[Callable[[], bool]]:
  """Notes Ctrl-C instead of breaking off in the middle of a train step.

  Yields:
    A function that says whether there was one. A second one breaks off.
  """
  seen: list[bool] = []

  def note(number: int, frame: types.FrameType | None) -> None:
    del number, frame
    if seen:
      raise KeyboardInterrupt
    seen.append(True)

  try:
    before = signal.signal(signal.SIGINT, note)
  except ValueError:
    # Only the main thread may handle signals.
    yield lambda: False
    return
  try:
    yield lambda: bool(seen)
  finally:
    signal.signal(signal.SIGINT, before)
