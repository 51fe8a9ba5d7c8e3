"""Tests for worker_pool."""

import collections
import dataclasses
import gc
import itertools
import mmap
import multiprocessing
from multiprocessing import connection
import os
import signal
import subprocess
import sys

import hanging
import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext.extraction import worker_pool
from drumspace_ext.extraction import worker_process
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import tasks

_CULPRITS = ('exit', 'kill', 'raise')


@dataclasses.dataclass(frozen=True)
class _Load:
  items: tuple

  def split(self):
    return [_Load((item,)) for item in self.items]

  def apart(self):
    return self, []


def _double(load):
  """Doubles the numbers of a load, unless an item does harm."""
  for item in load.items:
    if item == 'exit':
      os._exit(3)
    elif item == 'kill':
      os.kill(os.getpid(), signal.SIGKILL)
    elif item == 'raise':
      # What a worker says of its end is not for the eyes of the tests.
      os.close(2)
      raise RuntimeError
    elif item == 'hang':
      hanging.hang()
  return [2 * item for item in load.items]


def _run(loads, num_workers, function=_double):
  """Returns (results of all items, failures by item)."""
  pool = worker_pool.WorkerPool(
      function, num_workers=num_workers, timeout_s=60
  )
  results, failures = collections.Counter(), collections.Counter()
  for outcome in pool.run(loads):
    if isinstance(outcome, worker_pool.Failure):
      (item,) = outcome.task.items
      failures[item, outcome.reason] += 1
    else:
      load, doubled = outcome
      assert doubled == [2 * item for item in load.items]
      results.update(load.items)
  assert not multiprocessing.active_children()
  return results, failures


_numbers = st.integers(0, 1000)


@hypothesis.given(loads=st.lists(
    st.lists(_numbers | st.sampled_from(_CULPRITS), min_size=1, max_size=4),
    max_size=6,
), num_workers=st.sampled_from((1, 2)))
@hypothesis.settings(max_examples=25)
def test_only_culprits_are_lost(loads, num_workers):
  results, failures = _run([_Load(tuple(load)) for load in loads], num_workers)
  items = [item for load in loads for item in load]
  assert results == collections.Counter(i for i in items if i not in _CULPRITS)
  assert failures == collections.Counter(
      (item, worker_pool.CRASHED) for item in items if item in _CULPRITS
  )


@pytest.mark.parametrize('num_workers', [0, 1, 2, 3])
def test_any_number_of_workers_gives_the_same(num_workers):
  loads = [_Load(tuple(range(i, i + 3))) for i in range(0, 60, 3)]
  results, failures = _run(loads, num_workers)
  assert results == collections.Counter(range(60))
  assert not failures
  assert _run([], num_workers) == ({}, {})


@pytest.mark.parametrize('num_workers', [1, 2])
def test_item_that_hangs_is_named(monkeypatch, num_workers):
  hanging.put_clock(monkeypatch)
  loads = [_Load((1, 'hang', 2)), _Load((3,)), _Load((4, 5))]
  results, failures = _run(loads, num_workers)
  assert results == collections.Counter((1, 2, 3, 4, 5))
  assert failures == {('hang', worker_pool.TIMED_OUT): 1}


def test_crash_and_hang_side_by_side(monkeypatch):
  hanging.put_clock(monkeypatch)
  loads = [_Load(('hang', 1)), _Load(('kill', 2))]
  results, failures = _run(loads, 2)
  assert results == collections.Counter((1, 2))
  assert failures == {
      ('hang', worker_pool.TIMED_OUT): 1, ('kill', worker_pool.CRASHED): 1,
  }


def test_large_loads_and_results_pass(num_bytes=5 << 20):
  load = _Load((bytes(num_bytes),))
  results, _ = _run([load] * 4, 2)
  assert results == {bytes(num_bytes): 4}


def _process_id(load):
  del load
  return os.getpid()


@pytest.mark.parametrize('num_workers, others', [(0, False), (1, True)])
def test_work_is_done_in_other_processes(num_workers, others):
  pool = worker_pool.WorkerPool(
      _process_id, num_workers=num_workers, timeout_s=60
  )
  ((_, process_id),) = pool.run([_Load((1,))])
  assert (process_id != os.getpid()) is others


@pytest.mark.parametrize('num_workers', [0, 1, 2])
def test_tasks_are_taken_as_they_are_needed(num_workers):
  taken = 0

  def endless():
    nonlocal taken
    for number in itertools.count():
      taken += 1
      yield _Load((number,))

  pool = worker_pool.WorkerPool(
      _double, num_workers=num_workers, timeout_s=60
  )
  outcomes = pool.run(endless())
  for done, _ in enumerate(itertools.islice(outcomes, 20), 1):
    assert taken <= done + 2 * num_workers
  outcomes.close()
  assert not multiprocessing.active_children()


