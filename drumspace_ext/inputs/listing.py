"""Inputs: the files behind --input, and what their inputs are called.

An *input* is one MIDI file or one record of a TFRecord file. Its id says where
it came from and does not depend on where a folder stands on this machine, on
the order of the arguments, or on the number of shards: a MIDI file is named by
the folder given and the path below it, a member of a zip archive by the archive
and its name, a NoteSequence by its own id (or file name, or a digest).
"""

import collections
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import glob
import os
import pathlib

from drumspace_ext import errors
from drumspace_ext.files import audio_kinds
from drumspace_ext.files import local_paths
from drumspace_ext.files import remote_paths
from drumspace_ext.files import result_names
from drumspace_ext.inputs import folders as folders_lib
from drumspace_ext.inputs import kinds as input_kinds

SourceFile = folders_lib.SourceFile
_Path = pathlib.Path | remote_paths.RemotePath
# Files whose names are kept from counting to reading, some 40 bytes each: of
# more than these, folders are gone through once more.
_MAX_KEPT = 1 << 16
# What folders that are not searched are counted under, and said of them.
UNSEARCHED = 'unsearched_folders'
UNSEARCHED_WORDS = (
    'folders below were not searched: --recursive does that, but for links to '
    'folders, which are inputs by their own names.'
)


@dataclasses.dataclass
class Listing:
  """What the arguments mean.

  Attributes:
    roots: (path, id prefix, whether the caller named it) of files and folders.
    recursive: Whether folders in folders are searched.
    skipped: Files in folders that are no inputs, by extension.
    unsearched_folders: Folders left out because `recursive` is off, and links.
    num_files: Files that will be read.
    num_bytes: Their size.
    excluded: A folder that is not searched: that of the results.
    kept: What was found when the files were counted, if it was not too much.
  """

  roots: list[tuple[_Path, str, bool]]
  recursive: bool
  skipped: collections.Counter = dataclasses.field(
      default_factory=collections.Counter
  )
  unsearched_folders: int = 0
  num_files: int = 0
  num_bytes: int = 0
  excluded: str = ''
  kept: list[folders_lib.Files | SourceFile] | None = dataclasses.field(
      default=None, repr=False
  )


def _expand(
    value: str, remote: bool, values: Sequence[str]
) -> list[tuple[_Path, str, bool]]:
  """Returns (path, id, named) for one argument, a glob or a plain path.

  Args:
    value: The argument.
    remote: Whether it may be on a remote filesystem.
    values: All arguments, for what is said if there is no such path.
  """
  if remote_paths.is_remote(value) and not remote:
    raise errors.InputError(remote_paths.only_by_fronts(value))
  path: _Path = (
      remote_paths.RemotePath(value) if remote_paths.is_remote(value)
      else local_paths.expand(value)
  )
  if path.exists():
    # However it is spelled, and by whatever link: what it is called there.
    parts = path.resolve().parts
    # The folder of a file often is its genre.
    parts = parts[-1:] if path.is_dir() else parts[-2:]
    return [(path, '/'.join(parts).lstrip('/'), True)]
  if not glob.has_magic(value):
    raise errors.InputError(f'{value} does not exist. {_advice(values)}')
  if isinstance(path, remote_paths.RemotePath):
    found = path.glob()
  else:
    found = glob.glob(os.path.expanduser(value), recursive=True)
    found = [match for match in found if os.path.isfile(match)]
  matches = [remote_paths.of_text(match) for match in sorted(found)]
  if not matches:
    raise errors.InputError(
        f'{value} matches no file. Quote it, so that the shell leaves it '
        'alone, and check the path.'
    )
  plain = [glob.has_magic(part) for part in path.parts].index(True)
  fixed = path.parents[len(path.parts) - plain - 1].absolute()
  return [
      (match, '/'.join((
          fixed.name, *match.absolute().parts[len(fixed.parts):]
      )), False)
      for match in matches
  ]


def _advice(values: Sequence[str]) -> str:
  """Returns what helps if a path is missing: its name may have commas."""
  for comma in (',', ', '):
    name = comma.join(values)
    if len(values) > 1 and local_paths.expand(name).exists():
      return (
          f'There is {name!r}, whose name has a comma: give it without --input.'
      )
  return 'Check the path.'


