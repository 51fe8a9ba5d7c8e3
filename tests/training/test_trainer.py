"""Tests for trainer."""

import dataclasses
import json
import math

import numpy as np
import pytest
import tiny_models
import torch

from drumspace_ext import errors
from drumspace_ext.dataset import examples as training_sets
from drumspace_ext.models import autoencoder
from drumspace_ext.models import checkpoints
from drumspace_ext.models import networks
from drumspace_ext.models import trained_model
from drumspace_ext.training import batches as training_data
from drumspace_ext.training import loop
from drumspace_ext.training import optimization
from drumspace_ext.training import sampler_fitting
from drumspace_ext.training import validation

_KINDS = ('vae', 'acai', 'stepwise')
_STEPS = 20


class _Stop(Exception):
  pass


def _files(run_dir):
  return {p.name: p.read_bytes() for p in (run_dir / 'train').iterdir()}


def _contents(files):
  """The files, with metrics as what they say."""
  lines = files['metrics.jsonl'].splitlines()
  return files | {'metrics.jsonl': [json.loads(line) for line in lines]}


def _stopping_at(step, error):
  def on_step(train_step, *_):
    if train_step == step:
      raise error
  return on_step


@pytest.fixture(scope='module', name='whole_runs')
def _whole_runs(tmp_path_factory):
  """The files of an uninterrupted run of each kind."""
  runs = {}
  for kind in _KINDS:
    run_dir = tmp_path_factory.mktemp(kind)
    tiny_models.train(tiny_models.config(kind), run_dir)
    runs[kind] = _files(run_dir)
  return runs


@pytest.mark.parametrize('step', [1, 7, 9, 13, 19])
@pytest.mark.parametrize('kind', _KINDS)
def test_interrupted_run_ends_in_the_same_bytes(
    kind, step, whole_runs, tmp_path
):
  config = tiny_models.config(kind)
  with pytest.raises(KeyboardInterrupt):
    tiny_models.train(
        config, tmp_path, _stopping_at(step, KeyboardInterrupt)
    )
  assert tiny_models.trainer(config, tmp_path).train_step == step
  assert _files(tmp_path) != whole_runs[kind]
  # What others draw in between is of no importance.
  torch.manual_seed(step)
  tiny_models.train(config, tmp_path)
  assert _contents(_files(tmp_path)) == _contents(whole_runs[kind])


def test_metrics_of_an_interrupted_run_are_the_same_bytes(
    whole_runs, tmp_path
):
  config = tiny_models.config('vae')
  with pytest.raises(KeyboardInterrupt):
    tiny_models.train(config, tmp_path, _stopping_at(9, KeyboardInterrupt))
  tiny_models.train(config, tmp_path)
  assert _files(tmp_path) == whole_runs['vae']


@pytest.mark.parametrize('step', [8, 20])
def test_interruption_before_an_evaluation_does_not_lose_it(
    step, whole_runs, tmp_path
):
  config = tiny_models.config('vae')
  with pytest.raises(KeyboardInterrupt):
    tiny_models.train(
        config, tmp_path, _stopping_at(step, KeyboardInterrupt)
    )
  tiny_models.train(config, tmp_path)
  assert _contents(_files(tmp_path)) == _contents(whole_runs['vae'])


@pytest.mark.parametrize('step', [8, 10, 20])
@pytest.mark.parametrize('kind', _KINDS)
def test_killed_run_ends_in_the_same_bytes(
    kind, step, whole_runs, tmp_path, monkeypatch
):
  config = tiny_models.config(kind)
  # Saved at each step, killed before the next one is.
  monkeypatch.setattr(loop, 'SAVE_SECONDS', -1.0)
  with pytest.raises(_Stop):
    tiny_models.train(config, tmp_path, _stopping_at(step, _Stop))
  assert tiny_models.trainer(config, tmp_path).train_step == step
  tiny_models.train(config, tmp_path)
  assert _contents(_files(tmp_path)) == _contents(whole_runs[kind])


def test_run_that_is_complete_is_left_alone(whole_runs, tmp_path):
  config = tiny_models.config('vae')
  assert tiny_models.train(config, tmp_path)['train_step'] == _STEPS
  assert tiny_models.train(config, tmp_path) == {}
  assert _files(tmp_path) == whole_runs['vae']


def test_another_seed_gives_another_run(whole_runs, tmp_path):
  tiny_models.train(tiny_models.config('vae'), tmp_path, seed=1)
  files = _files(tmp_path)
  assert files.keys() == whole_runs['vae'].keys()
  assert all(files[name] != whole_runs['vae'][name] for name in files)


