"""Tests for drumspace_evaluate."""

import functools
import json
import subprocess
import sys

import entry_points
import magenta_files
import numpy as np
import pytest
import torch
import written_files

from drumspace_ext import errors
from drumspace_ext.dataset import examples as training_sets
from drumspace_ext.dataset import parts
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.evaluation import metrics
from drumspace_ext.evaluation import panel as evaluation
from drumspace_ext.files import manifests
from drumspace_ext.models import checkpoints
from drumspace_ext.models import config_loading
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import beats as starter_beats
from drumspace_ext.training import batches
from drumspace_ext.training import loop
from drumspace_ext.training import trainer as training

_evaluate = functools.partial(entry_points.main, 'drumspace_evaluate')
_FILES = {'evaluation.json', 'evaluation.html', 'manifest.json'}
# What setuptools' wrapper does; the script need not be installed.
_SCRIPT = """
import sys
sys.argv[0] = 'drumspace_evaluate'
from drumspace_ext.cli import evaluate as drumspace_evaluate
drumspace_evaluate.console_entry_point()
"""


def _console(*args):
  return subprocess.run(
      [sys.executable, '-c', _SCRIPT, *map(str, args)], check=False,
      capture_output=True, encoding='utf-8', timeout=300,
  )


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory):
  """A training set, beats of a user's, and a model trained for a moment."""
  folder = tmp_path_factory.mktemp('evaluate')
  hits = np.stack([starter.hits for starter in starter_beats.load()])
  codes = step_codes.hits_to_step_codes(hits)
  np.random.default_rng(2).shuffle(codes)
  examples = written_files.dataset(folder / 'examples.tsv', codes[:300])
  written_files.dataset(folder / 'beats.tsv', codes[300:355])
  written_files.dataset(folder / 'few.tsv', codes[300:340])
  config = config_loading.load(
      'smoke', 'num_train_steps=30,eval_steps=30,valid_share=0.4'
  )
  device = torch.device('cpu')
  training_set = training_sets.load(examples)
  data = batches.prepare(training_set, config.training, seed=7, device=device)
  trainer = training.Trainer(
      config, data, folder / 'model', seed=7, device=device
  )
  loop.train(
      trainer, on_step=lambda *_: None, on_evaluation=lambda line: None
  )
  return folder


@pytest.fixture(scope='module', name='args')
def _args(folder):
  return [
      f'--checkpoint_file={folder}/model', '--num_outputs=60', '--seed=3',
      f'--examples_path={folder}/examples.tsv', folder / 'beats.tsv',
  ]


@pytest.fixture(scope='module', name='done')
def _done(folder, args):
  """One run as a user makes it, and its output folder."""
  return _console(*args, f'--output_dir={folder}/out'), folder / 'out'


def test_model_and_file_are_judged_side_by_side(done, folder):
  run, out = done
  assert (run.returncode, run.stderr) == (0, '')
  assert {path.name for path in out.iterdir()} == _FILES
  panel = json.loads((out / 'evaluation.json').read_text('utf-8'))
  assert [(row['name'], row['patterns']) for row in panel['rows'][1:-1]] == [
      ('model', 60), ('beats.tsv', 55)
  ]
  assert panel['settings']['seed'] == 3
  # Of two parts the second has chosen the checkpoint.
  (note,) = panel['notes']
  assert note.startswith('model was tuned on the validation part')
  assert run.stdout.startswith(evaluation.to_text(panel))
  assert all(str(out / name) in run.stdout for name in _FILES)
  page = (out / 'evaluation.html').read_text('utf-8')
  assert 'beats.tsv' in page and page.startswith('<!DOCTYPE html>')
  # A network that saw 30 batches makes no beats.
  assert panel['rows'][1]['numbers']['auc']['value'] > 0.9
  assert panel['rows'][2]['numbers']['auc']['value'] < 0.75


def test_a_music_vae_of_magentas_is_judged(folder, tmp_path, capsys):
  path = tmp_path / 'cat.tar'
  path.write_bytes(magenta_files.tar(magenta_files.music_vae_tensors()))
  codes = training_sets.load(folder / 'examples.tsv').codes
  examples = written_files.dataset(tmp_path / 'examples.tsv', codes[:180])
  heldout = written_files.dataset(tmp_path / 'heldout.tsv', codes[180:])
  out = tmp_path / 'out'
  assert _evaluate(
      f'--checkpoint_file={path}', '--num_outputs=60', '--seed=3',
      f'--examples_path={examples}', f'--heldout_path={heldout}',
      f'--output_dir={out}',
  ) == 0
  panel = json.loads((out / 'evaluation.json').read_text('utf-8'))
  (row,) = panel['rows'][1:-1]
  assert (row['name'], row['patterns']) == ('cat.tar', 60)
  # Drawn weights make no beats.
  assert row['numbers']['auc']['value'] > 0.9
  assert capsys.readouterr().out


