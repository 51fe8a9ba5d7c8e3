"""Zip directories: the members of an archive one by one, however many.

An archive ends with a directory: of each member a record of 46 bytes, its name
and further fields. Python's `zipfile` makes an object of each, which takes 500
bytes, and keeps all of them. Here it is given the records by portions, so that
what they say, and what is wrong with them, is what `zipfile` says.

Only where the directory is, is found here, as `zipfile` does: it ends where the
end record (or that of zip64) begins. Where it says to begin itself shows how
many foreign bytes stand in front of the archive.
"""

from collections.abc import Iterator
import io
import os
import struct
import typing
import zipfile

# Signature, four counts, size and place of the directory, length of a comment.
_END = struct.Struct('<4s4H2LH')
_END_MAGIC = b'PK\x05\x06'
_MAX_COMMENT_BYTES = 1 << 16
# Signature, size, versions, disks, counts, size and place of the directory.
_END_64 = struct.Struct('<4sQ2H2L4Q')
_END_64_MAGIC = b'PK\x06\x06'
# Behind that one: signature, disk, place, disks.
_LOCATOR = struct.Struct('<4sLQL')
_LOCATOR_MAGIC = b'PK\x06\x07'
_RECORD_BYTES = 46
# Of a record: the lengths of its name, further fields and comment.
_LENGTHS = struct.Struct('<3H')
_LENGTHS_AT = 28
# More than one record may have.
_PORTION_BYTES = 1 << 18


class Directory(typing.NamedTuple):
  """Where a directory is.

  Attributes:
    start: The place of its first byte.
    size: Its bytes.
    foreign: Bytes in front of the archive that its places don't count.
  """

  start: int
  size: int
  foreign: int


def find(stream: typing.BinaryIO) -> Directory:
  """Finds the directory of an archive.

  Raises:
    BadZipFile: If there is none.
  """
  end, size, place = _end_record(stream)
  locator = end - _LOCATOR.size
  if locator >= 0:
    stream.seek(locator)
    magic, disk, _, disks = _LOCATOR.unpack(stream.read(_LOCATOR.size))
    if magic == _LOCATOR_MAGIC:
      if disk or disks > 1:
        raise zipfile.BadZipFile(
            'zipfiles that span multiple disks are not supported'
        )
      if locator < _END_64.size:
        raise _no_archive()
      stream.seek(locator - _END_64.size)
      magic, *_, size_64, place_64 = _END_64.unpack(stream.read(_END_64.size))
      if magic == _END_64_MAGIC:
        end, size, place = locator - _END_64.size, size_64, place_64
  if size > end:
    raise zipfile.BadZipFile('Bad offset for central directory')
  return Directory(end - size, size, end - size - place)


def _no_archive() -> zipfile.BadZipFile:
  return zipfile.BadZipFile('File is not a zip file')


def _end_record(stream: typing.BinaryIO) -> tuple[int, int, int]:
  """Returns (place of the end record, directory's size, place as it says)."""
  stream.seek(0, os.SEEK_END)
  size = stream.tell()
  first = max(0, size - _END.size)
  stream.seek(first)
  tail = stream.read(_END.size)
  at = 0
  # Else there is a comment behind it.
  if not tail.startswith(_END_MAGIC) or tail[-2:] != bytes(2):
    first = max(0, first - _MAX_COMMENT_BYTES)
    stream.seek(first)
    tail = stream.read()
    at = tail.rfind(_END_MAGIC)
  if at < 0 or len(tail) - at < _END.size:
    raise _no_archive()
  *_, said_size, said_place, _ = _END.unpack_from(tail, at)
  return first + at, said_size, said_place


def members(
    stream: typing.BinaryIO, directory: Directory
) -> Iterator[zipfile.ZipInfo]:
  """Yields the members of an archive, in the order of its directory.

  Raises:
    Exception: What `zipfile` raises when it opens a damaged archive.
  """
  for records in _portions(stream, directory):
    end = _END.pack(_END_MAGIC, 0, 0, 0, 0, len(records), 0, 0)
    with zipfile.ZipFile(io.BytesIO(records + end)) as archive:
      portion = archive.infolist()
    for member in portion:
      member.header_offset += directory.foreign
      yield member


def _portions(
    stream: typing.BinaryIO, directory: Directory
) -> Iterator[bytes]:
  """Yields the bytes of some records; a damaged one ends the last of them."""
  rest, left = b'', directory.size
  while left:
    # The caller may have read elsewhere meanwhile.
    stream.seek(directory.start + directory.size - left)
    data = stream.read(min(_PORTION_BYTES, left))
    left = left - len(data) if data else 0
    data = rest + data
    end = _whole(data) if left else len(data)
    yield data[:end]
    rest = data[end:]


def _whole(data: bytes) -> int:
  """Returns how many bytes the records take that are whole."""
  end = 0
  while end + _RECORD_BYTES <= len(data):
    following = end + _RECORD_BYTES + sum(
        _LENGTHS.unpack_from(data, end + _LENGTHS_AT)
    )
    if following > len(data):
      break
    end = following
  return end
