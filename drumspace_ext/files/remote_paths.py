"""Remote paths: files on a filesystem of Apache Beam, such as gs:// or hdfs://.

A `RemotePath` has those methods of `pathlib.Path` that reading inputs needs, so
that the rules of names and kinds are the same for both. Every text with a
scheme (`gs://`, `s3://`, `hdfs://`) is one; Beam is imported when it is used.
"""

from collections.abc import Iterator
import errno
import os
import pathlib
import re
import types
import typing

from drumspace_ext import errors

_SCHEME = re.compile(r'([a-zA-Z][a-zA-Z0-9+.-]*)://')
_TO_INSTALL = "pip install '.[beam]' in a clone"


class ReadablePath(typing.Protocol):
  """A path here or on a remote filesystem, as far as reading needs it."""

  @property
  def name(self) -> str:
    """The last part."""

  def is_file(self) -> bool:
    """Says whether a file has this very name."""

  def open(self, mode: typing.Literal['rb'], /) -> typing.BinaryIO:
    """Opens the file for reading."""


class _Match(typing.Protocol):
  """One file that Beam lists."""

  path: str
  size_in_bytes: int


class _MatchResult(typing.Protocol):
  """What Beam lists by one pattern."""

  metadata_list: list[_Match]


class FileSystems(typing.Protocol):
  """What is used of Beam's class of this name."""

  def match(
      self, patterns: list[str], limits: list[int] | None = None, /
  ) -> list[_MatchResult]:
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
    """Deletes files and folders."""

  def rename(self, sources: list[str], targets: list[str], /) -> None:
    """Renames files."""


def is_remote(text: str) -> bool:
  """Says whether a person's text names a file on another filesystem."""
  return bool(_SCHEME.match(text))


def only_by_beam(value: str) -> str:
  """Says who reads and writes what is on a remote filesystem."""
  return (
      f'{value} lies on a remote filesystem, which only '
      'drumspace_beam_create_dataset reads and writes. Copy it to a disk, or '
      'use that.'
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
  with open_text(text) as stream:
    size = 0 if is_remote(text) else os.fstat(stream.fileno()).st_size
    if size:
      # One more, should it grow meanwhile.
      max_bytes = min(max_bytes, size + 1)
    return stream.read(max_bytes)


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


def file_systems() -> FileSystems:
  """Returns Beam's access to all its filesystems."""
  return beam().io.filesystems.FileSystems


class RemotePath:
  """One place on a remote filesystem; hashable, equal by its text."""

  def __init__(self, text: str):
    """Takes a place by its text, `scheme://...`."""
    scheme = _SCHEME.match(text)
    if not scheme:
      raise errors.InputError(f'{text} has no scheme such as gs://.')
    self._scheme = scheme[1]
    self._tail = pathlib.PurePosixPath('/' + text[scheme.end():].lstrip('/'))
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
    """Returns itself: there are no links that Beam knows."""
    return self

  def _match(self, pattern: str, limit: int | None = None) -> list[_Match]:
    """Returns Beam's metadata of the files that fit a pattern."""
    try:
      (result,) = file_systems().match([pattern], [limit] if limit else None)
    except errors.InputError:
      raise
    # Beam turns every cause (no such filesystem, no access) into its own kinds.
    except Exception as e:
      raise errors.InputError(f"{self} can't be listed: {_line(e)}") from e
    return result.metadata_list

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
      OSError: If that fails, whatever Beam calls it.
    """
    if mode != 'rb':
      raise ValueError(f'a remote file is only read, not opened by {mode!r}')
    try:
      # Else what is compressed would be unpacked by its name.
      return file_systems().open(
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
    root: pathlib.Path | RemotePath,
) -> Iterator[tuple[str, list[str], list[str], dict[str, int] | None]]:
  """Yields as `RemotePath.walk`; sizes are None where they are to be asked."""
  if isinstance(root, RemotePath):
    yield from root.walk()
    return
  for folder, folders, files in os.walk(root):
    yield folder, folders, files, None


def _line(error: Exception) -> str:
  """Returns what an error says, as one line."""
  return ' '.join(str(error).split()) or type(error).__name__
