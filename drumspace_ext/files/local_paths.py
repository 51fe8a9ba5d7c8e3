"""User paths: what a person typed as a path, as one."""

from collections.abc import Sequence
import contextlib
import os
import pathlib

from drumspace_ext import errors
from drumspace_ext.files import remote_paths

# How a caller names one file or folder, and several.
Name = pathlib.PurePath | str
Names = Name | Sequence[Name]

_SHOWN_CHARS = 80


def names(values: Names) -> list[str]:
  """Returns what a caller named, one or several, as text."""
  if isinstance(values, str | pathlib.PurePath):
    values = [values]
  return [str(value) for value in values]


def expand(value: Name) -> pathlib.Path:
  """Returns a path with `~` expanded; it need not exist.

  Raises:
    InputError: If no file could ever have such a path, if it is a folder that
      can't be entered, or on a remote filesystem.
  """
  value = str(value)
  if remote_paths.is_remote(value):
    raise errors.InputError(remote_paths.only_by_fronts(value))
  try:
    if '\0' in value:
      raise ValueError('it has a zero byte')
    path = pathlib.Path(value).expanduser()
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
      path.stat()
      os.stat(os.path.join(path, os.curdir))
  # No such user; a name too long; links in a circle; a zero byte.
  except (RuntimeError, OSError, ValueError) as e:
    reason = getattr(e, 'strerror', None) or str(e).rstrip('.')
    raise errors.InputError(
        f'{value[:_SHOWN_CHARS]} is no usable path: {reason}.'
    ) from e
  return path


def in_utf_8(name: str) -> str:
  """Writes bytes of a file name that are no UTF-8 as escapes."""
  if name.isascii():
    return name
  return name.encode('utf-8', 'backslashreplace').decode('utf-8')
