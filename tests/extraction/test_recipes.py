"""Tests for recipes."""

import pytest

from drumspace_ext import errors
from drumspace_ext.extraction import recipes


def test_nothing_said_is_the_published_recipe():
  recipe = recipes.of_arguments()
  assert recipe == recipes.Recipe()
  assert not recipe.has_near_loops
  assert recipe.reach() == {
      'max_flips': 0, 'min_repeats': 3, 'loop_bars': [2], 'recurring': False
  }


@pytest.mark.parametrize('said', [
    {'max_flips': 1}, {'min_repeats': 2}, {'loop_bars': ['1', '2']},
    {'recurring': True},
])
def test_what_is_said_of_loops_is_more_than_the_published_recipe(said):
  assert recipes.of_arguments(**said).has_near_loops


def test_two_bars_are_always_read_and_lengths_stand_in_order():
  assert recipes.of_arguments(loop_bars=['4', '1']).loop_bars == (1, 2, 4)
  assert recipes.Recipe(loop_bars=()).loop_bars == (2,)


@pytest.mark.parametrize(('said', 'message'), [
    ({'max_flips': 33}, r'max_flips must be in \[0, 32\], got 33'),
    ({'min_repeats': 0}, r'min_repeats must be in \[1, 1000\], got 0'),
    ({'loop_bars': ['3']}, 'some of 1,2,4, got 3.$'),
    ({'loop_bars': ['two']}, 'some of 1,2,4, got two'),
])
def test_what_is_out_of_range_is_refused(said, message):
  with pytest.raises(errors.InputError, match=message):
    recipes.of_arguments(**said)
