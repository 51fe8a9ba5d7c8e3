"""Record kinds: what the bytes of a TFRecord hold.

A file of SequenceExamples (what drums_rnn trains on) is easily taken for one of
NoteSequences (what it is made from): magenta 1145. Neither says what it is, so
the bytes are looked at as protobuf fields, without TensorFlow.
"""

from collections.abc import Iterator

from drumspace_ext import errors
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import protobuf_fields

NOTE_SEQUENCE = 'NoteSequence'
SEQUENCE_EXAMPLE = 'SequenceExample'
EXAMPLE = 'Example'
UNKNOWN = 'unknown'


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
  """Yields (number, bytes) of the fields of a message made of messages alone.

  Raises:
    ValueError: If it has fields of another kind, or is no message.
    IndexError: If it is cut.
  """
  for number, kind, start, end in protobuf_fields.fields(data):
    if kind != protobuf_fields.LENGTH_DELIMITED:
      raise ValueError(f'field {number} is no message')
    yield number, data[start:end]


def _is_feature_map(data: bytes) -> bool:
  """Says whether a message is a map of names: {1: {1: name, 2: message}}."""
  is_empty = True
  for number, entry in _messages(data):
    is_empty = False
    name = None
    for inner, value in _messages(entry):
      if inner not in (1, 2):
        return False
      name = value if inner == 1 else name or b''
    if number != 1 or name is None or not name.isascii():
      return False
  return not is_empty


def of_record(data: bytes) -> str:
  """Returns what a record holds, one of the constants of this module."""
  try:
    numbers = set()
    for number, value in _messages(data):
      if number not in (1, 2) or (value and not _is_feature_map(value)):
        raise ValueError('no feature map')
      numbers.add(number)
    if numbers:
      return SEQUENCE_EXAMPLE if 2 in numbers else EXAMPLE
  except (ValueError, IndexError):
    pass
  try:
    note_sequences.parse(data)
  except errors.RejectedInputError:
    return UNKNOWN
  return NOTE_SEQUENCE
