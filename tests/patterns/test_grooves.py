"""Tests for grooves."""

import itertools

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
import numpy as np
import pytest

from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

_SNARE = voices.NAMES.index('snare')
_RIDE = voices.NAMES.index('ride')
_COUNTS = st_numpy.arrays(np.float64, (32, 14), elements=st.integers(0, 4))


def _cells(plays, velocity, offset):
  """Sums of plays `[32, 14]` that are all alike."""
  offset = round(offset * groove_sums.UNITS)
  return np.stack([
      plays, plays * velocity, plays * velocity**2, plays * offset,
      plays * offset**2,
  ]).astype(np.int64)


def test_accents_are_velocities_and_stress_the_beat():
  table = grooves.accents()
  assert table.shape == (16, 14)
  assert 1 <= table.min() <= table.max() <= 127
  assert table[4, _SNARE] > table[3, _SNARE]


@given(counts=_COUNTS)
def test_nothing_seen_otherwise_is_nothing_taken_over(counts):
  assert not grooves.taken_over(np.zeros((32, 14)), counts).any()


@given(counts=_COUNTS, what=st.floats(-30, 30))
def test_what_all_hits_do_is_taken_over_and_never_more_of_it(counts, what):
  result = grooves.taken_over(counts * what, counts)
  assert (np.abs(result) <= abs(what) + 1e-9).all()
  assert (result * what >= -1e-9).all()
  if counts.sum() >= 200:
    np.testing.assert_allclose(result, what, atol=abs(what) / 100 + 1e-9)


def test_one_hit_by_hand():
  sums, counts = np.zeros((32, 14)), np.zeros((32, 14))
  sums[5, _SNARE], counts[5, _SNARE] = 27, 1
  result = grooves.taken_over(sums, counts, prior=2)
  # A third of what is left at each of five levels.
  left = [27 * (2 / 3) ** level for level in range(6)]
  assert result[5, _SNARE] == pytest.approx(27 - left[5])
  assert result[21, _SNARE] == pytest.approx(27 - left[4])
  assert result[9, _SNARE] == pytest.approx(27 - left[3])
  assert result[6, _SNARE] == pytest.approx(27 - left[2])
  assert result[5, 0] == pytest.approx(27 - left[1])


@given(played=_COUNTS, swing=st.floats(-0.5, 0.5))
def test_swing_moves_no_hit_on_the_beat(played, swing):
  plays = played + 1
  cells = _cells(plays, 90, 0)
  # The last sixteenth of each beat is played so by every voice.
  cells[:, 3::4] = _cells(plays[3::4], 90, swing)
  offsets = grooves.Manner(cells).offsets
  np.testing.assert_allclose(offsets[3::4], swing, atol=0.01)
  others = np.arange(32) % 4 < 3
  np.testing.assert_allclose(offsets[others], 0, atol=0.01)


def test_a_voice_that_a_shuffle_lacks_swings_with_the_others():
  plays = np.zeros((32, 14), np.int64)
  plays[0::4, _RIDE] = plays[3::4, _RIDE] = plays[4::8, _SNARE] = 4
  cells = _cells(plays, 90, 0)
  cells[:, 3::4] = _cells(plays[3::4], 90, -1 / 3)
  hat = grooves.Manner(cells).offsets[:, voices.NAMES.index('closed_hat')]
  assert hat[3::4] == pytest.approx(-1 / 3, abs=0.03)
  assert not hat[0::4].any()


@given(velocity=st.integers(1, 127), offset=st.floats(-0.5, 0.5))
def test_manner_plays_as_the_performance_where_it_is_rich(velocity, offset):
  plays = np.full((32, 14), 8)
  played = grooves.Manner(_cells(plays, velocity, offset))(
      np.ones((2, 32, 14), np.bool_)
  )
  np.testing.assert_allclose(played.velocities, velocity, atol=12)
  np.testing.assert_allclose(played.offsets, offset, atol=0.01)


def test_manner_of_nothing_is_the_accents():
  manner = grooves.Manner(np.zeros((5, 32, 14), np.int64))
  np.testing.assert_array_equal(
      manner.velocities, np.tile(grooves.accents(), (2, 1))
  )
  assert not manner.offsets.any()


@given(numbers=st.lists(st.integers(0, 3), max_size=9))
def test_a_player_is_asked_once_for_the_same_in_a_row(numbers):
  asked = []

  def play(hits):
    asked.append(int(hits.sum()))
    return grooves.Groove(velocities=hits * 1.0, offsets=hits * 0.1)

  remembered = grooves.Remembered(play)
  for number in numbers:
    hits = np.zeros((2, 32, 14), np.bool_)
    hits[1, :number, 3] = True
    np.testing.assert_array_equal(remembered(hits).velocities, hits)
  assert asked == [number for number, _ in itertools.groupby(numbers)]


@given(
    foreseen=st.lists(st.integers(0, 5), min_size=1, max_size=6),
    asked=st.lists(st.integers(0, 5), min_size=1, max_size=6),
)
def test_what_is_foreseen_is_played_as_without_and_asked_once(foreseen, asked):
  calls = []

  def play(hits):
    calls.append(len(hits))
    count = hits.sum((1, 2), keepdims=True)
    place = np.arange(hits[0].size).reshape(hits.shape[1:])
    return grooves.Groove(
        velocities=1 + (count + place) % 127, offsets=place / 1000 - count / 99
    )

  patterns = np.tri(6, 448, dtype=np.bool_).reshape(6, 32, 14)
  remembered = grooves.Remembered(play)
  remembered.foresee(patterns[foreseen])
  assert calls == [len(set(foreseen))]
  hits = patterns[asked]
  played, alone = remembered(hits), play(hits)
  for name in ('velocities', 'offsets'):
    np.testing.assert_array_equal(
        getattr(played, name)[hits], getattr(alone, name)[hits]
    )
  # What was not foreseen is asked for with all the rest.
  assert len(calls) == 2 + (not set(asked) <= set(foreseen))


def test_who_draws_in_turn_is_not_asked_ahead():
  class InTurn:
    draws_in_turn = True

    def __call__(self, hits):
      raise AssertionError

  grooves.Remembered(InTurn()).foresee(np.ones((2, 32, 14), np.bool_))


@given(counted=st.lists(st.booleans(), min_size=3, max_size=3))
def test_of_a_known_pattern_what_nobody_played_is_as_by_the_default(counted):
  hits = np.zeros((1, 32, 14), np.bool_)
  hits[0, [0, 4, 9], [0, 1, 2]] = True
  values = np.array([50.0, 60.0, 70.0]) * counted
  known = grooves.Known({
      step_codes.hits_to_step_codes(hits[0]).tobytes(): groove_sums.Played(
          plays=np.array(counted, np.int64), velocities=values,
          velocity_spreads=0 * values, offsets=values / 1000,
          offset_spreads=0 * values,
      ),
  }, lambda asked: grooves.Groove(
      velocities=np.full(asked.shape, 99.0), offsets=np.full(asked.shape, -0.1)
  ))
  played = known(hits)
  assert played.velocities[hits].tolist() == [
      value or 99.0 for value in values.tolist()
  ]
  assert played.offsets[hits].tolist() == [
      value / 1000 or -0.1 for value in values.tolist()
  ]
