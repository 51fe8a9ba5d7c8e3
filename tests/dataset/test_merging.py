"""Tests for merging, by one process and by several."""

import multiprocessing
import os
import pathlib
import signal
import sqlite3

import hypothesis
from hypothesis import strategies as st
import pytest
import told_steps

from drumspace_ext import errors
from drumspace_ext.dataset import collection as collection_lib
from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import merging
from drumspace_ext.dataset import scratch
from drumspace_ext.dataset import sums
from drumspace_ext.files import processes
from drumspace_ext.patterns import groove_sums

_NO_GROOVE = groove_sums.Total().packed()
_results = st.lists(st.tuples(
    st.integers(1, 30), st.integers(0, 1), st.sampled_from('abc'),
    st.integers(1, 3), st.integers(1, 9),
), max_size=30)


def _code(number):
  return number.to_bytes(2, 'little') * 32


def _occurrence(number, is_first=1, name='a', loops=1, repeats=3):
  return (
      _code(number), _code(number), is_first, name, '', loops, repeats, 120.0,
      120.0, 'rock', 0, 0, 0, 0, _NO_GROOVE,
  )


def _merged(folder, rows, num_files):
  """Returns the merged rows of all files, and in which of them each is."""
  paths = [folder / str(number) for number in range(num_files)]
  by_file = [[] for _ in paths]
  for row in rows:
    by_file[merging.file_of(row[0], num_files)].append(row)
  for path, some in zip(paths, by_file):
    with scratch.opened(path) as database:
      assert scratch.insert(database, scratch.OCCURRENCE, some) == len(some)
  count = merging.merge(paths, list(map(len, by_file)))
  found = []
  for path in paths:
    with scratch.opened(path) as database:
      found += [(*row, path.name) for row in database.execute(
          f'SELECT * FROM {scratch.UNIQUE_PATTERN}'
      )]
  assert len(found) == count
  return sorted(row[:-1] for row in found), {row[0]: row[-1] for row in found}


@hypothesis.given(rows=_results, num_files=st.integers(1, 4))
@hypothesis.settings(max_examples=30)
def test_any_number_of_processes_merges_to_the_same(
    rows, num_files, tmp_path_factory
):
  rows = [_occurrence(*row) for row in rows]
  path = tmp_path_factory.mktemp('merging')
  (path / 'one').mkdir()
  (path / 'several').mkdir()
  alone, _ = _merged(path / 'one', rows, 1)
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(merging, 'ROWS_OF_PROCESS', 1)
    together, places = _merged(path / 'several', rows, num_files)
  assert together == alone
  assert len(places) == len(alone)


def test_rows_of_a_class_are_one_row(tmp_path):
  rows = [
      _occurrence(5, name='a', repeats=3), _occurrence(5, name='b', repeats=4),
      _occurrence(5, is_first=0, name='a', loops=2, repeats=7),
      _occurrence(6, name='b'),
  ]
  (five, six), _ = _merged(tmp_path, rows, 2)
  assert five[2:10] == (
      2, 4, 14, 120.0, 120.0, '{"rock": 2}', '["a", "b"]', '[]'
  )
  assert six[2:5] == (1, 1, 3)


def _counted_starts(monkeypatch):
  started = []

  class Counted(processes.Beside):

    def __init__(self, function, *args):
      started.append(args)
      super().__init__(function, *args)

  monkeypatch.setattr(processes, 'Beside', Counted)
  return started


@pytest.mark.parametrize('num_rows, num_files, num_started', [
    (19, 4, 0), (20, 4, 1), (30, 4, 2), (1000, 4, 3), (1000, 1, 0),
])
def test_a_process_is_started_where_there_is_work_for_it(
    monkeypatch, tmp_path, num_rows, num_files, num_started
):
  monkeypatch.setattr(merging, 'ROWS_OF_PROCESS', 10)
  started = _counted_starts(monkeypatch)
  rows = [_occurrence(number) for number in range(1, num_rows + 1)]
  found, _ = _merged(tmp_path, rows, num_files)
  assert len(found) == num_rows
  assert len(started) == num_started


