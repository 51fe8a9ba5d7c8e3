"""Remote paths: files on a filesystem of Beam's or Spark's, such as hdfs://.

A `RemotePath` has those methods of `pathlib.Path` that reading inputs needs, so
that the rules of names and kinds are the same for both. Every text with a
scheme (`gs://`, `s3://`, `hdfs://`) is one; `remote_systems` says who reads it.
"""

from collections.abc import Callable
from collections.abc import Iterator
import errno
import os
import pathlib
import re
import typing

from drumspace_ext import errors
from drumspace_ext.files import remote_systems

# Windows would take files for text.
_BINARY = getattr(os, 'O_BINARY', 0)
_SCHEME = re.compile(r'([a-zA-Z][a-zA-Z0-9+.-]*)://')


class ReadablePath(typing.Protocol):
  """A path here or on a remote filesystem, as far as reading needs it."""

  @property
  def name(self) -> str:
    """The last part."""

  def is_file(self) -> bool:
    """Says whether a file has this very name."""

  def open(self, mode: typing.Literal['rb'], /) -> typing.BinaryIO:
    """Opens the file for reading."""


def is_remote(text: str) -> bool:
  """Says whether a person's text names a file on another filesystem."""
  return bool(_SCHEME.match(text))


def only_by_fronts(value: str) -> str:
  """Says who reads and writes what is on a remote filesystem."""
  return (
      f'{value} lies on a remote filesystem, which only '
      'drumspace_beam_create_dataset and drumspace_spark_create_dataset read '
      'and write. Copy it to a disk, or use one of these.'
  )


def of_text(text: str) -> 'pathlib.Path | RemotePath':
  """Returns what the text of a path stands for."""
  return RemotePath(text) if is_remote(text) else pathlib.Path(text)


def open_text(text: str) -> typing.BinaryIO:
  """Opens what the text of a path stands for, for reading.

  It is `of_text(text).open()` without the time that a `pathlib.Path` takes.

  Raises:
    OSError: If that fails.
  """
  return RemotePath(text).open() if is_remote(text) else open(text, 'rb')


def first_bytes(text: str, max_bytes: int) -> bytes:
  """Returns the first bytes of what the text of a path stands for.

  Memory is asked for by the size of a file here: to ask for `max_bytes` takes
  five times as long as to read a MIDI file.

  Raises:
    OSError: If that fails.
  """
  if not is_remote(text):
    # Objects of files take a third of the time, and a buffer another quarter.
    file = os.open(text, os.O_RDONLY | _BINARY)
    try:
      size = os.fstat(file).st_size
      if 0 < size < max_bytes:
        data = os.read(file, size + 1)
        # Else it grew meanwhile, or what it is on gives less at once.
        if len(data) == size:
          return data
    finally:
      os.close(file)
  with open_text(text) as stream:
    return stream.read(max_bytes)


