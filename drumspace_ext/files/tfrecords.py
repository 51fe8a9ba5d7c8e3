"""TFRecord files without TensorFlow.

A record is, in this order: the length of the data (little-endian uint64), the
masked CRC32C of those eight bytes (uint32), the data, the masked CRC32C of the
data (uint32), where `mask(c) = ((c >> 15 | c << 17) + 0xa282ead8) mod 2^32`.
A file may be compressed as a whole, with gzip, which shows in its first two
bytes, or with zlib, whose two may begin a plain file too: there the head of
what it unpacks to decides. Reading checks both checksums; what it can't read it
reports and goes on where the framing allows it.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import dataclasses
import gzip
import io
import pathlib
import struct
import typing
import zlib

import google_crc32c

from drumspace_ext.files import remote_paths

if typing.TYPE_CHECKING:
  import _typeshed

# A song is some 100 kB as a NoteSequence. A length beyond this is damage (or
# an attack), whatever its checksum says.
MAX_RECORD_BYTES = 64 << 20

GZIP, ZLIB = 'gzip', 'zlib'

# A deflate block may have 300 bytes of tables before its first data.
HEAD_BYTES = 1024

_HEADER = struct.Struct('<QI')
_CRC = struct.Struct('<I')
_GZIP_MAGIC = b'\x1f\x8b'
_MASK_DELTA = 0xA282EAD8
# Read by pieces, so that a lying length can't reserve memory.
_READ_BYTES = 1 << 20


@dataclasses.dataclass(frozen=True)
class DamagedRecord:
  """A record that could not be read.

  Attributes:
    index: Its number in the file, from 0.
    reason: A key of `rejections.REASONS`.
    detail: What was found, in words.
  """

  index: int
  reason: str
  detail: str


class Stream(typing.Protocol):
  """What bytes are read from."""

  def read(self, size: int = ..., /) -> bytes:
    """Returns up to so many bytes; none at the end."""


def masked(crc: int) -> int:
  """Returns a CRC32C as TensorFlow and LevelDB store it."""
  return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF


def _masked_crc(data: bytes) -> int:
  return masked(google_crc32c.value(data))


def frame(data: bytes) -> bytes:
  """Returns one record with its length and checksums around it."""
  length = struct.pack('<Q', len(data))
  return b''.join((
      length, _CRC.pack(_masked_crc(length)), data,
      _CRC.pack(_masked_crc(data)),
  ))


def starts_like_tfrecord(head: bytes) -> bool:
  """Says whether the first 12 bytes of a file are a sound record header."""
  if len(head) < _HEADER.size:
    return False
  _, crc = _HEADER.unpack_from(head)
  return crc == _masked_crc(head[:8])


def compression_of(head: bytes) -> str:
  """Tells how a file is compressed by its first `HEAD_BYTES`.

  Returns:
    `GZIP`, `ZLIB`, or '' for not at all.
  """
  if head[:2] == _GZIP_MAGIC:
    return GZIP
  # RFC 1950: deflate, and both bytes together a multiple of 31.
  if (
      starts_like_tfrecord(head) or len(head) < 2 or head[0] & 0x0F != 8
      or int.from_bytes(head[:2], 'big') % 31
  ):
    return ''
  unpacker = zlib.decompressobj()
  try:
    first = unpacker.decompress(head, _HEADER.size)
  except zlib.error:
    return ''
  is_empty = unpacker.eof and not first
  return ZLIB if is_empty or starts_like_tfrecord(first) else ''


def compression(path: remote_paths.ReadablePath) -> str:
  """Tells how a file is compressed; see `compression_of`."""
  with path.open('rb') as stream:
    return compression_of(stream.read(HEAD_BYTES))


class _ZlibReader(io.RawIOBase):
  """What a stream compressed with zlib unpacks to, read by small pieces."""

  def __init__(self, stream: Stream):
    self._stream = stream
    self._unpacker = zlib.decompressobj()

  def readable(self) -> bool:
    return True

  def readinto(self, given: '_typeshed.WriteableBuffer') -> int:
    buffer = memoryview(given)
    while not self._unpacker.eof:
      packed = self._unpacker.unconsumed_tail or self._stream.read(
          io.DEFAULT_BUFFER_SIZE
      )
      if not packed:
        raise EOFError('the compressed file ends before its end is marked')
      data = self._unpacker.decompress(packed, len(buffer))
      if data:
        buffer[:len(data)] = data
        return len(data)
    if self._unpacker.unused_data or self._stream.read(1):
      raise OSError('foreign bytes behind the compressed data')
    return 0


@contextlib.contextmanager
def open_bytes(path: remote_paths.ReadablePath) -> Iterator[Stream]:
  """Opens a file for reading, unpacked where it is compressed."""
  with path.open('rb') as stream, _unpacked(stream) as unpacked:
    yield unpacked


@contextlib.contextmanager
def _unpacked(stream: typing.BinaryIO) -> Iterator[Stream]:
  kind = compression_of(stream.read(HEAD_BYTES))
  stream.seek(0)
  if kind == GZIP:
    with gzip.open(stream) as unpacked:
      yield unpacked
  elif kind == ZLIB:
    yield io.BufferedReader(_ZlibReader(stream))
  else:
    yield stream


def _read_exactly(stream: Stream, size: int) -> bytes:
  if size <= _READ_BYTES:
    return stream.read(size)
  parts = []
  while size > 0:
    part = stream.read(min(size, _READ_BYTES))
    if not part:
      break
    parts.append(part)
    size -= len(part)
  return b''.join(parts)


def read_stream(stream: Stream) -> Iterator[bytes | DamagedRecord]:
  """Yields the records of an open binary file, and what is damaged, in order.

  A record whose data fails its checksum is lost alone. Behind a damaged length
  or a cut nothing can be found again: one `DamagedRecord` stands for the rest.
  """
  index = 0
  while True:
    try:
      header = stream.read(_HEADER.size)
      if not header:
        return
      if len(header) < _HEADER.size:
        yield DamagedRecord(
            index, 'tfrecord_truncated',
            f'record {index}: the file ends inside its header',
        )
        return
      length, crc = _HEADER.unpack(header)
      if crc != _masked_crc(header[:8]) or length > MAX_RECORD_BYTES:
        yield DamagedRecord(
            index, 'tfrecord_length',
            f'record {index}: its length is damaged; the rest of the file '
            'is lost',
        )
        return
      data = _read_exactly(stream, length)
      tail = stream.read(_CRC.size) if len(data) == length else b''
    except (EOFError, OSError, zlib.error) as e:
      yield DamagedRecord(
          index, 'tfrecord_truncated',
          f'record {index}: {e}; the rest of the file is lost',
      )
      return
    if len(tail) < _CRC.size:
      yield DamagedRecord(
          index, 'tfrecord_truncated',
          f'record {index}: the file ends inside it',
      )
      return
    if _CRC.unpack(tail)[0] != _masked_crc(data):
      yield DamagedRecord(
          index, 'tfrecord_crc',
          f'record {index}: its checksum does not fit its data',
      )
    else:
      yield data
    index += 1


def read(
    path: remote_paths.ReadablePath | str,
) -> Iterator[bytes | DamagedRecord]:
  """Yields the records of a file, packed or not; see `read_stream`.

  Raises:
    OSError: If the file can't be opened.
  """
  for _, record in read_on(path):
    yield record


def read_on(
    path: remote_paths.ReadablePath | str,
) -> Iterator[tuple[int, bytes | DamagedRecord]]:
  """Yields (bytes of the file read so far, packed as they are, record).

  Raises:
    OSError: If the file can't be opened.
  """
  if isinstance(path, str):
    path = pathlib.Path(path)
  with path.open('rb') as stream, _unpacked(stream) as unpacked:
    for record in read_stream(unpacked):
      yield stream.tell(), record


def write(stream: typing.BinaryIO, records: Iterable[bytes]) -> int:
  """Writes records to an open binary file and returns how many they were."""
  count = 0
  for record in records:
    stream.write(frame(record))
    count += 1
  return count
