"""Output files: written whole under their names, or not at all.

A batch of files is written to temporary names in the same folder and renamed
when all of them are complete. A run that fails, or is killed, leaves nothing
half-written under a final name; one that fails cleanly leaves nothing at all.
The temporary files of a killed one are removed by the next batch in the folder;
`leftovers` says how it knows them.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import errno
import os
import pathlib
import shutil
import tempfile
import typing

from drumspace_ext import errors
from drumspace_ext.files import leftovers

_T = typing.TypeVar('_T')
_DEVICES = '/dev'


def _umask() -> int:
  """Returns the mask for new files; it can only be read by setting it."""
  mask = os.umask(0)
  os.umask(mask)
  return mask


@contextlib.contextmanager
def os_errors_as_output_errors(path: pathlib.Path) -> Iterator[None]:
  """Turns an OSError into one line about `path` that says what to do."""
  try:
    yield
  except OSError as e:
    raise errors.OutputError(
        f"can't write {e.filename2 or e.filename or path}: {e.strerror or e}. "
        'Choose another place, or make room.'
    ) from e


def _refuse_what_is_no_file(path: pathlib.Path) -> None:
  """Raises OSError if a folder, a pipe or a device has a name.

  A file would take the place of the last two: root's `/dev/null` would be gone.
  """
  if path.is_dir():
    raise IsADirectoryError(errno.EISDIR, 'a folder has this name', str(path))
  # The console is a link there, and leads to a file if it is redirected.
  if os.path.realpath(path.parent) == _DEVICES or (
      path.exists() and not path.is_file()
  ):
    raise FileExistsError(
        errno.EEXIST, 'a pipe or device has this name', str(path)
    )


def make_folder(path: pathlib.Path) -> None:
  """Makes a folder and checks that files can be written in it.

  Raises:
    OutputError: If it can't be made or written to.
  """
  with os_errors_as_output_errors(path):
    path.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=path, prefix=leftovers.PREFIX) as probe:
      probe.write(b'\0')


def check_place(folder: pathlib.Path) -> None:
  """Checks that a folder can be made or written in; writes nothing.

  Raises:
    OutputError: If not: said before work is done that nobody could keep.
  """
  with os_errors_as_output_errors(folder):
    place = next(p for p in (folder, *folder.parents) if p.exists())
    if not place.is_dir():
      number = errno.ENOTDIR
    elif not os.access(place, os.W_OK | os.X_OK):
      number = errno.EACCES
    else:
      return
    raise OSError(number, os.strerror(number), str(folder))


class Batch(contextlib.AbstractContextManager):
  """Files that appear together when the `with` block ends without an error."""

  def __init__(self, folder: pathlib.Path):
    """Makes the folder, and removes what the dead have left in it.

    Args:
      folder: Where the files go.

    Raises:
      OutputError: If the folder can't be written to.
    """
    self._is_new = not folder.exists()
    make_folder(folder)
    leftovers.sweep(folder)
    self._folder = folder
    with os_errors_as_output_errors(folder):
      self._owner = leftovers.Owner(folder)
    self._files: list[tuple[str, pathlib.Path]] = []
    self._contexts = contextlib.ExitStack()
    self._scratch: list[pathlib.Path] = []

  def temporary_path(self, name: str) -> pathlib.Path:
    """Returns where to write what will be called `name`."""
    with os_errors_as_output_errors(self._folder / name):
      handle, path = tempfile.mkstemp(
          '.tmp', self._owner.prefix, self._folder
      )
      # mkstemp keeps its files from others; results are for all.
      os.fchmod(handle, 0o666 & ~_umask())
      os.close(handle)
    self._files.append((name, pathlib.Path(path)))
    return self._files[-1][1]

  def scratch_folder(self) -> pathlib.Path:
    """Returns a new folder in the folder that is gone at the end."""
    with os_errors_as_output_errors(self._folder):
      path = tempfile.mkdtemp('.scratch', self._owner.prefix, self._folder)
    self._scratch.append(pathlib.Path(path))
    return self._scratch[-1]

  @typing.overload
  def open(
      self, name: str, *, text: typing.Literal[True] = ...
  ) -> typing.TextIO: ...

  @typing.overload
  def open(
      self, name: str, *, text: typing.Literal[False]
  ) -> typing.BinaryIO: ...

  def open(
      self, name: str, *, text: bool = True
  ) -> typing.TextIO | typing.BinaryIO:
    """Opens the file that will be called `name` for writing.

    Args:
      name: Its final name, without a folder.
      text: UTF-8 text with plain newlines, or bytes.
    """
    path = self.temporary_path(name)
    with os_errors_as_output_errors(self._folder / name):
      if text:
        return self.enter(path.open('w', encoding='utf-8', newline='\n'))
      return self.enter(path.open('wb'))

  def write(self, name: str, content: bytes | Iterable[bytes]) -> None:
    """Writes a whole file, at once or in parts.

    Args:
      name: What it will be called; it may lie in a folder of the folder.
      content: What is in it.
    """
    path = self.temporary_path(name)
    parts = [content] if isinstance(content, bytes) else content
    with os_errors_as_output_errors(self._folder / name):
      with path.open('wb') as stream:
        stream.writelines(parts)

  def enter(
      self, context: contextlib.AbstractContextManager[_T]
  ) -> _T:
    """Enters a context that is left at the end, the last one first."""
    return self._contexts.enter_context(context)

  def __exit__(self, kind, error, traceback):
    try:
      with os_errors_as_output_errors(self._folder):
        if error is not None:
          # A full disk fails once more at closing; the first error counts.
          with contextlib.suppress(OSError):
            self._contexts.close()
          if isinstance(error, OSError):
            raise error
          return
        self._contexts.close()
        for name, _ in self._files:
          _refuse_what_is_no_file(self._folder / name)
        for name, path in self._files:
          (self._folder / name).parent.mkdir(exist_ok=True)
          os.replace(path, self._folder / name)
        self._files = []
    finally:
      for path in [path for _, path in self._files] + self._scratch:
        if path.is_dir():
          shutil.rmtree(path, ignore_errors=True)
        else:
          path.unlink(missing_ok=True)
      self._owner.release()
      if error is not None and self._is_new:
        # Another batch may have written here meanwhile.
        with contextlib.suppress(OSError):
          self._folder.rmdir()


def write_bytes(path: pathlib.Path, content: bytes) -> None:
  """Writes one file, whole or not at all.

  Raises:
    OutputError: If it can't be written.
  """
  with Batch(path.parent) as batch:
    batch.open(path.name, text=False).write(content)
