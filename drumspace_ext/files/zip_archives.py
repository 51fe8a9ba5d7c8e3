"""Zip archives: their MIDI members, read within limits.

An archive is untrusted: its names may lead out of a folder, and a few bytes may
unpack to gigabytes. Nothing is ever unpacked to disk here. The directory of
members, of which there may be two million, is gone through twice, once to check
all of it, and never held in memory: who unpacks a member is given its record.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses
import io
import re
import typing
import zipfile

from drumspace_ext import errors
from drumspace_ext.files import midi_kinds
from drumspace_ext.files import reader_faults
from drumspace_ext.files import remote_paths
from drumspace_ext.files import zip_directories

MAX_MEMBERS = 2_000_000
# Real MIDI files deflate to a third or so; a long loop of one bar to a
# hundredth. What expands more than this is made to hurt.
MAX_RATIO = 200
_RATIO_COUNTS_FROM_BYTES = 1 << 20
# Members over one another make much of few bytes; so may a damaged length.
_MAX_OVERLAP = 8
# The earliest date that an archive can hold: the same input, the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)
_MAGIC, _MEMBER_MAGIC = b'PK', b'PK\x03\x04'
_EMPTY = b'PK\x05\x06' + bytes(18)
_DRIVE = re.compile('[A-Za-z]:')
# What `zipfile` unpacks a member by, or says of it.
_RECORD = (
    'header_offset', 'compress_size', 'file_size', 'compress_type',
    'flag_bits', 'CRC', 'external_attr',
)


class Member(typing.NamedTuple):
  """What a member of an archive is unpacked by, in any process.

  Attributes:
    name: Its name; two may have one, and some have none.
    place: Its number in the directory, from 0.
    stored_name: Its name with what may stand behind a zero byte.
    record: What else the directory says.
  """

  name: str
  place: int
  stored_name: str
  record: tuple[int, ...]

  @property
  def is_midi(self) -> bool:
    """Whether its name is that of a MIDI file."""
    return _is_midi(self.name)

  @property
  def num_bytes(self) -> int:
    """Bytes that it takes in the archive."""
    return self.record[1]


@dataclasses.dataclass
class Archive:
  """An archive that was checked.

  Attributes:
    path: Where it is.
    num_members: How many records its directory has.
    midi_bytes: Bytes that MIDI files take in it.
    foreign: Bytes in front of its first member.
  """

  path: remote_paths.ReadablePath
  num_members: int = 0
  midi_bytes: int = 0
  foreign: int = 0

  def members(self) -> Iterator[Member]:
    """Yields its members but for folders, in the order of the directory."""
    with self.path.open('rb') as stream:
      directory = zip_directories.find(stream)
      for place, member in enumerate(
          zip_directories.members(stream, directory)
      ):
        if not (member.filename and member.is_dir()):
          yield Member(
              member.filename, place, member.orig_filename,
              tuple(getattr(member, name) for name in _RECORD),
          )

  def read(
      self, members: Iterable[Member]
  ) -> Iterator[bytes | errors.RejectedInputError]:
    """Yields the bytes of some members; of what can't be unpacked the error."""
    # One that lists nothing, but knows how to unpack.
    archive = zipfile.ZipFile(io.BytesIO(_EMPTY))
    with self.path.open('rb') as stream:
      archive.fp = stream
      try:
        for member in members:
          yield self._unpacked(archive, stream, member)
      finally:
        archive.fp = None

  def _unpacked(
      self, archive: zipfile.ZipFile, stream: typing.BinaryIO, member: Member
  ) -> bytes | errors.RejectedInputError:
    info = zipfile.ZipInfo(member.stored_name)
    for name, value in zip(_RECORD, member.record):
      setattr(info, name, value)
    try:
      if self.foreign:
        stream.seek(info.header_offset)
        # Python takes foreign bytes to stand in front of all members; behind
        # some of them, these stand where they are said to.
        if stream.read(len(_MEMBER_MAGIC)) != _MEMBER_MAGIC:
          info.header_offset -= self.foreign
      with archive.open(info) as opened:
        # One byte more than allowed shows that the declared size lied.
        return opened.read(midi_kinds.MAX_FILE_BYTES + 1)
    # Damage shows as BadZipFile, zlib.error, EOFError, RuntimeError
    # (encrypted) or NotImplementedError (a method that Python lacks).
    except Exception as e:  # noqa: BLE001
      return errors.RejectedInputError('bad_zip_member', reader_faults.said(e))


