"""Tests for onsets."""

import math

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext.notes import onsets as onsets_lib


def _with_tempos(tempos):
  return onsets_lib.DrumOnsets(
      quarters=np.zeros(0), pitches=np.zeros(0, np.uint8), tempos=tempos
  )


@given(
    tempos=st.lists(
        st.tuples(st.integers(0, 20), st.integers(30, 300)), max_size=5
    ),
    first=st.integers(0, 20), length=st.integers(0, 20),
)
@settings(max_examples=100)
def test_the_range_is_that_of_the_tempo_of_every_quarter(tempos, first, length):
  tempos.sort(key=lambda change: change[0])
  # Of two tempos on one quarter the later one in the list holds.
  at_quarter = [
      [120, *(qpm for q, qpm in tempos if q <= quarter)][-1]
      for quarter in range(first, first + length + 1)
  ]
  low, high = _with_tempos(tempos).qpm_range(first, first + length)
  assert (low, high) == (min(at_quarter), max(at_quarter))


def test_the_range_by_hand():
  onsets = _with_tempos([(4, 90), (8, 150), (12, 60)])
  assert onsets.qpm_range(0, 3.75) == (120, 120)
  assert onsets.qpm_range(0, 4) == (90, 120)
  assert onsets.qpm_range(4, 7.75) == (90, 90)
  assert onsets.qpm_range(5, 11.75) == (90, 150)
  assert onsets.qpm_range(0, 13) == (60, 150)
  assert onsets.qpm_range(12, 99) == (60, 60)


def test_a_tempo_that_another_one_replaces_at_once_counts_nowhere():
  onsets = _with_tempos([(0, 120), (0, 90), (4, 300), (4, 100)])
  assert onsets.qpm_range(0, 3) == (90, 90)
  assert onsets.qpm_range(0, 8) == (90, 100)


@pytest.mark.parametrize('qpm', [0, -5, math.inf, math.nan])
def test_a_tempo_that_is_none_is_passed_over(qpm):
  onsets = _with_tempos([(0, 100), (2, qpm)])
  assert onsets.qpm_range(0, 8) == (100, 100)
  assert onsets.qpm_range(4, 8) == (100, 100)
