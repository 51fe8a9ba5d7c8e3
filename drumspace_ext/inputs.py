"""Inputs: what stands behind --input, found and streamed in small tasks.

An *input* is one MIDI file or one record of a TFRecord file. Its id says where
it came from and does not depend on where a folder stands on this machine, on
the order of the arguments, or on the number of shards: a MIDI file is named by
the folder given and the path below it, a member of a zip archive by the archive
and its name, a NoteSequence by its own id (or file name, or a digest).
"""

import collections
from collections.abc import Iterator, Sequence
import dataclasses
import glob
import os
import pathlib
import re

from drumspace_ext import errors
from drumspace_ext import midi_files
from drumspace_ext import tfrecords
from drumspace_ext import zip_archives

MIDI, ZIP, TFRECORD = 'midi', 'zip', 'tfrecord'

_TFRECORD_NAME = re.compile(
    r'\.tfrecords?(\.gz|\.gzip)?(-\d+-of-\d+)?(\.gz)?$', re.IGNORECASE
)
# A few milliseconds of work: small enough to balance, large enough to ship.
_TASK_ITEMS = 64
_TASK_BYTES = 4 << 20


@dataclasses.dataclass(frozen=True)
class SourceFile:
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


@dataclasses.dataclass(frozen=True)
class Task:
  """A small load of inputs for one worker.

  Attributes:
    kind: `MIDI` (items are paths), `ZIP` (member names) or `TFRECORD`
      (records).
    archive: The zip archive that the members are in.
    items: (input id, path or member name or record).
    size: Bytes of the source files that this covers, for the progress bar.
  """

  kind: str
  items: tuple[tuple[str, str | bytes], ...]
  archive: pathlib.Path | None = None
  size: int = 0

  def split(self) -> list['Task']:
    """Returns one task an item, to find the one that does harm."""
    return [dataclasses.replace(self, items=(i,), size=0) for i in self.items]


@dataclasses.dataclass
class Listing:
  """What the arguments stand for.

  Attributes:
    roots: (path, id prefix, whether the caller named it) of files and folders.
    recursive: Whether folders in folders are searched.
    skipped: Files in folders that are no inputs, by extension.
    unsearched_folders: Folders left out because `recursive` is off.
    num_files: Files that will be read.
    num_bytes: Their size.
  """

  roots: list[tuple[pathlib.Path, str, bool]]
  recursive: bool
  skipped: collections.Counter = dataclasses.field(
      default_factory=collections.Counter
  )
  unsearched_folders: int = 0
  num_files: int = 0
  num_bytes: int = 0


def kind_of_file(path: pathlib.Path) -> str | None:
  """Tells what a file is by its first bytes, and its name where they fail.

  Raises:
    OSError: If it can't be read.
  """
  with path.open('rb') as stream:
    head = stream.read(64)
  name = path.name.lower()
  if head[:2] == b'\x1f\x8b':
    try:
      with tfrecords.open_bytes(path) as stream:
        head = stream.read(12)
    except (OSError, EOFError):
      head = b''
    if tfrecords.starts_like_tfrecord(head) or _TFRECORD_NAME.search(name):
      return TFRECORD
    return None
  if head[:4] == b'MThd' or (head[:4] == b'RIFF' and head[8:12] == b'RMID'):
    return MIDI
  if tfrecords.starts_like_tfrecord(head) or _TFRECORD_NAME.search(name):
    return TFRECORD
  if zip_archives.starts_like_zip(head) and not name.endswith(
      midi_files.EXTENSIONS
  ):
    return ZIP
  if name.endswith(midi_files.EXTENSIONS):
    return MIDI
  return None


def _kind_of_name(name: str) -> str | None:
  name = name.lower()
  if name.endswith(midi_files.EXTENSIONS):
    return MIDI
  if name.endswith('.zip'):
    return ZIP
  return TFRECORD if _TFRECORD_NAME.search(name) else None


