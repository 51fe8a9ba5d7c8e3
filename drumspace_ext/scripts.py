"""Scripts: whether this process runs one of ours, and no code of others."""

import atexit
import gc

_RUNNING: list[bool] = []


def begin() -> None:
  """Says that one runs, from here to the end of the process."""
  _RUNNING.append(True)
  # Python would look through all objects once more as it ends: with torch an
  # eighth of a second, and they go with the process.
  atexit.register(gc.disable)


def is_running() -> bool:
  """Says whether one does."""
  return bool(_RUNNING)
