"""Tests for running; cli/test_run_pipeline.py has its stages."""

import json

import pytest
import told_steps

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.files import tfrecords
from drumspace_ext.starter import songs as starter_songs


@pytest.fixture(name='songs', scope='module')
def _songs(tmp_path_factory):
  path = tmp_path_factory.mktemp('songs') / 'songs.tfrecord'
  with path.open('wb') as stream:
    tfrecords.write(stream, (
        song.SerializeToString()
        for song in list(starter_songs.songs(seed=1))[:6]
    ))
  return path


def test_stages_run_and_say_what_came_out(songs, tmp_path):
  steps = told_steps.ToldSteps()
  ran = drumspace_ext.run_pipeline(
      songs, tmp_path / 'out', ['loops', 'drums_rnn'], on_step=steps
  )
  steps.check()
  assert sorted(ran.paths) == sorted(p.name for p in ran.output_dir.iterdir())
  records = list(drumspace_ext.read_tfrecords(ran.paths['patterns.tfrecord']))
  assert len(records) == ran.report['outputs'] > 10
  assert repr(ran) == (
      f"PipelineRun('{tmp_path}/out', inputs=6, outputs={len(records)})"
  )
  assert str(ran).startswith('inputs  ') and str(ran).endswith('manifest.json')


def test_manifest_says_what_was_asked_for_in_python(songs, tmp_path):
  ran = drumspace_ext.run_pipeline(
      [songs], tmp_path / 'out', 'filter', tile=3, seed=5
  )
  noted = json.loads(ran.paths['manifest.json'].read_text())['arguments']
  assert noted['input_values'] == [str(songs)]
  assert (noted['stages'], noted['tile'], noted['seed']) == ('filter', 3, 5)
  assert 'on_step' not in noted and 'output_dir' not in noted


def test_mistake_leaves_nothing(songs, tmp_path):
  with pytest.raises(errors.InputError, match="'lops'.*Did you mean 'loops'"):
    drumspace_ext.run_pipeline(songs, tmp_path / 'out', 'lops')
  assert not (tmp_path / 'out').exists()