@pytest.mark.parametrize('change, message', [
    ({'hparams': {'z_size': 5}},
     'another config: model: z_size: 4 there, 5 here. Use another --run_dir'),
    ({'hparams': {'num_train_steps': 30}},
     'another config: training: num_train_steps: 20 there, 30 here'),
    ({'seed': 1}, 'another seed: 0 there, 1 here'),
    ({'digest': 'feed'}, "another data_digest: .* 'feed' here"),
])
def test_run_of_something_else_is_refused(tmp_path, change, message):
  config = tiny_models.config('vae')
  tiny_models.train(config, tmp_path)
  tiny_models.trainer(config, tmp_path)
  before = _files(tmp_path)
  examples = tiny_models.data()
  with pytest.raises(errors.CheckpointError, match=message):
    tiny_models.trainer(
        tiny_models.config('vae', **change.get('hparams', {})), tmp_path,
        seed=change.get('seed', 0), examples=dataclasses.replace(
            examples, digest=change.get('digest', examples.digest)
        ),
    )
  assert _files(tmp_path) == before


def test_another_split_of_the_same_patterns_is_refused(tmp_path):
  config = tiny_models.config('vae')
  whole = training_sets.load_or_starter(None)
  tiny_models.train(config, tmp_path)
  other = training_data.prepare(
      dataclasses.replace(whole, input_ids=None), config.training, seed=0,
      device=torch.device('cpu'),
  )
  assert len(other.train) != len(tiny_models.data().train)
  with pytest.raises(errors.CheckpointError, match='another data'):
    tiny_models.trainer(config, tmp_path, examples=other)


def test_damaged_state_is_said_so(tmp_path):
  config = tiny_models.config('vae')
  tiny_models.train(config, tmp_path)
  state = tmp_path / loop.STATE
  content = state.read_bytes()
  state.write_bytes(content[:-1])
  with pytest.raises(errors.CheckpointError, match='state.safetensors'):
    tiny_models.trainer(config, tmp_path)


def test_model_in_the_place_of_a_state_is_said_so(tmp_path):
  config = tiny_models.config('vae')
  tiny_models.train(config, tmp_path)
  best = (tmp_path / checkpoints.BEST).read_bytes()
  (tmp_path / loop.STATE).write_bytes(best)
  with pytest.raises(errors.CheckpointError, match='state.safetensors'):
    tiny_models.trainer(config, tmp_path)


@pytest.mark.parametrize('eval_steps, message', [
    (8, 'the loss is nan at train step 8. There is no good model yet; .*'
        'learning_rate='),
    (1000, 'the loss is nan at train step 50.*--hparams=learning_rate='),
])
def test_loss_that_is_no_number_stops_the_run(tmp_path, eval_steps, message):
  config = tiny_models.config(
      'vae', eval_steps=eval_steps, num_train_steps=60
  )
  trainer = tiny_models.trainer(config, tmp_path)
  with torch.no_grad():
    trainer.network.decoder[0].weight[0, 0] = math.nan
  with pytest.raises(errors.TrainingError, match=message):
    loop.train(
        trainer, on_step=lambda *_: None, on_evaluation=lambda _: None
    )
  assert not (tmp_path / checkpoints.BEST).exists()
  assert not (tmp_path / loop.STATE).exists()


@pytest.mark.parametrize('scores, message', [
    ([5.0, math.nan], 'the loss is nan at train step 16'),
    ([5.0, 3106.0], 'a pattern costs the model 3.11e.03 nats at train step 16'),
])
def test_evaluation_of_a_lost_run_stops_it_and_keeps_the_model(
    tmp_path, monkeypatch, scores, message
):
  left = iter(scores)
  monkeypatch.setattr(validation, 'evaluate', lambda *_, **__: dict.fromkeys(
      ('total', 'reconstruction'), next(left)
  ))
  with pytest.raises(errors.TrainingError, match=(
      f'{message}. The last good model is .*best.*learning_rate='
  )):
    tiny_models.train(tiny_models.config('vae'), tmp_path)
  assert _files(tmp_path).keys() == {'best.safetensors', 'metrics.jsonl'}
  _, metadata = checkpoints.read(tmp_path / checkpoints.BEST)
  assert metadata['train_step'] == 8


def test_model_whose_latents_never_vary_is_none(tmp_path):
  trainer = tiny_models.trainer(tiny_models.config('acai'), tmp_path)
  with torch.no_grad():
    for value in trainer.network.parameters():
      value.zero_()
  with pytest.raises(errors.TrainingError, match='no two patterns apart'):
    trainer.evaluate()
  assert not (tmp_path / checkpoints.BEST).exists()


