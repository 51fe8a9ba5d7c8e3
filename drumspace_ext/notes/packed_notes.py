"""Packed notes: those of a serialized NoteSequence, read without objects.

An object of each note is what costs most of reading a record. Writers put the
fields of a message in the order of their numbers and leave out zeros, so that
all notes stand in one place, and those of a track differ in their values alone:
a run of notes is a table of bytes, and its columns are numpy's. That holds for
all records that note_seq makes of MIDI files. Whatever is of another form is
left to protobuf, which then has all of it.
"""

from collections.abc import Iterator
import functools
import typing

import numpy as np

from drumspace_ext.notes import music_proto
from drumspace_ext.notes import protobuf_fields
from drumspace_ext.notes import song_limits

if typing.TYPE_CHECKING:
  import note_seq

# A run costs as much as the objects of so many notes.
_FEW_NOTES = 32
_MAX_SHORT_RUNS = 16
# So that what is looked at ahead of many short runs stays little.
_MAX_NOTES_OF_RUN = 1024
_DOUBLE_BYTES = 8
# 28 bits: no sign.
_MAX_VARINT_BYTES = 4

# Where the bytes of a field's value begin and end in those of its note.
_Places = dict[str, tuple[int, int]]


class _Schema(typing.NamedTuple):
  """What note_seq says of notes.

  Attributes:
    number: That of the field of notes.
    tag: The byte that each note begins with.
    fields: (name, whether it is a double) by the byte before a value.
  """

  number: int
  tag: bytes
  fields: dict[int, tuple[str, bool]]


@functools.cache
def _schema() -> _Schema:
  notes = music_proto.note_sequence_class().DESCRIPTOR.fields_by_name['notes']
  fields = {}
  for field in notes.message_type.fields:
    if field.type == field.TYPE_DOUBLE:
      kind = protobuf_fields.FIXED64
    elif field.type in (
        field.TYPE_INT32, field.TYPE_INT64, field.TYPE_BOOL, field.TYPE_ENUM
    ):
      kind = protobuf_fields.VARINT
    else:
      continue
    key = field.number << 3 | kind
    fields[key] = field.name, kind == protobuf_fields.FIXED64
  tag = notes.number << 3 | protobuf_fields.LENGTH_DELIMITED
  return _Schema(notes.number, bytes([tag]), fields)


class _Run(typing.NamedTuple):
  """Notes that follow each other and have the same fields.

  Attributes:
    rows: Their bytes, uint8 `[num_notes, num_bytes]`.
    places: Where values stand in a row.
  """

  rows: np.ndarray
  places: _Places

  def column(self, name: str) -> np.ndarray:
    """Returns the values of a field, float64 `[num_notes]`."""
    if name not in self.places:
      return np.zeros(len(self.rows))
    start, end = self.places[name]
    # No number of variable length has eight bytes here.
    if end - start == _DOUBLE_BYTES:
      return self.rows[:, start:end].copy().view('<f8')[:, 0]
    values = np.zeros(len(self.rows), np.int32)
    for i in reversed(range(start, end)):
      values = values << 7 | self.rows[:, i] & 0x7F
    return values.astype(np.float64)


class Notes:
  """The notes of a record, some of which are drums."""

  def __init__(self, runs: list[_Run]):
    self._runs = runs
    self._drums: list[tuple[_Run, np.ndarray]] = [
        (run, run.column('is_drum') != 0) for run in runs
        if 'is_drum' in run.places
    ]

  def __len__(self) -> int:
    return sum(len(run.rows) for run in self._runs)

  def has_drums(self) -> bool:
    """Says whether one is a drum."""
    return any(is_drum.any() for _, is_drum in self._drums)

  def have(self, name: str) -> bool:
    """Says whether a field of one is not zero."""
    return any(
        run.column(name).any() for run in self._runs if name in run.places
    )

  def largest(self, name: str) -> int:
    """Returns the largest value of a field of whole numbers."""
    return max(int(run.column(name).max()) for run in self._runs)

  def drums(self, *names: str) -> np.ndarray:
    """Returns fields of the drums, float64 `[num_drums, num_names]`."""
    return np.concatenate([
        np.column_stack([run.column(name) for name in names])[is_drum]
        for run, is_drum in self._drums
    ])


