"""Tests for what is counted of continuations."""

import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext.evaluation import metrics
from drumspace_ext.evaluation import song_metrics

_SONGS = st.integers(1, 6).flatmap(lambda count: st.lists(
    st.lists(st.integers(0, 3), min_size=96, max_size=96), min_size=count,
    max_size=count,
)).map(lambda songs: np.array(songs, np.uint16))


def _rng():
  return np.random.default_rng(0)


@hypothesis.given(_SONGS)
def test_what_follows_is_as_what_follows(songs):
  found = song_metrics.of_continuations(songs, songs, 64, seed=0)
  for lag in song_metrics.REPEAT_LAGS:
    share = found[f'repeat_{lag}']
    assert 0 <= share.low <= share.high <= 1
    if share.low:
      assert found[f'repeat_{lag}_ratio'] == pytest.approx((1, 1, 1))
  assert found['hits'].low <= found['hits'].value <= found['hits'].high


def test_repetition_and_density_by_hand():
  # A primer of 32 steps; then a bar as before, and one with another step.
  codes = np.zeros((1, 64), np.uint16)
  codes[0, [0, 16, 32, 48]] = 1
  codes[0, 49] = 3
  assert song_metrics.repetition(codes, 32, 16) == [31 / 32]
  assert song_metrics.repetition(codes, 32, 32) == [31 / 32]
  # Hits of its quarters: a kick, none, a kick and two drums, none.
  np.testing.assert_array_equal(
      song_metrics.density(codes, 32), [[1 / 8, 0, 3 / 8, 0]]
  )


def test_nats_are_of_steps_and_not_of_songs():
  long, short = np.full(100, 1.0), np.full(20, 3.0)
  nats = song_metrics.of_nats([long, short], 10, rng=_rng())
  assert nats.value == pytest.approx((90 + 30) / 100)
  assert 1 <= nats.low < nats.value < nats.high <= 3


def test_ratio_is_paired():
  # Twice as much in each song: whichever are drawn, it is twice as much.
  under = np.arange(1.0, 9)
  assert song_metrics.ratio(2 * under, under, rng=_rng()) == (2, 2, 2)
  nothing = np.zeros(3)
  assert song_metrics.ratio(nothing, nothing, rng=_rng()) == (
      metrics.Estimate(0, 0, 0)
  )
