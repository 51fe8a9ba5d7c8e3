"""Tests for dynamics; test_midi_writing has what is heard of them in files."""

import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import voices

_STEPS = np.repeat(np.arange(64), 14)
_VOICES = np.tile(np.arange(14), 64)
_DYNAMICS = st.builds(
    dynamics.Dynamics, velocity=st.integers(1, 127), accents=st.booleans(),
    swing=st.floats(0, 1), humanize=st.floats(0, 1), seed=st.integers(0, 99),
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
  conga, kick, snare, hat = map(
      voices.NAMES.index, ('conga', 'kick', 'snare', 'closed_hat')
  )
  steps = np.array([0, 1, 2, 3, 4, 8, 12, 16])
  assert accents.velocities(steps, np.full(8, conga)).tolist() == [
      116, 78, 92, 74, 104, 110, 104, 116
  ]
  assert accents.velocities(
      np.array([1, 1, 1, 0]), np.array([kick, snare, hat, snare])
  ).tolist() == [84, 88, 64, 126]


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
    ({'velocity': 0}, r'velocity must be in \[1, 127\], got 0'),
    ({'velocity': 128}, 'velocity .* got 128'),
    ({'swing': -0.1}, r'swing must be in \[0, 1\], got -0.1'),
    ({'swing': 1.1}, 'swing .* got 1.1'),
    ({'humanize': 2}, 'humanize .* got 2'),
    ({'humanize': float('nan')}, 'humanize .* got nan'),
])
def test_value_out_of_range_is_named(wrong, message):
  dynamics.Dynamics(velocity=127, swing=1, humanize=1)
  with pytest.raises(errors.InputError, match=message):
    dynamics.Dynamics(**wrong)
