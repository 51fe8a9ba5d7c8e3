"""Tests of model files: a MusicVAE is a TrainedModel in all that it does."""

import json

import entry_points
import magenta_files
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.models import checkpoints
from drumspace_ext.models import magenta_files as stored_weights
from drumspace_ext.models import model_files
from drumspace_ext.models import trained_model


@pytest.fixture(scope='module', name='tar')
def _tar(tmp_path_factory):
  path = tmp_path_factory.mktemp('vae') / 'cat.tar'
  path.write_bytes(magenta_files.tar(magenta_files.music_vae_tensors(
      encoder=(12,), decoder=(16, 12), z_size=6, scale=1.5
  )))
  return path


def test_a_music_vae_encodes_decodes_samples_and_interpolates(tar):
  model = trained_model.TrainedModel(str(tar))
  assert model.z_size == 6 and model.train_step == 60
  assert model.config.name == 'cat-drums_2bar'
  assert model.default_temperature == 0.5
  hits = np.random.default_rng(0).random((3, 32, 14)) < 0.2
  _, mu, sigma = model.encode_tensors(hits)
  assert mu.shape == sigma.shape == (3, 6) and (sigma > 0).all()
  assert model.decode_hits(mu).shape == (3, 32, 14)
  (first,) = model.sample(1, seed=3)
  assert first == model.sample(1, seed=3)[0]
  start, end = model.sample(2, seed=4)
  assert len(model.interpolate(start, end, num_steps=5)) == 5


def test_what_is_kept_of_a_music_vae_is_the_same_model(tar, tmp_path):
  kept = tmp_path / 'kept.safetensors'
  assert entry_points.main(
      'drumspace_convert', f'--input={tar}', f'--output={kept}'
  ) == 0
  again = tmp_path / 'again.safetensors'
  model_files.keep(tar, again)
  assert kept.read_bytes() == again.read_bytes()
  models = [trained_model.TrainedModel(str(path)) for path in (tar, kept)]
  z = np.random.default_rng(1).standard_normal((20, 6))
  np.testing.assert_array_equal(*(model.decode_hits(z) for model in models))
  assert models[1].train_step == 60


@pytest.mark.parametrize('mode, arguments', [
    ('sample', ['--num_draws=40']), ('interpolate', ['--num_outputs=4']),
    ('blend', ['--num_outputs=2']), ('walk', ['--num_bars=8']),
    ('vary', ['--num_outputs=3']),
])
def test_it_generates_in_all_modes(tar, tmp_path, mode, arguments):
  codes = [','.join([str(1 << i)] + ['0', '4'] * 15 + ['2']) for i in range(4)]
  count = {'sample': 0, 'interpolate': 2, 'blend': 4, 'walk': 1, 'vary': 1}
  assert entry_points.main(
      'drumspace_generate', f'--checkpoint_file={tar}', f'--mode={mode}',
      *arguments, *(f'--step_codes={c}' for c in codes[:count[mode]]),
      f'--output_dir={tmp_path / mode}',
  ) == 0
  assert (tmp_path / mode / 'patterns.tsv').read_text()


def test_its_map_has_all_files_but_the_page(tar, tmp_path):
  assert entry_points.main(
      'drumspace_build_map', f'--checkpoint_file={tar}', '--num_outputs=20',
      f'--output_dir={tmp_path / "map"}',
  ) == 0
  assert not (tmp_path / 'map' / 'map.html').exists()
  report = json.loads((tmp_path / 'map' / 'map.json').read_text())
  assert report['model']['config'] == 'cat-drums_2bar'


def test_other_models_are_named_for_what_they_are(tmp_path):
  path = tmp_path / 'kit.mag'
  path.write_bytes(magenta_files.bundle(magenta_files.drums_rnn_tensors()))
  with pytest.raises(errors.CheckpointError, match='drums_rnn: it continues'):
    trained_model.TrainedModel(str(path))
  tensors = magenta_files.music_vae_tensors()
  tensors['decoder/core_decoder_0/kernel'] = np.ones((2, 2), np.float32)
  path = tmp_path / 'trio.tar'
  path.write_bytes(magenta_files.tar(tensors))
  with pytest.raises(errors.CheckpointError, match="can't be played: nothing"):
    trained_model.TrainedModel(str(path))
  melody = tmp_path / 'melody.mag'
  melody.write_bytes(magenta_files.bundle(
      magenta_files.drums_rnn_tensors(), 'attention_rnn'
  ))
  with pytest.raises(errors.CheckpointError, match='only drum models'):
    model_files.keep(melody, tmp_path / 'x.safetensors')


def test_a_run_of_magentas_is_found_by_its_folder(tmp_path):
  (tmp_path / 'run' / 'train').mkdir(parents=True)
  magenta_files.write_v2(
      tmp_path / 'run' / 'train' / 'model.ckpt-60',
      magenta_files.music_vae_tensors(),
  )
  for name in ('run', 'run/train/model.ckpt-60'):
    assert checkpoints.find(str(tmp_path / name)).name == 'model.ckpt-60.index'
    assert trained_model.TrainedModel(str(tmp_path / name)).z_size == 3


def test_ours_are_no_magentas_and_damage_is_one_line(tmp_path):
  path = checkpoints.find('shipped:vae')
  assert stored_weights.read(path) is None
  with pytest.raises(errors.CheckpointError, match="can't be read"):
    stored_weights.read(tmp_path / 'none')
  checkpoints.write(tmp_path / 'x.safetensors', {}, {'magenta': {'form': 1}})
  with pytest.raises(errors.CheckpointError, match='nothing usable of the'):
    stored_weights.read(tmp_path / 'x.safetensors')
  assert checkpoint_files.find(str(tmp_path / 'nothing')) is None