def test_worker_has_its_next_task_before_its_answer_is_handed_on():
  taken = []

  def loads():
    for number in range(3):
      taken.append(number)
      yield _Load((number,))

  pool = worker_pool.WorkerPool(_double, num_workers=1, timeout_s=60)
  results = pool.run(loads())
  assert next(results)[1] == [0] and taken == [0, 1, 2]
  assert [doubled for _, doubled in results] == [[2], [4]]


def test_next_task_is_made_while_all_workers_are_busy():
  is_made = multiprocessing.get_context('fork').Event()

  def waits_for_the_second(load):
    return is_made.wait(timeout=60) and load.items

  def loads():
    yield _Load((1,))
    is_made.set()
    yield _Load((2,))

  pool = worker_pool.WorkerPool(
      waits_for_the_second, num_workers=1, timeout_s=60
  )
  assert [items for _, items in pool.run(loads())] == [(1,), (2,)]


def test_what_waits_for_a_worker_that_is_lost_is_done_by_another():
  results, failures = _run([_Load(('kill',)), _Load((1,)), _Load((2, 3))], 1)
  assert results == collections.Counter((1, 2, 3))
  assert failures == {('kill', worker_pool.CRASHED): 1}


def test_nothing_waits_for_a_worker_while_another_is_idle():
  both = multiprocessing.get_context('fork').Barrier(2)

  def meets_the_other(load):
    both.wait(timeout=60)
    return load.items

  pool = worker_pool.WorkerPool(meets_the_other, num_workers=2, timeout_s=60)
  loads = [_Load((1,)), _Load((2,))]
  assert sorted(items for _, items in pool.run(loads)) == [(1,), (2,)]


@pytest.mark.parametrize('num_workers', [0, 1, 2])
def test_error_of_the_caller_leaves_no_process(num_workers):
  pool = worker_pool.WorkerPool(
      _double, num_workers=num_workers, timeout_s=60
  )
  with pytest.raises(ZeroDivisionError):
    for _ in pool.run([_Load((1,)), _Load((2,)), _Load((3,))]):
      assert len(multiprocessing.active_children()) == num_workers
      raise ZeroDivisionError
  assert not multiprocessing.active_children()


@pytest.mark.parametrize('num_workers', [0, 1, 2])
def test_error_among_the_tasks_leaves_no_process(num_workers):
  def loads():
    yield _Load((1,))
    raise ZeroDivisionError

  with pytest.raises(ZeroDivisionError):
    _run(loads(), num_workers)
  assert not multiprocessing.active_children()


@pytest.mark.parametrize('threaded', [False, True])
def test_workers_that_are_kept_work_on_until_they_are_closed(threaded):
  pool = worker_pool.WorkerPool(
      _process_id, num_workers=1, timeout_s=60, keep=True, threaded=threaded
  )
  loads = [_Load((1,)), _Load((2,))]
  first = {process for _, process in pool.run(loads)}
  assert len(first) == 1
  assert {process for _, process in pool.run(loads)} == first
  # Killed by the system, with nothing to do: no load is blamed.
  (worker,) = multiprocessing.active_children()
  worker.kill()
  worker.join()
  second = [outcome for outcome in pool.run(loads)]
  assert not any(isinstance(o, worker_pool.Failure) for o in second)
  assert not {process for _, process in second} & first
  pool.close()
  assert not multiprocessing.active_children()


def test_workers_start_before_there_is_work():
  pool = worker_pool.WorkerPool(_process_id, num_workers=2, timeout_s=60)
  pool.start()
  started = {worker.pid for worker in multiprocessing.active_children()}
  assert len(started) == 2
  loads = [_Load((number,)) for number in range(9)]
  assert {process for _, process in pool.run(loads)} <= started
  assert not multiprocessing.active_children()


def test_workers_look_for_garbage_however_patient_their_parent_is(monkeypatch):
  monkeypatch.setattr(worker_process, '_GARBAGE_AFTER', 123)
  pool = worker_pool.WorkerPool(
      lambda load: gc.get_threshold()[0], num_workers=1, timeout_s=60
  )
  assert [found for _, found in pool.run([_Load((1,))])] == [123]
  assert gc.get_threshold()[0] != 123


def test_workers_beside_threads_lose_their_culprits_too():
  pool = worker_pool.WorkerPool(
      _double, num_workers=1, timeout_s=60, threaded=True
  )
  failed = [
      outcome.task.items for outcome in pool.run([_Load((1, 'kill', 2))])
      if isinstance(outcome, worker_pool.Failure)
  ]
  assert failed == [('kill',)]
  assert not multiprocessing.active_children()


def test_workers_that_are_kept_end_with_an_error_of_the_caller():
  pool = worker_pool.WorkerPool(
      _double, num_workers=2, timeout_s=60, keep=True
  )
  with pytest.raises(ZeroDivisionError):
    for _ in pool.run([_Load((1,)), _Load((2,)), _Load((3,))]):
      raise ZeroDivisionError
  assert not multiprocessing.active_children()


