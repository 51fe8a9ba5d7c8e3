"""Tests for step_codes."""

import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes


def _plain_rotations(row):
  row = tuple(int(code) for code in row)
  return [row[i:] + row[:i] for i in range(32)]


@given(hits=drawn_patterns.BATCHES.flatmap(
    lambda batches: hnp.arrays(np.bool_, (*batches, 32, 14))
))
@settings(max_examples=50)
def test_hits_come_back_from_their_step_codes(hits):
  codes = step_codes.hits_to_step_codes(hits)
  assert codes.shape == hits.shape[:-1]
  assert codes.dtype == np.uint16
  back = step_codes.step_codes_to_hits(codes)
  assert back.dtype == np.bool_
  np.testing.assert_array_equal(back, hits)


@given(codes=drawn_patterns.code_arrays())
@settings(max_examples=50)
def test_step_codes_of_any_integer_type_come_back_from_their_hits(codes):
  hits = step_codes.step_codes_to_hits(codes)
  assert hits.shape == (*codes.shape, 14)
  np.testing.assert_array_equal(step_codes.hits_to_step_codes(hits), codes)


@given(codes=drawn_patterns.code_arrays(st.just((2,))))
@settings(max_examples=40)
def test_canonical_is_the_smallest_rotation_whatever_the_phase(codes):
  before = codes.copy()
  expected = [list(min(_plain_rotations(row))) for row in codes]
  for steps in range(32):
    canonical = step_codes.canonical(step_codes.rotate(codes, steps))
    assert canonical.dtype == np.uint16
    assert canonical.tolist() == expected
  np.testing.assert_array_equal(codes, before)


@given(codes=drawn_patterns.code_arrays(largest=3))
@settings(max_examples=40)
def test_canonical_takes_any_batch_shape(codes):
  canonical = step_codes.canonical(codes)
  assert canonical.shape == codes.shape
  rows = codes.reshape(-1, 32)
  for row, smallest in zip(rows, canonical.reshape(-1, 32)):
    assert tuple(smallest.tolist()) == min(_plain_rotations(row))


@given(
    codes=drawn_patterns.code_arrays(st.just(())), steps=st.integers(-70, 70)
)
@settings(max_examples=40)
def test_rotations_are_all_phase_shifts_in_order(codes, steps):
  assert step_codes.rotations(codes).tolist() == list(
      map(list, _plain_rotations(codes))
  )
  np.testing.assert_array_equal(
      step_codes.rotate(codes, steps), step_codes.rotations(codes)[steps % 32]
  )


def test_bit_v_is_voice_v():
  hits = np.zeros((32, 14), np.bool_)
  hits[0, [0, 2]] = True  # kick and closed hat
  hits[31, 13] = True  # low conga
  codes = step_codes.hits_to_step_codes(hits)
  assert codes.tolist() == [5] + [0] * 30 + [8192]


def test_a_pattern_is_two_bars_of_sixteen_steps_of_14_voices():
  assert (step_codes.STEPS_PER_QUARTER, step_codes.STEPS_PER_BAR) == (4, 16)
  assert (step_codes.NUM_STEPS, step_codes.NUM_VOICES) == (32, 14)
  assert step_codes.NUM_CODES == 16384


def test_rotate_makes_its_step_the_first():
  rotated = step_codes.rotate(np.arange(32), 3)
  assert rotated.tolist() == [*range(3, 32), 0, 1, 2]


def test_canonical_begins_with_the_longest_silence():
  codes = np.array([4, 0, 0, 0, 1, 0, 0, 0] + [2] * 24)
  assert step_codes.canonical(codes).tolist() == (
      [0, 0, 0, 1, 0, 0, 0] + [2] * 24 + [4]
  )


def test_canonical_compares_codes_and_not_their_bytes_in_memory():
  # Little-endian, 256 would come before 1.
  codes = np.array([256, 1] * 16)
  assert step_codes.canonical(codes).tolist() == [1, 256] * 16


def test_rows_of_hits_and_codes_need_no_pattern_around_them():
  rows = np.eye(14, dtype=np.bool_)
  codes = step_codes.rows_to_step_codes(rows)
  assert codes.tolist() == [1 << v for v in range(14)]
  np.testing.assert_array_equal(step_codes.step_codes_to_rows(codes), rows)


@pytest.mark.parametrize(
    ('hits', 'message'),
    [
        (np.zeros((32, 14)), 'patterns are bool, got dtype float64. Compare'),
        (np.zeros((14, 32), np.bool_), r'\[\.\.\., 32, 14\].*got \[14, 32\]'),
        (np.zeros((31, 14), np.bool_), r'got \[31, 14\]'),
        (np.zeros(14, np.bool_), r'got \[14\]'),
    ],
)
def test_what_are_no_patterns_is_refused_in_words(hits, message):
  with pytest.raises(errors.PatternError, match=message):
    step_codes.validate(hits)
  with pytest.raises(errors.PatternError, match=message):
    step_codes.hits_to_step_codes(hits)


@pytest.mark.parametrize(
    'function',
    [
        step_codes.validate_codes, step_codes.step_codes_to_hits,
        step_codes.rotations, step_codes.canonical, entropy.nats,
        entropy.is_trivial, lambda codes: step_codes.rotate(codes, 1),
    ],
)
@pytest.mark.parametrize(
    ('codes', 'message'),
    [
        (np.zeros(32), 'step codes are integers, got float64'),
        (np.zeros(32, np.bool_), 'step codes are integers, got bool'),
        (np.zeros((2, 31), int), r'a pattern is 32 step codes.*\[2, 31\]'),
        (np.array(3), r'a pattern is 32 step codes, got shape \[\]'),
        (np.array([0] * 31 + [16384]), r'step code 16384 is outside \[0, 163'),
        (np.array([0] * 31 + [-1]), 'step code -1 is outside'),
    ],
)
def test_what_are_no_step_codes_is_refused_in_words(function, codes, message):
  with pytest.raises(errors.PatternError, match=message):
    function(codes)


def test_the_largest_step_code_is_taken():
  codes = np.full(32, 16383)
  step_codes.validate_codes(codes)
  assert step_codes.step_codes_to_hits(codes).all()


def test_what_is_no_array_is_said_so():
  with pytest.raises(errors.PatternError, match='a numpy array, got list'):
    step_codes.step_codes_to_hits([1, 2])
