"""Scripts: whether this process runs one of ours, and no code of others."""

_RUNNING: list[bool] = []


def begin() -> None:
  """Says that one runs, from here to the end of the process."""
  _RUNNING.append(True)


def is_running() -> bool:
  """Says whether one does."""
  return bool(_RUNNING)
