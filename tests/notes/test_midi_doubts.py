"""Tests for midi_doubts."""

import builders
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest
import symusic

from drumspace_ext.notes import midi_doubts
from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_reading

_ONSETS = [(0, 36), (480, 38), (960, 36)]


def _doubts_notes(data):
  header = midi_header.read(data)
  score = symusic.Score.from_midi(data)
  tracks = [
      track for track in score.tracks
      if track.is_drum or header.num_tracks == 1
  ]
  return midi_doubts.on_drum_notes(
      data, header, sum(len(track.notes) for track in tracks),
      sum(len(t.controls) + len(t.pitch_bends) for t in tracks),
  )


@pytest.mark.parametrize('extra', [
    b'', builders.event(0, 0xC9, 8), builders.event(0, 0xB9, 7, 100),
    builders.event(0, 0xE9, 0, 64), builders.event(0, 0xD9, 64),
    builders.tempo(500, 500_000),
    builders.sysex(0, b'\x7e\x7f\x09\x01\xf7'),
    builders.meta(0, 3, 'Schlägel'.encode()),
])
def test_a_track_whose_notes_all_end_gives_no_doubt(extra):
  data = builders.midi(builders.track(extra, builders.notes(_ONSETS)))
  assert not _doubts_notes(data)
  bare = builders.track(extra, builders.notes(_ONSETS), builders.event(
      9, 0x99, 42, 90
  ))
  assert _doubts_notes(builders.midi(bare))
  melody = builders.track(builders.notes([(0, 60)], channel=2))
  assert _doubts_notes(builders.midi(melody, bare))
  assert not _doubts_notes(builders.midi(
      melody, builders.track(extra, builders.notes(_ONSETS))
  ))


# Pauses whose first byte looks like a program, a pressure or an aftertouch.
_LOOKALIKES = [kind << 7 | 5 for kind in (0x40, 0x49, 0x59, 0x29)]


@given(
    hits=st.lists(
        st.tuples(
            st.sampled_from([1, 120, *_LOOKALIKES]), st.integers(35, 59),
            st.one_of(st.none(), st.sampled_from([1, 120, *_LOOKALIKES])),
        ), min_size=1, max_size=9,
    ), is_alone=st.booleans(), runs=st.booleans(),
)
@example(
    hits=[(pause, 36 + i, off) for i, (pause, off) in enumerate((
        (1, None), (1, None), (_LOOKALIKES[1], 1), (_LOOKALIKES[1], 1),
        (_LOOKALIKES[1], 1),
    ))], is_alone=True, runs=False,
)
def test_no_pause_hides_a_note_that_lacks_its_off(hits, is_alone, runs):
  tick, expected, events = 0, [], []
  last = None
  for pause, pitch, off in hits:
    tick += pause
    expected.append((tick, pitch))
    for delta, status, data in (
        (pause, 0x99, (pitch, 90)), (off, 0x89, (pitch, 0))
    ):
      if delta is None:
        continue
      is_running = runs and status == last
      events.append(builders.event(
          delta, *(() if is_running else (status,)), *data
      ))
      last = status
    tick += off or 0
  melody = builders.track(builders.notes([(0, 60)], channel=2))
  track = builders.track(*events)
  onsets = midi_reading.read_onsets(builders.midi(
      *(() if is_alone else (melody,)), track
  ))
  assert sorted(zip(
      np.rint(onsets.quarters * 480).astype(int), onsets.pitches
  )) == expected


@given(
    onsets=st.lists(
        st.tuples(st.integers(0, 9000), st.integers(0, 127)), min_size=1,
        max_size=9, unique=True,
    ), channels=st.lists(st.integers(0, 15), min_size=1, max_size=3),
)
def test_note_ons_are_counted_with_note_offs_or_without(onsets, channels):
  tracks = [
      builders.track(builders.notes(onsets, channel=channel, offs=i % 2 == 0))
      for i, channel in enumerate(channels)
  ]
  data = builders.midi(*tracks)
  header = midi_header.read(data)
  for drums_only in (True, False):
    score = symusic.Score.from_midi(
        midi_doubts.notes_as_controls(data, header, drums_only=drums_only)
    )
    count = sum(
        int((track.controls.numpy()['value'] > 0).sum())
        for track in score.tracks if len(track.controls)
        and (track.is_drum or not drums_only)
    )
    wanted = [c for c in channels if c == 9 or not drums_only]
    assert count == len(onsets) * len(wanted)
