"""Tests for drumspace_inspect."""

import contextlib
import functools
import io

import entry_points
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import pytest
import synthetic_songs
import tiny_models

from drumspace_ext import errors
from drumspace_ext.conversion import inspection
from drumspace_ext.files import tfrecords
from drumspace_ext.models import checkpoints

_inspect = functools.partial(entry_points.main, 'drumspace_inspect')
_console = functools.partial(entry_points.console, 'drumspace_inspect')


def _files(folder):
  """Writes a file of each kind that is quickly made; returns their names."""
  (folder / 'beat.mid').write_bytes(
      synthetic_songs.to_midi(synthetic_songs.beat())
  )
  (folder / 'songs.tfrecord').write_bytes(
      tfrecords.frame(synthetic_songs.to_record(synthetic_songs.beat()))
  )
  (folder / 'patterns.tsv').write_text(','.join(['1'] * 32) + '\n')
  (folder / 'primers.txt').write_text('[(36,), ()]\n')
  return ['beat.mid', 'songs.tfrecord', 'patterns.tsv', 'primers.txt']


@given(count=st.integers(1, 4), as_flag=st.booleans(), data=st.data())
@settings(max_examples=15)
def test_each_file_is_described_in_turn(
    count, as_flag, data, tmp_path_factory
):
  folder = tmp_path_factory.mktemp('inspect')
  names = data.draw(st.permutations(_files(folder)))[:count]
  paths = [str(folder / name) for name in names]
  expected = []
  for path in paths:
    expected.append(f'{path}:')
    expected += [
        f'  {line}'.rstrip() for line in inspection.describe(folder / path)
    ]
  args = [f'--input={",".join(paths)}'] if as_flag else paths
  with contextlib.redirect_stdout(io.StringIO()) as printed:
    assert _inspect(*args) == 0
  assert printed.getvalue().splitlines() == expected


def test_usage_of_the_docstring_works(tmp_path):
  _files(tmp_path)
  done = _console('songs.tfrecord', cwd=tmp_path)
  assert (done.returncode, done.stderr) == (0, '')
  lines = done.stdout.splitlines()
  assert lines[0] == 'songs.tfrecord:'
  assert lines[1].startswith('  a TFRecord file: 1 NoteSequence records')
  assert len(lines) <= 14
  done = _console('--input=beat.mid,patterns.tsv', cwd=tmp_path)
  assert done.returncode == 0
  assert [
      line for line in done.stdout.splitlines() if not line.startswith(' ')
      and line
  ] == ['beat.mid:', 'patterns.tsv:']


def test_rounded_checkpoint_is_described(tmp_path, capsys):
  tiny_models.train(
      tiny_models.config('stepwise', num_train_steps=1), tmp_path
  )
  path = tmp_path / checkpoints.BEST
  assert _inspect(str(path)) == 0
  said = capsys.readouterr().out
  numbers = sum(t.numel() for t in checkpoints.read(path)[0].values())
  assert f'{numbers:,} numbers' in said
  assert 'a safetensors checkpoint' in said and 'train_step: 1' in said


def test_one_bad_file_among_others_is_named_and_counts(tmp_path, capsys):
  _files(tmp_path)
  paths = [tmp_path / 'gone.mid', tmp_path / 'beat.mid']
  assert _inspect(*paths) == 1
  captured = capsys.readouterr()
  (line,) = captured.err.splitlines()
  assert line.startswith('drumspace_inspect: ')
  assert 'gone.mid' in line
  assert captured.out.startswith(f'{paths[1]}:\n  a MIDI file')


@pytest.mark.parametrize(('args', 'part'), [
    ([], 'name a file: drumspace_inspect FILE'),
    (['gone.mid'], "gone.mid can't be read: No such file"),
    (['odd'], 'odd is no NoteSequence'),
    (['--output_dir=x', 'odd'], 'output_dir'),
])
def test_mistakes_are_one_line(tmp_path, args, part):
  (tmp_path / 'odd').write_bytes(b'\x89\x00hello')
  entry_points.assert_one_line(
      _console(*args, cwd=tmp_path), 'drumspace_inspect', part
  )


def test_main_leaves_the_message_to_its_caller(tmp_path):
  with pytest.raises(errors.InputError, match='name a file'):
    _inspect()
  with pytest.raises(errors.InputError, match="gone can't be read"):
    _inspect(tmp_path / 'gone')


def test_help_shows_the_usage():
  done = _console('--help')
  assert 'Usage:' in done.stdout
  assert '--input=song.mid,dataset.tsv' in done.stdout
