"""Tests for midi_kit_doubts."""

import builders
from hypothesis import given
from hypothesis import strategies as st
import pytest

from drumspace_ext.notes import midi_kit_doubts

_ONSETS = [(0, 36), (480, 38), (960, 36)]
_BANK = (0xB3, 0, 127)


def test_a_bank_of_kits_is_seen_with_a_status_and_without():
  notes = builders.notes(_ONSETS, channel=3)
  for events in (
      builders.event(0, *_BANK),
      builders.event(0, 0xB3, 7, 100) + builders.event(0, 0, 127),
      builders.event(9, 0xB3, 7, 100) + builders.event(5, 10, 0)
      + builders.event(0, 0, 120),
  ):
    data = builders.midi(builders.track(events, notes))
    assert midi_kit_doubts.of(data) == {3}


@pytest.mark.parametrize('events', [
    builders.event(0, 0xB9, 0, 127), builders.event(0, 0xB3, 0, 121),
    builders.event(0, 0xB3, 7, 0) + builders.event(120, 7, 100),
    builders.event(0, 0x93, 60, 0) + builders.event(0, 127, 0),
])
def test_what_only_looks_like_a_bank_of_kits_is_none(events):
  assert not midi_kit_doubts.of(builders.midi(builders.track(events)))


@pytest.mark.parametrize(('message', 'channels'), [
    ('4110421240111501 18 f7', {0}), ('4110421240111500 19 f7', set()),
    ('4110421240101501 19 f7', set()), ('4110421240101500 1b f7', {9}),
    ('43104c080a0702 f7', {10}), ('43104c080a0700 f7', set()),
])
def test_a_message_counts_that_sets_a_part_otherwise(message, channels):
  data = builders.midi(builders.track(
      builders.sysex(0, bytes.fromhex(message)), builders.notes(_ONSETS)
  ))
  assert midi_kit_doubts.of(data) == channels
  track = data[data.index(b'MTrk') + 8:]
  assert any(byte in track for byte in midi_kit_doubts.first_bytes(channels))


@given(st.lists(st.lists(st.sampled_from(
    [b'\xb3\x00\x7f', b'\x93\x3c\x40', b'\x00', b'\x78', b'\xb3', b'\xf0']
), max_size=5).map(b''.join), max_size=4))
def test_files_side_by_side_are_looked_at_as_one_by_one(files):
  assert midi_kit_doubts.of_each(files) == [
      midi_kit_doubts.of(data) for data in files
  ]