def test_files_of_a_collection_are_read_in_one_order(monkeypatch, tmp_path):
  monkeypatch.setattr(merging, 'ROWS_OF_PROCESS', 10)
  rows = [
      _occurrence(number, name=name) for number in range(1, 40)
      for name in 'abcd'[:1 + number % 4]
  ]
  part = gathered.Gathered(occurrences=rows, totals=sums.Totals())
  part.totals.counts[gathered.IN_CLASSES] = len(rows)
  orders = []
  for num_processes in (1, 3):
    steps = told_steps.ToldSteps()
    with collection_lib.Collection(
        tmp_path / 'scratch', num_processes
    ) as collection:
      collection.add([part], steps)
      orders.append([
          (p.num_inputs, p.codes.tobytes())
          for p in collection.unique_patterns(steps)
      ])
    steps.check()
    assert [job[-1][2] for job in steps.jobs()] == [
        'merging', 'writing patterns'
    ]
  assert orders[0] == orders[1] == sorted(
      orders[0], key=lambda found: (-found[0], found[1])
  )
  assert len(orders[0]) == 39


# Failures


def _small_files(monkeypatch, most):
  """Lets SQLite write no more pages than some, as on a full disk."""
  connect = sqlite3.connect

  def limited(*args, **kwargs):
    database = connect(*args, **kwargs)
    database.execute(f'PRAGMA max_page_count = {most}')
    return database

  monkeypatch.setattr(scratch.sqlite3, 'connect', limited)


@pytest.mark.parametrize('num_processes', [1, 2])
def test_full_disk_is_one_line(monkeypatch, tmp_path, num_processes):
  monkeypatch.setattr(merging, 'ROWS_OF_PROCESS', 1)
  _small_files(monkeypatch, 12)
  rows = [_occurrence(number) for number in range(1, 200)]
  with pytest.raises(errors.OutputError, match='scratch: .* full. Make room'):
    with collection_lib.Collection(
        tmp_path / 'scratch', num_processes
    ) as collection:
      collection.add([gathered.Gathered(occurrences=rows)])
  assert not (tmp_path / 'scratch').exists()


def _only_here(monkeypatch, action):
  """Does something where another process merges, and merges here."""
  here, merge_file = os.getpid(), merging._merge_file

  def merged(path: pathlib.Path, *args):
    if os.getpid() != here:
      action(path)
    return merge_file(path, *args)

  monkeypatch.setattr(merging, '_merge_file', merged)


def _raises_full(path):
  raise errors.OutputError(f'{path.name} is full')


@pytest.mark.parametrize('action, kind, message', [
    (lambda path: os.kill(os.getpid(), signal.SIGKILL), errors.PipelineError,
     'beside this one was killed'),
    (_raises_full, errors.OutputError, '^1 is full$'),
])
def test_what_befalls_another_process_is_said_here(
    monkeypatch, tmp_path, action, kind, message
):
  monkeypatch.setattr(merging, 'ROWS_OF_PROCESS', 1)
  _only_here(monkeypatch, action)
  with pytest.raises(kind, match=message):
    _merged(tmp_path, [_occurrence(number) for number in range(1, 30)], 2)


def test_no_process_is_left_after_an_error_here(monkeypatch, tmp_path):
  monkeypatch.setattr(merging, 'ROWS_OF_PROCESS', 1)
  here = os.getpid()

  def fails(path, *args):
    del path, args
    if os.getpid() == here:
      raise KeyboardInterrupt
    while True:
      signal.pause()

  monkeypatch.setattr(merging, '_merge_file', fails)
  with pytest.raises(KeyboardInterrupt):
    _merged(tmp_path, [_occurrence(number) for number in range(1, 30)], 2)
  assert not multiprocessing.active_children()