def starts_like_zip(head: bytes) -> bool:
  """Says whether a file begins like a zip archive, an empty one included."""
  return head[:2] == _MAGIC and head[2:4] in (b'\x03\x04', b'\x05\x06')


def check(path: remote_paths.ReadablePath) -> Archive:
  """Goes through the directory of an archive and checks it.

  Raises:
    InputError: If it is no zip archive, or not a safe one.
  """
  found = Archive(path)
  problem: str | None = None
  first: int | None = None
  taken = 0
  try:
    with path.open('rb') as stream:
      directory = zip_directories.find(stream)
      for member in zip_directories.members(stream, directory):
        found.num_members += 1
        offset = member.header_offset
        first = offset if first is None else min(first, offset)
        taken += min(member.compress_size, directory.start)
        if member.filename and not member.is_dir():
          problem = problem or _problem(path, member)
          if _is_midi(member.filename):
            found.midi_bytes += member.compress_size
  # Damage shows as BadZipFile, OSError, ValueError, NotImplementedError,
  # struct.error, IndexError or UnicodeDecodeError, and others by version.
  except Exception as e:
    reader_faults.log(e)
    raise errors.InputError(
        f"{path} can't be read as a zip archive: {reader_faults.said(e)}. "
        'Fetch or pack it again.'
    ) from e
  if found.num_members > MAX_MEMBERS:
    problem = (
        f'{path} has {found.num_members} members; at most {MAX_MEMBERS} are '
        'read.'
    )
  elif taken > _MAX_OVERLAP * directory.start:
    problem = problem or (
        f'{path} has members of {taken} bytes in {directory.start}, one over '
        'another. That is a zip bomb; it was not read.'
    )
  if problem:
    raise errors.InputError(problem)
  found.foreign = first or 0
  return found


def _problem(
    path: remote_paths.ReadablePath, member: zipfile.ZipInfo
) -> str | None:
  """Says why a member is not safe."""
  name = member.filename
  parts = name.replace('\\', '/').split('/')
  if '..' in parts or parts[0] == '' or _DRIVE.match(parts[0]):
    return (
        f'{path} has a member named {name!r}, which leads out of the archive. '
        'It is not safe to unpack; pack it again without such names.'
    )
  if (
      member.file_size > _RATIO_COUNTS_FROM_BYTES and _is_midi(name)
      and member.file_size > MAX_RATIO * max(member.compress_size, 1)
  ):
    return (
        f'{path}: {name!r} unpacks from {member.compress_size} to '
        f'{member.file_size} bytes. That is a zip bomb and no MIDI file; it '
        'was not read.'
    )
  return None


def _is_midi(name: str) -> bool:
  # macOS packs a shadow of each file, with its name and no MIDI in it.
  shadow = '__MACOSX/' in name
  return name.lower().endswith(midi_kinds.EXTENSIONS) and not shadow


def add(
    archive: zipfile.ZipFile, name: str, content: bytes | Iterable[bytes]
) -> None:
  """Adds a file to an archive, with the same bytes at any time."""
  info = zipfile.ZipInfo(name, _DATE)
  info.external_attr = 0o644 << 16
  info.compress_type = zipfile.ZIP_DEFLATED
  with archive.open(info, 'w') as member:
    for part in [content] if isinstance(content, bytes) else content:
      member.write(part)
