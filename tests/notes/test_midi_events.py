"""Tests for midi_events."""

import builders
from hypothesis import given
from hypothesis import strategies as st
import note_seq

from drumspace_ext.notes import midi_scan


def _scan(*tracks):
  return midi_scan.scan(builders.midi(*tracks), 14)


def _events(*rows, channel=0):
  """Note-ons (+) and note-offs (-) of one pitch; rows are (delta, sign)."""
  return builders.track(*(
      builders.event(delta, (0x90 if sign > 0 else 0x80) | channel, 60, 64)
      for delta, sign in rows
  ))


@given(rows=st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from((1, -1))), max_size=12
))
def test_all_notes_end_that_note_seq_keeps(rows):
  data = builders.midi(_events(*rows), division=480)
  scan = midi_scan.scan(data, 14)
  ours = sorted(
      note[0] for note, end in zip(scan.notes, scan.ends) if end is not None
  )
  for note in note_seq.midi_to_note_sequence(data).notes:
    tick = round(note.start_time * 960)
    assert tick in ours
    ours.remove(tick)
  for note, end in zip(scan.notes, scan.ends):
    assert end is None or end >= note[0]


def test_the_first_note_off_ends_the_first_note():
  assert _scan(_events((0, 1), (5, 1), (5, -1), (5, -1))).ends == [10, 15]


def test_one_note_off_ends_all_that_sound():
  assert _scan(_events((0, 1), (5, 1), (5, -1))).ends == [10, 10]
  assert _scan(_events((0, 1), (5, -1), (5, 1))).ends == [5, None]
  # A note of the same tick goes on where others end.
  scan = _scan(_events((0, 1), (5, 1), (0, -1), (5, 1), (5, -1)))
  assert scan.ends == [5, 15, 15]


def test_tracks_and_channels_stand_apart():
  scan = _scan(_events((0, 1)), _events((5, -1)))
  assert scan.ends == [None]
  scan = _scan(_events((0, 1), channel=9), _events((0, 1), (5, -1)))
  assert scan.ends == [None, 5]
  assert scan.num_kept == 2
  assert scan.num_missing_offs == 1


def test_missing_note_offs_are_counted_by_pitch():
  on, off = (0x99, 36, 90), (0x89, 38, 0)
  scan = _scan(builders.track(
      *[builders.event(1, *on)] * 3, builders.event(1, 0x89, 36, 0),
      *[builders.event(1, *off)] * 2,
  ))
  assert scan.num_missing_offs == 2


def test_the_first_track_decides_of_meters_on_one_tick():
  scan = _scan(
      builders.track(builders.meter(0, 3, 4), builders.meter(0, 4, 4)),
      builders.track(builders.meter(0, 6, 8), builders.meter(96, 3, 4)),
      builders.track(builders.meter(96, 3, 4), builders.meter(0, 0, 4)),
  )
  assert scan.one_meter_a_tick() == ([(0, 4, 4), (96, 3, 4)], {0})
