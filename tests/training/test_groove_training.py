"""Tests of the training of groove models."""

import dataclasses
import functools
import pathlib
import shutil

import numpy as np
import played_datasets
import pytest
import tiny_grooves
import told_steps
import torch

from drumspace_ext import errors
from drumspace_ext.dataset import creation
from drumspace_ext.files import result_names
from drumspace_ext.models import checkpoints
from drumspace_ext.models import config_loading
from drumspace_ext.models import configs
from drumspace_ext.models import groove_configs
from drumspace_ext.models import groove_model
from drumspace_ext.models import groove_network
from drumspace_ext.models import take_features
from drumspace_ext.models import takes
from drumspace_ext.notes import midi_writing
from drumspace_ext.training import groove_data
from drumspace_ext.training import groove_training
from drumspace_ext.training import take_training
from drumspace_ext.training import training

_CONFIGS = pathlib.Path(__file__).parents[2] / 'configs'


@pytest.fixture(scope='module', name='dataset')
def _dataset(tmp_path_factory):
  """Files whose hats are loud on beats, late between."""
  folder = tmp_path_factory.mktemp('songs')
  rng = np.random.default_rng(0)
  velocities, offsets = np.full((32, 14), 60.0), np.zeros((32, 14))
  velocities[::4], offsets[2::4] = 110, 0.2
  for number in range(200):
    hits = np.zeros((32, 14), np.bool_)
    hits[::2, 2] = True
    hits[rng.integers(32, size=6), rng.integers(14, size=6)] = True
    (folder / f'{number:03}.mid').write_bytes(
        played_datasets.midi(hits, velocities, offsets)
    )
  return creation.create_dataset([str(folder)], folder / 'ds').output_dir


def test_a_model_learns_what_all_do(dataset, tmp_path):
  lines = []
  run = training.train(
      dataset, tmp_path / 'run', config='groove', hparams=tiny_grooves.HPARAMS,
      on_evaluation=lines.append,
  )
  assert lines[-1]['velocity_r2'] > 0.8 and lines[-1]['offset_r2'] > 0.8
  assert run.num_trained == 30
  model = groove_model.load(str(run.run_dir))
  hits = np.zeros((1, 32, 14), np.bool_)
  hits[0, ::2, 2] = True
  played = model(hits)
  assert played.velocities[0, 0, 2] > played.velocities[0, 2, 2] + 30
  assert played.offsets[0, 2, 2] > played.offsets[0, 0, 2] + 0.1
  # The same data and seed give the same bytes.
  again = training.train(
      dataset, tmp_path / 'again', config='groove',
      hparams=tiny_grooves.HPARAMS,
  )
  assert again.checkpoint.read_bytes() == run.checkpoint.read_bytes()


def test_few_files_are_believed_by_half_unless_others_do_likewise(dataset):
  settings = config_loading.load_any(
      'groove', 'num_train_steps=4,hidden_size=8,around_size=8,take_size=8'
  )
  data = groove_data.load(dataset, valid_share=0.1, seed=0)
  assert data.num_inputs == 160

  def said(num_inputs, times):
    """Returns what is said otherwise than the table: velocities, offsets."""
    valid = dataclasses.replace(
        data.valid, answers=times * data.valid.answers
    )
    model, _ = groove_training.train(settings, dataclasses.replace(
        data, valid=valid, num_inputs=num_inputs
    ), seed=0)
    hits = torch.from_numpy(data.valid.hits)
    table = groove_network.centred(model.network.table, hits)
    return np.moveaxis((model.network(hits) - table).numpy(), 1, 0)

  many = said(2000, 1)
  assert np.abs(many).max() > 0.01
  for num_inputs, share in ((400, 0.5), (894, 0.75)):
    # Of those who play the other way round networks tell nothing.
    velocities, offsets = said(num_inputs, -1)
    np.testing.assert_allclose(velocities, share * many[0], atol=1e-3)
    np.testing.assert_array_equal(offsets, many[1])


def test_no_input_of_a_validation_block_is_trained_on(dataset):
  played, ids = groove_data.read(dataset)
  blocks = groove_data.blocks(ids)
  assert max(len(set().union(*blocks)), 0) == 5
  data = groove_data.load(dataset, valid_share=0.3, seed=0)
  of_pattern = {
      row.tobytes(): found for row, found in zip(played.codes, blocks)
  }

  def found(side):
    return set().union(*(of_pattern[row.tobytes()] for row in side.codes))

  assert not found(data.train) & found(data.valid)
  assert len(data.train) + len(data.valid) <= len(played)


