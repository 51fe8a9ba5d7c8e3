"""Input readers: the bytes of each input of a task, or why there are none."""

from collections.abc import Iterator

from drumspace_ext import errors
from drumspace_ext.files import midi_kinds
from drumspace_ext.files import remote_paths
from drumspace_ext.files import tfrecords
from drumspace_ext.files import zip_archives
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.inputs import tasks as input_tasks


def contents(
    task: input_tasks.Task,
) -> Iterator[tuple[str, bytes | errors.RejectedInputError]]:
  """Yields (input id, bytes) of the inputs of a task."""
  if task.archive is not None:
    members = (
        member for _, member in task.items
        if isinstance(member, zip_archives.Member)
    )
    for (input_id, _), data in zip(task.items, task.archive.read(members)):
      yield input_id, data
    return
  for input_id, item in task.items:
    if isinstance(item, bytes):
      yield input_id, item
      continue
    try:
      data = midi_kinds.read(str(item))
    except OSError as e:
      yield input_id, errors.RejectedInputError(
          'unreadable', e.strerror or str(e)
      )
    else:
      yield input_id, data


def loaded(
    task: input_tasks.Task,
) -> Iterator[input_tasks.Task | tuple[str, errors.RejectedInputError]]:
  """Reads a task here, so that its worker has nothing to do with files.

  Yields:
    Tasks that hold bytes, and (input id, problem) of what can't be read.
  """
  if task.kind in (input_kinds.TFRECORD, input_tasks.LOADED):
    yield task
    return
  items: list[tuple[str, bytes]] = []
  size = 0
  for input_id, data in contents(task):
    if not isinstance(data, bytes):
      yield input_id, data
      continue
    items.append((input_id, data))
    size += len(data)
    if size >= input_tasks.TASK_BYTES:
      yield input_tasks.Task(input_tasks.LOADED, tuple(items), size=size)
      items, size = [], 0
  yield input_tasks.Task(input_tasks.LOADED, tuple(items), size=size)


def check_records(listing: inputs.Listing) -> None:
  """Looks at the first record of each TFRecord file that was named.

  Raises:
    InputError: If it is a SequenceExample or an Example.
  """
  for source in inputs.named_files(listing):
    if source.kind != input_kinds.TFRECORD:
      continue
    first = next(
        tfrecords.read(remote_paths.of_text(source.path)), None
    )
    if not isinstance(first, bytes):
      continue
    kind = input_kinds.of_record(first)
    if kind in (input_kinds.SEQUENCE_EXAMPLE, input_kinds.EXAMPLE):
      raise errors.InputError(
          f'{source.path} holds {kind}s, which is what models train on, and '
          'no NoteSequences. Give the NoteSequence TFRecord that it was made '
          'from (convert_dir_to_note_sequences writes one).'
      )
