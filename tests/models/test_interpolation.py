"""Tests for interpolation."""

import functools

import drawn_patterns
import hypothesis
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
import pytest

from drumspace_ext.models import interpolation

_Z = np.array([-1.0, 2.0]), np.array([3.0, -2.0])


def _noise(z, start, end):
  del start, end
  return np.random.default_rng(len(z)).random((len(z), 32, 14)) < 0.5


def _silence(z, start, end):
  del start, end
  return np.zeros((len(z), 32, 14), np.bool_)


def _opposites(z, start, end):
  """Everything wrong, at both ends and between."""
  return np.where(
      (np.arange(len(z)) < len(z) // 2)[:, None, None], ~start, ~end
  )


def _flicker(z, start, end):
  """Every bit changes with every frame."""
  del start, end
  odd = (np.arange(len(z)) % 2 == 1)[:, None, None]
  return np.broadcast_to(odd, (len(z), 32, 14)).copy()


def _exchanged(z, start, end):
  return np.stack([end] + [start] * (len(z) - 2) + [end])


def _one_jump(z, start, end):
  return np.stack([start] * (len(z) - 1) + [end])


_DECODERS = (_noise, _silence, _opposites, _flicker, _exchanged, _one_jump)
_EVERY_DECODER = pytest.mark.parametrize('decoder', _DECODERS)


def _lead(start, end, num_steps, decoder):
  return interpolation.between(
      start, end, *_Z, num_steps,
      functools.partial(decoder, start=start, end=end),
  )


@hypothesis.given(
    ends=drawn_patterns.hits(2, 2), num_steps=st.integers(2, 20),
    decoder=st.sampled_from(_DECODERS),
)
@hypothesis.settings(max_examples=40)
def test_any_decoder_gives_exact_ends_and_short_steps(
    ends, num_steps, decoder
):
  start, end = ends
  before = ends.copy()
  z, hits = _lead(start, end, num_steps, decoder)
  assert hits.dtype == np.bool_
  assert hits.shape == (num_steps, 32, 14) and z.shape == (num_steps, 2)
  np.testing.assert_array_equal(hits[0], start)
  np.testing.assert_array_equal(hits[-1], end)
  np.testing.assert_array_equal(ends, before)
  np.testing.assert_array_equal([z[0], z[-1]], _Z)
  distance = (start != end).sum()
  steps = (hits[1:] != hits[:-1]).sum((1, 2))
  assert steps.sum() <= 4 * distance
  assert steps.max() <= -(-4 * distance // (num_steps - 1))


@_EVERY_DECODER
@pytest.mark.parametrize('density', [0.06, 0.2, 0.9])
def test_step_of_16_is_at_most_a_third_of_the_distance(decoder, density):
  rng = np.random.default_rng(5)
  start, end = rng.random((2, 32, 14)) < density
  distance = (start != end).sum()
  assert distance >= 15
  _, hits = _lead(start, end, 16, decoder)
  steps = (hits[1:] != hits[:-1]).sum((1, 2))
  assert 0 < steps.max() <= distance / 3


@_EVERY_DECODER
def test_path_is_the_same_each_time(decoder):
  start, end = np.random.default_rng(1).random((2, 32, 14)) < 0.1
  one, same = (_lead(start, end, 9, decoder)[1] for _ in range(2))
  np.testing.assert_array_equal(one, same)
  assert (one[4] != start).any()


@_EVERY_DECODER
def test_path_from_a_beat_to_itself_stays_there(decoder):
  beat = drawn_patterns.hits_of(kick=(0, 16), snare=(8, 24))
  _, hits = _lead(beat, beat, 5, decoder)
  assert (hits == beat).all()


def test_jump_of_the_decoder_becomes_even_steps():
  start = np.zeros((32, 14), np.bool_)
  end = drawn_patterns.hits_of(kick=range(0, 32, 2))
  _, hits = _lead(start, end, 5, _one_jump)
  assert hits.sum((1, 2)).tolist() == [0, 4, 8, 12, 16]


def test_order_of_changes_is_the_decoders():
  start = np.zeros((32, 14), np.bool_)
  kick = drawn_patterns.hits_of(kick=(0, 16))
  both = drawn_patterns.hits_of(kick=(0, 16), snare=(8, 24))

  def decode(z, start, end):
    del start, end
    return np.stack([np.zeros((32, 14), np.bool_)] + [kick] * 200
                    + [both] * (len(z) - 201))

  _, hits = _lead(start, both, 3, decode)
  np.testing.assert_array_equal(hits[1], kick)


def test_two_steps_are_the_ends_alone():
  start, end = np.random.default_rng(1).random((2, 32, 14)) < 0.1
  z, hits = _lead(start, end, 2, _noise)
  np.testing.assert_array_equal(hits, [start, end])
  np.testing.assert_array_equal(z, _Z)


_SHARES = np.linspace(0, 1, 9)
_SIZES = st.shared(st.integers(1, 6), key='z_size')
# Magnitudes whose squares are neither lost nor infinite.
_NUMBERS = st.just(0.0) | st.floats(1e-3, 1e3) | st.floats(-1e3, -1e-3)
_VECTORS = _SIZES.flatmap(
    lambda size: hnp.arrays(np.float64, (size,), elements=_NUMBERS)
)


@hypothesis.given(start=_VECTORS, end=_VECTORS)
def test_lerp_has_exact_ends_and_even_steps(start, end):
  path = interpolation.lerp(start, end, _SHARES)
  assert path.shape == (9, len(start))
  np.testing.assert_array_equal(path[0], start)
  np.testing.assert_array_equal(path[-1], end)
  np.testing.assert_allclose(
      np.diff(path, axis=0), np.tile((end - start) / 8, (8, 1)), atol=1e-9
  )


@hypothesis.given(start=_VECTORS, end=_VECTORS)
def test_slerp_meets_its_ends_and_is_always_a_number(start, end):
  path = interpolation.slerp(start, end, _SHARES)
  assert np.isfinite(path).all()
  np.testing.assert_allclose(path[0], start, rtol=1e-9, atol=1e-9)
  np.testing.assert_allclose(path[-1], end, rtol=1e-9, atol=1e-9)
  # Nowhere is it further out than the longer of the two ends.
  longest = max(np.linalg.norm(start), np.linalg.norm(end))
  assert (np.linalg.norm(path, axis=1) <= longest * (1 + 1e-6)).all()


@hypothesis.given(vector=_VECTORS)
def test_slerp_of_a_vector_with_itself_stays_there(vector):
  path = interpolation.slerp(vector, vector, _SHARES)
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
  (middle,) = interpolation.slerp(start, end, np.array([0.5]))
  np.testing.assert_allclose(middle, half, atol=1e-12)


@hypothesis.given(
    corners=_SIZES.flatmap(
        lambda size: hnp.arrays(np.float64, (4, size), elements=_NUMBERS)
    ), size=st.integers(2, 6),
)
def test_grid_has_exact_corners_and_their_mean_in_the_middle(corners, size):
  square = interpolation.grid(corners, size)
  assert square.shape == (size, size, corners.shape[1])
  np.testing.assert_array_equal(
      [square[0, 0], square[0, -1], square[-1, 0], square[-1, -1]], corners
  )
  np.testing.assert_allclose(
      square.mean((0, 1)), corners.mean(0), rtol=1e-9, atol=1e-9
  )


def test_rows_of_a_grid_go_from_top_to_bottom():
  corners = np.array([[0.0], [1.0], [10.0], [11.0]])
  assert interpolation.grid(corners, 3)[..., 0].tolist() == [
      [0, 0.5, 1], [5, 5.5, 6], [10, 10.5, 11]
  ]