def test_held_out_are_what_the_model_validated_with(done, folder):
  _, out = done
  panel = json.loads((out / 'evaluation.json').read_text('utf-8'))
  training_set = training_sets.load(folder / 'examples.tsv')
  divided = parts.divide(training_set, 0.4, seed=7)
  train, valid = divided.train, divided.valid
  assert panel['settings']['heldout_patterns'] == len(valid)
  assert panel['settings']['training_patterns'] == len(train)
  assert panel['digests']['heldout'] == evaluation.digest(
      step_codes.step_codes_to_hits(training_set.codes[valid])
  )
  assert panel['digests']['training'] == training_sets.make(
      training_set.codes[train]
  ).digest


def test_manifest_says_what_went_in(done, folder):
  _, out = done
  manifest = json.loads((out / 'manifest.json').read_text('utf-8'))
  assert manifest['arguments']['seed'] == 3
  assert manifest['arguments']['num_outputs'] == 60
  assert manifest['arguments']['input'] == [str(folder / 'beats.tsv')]
  assert 'output_dir' not in manifest['arguments']
  assert manifest['drumspace_ext']
  assert manifest['digests']['weights of model'] == manifests.digest(
      folder / 'model' / checkpoints.BEST
  )
  assert {'training', 'heldout', 'patterns of beats.tsv'} <= set(
      manifest['digests']
  )


def test_same_seed_gives_the_same_bytes(done, args, tmp_path, capsys):
  _, out = done
  assert _evaluate(*args, f'--output_dir={tmp_path}') == 0
  for name in ('evaluation.json', 'evaluation.html'):
    assert (tmp_path / name).read_bytes() == (out / name).read_bytes()
  assert capsys.readouterr().out


def test_folder_is_judged_against_held_out_patterns_of_the_user(
    folder, tmp_path, capsys, monkeypatch
):
  # It takes its time, and is not what this is about.
  monkeypatch.setattr(metrics, 'two_sample_auc', lambda *_, rng: dict.fromkeys(
      ('auc', 'auc_logistic', 'auc_trees'), metrics.Estimate(0.5, 0.5, 0.5)
  ))
  beats = dataset_tsv.read(folder / 'beats.tsv').codes
  midi = tmp_path / 'midi'
  midi.mkdir()
  (midi / 'all.mid').write_bytes(
      midi_writing.patterns_to_midi(step_codes.step_codes_to_hits(beats))
  )
  (midi / 'broken.mid').write_bytes(b'MThd')
  # All that is held out is known.
  examples = training_sets.load(folder / 'examples.tsv').codes
  written_files.dataset(tmp_path / 'known.tsv', examples[:200])
  assert _evaluate(
      f'--input={midi}', f'--examples_path={folder}/examples.tsv',
      f'--heldout_path={tmp_path}/known.tsv', f'--output_dir={tmp_path}/out',
  ) == 0
  panel = json.loads((tmp_path / 'out' / 'evaluation.json').read_text('utf-8'))
  ceiling, row, _ = panel['rows']
  assert (row['name'], row['patterns']) == ('midi', 55)
  hits = step_codes.step_codes_to_hits(beats)
  assert row['digest'] == evaluation.digest(hits)
  assert panel['settings']['training_patterns'] == len(examples)
  # The ceiling is asked by the other training patterns.
  assert ceiling['numbers']['novel']['value'] == 1
  assert row['numbers']['novel']['value'] == 1
  (line,) = capsys.readouterr().err.splitlines()
  assert line.startswith('midi: 1 left out, the first midi/broken.mid: ')


# What a user may get wrong.


