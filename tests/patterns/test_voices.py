"""Tests for voices."""

import collections
import re

from hypothesis import given
from hypothesis import strategies as st
import pytest

from drumspace_ext.patterns import voices

# The table of the recipe: bit, voice, exemplar pitch, pitches folded in.
_RECIPE = """
0 kick 36 35
1 snare 38 37 40 39
2 closed_hat 42 44 22 54
3 floor_tom 41 43
4 low_tom 45 47
5 open_hat 46 26
6 high_tom 48 50
7 crash 49 57 52
8 ride 51 59 53 55
9 cowbell 56
10 high_bongo 60
11 low_bongo 61
12 conga 62 63
13 low_conga 64
"""


@given(pitch=st.integers(0, 127))
def test_a_pitch_stands_for_one_voice_at_most(pitch):
  owners = [name for name in voices.NAMES if pitch in voices.PITCHES[name]]
  assert len(owners) == (f' {pitch} ' in _RECIPE.replace('\n', ' \n'))


def test_the_table_is_that_of_the_recipe():
  rows = [line.split() for line in _RECIPE.split('\n') if line]
  assert len(rows) == voices.NUM_VOICES == 14
  for bit, name, exemplar, *folded in rows:
    assert voices.NAMES[int(bit)] == name
    assert voices.INDEX[name] == int(bit)
    assert voices.EXEMPLAR_PITCHES[int(bit)] == int(exemplar)
    assert sorted(voices.PITCHES[name]) == sorted(
        map(int, (exemplar, *folded))
    )
    assert voices.PITCHES[name][0] == int(exemplar)


def test_no_pitch_stands_in_two_rows():
  counts = collections.Counter(
      pitch for pitches in voices.PITCHES.values() for pitch in pitches
  )
  assert set(counts.values()) == {1}
  assert len(counts) == 31


def test_digest_is_that_of_the_table_in_old_data_sets():
  # It changes with the table only: a data set made before would be refused.
  assert re.fullmatch('[0-9a-f]{16}', voices.table_digest())
  assert voices.table_digest() == '72a3fff3cc8a32f9'


@pytest.mark.parametrize('table', [voices.PITCHES, voices.INDEX])
def test_the_tables_cannot_be_written_to(table):
  with pytest.raises(TypeError, match='does not support item assignment'):
    table['kick'] = 0
