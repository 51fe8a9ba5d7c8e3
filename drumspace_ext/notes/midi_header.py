"""The head of a MIDI file: where it begins, what it says of itself.

A MIDI file may stand inside RIFF, or behind a MacBinary or mail header. What is
none is named for what it is.
"""

import struct
import typing

from drumspace_ext import errors
from drumspace_ext.files import midi_kinds

CHUNK_HEADER_BYTES = 8
# MIDI 2.0 clip files begin so (MIDI Clip File Specification, M2-116-U).
CLIP_MAGIC = b'SMF2CLIP'
# Independent patterns, one a track, and not one piece.
FORMAT_OF_PATTERNS = 2

_HEADER = struct.Struct('>4sIHHH')
SEARCH_BYTES = 4096
# A style is a MIDI file with chunks of Yamaha's behind its only track.
STYLE_CHUNK = b'CASM'


class Header(typing.NamedTuple):
  """What the head of a MIDI file says.

  Attributes:
    start: Where it begins.
    first_chunk: Where the chunk behind it begins.
    file_format: 0, 1 or 2.
    num_tracks: How many tracks it says that there are.
    ticks_per_quarter: Its resolution.
    is_style: Whether it is a Yamaha style.
  """

  start: int
  first_chunk: int
  file_format: int
  num_tracks: int
  ticks_per_quarter: int
  is_style: bool


def read(data: bytes) -> Header:
  """Finds the MIDI header of a file.

  Raises:
    RejectedInputError: If there is none, or its division is unusable.
  """
  if not data:
    raise errors.RejectedInputError('empty')
  if len(data) > midi_kinds.MAX_FILE_BYTES:
    raise errors.RejectedInputError(
        'too_large',
        f'{len(data)} bytes; the limit is {midi_kinds.MAX_FILE_BYTES}',
    )
  start = data.find(b'MThd', 0, SEARCH_BYTES)
  if start >= 0 and len(data) < start + _HEADER.size:
    raise errors.RejectedInputError('damaged_midi', 'it ends in its header')
  if start < 0:
    if data.startswith(CLIP_MAGIC):
      raise errors.RejectedInputError('midi_2_clip')
    raise errors.RejectedInputError('not_midi', _what_is(data))
  _, size, file_format, num_tracks, division = _HEADER.unpack_from(data, start)
  if division & 0x8000:
    raise errors.RejectedInputError(
        'smpte_division',
        f'{256 - (division >> 8)} frames a second, {division & 0xFF} ticks '
        'a frame',
    )
  if not division:
    raise errors.RejectedInputError('bad_division', 'division 0')
  # The header says how long it is; some lie, and then the first track tells.
  chunk = start + CHUNK_HEADER_BYTES + size
  if data[chunk:chunk + 4] != b'MTrk':
    found = data.find(b'MTrk', start)
    if found >= 0 and (size != 6 or not data[chunk:chunk + 4].isalnum()):
      chunk = found
  next_chunk = chunk_end(data, chunk)
  return Header(
      start, chunk, file_format, num_tracks, division,
      data[next_chunk:next_chunk + 4] == STYLE_CHUNK,
  )


def pack(num_tracks: int, ticks_per_quarter: int) -> bytes:
  """Returns the bytes of a header, format 1."""
  return _HEADER.pack(b'MThd', 6, 1, num_tracks, ticks_per_quarter)


def pack_track(events: bytes) -> bytes:
  """Returns the bytes of a track with these events."""
  return b'MTrk' + len(events).to_bytes(4, 'big') + events


def chunk_end(data: bytes, position: int) -> int:
  """Returns where the chunk at a position says that it ends."""
  return position + CHUNK_HEADER_BYTES + int.from_bytes(
      data[position + 4:position + CHUNK_HEADER_BYTES], 'big'
  )


def _what_is(data: bytes) -> str:
  """Names the kind of some bytes that are no MIDI file."""
  head = data[:512].lstrip().lower()
  kinds = (
      (data[:4] == b'PK\x03\x04', 'a zip archive'),
      (data[:4] == b'Rar!', 'a RAR archive'),
      (data[:2] == b'\x1f\x8b', 'a gzip file'),
      (data[:4] == b'RIFF', 'a RIFF file without MIDI in it'),
      (data[:3] in (b'ID3', b'GIF') or data[:4] == b'OggS',
       'sound or a picture'),
      (b'<html' in head or head.startswith(b'<!doctype'), 'a web page'),
      (not any(data[:512]), 'zero bytes'),
      (data[:512].isascii(), 'text'),
  )
  for fits, kind in kinds:
    if fits:
      return f'it looks like {kind}'
  return f'it begins with the bytes {data[:4].hex(" ")}'
