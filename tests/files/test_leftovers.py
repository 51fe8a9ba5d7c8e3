"""Tests for leftovers: what killed runs leave goes, what lives stays."""

import errno
import fcntl
import os
import pathlib
import signal
import subprocess
import sys

import drawn_patterns
import hypothesis
from hypothesis import strategies as st
import killed_runs
import numpy as np
import pytest
import written_files

from drumspace_ext.files import leftovers
from drumspace_ext.files import output_files
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import beats as starter_beats

_BEAT = drawn_patterns.hits_of(
    kick=(0, 10, 16), snare=(8, 24), closed_hat=range(0, 32, 2)
)
_DAY = 24 * 3600
_TOKEN = '0123456789abcdef'


def _write_all(folder):
  with output_files.Batch(folder) as batch:
    batch.open('a').write('new')
    (batch.scratch_folder() / 'rows').write_text('x')
    batch.write('b', b'new')


def _lock(folder, content, token=_TOKEN, *, age=0):
  """A lock that nobody holds, and a file with its token."""
  path = folder / f'{leftovers.PREFIX}{token}.lock'
  path.write_text(content)
  os.utime(path, (0, path.stat().st_mtime - age))
  (folder / f'{leftovers.PREFIX}{token}-x.tmp').write_text('x')


def _here():
  return '\n'.join(leftovers._here())


@pytest.mark.parametrize('place', [
    'temporary_path:1', 'scratch_folder:1', 'temporary_path:2', 'replace:1',
    'replace:2', 'release:1',
])
def test_next_batch_removes_what_a_killed_process_left(tmp_path, place):
  assert killed_runs.kill(lambda: _write_all(tmp_path), place)
  assert killed_runs.temporary_files(tmp_path)
  output_files.write_bytes(tmp_path / 'c', b'')
  assert not killed_runs.temporary_files(tmp_path)
  # What had its name already keeps it.
  expected = {'replace:2': {'a'}, 'release:1': {'a', 'b'}}.get(place, set())
  assert {path.name for path in tmp_path.iterdir()} == expected | {'c'}


def test_files_of_a_living_process_stay(tmp_path):
  with output_files.Batch(tmp_path) as batch:
    stream = batch.open('mine')
    before = killed_runs.temporary_files(tmp_path)
    assert len(before) == 2
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
      output_files.write_bytes(tmp_path / 'other', b'')
      os.write(writer, b'x')
      os._exit(0)
    assert os.read(reader, 1) == b'x'
    os.waitpid(child, 0)
    output_files.write_bytes(tmp_path / 'third', b'')
    assert killed_runs.temporary_files(tmp_path) == before
    stream.write('text')
  assert (tmp_path / 'mine').read_text() == 'text'
  assert not killed_runs.temporary_files(tmp_path)


def test_forked_worker_that_lives_on_keeps_nothing(tmp_path):
  reader, writer = os.pipe()
  pid_reader, pid_writer = os.pipe()

  def work():
    with output_files.Batch(tmp_path) as batch:
      batch.open('a')
      worker = os.fork()
      if not worker:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
      os.write(pid_writer, worker.to_bytes(4, 'big'))
      batch.open('b')

  assert killed_runs.kill(work, 'temporary_path:2')
  worker = int.from_bytes(os.read(pid_reader, 4), 'big')
  os.kill(worker, 0)  # It is alive.
  assert len(killed_runs.temporary_files(tmp_path)) == 3
  output_files.write_bytes(tmp_path / 'c', b'')
  assert not killed_runs.temporary_files(tmp_path)
  os.kill(worker, signal.SIGKILL)


def test_forked_process_that_leaves_a_batch_removes_no_lock(tmp_path):
  owner = leftovers.Owner(tmp_path)
  child = os.fork()
  if not child:
    owner.release()
    os._exit(0)
  os.waitpid(child, 0)
  leftovers.sweep(tmp_path)
  assert len(killed_runs.temporary_files(tmp_path)) == 1
  owner.release()
  owner.release()
  assert not killed_runs.temporary_files(tmp_path)


@pytest.mark.parametrize('content, age, goes', [
    (lambda boot, host: f'{boot}\n{host}', 0, True),
    # A container of the same machine.
    (lambda boot, host: f'{boot}\nother', 0, True),
    (lambda boot, host: f'other\n{host}', 0, False),
    (lambda boot, host: f'other\n{host}', 2 * _DAY, True),
    (lambda boot, host: 'other\nother', 2 * _DAY, False),
    # Killed before it was written.
    (lambda boot, host: '', 0, False),
    (lambda boot, host: '', 2 * _DAY, True),
    (lambda boot, host: '\0\xff' * 9000, 2 * _DAY, False),
], ids=['here', 'container', 'before', 'long_before', 'elsewhere', 'empty',
        'empty_old', 'binary'])
def test_lock_counts_where_it_was_taken(tmp_path, content, age, goes):
  _lock(tmp_path, content(*leftovers._here()), age=age)
  leftovers.sweep(tmp_path)
  assert bool(killed_runs.temporary_files(tmp_path)) != goes


@pytest.mark.parametrize('number', [errno.ENOLCK, errno.EOPNOTSUPP])
def test_nothing_goes_where_there_are_no_locks(tmp_path, monkeypatch, number):
  def refuse(*args):
    raise OSError(number, os.strerror(number))

  _lock(tmp_path, _here())
  monkeypatch.setattr(fcntl, 'flock', refuse)
  output_files.write_bytes(tmp_path / 'a', b'')
  assert len(killed_runs.temporary_files(tmp_path)) == 2
  assert (tmp_path / 'a').exists()
  monkeypatch.undo()
  leftovers.sweep(tmp_path)
  assert not killed_runs.temporary_files(tmp_path)


