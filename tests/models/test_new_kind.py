"""Tests that a kind of model is one line of the registry and a module.

The module is this one: a configuration and a network.
"""

import dataclasses
import types

import numpy as np
import pytest
import tiny_models
import torch

from drumspace_ext import errors
from drumspace_ext.models import autoencoder
from drumspace_ext.models import config_loading
from drumspace_ext.models import configs
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import layers
from drumspace_ext.models import networks
from drumspace_ext.models import trained_model


@dataclasses.dataclass(frozen=True, kw_only=True)
class NoisyConfig(configs.AeConfig):
  """An autoencoder that learns to undo noise on its latents."""

  noise: float

  def __post_init__(self):
    super().__post_init__()
    configs.check(self.noise >= 0, 'noise', self.noise, 'not negative')


class Noisy(autoencoder.Autoencoder):
  """The network."""

  default_temperature = 0.3

  def losses(self, hits, *, train_step, generator, measured=True):
    z = self.encoder(hits)
    noise = torch.randn(z.shape, generator=generator, device=z.device)
    decoded = self.decode(z + self.config.noise * noise)
    loss = layers.bit_loss(decoded, hits, measured=measured)
    return autoencoder.Losses(total=loss, reconstruction=loss)

  def fit_sampler(self, mu, sigma, *, seed):
    return fitted_samplers.prior(self.z_size)


@pytest.fixture(autouse=True)
def _noisy(monkeypatch):
  monkeypatch.setattr(networks, 'KINDS', types.MappingProxyType(
      {**networks.KINDS, 'noisy': networks.Kind(NoisyConfig, Noisy)}
  ))


def _config(tmp_path, noise):
  plain = tiny_models.config('ae').to_dict()
  path = tmp_path / 'noisy.toml'
  tables = {'model': plain['model'] | {'kind': 'noisy', 'noise': noise},
            'training': plain['training']}
  path.write_text('\n'.join(
      f'[{name}]\n' + '\n'.join(
          f'{key} = {list(value) if isinstance(value, tuple) else value!r}'
          for key, value in table.items()
      ) for name, table in tables.items()
  ))
  return config_loading.load(str(path), 'num_train_steps=30')


def test_new_kind_is_trained_saved_and_drawn_from(tmp_path):
  config = _config(tmp_path, 0.1)
  assert config.model.noise == 0.1
  tiny_models.train(config, tmp_path / 'run')
  model = trained_model.TrainedModel(str(tmp_path / 'run'))
  assert model.config.model == config.model
  assert model.default_temperature == 0.3
  assert model.fits_page and model.weights().decoder == 'fully_connected'
  np.testing.assert_array_equal(model.sampler.stds, np.ones((1, 4)))
  samples = model.draw(20, seed=1)
  assert samples.codes.shape == (20, 32)


def test_its_values_are_checked_as_those_of_others(tmp_path):
  with pytest.raises(errors.ConfigError, match='noise must be not negative'):
    _config(tmp_path, -1.0)
  with pytest.raises(errors.ConfigError, match='noise must be a number'):
    _config(tmp_path, 'much')
