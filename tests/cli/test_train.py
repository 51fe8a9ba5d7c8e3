"""Tests for drumspace_train."""

import functools
import json
import os
import shutil
import signal
import subprocess
import sys

from absl import flags
import entry_points
import pytest
import torch

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.models import checkpoints
from drumspace_ext.models import trained_model
from drumspace_ext.training import loop
from drumspace_ext.training import trainer as training
from drumspace_ext.training import training as training_lib

_train = functools.partial(entry_points.main, 'drumspace_train')
# What setuptools' wrapper does; the script need not be installed.
_SCRIPT = """
import sys
sys.argv[0] = 'drumspace_train'
from drumspace_ext.cli import train as drumspace_train
drumspace_train.console_entry_point()
"""
# The same, but that it saves at every step and is killed at one of them.
_KILLED = """
import os, signal
from drumspace_ext.training import loop
from drumspace_ext.training import trainer as training
loop.SAVE_SECONDS = -1.0
step = training.Trainer.step
def until_killed(trainer, **options):
  if trainer.train_step == 13:
    os.kill(os.getpid(), signal.SIGKILL)
  return step(trainer, **options)
training.Trainer.step = until_killed
""" + _SCRIPT
# Killed with the new best model half written, its evaluation behind it.
_KILLED_WRITING = """
import os, signal
from drumspace_ext.files import output_files
from drumspace_ext.training import loop
from drumspace_ext.training import trainer as training
loop.SAVE_SECONDS = -1.0
replace, calls = os.replace, []
def until_killed(source, target):
  if str(target).endswith('best.safetensors'):
    calls.append(target)
    if len(calls) == 2:
      os.truncate(source, 100)
      os.kill(os.getpid(), signal.SIGKILL)
  return replace(source, target)
os.replace = until_killed
""" + _SCRIPT
_STEPS = ('--config=smoke', '--hparams=num_train_steps=20,eval_steps=5')


def _console(code, *args):
  return subprocess.run(
      [sys.executable, '-c', code, *map(str, args)], check=False,
      capture_output=True, encoding='utf-8', timeout=300,
  )


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory):
  """A training set, and a run that nobody interrupted."""
  folder = tmp_path_factory.mktemp('train')
  with (folder / 'examples.tsv').open('w', encoding='utf-8') as stream:
    dataset_tsv.write(stream, dataset_tsv.PatternSet(
        codes=examples.load_or_starter(None).codes[:200]
    ))
  assert _train(
      *_STEPS, f'--examples_path={folder}/examples.tsv',
      f'--run_dir={folder}/whole', '--seed=4',
  ) == 0
  return folder


@pytest.fixture(name='args')
def _args(folder, tmp_path):
  return [
      *_STEPS, f'--examples_path={folder}/examples.tsv',
      f'--run_dir={tmp_path}/run', '--seed=4',
  ]


def _best(run_dir):
  return (run_dir / 'train' / 'best.safetensors').read_bytes()


def _metrics(run_dir):
  text = (run_dir / loop.METRICS).read_text('utf-8')
  return list(map(json.loads, text.splitlines()))


def test_run_leaves_a_model_its_state_and_its_numbers(folder):
  whole = folder / 'whole'
  assert {path.name for path in (whole / 'train').iterdir()} >= {
      'best.safetensors', 'state.safetensors', 'metrics.jsonl'
  }
  lines = _metrics(whole)
  assert [line['train_step'] for line in lines] == [5, 10, 15, 20]
  assert lines[-1]['reconstruction'] < lines[0]['reconstruction']
  model = trained_model.TrainedModel(str(whole))
  assert model.train_step in (5, 10, 15, 20)
  assert len(model.known_classes) == 200


@pytest.mark.parametrize('code', [_KILLED, _KILLED_WRITING])
def test_killed_run_goes_on_to_the_same_bytes(
    folder, tmp_path, args, code, capsys
):
  killed = _console(code, *args)
  assert killed.returncode == -signal.SIGKILL, killed
  run = tmp_path / 'run'
  # What stands under a final name is whole.
  _, metadata = checkpoints.read(run / loop.STATE)
  checkpoints.read(run / checkpoints.BEST)
  saved = metadata['train_step']
  assert 5 <= saved < 20
  assert _train(*args) == 0
  out = capsys.readouterr().out
  assert f'20 train steps, going on at {saved}\n' in out
  assert _best(run) == _best(folder / 'whole')
  assert _metrics(run) == _metrics(folder / 'whole')


