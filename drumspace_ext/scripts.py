"""Scripts: whether this process runs one of ours, and no code of others."""

import atexit
import gc

# New objects before Python looks for garbage among them.
_GARBAGE_AFTER = 10_000
_RUNNING: list[bool] = []


def begin() -> None:
  """Says that one runs, from here to the end of the process."""
  _RUNNING.append(True)
  # What imports make is no garbage: with Python's threshold of 700, torch is
  # looked through again and again as it is loaded, a tenth of a second in all.
  gc.set_threshold(_GARBAGE_AFTER)
  # Python looks through all objects as it ends, some of it even where that is
  # disabled: with torch 0.3 s, and they go with the process.
  atexit.register(gc.freeze)


def is_running() -> bool:
  """Says whether one does."""
  return bool(_RUNNING)
