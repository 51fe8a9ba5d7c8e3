"""MIDI files read tolerantly: what a strict library refuses or drops.

Where the fast reader of `midi_parsing` fails, finds no drum note or may miss
some, this one walks the bytes itself. It needs no note-off (the published
drum_space pack holds note-ons alone), reads what there is of a cut file, finds
the tracks behind foreign chunks and wrong lengths, and knows percussion kits on
other channels than 10 (`midi_kits`). It reports notes, tempos and meters; it is
no general MIDI parser.
"""

import struct

from drumspace_ext.notes import midi_events
from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_kits
from drumspace_ext.notes import midi_tokens
from drumspace_ext.notes import midi_track_rows

MAX_NOTES = 4_000_000

# A delta time and two data bytes.
_MIN_EVENT_BYTES = 3
_CHUNK_HEADER = midi_header.CHUNK_HEADER_BYTES
# Bytes that follow a status of this high nibble.
_NUM_DATA = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}
_NUM_SYSTEM_DATA = {0xF1: 1, 0xF2: 2, 0xF3: 1}
_SYSEX = (0xF0, 0xF7)
_META, _META_END = midi_tokens.META, bytes((midi_tokens.META_END,))


def _next_track(data: bytes, position: int, scan: midi_events.Scan) -> int:
  """Returns where the next track chunk begins, or -1."""
  while position + _CHUNK_HEADER <= len(data):
    name = data[position:position + 4]
    if name == b'MTrk':
      return position
    (length,) = struct.unpack_from('>I', data, position + 4)
    if not name.isalnum() or position + _CHUNK_HEADER + length > len(data):
      # Not a chunk: look for the next track.
      scan.damage += 1
      return data.find(b'MTrk', position + 1)
    position += _CHUNK_HEADER + length
  return -1


def _length(data: bytes, position: int, end: int) -> tuple[int, int]:
  """Reads a variable-length number; returns (value, next position)."""
  value = 0
  for _ in range(4):
    if position >= end:
      raise IndexError
    byte = data[position]
    position += 1
    value = value << 7 | byte & 0x7F
    if byte < 0x80:
      break
  return value, position


def _scan_track(
    data: bytes, position: int, end: int, scan: midi_events.Scan
) -> int:
  """Walks one track and returns where it says that it ends.

  Raises:
    IndexError: If it ends inside an event.
  """
  notes: list[midi_events.Note] = []
  offs: list[midi_events.Off] = []
  try:
    return _walk(data, position, end, scan, notes, offs)
  finally:
    scan.add_part(notes, offs)


def _walk(
    data: bytes, position: int, end: int, scan: midi_events.Scan,
    notes: list[midi_events.Note], offs: list[midi_events.Off],
) -> int:
  """Does it, and adds to the notes and note-offs of the track."""
  tick = 0
  running = 0
  needs_delta = True
  before, max_offs = scan.num_notes, MAX_NOTES - scan.num_offs
  while position < end:
    if needs_delta:
      delta, position = _length(data, position, end)
      tick += delta
    needs_delta = True
    status = data[position] if position < end else -1
    if status < 0:
      raise IndexError
    if status >= 0x80:
      position += 1
    else:
      status = running
    if status >= 0xF0:
      if status == _META and data[position:position + 1] == _META_END:
        return position + len(_META_END) + 1
      position = _system(
          data, position, end, status, tick, before + len(notes), scan
      )
      continue
    if not status:
      # A data byte where no event has begun yet.
      scan.damage += 1
      position += 1
      continue
    running = status
    kind, channel = status >> 4, status & 0x0F
    event = data[position:min(position + _NUM_DATA[kind], end)]
    if not event.isascii():
      # A data byte is missing: the byte in its place begins the next event.
      scan.damage += 1
      position += next(i for i, byte in enumerate(event) if byte > 0x7F)
      needs_delta = False
      continue
    if len(event) < _NUM_DATA[kind]:
      raise IndexError
    position += len(event)
    if kind == 0x9 and event[1]:
      notes.append((tick, channel, event[0], event[1]))
      if before + len(notes) > MAX_NOTES:
        raise IndexError
    elif kind in (0x8, 0x9):
      offs.append((
          tick, channel, event[0], before + len(notes),
          len(scan.track_starts) - 1,
      ))
      if len(offs) > max_offs:
        raise IndexError
    elif kind == 0xB and event[0] == 0:
      scan.add_message(
          tick, midi_kits.BANK, channel, event[1], before + len(notes)
      )
    elif kind == 0xC:
      scan.add_message(
          tick, midi_kits.PROGRAM, channel, event[0], before + len(notes)
      )
  return end


