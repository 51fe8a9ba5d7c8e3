"""Tests for near loops."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import plain_reading
import pytest
import step_songs

from drumspace_ext.extraction import loops
from drumspace_ext.extraction import near_loops
from drumspace_ext.patterns import step_codes

_SONGS = {
    'rng': st.randoms(use_true_random=False),
    'bars': st.sampled_from([1, 2, 4]),
    'max_flips': st.sampled_from([0, 1, 2, 4, 9]),
    'min_repeats': st.sampled_from([2, 3, 4]),
}


@given(**_SONGS)
@settings(max_examples=200)
def test_near_loops_are_those_of_the_plain_reading(
    rng, bars, max_flips, min_repeats
):
  codes = step_songs.noisy_song(rng, bars)
  options = {
      'bars': bars, 'max_flips': max_flips, 'min_repeats': min_repeats
  }
  found = near_loops.find(step_songs.pieces(codes), **options)
  assert step_songs.multiset_of_loops(found) == step_songs.multiset_of(
      step_songs.plain(codes, plain_reading.near_loops, **options)
  )


@given(**_SONGS, num_inputs=st.integers(1, 4))
@settings(max_examples=100)
def test_loops_of_several_inputs_are_those_of_each(
    rng, bars, max_flips, min_repeats, num_inputs
):
  inputs = [step_songs.pieces([]), *(
      step_songs.pieces(step_songs.noisy_song(rng, bars))
      for _ in range(num_inputs)
  ), step_songs.pieces([])]
  options = {
      'bars': bars, 'max_flips': max_flips, 'min_repeats': min_repeats
  }
  together = near_loops.find_many(inputs, **options)
  alone = [near_loops.find(pieces, **options) for pieces in inputs]
  assert [list(map(repr, found)) for found in together] == [
      list(map(repr, found)) for found in alone
  ]


@given(plays=st.lists(
    st.lists(st.integers(0, 2**14 - 1), min_size=3, max_size=3),
    min_size=1, max_size=9,
))
def test_consensus_has_what_more_than_half_of_the_plays_have(plays):
  expected = [
      sum(
          1 << bit for bit in range(14)
          if 2 * sum(code >> bit & 1 for code in column) > len(plays)
      ) for column in zip(*plays)
  ]
  assert near_loops.consensus(np.array(plays, np.uint16)).tolist() == expected


@given(**_SONGS)
@settings(max_examples=100)
def test_no_play_is_further_from_its_consensus_than_is_allowed(
    rng, bars, max_flips, min_repeats
):
  allowed = max(near_loops.scaled(max_flips, 16 * bars), max_flips)
  for loop in near_loops.find(
      step_songs.pieces(step_songs.noisy_song(rng, bars)), bars=bars,
      max_flips=max_flips, min_repeats=min_repeats,
  ):
    assert near_loops.flips(loop.plays, loop.codes).max() <= allowed
    assert len(loop.steps) == len(loop.plays)
    assert loop.quarters[0][0] <= loop.quarters[0][1]


@given(**_SONGS)
@settings(max_examples=50)
def test_two_bars_alone_are_those_found_in_some_phase(
    rng, bars, max_flips, min_repeats
):
  pieces = step_songs.pieces(step_songs.noisy_song(rng, bars))
  options = {'max_flips': max_flips, 'min_repeats': min_repeats}
  found = [loop.codes for loop in near_loops.find(pieces, **options)]
  alone = list(near_loops.two_bars(pieces, **options))
  assert len(alone) == len(found)
  for ours, theirs in zip(alone, found):
    np.testing.assert_array_equal(
        step_codes.canonical(ours), step_codes.canonical(theirs)
    )


@given(**_SONGS)
@settings(max_examples=50)
def test_without_flips_two_bars_are_left_to_loops(
    rng, bars, max_flips, min_repeats
):
  del max_flips
  codes = step_songs.noisy_song(rng, bars)
  assert not near_loops.find(step_songs.pieces(codes), min_repeats=min_repeats)


_BEAT = [5, 0, 4, 0, 6, 0, 4, 1] * 4


def test_one_ghost_note_in_one_of_four_plays_does_not_hide_the_beat():
  played = _BEAT * 4
  played[32 + 13] = 2
  assert not len(loops.find(step_songs.pieces(played)).codes)
  (found,) = near_loops.find(step_songs.pieces(played), max_flips=1)
  assert found.codes.tolist() == _BEAT
  assert near_loops.flips(found.plays, found.codes).tolist() == [0, 1, 0, 0]
  assert found.steps.tolist() == [0, 32, 64, 96]
  assert not near_loops.find(step_songs.pieces(played), max_flips=0)


def test_of_a_phrase_whose_halves_differ_the_common_hits_are_taken():
  other = list(_BEAT)
  other[9], other[14] = 2, 0
  played = step_songs.pieces((_BEAT + other) * 3)
  (found,) = near_loops.find(played, max_flips=2)
  assert found.codes.tolist() == [a & b for a, b in zip(_BEAT, other)]
  halves = near_loops.find(played, bars=4)
  assert [loop.codes.tolist() for loop in halves] == [_BEAT, other]
  assert [len(loop.plays) for loop in halves] == [3, 3]


@pytest.mark.parametrize('before', [0, 16, 32])
def test_flips_that_are_allowed_cost_two_whole_plays_no_hit(before):
  # Four bars, twice: with a shift of the silence around them into the first
  # play its last hits, or its first, would be those of half of the plays.
  other = list(_BEAT)
  other[9], other[14] = 2, 0
  pieces = step_songs.pieces([0] * before + (_BEAT + other) * 2)
  options = {'bars': 4, 'min_repeats': 2}
  exact, near = (
      near_loops.find(pieces, max_flips=flips, **options) for flips in (0, 4)
  )
  for loops_found in (exact, near):
    assert [loop.codes.tolist() for loop in loops_found] == [_BEAT, other]
  (twice,) = near_loops.find(
      step_songs.pieces([0] * before + _BEAT + other), max_flips=4,
      min_repeats=2,
  )
  assert twice.codes.tolist() == [a & b for a, b in zip(_BEAT, other)]


@pytest.mark.parametrize('lengths, middles', [
    ([3, 3, 3, 3], (1, 4, 7, 10)), ([4, 3], (1, 5)),
])
def test_a_beat_that_drifts_away_is_cut_where_it_is_another(lengths, middles):
  # Every play adds a hit to the one before: 12 plays, 11 flips apart.
  plays = [list(_BEAT)]
  for step in range(sum(lengths) - 1):
    plays.append([c | (8 if i == step else 0) for i, c in enumerate(plays[-1])])
  pieces = step_songs.pieces([c for play in plays for c in play])
  found = near_loops.find(pieces, max_flips=2)
  assert [len(loop.plays) for loop in found] == lengths
  for loop, middle in zip(found, middles):
    assert loop.codes.tolist() == plays[middle]


def test_one_bar_is_taken_twice_and_counts_every_two_bars():
  bar = [5, 0, 4, 0, 6, 0, 4, 1, 4, 0, 5, 0, 6, 0, 4, 0]
  (found,) = near_loops.find(step_songs.pieces(bar * 3), bars=1)
  assert found.codes.tolist() == bar * 2
  assert len(found.plays) == 1
  assert not near_loops.find(step_songs.pieces(bar * 2), bars=1)


def test_four_bars_need_one_play_less_and_two_at_least():
  assert near_loops.plays_needed(64, 3) == near_loops.plays_needed(64, 2) == 2
  assert near_loops.plays_needed(32, 3) == near_loops.plays_needed(16, 3) == 3


@pytest.mark.parametrize('count', [1, 2, 3, 4])
def test_a_hit_of_just_half_of_the_plays_is_left_out(count):
  plays = np.array([[1]] * count + [[3]] * count, np.uint16)
  assert near_loops.consensus(plays).tolist() == [1]
  assert near_loops.consensus(plays[:-1]).tolist() == [1]
  assert near_loops.consensus(plays[1:]).tolist() == [3]
