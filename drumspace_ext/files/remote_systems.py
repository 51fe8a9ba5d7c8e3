"""Remote systems: who reads and writes what is on a remote filesystem.

It is Apache Beam, imported when it is used, unless a front that has filesystems
of its own says otherwise by `using`.
"""

import collections.abc
import contextlib
import contextvars
import types
import typing

from drumspace_ext import errors

_TO_INSTALL = "pip install '.[beam]' in a clone"


class Match(typing.Protocol):
  """One file that is listed."""

  @property
  def path(self) -> str:
    """Where it is, with the scheme."""

  @property
  def size_in_bytes(self) -> int:
    """Its size."""


class MatchResult(typing.Protocol):
  """What is listed by one pattern."""

  @property
  def metadata_list(self) -> collections.abc.Sequence[Match]:
    """The files."""


class FileSystems(typing.Protocol):
  """What is used of Beam's class of this name.

  Patterns are a path as it is, a glob, or `FOLDER/**` for all files below.
  """

  def match(
      self, patterns: list[str], limits: list[int] | None = None, /
  ) -> collections.abc.Sequence[MatchResult]:
    """Lists the files that fit patterns."""

  def open(self, path: str, *, compression_type: str) -> typing.BinaryIO:
    """Opens a file for reading."""

  def create(self, path: str, *, compression_type: str) -> typing.BinaryIO:
    """Opens a file for writing."""

  def exists(self, path: str, /) -> bool:
    """Says whether there is such a file or folder."""

  def mkdirs(self, path: str, /) -> None:
    """Makes a folder."""

  def delete(self, paths: list[str], /) -> None:
    """Deletes files, and folders, whose paths end with a slash."""

  def rename(self, sources: list[str], targets: list[str], /) -> None:
    """Renames files."""


_IN_USE: contextvars.ContextVar[FileSystems | None] = contextvars.ContextVar(
    'drumspace_remote_systems', default=None
)


@contextlib.contextmanager
def using(systems: FileSystems) -> collections.abc.Iterator[None]:
  """Has remote paths of this thread read by other systems than Beam."""
  token = _IN_USE.set(systems)
  try:
    yield
  finally:
    _IN_USE.reset(token)


def in_use() -> FileSystems:
  """Returns the access to remote filesystems.

  Raises:
    InputError: If it is Beam, which is not installed.
  """
  return _IN_USE.get() or beam().io.filesystems.FileSystems


def beam() -> types.ModuleType:
  """Returns the module apache_beam.

  Raises:
    InputError: If it is not installed.
  """
  try:
    import apache_beam

    # By `import apache_beam` alone it is not always there.
    import apache_beam.io.filesystems
  except ModuleNotFoundError as e:
    raise errors.InputError(
        f'Apache Beam is not installed ({e}). Install it: {_TO_INSTALL}.'
    ) from e
  return apache_beam
