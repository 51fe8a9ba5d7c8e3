"""Tests for local_paths."""

import errno
import os
import pathlib

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext import errors
from drumspace_ext.files import local_paths


@hypothesis.given(name=st.binary(min_size=1, max_size=20))
def test_any_file_name_can_be_written_as_utf_8(name):
  text = local_paths.in_utf_8(os.fsdecode(name))
  assert text.encode('utf-8')
  if name.isascii():
    assert text == name.decode()


def test_home_is_expanded_and_nothing_need_exist(monkeypatch):
  monkeypatch.setenv('HOME', '/somewhere')
  assert local_paths.expand('~/a.mid') == pathlib.Path('/somewhere/a.mid')


@pytest.mark.parametrize('value', ['x' * 5000, '~no_such_user/x', 'a\0b'])
def test_path_that_can_t_be_is_one_short_line(value):
  with pytest.raises(errors.InputError, match='is no usable path') as caught:
    local_paths.expand(value)
  assert len(str(caught.value)) < 300 and '\n' not in str(caught.value)


def test_links_in_a_circle_are_one_short_line(tmp_path):
  (tmp_path / 'a').symlink_to(tmp_path / 'b')
  (tmp_path / 'b').symlink_to(tmp_path / 'a')
  for path in (tmp_path / 'a', tmp_path / 'a' / 'song.mid'):
    with pytest.raises(errors.InputError, match='usable path: Too many levels'):
      local_paths.expand(path)


def test_folder_that_can_not_be_entered_is_one_short_line(
    tmp_path, monkeypatch
):
  stat = os.stat

  def closed(path, **options):
    if os.fspath(path) == f'{tmp_path}/.':
      raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return stat(path, **options)

  monkeypatch.setattr(os, 'stat', closed)
  with pytest.raises(errors.InputError, match='usable path: Permission denied'):
    local_paths.expand(tmp_path)


def test_remote_path_is_no_folder_here(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  with pytest.raises(errors.InputError, match='gs://bucket/a lies on a remote'):
    local_paths.expand('gs://bucket/a')
