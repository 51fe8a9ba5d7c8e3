"""Tests for lost_voices."""

import collections

from hypothesis import given
from hypothesis import strategies as st
import numpy as np

from drumspace_ext.extraction import lost_voices
from drumspace_ext.patterns import drum_maps

_CODES = drum_maps.load('gm14').code_of_pitch


def _fitting(*pitches):
  return lost_voices.fitting_octave(np.array(pitches, np.uint8), _CODES)


def test_pitches_are_named_with_their_counts():
  dropped = collections.Counter({101: 16, 12: 24})
  assert lost_voices.said(dropped, 104) == (
      '40 of 104 drum notes stand for no voice: pitches 12 (24), 101 (16)'
  )
  many = collections.Counter({pitch: 1 for pitch in range(14)})
  assert lost_voices.said(many, 20).endswith('11 (1) and 2 more')


def test_a_quarter_is_many_where_the_rest_is_simple_and_half_elsewhere():
  for count, simple, other in ((24, False, False), (25, True, False),
                               (50, True, True), (0, False, False)):
    dropped = collections.Counter({12: count})
    assert lost_voices.many(dropped, 100, is_simple=True) == simple
    assert lost_voices.many(dropped, 100, is_simple=False) == other


@given(beat=st.lists(
    st.sampled_from((36, 38, 42, 46)), min_size=1, max_size=20
))
def test_a_beat_an_octave_off_fits_the_other_way(beat):
  beat = [36, 38, *beat]
  assert _fitting(*beat) == (0, 0)
  assert _fitting(*(p - 12 for p in beat)) == (12, len(beat))
  moved = [p + 12 for p in beat]
  # 48 and 50 are toms, so that a beat an octave high may be one as it is.
  assert _fitting(*moved) == (-12, len(beat))


def test_percussion_that_has_voices_an_octave_off_is_not_an_octave_off():
  assert _fitting(36, 38, 69, 69, 82) == (0, 0)
  assert _fitting(31, 34, 31) == (0, 0)
  assert _fitting(24, 26, 5, 6, 7) == (0, 0)


def test_an_octave_fits_that_leaves_hardly_a_note_without_a_voice():
  assert _fitting(*[24, 26] * 9, 30, 5) == (12, 19)
  assert _fitting(*[24, 26] * 9, 5, 5) == (0, 0)


def test_two_octaves_are_found_after_one():
  assert _fitting(60, 62, 66, 70) == (-24, 4)
  assert _fitting(12, 14, 18, 22) == (24, 4)


def test_an_octave_is_said_in_words():
  assert lost_voices.octave_words('two_down') == 'two octaves down'
  assert lost_voices.octave_said(12, 104, 104) == (
      'an octave up fits all 104 notes'
  )
  assert lost_voices.octave_said(-12, 99, 104) == (
      'an octave down fits 99 notes'
  )
