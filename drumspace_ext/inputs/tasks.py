"""Input tasks: the inputs of a listing in small loads for workers."""

import collections
from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses

from drumspace_ext import errors
from drumspace_ext.files import audio_kinds
from drumspace_ext.files import local_paths
from drumspace_ext.files import reader_faults
from drumspace_ext.files import remote_paths
from drumspace_ext.files import tfrecords
from drumspace_ext.files import zip_archives
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs

# A few milliseconds of work: small enough to balance, large enough to ship.
TASK_ITEMS = 64
TASK_BYTES = 2 << 20
# Records are kept here and in a worker, several times; files are only named.
RECORD_BYTES = 1 << 20
# The kind of a task whose items are the bytes of MIDI files.
LOADED = 'loaded'
# (name, problem) of what is lost before a worker could see it.
Lost = tuple[str, errors.RejectedInputError | tfrecords.DamagedRecord]


@dataclasses.dataclass(frozen=True)
class Task:
  """A small load of inputs for one worker.

  Attributes:
    kind: `input_kinds.MIDI` (items are paths), `input_kinds.ZIP` (members of
      the archive), `input_kinds.TFRECORD` (records) or `LOADED` (MIDI bytes).
    archive: The zip archive that the members are in.
    items: (input id, path or member or record).
    size: Bytes of the source files that this covers, for the progress bar.
  """

  kind: str
  items: tuple[tuple[str, str | bytes | zip_archives.Member], ...]
  archive: zip_archives.Archive | None = None
  size: int = 0

  def split(self) -> list['Task']:
    """Returns one task an item, to find the one that does harm."""
    return [dataclasses.replace(self, items=(i,), size=0) for i in self.items]

  def apart(self) -> 'tuple[Task, list[bytes]]':
    """Returns it without its records or loaded files, and these."""
    contents = [item for _, item in self.items if isinstance(item, bytes)]
    if not contents:
      return self, []
    return self.whole([b''] * len(contents)), contents

  def whole(self, contents: list[bytes]) -> 'Task':
    """Returns it with other records or loaded files, one an item."""
    ids = (input_id for input_id, _ in self.items)
    return dataclasses.replace(
        self, items=tuple(zip(ids, contents, strict=True))
    )


def _zip_tasks(
    source: inputs.SourceFile, skipped: collections.Counter
) -> Iterator[Task | Lost]:
  archive = zip_archives.check(remote_paths.of_text(source.path))
  items: list[tuple[str, zip_archives.Member]] = []
  size = covered = 0
  for member in archive.members():
    if not member.name:
      yield f'{source.name}/{member.place}', errors.RejectedInputError(
          'bad_zip_member',
          f'member {member.place + 1} of the archive has no name',
      )
      continue
    if not member.is_midi:
      skipped[input_kinds.extension(member.name)] += 1
      continue
    items.append((local_paths.in_utf_8(f'{source.name}/{member.name}'), member))
    size += member.num_bytes
    if len(items) >= TASK_ITEMS:
      # What is not read counts with what is.
      place = source.size * size // max(1, archive.midi_bytes)
      yield Task(input_kinds.ZIP, tuple(items), archive, place - covered)
      items, covered = [], place
  if items:
    yield Task(
        input_kinds.ZIP, tuple(items), archive, source.size - covered
    )


def _record_tasks(source: inputs.SourceFile) -> Iterator[Task | Lost]:
  items: list[tuple[str, bytes]] = []
  size = covered = 0
  path = remote_paths.of_text(source.path)
  for number, (place, record) in enumerate(tfrecords.read_on(path)):
    if isinstance(record, tfrecords.DamagedRecord):
      yield source.name, record
      continue
    items.append((f'{source.name}#{number}', record))
    size += len(record)
    if len(items) >= TASK_ITEMS * 4 or size >= RECORD_BYTES:
      # It may grow meanwhile.
      place = min(place, source.size)
      yield Task(input_kinds.TFRECORD, tuple(items), size=place - covered)
      items, size, covered = [], 0, place
  yield Task(
      input_kinds.TFRECORD, tuple(items), size=max(0, source.size - covered)
  )


def tasks(listing: inputs.Listing) -> Iterator[Task | Lost]:
  """Yields the tasks of all files of a listing; see `tasks_of`.

  Raises:
    InputError: As `tasks_of`, and if there is audio instead of inputs.
  """
  is_empty = True
  for task in tasks_of(inputs.source_files(listing), listing.skipped):
    is_empty = False
    yield task
  hint = audio_kinds.hint(listing.skipped)
  if is_empty and hint:
    places = ', '.join(str(path) for path, _, _ in listing.roots)
    raise errors.InputError(f'{places}: no MIDI file in it.{hint}')


def tasks_of(
    sources: Iterable[inputs.SourceFile], skipped: collections.Counter
) -> Iterator[Task | Lost]:
  """Yields loads of inputs for workers.

  Args:
    sources: Files to read.
    skipped: Where members of archives are counted that are not read.

  Raises:
    InputError: If a zip archive or TFRecord that the caller named is unusable.
  """
  files: list[tuple[str, str]] = []
  size = 0
  for source in sources:
    if source.kind == input_kinds.MIDI:
      files.append((source.name, source.path))
      size += source.size
      if len(files) >= TASK_ITEMS or size >= TASK_BYTES:
        yield Task(input_kinds.MIDI, tuple(files), size=size)
        files, size = [], 0
      continue
    try:
      if source.kind == input_kinds.ZIP:
        yield from _zip_tasks(source, skipped)
      else:
        yield from _record_tasks(source)
    except errors.InputError as e:
      if source.named:
        raise
      # What is listed says nothing of the places of this machine.
      yield source.name, errors.RejectedInputError(
          'bad_zip_member', str(e).replace(source.path, source.name)
      )
    except OSError as e:
      if source.named:
        raise errors.InputError(f"{source.path} can't be read: {e}") from e
      yield source.name, errors.RejectedInputError(
          'unreadable', e.strerror or str(e)
      )
    except Exception as e:  # noqa: BLE001 (a verdict, not an end)
      reader_faults.log(e)
      yield source.name, errors.RejectedInputError(
          reader_faults.REASON, reader_faults.one_line(e)
      )
  if files:
    yield Task(input_kinds.MIDI, tuple(files), size=size)
