"""Excerpts: a MIDI file without the tracks that say nothing of its drums.

Most bytes of a song are of its melodies, and to parse them takes most of the
time. A track without a note-on of channel 10, a tempo or a meter changes
nothing in what is read of the drums.
"""

from drumspace_ext.notes import midi_events
from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_kits

_META = 0xFF
_TEMPO_OR_METER = tuple(
    bytes((_META, kind))
    for kind in (midi_events.META_TEMPO, midi_events.META_METER)
)
_HEADER_BYTES, _CHUNK_BYTES = 14, midi_header.CHUNK_HEADER_BYTES


def of_drums(data: bytes, header: midi_header.Header) -> bytes | None:
  """Returns a MIDI file of the tracks that matter to the drums.

  Args:
    data: A MIDI file.
    header: Its head.

  Returns:
    None if all tracks matter or none does, or the file is not one of plain
    tracks that are all there.
  """
  tracks = drum_tracks(data, header)
  if not tracks or len(tracks) == header.num_tracks:
    return None
  return midi_header.pack(
      len(tracks), header.ticks_per_quarter
  ) + b''.join(map(midi_header.pack_track, tracks))


def drum_tracks(
    data: bytes, header: midi_header.Header
) -> list[bytes] | None:
  """Returns the tracks that matter to the drums.

  Args:
    data: A MIDI file.
    header: Its head.

  Returns:
    What stands behind the heads of their chunks. None if the file is not one of
    plain tracks that are all there.
  """
  if (
      header.is_style
      or header.file_format == midi_header.FORMAT_OF_PATTERNS
      or header.first_chunk != header.start + _HEADER_BYTES
  ):
    return None
  kept = []
  end = header.first_chunk
  for _ in range(header.num_tracks):
    head, start = data[end:end + _CHUNK_BYTES], end + _CHUNK_BYTES
    # By hand, for calls take longer: there are seven tracks a file.
    end = start + int.from_bytes(head[4:], 'big')
    if not head.startswith(b'MTrk') or end > len(data):
      return None
    if _matters(data, start, end):
      kept.append(data[start:end])
  return kept


def _matters(data: bytes, start: int, end: int) -> bool:
  """Says whether the events of a track may be drums, tempos or meters."""
  place = data.find(midi_kits.DRUM_NOTE_ON, start, end)
  while place >= 0:
    # Two data bytes follow; behind the byte of a delta time seldom.
    if data[place + 1:place + 3].isascii():
      return True
    place = data.find(midi_kits.DRUM_NOTE_ON, place + 1, end)
  place = data.find(_META, start, end)
  while place >= 0:
    if data.startswith(_TEMPO_OR_METER, place):
      return True
    place = data.find(_META, place + 1, end)
  return False
