"""Tests for midi_tokens."""

import builders
import drawn_events
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import pytest

from drumspace_ext.notes import midi_events
from drumspace_ext.notes import midi_scan
from drumspace_ext.notes import midi_tokens

_DELTA = st.sampled_from((0, 1, 127, 128, 480, 20_000, 3_000_000))
_EVENT = st.one_of(
    drawn_events.usual(_DELTA),
    st.builds(
        builders.event, _DELTA, st.just(0xB3), st.just(0), drawn_events.BYTE
    ),
    st.builds(builders.meta, _DELTA, drawn_events.BYTE, st.binary(max_size=8)),
    st.builds(
        builders.sysex, _DELTA,
        st.just(bytes.fromhex('43104c0800070100f7')) | st.binary(max_size=8),
    ),
)


def _read(track: bytes, is_walked: bool):
  scan = midi_events.Scan(track_starts=[0])
  if is_walked:
    end = midi_scan._scan_track(track, 0, len(track), scan)
  else:
    end = midi_tokens.read_track(track, 0, len(track), scan)
  return (
      end, scan.notes, scan.offs, scan.tempos, scan.meters, scan.messages,
      scan.track_names, scan.damage, scan.num_missing_offs,
  )


@given(
    events=st.lists(_EVENT, max_size=12), end=st.sampled_from((b'', b'\0')),
    garbage=st.binary(max_size=3),
)
@settings(max_examples=300)
def test_what_is_read_at_once_is_what_a_walk_reads(events, end, garbage):
  track = b''.join(events) + (end and end + b'\xff\x2f\0' + garbage)
  found = _read(track, is_walked=False)
  assert found[0] is None or found == _read(track, is_walked=True)


@given(events=st.lists(st.builds(
    builders.event, _DELTA, drawn_events.STATUS, drawn_events.BYTE,
    drawn_events.BYTE,
), min_size=1, max_size=9), data=st.data())
def test_what_is_damaged_is_left_to_the_walk_or_read_alike(events, data):
  track = bytearray(b''.join(events))
  place = data.draw(st.integers(0, len(track) - 1))
  track[place] = data.draw(st.integers(0, 255))
  found = _read(bytes(track), is_walked=False)
  if found[0] is None:
    assert found[1:] == (None, *_read(b'', is_walked=True))[2:]
  else:
    assert found == _read(bytes(track), is_walked=True)


def test_a_track_by_hand():
  track = b''.join((
      b'\0\x99\x24\x64', b'\x81\x00\x26\x40', b'\x05\x24\x00',
      builders.meta(0, 3, b'drums'), b'\0\x89\x26\x00', b'\0\xff\x2f\0',
  ))
  scan = midi_events.Scan(track_starts=[0])
  assert midi_tokens.read_track(track, 0, len(track), scan) == len(track)
  assert scan.notes == [(0, 9, 36, 100), (128, 9, 38, 64)]
  assert scan.offs == [(133, 9, 36, 2, 0), (133, 9, 38, 2, 0)]
  assert scan.track_names == {0: 'drums'}


@pytest.mark.parametrize('track', [
    b'', b'\0\x99\x24', b'\0\x24\x64', b'\0\xc9\x05\0\x06', b'\0\xf4\0',
    b'\xff\xff\xff\xff\0\x99\x24\x64',
], ids=[
    'empty', 'cut', 'no status', 'running program', 'undefined', 'long delta',
])
def test_what_it_does_not_read(track):
  assert midi_tokens.of_track(track) is None
