"""Tests for drumspace_spark_create_dataset as a user runs it, with Spark."""

import pathlib
import re
import subprocess
import sys

import entry_points
import mixed_inputs
import pytest
import spark_clusters

import drumspace_ext

_SCRIPT = 'drumspace_spark_create_dataset'
_PACKAGE = pathlib.Path(drumspace_ext.__file__).parent
_README = (_PACKAGE / 'spark' / 'README.md').read_text(encoding='utf-8')


@pytest.fixture(name='midi')
def _midi(tmp_path):
  return mixed_inputs.write_midi(tmp_path / 'midi', mixed_inputs.SONGS[:8])


def _run(command, folder, **options):
  return subprocess.run(
      ['bash', '-euc', command], check=False, capture_output=True, text=True,
      cwd=folder, **options,
  )


def test_command_of_the_readme_runs(tmp_path, midi):
  block = re.findall(r'```bash\n(.*?)```', _README, re.DOTALL)[0]
  command = block[block.index('.venv-spark/bin/drumspace'):].replace(
      '.venv-spark/bin', str(pathlib.Path(sys.executable).parent)
  ).replace('~/midi', str(midi)).replace('/tmp/drumspace', str(tmp_path))
  done = _run(command, tmp_path)
  assert done.returncode == 0, done.stderr
  mixed_inputs.create_here([midi], tmp_path / 'here', recursive=True)
  assert mixed_inputs.files(tmp_path / 'dataset') == mixed_inputs.files(
      tmp_path / 'here'
  )


def test_spark_submit_takes_the_package_along(tmp_path, midi, cluster):
  block = re.findall(r'```bash\n(.*?)```', _README, re.DOTALL)[1]
  conf = ' '.join(
      f'--conf={name}={value}' for name, value in spark_clusters.OPTIONS.items()
  )
  variables = spark_clusters.environment()
  for old, new in (
      ('python3', sys.executable),
      ('spark-submit', f'{variables["SPARK_HOME"]}/bin/spark-submit {conf}'),
      ('spark://host:7077', cluster.address),
      ('/shared/midi', str(midi)), ('/shared/dataset', f'{tmp_path}/dataset'),
  ):
    assert old in block
    block = block.replace(old, new)
  (tmp_path / 'drumspace_ext').symlink_to(_PACKAGE)
  done = _run(
      block, tmp_path, env=variables | {'PYSPARK_DRIVER_PYTHON': sys.executable}
  )
  assert done.returncode == 0, done.stderr
  assert 'patterns.tfrecord' in done.stdout
  mixed_inputs.create_here([midi], tmp_path / 'here', recursive=True)
  assert mixed_inputs.files(tmp_path / 'dataset') == mixed_inputs.files(
      tmp_path / 'here'
  )


@pytest.mark.parametrize('flag, part', [
    ('--spark_options=executor=2', 'spark.NAME=VALUE'),
    ('--genres=/no/where', "can't be read as text"),
    ('--output_dir=', '--output_dir is empty'),
])
def test_mistakes_are_one_line(tmp_path, midi, flag, part):
  done = entry_points.console(
      _SCRIPT, f'--input={midi}', f'--output_dir={tmp_path}/out', flag
  )
  entry_points.assert_one_line(done, _SCRIPT, part)
  assert not (tmp_path / 'out').exists()