def test_the_critic_tells_performances_from_what_a_beginner_draws(dataset):
  settings = config_loading.load_any(
      'groove', 'take_size=8,critic_size=16,num_train_steps=100'
  )
  data = groove_data.load(dataset, valid_share=0.3, seed=0)
  network = takes.TakeNetwork(settings.model)
  take_training.train(network, data.train, settings.training, seed=0)
  network.eval()
  hits = data.valid.hits.reshape(-1, 32, 14) > 0
  real = np.rint(data.valid.answers * [[1], [take_features.TICKS]])
  made = takes.numbered(network, hits, np.arange(len(hits)), seed=1)
  with torch.inference_mode():
    ours, theirs = (
        network.critic.odds(hits, values) for values in
        (real.reshape(-1, 2, 32, 14), made)
    )
  assert np.median(ours) > 1 > np.median(theirs)


def test_a_file_of_a_dataset_stands_for_its_folder(dataset, tmp_path):
  whole = groove_data.load(dataset, valid_share=0.3, seed=0)
  for name in (result_names.DATASET, result_names.RECORDS):
    data = groove_data.load(dataset / name, valid_share=0.3, seed=0)
    assert data.digests == whole.digests
  # Other patterns may lie there too.
  shutil.copytree(dataset, tmp_path / 'ds')
  for name in (result_names.DATASET, result_names.RECORDS):
    other = tmp_path / 'ds' / f'my_{name}'
    (tmp_path / 'ds' / name).rename(other)
    with pytest.raises(errors.InputError, match=f'my_{name} has no groove'):
      groove_data.load(other, valid_share=0.3, seed=0)


def test_patterns_that_nobody_has_played_are_refused(dataset, tmp_path):
  (tmp_path / result_names.DATASET).write_bytes(
      (dataset / result_names.DATASET).read_bytes()
  )
  with pytest.raises(errors.InputError, match='nothing says how'):
    groove_data.load(tmp_path, valid_share=0.1, seed=0)


def test_a_hit_that_nobody_has_played_is_learned_as_the_others_are(tmp_path):
  """An open hat in every other bar of five is in the beat of one bar, twice."""
  rows = np.zeros((96, 14), np.bool_)
  rows[:80:2, 2] = rows[:80:8, 0] = rows[6:80:32, 5] = True
  velocities = np.full((32, 14), 60.0)
  velocities[::4], velocities[:, 5] = 110, 70
  (tmp_path / 'a.mid').write_bytes(midi_writing.patterns_to_midi(
      rows.reshape(3, 32, 14), dynamics=played_datasets.dynamics_of(
          velocities, np.zeros((32, 14))
      ),
  ))
  dataset = creation.create_dataset(
      [str(tmp_path)], tmp_path / 'ds', max_flips=4, loop_bars=[1]
  ).output_dir
  played, _ = groove_data.read(dataset)
  hits = played.hits[0].reshape(32, 14) > 0
  found = played.answers[0, 0].reshape(32, 14)
  (step,) = np.flatnonzero(hits[:, 5] & (found[:, 5] != 70))
  others = hits.copy()
  others[step, 5] = False
  assert found[step, 5] == pytest.approx(found[others].mean())


@pytest.mark.parametrize('num_files', (12, 45, 130))
def test_few_files_are_divided_too(tmp_path, num_files):
  """45 were divided into 5 to learn from and 40 to judge by, 130 not at all."""
  dataset = played_datasets.make_random(
      tmp_path, num_files, dynamic=True, timed=False
  )
  data = groove_data.load(dataset, valid_share=0.1, seed=0)
  assert 0 < len(data.valid) <= len(data.train) / 2
  assert len(data.valid) + len(data.train) > 0.9 * num_files
  there = {row.tobytes() for row in data.train.codes}
  assert not there & {row.tobytes() for row in data.valid.codes}


def test_one_file_can_not_be_divided(tmp_path):
  dataset = played_datasets.make_random(
      tmp_path, 1, dynamic=True, timed=True
  )
  with pytest.raises(errors.InputError, match='too few to keep'):
    groove_data.load(dataset, valid_share=0.1, seed=0)


def test_what_is_always_on_the_grid_is_learned_so(tmp_path):
  dataset = played_datasets.make_random(
      tmp_path, 60, dynamic=True, timed=False
  )
  run = training.train(
      dataset, tmp_path / 'run', config='groove', hparams=tiny_grooves.HPARAMS,
  )
  # There is nothing to tell of timing.
  assert run.evaluation['offset_r2'] == 0 != run.evaluation['velocity_r2']
  model = groove_model.load(str(run.run_dir))
  hits = np.random.default_rng(1).random((20, 32, 14)) < 0.2
  played = model(hits)
  assert not played.offsets.any() and played.velocities[hits].std() > 1