def test_caller_who_takes_his_time_is_no_reason_to_blame(monkeypatch):
  """Both loads are done; the caller looks at the first for an hour."""
  clock = [0.0]
  monkeypatch.setattr(worker_pool.time, 'monotonic', lambda: clock[0])
  go_on = multiprocessing.get_context('fork').Event()

  def second_waits(load):
    if load.items == ('second',):
      go_on.wait()
    return load.items

  pool = worker_pool.WorkerPool(second_waits, num_workers=2, timeout_s=60)
  loads = [_Load(('first',)), _Load(('second',))]
  outcomes = []
  for outcome in pool.run(loads):
    outcomes.append(outcome)
    if len(outcomes) == 1:
      go_on.set()
      busy = [w.pipe for w in pool._workers if w.tasks]
      assert connection.wait(busy) == busy
      clock[0] += 3600.0
  assert sorted(
      outcome[0].items[0] for outcome in outcomes if isinstance(outcome, tuple)
  ) == ['first', 'second']


_KILLED_PARENT = """
import os, signal
from drumspace_ext.extraction import worker_pool
import test_worker_pool
pool = worker_pool.WorkerPool(
    test_worker_pool._double, num_workers=3, timeout_s=60)
for outcome in pool.run(test_worker_pool._Load((i,)) for i in range(9)):
  print(outcome[1], flush=True)
  os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_when_the_parent_is_killed():
  # Workers hold our end of the pipe: `run` comes back when all are gone.
  done = subprocess.run(
      [sys.executable, '-c', _KILLED_PARENT], capture_output=True, text=True,
      timeout=300, cwd=os.path.dirname(__file__),
      env=os.environ | {'PYTHONPATH': os.path.dirname(hanging.__file__)},
  )
  assert done.returncode == -signal.SIGKILL
  assert done.stdout.startswith('[')
  assert not done.stderr


def test_there_is_a_processor():
  assert 1 <= worker_pool.usable_cpus() <= (os.cpu_count() or 1)


# What goes to a worker, and what it does, in this process


@hypothesis.given(
    some=st.lists(
        st.lists(st.tuples(st.text(max_size=3), st.binary(max_size=40))),
        max_size=worker_process.ROOM_PLACES,
    ),
    place_bytes=st.sampled_from((None, 1, 100, 5000)),
)
def test_tasks_pass_with_their_records_as_they_are(some, place_bytes):
  """By a room, or by the pipe where there is none or it is too small."""
  made = [
      tasks.Task(input_kinds.TFRECORD, tuple(items), size=7) for items in some
  ]
  room = None
  if place_bytes:
    room = mmap.mmap(-1, worker_process.ROOM_PLACES * place_bytes)
  packed = [
      worker_process.pack(task, room, place) for place, task in enumerate(made)
  ]
  for task, (sent, sizes, _) in zip(made, packed):
    num_bytes = sum(len(record) for _, record in task.items)
    fits = place_bytes and num_bytes <= place_bytes
    assert sum(sizes) == (num_bytes if fits else 0)
    assert (sent == task) == (not sum(sizes))
  assert [worker_process.unpack(*sent, room) for sent in packed] == made


def test_records_stand_in_the_room_and_paths_in_the_message():
  task = tasks.Task(input_kinds.TFRECORD, (('a', b'abc'), ('b', b'')), size=3)
  with worker_process.room() as room:
    sent, sizes, place = worker_process.pack(task, room, 0)
    assert sent.items == (('a', b''), ('b', b'')) and sent.size == 3
    assert sizes == [3, 0] and place == 0 and room[:3] == b'abc'
    paths = tasks.Task(input_kinds.MIDI, (('a', '/a.mid'),))
    assert worker_process.pack(paths, room, 1) == (paths, [], 1)


def _answers(function, tasks, others=()):
  """Runs a worker's loop here over tasks that are sent beforehand."""
  ours, theirs = multiprocessing.Pipe()
  for task in tasks:
    ours.send((task, [], 0))
  before = signal.getsignal(signal.SIGINT)
  patience = gc.get_threshold()
  try:
    # Its side is closed behind the last task: that ends the loop.
    answers = []

    def answering(task):
      answers.append(task)
      if len(answers) == len(tasks):
        ours.close()
      return function(task)

    worker_process.work(answering, theirs, list(others))
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
  finally:
    signal.signal(signal.SIGINT, before)
    gc.set_threshold(*patience)
    theirs.close()
  return answers


def test_worker_answers_all_tasks_until_its_parent_is_gone():
  assert _answers(lambda task: task + 1, [1, 2, 3]) == [1, 2, 3]


def test_worker_closes_what_it_holds_of_others():
  other, rest = multiprocessing.Pipe()
  _answers(str, [1], others=[other])
  assert other.closed and not rest.closed
  rest.close()


def test_worker_ends_when_nothing_comes():
  ours, theirs = multiprocessing.Pipe()
  ours.close()
  before = signal.getsignal(signal.SIGINT)
  try:
    assert worker_process.work(str, theirs, []) is None
  finally:
    signal.signal(signal.SIGINT, before)
    theirs.close()