def parse(record: bytes) -> 'tuple[note_seq.NoteSequence, Notes] | None':
  """Parses the bytes of a NoteSequence for its drums.

  Returns:
    (NoteSequence without notes, its notes); or None where none is a drum, and
    for what `note_sequences.parse` is to judge.

  Raises:
    RejectedInputError: If it is too large.
  """
  song_limits.check_record(record)
  parts = _split(record)
  if parts is None:
    return None
  others, notes = parts
  try:
    sequence = music_proto.note_sequence_class().FromString(others)
  # protobuf's DecodeError is a plain Exception; its class moved over versions.
  except Exception:  # noqa: BLE001 (what is wrong is told of the whole)
    return None
  return None if sequence.notes else (sequence, notes)


def _split(record: bytes) -> tuple[bytes, Notes] | None:
  """Takes the notes out, those that stand together; see `parse`."""
  start = 0
  try:
    for number, _, _, end in protobuf_fields.fields(record):
      if number >= _schema().number:
        break
      start = end
  except (IndexError, ValueError):
    return None
  end, num_notes = start, 0
  runs: list[_Run] = []
  for stride in _strides(record, start):
    for run in _runs(record, *stride):
      if run is None:
        return None
      runs.append(run)
      num_notes, end = num_notes + len(run.rows), end + run.rows.size
      if _are_short(len(runs), num_notes):
        return None
  notes = Notes(runs)
  if not notes.has_drums():
    return None
  return record[:start] + record[end:], notes


def _are_short(num_runs: int, num_notes: int) -> bool:
  """Says whether runs cost more than objects of their notes."""
  return num_runs > _MAX_SHORT_RUNS + num_notes // _FEW_NOTES


def _strides(record: bytes, start: int) -> list[tuple[int, int, int]]:
  """Returns (start, length, count) of notes of one length; none if short."""
  tag = _schema().tag
  found, num_notes = [], 0
  while record.startswith(tag, start) and start + 1 < len(record):
    length = 2 + record[start + 1]
    end = start + _MAX_NOTES_OF_RUN * length
    count = (len(record) - start) // length
    for byte in range(2):
      column = record[start + byte:end:length]
      others = column.lstrip(column[:1])
      count = min(count, len(column) - len(others))
    found.append((start, length, count))
    num_notes, start = num_notes + count, start + count * length
    if not count or _are_short(len(found), num_notes):
      return []
  return found


def _runs(
    record: bytes, start: int, length: int, count: int
) -> Iterator[_Run | None]:
  """Yields notes of one length, and at last None if one is unusual."""
  size = length * count
  rows = np.frombuffer(record, np.uint8, size, start).reshape(count, length)
  while len(rows):
    found = _layout(rows[0].tobytes())
    if found is None:
      yield None
      return
    mask, usual, places = found
    # A few first: notes of one length may be of many kinds.
    same = _num_alike(rows[:_FEW_NOTES], mask, usual)
    if same == _FEW_NOTES:
      same += _num_alike(rows[same:], mask, usual)
    yield _Run(rows[:same], places)
    rows = rows[same:]


def _num_alike(rows: np.ndarray, mask: np.ndarray, usual: np.ndarray) -> int:
  """Returns how many notes have the usual fields, up to one that has not."""
  others = ((rows & mask) != usual).ravel().nonzero()[0]
  return int(others[0]) // rows.shape[1] if len(others) else len(rows)


def _layout(note: bytes) -> tuple[np.ndarray, np.ndarray, _Places] | None:
  """Reads which bytes of a note are values.

  Returns:
    (bits that notes of the same fields share, what they are, places); or None
    if it has more fields than one of each, unknown ones or large numbers.
  """
  end = len(note)
  # A length of two bytes is told by its first, as is a record that is cut.
  if end < 2 or note[1] != end - 2 or note[1] >= 0x80:
    return None
  fields = _schema().fields
  mask = np.full(end, 0xFF, np.uint8)
  places: _Places = {}
  position = 2
  while position < end:
    name, is_double = fields.get(note[position], ('', False))
    if not name or name in places:
      return None
    start = position = position + 1
    if is_double:
      position += _DOUBLE_BYTES
      mask[start:position] = 0
    else:
      while position < end and note[position] >= 0x80:
        position += 1
      position += 1
      mask[start:position] = 0x80
      if position - start > _MAX_VARINT_BYTES:
        return None
    places[name] = start, position
  if position > end:
    return None
  return mask, np.frombuffer(note, np.uint8) & mask, places
