"""Doubts: when the fast reading of a MIDI file may not be the whole truth.

symusic keeps a note only if a note-off ends it, and knows no kit but channel
10 (`midi_kit_doubts`). To ask a second reader each time would cost more than
the reading itself, so that these look at the bytes alone, in a few passes over
the file. A doubt is no finding: about one file in fifteen gives rise to one,
and most of these turn out to be well.
"""

from collections.abc import Iterator

import numpy as np

from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_kits

_SYSTEM, _SYSTEM_MORE, _META = 0xF0, 0xF7, 0xFF
_META_BYTE = bytes((_META,))
_MAX_DELTA_BYTES = 4
# An event, the delta time behind it and a status.
_MAX_AHEAD = 2 + _MAX_DELTA_BYTES + 1
_LOW = bytes(range(0x80))
# Note-ons become controls, of which symusic keeps all; controls and programs
# become what it drops, aftertouch and pressure.
_NEW_STATUS = {0x9: 0xB0, 0xB: 0xA0, 0xC: 0xD0}
_NOTES_AS_CONTROLS = bytes(
    _NEW_STATUS.get(byte >> 4, byte & 0xF0) | byte & 0x0F
    for byte in range(256)
)


def on_drum_notes(
    data: bytes, header: midi_header.Header, num_notes: int, num_others: int
) -> bool:
  """Says whether drum notes may lack note-offs.

  Bytes below 128 are counted: note-ons, note-offs, controls and pitch bends
  have two of them and a third in their delta time, whatever the running
  status. If more are there than symusic's events account for, something was
  left out.

  Args:
    data: The file.
    header: Its head.
    num_notes: Drum notes that were read; all notes, if it has one track.
    num_others: Controls and pitch bends beside them, likewise.
  """
  excess = -6 * num_notes - 3 * num_others
  tracks = [
      data[start:end] for start, end in _drum_tracks(data, header.first_chunk)
  ]
  for track in tracks:
    excess += _low_bytes(track)
  if excess > 0:
    for track in tracks:
      excess -= _other_bytes(track, header.num_tracks == 1)
  return excess != 0


def _drum_tracks(data: bytes, position: int) -> Iterator[tuple[int, int]]:
  """Yields (start, end) of the tracks with a drum note-on, or what looks so."""
  place = data.find(midi_kits.DRUM_NOTE_ON, position)
  while place >= 0:
    end = midi_header.chunk_end(data, position)
    while end <= place:
      position = end
      end = midi_header.chunk_end(data, position)
    # Two data bytes follow; behind the byte of a delta time seldom.
    if data[place + 1:place + 3].isascii():
      if data[position:position + 4] == b'MTrk':
        yield position + midi_header.CHUNK_HEADER_BYTES, min(end, len(data))
      place = data.find(midi_kits.DRUM_NOTE_ON, end)
    else:
      place = data.find(midi_kits.DRUM_NOTE_ON, place + 1)


def notes_as_controls(
    data: bytes, header: midi_header.Header, *, drums_only: bool
) -> bytes:
  """Returns a MIDI file whose controls are the note-ons of another.

  Its times may be off (a byte of a delta time can look like a note-on), and so
  may names; the number of events is right.

  Args:
    data: The file.
    header: Its head.
    drums_only: Take only tracks that may hold drum notes.
  """
  found = _drum_tracks if drums_only else _all_tracks
  # It keeps controls only of channels that have a note.
  channels = (midi_kits.DRUM_CHANNEL,) if drums_only else range(16)
  notes = b''.join(
      bytes((0, 0x90 | channel, 60, 1, 0, 0x80 | channel, 60, 0))
      for channel in channels
  )
  tracks = [
      midi_header.pack_track(
          notes + data[start:end].translate(_NOTES_AS_CONTROLS)
      )
      for start, end in found(data, header.first_chunk)
  ][:header.num_tracks]
  return midi_header.pack(len(tracks), header.ticks_per_quarter) + b''.join(
      tracks
  )


def _all_tracks(data: bytes, position: int) -> Iterator[tuple[int, int]]:
  """Yields (start, end) of all tracks."""
  while position < len(data):
    end = midi_header.chunk_end(data, position)
    if data[position:position + 4] == b'MTrk':
      yield position + midi_header.CHUNK_HEADER_BYTES, min(end, len(data))
    position = end


def _low_bytes(track: bytes) -> int:
  """Counts bytes below 128 in a track but for meta and system exclusive events.

  The delta times of these are left out as well.

  Args:
    track: Its events.
  """
  count = int(np.count_nonzero(np.frombuffer(track, np.int8) >= 0))
  if _SYSTEM in track or _SYSTEM_MORE in track:
    return count - _low_bytes_of_systems(track, _SYSTEM)
  # Nearly always so, and there are few.
  metas = _meta_events(track)
  if metas is None:
    return count - _low_bytes_of_systems(track, _META)
  number, inside = metas
  return count - number - _num_low(inside)


def _num_low(some: bytes) -> int:
  return len(some) - len(some.translate(None, _LOW))


def _meta_events(track: bytes) -> tuple[int, bytes] | None:
  """Returns the number of meta events and all of them without their first byte.

  None if one of them is long, or not whole, or has such a byte in it.

  Args:
    track: Events, none of them system exclusive.
  """
  parts = track.split(_META_BYTE)
  del parts[0]
  try:
    sizes = [part[1] for part in parts]
  except IndexError:
    return None
  inside = b''.join([part[:2 + size] for part, size in zip(parts, sizes)])
  if len(inside) < 2 * len(sizes) + sum(sizes) or max(sizes, default=0) > 0x7F:
    return None
  return len(sizes), inside


def _low_bytes_of_systems(track: bytes, first: int) -> int:
  """Counts what `_low_bytes` leaves out, one event after the other.

  Args:
    track: Events.
    first: The least status of those that are left out.
  """
  values = np.frombuffer(track, np.uint8)
  count = at = 0
  end = len(track)
  for place in np.flatnonzero(values >= first).tolist():
    if place < at:
      continue
    at = place + 1 + (track[place] == _META)
    length = 0
    while at < end:
      byte = track[at]
      at += 1
      length = length << 7 | byte & 0x7F
      if byte < 0x80:
        break
    at += length
    count += 1 + _num_low(track[place:at])
  return count


def _other_bytes(events: bytes, is_all: bool) -> int:
  """Counts low bytes of programs and pressures, of which symusic keeps nothing.

  What may be part of a delta time does not count: behind the data byte of an
  event stand a delta time and a status; behind what looks like it, a data byte.
  Aftertouch can't be told so; a track with some stays in doubt.

  Args:
    events: A track.
    is_all: Whether it has the events of all channels.
  """
  program = 0xC0 | midi_kits.DRUM_CHANNEL
  if not (is_all or program in events or program | 0x10 in events):
    return 0
  values = np.frombuffer(events + bytes(_MAX_AHEAD), np.uint8)
  mask, status = (0xE0, 0xC0) if is_all else (0xEF, program)
  places = np.flatnonzero(values & mask == status)
  is_event = (values[places - 1] < 0x80) & (values[places + 1] < 0x80)
  at = places + 2
  for _ in range(_MAX_DELTA_BYTES - 1):
    at += values[at] >= 0x80
  is_event &= (values[at] < 0x80) & (values[at + 1] >= 0x80)
  return 2 * int(np.count_nonzero(is_event))