def _expand(value: str) -> list[tuple[pathlib.Path, str, bool]]:
  """Returns (path, id, named) for one argument, a glob or a plain path."""
  path = pathlib.Path(value).expanduser()
  if path.exists():
    parent = path.absolute().parent.name
    name = path.absolute().name
    if path.is_file() and parent:
      # The folder of a file often is its genre.
      name = f'{parent}/{name}'
    return [(path, name, True)]
  if not glob.has_magic(value):
    raise errors.InputError(
        f'{value} does not exist. Check the path given to --input.'
    )
  matches = sorted(glob.glob(os.path.expanduser(value), recursive=True))
  matches = [pathlib.Path(match) for match in matches]
  matches = [match for match in matches if match.is_file()]
  if not matches:
    raise errors.InputError(
        f'{value} matches no file. Quote it, so that the shell leaves it '
        'alone, and check the path.'
    )
  fixed = pathlib.Path(*[
      part for part in path.parts[:next(
          i for i, part in enumerate(path.parts) if glob.has_magic(part)
      )]
  ]).absolute()
  return [
      (match, f'{fixed.name}/{match.absolute().relative_to(fixed).as_posix()}',
       False)
      for match in matches
  ]


def list_inputs(values: Sequence[str], *, recursive: bool = False) -> Listing:
  """Finds the files that the caller means and checks those that were named.

  Args:
    values: Files, folders and globs.
    recursive: Search folders in folders.

  Raises:
    InputError: If a path is missing, unreadable or of no known kind, or if
      there is nothing to read.
  """
  if not values:
    raise errors.InputError(
        'no input given. Name TFRecords, MIDI files, folders or zips with '
        '--input.'
    )
  roots: dict[pathlib.Path, tuple[str, bool]] = {}
  for value in values:
    for path, name, named in _expand(value):
      roots.setdefault(path.resolve(), (name, named))
  counts = collections.Counter(name for name, _ in roots.values())
  listing = Listing(
      sorted(
          (path, name if counts[name] == 1 else path.as_posix(), named)
          for path, (name, named) in roots.items()
      ),
      recursive,
  )
  for path, _, named in listing.roots:
    if named and path.is_dir() and not os.access(path, os.R_OK | os.X_OK):
      raise errors.InputError(f"{path} can't be read. Check its permissions.")
  for source in source_files(listing, count=True):
    listing.num_files += 1
    listing.num_bytes += source.size
  if not listing.num_files:
    raise errors.InputError(_nothing_found(values, listing))
  return listing


def _nothing_found(values: Sequence[str], listing: Listing) -> str:
  message = f'{", ".join(values)}: no MIDI file, TFRecord or zip in it.'
  if listing.unsearched_folders:
    message += (
        f' {listing.unsearched_folders} folders below were not searched: '
        'add --recursive.'
    )
  elif listing.skipped:
    seen = ', '.join(
        f'{count} {extension}'
        for extension, count in listing.skipped.most_common(5)
    )
    message += f' Other files there: {seen}.'
  return message


def named_files(listing: Listing) -> Iterator[SourceFile]:
  """Yields the files that the caller named, not those found in folders."""
  files = [root for root in listing.roots if root[2] and not root[0].is_dir()]
  yield from source_files(Listing(files, listing.recursive))


def source_files(
    listing: Listing, *, count: bool = False
) -> Iterator[SourceFile]:
  """Yields the files of a listing, always in the same order.

  Args:
    listing: From `list_inputs`.
    count: Note on the way, in the listing, what is left out.

  Raises:
    InputError: If a file that the caller named can't be read.
  """
  for path, name, named in listing.roots:
    if path.is_dir():
      yield from _walk(path, name, listing, count)
      continue
    try:
      kind = kind_of_file(path)
      size = path.stat().st_size
    except OSError as e:
      if not named:
        yield SourceFile(
            str(path), _kind_of_name(path.name) or MIDI, name, 0, False
        )
        continue
      raise errors.InputError(
          f"{path} can't be read: {e.strerror}. Check its permissions."
      ) from e
    if kind is None and named:
      raise errors.InputError(
          f'{path} is no NoteSequence TFRecord, no MIDI file and no zip '
          'archive. drumspace_inspect says what a file holds.'
      )
    if kind is None:
      if count:
        listing.skipped[path.suffix.lower() or 'without extension'] += 1
      continue
    yield SourceFile(str(path), kind, name, size, named)