def _interrupt(monkeypatch, args):
  """Presses Ctrl-C in the middle, and gives the same command again."""
  step = training.Trainer.step

  def until_interrupted(trainer, **options):
    if trainer.train_step == 12:
      signal.raise_signal(signal.SIGINT)
    return step(trainer, **options)

  with monkeypatch.context() as patch:
    patch.setattr(training.Trainer, 'step', until_interrupted)
    assert _train(*args) == 130
  assert _train(*args) == 0


def test_complete_run_without_its_model_is_told(folder, tmp_path):
  run = tmp_path / 'run'
  shutil.copytree(folder / 'whole', run)
  (run / 'train' / 'best.safetensors').unlink()
  with pytest.raises(
      errors.CheckpointError, match='best.safetensors is missing, and this run'
  ):
    _train(*_STEPS, f'--examples_path={folder}/examples.tsv',
           f'--run_dir={run}', '--seed=4')


def test_interrupted_run_loses_no_step(
    folder, tmp_path, args, monkeypatch, capsys
):
  _interrupt(monkeypatch, args)
  out, err = capsys.readouterr()
  assert 'at train step 13; the same command goes on from there.' in err
  assert 'going on at 13\n' in out
  assert _best(tmp_path / 'run') == _best(folder / 'whole')


def test_what_keeps_no_state_says_that_it_begins_anew(
    folder, tmp_path, monkeypatch, capsys
):
  def interrupted(*args, on_step, **kwargs):
    del args, kwargs
    on_step(7, 20, 'lessons')
    raise KeyboardInterrupt

  monkeypatch.setattr(training_lib, 'train', interrupted)
  assert _train(
      '--config=groove', f'--examples_path={folder}/examples.tsv',
      f'--run_dir={tmp_path}/groove',
  ) == 130
  assert capsys.readouterr().err.endswith(
      'at train step 7 of 20 of lessons; the same command begins anew.\n'
  )


def test_interrupted_run_has_the_same_lines_of_numbers(
    folder, tmp_path, args, monkeypatch
):
  _interrupt(monkeypatch, args)
  one, other = (
      (run / loop.METRICS).read_bytes()
      for run in (tmp_path / 'run', folder / 'whole')
  )
  assert one == other


def test_console_trains_and_a_complete_run_says_so(folder, args, tmp_path):
  done = _console(_SCRIPT, *args)
  assert done.returncode == 0, done
  assert done.stdout.splitlines()[-1] == (
      f'best model: {tmp_path}/run/train/best.safetensors'
  )
  assert 'going on' not in done.stdout and 'complete' not in done.stdout
  # One line for each evaluation, and no bar where nobody sees it.
  assert len(done.stderr.splitlines()) == 4
  assert 'hit F1' in done.stderr
  assert _best(tmp_path / 'run') == _best(folder / 'whole')
  before = os.stat(tmp_path / 'run' / checkpoints.BEST).st_mtime_ns
  assert _train(*args) == 0
  assert os.stat(tmp_path / 'run' / checkpoints.BEST).st_mtime_ns == before


def test_complete_run_is_left_alone(folder, capsys):
  before = _best(folder / 'whole')
  assert _train(
      *_STEPS, f'--examples_path={folder}/examples.tsv',
      f'--run_dir={folder}/whole', '--seed=4',
  ) == 0
  assert 'this run is complete already' in capsys.readouterr().out
  assert _best(folder / 'whole') == before


def test_other_seed_gives_another_model(folder, args, tmp_path):
  assert _train(*args[:-1], '--seed=5') == 0
  assert _best(tmp_path / 'run') != _best(folder / 'whole')


def test_num_steps_is_short_for_the_hparam(args, tmp_path):
  assert _train(*args[:1], '--num_steps=3', *args[2:]) == 0
  assert trained_model.TrainedModel(str(tmp_path / 'run')).train_step == 3


def test_eval_prints_the_numbers_of_the_best_model(folder, capsys):
  assert _train(
      *_STEPS, f'--examples_path={folder}/examples.tsv', '--mode=eval',
      f'--run_dir={folder}/whole', '--seed=4',
  ) == 0
  line = json.loads(capsys.readouterr().out)
  assert line in _metrics(folder / 'whole')


