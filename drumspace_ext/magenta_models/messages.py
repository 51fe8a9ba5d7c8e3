"""Protobuf messages without their schemas: the fields of a message, in order.

What Magenta and TensorFlow put into their files are protobuf messages, whose
classes come with TensorFlow alone. Their wire format is simple: a field is a
varint of its number and wire type, and then a varint (0), eight bytes (1), a
length and so many bytes (2) or four bytes (5). Source: protobuf.dev,
"Encoding". Nothing is copied: bytes come as views of the message.
"""

from collections.abc import Iterator
import struct

from drumspace_ext import errors

# A varint of 64 bits takes ten bytes.
_MAX_VARINT_BYTES = 10
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: struct.Struct('<Q'), _FIXED32: struct.Struct('<I')}


def varint(data: memoryview, position: int) -> tuple[int, int]:
  """Reads a varint.

  Args:
    data: Bytes.
    position: Where it begins.

  Returns:
    (value, the position behind it); the value is in [0, 2**64).

  Raises:
    CheckpointError: If there is none.
  """
  value = 0
  for number, byte in enumerate(data[position:position + _MAX_VARINT_BYTES]):
    value |= (byte & 0x7F) << 7 * number
    if byte < 0x80:
      return value & 0xFFFFFFFFFFFFFFFF, position + number + 1
  raise errors.CheckpointError('a number in it does not end')


def fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
  """Yields (number, value) of the fields of a message.

  Values are ints, not negative, or views of the bytes.

  Raises:
    CheckpointError: If the bytes are no message.
  """
  position = 0
  while position < len(data):
    tag, position = varint(data, position)
    number, wire_type = tag >> 3, tag & 7
    if not number:
      raise errors.CheckpointError('a field in it has the number 0')
    if wire_type == _VARINT:
      value, position = varint(data, position)
      yield number, value
      continue
    if wire_type == _BYTES:
      size, position = varint(data, position)
    elif wire_type in _FIXED:
      size = _FIXED[wire_type].size
    else:
      raise errors.CheckpointError(f'a field in it has wire type {wire_type}')
    content = data[position:position + size]
    if len(content) < size:
      raise errors.CheckpointError('a field in it is longer than the rest')
    position += size
    if wire_type == _BYTES:
      yield number, content
    else:
      yield number, _FIXED[wire_type].unpack(content)[0]


def value_of(
    data: memoryview, number: int, kind: type[int] | type[memoryview]
) -> int | memoryview | None:
  """Returns the last value of a field, as protobuf does; None if not there.

  Raises:
    CheckpointError: If the bytes are no message, or it is of another kind.
  """
  found = None
  for other, value in fields(data):
    if other == number:
      if not isinstance(value, kind):
        raise errors.CheckpointError(f'field {number} in it is of another type')
      found = value
  return found


def integer(data: memoryview, number: int, default: int = 0) -> int:
  """Returns the last value of a field of integers; see `value_of`."""
  value = value_of(data, number, int)
  return value if isinstance(value, int) else default


def content(data: memoryview, number: int) -> memoryview:
  """Returns the bytes of a field, empty if not there; see `value_of`."""
  value = value_of(data, number, memoryview)
  return value if isinstance(value, memoryview) else memoryview(b'')


def contents(data: memoryview, number: int) -> Iterator[memoryview]:
  """Yields the bytes of each field of a number; see `fields`."""
  for other, value in fields(data):
    if other == number and isinstance(value, memoryview):
      yield value


def text(data: memoryview, number: int) -> str:
  """Returns the text of a field, '' if not there.

  Raises:
    CheckpointError: If it is no UTF-8.
  """
  try:
    return bytes(content(data, number)).decode('utf-8')
  except UnicodeDecodeError as e:
    raise errors.CheckpointError('a name in it is no UTF-8') from e
