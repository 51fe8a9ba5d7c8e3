"""Tests for midi_loads."""

import builders
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext.notes import midi_loads
from drumspace_ext.notes import midi_reading

_DRUMS = builders.notes([(0, 36), (480, 38), (960, 36)])


@st.composite
def _files(draw):
  """Files of some tracks with notes, tempos and meters in any of them."""
  tracks = []
  for _ in range(draw(st.integers(1, 4))):
    channel = draw(st.sampled_from((2, 9, 9)))
    onsets = draw(st.lists(
        st.tuples(st.integers(0, 3000), st.integers(30, 40)), max_size=8,
        unique=True,
    ))
    tracks.append(builders.track(
        draw(st.sampled_from((b'', builders.meta(0, 3, b'\xff\xf0')))),
        *draw(st.lists(st.one_of(
            st.builds(builders.tempo, st.integers(0, 200),
                      st.integers(1, 900_000)),
            st.builds(builders.meter, st.integers(0, 200), st.integers(0, 5),
                      st.sampled_from((4, 8))),
        ), max_size=3)),
        draw(st.sampled_from((
            b'', builders.event(0, 0xC0 | channel, 5),
            # A kit on channel 3.
            builders.event(0, 0xB2, 0, 120) + builders.event(0, 0xC2, 0),
            builders.sysex(0, b'\x7e\x7f\x09\x01\xf7'),
        ))),
        builders.notes(
            onsets, length=draw(st.sampled_from((10, 200))), channel=channel,
            offs=draw(st.sampled_from((True, True, False))),
        ),
    ))
  return builders.midi(
      *tracks, division=draw(st.sampled_from((96, 480))),
      file_format=draw(st.sampled_from((0, 1, 1, 2))),
  )


def _said(onsets):
  rows = np.stack([onsets.quarters, onsets.pitches, onsets.velocities])
  return (
      # A tolerant reading says once what two tracks say.
      rows[:, np.lexsort(rows)].tolist(), list(dict.fromkeys(onsets.meters)),
      list(onsets.tempos), onsets.remarks,
      onsets.first_kit,
  )


@given(files=st.lists(_files(), min_size=1, max_size=4))
@settings(max_examples=200)
def test_what_is_read_together_is_read_so_alone(files):
  for data, onsets in zip(files, midi_loads.usual_onsets(files)):
    if onsets is not None:
      assert _said(onsets) == _said(midi_reading.read_unusual(data))


def test_usual_files_are_read():
  tempo = builders.track(builders.tempo(0, 400_000), builders.meter(0, 3, 4))
  files = [
      builders.midi(builders.track(_DRUMS), file_format=0),
      b'no MIDI file',
      builders.midi(tempo, builders.track(builders.notes(
          [(0, 60)], channel=2
      )), builders.track(_DRUMS), division=240),
  ]
  first, none, last = midi_loads.usual_onsets(files)
  assert none is None
  assert first.quarters.tolist() == [0, 1, 2]
  assert last.quarters.tolist() == [0, 2, 4]
  assert last.pitches.tolist() == [36, 38, 36]
  assert (last.meters, last.tempos) == ([(0, 3, 4)], [(0, 150)])


def test_notes_without_note_offs_are_remarked_upon():
  (onsets,) = midi_loads.usual_onsets(
      [builders.midi(builders.track(builders.notes([(0, 36)], offs=False)))]
  )
  assert onsets.remarks == ('1 of 1 drum notes have no note-off',)


@pytest.mark.parametrize('data', [
    b'', builders.midi(builders.track(_DRUMS, end=False)),
    builders.midi(builders.track(_DRUMS), builders.track(_DRUMS),
                  file_format=2),
    builders.midi(builders.track(builders.notes([(0, 36)], channel=2))),
    builders.midi(builders.track(
        builders.meter(0, 3, 4), builders.meter(0, 4, 4), _DRUMS
    )),
    builders.midi(builders.track(builders.meta(0, 0x51, b'\1'), _DRUMS)),
    builders.midi(builders.track(
        builders.event(0, 0xB2, 0, 120), builders.event(0, 0xC2, 0), _DRUMS,
        builders.notes([(0, 36)], channel=2),
    )),
    builders.midi(builders.track(*[_DRUMS] * 12, builders.event(
        0x0FFFFFFF, 0x99, 36, 1
    ) * 9)),
], ids=[
    'empty', 'no end', 'patterns', 'no drums', 'two meters', 'odd tempo',
    'two kits', 'longer than 32 bits',
])
def test_others_are_left_to_a_closer_look(data):
  assert midi_loads.usual_onsets([data]) == [None]
