"""Tests for parts."""

import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import parts
from drumspace_ext.patterns import step_codes

_IDS = st.sets(st.sampled_from('abcdefgh'), min_size=1, max_size=3)
_SHARES = st.sampled_from([(0.5, 0.0), (0.3, 0.3), (0.2, 0.6)])


def _random_codes(count, seed=0):
  """Step codes of different rotation classes, uint16 `[count, 32]`."""
  rng = np.random.default_rng(seed)
  return rng.integers(0, 1 << 14, (count, 32)).astype(np.uint16)


@hypothesis.given(
    st.lists(_IDS, min_size=1, max_size=30), _SHARES, st.integers(0, 1000)
)
def test_no_input_of_a_later_part_is_in_an_earlier_one(ids, shares, seed):
  made = examples.make(
      _random_codes(len(ids)), None, [tuple(sorted(i)) for i in ids]
  )
  try:
    divided = parts.divide(made, *shares, seed=seed)
  except errors.InputError:
    hypothesis.reject()
  sides = divided.train, divided.valid, divided.test
  assert sorted(np.concatenate(sides)) == list(range(len(made)))
  digests = step_codes.class_digests(made.codes)
  assert len({*digests.tolist()}) == sum(
      len({*digests[side].tolist()}) for side in sides
  )
  learnt, chosen, tested = (
      [set(made.input_ids[i]) for i in side] for side in sides
  )
  # A pattern may stand in an input of a later part too, but it is known from
  # one of its own.
  assert all(i - set().union(*chosen, *tested) for i in learnt)
  assert all(i - set().union(*tested) for i in chosen)


def test_part_depends_on_the_seed_and_the_id_alone():
  codes = _random_codes(200)
  ids = [(f'song {i}',) for i in range(200)]
  made = examples.make(codes, None, ids)
  half = examples.make(codes[::-1][:100], None, ids[::-1][:100])
  whole, again = (
      parts.divide(given, 0.25, 0.25, seed=1) for given in (made, half)
  )
  assert 25 < len(whole.valid) < 75 and 25 < len(whole.test) < 75
  for name in ('valid', 'test'):
    assert {half.input_ids[i] for i in getattr(again, name)} == {
        made.input_ids[i] for i in getattr(whole, name) if i >= 100
    }
  other = parts.divide(made, 0.25, 0.25, seed=2)
  assert set(other.valid.tolist()) != set(whole.valid.tolist())


def test_parts_grow_with_their_shares():
  made = examples.make(_random_codes(200))
  sides = [
      set(parts.divide(made, share, seed=0).valid.tolist())
      for share in (0.1, 0.3, 0.9)
  ]
  assert sides[0] < sides[1] < sides[2]
  three = parts.divide(made, 0.3, 0.2, seed=0)
  assert three.judges() == (parts.TEST, three.test)
  two = parts.divide(made, 0.3, seed=0)
  assert two.judges() == (parts.VALID, two.valid)


def test_without_inputs_two_parts_go_by_class():
  codes = _random_codes(60)
  made = examples.make(codes)
  assert made.input_ids is None
  valid = parts.divide(made, 0.3, seed=0).valid
  rotated = examples.make(step_codes.rotate(codes, 7))
  again = parts.divide(rotated, 0.3, seed=0).valid
  assert 0 < len(valid) < 60
  assert np.array_equal(valid, again)


def test_family_shares_a_bar_that_few_have():
  codes = _random_codes(40)
  # 0 and 1 share a bar in different places, 1 and 2 another one.
  codes[1, 16:], codes[2, :16] = codes[0, :16], codes[1, :16]
  # What twelve have is everybody's.
  codes[10:22, :16] = codes[10, :16]
  family = parts.families(codes)
  assert family[0] == family[1] == family[2]
  assert len(set(family.tolist())) == 38


@hypothesis.given(st.integers(0, 50))
def test_families_stay_together_and_what_is_common_is_learnt(seed):
  codes = _random_codes(120)
  codes[1:60:2, :16] = codes[0:60:2, :16]
  made = examples.make(codes, num_inputs=[1] * 100 + [2] * 20)
  divided = parts.divide(made, 0.3, 0.3, seed=seed)
  family = parts.families(codes)
  single = [
      {*family[side[side < 100]].tolist()}
      for side in (divided.train, divided.valid, divided.test)
  ]
  assert sum(map(len, single)) == len(set.union(*single))
  assert set(range(100, 120)) <= {*divided.train.tolist()}


@pytest.mark.parametrize('ids', [None, [('a',)] * 5])
def test_empty_part_is_said_so(ids):
  codes = _random_codes(5 if ids else 1)
  made = examples.make(codes, None, ids)
  message = rf'{len(codes)} patterns come from too few inputs to keep 10%'
  with pytest.raises(errors.InputError, match=message):
    parts.divide(made, 0.1, seed=0)
  with pytest.raises(errors.InputError, match='and 20% for the test: nothing'):
    parts.divide(made, 0.1, 0.2, seed=0)
