"""Tests for midi_scan."""

import builders
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import pytest
import symusic

from drumspace_ext.notes import midi_kits
from drumspace_ext.notes import midi_scan

_HEADER_SIZE = 14
_ONSETS = st.lists(
    st.tuples(st.integers(0, 5000), st.integers(0, 127)),
    min_size=1, max_size=12, unique=True,
)
_KICK = (0x99, 36, 100)


def _scan(*tracks):
  return midi_scan.scan(builders.midi(*tracks), _HEADER_SIZE)


def _scan_events(*events, **kwargs):
  return _scan(builders.track(*events, **kwargs))


@given(
    parts=st.lists(
        st.tuples(_ONSETS, st.integers(0, 15)), min_size=1, max_size=3
    ),
    offs=st.booleans(),
)
@settings(max_examples=60)
def test_note_ons_are_those_written_with_note_offs_or_without(parts, offs):
  tracks = [
      builders.track(builders.notes(onsets, channel=channel, offs=offs))
      for onsets, channel in parts
  ]
  scan = _scan(*tracks)
  assert sorted(scan.notes) == sorted(
      (tick, channel, pitch, 100)
      for onsets, channel in parts for tick, pitch in onsets
  )
  assert scan.damage == 0


@given(onsets=_ONSETS)
@settings(max_examples=40)
def test_notes_are_those_of_symusic_on_a_well_formed_file(onsets):
  data = builders.midi(builders.track(builders.notes(onsets)))
  score = symusic.Score.from_midi(data)
  expected = [
      (note.time, 9, note.pitch, note.velocity)
      for track in score.tracks for note in track.notes
  ]
  assert len(expected) == len(onsets)
  assert sorted(midi_scan.scan(data, _HEADER_SIZE).notes) == sorted(expected)


@given(data=st.binary(max_size=120), cut=st.integers(0, 120))
@settings(max_examples=200)
def test_any_bytes_can_be_scanned(data, cut):
  for body in (data, builders.track(data), builders.track(data)[:cut]):
    scan = midi_scan.scan(body, 0)
    for tick, channel, pitch, velocity in scan.notes:
      assert tick >= 0
      assert 0 <= channel < 16
      assert 0 <= pitch < 128
      assert 0 < velocity < 128


@given(
    onsets=_ONSETS, place=st.integers(0, 500), value=st.integers(0, 255)
)
@settings(max_examples=100)
def test_a_changed_byte_costs_no_note_before_it(onsets, place, value):
  data = bytearray(builders.midi(builders.track(builders.notes(onsets))))
  whole = midi_scan.scan(bytes(data), _HEADER_SIZE).notes
  first = _HEADER_SIZE + 8
  place = first + place % (len(data) - first)
  data[place] = value
  kept = midi_scan.scan(bytes(data), _HEADER_SIZE).notes
  cut = midi_scan.scan(bytes(data[:place]), _HEADER_SIZE).notes
  assert kept[:len(cut)] == cut == whole[:len(cut)]


def test_a_cut_file_keeps_the_notes_before_the_cut():
  onsets = [(120 * i, 36 + i) for i in range(6)]
  whole = builders.midi(builders.track(builders.notes(onsets, offs=False)))
  sizes = []
  for size in range(len(whole) + 1):
    scan = midi_scan.scan(whole[:size], _HEADER_SIZE)
    assert [note[:3:2] for note in scan.notes] == onsets[:len(scan.notes)]
    sizes.append(len(scan.notes))
    if _HEADER_SIZE + 8 <= size < len(whole):
      assert scan.damage
  assert sizes == sorted(sizes)
  assert (sizes[0], sizes[-1]) == (0, 6)
  assert set(sizes) == set(range(7))


def test_running_status_saves_the_status_byte():
  scan = _scan_events(
      builders.event(0, *_KICK), builders.event(5, 38, 90),
      builders.event(200, 42, 80), builders.event(1, 42, 0),
  )
  assert scan.notes == [(0, 9, 36, 100), (5, 9, 38, 90), (205, 9, 42, 80)]
  assert scan.damage == 0


def test_running_status_goes_on_behind_a_meta_event():
  scan = _scan_events(
      builders.event(0, *_KICK), builders.meta(0, 1, b'text'),
      builders.event(5, 38, 90), builders.sysex(0, b'\x7e\xf7'),
      builders.event(5, 40, 90),
  )
  assert [note[2] for note in scan.notes] == [36, 38, 40]


def test_velocity_0_is_a_note_off():
  scan = _scan_events(builders.event(0, 0x99, 36, 0), builders.event(1, *_KICK))
  assert scan.notes == [(1, 9, 36, 100)]


def test_other_events_are_passed_over():
  scan = _scan_events(
      builders.event(0, 0xC9, 1), builders.event(0, 0xE9, 0, 64),
      builders.event(0, 0xB9, 7, 100), builders.event(0, 0xA9, 36, 1),
      builders.event(0, 0xD9, 5), builders.event(0, 0xF2, 1, 2),
      builders.event(0, 0xF3, 1), builders.event(0, 0xF1, 1),
      builders.event(10, *_KICK),
  )
  assert scan.notes == [(10, 9, 36, 100)]
  assert scan.damage == 0
  assert scan.drum_channels == {9}


def test_unknown_system_bytes_are_damage_and_the_notes_go_on():
  scan = _scan_events(builders.event(0, 0xF6), builders.event(10, *_KICK))
  assert scan.notes == [(10, 9, 36, 100)]
  assert scan.damage == 1