@pytest.mark.parametrize('steps', [1, 2, 9, 10, 100])
def test_learning_rate_rises_to_its_peak_and_falls(steps):
  config = tiny_models.config('vae', num_train_steps=steps).training
  rates = [optimization.learning_rate(config, step) for step in range(steps)]
  peak = rates.index(max(rates))
  assert max(rates) == pytest.approx(config.learning_rate)
  assert min(rates) > 0
  assert rates[:peak + 1] == sorted(rates[:peak + 1])
  assert rates[peak:] == sorted(rates[peak:], reverse=True)


def test_learning_rate_has_known_values():
  config = tiny_models.config('vae', num_train_steps=100).training
  expected = {0: 0.001, 4: 0.005, 9: 0.01, 10: 0.01, 55: 0.005, 100: 0.00001}
  for step, rate in expected.items():
    assert optimization.learning_rate(config, step) == pytest.approx(rate)


def test_best_model_is_kept_and_not_the_last(tmp_path, monkeypatch):
  scores = iter([5.0, 3.0, 4.0])
  monkeypatch.setattr(validation, 'evaluate', lambda *_, **__: {
      'total': 0.0, 'reconstruction': next(scores), 'kl': 1.0,
  })
  tiny_models.train(tiny_models.config('vae'), tmp_path)
  _, metadata = checkpoints.read(tmp_path / checkpoints.BEST)
  assert metadata['train_step'] == 16
  assert metadata['metrics']['reconstruction'] == 3.0
  _, state = checkpoints.read(tmp_path / loop.STATE)
  assert (state['train_step'], state['best']) == (20, 4.0)


def test_metrics_are_one_line_an_evaluation(tmp_path):
  last = tiny_models.train(tiny_models.config('vae'), tmp_path)
  lines = [
      json.loads(line)
      for line in (tmp_path / loop.METRICS).read_text().splitlines()
  ]
  assert [line['train_step'] for line in lines] == [8, 16, 20]
  assert lines[-1] == last
  assert set(last) == {
      'train_step', 'total', 'reconstruction', 'kl', 'hit_f1', 'exact',
  }


@pytest.mark.parametrize('kind', _KINDS)
def test_best_checkpoint_evaluates_as_it_did(kind, tmp_path):
  tiny_models.train(tiny_models.config(kind), tmp_path)
  _, metadata = checkpoints.read(tmp_path / checkpoints.BEST)
  again = validation.evaluate_best(
      tmp_path, training_sets.load_or_starter(None), device=torch.device('cpu')
  )
  noted = metadata['metrics']
  shared = {k for k in noted if k in again}
  # The critic is not kept, and so what it says is no more what it was.
  for name in shared - {'total', 'critic', 'adversarial'}:
    assert again[name] == pytest.approx(noted[name]), name
  whole = training_sets.load_or_starter(None)
  other = training_sets.make(whole.codes[:-40])
  with pytest.raises(errors.CheckpointError, match='trained on other data'):
    validation.evaluate_best(tmp_path, other, device=torch.device('cpu'))


def test_missing_run_can_not_be_evaluated(tmp_path):
  with pytest.raises(errors.CheckpointError, match='holds no checkpoint'):
    validation.evaluate_best(
        tmp_path, training_sets.load_or_starter(None),
        device=torch.device('cpu'),
    )