@pytest.mark.parametrize(('args', 'match'), [
    ([], 'name something to judge'),
    (['--examples_path=', 'beats.tsv'], 'training set with --examples_path'),
    (['--heldout_path=examples.tsv', 'few.tsv'],
     'few.tsv has 40 patterns, at least 50'),
    (['gone.tsv'], 'gone.tsv'),
    (['--checkpoint_file=gone', 'beats.tsv'], 'gone does not exist'),
    (['--examples_path=gone', 'beats.tsv'], 'gone does not exist'),
    (['--heldout_path=gone', 'beats.tsv'], 'gone does not exist'),
    (['--heldout_path=beats.tsv', 'beats.tsv'], '55 patterns are held out'),
    (['beats.tsv'], 'patterns are held out, at least 100 are needed'),
    (['--checkpoint_file=model', '--threshold=1'], r'threshold must be in \(0'),
    (['--heldout_path=examples.tsv', 'beats.tsv', 'beats.tsv'], 'two rows'),
])
def test_mistakes_are_named_and_leave_nothing(
    folder, monkeypatch, args, match
):
  monkeypatch.chdir(folder)
  with pytest.raises(errors.DrumspaceError, match=match) as caught:
    _evaluate('--examples_path=examples.tsv', '--output_dir=failed', *args)
  assert '\n' not in str(caught.value)
  assert not (folder / 'failed').exists()


def test_outputs_are_judged_by_temperature(folder, tmp_path, capsys):
  # As drums_rnn leaves them: a folder for each, and notes of its nine drums.
  codes = dataset_tsv.read(folder / 'examples.tsv').codes
  hits = step_codes.step_codes_to_hits(codes)
  nine = drum_maps.load('note_seq9')
  parts = ('t0.5', hits[:60]), ('t1.0', hits[60:112]), ('t1.5', hits[:20])
  for temperature, part in parts:
    (tmp_path / 'in' / temperature).mkdir(parents=True)
    for number, beat in enumerate(part):
      path = tmp_path / 'in' / temperature / f'{number:03}.mid'
      path.write_bytes(midi_writing.patterns_to_midi(beat, drum_map=nine))
  (tmp_path / 'in' / 'odd.mid').write_bytes(
      midi_writing.patterns_to_midi(hits[0])
  )
  assert not _evaluate(
      tmp_path / 'in', '--recursive', '--rows_by=t[0-9][.][0-9]',
      '--voices_in=note_seq9', f'--examples_path={folder}/examples.tsv',
      f'--heldout_path={folder}/examples.tsv', f'--output_dir={tmp_path}/out',
  )
  panel = json.loads((tmp_path / 'out' / 'evaluation.json').read_text('utf-8'))
  rows = panel['rows'][1:-1]
  assert [(row['name'], row['patterns']) for row in rows] == [
      ('in t0.5', 60), ('in t1.0', 52),
  ]
  assert rows[0]['digest'] == evaluation.digest(nine.folded(hits[:60]))
  err = capsys.readouterr().err
  assert '1 left out, the first in/odd.mid' in err
  few = 'in t1.5 has 20 patterns, at least 50 are needed'
  assert few in err and any(few in note for note in panel['notes'])


def test_rows_by_what_is_no_expression_is_named(folder, tmp_path):
  with pytest.raises(errors.InputError, match='no regular expression'):
    _evaluate(
        folder / 'beats.tsv', '--rows_by=t[',
        f'--examples_path={folder}/examples.tsv', f'--output_dir={tmp_path}',
    )


def test_mistake_is_one_line_and_status_1(folder):
  done = _console(
      f'--examples_path={folder}/examples.tsv', f'--output_dir={folder}/no',
      folder / 'few.tsv', f'--heldout_path={folder}/examples.tsv',
  )
  entry_points.assert_one_line(done, 'drumspace_evaluate', 'at least 50')


def test_output_is_needed():
  entry_points.assert_one_line(
      _console('--input=x'), 'drumspace_evaluate', 'output_dir'
  )


def test_help_loads_no_heavy_library():
  code = _SCRIPT.replace(
      'drumspace_evaluate.console_entry_point()', """
sys.argv[1:] = ['--help']
try:
  drumspace_evaluate.console_entry_point()
finally:
  print([m for m in ('torch', 'sklearn', 'numpy') if m in sys.modules])
"""
  )
  done = subprocess.run(
      [sys.executable, '-c', code], check=False, capture_output=True,
      encoding='utf-8', timeout=300,
  )
  assert 'Usage:' in done.stdout
  for flag in ('checkpoint_file', 'num_outputs', 'temperature', 'threshold',
               'seed', 'input', 'examples_path', 'heldout_path', 'output_dir'):
    assert f'--{flag}' in done.stdout
  assert done.stdout.rstrip().endswith('[]')
