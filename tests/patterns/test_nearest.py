"""Tests for nearest."""

import drawn_patterns
import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.patterns import nearest
from drumspace_ext.patterns import step_codes


def _plain(codes, queries):
  """Compares every bit in every rotation."""
  hits = step_codes.step_codes_to_hits(codes)
  index, distance = [], []
  for query in queries:
    rotated = step_codes.step_codes_to_hits(step_codes.rotations(query))
    differ = (rotated[:, None] != hits).sum((2, 3)).min(0)
    index.append(int(differ.argmin()))
    distance.append(int(differ.min()))
  return index, distance


def _check(codes, queries):
  index, distance = nearest.NearestPatterns(codes).find(queries)
  assert (index.dtype, distance.dtype) == (np.int64, np.int64)
  expected = _plain(codes, queries)
  assert index.tolist() == expected[0]
  assert distance.tolist() == expected[1]
  return distance


@hypothesis.given(
    codes=drawn_patterns.codes(1, 6), queries=drawn_patterns.codes(1, 4)
)
def test_any_patterns_are_found_as_by_comparing_all(codes, queries):
  _check(codes, queries)


@hypothesis.given(seed=st.integers(0, 2**32), odd=st.booleans())
@hypothesis.settings(max_examples=15)
def test_neighbours_of_many_are_found_as_by_comparing_all(seed, odd):
  rng = np.random.default_rng(seed)
  # Few codes: many patterns lie close together, and many are equal.
  codes = rng.choice([0, 0, 1, 4, 5, 6], (200, 32)).astype(np.uint16)
  codes = np.concatenate([codes, np.roll(codes[:20], 5, axis=1)])
  near = np.roll(codes[rng.integers(len(codes), size=6)], 6 + odd, axis=1)
  near[np.arange(6), rng.integers(32, size=6)] ^= 2
  far = codes[:3] ^ 16383
  distance = _check(codes, np.concatenate([near, codes[-3:], far]))
  assert distance[:6].max() == 1
  assert distance[6:9].max() == 0
  assert distance[9:].min() > 100


def test_beats_of_the_starter_collection_are_found():
  codes = examples.load_or_starter(None).codes
  rng = np.random.default_rng(0)
  queries = np.roll(codes[rng.integers(len(codes), size=12)], 3, axis=1)
  queries ^= (rng.random((12, 32)) < 0.1).astype(np.uint16) << 2
  assert _check(codes, queries).max() > 0


def test_of_equals_the_first_is_given():
  beat = drawn_patterns.hits_of(kick=(0, 16, 19), snare=(8, 24))
  codes = step_codes.hits_to_step_codes(beat)
  known = np.stack([
      np.zeros(32, np.uint16), step_codes.rotate(codes, 7), codes,
      step_codes.rotate(codes, 2),
  ])
  index, distance = nearest.NearestPatterns(known).find(known)
  assert index.tolist() == [0, 1, 1, 1]
  assert distance.tolist() == [0, 0, 0, 0]
  index, distance = nearest.NearestPatterns(known[:1]).find(known)
  assert index.tolist() == [0, 0, 0, 0]
  assert distance.tolist() == [0, 5, 5, 5]


def test_queries_of_several_chunks_keep_their_order():
  codes = np.eye(32, 32, dtype=np.uint16)[:1] * np.arange(
      600, dtype=np.uint16
  )[:, None]
  index, distance = nearest.NearestPatterns(codes).find(codes[::-1])
  assert index.tolist() == list(range(599, -1, -1))
  assert not distance.any()


def test_no_query_has_no_answer():
  finder = nearest.NearestPatterns(np.zeros((1, 32), np.uint16))
  index, distance = finder.find(np.zeros((0, 32), np.uint16))
  assert len(index) == len(distance) == 0
  assert len(finder.find(np.zeros((1, 32), np.uint16))[0]) == 1


def test_arguments_are_left_as_they_were():
  codes = np.arange(64, dtype=np.uint16).reshape(2, 32)
  before = codes.copy()
  nearest.NearestPatterns(codes).find(codes)
  np.testing.assert_array_equal(codes, before)


@pytest.mark.parametrize('wrong, message', [
    (np.zeros((1, 31), np.uint16), '32 step codes'),
    (np.zeros((1, 32)), 'integers'),
    (np.full((1, 32), 16384), '16384 is outside'),
])
def test_what_are_no_patterns_is_refused(wrong, message):
  right = np.zeros((1, 32), np.uint16)
  with pytest.raises(errors.PatternError, match=message):
    nearest.NearestPatterns(wrong)
  with pytest.raises(errors.PatternError, match=message):
    nearest.NearestPatterns(right).find(wrong)


def test_verdict_by_hand():
  assert list(map(nearest.verdict, (0, 1, 4, 5, 400))) == [
      'copy', 'near', 'near', 'novel', 'novel'
  ]
