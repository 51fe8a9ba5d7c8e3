"""Tests for entropy."""

import collections
import math

import drawn_patterns
from hypothesis import given
from hypothesis import settings
import numpy as np
import pytest

from drumspace_ext.patterns import entropy


def _plain_nats(row):
  counts = collections.Counter(int(code) for code in row)
  return -sum(n / 32 * math.log(n / 32) for n in counts.values())


@given(codes=drawn_patterns.code_arrays(largest=3))
@settings(max_examples=40)
def test_entropy_takes_any_batch_shape(codes):
  found = entropy.nats(codes)
  assert found.shape == codes.shape[:-1]
  for row, nats in zip(codes.reshape(-1, 32), found.reshape(-1)):
    assert nats == pytest.approx(_plain_nats(row), abs=1e-12)


def test_entropy_by_hand():
  four_on_the_floor = [1, 0, 0, 0] * 8
  quarter = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))
  codes = np.array([[7] * 32, [0, 1] * 16, four_on_the_floor, range(32)])
  np.testing.assert_allclose(
      entropy.nats(codes),
      [0, math.log(2), quarter, math.log(32)], rtol=1e-12,
  )
  assert entropy.nats(codes)[0] == 0


def test_a_pattern_is_trivial_below_nine_tenths_of_a_nat():
  # 18 + 9 + 5 steps: 0.971 nats; 20 + 9 + 3: 0.873.
  rows = [
      [0] * 18 + [1] * 9 + [2] * 5,
      [0] * 19 + [1] * 9 + [2] * 4,
      [0] * 20 + [1] * 9 + [2] * 3,
  ]
  codes = np.array(rows, np.uint16)
  assert entropy.nats(codes)[1] == pytest.approx(0.9263, abs=1e-4)
  assert entropy.is_trivial(codes).tolist() == [False, False, True]
  assert entropy.is_trivial(codes[0]).shape == ()
  assert entropy.MIN_NATS == 0.9
