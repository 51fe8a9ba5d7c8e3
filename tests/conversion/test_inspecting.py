"""Tests for inspecting."""

import pathlib
import subprocess
import sys

import builders
from hypothesis import given
from hypothesis import strategies as st
import pytest

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.conversion import inspecting


def test_text_is_the_name_and_the_lines_below_it(tmp_path):
  path = tmp_path / 'beats.tsv'
  path.write_text(','.join(['1'] * 32) + '\n')
  found = drumspace_ext.inspect(path)
  first, *others = str(found).split('\n')
  assert first == f'{path}:'
  assert others == [f'  {line}'.rstrip() for line in found.lines]
  assert found.lines[0] == 'a dataset of drum patterns: 1 lines'
  assert repr(found) == f'Inspection(path={str(path)!r})'


@given(st.lists(st.sampled_from(['a.mid', 'b.mid', 'gone.mid']), max_size=4))
def test_names_stay_in_order_and_globs_are_sorted(tmp_path_factory, names):
  folder = tmp_path_factory.mktemp('inspecting')
  for name in ('b.mid', 'a.mid'):
    (folder / name).write_bytes(b'')
  paths = [folder / name for name in names]
  there = [str(folder / name) for name in ('a.mid', 'b.mid')]
  assert inspecting.files([*paths, folder / '*.mid']) == [
      *map(str, paths), *there
  ]


def test_what_is_not_there_is_said(tmp_path):
  with pytest.raises(errors.InputError, match="gone can't be read"):
    drumspace_ext.inspect(tmp_path / 'gone')
  assert inspecting.files(pathlib.Path('gone')) == ['gone']


def test_a_shipped_model_is_inspected_by_its_name():
  found = drumspace_ext.inspect('shipped:acai')
  assert found.path == 'shipped:acai'
  assert any('"kind": "acai"' in line for line in found.lines)
  with pytest.raises(errors.CheckpointError, match='Did you mean shipped:acai'):
    drumspace_ext.inspect('shipped:acia')


def test_what_a_midi_file_is_is_told_without_torch(tmp_path):
  path = tmp_path / 'song.mid'
  path.write_bytes(builders.midi(builders.track(builders.notes([(0, 36)]))))
  code = (
      'import sys; from drumspace_ext.conversion import inspecting; '
      'print(inspecting.inspect(sys.argv[1])); '
      "sys.exit('torch' in sys.modules)"
  )
  run = subprocess.run([sys.executable, '-c', code, str(path)], check=False)
  assert run.returncode == 0
