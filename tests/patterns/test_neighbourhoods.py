"""Tests for neighbourhoods; tests of metrics hold them against the paper."""

import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.patterns import neighbourhoods


def _with_hits(*counts):
  """Patterns that strike the first so many bits."""
  bits = np.arange(448)
  return np.stack([bits < count for count in counts]).reshape(-1, 32, 14)


def test_balls_reach_the_third_nearest_other():
  # Radii 10, 9, 8, 10 and 99.
  near = neighbourhoods.Neighbourhoods(_with_hits(0, 1, 2, 10, 100))
  asked = _with_hits(0, 20, 199, 200)
  np.testing.assert_array_equal(near.hold(asked), [True, True, True, False])
  assert near.hold(asked[:0]).shape == (0,)


def test_two_or_three_patterns_have_no_third_nearest():
  with pytest.raises(errors.PatternError, match='more than 3 patterns, got 3'):
    neighbourhoods.Neighbourhoods(_with_hits(0, 1, 2))