class RemotePath:
  """One place on a remote filesystem; hashable, equal by its text."""

  def __init__(self, text: str):
    """Takes a place by its text, `scheme://...`."""
    scheme = _SCHEME.match(text)
    if not scheme:
      raise errors.InputError(f'{text} has no scheme such as gs://.')
    self._scheme = scheme[1]
    rest = text[scheme.end():]
    # A path with two slashes before it keeps both: hdfs:///a has no host.
    start = '//' if rest.startswith('/') else '/'
    self._tail = pathlib.PurePosixPath(start + rest.lstrip('/'))
    self.name = self._tail.name
    self.parts = (f'{self._scheme}://', *self._tail.parts[1:])

  def __str__(self) -> str:
    return f'{self._scheme}:/{self._tail}'

  def __repr__(self) -> str:
    return f'RemotePath({str(self)!r})'

  def __eq__(self, other: object) -> bool:
    return isinstance(other, RemotePath) and str(self) == str(other)

  def __hash__(self) -> int:
    return hash(str(self))

  def __truediv__(self, name: str) -> 'RemotePath':
    return RemotePath(f'{self}/{name}')

  @property
  def parents(self) -> list['RemotePath']:
    """The folders around it, the nearest first."""
    return [RemotePath(f'{self._scheme}:/{p}') for p in self._tail.parents]

  def as_posix(self) -> str:
    """Returns its text."""
    return str(self)

  def absolute(self) -> 'RemotePath':
    """Returns itself: it is absolute."""
    return self

  def resolve(self) -> 'RemotePath':
    """Returns itself: there are no links there."""
    return self

  def _match(
      self, pattern: str, limit: int | None = None
  ) -> list[remote_systems.Match]:
    """Returns the metadata of the files that fit a pattern."""
    try:
      (result,) = remote_systems.in_use().match(
          [pattern], [limit] if limit else None
      )
    except errors.InputError:
      raise
    # Every cause (no such filesystem, no access) has kinds of its own.
    except Exception as e:
      raise errors.InputError(f"{self} can't be listed: {_line(e)}") from e
    return list(result.metadata_list)

  def is_file(self) -> bool:
    """Says whether a file has this very name."""
    return any(found.path == str(self) for found in self._match(str(self)))

  def is_dir(self) -> bool:
    """Says whether there are files below."""
    return bool(self._match(f'{self}/**', 1))

  def exists(self) -> bool:
    """Says whether there is a file or a folder."""
    return self.is_file() or self.is_dir()

  def stat(self) -> os.stat_result:
    """Returns the size of a file, as far as `st_size` asks for it."""
    for found in self._match(str(self)):
      if found.path == str(self):
        return os.stat_result((0,) * 6 + (found.size_in_bytes,) + (0,) * 3)
    raise FileNotFoundError(
        errno.ENOENT, os.strerror(errno.ENOENT), str(self)
    )

  def glob(self) -> list[str]:
    """Returns the texts of the files that fit this, taken as a pattern."""
    return [found.path for found in self._match(str(self))]

  def open(self, mode: str = 'rb') -> typing.BinaryIO:
    """Opens the file for reading, as it lies there.

    Raises:
      OSError: If that fails, whatever it is called there.
    """
    if mode != 'rb':
      raise ValueError(f'a remote file is only read, not opened by {mode!r}')
    try:
      # Else what is compressed would be unpacked by its name.
      return remote_systems.in_use().open(
          str(self), compression_type='uncompressed'
      )
    except OSError:
      raise
    except Exception as e:
      raise OSError(errno.EIO, _line(e), str(self)) from e

  def walk(self) -> Iterator[tuple[str, list[str], list[str], dict[str, int]]]:
    """Yields (folder, folders in it, files in it, sizes), as `os.walk` does.

    What the caller takes out of the folders is not entered.
    """
    files: dict[str, dict[str, int]] = {str(self): {}}
    folders: dict[str, list[str]] = {str(self): []}
    for found in self._match(f'{self}/**'):
      folder, _, name = found.path.rpartition('/')
      # Object stores keep a folder as an empty object whose name ends so.
      if name:
        files.setdefault(folder, {})[name] = found.size_in_bytes
    for folder in list(files):
      while folder != str(self):
        folder, _, name = folder.rpartition('/')
        below = folders.setdefault(folder, [])
        if name in below:
          break
        below.append(name)
    pending = [str(self)]
    while pending:
      folder = pending.pop()
      below, sizes = folders.get(folder, []), files.get(folder, {})
      yield folder, below, sorted(sizes), sizes
      pending += [f'{folder}/{name}' for name in reversed(below)]


def walk(
    root: pathlib.Path | RemotePath, on_error: Callable[[OSError], object],
) -> Iterator[tuple[str, list[str], list[str], dict[str, int] | None]]:
  """Yields as `RemotePath.walk`; sizes are None where they are to be asked.

  Args:
    root: The folder.
    on_error: Called for a folder here that can't be looked into.
  """
  if isinstance(root, RemotePath):
    yield from root.walk()
    return
  for folder, folders, files in os.walk(root, onerror=on_error):
    yield folder, folders, files, None


def _line(error: Exception) -> str:
  """Returns what an error says, as one line."""
  return ' '.join(str(error).split()) or type(error).__name__
