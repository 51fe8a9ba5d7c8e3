"""Tests for output_files."""

import contextlib
import errno
import os
import resource

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext import errors
from drumspace_ext.files import output_files

_FILES = st.dictionaries(
    st.text('abcdefgh.', min_size=1, max_size=8).filter(
        lambda name: set(name) != {'.'}
    ),
    st.binary(max_size=2000),
    max_size=5,
)


def _contents(folder):
  return {path.name: path.read_bytes() for path in folder.iterdir()}


@contextlib.contextmanager
def _files_of_at_most(num_bytes):
  """A real write error, for root too: files can't grow beyond a size."""
  _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
  resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, hard))
  try:
    yield
  finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@hypothesis.given(before=_FILES, files=_FILES)
def test_files_appear_together_at_the_end(before, files, tmp_path_factory):
  folder = tmp_path_factory.mktemp('batch')
  for name, content in before.items():
    output_files.write_bytes(folder / name, content)
  assert _contents(folder) == before
  with output_files.Batch(folder) as batch:
    for name, content in files.items():
      batch.open(name, text=False).write(content)
    finals = {p.name for p in folder.iterdir() if p.name in {*before, *files}}
    assert finals == set(before)
  assert _contents(folder) == {**before, **files}


@hypothesis.given(before=_FILES, files=_FILES)
def test_an_error_changes_nothing(before, files, tmp_path_factory):
  folder = tmp_path_factory.mktemp('batch')
  for name, content in before.items():
    output_files.write_bytes(folder / name, content)
  with pytest.raises(ZeroDivisionError):
    with output_files.Batch(folder) as batch:
      for name, content in files.items():
        batch.open(name, text=False).write(content)
      (batch.scratch_folder() / 'rows').write_bytes(b'scratch')
      raise ZeroDivisionError
  assert _contents(folder) == before


def test_text_is_utf_8_with_plain_newlines(tmp_path):
  with output_files.Batch(tmp_path / 'new' / 'folder') as batch:
    batch.open('song.txt').write('Für\n')
    batch.temporary_path('other').write_bytes(b'by path')
  assert _contents(tmp_path / 'new' / 'folder') == {
      'song.txt': b'F\xc3\xbcr\n', 'other': b'by path',
  }


def test_scratch_is_gone_at_the_end(tmp_path):
  with output_files.Batch(tmp_path) as batch:
    scratch = batch.scratch_folder()
    (scratch / 'rows').write_bytes(b'scratch')
    assert scratch.parent == tmp_path
  assert not _contents(tmp_path)


def test_a_file_written_while_a_batch_is_open_is_another_file(tmp_path):
  with output_files.Batch(tmp_path) as batch:
    batch.open('in_batch').write('1')
    output_files.write_bytes(tmp_path / 'alone', b'2')
  assert _contents(tmp_path) == {'in_batch': b'1', 'alone': b'2'}


def test_folder_under_a_final_name_stops_the_whole_batch(tmp_path):
  (tmp_path / 'second').mkdir()
  with pytest.raises(errors.OutputError, match='second'):
    with output_files.Batch(tmp_path) as batch:
      batch.open('first').write('1')
      batch.open('second').write('2')
  assert [path.name for path in tmp_path.iterdir()] == ['second']


def test_file_takes_the_place_of_no_pipe(tmp_path):
  os.mkfifo(tmp_path / 'pipe')
  with pytest.raises(errors.OutputError, match='pipe: a pipe or device has'):
    output_files.write_bytes(tmp_path / 'pipe', b'1')
  assert (tmp_path / 'pipe').is_fifo()


def test_file_takes_the_place_of_no_link_among_devices(tmp_path, monkeypatch):
  monkeypatch.setattr(output_files, '_DEVICES', str(tmp_path))
  (tmp_path / 'redirected').write_bytes(b'log')
  (tmp_path / 'stdout').symlink_to(tmp_path / 'redirected')
  with pytest.raises(errors.OutputError, match='stdout: a pipe or device has'):
    output_files.write_bytes(tmp_path / 'stdout', b'1')
  assert (tmp_path / 'stdout').is_symlink()


@pytest.mark.parametrize('size', [100, 100_000], ids=['at_close', 'at_write'])
def test_write_that_fails_leaves_nothing(tmp_path, size):
  with pytest.raises(errors.OutputError, match="can't write .*File too large"):
    with _files_of_at_most(10):
      with output_files.Batch(tmp_path) as batch:
        batch.open('small').write('fits')
        batch.open('large').write('x' * size)
        batch.open('empty')
  assert not _contents(tmp_path)


def test_full_disk_names_the_folder_and_what_to_do(tmp_path):
  with pytest.raises(
      errors.OutputError,
      match=f"can't write {tmp_path}: No space left on device.*make room",
  ):
    with output_files.Batch(tmp_path) as batch:
      batch.open('file').write('x')
      raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
  assert not _contents(tmp_path)


def test_errors_of_others_pass_unchanged(tmp_path):
  mistake = errors.InputError('song.mid is empty.')
  with pytest.raises(errors.InputError) as raised:
    with output_files.Batch(tmp_path):
      raise mistake
  assert raised.value is mistake


@pytest.mark.parametrize('below', ['file', 'file/deeper'])
def test_folder_below_a_file_is_refused(tmp_path, below):
  (tmp_path / 'file').write_bytes(b'I am a file')
  with pytest.raises(errors.OutputError, match="can't write .*file"):
    output_files.make_folder(tmp_path / below)
  with pytest.raises(errors.OutputError, match="can't write .*file"):
    output_files.write_bytes(tmp_path / below / 'x', b'')
  assert _contents(tmp_path) == {'file': b'I am a file'}


def test_folder_without_room_is_noticed_at_once(tmp_path):
  with pytest.raises(errors.OutputError, match='File too large'):
    with _files_of_at_most(0):
      output_files.make_folder(tmp_path)
  output_files.make_folder(tmp_path)