def test_those_who_know_no_dynamics_teach_timing(tmp_path):
  run = training.train(
      played_datasets.make_random(tmp_path, 60, dynamic=False, timed=True),
      tmp_path / 'run', config='groove', hparams=tiny_grooves.HPARAMS,
  )
  assert run.evaluation['velocity_r2'] == 0 != run.evaluation['offset_r2']
  model = groove_model.load(str(run.run_dir))
  hits = np.random.default_rng(1).random((20, 32, 14)) < 0.2
  played = model(hits)
  assert np.ptp(played.velocities[hits]) < 1e-3 and played.offsets.any()


def test_spreads_are_those_of_a_mixture():
  rng = np.random.default_rng(0)
  left = rng.standard_normal(40_000) * rng.choice([1, 8], 40_000)
  spreads, shares = groove_training.fit_spreads(left, np.ones(40_000))
  assert abs(shares.sum() - 1) < 1e-6
  mixed = np.sqrt((shares * spreads**2).sum())
  assert abs(mixed - left.std()) < 0.1
  assert spreads.min() < 2 and spreads.max() > 7


def test_a_run_is_evaluated_again_by_what_it_kept_back(dataset, tmp_path):
  run = training.train(
      dataset, tmp_path / 'run', config='groove', hparams=tiny_grooves.HPARAMS,
  )
  again = training.validate(dataset, run.run_dir)
  assert again == pytest.approx(run.evaluation, abs=1e-2)
  assert training.in_words(again).startswith('step     30: of inputs kept back')
  with pytest.raises(errors.CheckpointError, match='trained on other data'):
    groove_training.evaluate_best(run.run_dir, _other(dataset, tmp_path))


def test_a_run_that_is_complete_says_so_and_is_left_alone(dataset, tmp_path):
  few = {'config': 'groove', 'hparams': 'num_train_steps=2,hidden_size=8'}
  said, lines, steps = [], [], told_steps.ToldSteps()
  run = training.train(dataset, tmp_path / 'run', on_start=said.append, **few)
  before = {p: p.stat().st_mtime_ns for p in tmp_path.glob('run/*/*')}
  again = training.train(
      dataset, tmp_path / 'run', on_start=said.append, on_step=steps,
      on_evaluation=lines.append, **few,
  )
  assert (again.num_steps, again.num_trained, again.evaluation) == (2, 0, {})
  assert str(again) == f'this run is complete already\n{run}'
  assert said == [said[0], f'{said[0]}, going on at 2']
  assert not lines and steps == [(2, 2, 'training')]
  assert {p: p.stat().st_mtime_ns for p in tmp_path.glob('run/*/*')} == before


def test_a_run_without_its_model_is_not_complete(dataset, tmp_path):
  few = {'config': 'groove', 'hparams': 'num_train_steps=2,hidden_size=8'}
  run = training.train(dataset, tmp_path, **few)
  before = run.checkpoint.read_bytes()
  run.checkpoint.unlink()
  assert (tmp_path / result_names.METRICS).is_file()
  assert training.train(dataset, tmp_path, **few).num_trained == 2
  assert run.checkpoint.read_bytes() == before


@pytest.mark.parametrize('name, value', [
    ('velocities', 99), ('offsets', 0.25), ('plays', 5),
])
def test_the_same_hits_played_otherwise_are_other_data(
    dataset, tmp_path, name, value
):
  few = {'config': 'groove', 'hparams': 'num_train_steps=2,hidden_size=8'}
  run = training.train(dataset, tmp_path / 'run', **few)
  other = tmp_path / 'other'
  shutil.copytree(dataset, other)
  path = other / result_names.GROOVE
  lines = path.read_text().splitlines()
  column = lines[1].split('\t').index(name)
  # All hits of one pattern.
  fields = lines[100].split('\t')
  fields[column] = ','.join([str(value)] * len(fields[column].split(',')))
  path.write_text('\n'.join([*lines[:100], '\t'.join(fields), *lines[101:]]))
  with pytest.raises(errors.CheckpointError, match='another groove_digest: '):
    training.train(other, tmp_path / 'run', **few)
  with pytest.raises(
      errors.CheckpointError, match='trained on other data .groove_digest: '
  ):
    training.validate(other, run.run_dir)


