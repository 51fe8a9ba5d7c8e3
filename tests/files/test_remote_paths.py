"""Tests for remote_paths; beam/test_creation.py reads from there."""

import os
import pathlib
import sys
import types

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext import errors
from drumspace_ext.files import remote_paths
from drumspace_ext.files import remote_systems
from drumspace_ext.inputs import listing

_parts = st.lists(
    st.text('ab .-_\u00fc*', min_size=1).filter(lambda s: s not in ('.', '..')),
    min_size=1, max_size=5,
)


@hypothesis.given(parts=_parts)
def test_parts_are_those_of_the_same_local_path(parts):
  local = pathlib.PurePosixPath('/', *parts)
  path = remote_paths.RemotePath(f'gs:/{local}')
  assert str(path) == f'gs:/{local}'
  assert path.name == local.name
  assert path.parts == ('gs://', *parts)
  assert [str(p) for p in path.parents[:-1]] == [
      f'gs:/{p}' for p in local.parents[:-1]
  ]
  assert str(path / 'x') == f'{path}/x'


@hypothesis.given(parts=_parts)
def test_path_without_a_host_keeps_none(parts):
  text = f'hdfs://{pathlib.PurePosixPath("/", *parts)}'
  path = remote_paths.RemotePath(text)
  assert str(path) == text and path.parts == ('hdfs://', *parts)
  assert str(path.parents[-1]) == 'hdfs:///'
  assert path != remote_paths.RemotePath(text.replace(':///', '://'))


def test_texts_with_a_scheme_are_remote():
  for text in ('gs://a/b', 's3://a', 'hdfs://host/x'):
    assert remote_paths.is_remote(text)
    assert isinstance(
        remote_paths.of_text(text), remote_paths.RemotePath
    )
  for text in ('a/b', '/gs://a', 'C:\\x', 'a:b', ''):
    assert not remote_paths.is_remote(text)
    assert remote_paths.of_text(text) == pathlib.Path(text)


def test_one_place_is_equal_however_it_is_spelled():
  one, two = map(remote_paths.RemotePath, ('gs://a/b/', 'gs://a//b'))
  assert one == two and len({one, two}) == 1
  assert one != remote_paths.RemotePath('s3://a/b')
  assert repr(one) == "RemotePath('gs://a/b')"


def test_path_without_a_scheme_is_refused():
  with pytest.raises(errors.InputError, match='a/b has no scheme'):
    remote_paths.RemotePath('a/b')


def test_remote_file_is_only_read():
  with pytest.raises(ValueError, match="not opened by 'wb'"):
    remote_paths.RemotePath('gs://a/b').open('wb')


def test_without_beam_it_says_how_to_install_it(monkeypatch):
  monkeypatch.setitem(sys.modules, 'apache_beam', None)
  with pytest.raises(
      errors.InputError, match='pip install .*beam'
  ):
    remote_systems.beam()


class _Other:
  """A filesystem on which there is one file."""

  def match(self, patterns, limits):
    del patterns, limits
    found = types.SimpleNamespace(path='hdfs://h/a', size_in_bytes=7)
    return [types.SimpleNamespace(metadata_list=[found])]


def test_other_systems_than_beams_are_used_where_that_is_said(monkeypatch):
  monkeypatch.setitem(sys.modules, 'apache_beam', None)
  path = remote_paths.RemotePath('hdfs://h/a')
  with remote_systems.using(_Other()):
    assert path.is_file() and path.stat().st_size == 7
  with pytest.raises(errors.InputError, match='Beam is not installed'):
    path.is_file()


def test_other_entry_points_refuse_remote_inputs():
  with pytest.raises(
      errors.InputError, match='_beam_create_dataset.*_spark_create_dataset'
  ):
    listing.list_inputs(['gs://a/b.mid'])


def test_of_a_local_file_no_more_is_asked_for_than_it_holds(tmp_path):
  path = tmp_path / 'song.mid'
  path.write_bytes(b'12345')
  for max_bytes, expected in ((3, b'123'), (5, b'12345'), (1 << 40, b'12345')):
    assert remote_paths.first_bytes(str(path), max_bytes) == expected


def test_a_file_that_comes_in_parts_is_read_whole(tmp_path, monkeypatch):
  path = tmp_path / 'song.mid'
  path.write_bytes(b'12345')
  monkeypatch.setattr(os, 'read', lambda file, size: b'12')
  assert remote_paths.first_bytes(str(path), 9) == b'12345'
