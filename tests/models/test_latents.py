"""Tests for latents."""

import hypothesis
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
import pytest

from drumspace_ext.models import latents

_SHARES = np.linspace(0, 1, 9)
_SIZES = st.shared(st.integers(1, 6), key='z_size')
# Magnitudes whose squares are neither lost nor infinite.
_NUMBERS = st.just(0.0) | st.floats(1e-3, 1e3) | st.floats(-1e3, -1e-3)
_VECTORS = _SIZES.flatmap(
    lambda size: hnp.arrays(np.float64, (size,), elements=_NUMBERS)
)


@hypothesis.given(start=_VECTORS, end=_VECTORS)
def test_lerp_has_exact_ends_and_even_steps(start, end):
  path = latents.lerp(start, end, _SHARES)
  assert path.shape == (9, len(start))
  np.testing.assert_array_equal(path[0], start)
  np.testing.assert_array_equal(path[-1], end)
  np.testing.assert_allclose(
      np.diff(path, axis=0), np.tile((end - start) / 8, (8, 1)), atol=1e-9
  )


@hypothesis.given(start=_VECTORS, end=_VECTORS)
def test_slerp_meets_its_ends_and_is_always_a_number(start, end):
  path = latents.slerp(start, end, _SHARES)
  assert np.isfinite(path).all()
  np.testing.assert_allclose(path[0], start, rtol=1e-9, atol=1e-9)
  np.testing.assert_allclose(path[-1], end, rtol=1e-9, atol=1e-9)
  # Nowhere is it further out than the longer of the two ends.
  longest = max(np.linalg.norm(start), np.linalg.norm(end))
  assert (np.linalg.norm(path, axis=1) <= longest * (1 + 1e-6)).all()


@hypothesis.given(vector=_VECTORS)
def test_slerp_of_a_vector_with_itself_stays_there(vector):
  path = latents.slerp(vector, vector, _SHARES)
  np.testing.assert_allclose(
      path, np.tile(vector, (9, 1)), rtol=1e-9, atol=1e-12
  )


@pytest.mark.parametrize('start, end, half', [
    ([1, 0], [0, 1], [0.5**0.5, 0.5**0.5]),
    ([1, 0], [0, 3], [2 * 0.5**0.5, 2 * 0.5**0.5]),
    ([2, 0], [4, 0], [3, 0]),
    ([1, 0], [-1, 0], [0, 0]),
    ([0, 0], [2, 2], [1, 1]),
    ([2, 2], [0, 0], [1, 1]),
])
def test_half_way_of_slerp_by_hand(start, end, half):
  start, end = np.array(start, float), np.array(end, float)
  (middle,) = latents.slerp(start, end, np.array([0.5]))
  np.testing.assert_allclose(middle, half, atol=1e-12)


@hypothesis.given(
    corners=_SIZES.flatmap(
        lambda size: hnp.arrays(np.float64, (4, size), elements=_NUMBERS)
    ), size=st.integers(2, 6),
)
def test_grid_has_exact_corners_and_their_mean_in_the_middle(corners, size):
  square = latents.grid(corners, size)
  assert square.shape == (size, size, corners.shape[1])
  np.testing.assert_array_equal(
      [square[0, 0], square[0, -1], square[-1, 0], square[-1, -1]], corners
  )
  np.testing.assert_allclose(
      square.mean((0, 1)), corners.mean(0), rtol=1e-9, atol=1e-9
  )


def test_rows_of_a_grid_go_from_top_to_bottom():
  corners = np.array([[0.0], [1.0], [10.0], [11.0]])
  assert latents.grid(corners, 3)[..., 0].tolist() == [
      [0, 0.5, 1], [5, 5.5, 6], [10, 10.5, 11]
  ]
