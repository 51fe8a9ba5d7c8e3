"""Tests for midi_track_rows."""

from unittest import mock

import builders
import drawn_events
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import pytest

from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_scan
from drumspace_ext.notes import midi_track_rows

_FIRST_CHUNK = 14
_DELTA = st.sampled_from((0, 1, 127, 480, 0x3822, 20_000))
_BODY = st.binary(max_size=6)
_EVENT = st.one_of(
    drawn_events.usual(_DELTA),
    st.builds(
        builders.event, _DELTA, st.just(0xB3), st.just(0), drawn_events.BYTE
    ),
    st.builds(builders.meta, _DELTA, st.sampled_from((3, 0x60)), _BODY),
    st.builds(builders.sysex, _DELTA, st.sampled_from((
        bytes.fromhex('43104c0800070100f7'), bytes.fromhex('7e7f0903f7'), b'',
    ))),
)
_TRACK = st.tuples(
    st.lists(_EVENT, max_size=8), st.sampled_from((b'\0\xff\x2f\0', b''))
).map(lambda parts: midi_header.pack_track(b''.join(parts[0]) + parts[1]))


def _scanned(data, first_bytes):
  scan = midi_scan.scan(data, _FIRST_CHUNK, first_bytes=first_bytes)
  return (
      scan.notes, scan.offs, scan.tempos, scan.meters, scan.messages,
      scan.track_starts, scan.track_names, scan.damage,
  )


@given(
    tracks=st.lists(_TRACK, max_size=4),
    first_bytes=st.sampled_from((None, b'\x99\xf0', b'')),
    cut=st.integers(0, 3), drawn=st.data(),
)
@settings(max_examples=200)
def test_tracks_cut_together_are_read_as_one_by_one(
    tracks, first_bytes, cut, drawn
):
  chunks = bytearray(b''.join(tracks))
  if chunks and drawn.draw(st.booleans()):
    place = drawn.draw(st.integers(0, len(chunks) - 1))
    chunks[place] = drawn.draw(st.integers(0, 255))
  data = midi_header.pack(len(tracks), 480) + bytes(chunks)
  data = data[:max(len(data) - cut, _FIRST_CHUNK)]
  found = _scanned(data, first_bytes)
  with mock.patch.object(midi_track_rows, 'of_tracks', return_value={}):
    assert found == _scanned(data, first_bytes)


def test_sound_tracks_alone_are_cut():
  sound = (
      builders.event(0, 0x99, 36, 100) + b'\x05\x24\x00'
      + builders.sysex(2, b'\x43\xf7') + b'\0\xff\x2f\0'
  )
  data = midi_header.pack(2, 480) + b''.join(
      map(midi_header.pack_track, (sound, b'\0\x99\x24'))
  )
  start = _FIRST_CHUNK + midi_header.CHUNK_HEADER_BYTES
  known = midi_track_rows.of_tracks(data, _FIRST_CHUNK, None)
  (place, rows), = known.items()
  assert place == (start, start + len(sound))
  assert rows.ticks.tolist() == [0, 5, 7, 7]
  assert rows.statuses.tolist() == [0x99, 0x99, 0xF0, 0xFF]
  assert rows.firsts[:2].tolist() == [36, 36]
  assert rows.seconds[:2].tolist() == [100, 0]
  assert rows.bodies == {2: b'\x43\xf7', 3: b''}


def test_a_sound_track_ends_where_a_damaged_one_begins():
  sound, damaged = b'\0\xff\x2f\0', b'\0\0\0\x99\x24\x64\0\xff\x2f\0'
  data = midi_header.pack(2, 480) + b''.join(
      map(midi_header.pack_track, (sound, damaged))
  )
  (rows,) = midi_track_rows.of_tracks(data, _FIRST_CHUNK, None).values()
  assert rows.statuses.tolist() == [0xFF]


@pytest.mark.parametrize(('first_bytes', 'is_read'), [
    (None, True), (b'\x99', True), (b'\x01\x24', True), (b'\x02\x7f', False),
    (b'', False),
])
def test_what_matters(first_bytes, is_read):
  assert midi_track_rows.matters(
      b'\x02\0\x99\x24\x64\x7f', 1, 5, first_bytes
  ) == is_read
