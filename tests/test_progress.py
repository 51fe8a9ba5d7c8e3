"""Tests for progress."""

import contextlib
import io
import sys
import threading

import hypothesis
from hypothesis import strategies as st
import pytest
import tqdm

from drumspace_ext import progress


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


@hypothesis.given(st.lists(st.tuples(
    st.integers(0, 10**9), st.integers(0, 10**6)
), max_size=20))
def test_nothing_is_written_where_nobody_looks(steps):
  stream = io.StringIO()
  with _stderr(stream):
    with progress.byte_bar(100, 'reading', 'inputs') as on_progress:
      for step in steps:
        assert on_progress(*step) is None
  assert stream.getvalue() == ''


@hypothesis.given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_terminal_shows_what_is_done_and_is_clean_at_the_end(counts):
  stream = _Terminal()
  with _stderr(stream):
    with progress.byte_bar(
        len(counts) * 1000, 'reading', 'inputs'
    ) as on_progress:
      for count in counts:
        on_progress(1000, count)
  lines = stream.getvalue().split('\r')
  assert any('reading' in line for line in lines)
  assert any('100%' in line for line in lines)
  assert any(f'{sum(counts):,} inputs' in line for line in lines)
  assert lines[-1] == '' and not lines[-2].strip()
  assert '\n' not in stream.getvalue()


def test_bar_counts_bytes():
  stream = _Terminal()
  with _stderr(stream):
    with progress.byte_bar(4_000_000, 'reading', 'files') as on_progress:
      on_progress(1_000_000, 1)
      on_progress(1_000_000, 2)
  shown = stream.getvalue()
  assert '25%' in shown and '50%' in shown and '75%' not in shown
  assert '2.00M/4.00M' in shown
  assert '3 files' in shown


def test_no_thread_is_left_for_forked_workers():
  with _stderr(_Terminal()):
    with progress.byte_bar(10, 'reading', 'inputs') as on_progress:
      on_progress(1, 1)
      assert not [
          thread for thread in threading.enumerate()
          if isinstance(thread, tqdm.TMonitor)
      ]


@pytest.mark.parametrize('stream', [io.StringIO(), _Terminal()])
def test_error_passes_and_ends_the_bar(stream):
  with pytest.raises(ZeroDivisionError):
    with _stderr(stream):
      with progress.byte_bar(10, 'reading', 'inputs') as on_progress:
        on_progress(1, 1)
        raise ZeroDivisionError
  assert not stream.getvalue().split('\r')[-1].strip()


@hypothesis.given(st.lists(
    st.tuples(st.integers(1, 9), st.none() | st.floats(0, 99)), max_size=20
))
def test_steps_are_silent_where_nobody_looks(steps):
  stream = io.StringIO()
  with _stderr(stream):
    with progress.step_bar(100, 3, 'training') as on_step:
      for step in steps:
        assert on_step(*step) is None
  assert stream.getvalue() == ''


def test_terminal_shows_steps_from_where_a_run_goes_on():
  stream = _Terminal()
  with _stderr(stream):
    with progress.step_bar(100, 40, 'training') as on_step:
      on_step(41, None)
      on_step(60, 3.14159)
      on_step(61, None)
  lines = stream.getvalue().split('\r')
  assert any('40/100' in line for line in lines)
  shown = [line for line in lines if '60/100' in line or '61/100' in line]
  assert any('loss 3.14' in line for line in shown)
  assert not lines[-1].strip()


@hypothesis.given(st.lists(st.integers(1, 99), max_size=20))
def test_counts_are_silent_where_nobody_looks(counts):
  stream = io.StringIO()
  with _stderr(stream):
    with progress.count_bar(100, 'drawing', 'beat') as on_done:
      for count in counts:
        assert on_done(count) is None
  assert stream.getvalue() == ''


@pytest.mark.parametrize('total, shown', [(30, '30/30'), (None, '30beat')])
def test_terminal_shows_counts_of_what_takes_long(monkeypatch, total, shown):
  lines = {}
  for delay in (0.0, 1000.0):
    monkeypatch.setattr(progress, '_DELAY_S', delay)
    stream = _Terminal()
    with _stderr(stream):
      with progress.count_bar(total, 'drawing', 'beat') as on_done:
        on_done(10)
        on_done(20)
    lines[delay] = stream.getvalue()
  assert 'drawing' in lines[0.0] and shown in lines[0.0]
  assert 'drawing' not in lines[1000.0]
