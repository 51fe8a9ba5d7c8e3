"""Tests for text_grids."""

from hypothesis import given
from hypothesis import settings
from hypothesis.extra import numpy as hnp
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.patterns import text_grids
from drumspace_ext.patterns import voices


@given(hits=hnp.arrays(np.bool_, (32, 14), fill=None))
@settings(max_examples=50)
def test_a_pattern_comes_back_from_its_text(hits):
  text = text_grids.to_text(hits)
  rows = text.split('\n') if hits.any() else []
  back = text_grids.from_rows(rows)
  assert back.dtype == np.bool_
  np.testing.assert_array_equal(back, hits)
  assert len(rows) == hits.any(axis=0).sum()


def test_a_pattern_is_drawn_as_a_drummer_writes_it():
  hits = np.zeros((32, 14), np.bool_)
  hits[[0, 8, 17], voices.INDEX['kick']] = True
  hits[[4, 12], voices.INDEX['snare']] = True
  hits[31, voices.INDEX['crash']] = True
  assert text_grids.to_text(hits) == (
      'crash        .... .... .... .... | .... .... .... ...x\n'
      'snare        .... x... .... x... | .... .... .... ....\n'
      'kick         x... .... x... .... | .x.. .... .... ....'
  )


def test_silence_is_said_in_words():
  assert text_grids.to_text(np.zeros((32, 14), np.bool_)) == '(silence)'


def test_one_bar_is_played_twice_and_blanks_count_for_nothing():
  hits = text_grids.from_rows([
      '  kick x...x...|x.  ..x...  ', 'ride ' + 'x.' * 15 + '..',
  ])
  assert np.flatnonzero(hits[:, 0]).tolist() == [0, 4, 8, 12, 16, 20, 24, 28]
  ride = hits[:, voices.INDEX['ride']]
  assert np.flatnonzero(ride).tolist() == list(range(0, 30, 2))
  assert hits.sum() == 8 + 15


def test_the_score_order_holds_every_voice_once():
  assert sorted(text_grids.SCORE_ORDER) == sorted(voices.NAMES)


@pytest.mark.parametrize(
    ('rows', 'message'),
    [
        (['kik ' + '.' * 16], r"a voice not used yet \(kick.*got 'kik "),
        (['kick ' + 'x' * 16] * 2, "a voice not used yet .*got 'kick xx"),
        ([''], "a voice not used yet .*got ''"),
        (['kick'], "16 or 32 cells of x and . after kick, got ''"),
        (['kick ' + 'x' * 15], "16 or 32 cells of x and . after kick, got 'xx"),
        (['kick ' + 'x' * 33], '16 or 32 cells'),
        (['kick ' + 'X' * 16], '16 or 32 cells'),
        (['kick ' + '.' * 15 + '1'], '16 or 32 cells'),
    ],
)
def test_a_wrong_row_is_named(rows, message):
  with pytest.raises(errors.PatternError, match=message):
    text_grids.from_rows(rows)


def test_only_a_single_pattern_is_drawn():
  with pytest.raises(errors.PatternError, match='got dtype int64'):
    text_grids.to_text(np.zeros((32, 14), np.int64))
