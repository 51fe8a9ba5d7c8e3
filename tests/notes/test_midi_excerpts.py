"""Tests for midi_excerpts."""

import builders
from hypothesis import given
from hypothesis import strategies as st
import pytest

from drumspace_ext.notes import midi_excerpts
from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_reading

_DRUMS = builders.track(builders.notes([(0, 36), (480, 38)]))
_MELODY = builders.track(builders.notes([(0, 60), (9, 64)], channel=2))
_TEMPO = builders.track(builders.tempo(0, 400_000))


def _excerpt(data):
  return midi_excerpts.of_drums(data, midi_header.read(data))


@st.composite
def _files(draw):
  """Files of some tracks with notes, tempos and meters in any of them."""
  tracks = []
  for _ in range(draw(st.integers(1, 5))):
    channel = draw(st.sampled_from((0, 2, 9)))
    onsets = draw(st.lists(
        st.tuples(st.integers(0, 9000), st.integers(0, 127)), max_size=6,
        unique=True,
    ))
    tracks.append(builders.track(
        builders.tempo(0, draw(st.integers(200_000, 900_000)))
        if draw(st.booleans()) else b'',
        builders.meta(0, 0x58, bytes((draw(st.integers(2, 5)), 2, 24, 8)))
        if draw(st.booleans()) else b'',
        builders.event(0, 0xC0 | channel, 5),
        builders.notes(onsets, channel=channel, offs=draw(st.booleans())),
    ))
  return builders.midi(*tracks)


def _read(data):
  try:
    onsets = midi_reading.read_onsets(data)
  except Exception as e:  # noqa: BLE001
    return str(e)
  assert onsets.velocities is not None
  return (
      onsets.quarters.tolist(), onsets.pitches.tolist(),
      onsets.velocities.tolist(), onsets.meters, onsets.tempos, onsets.remarks,
  )


@given(data=_files())
def test_drums_are_read_as_from_the_whole_file(data):
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(midi_excerpts, 'of_drums', lambda *_: None)
    whole = _read(data)
  assert _read(data) == whole


def test_a_track_of_a_melody_is_left_out_others_stay():
  data = builders.midi(_TEMPO, _MELODY, _DRUMS)
  assert _excerpt(data) == builders.midi(_TEMPO, _DRUMS)


@pytest.mark.parametrize('data', [
    builders.midi(_DRUMS), builders.midi(_TEMPO, _DRUMS),
    builders.midi(_MELODY, _MELODY), builders.midi(_MELODY, _DRUMS)[:-1],
    builders.midi(_MELODY, b'junk\0\0\0\1x', _DRUMS),
])
def test_what_has_no_excerpt_is_read_whole(data):
  assert _excerpt(data) is None