def _walk(root: pathlib.Path, name: str, listing: Listing, count: bool):
  """Yields the input files of a folder; strings, for there may be millions."""
  prefix = len(os.fspath(root)) + 1
  for folder, folders, files in os.walk(root):
    folders.sort()
    if not listing.recursive:
      if count:
        listing.unsearched_folders += len(folders)
      folders.clear()
    below = folder[prefix:].replace(os.sep, '/')
    place = f'{name}/{below}' if below else name
    for file in sorted(files):
      kind = _kind_of_name(file)
      if kind is None or file.startswith('._'):
        if count:
          extension = os.path.splitext(file)[1].lower()
          listing.skipped[extension or 'without extension'] += 1
        continue
      path = os.path.join(folder, file)
      try:
        size = os.stat(path).st_size
      except OSError:
        size = 0
      yield SourceFile(path, kind, f'{place}/{file}', size, False)


def _midi_tasks(sources: Iterator[SourceFile]) -> Iterator[Task]:
  items, size = [], 0
  for source in sources:
    items.append((source.name, source.path))
    size += source.size
    if len(items) >= _TASK_ITEMS or size >= _TASK_BYTES:
      yield Task(MIDI, tuple(items), size=size)
      items, size = [], 0
  if items:
    yield Task(MIDI, tuple(items), size=size)


def _zip_tasks(source: SourceFile) -> Iterator[Task]:
  path = pathlib.Path(source.path)
  midi, _ = zip_archives.midi_members(path)
  for i in range(0, len(midi), _TASK_ITEMS):
    names = midi[i:i + _TASK_ITEMS]
    yield Task(
        ZIP, tuple((f'{source.name}/{name}', name) for name in names),
        path, source.size * len(names) // len(midi),
    )


def _record_tasks(source: SourceFile) -> Iterator[Task | tuple]:
  items, size = [], 0
  total = 0
  for number, record in enumerate(tfrecords.read(pathlib.Path(source.path))):
    if isinstance(record, tfrecords.DamagedRecord):
      yield source.name, record
      continue
    items.append((f'{source.name}#{number}', record))
    size += len(record)
    if len(items) >= _TASK_ITEMS * 4 or size >= _TASK_BYTES:
      covered = min(size, source.size - total)
      total += covered
      yield Task(TFRECORD, tuple(items), size=covered)
      items, size = [], 0
  yield Task(TFRECORD, tuple(items), size=source.size - total)


def tasks(listing: Listing) -> Iterator[Task | tuple]:
  """Yields loads of inputs for workers.

  What is lost before a worker could see it comes as a pair (name, problem)
  instead, where the problem is a `tfrecords.DamagedRecord` or a
  `RejectedInputError`.

  Raises:
    InputError: If a zip archive or TFRecord that the caller named is unusable.
  """
  pending = []
  for source in source_files(listing):
    if source.kind == MIDI:
      pending.append(source)
      if len(pending) >= _TASK_ITEMS:
        yield from _midi_tasks(iter(pending))
        pending = []
      continue
    make = _zip_tasks if source.kind == ZIP else _record_tasks
    try:
      yield from make(source)
    except errors.InputError as e:
      if source.named:
        raise
      yield source.name, errors.RejectedInputError('bad_zip_member', str(e))
    except OSError as e:
      if source.named:
        raise errors.InputError(f"{source.path} can't be read: {e}") from e
      yield source.name, errors.RejectedInputError(
          'unreadable', e.strerror or str(e)
      )
  yield from _midi_tasks(iter(pending))
