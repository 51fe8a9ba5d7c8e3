"""Tests for what models that continue beats have to be better than."""

import hypothesis
from hypothesis import strategies as st
import next_step_models
import numpy as np
import pytest

from drumspace_ext.evaluation import song_baselines
from drumspace_ext.patterns import step_codes

_CODES = st.lists(st.integers(0, step_codes.NUM_CODES - 1), min_size=1).map(
    lambda codes: np.array(codes, np.uint16)
)
_SONGS = st.lists(_CODES, min_size=1, max_size=4)


def _players(songs):
  frequencies = song_baselines.Frequencies(songs)
  return [
      song_baselines.Loop(), frequencies,
      song_baselines.CopyMixture(songs, frequencies),
  ]


@hypothesis.given(_SONGS, _CODES, st.integers(1, 40))
def test_they_play_step_codes_as_the_seed_says(songs, primer, num_steps):
  for player in _players(songs):
    drawn = [player.continue_codes(
        primer, num_steps=num_steps, temperature=1.0, seed=3
    ) for _ in range(2)]
    np.testing.assert_array_equal(*drawn)
    assert drawn[0].shape == (num_steps,)
    assert drawn[0].max() < step_codes.NUM_CODES


@hypothesis.given(_SONGS)
def test_chances_of_all_codes_are_one_and_none_is_0(songs):
  shares = song_baselines.Frequencies(songs).shares
  assert shares.min() > 0
  assert shares.sum() == pytest.approx(1)


@hypothesis.given(_SONGS, _CODES, st.integers(0, step_codes.NUM_CODES - 1))
def test_noise_in_the_future_changes_nothing_before(songs, codes, noise):
  for player in _players(songs)[1:]:
    (heard,) = player.nats([codes])
    changed = codes.copy()
    changed[-1] ^= noise
    (again,) = player.nats([changed])
    np.testing.assert_array_equal(heard[:-1], again[:-1])


def test_frequencies_by_hand():
  # Four steps, two kinds: 3 + 2 / 16384 and so on, of 4 + 2.
  (nats,) = song_baselines.Frequencies(
      [np.array([0, 0, 0, 1], np.uint16)]
  ).nats([np.array([0, 1, 9], np.uint16)])
  spread = 2 / step_codes.NUM_CODES
  np.testing.assert_allclose(
      np.exp(-nats), np.array([3 + spread, 1 + spread, spread]) / 6
  )


def test_copying_learns_what_songs_repeat():
  # Two bars again and again, no bar as the one before.
  song = np.resize(np.arange(1, 33, dtype=np.uint16), 320)
  frequencies = song_baselines.Frequencies([song])
  mixture = song_baselines.CopyMixture([song], frequencies)
  by_lag = dict(zip(song_baselines.LAGS, mixture.weights))
  assert by_lag[32] + by_lag[64] == pytest.approx(1, abs=1e-3)
  assert by_lag[16] == by_lag[8] == by_lag[4] == 0
  (nats,) = mixture.nats([song])
  assert nats[64:].max() < 1e-3 < frequencies.nats([song])[0].min()
  np.testing.assert_array_equal(mixture.continue_codes(
      song[:64], num_steps=256, temperature=1.0, seed=0
  )[:200], song[64:264])


def test_loop_repeats_the_last_two_bars_and_has_no_chances():
  song = next_step_models.song(seed=0, num_bars=4)
  drawn = song_baselines.Loop().continue_codes(
      song, num_steps=96, temperature=1.0, seed=0
  )
  np.testing.assert_array_equal(drawn, np.tile(song[32:], 3))
  assert song_baselines.Loop().nats([song]) is None
