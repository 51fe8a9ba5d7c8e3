"""Tests for training, the verb; cli/test_train.py: what a run leaves."""

import numpy as np
import pytest
import told_steps

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import training


@pytest.fixture(name='examples', scope='module')
def _examples(tmp_path_factory):
  path = tmp_path_factory.mktemp('examples') / 'examples.tsv'
  hits = np.random.default_rng(0).random((120, 32, 14)) < 0.2
  with path.open('w') as stream:
    dataset_tsv.write(stream, dataset_tsv.PatternSet(
        codes=step_codes.hits_to_step_codes(hits)
    ))
  return path


def test_run_says_what_it_does_and_goes_on_where_it_was(examples, tmp_path):
  steps, said, lines = told_steps.ToldSteps(), [], []
  options = {
      'config': 'smoke', 'hparams': 'eval_steps=4', 'on_start': said.append,
      'on_evaluation': lines.append,
  }
  run = drumspace_ext.train(
      examples, tmp_path / 'run', num_steps=8, on_step=steps, **options
  )
  steps.check()
  assert [done for done, *_ in steps] == list(range(9))
  assert [line['train_step'] for line in lines] == [4, 8]
  assert run.evaluation == lines[-1]
  assert (run.num_steps, run.num_trained) == (8, 8)
  assert repr(run) == (
      f"TrainingRun('{tmp_path}/run', config='smoke', num_steps=8)"
  )
  assert str(run) == f'best model: {tmp_path}/run/train/best.safetensors'
  again = drumspace_ext.train(examples, run.run_dir, num_steps=8, **options)
  assert (again.num_trained, again.evaluation) == (0, {})
  assert str(again) == f'this run is complete already\n{run}'
  first, second = said
  assert first.endswith(', 8 train steps') and first.startswith('smoke: ')
  assert second == f'{first}, going on at 8'


def test_model_is_validated_on_what_it_was_kept_from(examples, tmp_path):
  lines = []
  run = drumspace_ext.train(
      examples, tmp_path, config='smoke', num_steps=3,
      on_evaluation=lines.append,
  )
  assert training.validate(examples, run.run_dir) == pytest.approx(
      lines[-1], rel=1e-4
  )


@pytest.mark.parametrize(('options', 'message'), [
    ({'device': 'tpu'}, "--device must be cpu or cuda, got 'tpu'"),
    ({'config': 'smok'}, "Did you mean 'smoke'"),
    ({'hparams': 'z_sise=3'}, "Did you mean 'z_size'"),
])
def test_mistake_is_named_and_writes_nothing(
    examples, tmp_path, options, message
):
  with pytest.raises(errors.DrumspaceError, match=message):
    drumspace_ext.train(examples, tmp_path / 'run', **options)
  assert not (tmp_path / 'run').exists()
