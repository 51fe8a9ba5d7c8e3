"""Tests for song_support."""

import hypothesis
from hypothesis import strategies as st
import numpy as np

from drumspace_ext.dataset import parts
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import song_support


def _hits(count, seed=0, share=0.1):
  return np.random.default_rng(seed).random((count, 32, 14)) < share


@hypothesis.given(st.lists(st.integers(0, 30), min_size=1, max_size=200))
def test_a_family_is_in_one_fold_and_folds_are_alike(family):
  family = np.unique(family, return_inverse=True)[1]
  fold_of = song_support._dealt(family)
  assert all(len(set(fold_of[family == one])) == 1 for one in set(family))
  sizes = np.bincount(fold_of, minlength=5)
  assert sizes.max() - sizes.min() <= np.bincount(family).max()


def test_beats_of_other_songs_support_and_those_of_the_same_do_not():
  hits = _hits(200)
  # One song: all have its first bar, and the others are far from that.
  hits[:9, :16] = _hits(1, seed=1, share=0.9)[:, :16]
  hits[:9, 16:] = _hits(9, seed=2, share=0.9)[:, 16:]
  family = parts.families(step_codes.hits_to_step_codes(hits))
  assert len(set(family[:9])) == 1
  songs = song_support.SongSupport(hits)
  support = songs.of(hits)
  assert (support[:9] == 0).all()
  assert support[9:].mean() > 0.5
  # Drawn around others, the same beats are supported by that song's fold, where
  # it is another than theirs: by one of four.
  elsewhere = songs.of(np.roll(hits, 100, axis=0))[100:109]
  assert set(elsewhere) == {0, 0.25}


def test_where_there_is_one_song_nothing_is_supported():
  hits = _hits(9)
  hits[:, :16] = hits[0, :16]
  np.testing.assert_array_equal(
      song_support.SongSupport(hits).of(hits), np.zeros(9)
  )
