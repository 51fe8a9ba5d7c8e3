"""Tests for mixing."""

import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext.sound import mixing

_RATE = 32_000
_HITS = st.lists(
    st.tuples(st.integers(0, 80_000), st.integers(0, 13), st.integers(1, 127)),
    min_size=1, max_size=12,
)


def _mix(hits, num_samples, loop):
  starts, struck, velocities = map(np.array, zip(*hits))
  return mixing.Mix(
      starts, struck, velocities, num_samples, loop=loop, sample_rate=_RATE
  )


@hypothesis.settings(max_examples=25)
@hypothesis.given(
    hits=_HITS, num_samples=st.integers(1, 100_000), loop=st.booleans(),
    block_s=st.sampled_from((1, 3, 10)),
)
def test_blocks_of_any_size_are_the_same_samples(
    hits, num_samples, loop, block_s
):
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(mixing, '_BLOCK_S', 1000)
    (whole,) = _mix(hits, num_samples, loop).blocks()
    patch.setattr(mixing, '_BLOCK_S', block_s)
    mix = _mix(hits, num_samples, loop)
    blocks = list(mix.blocks())
  assert max(map(len, blocks)) <= block_s * _RATE
  assert mix.num_samples == len(whole) == num_samples
  np.testing.assert_array_equal(np.concatenate(blocks), whole)
  np.testing.assert_array_equal(mix.samples(), whole)


def test_a_mix_of_no_length_has_no_samples():
  assert _mix([(0, 0, 100)], 0, loop=False).samples().shape == (0, 2)


def test_the_end_is_faded_to_silence_and_a_loop_is_not():
  hits = [(0, 0, 127), (20, 0, 127)]
  cut, loop = (_mix(hits, 100, loop).samples() for loop in (False, True))
  assert not cut[-1].any()
  assert loop[-1].any()
