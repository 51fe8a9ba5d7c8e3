"""Record kinds: what the bytes of a TFRecord hold.

A file of SequenceExamples (what drums_rnn trains on) is easily taken for one of
NoteSequences (what it is made from): magenta 1145. Neither says what it is, so
the bytes are looked at as protobuf fields, without TensorFlow.
"""

from drumspace_ext import errors
from drumspace_ext import note_sequences

NOTE_SEQUENCE = 'NoteSequence'
SEQUENCE_EXAMPLE = 'SequenceExample'
EXAMPLE = 'Example'
UNKNOWN = 'unknown'

_LENGTH_DELIMITED = 2


def _varint(data: bytes, position: int) -> tuple[int, int]:
  value = shift = 0
  while True:
    byte = data[position]
    position += 1
    value |= (byte & 0x7F) << shift
    if byte < 0x80:
      return value, position
    shift += 7
    if shift > 63:
      raise ValueError


def _fields(data: bytes) -> list[tuple[int, bytes]]:
  """Returns (number, bytes) of a message made of messages alone.

  Raises:
    ValueError: If it has fields of another kind, or is no message.
    IndexError: If it is cut.
  """
  fields, position = [], 0
  while position < len(data):
    key, position = _varint(data, position)
    if key & 7 != _LENGTH_DELIMITED:
      raise ValueError
    length, position = _varint(data, position)
    if position + length > len(data):
      raise IndexError
    fields.append((key >> 3, data[position:position + length]))
    position += length
  return fields


def _is_feature_map(data: bytes) -> bool:
  """Says whether a message is a map of names: {1: {1: name, 2: message}}."""
  entries = _fields(data)
  for number, entry in entries:
    inner = _fields(entry)
    if number != 1 or {n for n, _ in inner} - {1, 2} or not inner:
      return False
    if not dict(inner).get(1, b'').isascii():
      return False
  return bool(entries)


def of_record(data: bytes) -> str:
  """Returns what a record holds, one of the constants of this module."""
  try:
    fields = _fields(data)
    if fields and all(
        number in (1, 2) and (not value or _is_feature_map(value))
        for number, value in fields
    ):
      numbers = {number for number, _ in fields}
      return SEQUENCE_EXAMPLE if 2 in numbers else EXAMPLE
  except (ValueError, IndexError):
    pass
  try:
    note_sequences.parse(data)
  except errors.RejectedInputError:
    return UNKNOWN
  return NOTE_SEQUENCE
