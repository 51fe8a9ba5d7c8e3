"""Input tasks: the inputs of a listing in small loads for workers."""

from collections.abc import Iterator
import dataclasses
import pathlib

from drumspace_ext import errors
from drumspace_ext import inputs
from drumspace_ext import tfrecords
from drumspace_ext import user_paths
from drumspace_ext import zip_archives

# A few milliseconds of work: small enough to balance, large enough to ship.
_TASK_ITEMS = 64
_TASK_BYTES = 4 << 20


@dataclasses.dataclass(frozen=True)
class Task:
  """A small load of inputs for one worker.

  Attributes:
    kind: `inputs.MIDI` (items are paths), `inputs.ZIP` (places in the archive)
      or `inputs.TFRECORD` (records).
    archive: The zip archive that the members are in.
    items: (input id, path or place or record).
    size: Bytes of the source files that this covers, for the progress bar.
  """

  kind: str
  items: tuple[tuple[str, str | int | bytes], ...]
  archive: pathlib.Path | None = None
  size: int = 0

  def split(self) -> list['Task']:
    """Returns one task an item, to find the one that does harm."""
    return [dataclasses.replace(self, items=(i,), size=0) for i in self.items]


def _midi_tasks(sources: Iterator[inputs.SourceFile]) -> Iterator[Task]:
  items, size = [], 0
  for source in sources:
    items.append((source.name, source.path))
    size += source.size
    if len(items) >= _TASK_ITEMS or size >= _TASK_BYTES:
      yield Task(inputs.MIDI, tuple(items), size=size)
      items, size = [], 0
  if items:
    yield Task(inputs.MIDI, tuple(items), size=size)


def _zip_tasks(
    source: inputs.SourceFile, listing: inputs.Listing
) -> Iterator[Task]:
  path = pathlib.Path(source.path)
  midi, others = zip_archives.midi_members(path)
  listing.skipped.update(inputs.extension(name) for name in others)
  for i in range(0, len(midi), _TASK_ITEMS):
    members = midi[i:i + _TASK_ITEMS]
    yield Task(
        inputs.ZIP,
        tuple(
            (user_paths.in_utf_8(f'{source.name}/{name}'), place)
            for name, place in members
        ),
        path, source.size * len(members) // len(midi),
    )


def _record_tasks(source: inputs.SourceFile) -> Iterator[Task | tuple]:
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
      yield Task(inputs.TFRECORD, tuple(items), size=covered)
      items, size = [], 0
  yield Task(inputs.TFRECORD, tuple(items), size=source.size - total)


def tasks(listing: inputs.Listing) -> Iterator[Task | tuple]:
  """Yields loads of inputs for workers.

  What is lost before a worker could see it comes as a pair (name, problem)
  instead, where the problem is a `tfrecords.DamagedRecord` or a
  `RejectedInputError`.

  Raises:
    InputError: If a zip archive or TFRecord that the caller named is unusable.
  """
  pending = []
  for source in inputs.source_files(listing):
    if source.kind == inputs.MIDI:
      pending.append(source)
      if len(pending) >= _TASK_ITEMS:
        yield from _midi_tasks(iter(pending))
        pending = []
      continue
    try:
      if source.kind == inputs.ZIP:
        yield from _zip_tasks(source, listing)
      else:
        yield from _record_tasks(source)
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