def test_a_run_that_says_nothing_of_how_its_patterns_were_played(
    dataset, tmp_path
):
  few = {'config': 'groove', 'hparams': 'num_train_steps=2,hidden_size=8'}
  run = training.train(dataset, tmp_path / 'run', **few)
  tensors, metadata = checkpoints.read(run.checkpoint)
  evaluation = training.validate(dataset, run.run_dir)
  del metadata['groove_digest'], metadata['format_version']
  del metadata['voice_table']
  checkpoints.write(run.checkpoint, tensors, metadata)
  assert training.validate(dataset, run.run_dir) == evaluation
  with pytest.raises(errors.CheckpointError, match='groove_digest: None there'):
    training.train(dataset, tmp_path / 'run', **few)


# A smaller change shows in a few train steps only by chance.
_CHANGES = {
    'dropout': 0.9, 'around_dropout': 0.9, 'hit_dropout': 0.9,
    'take_dropout': 0.9, 'critic_dropout': 0.9, 'adam_beta2': 0.5,
    'learning_rate': 0.01, 'weight_decay': 0.9, 'average_decay': 0.0,
    'bar_exchange': 1.0, 'gradient_norm': 0.01, 'valid_share': 0.4,
}


@pytest.fixture(scope='module', name='trained')
def _trained(dataset, tmp_path_factory):
  """Returns the weights of a run with some values."""
  def tensors(hparams=''):
    run = training.train(
        dataset, tmp_path_factory.mktemp('trained'), config='groove',
        hparams=f'{tiny_grooves.HPARAMS.replace("=30", "=4")},{hparams}',
    )
    return checkpoints.read_arrays(run.checkpoint)[0]

  return functools.cache(tensors)


@pytest.mark.parametrize('key', sorted({
    field.name
    for cls in (groove_configs.GrooveConfig, configs.TrainStepsConfig)
    for field in dataclasses.fields(cls)
} - {'kind'}))
def test_every_value_of_the_configuration_has_an_effect(trained, key):
  change = f'{key}={_CHANGES.get(key, 7)}'
  before, after = trained(), trained(change)
  assert any(
      values.shape != after[name].shape or (values != after[name]).any()
      for name, values in before.items()
  )


@pytest.mark.parametrize('key', ['eval_steps', 'test_share'])
def test_what_would_have_no_effect_is_refused(dataset, tmp_path, key):
  with pytest.raises(errors.ConfigError, match=f"unknown key '{key}'"):
    training.train(
        dataset, tmp_path / 'run', config='groove', hparams=f'{key}=0.5'
    )
  file = tmp_path / 'mine.toml'
  file.write_text(
      (_CONFIGS / 'groove.toml').read_text() + f'{key} = 0.5\n'
  )
  with pytest.raises(errors.ConfigError, match=f"mine.toml: .* '{key}'"):
    training.train(dataset, tmp_path / 'run', config=file)
  with pytest.raises(errors.InputError, match='grooves is trained on the pro'):
    training.train(dataset, tmp_path / 'run', config='groove', device='cuda')
  assert not (tmp_path / 'run').exists()


@pytest.mark.parametrize('change, message', [
    ({'hparams': 'num_train_steps=1'}, 'another config: .* there, .* here'),
    ({'seed': 1}, 'another seed: 0 there, 1 here. Use another --run_dir'),
    ({}, 'another data_digest: '),
    ({'config': 'smoke', 'hparams': 'num_train_steps=1'}, 'another config'),
])
def test_a_run_of_something_else_is_left_alone(
    dataset, tmp_path, change, message
):
  few = {'config': 'groove', 'hparams': 'num_train_steps=2,hidden_size=8'}
  training.train(dataset, tmp_path / 'run', **few)

  def files():
    return {path: path.read_bytes() for path in tmp_path.glob('run/*/*')}

  before = files()
  training.train(dataset, tmp_path / 'run', **few)
  assert files() == before
  other = _other(dataset, tmp_path) if not change else dataset
  with pytest.raises(errors.CheckpointError, match=message):
    training.train(other, tmp_path / 'run', **few | change)
  assert files() == before


def test_what_draws_patterns_is_not_replaced_by_what_plays_them(
    dataset, tmp_path
):
  run = training.train(
      dataset, tmp_path, config='smoke', hparams='num_train_steps=1'
  )
  before = run.checkpoint.read_bytes()
  with pytest.raises(errors.CheckpointError, match='another config: '):
    training.train(
        dataset, tmp_path, config='groove', hparams='num_train_steps=1'
    )
  assert run.checkpoint.read_bytes() == before


def _other(dataset, tmp_path):
  """Makes a dataset of a half of the files."""
  return creation.create_dataset(
      [str(path) for path in sorted(dataset.parent.glob('0*.mid'))],
      tmp_path / 'other',
  ).output_dir
