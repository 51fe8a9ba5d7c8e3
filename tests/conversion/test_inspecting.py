"""Tests for inspecting."""

import pathlib
import subprocess
import sys

import builders
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import played_datasets
import pytest
import tiny_grooves

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.conversion import inspecting
from drumspace_ext.files import result_names
from drumspace_ext.models import groove_model
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import text_grids


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


def test_a_groove_model_says_what_it_is_for(tmp_path):
  lines = drumspace_ext.inspect('shipped:groove').lines
  assert lines[1] == 'a groove model: it plays patterns, and makes none'
  assert lines[2].startswith('step 800: of inputs kept back, velocity R2 0.')
  assert '--groove=shipped:groove ' in lines[3]
  groove_model.write(tmp_path / result_names.BEST, tiny_grooves.model(), {})
  first, _, said, use, *_ = drumspace_ext.inspect(tmp_path).lines
  assert first == f'a folder with {result_names.BEST}, which is'
  assert said == lines[1]
  assert f'--groove={tmp_path / result_names.BEST} ' in use


def test_a_dataset_says_how_it_is_played(tmp_path):
  def beat(*kicks):
    hits = np.zeros((32, 14), np.bool_)
    hits[::2, 2] = hits[4::8, 1] = hits[list(kicks), 0] = True
    return hits

  velocities, offsets = np.full((32, 14), 60.0), np.zeros((32, 14))
  loud, late = velocities.copy(), offsets.copy()
  loud[::4], late[2::4] = 110, 0.25
  for name, hits, played, moved, repeats in (
      ('a', beat(0, 6, 10, 19), loud, late, 7),
      ('b', beat(0, 3, 16, 25), velocities, offsets, 5),
      ('c', beat(1, 8, 14, 30), loud, offsets, 3),
  ):
    (tmp_path / f'{name}.mid').write_bytes(
        played_datasets.midi(hits, played, moved, repeats)
    )
  made = drumspace_ext.create_dataset(tmp_path, tmp_path / 'ds').output_dir
  lines = drumspace_ext.inspect(made).lines
  grooves = (
      'grooves: 2 patterns with dynamics, 1 with timing; a pattern rests on 3 '
      'to 7 plays (median 5)'
  )
  assert grooves in lines
  assert drumspace_ext.inspect(made / result_names.DATASET).lines == lines[1:]
  played = [line for line in lines if line.startswith('played  ')]
  of_all = {
      'played       7 plays, velocities 60 to 110, 0.00 to 0.25 steps late',
      'played       5 plays, velocities 60, on the grid',
      'played       3 plays, velocities 60 to 110, on the grid',
  }
  assert len(played) == 2 and set(played) < of_all
  # Each below its pattern.
  assert lines[-1] == played[1] and lines.index(played[0]) < len(lines) - 4
  with (made / result_names.GROOVE).open('a') as stream:
    stream.write('1\n')
  damaged = drumspace_ext.inspect(made).lines
  assert any(line.startswith('no grooves: ') for line in damaged)
  (made / result_names.GROOVE).unlink()
  bare = [line for line in lines if line not in (*played, grooves)]
  assert drumspace_ext.inspect(made).lines == bare


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


def test_a_line_of_a_dataset_is_shown(tmp_path):
  folder = played_datasets.make(tmp_path, 3)
  codes = drumspace_ext.read_dataset(folder).codes
  for number, row in enumerate(codes, 1):
    found = drumspace_ext.inspect(f'{folder}:{number}')
    assert found.lines[0] == 'one pattern of a dataset of drum patterns'
    assert 'tempo: 120 qpm; genre: none known' in found.lines
    assert any(line.startswith('from songs/00') for line in found.lines)
    grid = text_grids.from_rows(
        [line for line in found.lines if set('x.') & set(line[-1:])]
    )
    np.testing.assert_array_equal(grid, step_codes.step_codes_to_hits(row))
  lone = drumspace_ext.inspect(f'{folder}/dataset.tsv:1')
  assert lone.lines[0] == 'one pattern of a dataset of drum patterns'
  with pytest.raises(errors.InputError, match='there is no line 9'):
    drumspace_ext.inspect(f'{folder}:9')
  with pytest.raises(errors.InputError, match="can't be read: No such file"):
    drumspace_ext.inspect(f'{folder}/gone.tsv:1')


def test_audio_is_said_to_be_none_of_it(tmp_path):
  path = tmp_path / 'a.wav'
  path.write_bytes(b'RIFF\x24\0\0\0WAVEfmt ' + bytes(40))
  with pytest.raises(errors.InputError, match=r'is audio \(WAV\)'):
    drumspace_ext.inspect(path)