@pytest.mark.parametrize('who', ['taken', 'removed'])
def test_owner_whose_lock_was_found_first_takes_another(
    tmp_path, monkeypatch, who
):
  flock, found = fcntl.flock, []

  def found_first(handle, operation):
    if not found:
      (path,) = tmp_path.iterdir()
      found.append(path)
      if who == 'taken':
        raise BlockingIOError
      path.unlink()
    flock(handle, operation)

  monkeypatch.setattr(fcntl, 'flock', found_first)
  owner = leftovers.Owner(tmp_path)
  (path,) = tmp_path.iterdir()
  assert path != found[0]
  assert path.name == f'{owner.prefix.removesuffix("-")}.lock'
  owner.release()


def test_what_earlier_versions_left_goes_after_a_day(tmp_path):
  names = ['abcd_123.tmp', 'abcd_124.scratch', 'notes.txt', 'abcd1234']
  for folder, age in (('old', 2 * _DAY), ('young', 0)):
    (tmp_path / folder).mkdir()
    for name in names:
      path = tmp_path / folder / f'{leftovers.PREFIX}{name}'
      path.write_text('')
      os.utime(path, (0, path.stat().st_mtime - age))
    leftovers.sweep(tmp_path / folder)
  assert killed_runs.temporary_files(tmp_path / 'old') == [
      f'{leftovers.PREFIX}abcd1234', f'{leftovers.PREFIX}notes.txt',
  ]
  assert len(killed_runs.temporary_files(tmp_path / 'young')) == len(names)


_NAMES = st.text('ab0.-/', min_size=1, max_size=6).filter(
    lambda name: '/' not in name
)


@hypothesis.given(
    dead=st.sets(st.sampled_from(['0' * 16, 'a' * 16, 'b' * 16])),
    living=st.booleans(), others=st.sets(_NAMES), endings=st.sets(_NAMES),
)
def test_exactly_what_bears_a_token_of_the_dead_goes(
    dead, living, others, endings, tmp_path_factory
):
  folder = tmp_path_factory.mktemp('sweep')
  kept = {f'x{name}' for name in others}
  kept |= {f'{leftovers.PREFIX}{name}' for name in others}
  kept |= {f'{leftovers.PREFIX}{"c" * 16}-{ending}' for ending in endings}
  owner = leftovers.Owner(folder) if living else None
  if owner:
    kept |= {f'{owner.prefix}{ending}' for ending in endings}
  for name in kept:
    (folder / name).write_text('')
  kept |= {path.name for path in folder.iterdir()}
  for token in dead:
    _lock(folder, _here(), token)
    for ending in endings:
      (folder / f'{leftovers.PREFIX}{token}-{ending}').write_text('')
  leftovers.sweep(folder)
  assert {path.name for path in folder.iterdir()} == kept
  if owner:
    owner.release()


def test_link_out_of_the_folder_is_not_followed(tmp_path):
  (tmp_path / 'kept').mkdir()
  (tmp_path / 'kept' / 'file').write_text(_here())
  folder = tmp_path / 'results'
  folder.mkdir()
  _lock(folder, _here())
  for name in (f'{_TOKEN}-link', f'{"a" * 16}.lock'):
    (folder / f'{leftovers.PREFIX}{name}').symlink_to(
        tmp_path / 'kept' / ('' if name.endswith('link') else 'file')
    )
  leftovers.sweep(folder)
  leftovers.sweep(tmp_path / 'missing')
  assert (tmp_path / 'kept' / 'file').read_text() == _here()
  assert killed_runs.temporary_files(folder) == [
      f'{leftovers.PREFIX}{"a" * 16}.lock'
  ]


# What each script does here, and where it is killed.
_SCRIPTS = {
    'create_dataset': (
        ['--input=song.mid', '--num_workers=1'],
        'scratch_folder:1,temporary_path:1,temporary_path:4,replace:1,replace:5,'
        'release:1',
    ),
    'generate': (
        ['--checkpoint_file=shipped:best', '--num_outputs=2', '--seed=1'],
        'temporary_path:1,replace:2,replace:7',
    ),
    'convert': (
        ['--input=song.mid', '--to=wav'],
        'temporary_path:1,replace:1,release:1',
    ),
    'train': (
        ['--config=smoke', '--hparams=num_train_steps=4,eval_steps=2',
         '--examples_path=beats.tsv'],
        'temporary_path:1,temporary_path:2,replace:3',
    ),
}


@pytest.mark.parametrize('script', _SCRIPTS)
def test_script_removes_what_its_killed_runs_left(tmp_path, script):
  (tmp_path / 'song.mid').write_bytes(
      midi_writing.patterns_to_midi(np.stack([_BEAT] * 4))
  )
  written_files.dataset(
      tmp_path / 'beats.tsv', step_codes.hits_to_step_codes(
          np.stack([beat.hits for beat in starter_beats.load()])
      )
  )
  args, places = _SCRIPTS[script]
  output = '--run_dir=out' if script == 'train' else '--output_dir=out'
  done = subprocess.run(
      [sys.executable, pathlib.Path(killed_runs.__file__),
       f'drumspace_{script}', places, *args, output],
      cwd=tmp_path, check=False, capture_output=True, encoding='utf-8',
      timeout=300,
  )
  assert done.returncode == 0, done.stderr
  lines = done.stdout.splitlines()
  assert [line.split()[0] for line in lines] == places.split(',')
  # Each left something, which may be all that its forerunners left.
  assert all(len(line.split()) > 1 for line in lines)
  assert len(lines[-1].split()) < 12
  assert not killed_runs.temporary_files(tmp_path)
