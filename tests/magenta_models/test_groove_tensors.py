"""Tests for groove_tensors."""

import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.magenta_models import groove_tensors
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import voices

_NINE = drum_maps.load(groove_tensors.DRUM_MAP)


def drawn_groove(shape, seed):
  rng = np.random.default_rng(seed)
  return grooves.Groove(
      velocities=rng.integers(1, 128, shape).astype(float),
      offsets=rng.uniform(-0.5, 0.5, shape),
  )


@given(hits=drawn_patterns.hits(0, 3), seed=st.integers(0, 2**32))
@settings(max_examples=60)
def test_fourteen_voices_come_back_with_their_grooves(hits, seed):
  groove = drawn_groove(hits.shape, seed)
  tensors = groove_tensors.of_patterns(hits, groove, voices.NAMES)
  assert tensors.shape == (len(hits), 32, 42)
  assert tensors.dtype == np.float32
  back, played = groove_tensors.to_patterns(tensors, voices.NAMES)
  np.testing.assert_array_equal(back, hits)
  np.testing.assert_array_equal(
      played.velocities[hits], groove.velocities[hits]
  )
  np.testing.assert_allclose(
      played.offsets[hits], groove.offsets[hits], atol=1e-6
  )


@given(hits=drawn_patterns.hits(1, 3), seed=st.integers(0, 2**32))
@settings(max_examples=60)
def test_nine_classes_hold_what_the_drum_map_writes(hits, seed):
  groove = drawn_groove(hits.shape, seed)
  tensors = groove_tensors.of_patterns(hits, groove)
  assert tensors.shape == (len(hits), 32, 27)
  back, played = groove_tensors.to_patterns(tensors)
  np.testing.assert_array_equal(back, _NINE.folded(hits))
  # What is silent is 0 in all three parts, and ranges are Magenta's.
  struck, velocities, offsets = np.split(tensors, 3, axis=-1)
  assert not velocities[struck == 0].any()
  assert not offsets[struck == 0].any()
  assert (velocities[struck > 0] > 0).all() and velocities.max() <= 1
  assert np.abs(offsets).max() <= 1
  # A class is played as one of its voices, the loudest.
  owners = np.array(_NINE.write_as)
  for pattern, step, voice in zip(*np.nonzero(back)):
    own = hits[pattern, step] & (owners == voice)
    assert played.velocities[pattern, step, voice] == (
        groove.velocities[pattern, step, own].max()
    )


def test_one_step_by_hand():
  hits = drawn_patterns.hits_of(snare=[4], cowbell=[4], open_hat=[5])
  velocities, offsets = np.full((32, 14), 127.0), np.zeros((32, 14))
  velocities[4, voices.INDEX['snare']] = 30
  velocities[4, voices.INDEX['cowbell']] = 63.5
  offsets[4, voices.INDEX['cowbell']] = -0.25
  offsets[5] = 0.5
  tensors = groove_tensors.of_patterns(
      hits, grooves.Groove(velocities=velocities, offsets=offsets)
  )
  expected = np.zeros((32, 27))
  # Snare is class 1, open hi-hat class 3. Early is above 0.
  expected[4, [1, 9 + 1, 18 + 1]] = 1, 0.5, 0.5
  expected[5, [3, 9 + 3, 18 + 3]] = 1, 1, -1
  np.testing.assert_allclose(tensors, expected)


def test_of_two_equally_loud_the_earliest_counts():
  hits = drawn_patterns.hits_of(snare=[0], cowbell=[0])
  offsets = np.zeros((32, 14))
  offsets[0, voices.INDEX['cowbell']] = -0.125
  offsets[0, voices.INDEX['snare']] = 0.125
  (row, *_) = groove_tensors.of_patterns(hits, grooves.Groove(
      velocities=np.full((32, 14), 64.0), offsets=offsets
  ))
  assert row[18 + 1] == 0.25


def test_what_a_network_gives_is_brought_into_range():
  sample = np.zeros((32, 27))
  sample[0, [0, 1, 2, 3]] = 0.5, 0.51, 1, np.nan
  sample[0, 9:12] = 0.5, -3, 1.7
  sample[0, 18:21] = 0, np.nan, -4
  hits, groove = groove_tensors.to_patterns(sample)
  snare, hat = voices.INDEX['snare'], voices.INDEX['closed_hat']
  assert np.flatnonzero(hits[0]).tolist() == [snare, hat]
  assert groove.velocities[0, [snare, hat]].tolist() == [1, 127]
  assert groove.offsets[0, [snare, hat]].tolist() == [0, 0.5]


@pytest.mark.parametrize('shape', [(32, 42), (31, 27), (27,)])
def test_another_shape_is_refused(shape):
  with pytest.raises(errors.PatternError, match=r'\[32, 27\] of 9 classes'):
    groove_tensors.to_patterns(np.zeros(shape))


def test_the_drum_map_knows_what_either_of_its_two_does():
  both = groove_tensors.drum_map()
  gm14 = drum_maps.load(drum_maps.GM14).voice_of_pitch
  own = _NINE.voice_of_pitch
  np.testing.assert_array_equal(
      both.voice_of_pitch, np.where(own == drum_maps.NO_VOICE, gm14, own)
  )
  assert both.written_pitches == _NINE.written_pitches
