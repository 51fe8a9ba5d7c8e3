"""Input folders: which files of a folder are inputs, by their names."""

import array
from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import itertools
import os
import pathlib
import stat
import typing

from drumspace_ext.files import leftovers
from drumspace_ext.files import local_paths
from drumspace_ext.files import processes
from drumspace_ext.files import remote_paths
from drumspace_ext.files import result_names
from drumspace_ext.inputs import kinds as input_kinds

# Names of a folder that are looked at in one go.
_TOGETHER = 1024
# Names that several processes share out; some 3 MB.
_AT_ONCE = 1 << 15
# With fewer, another process is not worth its start.
_FILES_OF_PROCESS = 4096


class SourceFile(typing.NamedTuple):
  """One file to read.

  Attributes:
    path: Where it is.
    kind: `MIDI`, `ZIP` or `TFRECORD`.
    name: Its id, or what the ids of its inputs begin with.
    size: Bytes.
    named: Whether the caller named it, rather than a folder or glob.
  """

  path: str
  kind: str
  name: str
  size: int
  named: bool


class Files(typing.NamedTuple):
  """Some files of one folder, in columns of few objects.

  Attributes:
    path: Where the folder is, with a separator at its end.
    name: What the ids of its inputs begin with, with a slash at its end.
    files: The names of inputs, sorted, with a slash between them.
    kinds: The kind of each; one that all have.
    sizes: Their bytes.
    skipped: Of each file that is no input, what it is counted under.
    num_unsearched: Folders in it that are not searched: all, or links to
      folders, which may lead round in circles.
  """

  path: str
  name: str
  files: str
  kinds: tuple[str, ...]
  sizes: array.array
  skipped: tuple[str, ...]
  num_unsearched: int

  def sources(self) -> Iterator[SourceFile]:
    """Returns the inputs."""
    if not self.sizes:
      return iter(())
    files = self.files.split('/')
    names = local_paths.in_utf_8(self.files).split('/')
    name = local_paths.in_utf_8(self.name)
    # Some millions of files are gone through here, by one process.
    return map(
        SourceFile, [self.path + file for file in files],
        itertools.cycle(self.kinds), [name + own for own in names],
        self.sizes, itertools.repeat(False),
    )


class _Unseen(typing.NamedTuple):
  """Some names in a folder; `_files` says what they are.

  Attributes:
    path: As in `Files`, and so is `name`.
    name: Likewise.
    files: Names of files.
    sizes: Their sizes by name; None where they are to be asked for.
    result: The name of one that is no input.
    num_unsearched: As in `Files`.
    closed: Whether they are one folder that can't be looked into.
  """

  path: str
  name: str
  files: list[str]
  sizes: dict[str, int] | None
  result: str
  num_unsearched: int
  closed: bool = False


