"""Tests for readings: what a recipe finds, and how it is counted."""

import collections

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import step_songs

from drumspace_ext.extraction import loops
from drumspace_ext.extraction import near_loops
from drumspace_ext.extraction import readings
from drumspace_ext.extraction import recipes
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

_A = [5, 0, 4, 0, 6, 0, 4, 1, 4, 0, 5, 0, 6, 0, 4, 0]
_B = [9, 0, 8, 0, 2, 0, 8, 1, 8, 0, 1, 0, 2, 0, 8, 0]
_FILL = [2] * 16
_RECIPES = st.builds(
    recipes.Recipe, max_flips=st.sampled_from([0, 1, 2, 4]),
    min_repeats=st.sampled_from([1, 2, 3, 3, 4]),
    loop_bars=st.sampled_from([(2,), (1, 2), (2, 4), (1, 2, 4)]),
    recurring=st.booleans(),
)


def _find(codes, **recipe):
  return readings.find(step_songs.pieces(codes), recipes.Recipe(**recipe))


def _plays(found):
  """Returns {canonical codes: (plays, near plays)}."""
  counts = collections.defaultdict(lambda: [0, 0])
  for loop in found.sightings:
    codes = tuple(step_codes.bytes_to_codes(loop.canonical).tolist())
    counts[codes][0] += loop.num_plays
    counts[codes][1] += loop.num_near_plays
  return {codes: tuple(count) for codes, count in counts.items()}


def _class(codes):
  return tuple(step_codes.canonical(np.array(codes, np.uint16)).tolist())


@given(rng=st.randoms(use_true_random=False), recipe=_RECIPES)
@settings(max_examples=200)
def test_the_classes_of_the_published_recipe_stay_and_no_near_double_comes(
    rng, recipe
):
  pieces = step_songs.pieces(step_songs.noisy_song(rng))
  found = readings.find(pieces, recipe)
  exact = loops.find(pieces, min_repeats=max(2, recipe.min_repeats))
  is_trivial = entropy.is_trivial(exact.codes)
  kept = {_class(codes) for codes in exact.codes[~is_trivial]}
  classes = {}
  for loop in found.sightings:
    classes.setdefault(loop.canonical, []).append(loop)
    assert step_codes.canonical_bytes(loop.phase) == loop.canonical
    assert 0 <= loop.num_near_plays <= loop.num_plays
    assert loop.num_near_plays <= loop.num_flips
    assert loop.max_flips <= loop.num_flips
  codes_of = {c: step_codes.bytes_to_codes(c) for c in classes}
  assert kept <= {tuple(codes.tolist()) for codes in codes_of.values()}
  for canonical, codes in codes_of.items():
    if tuple(codes.tolist()) in kept:
      continue
    for other, theirs in codes_of.items():
      if other != canonical:
        rotations = step_codes.rotations(theirs)
        assert near_loops.flips(rotations, codes).min() > recipe.max_flips
  assert found.num_loops - found.num_trivial == len(found.sightings)
  assert 0 <= found.num_short_pieces <= found.num_pieces
  assert 0 <= found.num_pieces_without_loop
  with_loop = (
      found.num_pieces - found.num_short_pieces - found.num_pieces_without_loop
  )
  assert (with_loop > 0) >= (found.num_loops > 0)


@given(song=st.randoms(use_true_random=False), recipe=_RECIPES)
@settings(max_examples=50)
def test_no_step_is_counted_twice_for_a_class(song, recipe):
  codes = step_songs.noisy_song(song)
  found = readings.find(step_songs.pieces(codes), recipe)
  # A pause at each end may be played along, and less than a bar with others.
  most = (len(codes) + 64 * found.num_pieces) // 32
  for loops_of_class in _by_class(found).values():
    plays = sum(loop.num_plays for loop in loops_of_class)
    assert plays <= most + 2 * len(loops_of_class)


def _by_class(found):
  classes = collections.defaultdict(list)
  for loop in found.sightings:
    classes[loop.canonical].append(loop)
  return classes


def test_a_beat_that_is_played_exactly_and_nearly_is_one_class():
  other = [*_A, *_A]
  other[9] = 2
  found = _find((_A + _A) * 4 + other * 2, max_flips=1)
  assert _plays(found) == {_class(_A + _A): (6, 2)}
  assert [loop.is_near for loop in found.sightings] == [False, True]
  assert [loop.max_flips for loop in found.sightings] == [0, 1]


def test_every_two_bars_keep_true_counts():
  found = _find((_A + _A) * 4 + _B + _FILL, min_repeats=1)
  assert _plays(found) == {
      _class(_A + _A): (4, 0), _class(_B + _FILL): (1, 0),
  }
  assert _plays(_find((_A + _A) * 2 + _B, min_repeats=2)) == {
      _class(_A + _A): (2, 0)
  }
  assert not _find((_A + _A) * 2 + _B).sightings


def test_one_bar_four_bars_and_beats_that_recur_come_when_asked_for():
  bar, phrase = _A * 3 + _FILL, (_A + _B + _A + _FILL) * 2
  assert not _find(bar).sightings and not _find(phrase).sightings
  assert set(_plays(_find(bar, loop_bars=(1,)))) == {_class(_A + _A)}
  assert set(_plays(_find(phrase, loop_bars=(4,)))) == {
      _class(_A + _B), _class(_A + _FILL)
  }
  assert _class(_A + _B) in _plays(_find(
      (_A + _B + _FILL + _FILL) * 3, recurring=True
  ))


def test_trivial_loops_are_counted_and_no_class():
  pulse = [4, 0, 0, 0] * 8
  found = _find(pulse * 3 + [4, 1, 0, 0] + pulse[4:], max_flips=1)
  assert not found.sightings
  assert found.num_loops == found.num_trivial == 2


def test_a_file_of_a_single_bar_gives_that_bar_twice():
  half_silent = {_class(_A + [0] * 16): (1, 0)}
  assert _plays(_find(_A, min_repeats=1)) == half_silent
  found = _find(_A, min_repeats=1, loop_bars=(1,))
  assert _plays(found) == {_class(_A + _A): (1, 0)}
  assert not _find(_A, loop_bars=(1,)).sightings
