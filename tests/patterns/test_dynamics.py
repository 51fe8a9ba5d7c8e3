"""Tests for dynamics; test_midi_writing has what is heard of them in files."""

import dataclasses

import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.extraction import genres as genres_lib
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import genre_swings
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import voices

_STEPS = np.repeat(np.arange(64), 14)
_VOICES = np.tile(np.arange(14), 64)
_DYNAMICS = st.builds(
    dynamics.Dynamics, velocity=st.integers(1, 127), accents=st.booleans(),
    swing=st.floats(0, 1) | st.just('auto'), humanize=st.floats(0, 1),
    seed=st.integers(0, 99), genres=st.lists(
        st.sampled_from(['', 'rock', 'soul', 'funk']), min_size=1
    ),
)


@hypothesis.given(played=_DYNAMICS)
def test_velocities_and_delays_are_in_range(played):
  velocities = played.velocities(_STEPS, _VOICES)
  assert velocities.dtype == np.int64
  assert 1 <= velocities.min() <= velocities.max() <= 127
  delays = played.delays(_STEPS)
  # A hit still rounds to its own step, and none comes before the start.
  assert np.abs(delays).max() < 0.5
  assert (delays[_STEPS == 0] >= 0).all()
  np.testing.assert_array_equal(velocities, played.velocities(_STEPS, _VOICES))
  np.testing.assert_array_equal(delays, played.delays(_STEPS))


def test_plain_dynamics_change_nothing():
  plain = dynamics.Dynamics(velocity=77)
  assert set(plain.velocities(_STEPS, _VOICES)) == {77}
  assert not plain.delays(_STEPS).any()


@pytest.mark.parametrize('swing, late', [(0, 0), (0.3, 0.1), (1, 1 / 3)])
def test_swing_makes_every_second_sixteenth_late(swing, late):
  delays = dynamics.Dynamics(swing=swing).delays(np.arange(5))
  np.testing.assert_allclose(delays, [0, late, 0, late, 0])


def test_accents_by_hand():
  accents = dynamics.Dynamics(accents=True, velocity=1)
  kick, snare, hat = map(voices.NAMES.index, ('kick', 'snare', 'closed_hat'))
  steps = np.array([0, 1, 2, 3, 4, 16])
  assert accents.velocities(steps, np.full(6, hat)).tolist() == [
      87, 74, 76, 75, 88, 87
  ]
  assert accents.velocities(
      np.array([0, 12, 28]), np.array([kick, snare, snare])
  ).tolist() == [94, 97, 97]


def _plays(velocity, offset):
  """A player that plays all hits so, and notes what it was asked."""
  def player(hits):
    player.asked.append(hits)
    return grooves.Groove(
        velocities=np.full(hits.shape, velocity),
        offsets=np.full(hits.shape, offset),
    )
  player.asked = []
  return player


def test_groove_takes_the_place_of_velocities_as_far_as_its_strength_says():
  steps, struck = np.array([0, 5, 37]), np.array([0, 1, 1])
  for strength, velocity, late in (
      (0, 100, 0.0), (0.25, 85, -0.1), (1, 40, -0.4)
  ):
    played = dynamics.Dynamics(
        groove=_plays(40.0, -0.4), groove_strength=strength
    )
    assert played.velocities(steps, struck).tolist() == [velocity] * 3
    # What comes first can't come before the start.
    np.testing.assert_allclose(played.delays(steps, struck), [0, late, late])


def test_strengths_of_velocity_and_timing_are_two():
  steps, struck = np.array([0, 5, 37]), np.array([0, 1, 1])
  for strength, velocity, late in (
      ((0.25, 1), 85, -0.4), ([1, 0], 40, 0.0), ((0, 0.5), 100, -0.2),
      ((1.0,), 40, -0.4),
  ):
    played = dynamics.Dynamics(
        groove=_plays(40.0, -0.4), groove_strength=strength
    )
    assert played.velocities(steps, struck).tolist() == [velocity] * 3
    np.testing.assert_allclose(played.delays(steps, struck), [0, late, late])


def test_swing_by_genre_is_that_of_each_pattern_in_turn():
  genres = ['soul', 'rock', '', 'funk']
  played = dynamics.Dynamics(swing='auto').of_genres(genres)
  # The second time around it is the first one's turn again.
  steps = np.arange(5 * 32)
  late = played.delays(steps).reshape(5, 16, 2)
  swings = [genre_swings.of_genre(genre) for genre in genres + genres[:1]]
  assert swings[0] > swings[3] > 0 == swings[1] == swings[2]
  np.testing.assert_allclose(late[:, :, 0], 0)
  np.testing.assert_allclose(late[:, :, 1], np.repeat(swings, 16).reshape(
      5, 16
  ) / 3)
  assert not dynamics.Dynamics(swing='auto').delays(steps).any()


