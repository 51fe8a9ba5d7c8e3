"""Tests for callbacks."""

from hypothesis import given
from hypothesis import strategies as st
import told_steps

from drumspace_ext import callbacks


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_parts_are_told_as_one_whole(sizes):
  steps, total = told_steps.ToldSteps(), sum(sizes)
  for i, size in enumerate(sizes):
    part = callbacks.part_of(steps, sum(sizes[:i]), total, 'all')
    for done in range(size + 1):
      part(done, size, 'a part')
  steps.check()
  assert len(steps.jobs()) == 1
  assert {what for _, _, what in steps} == {'all'}


def test_silent_takes_any_step():
  assert callbacks.silent(1, 2, 'reading') is None


@given(st.integers(0, 2000))
def test_counted_items_are_told_of_up_to_the_last(count):
  steps = told_steps.ToldSteps()
  items = callbacks.counted(iter(range(count)), count, steps, 'merging')
  assert list(items) == list(range(count))
  steps.check()
  assert steps[-1] == (count, count, 'merging')
  # Each told before its item is handed over, and not all of many.
  assert len(steps) <= 2 + count / 100
