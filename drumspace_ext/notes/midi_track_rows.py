"""Rows of events: the tracks of one MIDI file, cut all at once where sound.

`midi_columns` cuts many tracks into events several times as fast as
`midi_tokens` does one, but leaves more of them out.
"""

import numpy as np

from drumspace_ext.notes import midi_columns
from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_tokens

# Columns take some 25 times as much memory.
_MAX_BYTES = 1 << 17
_Rows = midi_tokens.Rows


def matters(
    data: bytes, start: int, end: int, first_bytes: bytes | None
) -> bool:
  """Says whether a track is read: if none or one of some bytes is in it.

  Args:
    data: The file.
    start: Where its events begin.
    end: Where they end.
    first_bytes: The bytes.
  """
  return first_bytes is None or any(
      data.find(byte, start, end) >= 0 for byte in first_bytes
  )


def of_tracks(
    data: bytes, position: int, first_bytes: bytes | None
) -> dict[tuple[int, int], _Rows | None]:
  """Cuts tracks into events.

  Args:
    data: The file.
    position: Where its first track is.
    first_bytes: See `matters`.

  Returns:
    Of sound tracks their events, by where these begin and end; None of those
    that don't matter.
  """
  places = []
  known: dict[tuple[int, int], _Rows | None] = {}
  while data.startswith(b'MTrk', position):
    start = position + midi_header.CHUNK_HEADER_BYTES
    position = midi_header.chunk_end(data, position)
    if position > len(data):
      break
    if matters(data, start, position, first_bytes):
      places.append((start, position))
    else:
      known[start, position] = None
  size = sum(end - start for start, end in places)
  if not places or size > _MAX_BYTES:
    return known
  events = midi_columns.of_tracks([data[start:end] for start, end in places])
  return known | {
      place: _of_track(events, number) for number, place in enumerate(places)
      if events.is_sound[number]
  }


def _of_track(events: midi_columns.Events, number: int) -> _Rows:
  """Returns the events of one of some tracks."""
  start, end = events.bounds[number:number + 2].tolist()
  own = slice(start + 1, end)
  first, last = np.searchsorted(events.long_events, (start + 1, end)).tolist()
  return _Rows(
      events.ticks[own] - events.ticks[start], events.statuses[own],
      events.firsts[own], events.seconds[own],
      {
          event - start - 1: events.data[body:body + size].tobytes()
          for event, body, size in zip(*(
              each[first:last].tolist() for each in
              (events.long_events, events.bodies, events.sizes)
          ))
      },
  )
