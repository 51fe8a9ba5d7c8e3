"""Tests for gathered."""

import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest
import told_steps

from drumspace_ext import errors
from drumspace_ext.dataset import gathered
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import worker_pool
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import tasks as input_tasks
from drumspace_ext.patterns import step_codes


def _packed(number):
  return step_codes.codes_to_bytes(np.full(32, number, np.uint16))


def _result(input_id, classes, reason=None):
  return one_input.InputResult(
      input_id, reason, genres=('rock',) if classes else (),
      counts={'loops': len(classes)}, loop_counts=[
          one_input.LoopCount(_packed(c), _packed(c + phase), 1, 3, 90., 120.)
          for c, phase in classes
      ],
  )


_results = st.lists(st.one_of(
    st.builds(
        _result, st.sampled_from('abc'), st.lists(
            st.tuples(st.sampled_from((0, 10, 20)), st.integers(0, 2)),
            min_size=1, max_size=3, unique=True,
        ),
    ),
    st.builds(
        _result, st.sampled_from('def'), st.just([]),
        st.sampled_from(('no_loop', 'empty')),
    ),
), max_size=6)


@hypothesis.given(results=_results, cut=st.integers(0, 6))
def test_parts_add_up_to_what_all_inputs_give_together(results, cut):
  whole = gathered.of_results(results, {})
  part = gathered.of_results(results[:cut], {})
  part.merge(gathered.of_results(results[cut:], {}))
  assert part == whole
  assert whole.totals.num_inputs == len(results)
  assert len(whole.rejected) == whole.totals.rejected.total()


def test_input_counts_once_in_a_class_of_two_phases():
  part = gathered.of_results(
      [_result('a', [(0, 0), (0, 1), (10, 0)])], {'a': frozenset(('funk',))}
  )
  assert part.totals.counts[gathered.IN_CLASSES] == 2
  assert [(row[0], row[2]) for row in part.occurrences] == [
      (_packed(0), 1), (_packed(0), 0), (_packed(10), 1),
  ]
  assert {row[9] for row in part.occurrences} == {'funk|rock'}


def _task(*names, size=0):
  return input_tasks.Task(
      input_kinds.MIDI, tuple((name, name) for name in names), size=size
  )


class _LossyPool:
  """Loses the worker of each task of one input; the others have a beat."""

  def run(self, tasks):
    for task in tasks:
      if len(task.items) == 1:
        yield worker_pool.Failure(task, worker_pool.CRASHED)
      else:
        yield task, gathered.of_results(
            [_result(name, [(0, 0)]) for name, _ in task.items], {}
        )


def test_inputs_that_no_worker_answers_for_are_accounted_for_too():
  steps = told_steps.ToldSteps()
  tasks = [
      _task('a', 'b', size=10), ('c', errors.RejectedInputError('empty', 'x')),
      _task(), _task('d', size=5),
  ]
  parts = list(gathered.parts(tasks, _LossyPool(), total=15, on_step=steps))
  whole = gathered.Gathered()
  for part in parts:
    whole.merge(part)
  assert sorted(whole.rejected) == [
      ('c', 'empty', 'x'), ('d', worker_pool.CRASHED, ''),
  ]
  assert [row[3] for row in whole.occurrences] == ['a', 'b']
  assert whole.totals.num_inputs == 4 and whole.totals.num_kept == 2
  whole.totals.check()
  steps.check(to_the_end=False)
  assert steps[-1] == (10, 15, 'reading, 3 inputs')


def test_error_of_a_listing_is_the_callers():
  def tasks():
    yield _task('a', 'b')
    raise errors.InputError('gone')

  with pytest.raises(errors.InputError, match='gone'):
    list(gathered.parts(tasks(), _LossyPool()))
