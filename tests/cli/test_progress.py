"""Tests for progress."""

import contextlib
import io
import re
import sys
import threading

import hypothesis
from hypothesis import strategies as st
import pytest
import tqdm

from drumspace_ext.cli import progress


class _Terminal(io.StringIO):
  """A stream that says of itself that a person looks at it."""

  def isatty(self):
    return True


class _EagerBar(tqdm.tqdm):
  """A bar that draws every update, however fast they come."""

  def __init__(self, *args, **kwargs):
    super().__init__(*args, mininterval=0, miniters=0, **kwargs)


@contextlib.contextmanager
def _stderr(stream):
  # The fixtures of pytest live for a whole test, not for one example.
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(sys, 'stderr', stream)
    patch.setattr(tqdm, 'tqdm', _EagerBar)
    yield


@pytest.fixture(autouse=True)
def _bars_at_once(monkeypatch):
  monkeypatch.setattr(progress, '_DELAY_S', 0.0)


@hypothesis.given(st.lists(st.tuples(
    st.integers(0, 10**9), st.integers(0, 10**9), st.text()
), max_size=20))
def test_nothing_is_written_where_nobody_looks(steps):
  stream = io.StringIO()
  with _stderr(stream):
    with progress.bar('step') as on_step:
      for step in steps:
        assert on_step(*step) is None
  assert stream.getvalue() == ''


@hypothesis.given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_terminal_shows_what_is_done_and_is_clean_at_the_end(counts):
  stream, total = _Terminal(), sum(counts)
  with _stderr(stream):
    with progress.bar('beat') as on_step:
      on_step(0, total, 'drawing')
      for i in range(len(counts)):
        on_step(sum(counts[:i + 1]), total, f'drawing, {i} of them')
  lines = stream.getvalue().split('\r')
  assert any('100%' in line for line in lines)
  assert any(f'{total}/{total}' in line for line in lines)
  assert any(f'drawing, {len(counts) - 1} of them' in line for line in lines)
  assert lines[-1] == '' and not lines[-2].strip()
  assert '\n' not in stream.getvalue()


def _told_seconds(line):
  """Returns how long a job will still take, as a line of its bar says."""
  times = re.search(r'<((?:\d+:)?\d+:\d+)', line)[1].split(':')
  return sum(int(t) * 60**i for i, t in enumerate(reversed(times)))


def _told_after_a_tenth(pauses, **settings):
  """Returns what a bar tells after a tenth of a job, and what is true.

  Args:
    pauses: Seconds between ten steps, which the whole job repeats.
    **settings: Those of tqdm that are others.
  """
  stream, clock = _Terminal(), [0.0]

  class _Bar(_EagerBar):

    def __init__(self, **own):
      super().__init__(**(own | settings))

  with _stderr(stream), pytest.MonkeyPatch.context() as patch:
    patch.setattr(tqdm, 'tqdm', _Bar)
    patch.setattr(tqdm.std, 'time', lambda: clock[0])
    with progress.bar('B') as on_step:
      on_step(0, 1000, 'reading')
      for done in range(1, 101):
        clock[0] += pauses[done % 10]
        on_step(done, 1000, 'reading')
      told = [line for line in stream.getvalue().split('\r') if '100/' in line]
  return _told_seconds(told[-1]), 9 * clock[0]


@hypothesis.given(
    st.lists(st.floats(0.0, 100.0), min_size=10, max_size=10).filter(
        lambda pauses: sum(pauses) > 10
    )
)
def test_estimate_is_right_after_a_tenth_of_what_comes_in_bursts(pauses):
  told, true = _told_after_a_tenth(pauses)
  assert told == pytest.approx(true, rel=0.2)


def test_estimate_by_the_last_steps_alone_would_be_wrong():
  pauses = [90.0, *[1.0] * 9]
  assert _told_after_a_tenth(pauses)[0] == pytest.approx(8910, rel=0.02)
  told, true = _told_after_a_tenth(pauses, smoothing=0.3)
  assert true == 8910 and told != pytest.approx(true, rel=0.2)