def test_epoch_holds_each_pattern_at_most_once():
  made, data = tiny_models.config('vae', batch_size=100), tiny_models.data()
  batches = training_data.Batches(data, made.training, seed=0)
  seen = torch.cat([
      batches.batch(step) for step in range(len(data.train) // 100)
  ])
  assert len(seen) >= 300
  assert len(torch.unique(seen, dim=0)) == len(seen)


def test_data_is_the_set_in_two_parts():
  data = tiny_models.data()
  whole = training_sets.load_or_starter(None)
  assert len(data.train) + len(data.valid) == len(whole)
  assert data.train.shape[1] == 448 and data.train.dtype == torch.float32
  assert set(data.train.unique().tolist()) == {0.0, 1.0}
  assert len(data.classes) == len(whole)


def test_evaluation_measures_hits():
  class Echo(torch.nn.Module):
    """Gives back what it gets, but for the hits of the first pattern."""

    def losses(self, hits, **_):
      loss = torch.ones(len(hits))
      return autoencoder.Losses(total=2 * loss, reconstruction=loss)

    def reconstruct(self, hits):
      given = hits > 0.5
      given[0] = False
      return given

  hits = torch.zeros(4, 448)
  hits[:, :5] = 1
  result = validation.evaluate(Echo(), hits, train_step=0)
  assert result == {
      'total': 2.0, 'reconstruction': 1.0, 'exact': 0.75,
      'hit_f1': pytest.approx(2 * 15 / (15 + 20)),
  }


def test_line_reads_like_a_sentence():
  line = {'train_step': 1200, 'reconstruction': 12.25, 'hit_f1': 0.5,
          'exact': 0.25}
  assert validation.in_words(line) == (
      'step  1,200: reconstruction 12.25 nats, hit F1 0.500, exact 25.0%'
  )
  assert ', KL 3.00, ' in validation.in_words(line | {'kl': 3})


def test_folder_that_can_not_be_written_is_said_so(tmp_path):
  (tmp_path / 'train').write_text('')
  with pytest.raises(errors.OutputError, match="can't write"):
    tiny_models.train(tiny_models.config('vae'), tmp_path)


def test_average_of_the_weights_is_what_is_evaluated_and_saved(tmp_path):
  made = tiny_models.config('vae', average_decay=0.9)
  trainer = tiny_models.trainer(made, tmp_path / 'run')
  first = {k: v.clone() for k, v in trainer.network.state_dict().items()}
  trainer.step()
  second = {k: v.clone() for k, v in trainer.network.state_dict().items()}
  trainer.step()
  third = trainer.network.state_dict()
  for name, value in trainer.model.state_dict().items():
    # The average starts with the first weights that were trained.
    expected = 0.9 * second[name] + 0.1 * third[name]
    torch.testing.assert_close(value, expected)
    assert not torch.equal(first[name], value)
  trainer.evaluate()
  tensors, _ = checkpoints.read(tmp_path / 'run' / checkpoints.BEST)
  for name, value in trainer.model.state_dict().items():
    assert torch.equal(tensors[f'network.{name}'], value)
  trainer.save()
  again = tiny_models.trainer(made, tmp_path / 'run')
  trainer.step()
  again.step()
  for name, value in trainer.model.state_dict().items():
    assert torch.equal(again.model.state_dict()[name], value)


def test_stepwise_model_is_saved_in_half_the_bytes(tmp_path):
  made = tiny_models.config('stepwise')
  assert made.training.average_decay
  trainer = tiny_models.trainer(made, tmp_path)
  for _ in range(3):
    trainer.step()
  line = trainer.evaluate()
  trainer.save()
  tensors, _ = checkpoints.read(tmp_path / checkpoints.BEST)
  state, _ = checkpoints.read(tmp_path / loop.STATE)
  for name, value in trainer.model.state_dict().items():
    saved = tensors[f'network.{name}']
    assert saved.dtype == torch.float16
    assert torch.equal(saved, value.half())
    assert torch.equal(state[f'average.module.{name}'], value)
    assert state[f'network.{name}'].dtype == torch.float32
  # What was evaluated and what the sampler was fitted to is what was saved.
  loaded = trained_model.TrainedModel(str(tmp_path))
  rounded = networks.as_saved(trainer.model)
  again = validation.evaluate(rounded, trainer.data.valid, train_step=3)
  assert again == {k: v for k, v in line.items() if k != 'train_step'}
  fitted = sampler_fitting.fit(rounded.eval(), trainer.data.train, seed=0)
  assert np.array_equal(loaded.sampler.means, fitted.tensors['means'].numpy())
  for name, value in loaded.weights().tensors.items():
    assert np.array_equal(value, rounded.state_dict()[name].numpy())


def test_evaluation_leaves_dropout_on_for_training(tmp_path):
  made = tiny_models.config('stepwise', average_decay=0)
  trainer = tiny_models.trainer(made, tmp_path)
  trainer.step()
  trainer.evaluate()
  assert (tmp_path / checkpoints.BEST).is_file()
  assert trainer.network.training


def test_without_an_average_the_weights_themselves_are_saved(tmp_path):
  trainer = tiny_models.trainer(tiny_models.config('vae'), tmp_path)
  assert trainer.model is trainer.network


@pytest.mark.parametrize('share', [0.0, 0.5, 1.0])
def test_bars_change_places_in_the_given_share_of_a_batch(share):
  made = tiny_models.config('vae', bar_exchange=share, batch_size=200)
  data = tiny_models.data()
  batches = training_data.Batches(data, made.training, seed=3)
  plain = training_data.Batches(
      data, tiny_models.config('vae', batch_size=200).training, seed=3
  )
  batch, asis = batches.batch(1), plain.batch(1)
  exchanged = torch.cat([asis[:, 224:], asis[:, :224]], 1)
  is_same = (batch == asis).all(1)
  assert (is_same | (batch == exchanged).all(1)).all()
  # A beat of two equal bars is the same either way.
  told = (asis != exchanged).any(1)
  rate = (~is_same)[told].float().mean().item()
  assert abs(rate - share) < 0.2
  assert torch.equal(batch, batches.batch(1))
  assert not torch.equal(batch, batches.batch(0))
