"""Tables: TensorFlow's sorted string tables, in LevelDB's format.

A *table* is a file of blocks. A *block* is a run of entries, a byte that says
how it is compressed (0: not at all), and the masked CRC32C of both. An *entry*
is three varints (how many bytes of the key are those of the key before, how
many follow, the value's size), the rest of the key, and the value; behind the
entries stand the offsets of some of them (uint32 each) and their number. The
last 48 bytes are the *footer*: offset and size of two blocks, padding, and a
magic number. The second of them, the index, has an entry for each block of
data, whose value is that block's offset and size.

Source: "leveldb/doc/table_format.md" (BSD licence); TensorFlow keeps to it
(`tensorflow/core/lib/io/table.h`). Nothing that is read here is copied, and no
size in a file is believed before it is compared with what is there.
"""

from collections.abc import Iterator
import struct

import google_crc32c

from drumspace_ext import errors
from drumspace_ext.files import tfrecords
from drumspace_ext.magenta_models import messages

MAGIC = bytes.fromhex('57fb808b247547db')
_FOOTER_BYTES = 48
# Behind each block: how it is compressed, and its checksum.
_TRAILER = struct.Struct('<BI')
_OFFSET = struct.Struct('<I')
# Names of variables have some hundred characters at most.
_MAX_KEY_BYTES = 4096


def is_table(end: bytes) -> bool:
  """Says whether a file that ends so is a table."""
  return end.endswith(MAGIC)


def _handle(data: memoryview, position: int) -> tuple[int, int, int]:
  """Returns (offset, size, the position behind) of a block's place."""
  offset, position = messages.varint(data, position)
  size, position = messages.varint(data, position)
  return offset, size, position


def _block(table: memoryview, offset: int, size: int) -> memoryview:
  """Returns the entries of a block, its checksum checked."""
  end = offset + size
  if end + _TRAILER.size > len(table) - _FOOTER_BYTES:
    raise errors.CheckpointError('a block of its table is behind its end')
  compression, checksum = _TRAILER.unpack_from(table, end)
  if compression:
    raise errors.CheckpointError(
        f'a block of its table is compressed (type {compression}); TensorFlow '
        'writes checkpoints uncompressed'
    )
  # google_crc32c takes bytes alone; a block is copied for a moment.
  crc = google_crc32c.value(bytes(table[offset:end + 1]))
  if checksum != tfrecords.masked(crc):
    raise errors.CheckpointError(
        'the checksum of a block of its table does not fit'
    )
  block = table[offset:end]
  if size < _OFFSET.size:
    raise errors.CheckpointError('a block of its table is too short')
  (num_offsets,) = _OFFSET.unpack_from(block, size - _OFFSET.size)
  size -= (num_offsets + 1) * _OFFSET.size
  if size < 0:
    raise errors.CheckpointError('a block of its table is too short')
  return block[:size]


def _entries(block: memoryview) -> Iterator[tuple[bytes, memoryview]]:
  """Yields (key, value) of a block."""
  position, key = 0, b''
  while position < len(block):
    shared, position = messages.varint(block, position)
    rest, position = messages.varint(block, position)
    size, position = messages.varint(block, position)
    if shared > len(key) or shared + rest > _MAX_KEY_BYTES:
      raise errors.CheckpointError('a key of its table has an odd length')
    if rest + size > len(block) - position:
      raise errors.CheckpointError('an entry of its table is cut')
    key = key[:shared] + bytes(block[position:position + rest])
    position += rest
    yield key, block[position:position + size]
    position += size


def read(table: memoryview) -> Iterator[tuple[bytes, memoryview]]:
  """Yields (key, value) of all entries of a table, in its order.

  Args:
    table: The whole file.

  Raises:
    CheckpointError: If it is damaged, or no table.
  """
  if len(table) < _FOOTER_BYTES or not is_table(bytes(table[-len(MAGIC):])):
    raise errors.CheckpointError('it does not end like a table of TensorFlow')
  footer = table[-_FOOTER_BYTES:]
  _, _, position = _handle(footer, 0)
  offset, size, _ = _handle(footer, position)
  end = 0
  for _, place in _entries(_block(table, offset, size)):
    offset, size, _ = _handle(place, 0)
    # No block is read twice, however often an index may name it.
    if offset < end:
      raise errors.CheckpointError('the blocks of its table overlap')
    end = offset + size
    yield from _entries(_block(table, offset, size))
