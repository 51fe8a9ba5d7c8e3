"""Zip archives: their MIDI members, read within limits.

An archive is untrusted: its names may lead out of a folder, and a few bytes may
unpack to gigabytes. Nothing is ever unpacked to disk here.
"""

from collections.abc import Iterator
import copy
import os
import pathlib
import re
import typing
import zipfile

from drumspace_ext import errors
from drumspace_ext.files import midi_kinds
from drumspace_ext.files import reader_faults
from drumspace_ext.files import remote_paths

MAX_MEMBERS = 2_000_000
# Real MIDI files deflate to a third or so; a long loop of one bar to a
# hundredth. What expands more than this is made to hurt.
MAX_RATIO = 200
_RATIO_COUNTS_FROM_BYTES = 1 << 20
_MAGIC, _MEMBER_MAGIC = b'PK', b'PK\x03\x04'
_DRIVE = re.compile('[A-Za-z]:')
# The last archive of so many members or more, by path, number, size and time.
_MANY = 1_000
_LARGE: dict[tuple[str, int, int, int], tuple[zipfile.ZipFile, int]] = {}


def starts_like_zip(head: bytes) -> bool:
  """Says whether a file begins like a zip archive, an empty one included."""
  return head[:2] == _MAGIC and head[2:4] in (b'\x03\x04', b'\x05\x06')


def _check(path: remote_paths.ReadablePath, member: zipfile.ZipInfo) -> None:
  parts = member.filename.replace('\\', '/').split('/')
  if '..' in parts or parts[0] == '' or _DRIVE.match(parts[0]):
    raise errors.InputError(
        f'{path} has a member named {member.filename!r}, which leads out of '
        'the archive. It is not safe to unpack; pack it again without such '
        'names.'
    )
  if (
      _is_midi(member.filename) and member.file_size > _RATIO_COUNTS_FROM_BYTES
      and member.file_size > MAX_RATIO * max(member.compress_size, 1)
  ):
    raise errors.InputError(
        f'{path}: {member.filename!r} unpacks from {member.compress_size} to '
        f'{member.file_size} bytes. That is a zip bomb and no MIDI file; '
        'it was not read.'
    )


def _is_midi(name: str) -> bool:
  # macOS packs a shadow of each file, with its name and no MIDI in it.
  shadow = '__MACOSX/' in name
  return name.lower().endswith(midi_kinds.EXTENSIONS) and not shadow


def midi_members(
    path: remote_paths.ReadablePath,
) -> tuple[list[tuple[str, int]], list[str], list[int]]:
  """Lists an archive.

  Args:
    path: A zip archive.

  Returns:
    (names of MIDI members with their places in the archive, sorted; names of
    other files; places of members without a name). Two members may have one
    name.

  Raises:
    InputError: If it is no zip archive, or not a safe one.
  """
  try:
    with path.open('rb') as stream, zipfile.ZipFile(stream) as archive:
      members = archive.infolist()
  # Damage shows as BadZipFile, OSError, ValueError, NotImplementedError,
  # struct.error, IndexError or UnicodeDecodeError, and others by version.
  except Exception as e:
    reader_faults.log(e)
    raise errors.InputError(
        f"{path} can't be read as a zip archive: {reader_faults.said(e)}. "
        'Fetch or pack it again.'
    ) from e
  if len(members) > MAX_MEMBERS:
    raise errors.InputError(
        f'{path} has {len(members)} members; at most {MAX_MEMBERS} are read.'
    )
  midi, others, nameless = [], [], []
  for place, member in enumerate(members):
    name = member.filename
    if not name:
      nameless.append(place)
      continue
    if member.is_dir():
      continue
    _check(path, member)
    if _is_midi(name):
      midi.append((name, place))
    else:
      others.append(name)
  return sorted(midi), sorted(others), nameless


def _listed(
    path: remote_paths.ReadablePath, stream: typing.BinaryIO
) -> tuple[zipfile.ZipFile, int]:
  """Returns a closed archive, which knows its members, and the bytes before.

  A large one is read by many loads, one after the other; to list 100,000
  members for each of them takes a hundred times as long as to read them.
  """
  place = None
  if isinstance(path, pathlib.Path):
    status = os.fstat(stream.fileno())
    place = (str(path), status.st_ino, status.st_size, status.st_mtime_ns)
    if place in _LARGE:
      return _LARGE[place]
  with zipfile.ZipFile(stream) as archive:
    members = archive.infolist()
  found = archive, min((m.header_offset for m in members), default=0)
  if place and len(members) >= _MANY:
    _LARGE.clear()
    _LARGE[place] = found
  return found


def read_members(
    path: remote_paths.ReadablePath, places: list[int]
) -> Iterator[bytes | errors.RejectedInputError]:
  """Yields the bytes of members; of what can't be unpacked the error."""
  with path.open('rb') as stream:
    listed, foreign = _listed(path, stream)
    # One of its own, for threads may read one archive.
    archive = copy.copy(listed)
    archive.fp = stream
    try:
      yield from _unpacked(archive, stream, foreign, places)
    finally:
      archive.fp = None


def _unpacked(
    archive: zipfile.ZipFile, stream: typing.BinaryIO, foreign: int,
    places: list[int],
) -> Iterator[bytes | errors.RejectedInputError]:
  members = archive.infolist()
  for place in places:
    try:
      stream.seek(members[place].header_offset)
      # Python takes foreign bytes to stand in front of all members; behind
      # some of them, these stand where they are said to.
      if foreign and stream.read(len(_MEMBER_MAGIC)) != _MEMBER_MAGIC:
        members[place].header_offset -= foreign
      with archive.open(members[place]) as member:
        # One byte more than allowed shows that the declared size lied.
        yield member.read(midi_kinds.MAX_FILE_BYTES + 1)
    # Damage shows as BadZipFile, zlib.error, EOFError, RuntimeError
    # (encrypted) or NotImplementedError (a method that Python lacks).
    except Exception as e:  # noqa: BLE001
      yield errors.RejectedInputError(
          'bad_zip_member', reader_faults.said(e)
      )