@pytest.mark.parametrize('other', [
    '--seed=5', '--hparams=num_train_steps=20,eval_steps=5,valid_share=0.5',
])
def test_eval_holds_out_what_training_did(folder, capsys, other):
  try:
    _train(
        *_STEPS, f'--examples_path={folder}/examples.tsv', '--mode=eval',
        f'--run_dir={folder}/whole', '--seed=4', other,
    )
  except errors.DrumspaceError:
    return
  line = json.loads(capsys.readouterr().out)
  assert line in _metrics(folder / 'whole')


@pytest.mark.parametrize('wrong, message', [
    ('--config=smok', "'smok' is neither .* Did you mean 'smoke'"),
    ('--hparams=z_sise=8', "unknown key 'z_sise'. Did you mean 'z_size'"),
    ('--hparams=z_size=0', r'z_size must be in \[1, 4096\], got 0'),
    ('--hparams=z_size', "expected name=value, got 'z_size'"),
    ('--hparams=kind="ae"', "unknown key 'kind'"),
    ('--hparams=valid_share=0.0001', 'too few'),
    ('--examples_path=/no/such/place', '/no/such/place does not exist'),
    ('--device=tpu3000', 'device must be cpu or cuda'),
    ('--device=meta', 'device must be cpu or cuda'),
    pytest.param(
        '--device=cuda', '--device=cuda can.t be used here.*=cpu',
        marks=pytest.mark.skipif(
            torch.cuda.is_available(), reason='there is a GPU here'
        ),
    ),
    ('--mode=eval', 'holds no checkpoint'),
    ('extra', 'unexpected arguments: extra'),
])
def test_mistake_is_named_and_nothing_is_made(args, tmp_path, wrong, message):
  (tmp_path / 'run').mkdir()
  with pytest.raises(errors.DrumspaceError, match=message) as raised:
    _train(*args, wrong)
  assert '\n' not in str(raised.value)
  assert not list((tmp_path / 'run').iterdir())


@pytest.mark.parametrize('wrong, message', [
    ('--seed=5', 'another seed: 4 there, 5 here'),
    ('--hparams=num_train_steps=20,eval_steps=5,z_size=5',
     'another config: model: z_size: 4 there, 5 here'),
    ('--num_steps=30', 'num_train_steps: 20 there, 30 here'),
])
def test_run_of_other_arguments_is_not_gone_on_with(folder, wrong, message):
  before = _best(folder / 'whole')
  with pytest.raises(errors.CheckpointError, match=message):
    _train(
        *_STEPS, f'--examples_path={folder}/examples.tsv',
        f'--run_dir={folder}/whole', '--seed=4', wrong,
    )
  assert _best(folder / 'whole') == before


def test_run_of_other_data_is_not_gone_on_with(folder, tmp_path):
  lines = (folder / 'examples.tsv').read_text().splitlines(keepends=True)
  (tmp_path / 'x.tsv').write_text(''.join(lines[:-1]))
  for mode in ('train', 'eval'):
    with pytest.raises(errors.CheckpointError, match='other data|data_digest'):
      _train(
          *_STEPS, f'--examples_path={tmp_path}/x.tsv', f'--mode={mode}',
          f'--run_dir={folder}/whole', '--seed=4',
      )


def test_missing_flags_and_mistakes_are_one_line(args, tmp_path):
  entry_points.assert_one_line(
      _console(_SCRIPT), 'drumspace_train', '--run_dir', '--examples_path'
  )
  entry_points.assert_one_line(
      _console(_SCRIPT, *args, '--hparams=z_sise=8'), 'drumspace_train',
      "Did you mean 'z_size'?",
  )
  assert not (tmp_path / 'run').exists()


def test_large_seed_is_taken_or_refused_in_words(args):
  try:
    assert _train(*args, f'--seed={2**64}') == 0
  except (errors.DrumspaceError, flags.Error) as e:
    assert 'seed' in str(e)


def test_help_needs_no_torch():
  done = _console(
      "import sys; sys.modules['torch'] = None; sys.argv[1:] = ['--help']\n"
      + _SCRIPT
  )
  assert done.stdout.count('drumspace_train --config') == 2
  assert '--run_dir' in done.stdout and '--input:' not in done.stdout
  assert not done.stderr