@pytest.mark.parametrize('odd, even, strength, late', [
    # What the groove does counts; what goes the other way does not.
    (0.05, 0.0, 1, 0.37 / 3), (0.02, -0.02, 1, 0.37 / 3 - 0.02),
    (0.4, 0.0, 1, 0.4), (-0.2, 0.0, 1, 0.37 / 3 - 0.2),
    (0.3, 0.0, (1, 0), 0.37 / 3), (0.1, 0.0, 0.5, 0.37 / 3),
])
def test_swing_by_genre_is_less_what_the_groove_swings(
    odd, even, strength, late
):
  def player(hits):
    offsets = np.zeros(hits.shape)
    offsets[:, 1::2], offsets[:, ::2] = odd, even
    return grooves.Groove(
        velocities=np.full(hits.shape, 64.0), offsets=offsets
    )

  played = dynamics.Dynamics(
      swing='auto', groove=player, groove_strength=strength, genres=['soul']
  )
  delays = played.delays(np.array([4, 5, 7]), np.array([0, 3, 3]))
  np.testing.assert_allclose(delays[1:], [late] * 2)


def test_swinging_genres_are_genres():
  assert set(genre_swings.OF_GENRE) <= set(genres_lib.NAMES)
  low, high = dynamics.RANGES['swing']
  assert all(low < swing <= high for swing in genre_swings.OF_GENRE.values())


def test_groove_is_asked_once_for_each_different_pattern():
  player = _plays(40.0, 0.0)
  steps, struck = np.array([0, 5, 32, 37, 64]), np.array([0, 1, 0, 1, 0])
  dynamics.Dynamics(groove=player).velocities(steps, struck)
  (asked,) = player.asked
  assert len(asked) == 2
  assert sorted(asked.sum(axis=(1, 2)).tolist()) == [1, 2]


@hypothesis.given(played=_DYNAMICS, offset=st.floats(-0.5, 0.5),
                  velocity=st.floats(1, 127), strength=st.floats(0, 1))
def test_whatever_combines_a_hit_stays_nearest_to_its_step(
    played, offset, velocity, strength
):
  played = dataclasses.replace(
      played, groove=_plays(velocity, offset), groove_strength=strength
  )
  velocities = played.velocities(_STEPS, _VOICES)
  assert 1 <= velocities.min() <= velocities.max() <= 127
  starts = _STEPS + played.delays(_STEPS, _VOICES)
  np.testing.assert_array_equal(np.floor(starts + 0.5), _STEPS)
  assert starts.min() >= 0


def test_seed_decides_what_varies():
  def played(seed, humanize=1.0):
    one = dynamics.Dynamics(humanize=humanize, seed=seed)
    return one.velocities(_STEPS, _VOICES), one.delays(_STEPS)

  for one, other in zip(played(1), played(2)):
    assert (one != other).mean() > 0.4
  velocities, delays = played(1)
  assert np.abs(velocities - 100).max() == 18
  assert 0.1 < np.abs(delays).max() <= 0.12
  velocities, delays = played(1, humanize=0.5)
  assert 5 < np.abs(velocities - 100).max() <= 9
  assert 0.05 < np.abs(delays).max() <= 0.06


@pytest.mark.parametrize('wrong, message', [
    ({'groove_strength': 1.5}, r'strength must be in \[0, 1\], .* got 1.5'),
    ({'groove_strength': (0.5, -1)}, r'two such, of velocity .*\(0.5, -1\)'),
    ({'groove_strength': (0, 0, 0)}, r'got \(0, 0, 0\)'),
    ({'groove_strength': float('nan')}, 'got nan'),
    ({'groove_strength': 'much'}, "got 'much'"),
    ({'velocity': 0}, r'velocity must be in \[1, 127\], got 0'),
    ({'velocity': 128}, 'velocity .* got 128'),
    ({'swing': -0.1}, r'swing must be in \[0, 1\], or auto, got -0.1'),
    ({'swing': 1.1}, 'swing .* got 1.1'),
    ({'swing': 'jazz'}, "or auto, got 'jazz'"),
    ({'humanize': 'auto'}, r'humanize must be in \[0, 1\], got \'auto\''),
    ({'humanize': 2}, 'humanize .* got 2'),
    ({'humanize': float('nan')}, 'humanize .* got nan'),
    ({'humanize': None}, 'humanize .* got None'),
    ({'swing': None}, 'swing .* got None'),
    ({'swing': [0.5]}, r'swing .* got \[0.5\]'),
    ({'velocity': None}, 'velocity .* got None'),
    ({'groove_strength': '1'}, "groove_strength .* got '1'"),
    ({'groove_strength': '11'}, "groove_strength .* got '11'"),
    ({'groove_strength': ('1', '0')}, 'groove_strength .* got'),
    ({'groove_strength': None}, 'groove_strength .* got None'),
    ({'groove_strength': ()}, r'groove_strength .* got \(\)'),
    ({'seed': -1}, r'seed must be a whole number in \[0, 4294967295\], got -1'),
])
def test_value_out_of_range_is_named(wrong, message):
  dynamics.Dynamics(velocity=127, swing=1, humanize=1)
  with pytest.raises(errors.InputError, match=message):
    dynamics.Dynamics(**wrong)
