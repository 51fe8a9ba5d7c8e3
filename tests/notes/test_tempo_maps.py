"""Tests of tempo maps."""

import math

import hypothesis
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import tempo_maps


def _map(*changes):
  sequence = note_seq.NoteSequence()
  for time, qpm in changes:
    sequence.tempos.add(time=time, qpm=qpm)
  return tempo_maps.TempoMap(sequence)


@hypothesis.given(
    spans=st.lists(
        st.tuples(st.integers(0, 20), st.integers(20, 300)), max_size=5
    ),
    seconds=st.integers(0, 200),
)
def test_quarters_are_the_sum_over_the_tempos_passed(spans, seconds):
  changes, time = [], 0
  for span, qpm in spans:
    changes.append((time, qpm))
    time += span
  expected, qpm = 0.0, 120
  for second in range(seconds):
    # The last of several tempos at one time counts.
    qpm = next((q for t, q in reversed(changes) if t <= second), 120)
    expected += qpm / 60
  got = _map(*changes).quarters(np.array([float(seconds)]))
  assert got == pytest.approx([expected])


def test_tempo_changes_by_hand():
  tempos = _map((0, 60), (4, 120))
  np.testing.assert_allclose(
      tempos.quarters(np.array([0, 1, 4, 5])), [0, 1, 4, 6]
  )
  assert tempos.changes() == [(0, 60), (4, 120)]


def test_before_the_first_tempo_it_is_120():
  np.testing.assert_allclose(
      _map((2, 60)).quarters(np.array([1, 2, 3])), [2, 4, 5]
  )


@pytest.mark.parametrize(
    'change', [(-1, 60), (math.nan, 60), (0, 0), (0, -3), (0, math.inf)]
)
def test_unusable_tempo_is_refused(change):
  with pytest.raises(errors.RejectedInputError, match='bad_times: tempo'):
    _map(change)


@pytest.mark.parametrize('seconds', [math.nan, math.inf, 1e308])
def test_time_beyond_all_numbers_is_refused(seconds):
  with pytest.raises(errors.RejectedInputError, match='than there are numbers'):
    _map((0, 900)).quarters(np.array([seconds]))


@hypothesis.given(
    spans=st.lists(
        st.tuples(st.integers(0, 20), st.integers(20, 300)), max_size=5
    ),
    seconds=st.floats(0, 200),
)
def test_seconds_come_back_from_quarters(spans, seconds):
  changes, time = [], 0
  for span, qpm in spans:
    changes.append((time, qpm))
    time += span
  tempos = _map(*changes)
  back = tempos.seconds(tempos.quarters(np.array([seconds])))
  assert back == pytest.approx([seconds])