def _system(
    data, position, end, status, tick, number, scan: midi_events.Scan
) -> int:
  """Reads a system or meta event behind its status; returns what follows."""
  if status == _META:
    if position >= end:
      raise IndexError
    kind = data[position]
    length, position = _length(data, position + 1, end)
    scan.add_meta(tick, kind, data[position:min(position + length, end)])
    return position + length
  if status in _SYSEX:
    length, position = _length(data, position, end)
    found = midi_kits.of_sysex(data[position:min(position + length, end)])
    if found:
      scan.add_message(tick, *found, number)
    return position + length
  if status not in _NUM_SYSTEM_DATA:
    scan.damage += 1
  return position + _NUM_SYSTEM_DATA.get(status, 0)


def _read_track(
    data: bytes, position: int, end: int, scan: midi_events.Scan,
    rows: midi_tokens.Rows | None,
) -> int:
  """Reads one track: at once if it is sound and small; see `_scan_track`.

  Args:
    data: The file.
    position: Where its events begin.
    end: Where they end.
    scan: Takes what is read.
    rows: Its events, if they are known.
  """
  num_events = (end - position) // _MIN_EVENT_BYTES
  found = None
  if (
      scan.num_notes + scan.num_offs + num_events <= MAX_NOTES
      and len(scan.messages) + num_events <= midi_events.MAX_MESSAGES
  ):
    if rows is not None:
      midi_tokens.add_rows(rows, scan)
      return end
    found = midi_tokens.read_track(data, position, end, scan)
  if found is None:
    found = _scan_track(data, position, end, scan)
  return found


def scan(
    data: bytes, first_chunk: int, *, max_tracks: int | None = None,
    is_style: bool = False, first_bytes: bytes | None = None,
) -> midi_events.Scan:
  """Reads all tracks of a MIDI file.

  Args:
    data: The bytes of the file.
    first_chunk: Where the chunk behind the header begins.
    max_tracks: How many tracks are read; all that there are if None.
    is_style: Whether the file is a Yamaha style.
    first_bytes: Pass over tracks without any of these bytes.

  Returns:
    What was found; events of all tracks, each track in its own order.
  """
  result = midi_events.Scan(is_style=is_style)
  known = midi_track_rows.of_tracks(data, first_chunk, first_bytes)
  position = first_chunk
  while (position := _next_track(data, position, result)) >= 0:
    if position + _CHUNK_HEADER > len(data):
      result.damage += 1
      break
    (length,) = struct.unpack_from('>I', data, position + 4)
    start = position + _CHUNK_HEADER
    position = min(start + length, len(data))
    if start + length > len(data):
      result.damage += 1
    result.track_starts.append(result.num_notes)
    rows = known.get((start, position))
    if rows is None and (
        (start, position) in known
        or not midi_track_rows.matters(data, start, position, first_bytes)
    ):
      continue
    try:
      end = _read_track(data, start, position, result, rows)
      # A length too large would hide the tracks behind it.
      if end < position and data[end:end + 4] == b'MTrk':
        result.damage += 1
        position = end
    except IndexError:
      result.damage += 1
    if result.num_notes > MAX_NOTES:
      break
    if max_tracks is not None and len(result.track_starts) >= max_tracks:
      break
  return result
