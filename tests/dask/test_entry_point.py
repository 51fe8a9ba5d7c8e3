"""Tests for drumspace_dask_create_dataset as a user runs it, with Dask."""

import pathlib
import re
import subprocess
import sys

import entry_points
import mixed_inputs
import pytest

import drumspace_ext

_SCRIPT = 'drumspace_dask_create_dataset'


@pytest.fixture(name='midi')
def _midi(tmp_path):
  return mixed_inputs.write_midi(tmp_path / 'midi', mixed_inputs.SONGS[:8])


def test_command_of_the_readme_runs(tmp_path, midi):
  package = pathlib.Path(drumspace_ext.__file__).parent
  text = (package / 'dask' / 'README.md').read_text(encoding='utf-8')
  (block,) = re.findall(r'```bash\n(.*?)```', text, re.DOTALL)
  command = block[block.index('.venv-dask/bin/drumspace'):].replace(
      '.venv-dask/bin', str(pathlib.Path(sys.executable).parent)
  ).replace('~/midi', str(midi)).replace('/tmp/drumspace', str(tmp_path))
  done = subprocess.run(
      ['bash', '-euc', command], check=False, capture_output=True, text=True,
  )
  assert done.returncode == 0, done.stderr
  mixed_inputs.create_here([midi], tmp_path / 'here', recursive=True)
  assert mixed_inputs.files(tmp_path / 'dataset') == mixed_inputs.files(
      tmp_path / 'here'
  )


@pytest.mark.parametrize('flag, part', [
    ('--scheduler=nowhere://x', "Dask can't reach it"),
    ('--genres=/no/where', "can't be read as text"),
    ('--output_dir=', '--output_dir is empty'),
])
def test_mistakes_are_one_line(tmp_path, midi, flag, part):
  done = entry_points.console(
      _SCRIPT, f'--input={midi}', f'--output_dir={tmp_path}/out', flag
  )
  entry_points.assert_one_line(done, _SCRIPT, part)
  assert not (tmp_path / 'out').exists()
