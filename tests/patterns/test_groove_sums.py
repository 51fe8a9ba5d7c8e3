"""Tests for groove_sums."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np

from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import step_codes

_SUMS = hnp.arrays(np.int64, (5, 3), elements=st.integers(-2**40, 2**40))


@given(
    parts=st.lists(st.none() | _SUMS, max_size=20),
    asked=st.sets(st.integers(0, 19)),
)
def test_a_total_is_the_sum_in_any_order(parts, asked):
  packed = [b'' if part is None else groove_sums.pack(part) for part in parts]
  totals = [groove_sums.Total(), groove_sums.Total()]
  for total, order in zip(totals, (packed, packed[::-1])):
    for number, part in enumerate(order):
      total.add(part)
      # To ask changes nothing.
      if number in asked:
        total.packed()
  found = [part for part in parts if part is not None]
  expected = groove_sums.pack(sum(found)) if found else b''
  assert [total.packed() for total in totals] == [expected, expected]


def test_what_was_never_played_is_no_play():
  played = groove_sums.played(np.array([
      [2, 0], [181, 0], [16381, 0], [1920, 0], [1843200, 0],
  ]))
  assert played.velocities.tolist() == [90.5, 0]
  assert played.velocity_spreads.tolist() == [0.5, 0]
  assert played.offsets.tolist() == [0.25, 0]
  assert groove_sums.once(played).tolist() == [
      [1, 0], [90, 0], [8100, 0], [960, 0], [921600, 0],
  ]


@given(packed=st.lists(st.integers(0, 16383), min_size=32, max_size=32))
def test_hits_of_packed_codes_are_those_of_the_codes(packed):
  codes = np.array(packed, np.uint16)
  counts = [
      step_codes.num_hits(step_codes.codes_to_bytes(codes), steps)
      for steps in range(33)
  ]
  assert counts == [0, *np.bitwise_count(codes).cumsum().tolist()]
