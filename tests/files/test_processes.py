"""Tests for processes."""

import contextlib
import errno
import multiprocessing
import os
import select
import signal
import subprocess
import sys

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext import errors
from drumspace_ext.files import processes

_values = st.recursive(
    st.none() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3),
)


def _same(*values):
  return values


def _process_id():
  return os.getpid()


def _fails(kind, *args):
  raise kind(*args)


def _dies():
  os.kill(os.getpid(), signal.SIGKILL)


def _waits():
  while True:
    signal.pause()


def _is_interrupted():
  os.kill(os.getpid(), signal.SIGINT)
  return 'goes on'


@hypothesis.given(values=st.lists(_values, max_size=3))
@hypothesis.settings(max_examples=20)
def test_answer_is_what_the_function_returns(values):
  with processes.Beside(_same, *values) as other:
    assert other.answer() == tuple(values)


def test_several_run_at_once_and_none_is_left():
  beside = processes.Beside
  with beside(_process_id) as one, beside(_process_id) as two:
    ids = {two.answer(), one.answer(), os.getpid()}
  assert len(ids) == 3
  assert not multiprocessing.active_children()


def test_one_that_nobody_waits_for_is_ended():
  with pytest.raises(KeyboardInterrupt):
    with processes.Beside(_waits):
      raise KeyboardInterrupt
  assert not multiprocessing.active_children()


def test_an_interrupt_is_for_the_process_that_started_it():
  with processes.Beside(_is_interrupted) as other:
    assert other.answer() == 'goes on'


def test_an_interrupt_waits_until_a_process_has_started():
  seen = []

  class Process:

    def start(self):
      os.kill(os.getpid(), signal.SIGINT)
      seen.append('started')

  # What starts the tests in the background has it ignored.
  before = signal.signal(signal.SIGINT, signal.default_int_handler)
  try:
    with pytest.raises(KeyboardInterrupt):
      processes.start(Process())
  finally:
    signal.signal(signal.SIGINT, before)
  assert seen == ['started']
  assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


# Three processes whose answers are too long for a pipe; nobody reads them.
_KILLED = """
import os, signal, sys
from drumspace_ext.files import processes
started = [processes.Beside(bytes, 1 << 20) for _ in range(3)]
print('started', flush=True)
sys.stdin.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_none_outlives_a_killed_parent():
  # Each of them holds the end that is written to.
  reader, writer = os.pipe()
  with os.fdopen(reader, 'rb') as ended:
    with subprocess.Popen(
        [sys.executable, '-c', _KILLED], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, pass_fds=[writer], start_new_session=True,
    ) as parent:
      os.close(writer)
      assert parent.stdout.readline() == b'started\n'
      assert not select.select([ended], [], [], 0)[0]
      parent.stdin.close()
      assert parent.wait() == -signal.SIGKILL
    are_gone = select.select([ended], [], [], 60)[0]
    with contextlib.suppress(ProcessLookupError):
      os.killpg(parent.pid, signal.SIGKILL)
    assert are_gone


# Failures


@pytest.mark.parametrize('kind, args, message', [
    (errors.OutputError, ('no room',), 'no room'),
    (OSError, (errno.ENOSPC, 'No space left', 'a.tsv'), "No space.*'a.tsv'"),
    (ZeroDivisionError, ('by 0',), 'by 0'),
])
def test_what_the_function_raises_is_raised_here(kind, args, message):
  with processes.Beside(_fails, kind, *args) as other:
    with pytest.raises(kind, match=message):
      other.answer()


def test_process_that_is_killed_while_it_answers_is_one_line():
  # A pipe holds some of so much, and the process waits for the rest to be read.
  with processes.Beside(bytes, 1 << 21) as other:
    assert other._pipe.poll(60)
    other._process.kill()
    other._process.join()
    with pytest.raises(errors.PipelineError, match='was killed, .* memory'):
      other.answer()


def test_killed_process_is_one_line():
  with processes.Beside(_dies) as other:
    with pytest.raises(errors.PipelineError, match='was killed, .* memory'):
      other.answer()
