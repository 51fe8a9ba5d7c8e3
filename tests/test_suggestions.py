"""Tests for suggestions."""

from hypothesis import assume
from hypothesis import given
from hypothesis import strategies as st
import pytest

from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.models import checkpoints

_WORDS = st.text('abcdefghijklmnopqrstuvwxyz_', min_size=4, max_size=12)


@given(st.lists(_WORDS, min_size=1, max_size=8, unique=True), st.data())
def test_exchanged_letters_lead_back_to_a_known_name(known, data):
  word = data.draw(st.sampled_from(known))
  i = data.draw(st.integers(0, len(word) - 2))
  wrong = word[:i] + word[i + 1] + word[i] + word[i + 2:]
  assume(wrong not in known)
  hint = suggestions.did_you_mean(wrong, known)
  assert hint in {f' Did you mean {name!r}?' for name in known}


@pytest.mark.parametrize(('word', 'known', 'hint'), [
    ('rokc', ['rock', 'pop'], " Did you mean 'rock'?"),
    ('a_ba_', ['____', 'ab_a_'], " Did you mean 'ab_a_'?"),
    ('polka', ['rock', 'pop'], ''),
    ('rock', [], ''),
])
def test_nearest_name_is_named_and_far_ones_are_not(word, known, hint):
  assert suggestions.did_you_mean(word, iter(known)) == hint


def test_name_is_shown_as_it_is_to_be_written():
  assert suggestions.did_you_mean('bset', ['ae', 'best'], 'shipped:{}') == (
      ' Did you mean shipped:best?'
  )


def test_recommended_model_is_shipped():
  name = checkpoints.RECOMMENDED.removeprefix(checkpoints.SHIPPED)
  assert name in checkpoints.shipped_names()


@given(st.lists(_WORDS, min_size=1, max_size=8, unique=True), _WORDS)
def test_choice_is_one_of_what_there_is(choices, word):
  for choice in choices:
    assert suggestions.one_of('--mode', choice, choices) == choice
  if word not in choices:
    with pytest.raises(errors.InputError, match=f'must be one of .*{word}'):
      suggestions.one_of('--mode', word, choices)