def walk(
    root: pathlib.Path | remote_paths.RemotePath, name: str, *,
    recursive: bool, excluded: str = '', num_processes: int = 1,
) -> Iterator[Files]:
  """Yields the files of a folder and, it may be, of those in it.

  Their order is always the same.

  Args:
    root: The folder.
    name: What the ids of its inputs begin with.
    recursive: Whether folders in it are searched.
    excluded: One that is not.
    num_processes: How many may look at the files, if these are many.

  Raises:
    PipelineError: If one of them was killed.
  """
  unseen = _walk(root, name, recursive, excluded)
  if num_processes == 1 or isinstance(root, remote_paths.RemotePath):
    yield from map(_files, unseen)
    return
  for some, count in _by_many(unseen):
    shares = _shares(some, min(num_processes, count // _FILES_OF_PROCESS))
    with contextlib.ExitStack() as stack:
      others = [
          stack.enter_context(processes.Beside(_all_files, share))
          for share in shares[1:]
      ]
      yield from map(_files, shares[0])
      for other in others:
        yield from other.answer()


def _by_many(
    unseen: Iterable[_Unseen]
) -> Iterator[tuple[list[_Unseen], int]]:
  """Yields names of several folders, and how many they are."""
  some: list[_Unseen] = []
  count = 0
  for one in unseen:
    some.append(one)
    # Nor may folders without files come together without end.
    count += max(1, len(one.files))
    if count >= _AT_ONCE:
      yield some, count
      some, count = [], 0
  if some:
    yield some, count


def _shares(some: list[_Unseen], num_shares: int) -> list[list[_Unseen]]:
  """Returns a list in at most so many parts, in order; one at least."""
  size = -(-len(some) // max(1, num_shares))
  return [some[start:start + size] for start in range(0, len(some), size)]


def _all_files(unseen: Iterable[_Unseen]) -> list[Files]:
  return list(map(_files, unseen))


def _walk(
    root: pathlib.Path | remote_paths.RemotePath, name: str, recursive: bool,
    excluded: str,
) -> Iterator[_Unseen]:
  """Yields the names in a folder; see `walk`."""
  prefix = len(str(root)) + 1
  closed: list[OSError] = []
  for folder, folders, files, sizes in remote_paths.walk(root, closed.append):
    yield from _closed(closed, prefix, name)
    folders[:] = sorted(
        f for f in folders if not f.startswith(leftovers.PREFIX)
    )
    if folder == excluded and folder != str(root):
      folders.clear()
      continue
    below = folder[prefix:].replace(os.sep, '/')
    path = os.path.join(folder, '') if sizes is None else f'{folder}/'
    # Results of an earlier run are no folder that songs are missed in.
    others = [path + f for f in folders if path + f != excluded]
    if not recursive:
      folders.clear()
    elif sizes is None:
      others = list(filter(os.path.islink, others))
    else:
      others = []
    # What an earlier run made of songs is not read as songs.
    result = result_names.RECORDS if result_names.PROVENANCE in files else ''
    files.sort()
    for start in range(0, max(1, len(files)), _TOGETHER):
      yield _Unseen(
          path, f'{name}/{below}/' if below else f'{name}/',
          files[start:start + _TOGETHER], sizes, result,
          0 if start else len(others),
      )
  yield from _closed(closed, prefix, name)


def _closed(
    found: list[OSError], prefix: int, name: str
) -> Iterator[_Unseen]:
  """Yields the folders that can't be looked into, and forgets them."""
  for error in found:
    path, file = os.path.split(error.filename)
    below = path[prefix:].replace(os.sep, '/')
    yield _Unseen(
        os.path.join(path, ''), f'{name}/{below}/' if below else f'{name}/',
        [file], None, '', 0, closed=True,
    )
  found.clear()


def _files(unseen: _Unseen) -> Files:
  """Returns what some names in a folder are."""
  path, name, files, sizes, result, num_unsearched, closed = unseen
  if closed:
    # Whoever reads it says why it can't be opened.
    return Files(
        path, name, files[0], (input_kinds.MIDI,), array.array('Q', [0]), (), 0
    )
  found, kinds, skipped = [], [], []
  found_sizes = array.array('Q')
  for file in files:
    kind = input_kinds.kind_of_name(file)
    if kind is None or file == result or file.startswith('._'):
      skipped.append(input_kinds.extension(file))
      continue
    if sizes is not None:
      size = sizes[file]
    else:
      try:
        status = os.stat(path + file)
        size = status.st_size
        # A pipe or a device would be waited for without end.
        if not stat.S_ISREG(status.st_mode):
          if not stat.S_ISDIR(status.st_mode):
            skipped.append('no regular file')
          continue
      except OSError:
        size = 0
    found.append(file)
    kinds.append(kind)
    found_sizes.append(size)
  return Files(
      path, name, '/'.join(found),
      tuple(set(kinds) if len(set(kinds)) == 1 else kinds), found_sizes,
      tuple(skipped), num_unsearched,
  )