def test_a_missing_data_byte_costs_its_own_event():
  scan = _scan_events(
      builders.event(0, 0x99, 36), bytes((0x99, 38, 90)),
      builders.event(7, *_KICK),
  )
  assert scan.notes == [(0, 9, 38, 90), (7, 9, 36, 100)]
  assert scan.damage == 1


def test_data_bytes_before_any_status_are_skipped():
  scan = _scan_events(builders.event(3, 1), builders.event(4, *_KICK))
  assert scan.notes == [(7, 9, 36, 100)]
  assert scan.damage == 1


def test_events_behind_the_end_of_a_track_do_not_count():
  scan = _scan_events(
      builders.event(0, *_KICK), builders.meta(0, 0x2F, b''),
      builders.event(0, *_KICK),
  )
  assert len(scan.notes) == 1


def test_tempos_and_meters_are_read_from_every_track():
  scan = _scan(
      builders.track(builders.tempo(0, 500_000), builders.meter(96, 3, 4)),
      builders.track(
          builders.meter(0, 6, 8), builders.tempo(192, 250_000),
          builders.event(0, *_KICK),
      ),
  )
  assert scan.tempos == [(0, 500_000), (192, 250_000)]
  assert scan.meters == [(96, 3, 4, 0), (0, 6, 8, 1)]
  assert scan.notes == [(192, 9, 36, 100)]


def test_short_or_absurd_meta_events_are_left_out():
  scan = _scan_events(
      builders.meta(0, 0x51, b'\1\2'), builders.meta(0, 0x58, b'\4'),
      builders.meta(0, 0x58, b'\4\x10\x18\x08'), builders.event(0, *_KICK),
  )
  assert not scan.tempos
  assert not scan.meters
  assert len(scan.notes) == 1


def test_a_track_stands_behind_foreign_chunks():
  track = builders.track(builders.event(0, *_KICK))
  for foreign in (
      builders.chunk(b'XFIH', b'some bytes'), builders.chunk(b'XFKM', track)
  ):
    scan = _scan(foreign, track)
    assert scan.notes == [(0, 9, 36, 100)]
    assert scan.damage == 0


def test_a_track_stands_behind_bytes_that_are_no_chunk():
  track = builders.track(builders.event(0, *_KICK))
  for foreign in (
      b'\0\0\0 no chunk \0', bytes(7) + b'\2',
      builders.chunk(b'LIES', b'x', length=1 << 30),
  ):
    scan = _scan(foreign, track)
    assert scan.notes == [(0, 9, 36, 100)], foreign
    assert scan.damage == 1
  assert not _scan(b'no chunk in any of this').notes


def test_a_track_that_says_it_is_shorter_hides_no_other_track():
  lying = builders.track(builders.notes([(0, 36), (9, 38)]), length=4)
  honest = builders.track(builders.event(3, 0x99, 42, 9))
  scan = _scan(lying, honest)
  assert (0, 9, 36, 100) in scan.notes
  assert (3, 9, 42, 9) in scan.notes
  assert scan.damage


@pytest.mark.parametrize('length', [20, 30, (1 << 31) - 1])
def test_a_track_that_says_it_is_longer_hides_no_other_track(length):
  lying = builders.track(builders.tempo(0, 500_000), length=length)
  honest = builders.track(builders.event(3, 0x99, 42, 9))
  assert (3, 9, 42, 9) in _scan(lying, honest).notes


def test_note_offs_say_how_many_notes_came_before_them():
  scan = _scan(
      builders.track(builders.notes([(0, 36)])),
      builders.track(
          builders.event(0, *_KICK), builders.event(5, 0x99, 36, 0),
          builders.event(0, 0x80, 40, 1),
      ),
  )
  assert scan.offs == [(10, 9, 36, 1, 0), (5, 9, 36, 2, 1), (5, 0, 40, 2, 1)]
  assert scan.track_starts == [0, 1]


def test_what_sets_up_kits_is_noted_with_its_place():
  gs = bytes.fromhex('41 10 42 12 40 11 15 01 00 f7')
  scan = _scan(
      builders.track(builders.event(0, *_KICK), builders.event(3, 0xC2, 8)),
      builders.track(
          builders.event(5, 0xB3, 0, 127), builders.event(1, 7, 90),
          builders.event(1, 0, 121), builders.sysex(0, gs),
      ),
  )
  assert scan.messages == [
      (3, 0, 1, midi_kits.PROGRAM, 2, 8), (5, 1, 1, midi_kits.BANK, 3, 127),
      (7, 1, 1, midi_kits.BANK, 3, 121), (7, 1, 1, midi_kits.PART, 0, 1),
  ]


def test_no_more_tracks_are_read_than_asked_for():
  track = builders.track(builders.event(0, *_KICK))
  data = builders.midi(track, track, track)
  assert len(midi_scan.scan(data, _HEADER_SIZE, max_tracks=2).notes) == 2


def test_the_number_of_notes_is_bounded(monkeypatch):
  monkeypatch.setattr(midi_scan, 'MAX_NOTES', 10)
  track = builders.track(builders.notes([(i, 36) for i in range(8)]))
  assert len(_scan(track).notes) == 8
  assert len(_scan(track, track, track).notes) == 11


@given(data=st.binary(max_size=60), cut=st.integers(0, 20))
def test_a_file_cut_anywhere_is_scanned_to_its_end(data, cut):
  whole = builders.midi() + data + b'MTrk\x00\x00\x00\x10'
  scan = midi_scan.scan(whole[:len(whole) - cut], _HEADER_SIZE)
  assert scan.damage >= 0


def test_a_chunk_whose_head_is_cut_is_damage():
  data = builders.midi() + b'\x00\x00MTrk\x00\x00'
  assert midi_scan.scan(data, _HEADER_SIZE).damage