def test_bar_counts_bytes_with_letters_for_millions():
  stream = _Terminal()
  with _stderr(stream):
    with progress.bar('B', scaled=True) as on_step:
      on_step(0, 4_000_000, 'reading')
      on_step(1_000_000, 4_000_000, 'reading, 1 inputs')
      on_step(2_000_000, 4_000_000, 'reading, 3 inputs')
  shown = stream.getvalue()
  assert '25%' in shown and '50%' in shown and '75%' not in shown
  assert '2.00M/4.00M' in shown
  assert 'reading, 3 inputs' in shown


def test_each_job_has_a_bar_of_its_own():
  stream = _Terminal()
  with _stderr(stream):
    with progress.bar('beat') as on_step:
      for what, total in (('drawing', 7), ('drawing', 7), ('comparing', 9)):
        for done in range(total + 1):
          on_step(done, total, what)
  lines = stream.getvalue().split('\r')
  assert sum('7/7' in line for line in lines) == 2
  assert sum('9/9' in line for line in lines) == 1
  assert not lines[-1].strip()


def test_a_job_of_another_name_has_a_bar_and_a_unit_of_its_own():
  stream, clock = _Terminal(), [0.0]
  with _stderr(stream), pytest.MonkeyPatch.context() as patch:
    patch.setattr(tqdm.std, 'time', lambda: clock[0])
    with progress.bar({'reading': 'B'}, scaled=True) as on_step:
      for seconds, done, what in (
          (0, 10, 'reading, 1 inputs'), (5, 40, 'reading, 2 inputs'),
          (90, 0, 'sorting'), (90, 0, 'sorting'), (0, 0, 'merging'),
          (1, 20, 'merging'),
      ):
        clock[0] += seconds
        on_step(done, 40, what)
  lines = stream.getvalue().split('\r')
  (read,) = (line for line in lines if '2 inputs' in line)
  assert '40.0/40.0 [00:05<00:00, 6.00B/s]' in read
  # It is told by the pace of merging, not by that of the sort before.
  merged = [line for line in lines if 'merging' in line][-1]
  assert '20.0/40.0 [00:01<00:01, 20.0/s]' in merged
  assert any('sorting' in line and '01:30' in line for line in lines)


def test_no_thread_is_left_for_forked_workers():
  with _stderr(_Terminal()):
    with progress.bar('B') as on_step:
      on_step(1, 10, 'reading')
      assert not [
          thread for thread in threading.enumerate()
          if isinstance(thread, tqdm.TMonitor)
      ]


@pytest.mark.parametrize('stream', [io.StringIO(), _Terminal()])
def test_error_passes_and_ends_the_bar(stream):
  with pytest.raises(ZeroDivisionError):
    with _stderr(stream):
      with progress.bar('B') as on_step:
        on_step(1, 10, 'reading')
        raise ZeroDivisionError
  assert not stream.getvalue().split('\r')[-1].strip()


def test_terminal_shows_steps_from_where_a_run_goes_on():
  stream = _Terminal()
  with _stderr(stream):
    with progress.bar('step') as on_step:
      on_step(40, 100, 'training')
      on_step(60, 100, 'training, loss 3.14')
  lines = stream.getvalue().split('\r')
  assert any('40/100' in line for line in lines)
  shown = [line for line in lines if '60/100' in line]
  assert any('loss 3.14' in line for line in shown)
  assert not lines[-1].strip()


def test_what_is_done_soon_shows_no_bar(monkeypatch):
  monkeypatch.setattr(progress, '_DELAY_S', 1000.0)
  stream = _Terminal()
  with _stderr(stream):
    with progress.bar('beat') as on_step:
      on_step(0, 30, 'drawing')
      on_step(30, 30, 'drawing')
  assert 'drawing' not in stream.getvalue()
