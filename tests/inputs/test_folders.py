"""Tests for folders: what they hold is the same by however many processes."""

import errno
import os
import signal

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext import errors
from drumspace_ext.files import processes
from drumspace_ext.inputs import folders

_NAMES = ['a.mid', 'b.MIDI', 'c.zip', 'd.tfrecord', 'e.txt', '._f.mid', 'g']
_trees = st.dictionaries(
    st.sampled_from(['.', 'x', 'x/y', 'z', 'z/é', 'z/t/u']),
    st.sets(st.sampled_from(_NAMES), max_size=7), max_size=6,
)


def _fill(root, tree):
  for folder, names in tree.items():
    (root / folder).mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(sorted(names)):
      (root / folder / name).write_bytes(bytes(number))
  (root / 'gone.mid').symlink_to(root / 'nowhere')
  (root / 'folder.mid').mkdir()


def _shared_out(patch, *, together=2, at_once=5, of_process=1):
  patch.setattr(folders, '_TOGETHER', together)
  patch.setattr(folders, '_AT_ONCE', at_once)
  patch.setattr(folders, '_FILES_OF_PROCESS', of_process)


@hypothesis.given(
    tree=_trees, num_processes=st.integers(2, 4), recursive=st.booleans(),
    together=st.integers(1, 4), at_once=st.integers(1, 20),
)
@hypothesis.settings(max_examples=30)
def test_files_are_the_same_by_any_number_of_processes(
    tree, num_processes, recursive, together, at_once, tmp_path_factory
):
  root = tmp_path_factory.mktemp('folders')
  _fill(root, tree)
  with pytest.MonkeyPatch.context() as patch:
    _shared_out(patch, together=together, at_once=at_once)
    alone, shared = (
        list(folders.walk(
            root, 'songs', recursive=recursive, num_processes=number
        )) for number in (1, num_processes)
    )
  assert shared == alone
  assert sum(len(found.sizes) for found in alone) >= 1


def test_many_files_are_shared_out_in_order(tmp_path, monkeypatch):
  _shared_out(monkeypatch, together=3, at_once=12, of_process=5)
  started = []

  class Counted(processes.Beside):

    def __init__(self, function, share):
      started.append([name for unseen in share for name in unseen.files])
      super().__init__(function, share)

  monkeypatch.setattr(processes, 'Beside', Counted)
  names = [f'{number:02}.mid' for number in range(20)]
  for name in names:
    (tmp_path / name).write_bytes(b'x')
  found = list(folders.walk(
      tmp_path, 'songs', recursive=False, num_processes=3
  ))
  # The first twelve by two processes, the other eight by this one.
  assert started == [names[6:12]]
  assert [source.name for files in found for source in files.sources()] == [
      f'songs/{name}' for name in names
  ]


def test_folders_without_files_do_not_gather(tmp_path, monkeypatch):
  _shared_out(monkeypatch, at_once=4)
  for number in range(10):
    (tmp_path / str(number)).mkdir()
  sizes = [len(some) for some, _ in folders._by_many(
      folders._walk(tmp_path, 'songs', True, '')
  )]
  assert sizes == [4, 4, 3]


# Failures


@pytest.mark.parametrize('num_processes', [1, 2])
def test_folder_that_can_not_be_looked_into_is_an_input(
    tmp_path, monkeypatch, num_processes
):
  _shared_out(monkeypatch, at_once=2)
  for folder in ('a/closed', 'b', 'closed'):
    (tmp_path / folder).mkdir(parents=True)
  (tmp_path / 'b' / 'a.mid').write_bytes(b'x')
  scandir = os.scandir

  def closed(path):
    if os.fspath(path).endswith('closed'):
      raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    return scandir(path)

  monkeypatch.setattr(os, 'scandir', closed)
  found = folders.walk(
      tmp_path, 'songs', recursive=True, num_processes=num_processes
  )
  sources = [source for files in found for source in files.sources()]
  assert [(source.name, source.path) for source in sources] == [
      (f'songs/{name}', f'{tmp_path}/{name}')
      for name in ('a/closed', 'b/a.mid', 'closed')
  ]


def test_killed_process_is_one_line(tmp_path, monkeypatch):
  _shared_out(monkeypatch)
  here, files = os.getpid(), folders._files

  def dies_elsewhere(unseen):
    if os.getpid() != here:
      os.kill(os.getpid(), signal.SIGKILL)
    return files(unseen)

  monkeypatch.setattr(folders, '_files', dies_elsewhere)
  for number in range(8):
    (tmp_path / f'{number}.mid').write_bytes(b'x')
  with pytest.raises(errors.PipelineError, match='was killed'):
    list(folders.walk(tmp_path, 'songs', recursive=True, num_processes=2))