def find_roots(
    values: Sequence[str], *, recursive: bool = False,
    excluded: _Path | None = None, remote: bool = False,
) -> Listing:
  """Finds the files and folders that the caller means; looks in no folder.

  Args:
    values: Files, folders and globs.
    recursive: Search folders in folders.
    excluded: A folder below them that is not searched.
    remote: Allow files on remote filesystems.

  Raises:
    InputError: If a path is missing or unreadable, or none is given.
  """
  if not values:
    raise errors.InputError(
        'no input given. Name TFRecords, MIDI files, folders or zips with '
        '--input.'
    )
  roots: dict[_Path, tuple[str, bool]] = {}
  for value in values:
    for path, name, named in _expand(value, remote, values):
      roots.setdefault(path.resolve(), (name, named))
  folders = {path for path in roots if path.is_dir()}
  for path in list(roots):
    # What a folder given holds anyway is read once.
    around = path.parents if recursive else path.parents[:1]
    if folders.intersection(around) and (
        path in folders or input_kinds.kind_of_name(path.name)
    ):
      del roots[path]
  counts = collections.Counter(name for name, _ in roots.values())
  for path, (_, named) in roots.items():
    if (
        named and path in folders and isinstance(path, pathlib.Path)
        and not os.access(path, os.R_OK | os.X_OK)
    ):
      raise errors.InputError(f"{path} can't be read. Check its permissions.")
  return Listing(
      [
          (path, local_paths.in_utf_8(
              name if counts[name] == 1 else path.as_posix()
          ), named)
          for path, (name, named)
          in sorted(roots.items(), key=lambda root: root[0].parts)
      ],
      recursive, excluded=str(excluded.resolve()) if excluded else '',
  )


def list_inputs(
    values: Sequence[str], *, recursive: bool = False,
    excluded: pathlib.Path | None = None, num_processes: int = 1,
) -> Listing:
  """Finds the files that the caller means and counts them.

  Args:
    values: Files, folders and globs.
    recursive: Search folders in folders.
    excluded: A folder below them that is not searched.
    num_processes: How many may look at the files, if these are many.

  Raises:
    InputError: If a path is missing, unreadable or of no known kind, or if
      there is nothing to read.
    PipelineError: If a process was killed.
  """
  listing = find_roots(values, recursive=recursive, excluded=excluded)
  kept: list[folders_lib.Files | SourceFile] = []
  for found in _found(listing, count=True, num_processes=num_processes):
    if isinstance(found, folders_lib.Files):
      listing.num_files += len(found.sizes)
      listing.num_bytes += sum(found.sizes)
    else:
      listing.num_files += 1
      listing.num_bytes += found.size
    if listing.num_files <= _MAX_KEPT:
      kept.append(found)
    else:
      kept.clear()
  if listing.num_files <= _MAX_KEPT:
    listing.kept = kept
  if not listing.num_files:
    raise errors.InputError(nothing_found(values, listing))
  return listing


def nothing_found(values: Sequence[str], listing: Listing) -> str:
  """Says why there is nothing to read, from what a listing counted."""
  message = f'{", ".join(values)}: no MIDI file, TFRecord or zip in it.'
  for path, _, _ in listing.roots:
    if (path / result_names.DATASET).is_file():
      return f'{path} is a dataset; name the songs that it was made of.'
  folders = listing.unsearched_folders
  if folders:
    message += f' {folders} {UNSEARCHED_WORDS}'
  elif listing.skipped:
    seen = ', '.join(
        f'{count} {kind}' for kind, count in listing.skipped.most_common(5)
    )
    message += f' Other files there: {seen}.{audio_kinds.hint(listing.skipped)}'
  return message


def named_files(listing: Listing) -> Iterator[SourceFile]:
  """Yields the files that the caller named, not those in folders."""
  files = [root for root in listing.roots if root[2] and not root[0].is_dir()]
  yield from source_files(Listing(files, listing.recursive))


def source_files(
    listing: Listing, *, count: bool = False
) -> Iterator[SourceFile]:
  """Yields the files of a listing, always in the same order.

  Args:
    listing: From `list_inputs` or `find_roots`.
    count: Note on the way, in the listing, what is left out.

  Raises:
    InputError: If a file that the caller named can't be read.
  """
  for found in (
      _found(listing, count) if listing.kept is None else listing.kept
  ):
    if isinstance(found, folders_lib.Files):
      yield from found.sources()
    else:
      yield found


def _found(
    listing: Listing, count: bool, num_processes: int = 1
) -> Iterator[folders_lib.Files | SourceFile]:
  """Yields the files of a listing, those of folders together."""
  for path, name, named in listing.roots:
    if path.is_dir():
      for files in folders_lib.walk(
          path, name, recursive=listing.recursive, excluded=listing.excluded,
          num_processes=num_processes,
      ):
        if count:
          listing.skipped.update(files.skipped)
          listing.unsearched_folders += files.num_unsearched
        yield files
      continue
    try:
      size = path.stat().st_size
      kind = input_kinds.kind_of_file(path) if path.is_file() else None
    except OSError as e:
      if not named:
        yield SourceFile(
            str(path),
            input_kinds.kind_of_name(path.name) or input_kinds.MIDI, name, 0,
            False,
        )
        continue
      raise errors.InputError(
          f"{path} can't be read: {e.strerror}. Check its permissions."
      ) from e
    if kind is None and named:
      raise errors.InputError(input_kinds.why_no_input(path))
    if kind is None:
      if count:
        listing.skipped[input_kinds.extension(path.name)] += 1
      continue
    yield SourceFile(str(path), kind, name, size, named)
