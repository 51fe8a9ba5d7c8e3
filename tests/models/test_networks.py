"""Tests for networks."""

import dataclasses
import subprocess
import sys

import pytest
import tiny_models
import torch

from drumspace_ext.models import acai
from drumspace_ext.models import autoencoder
from drumspace_ext.models import config_loading
from drumspace_ext.models import foretold
from drumspace_ext.models import networks
from drumspace_ext.models import planned
from drumspace_ext.models import stepwise
from drumspace_ext.models import vae


def _same(one, other):
  pairs = zip(one.parameters(), other.parameters(), strict=True)
  return all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_weights_depend_on_the_seed_alone(kind):
  config = tiny_models.config(kind).model
  torch.manual_seed(1)
  first = networks.make(config, seed=5)
  torch.manual_seed(2)
  assert _same(first, networks.make(config, seed=5))
  assert not _same(first, networks.make(config, seed=6))


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_global_generator_is_left_as_it_was(kind):
  before = torch.random.get_rng_state()
  networks.make(tiny_models.config(kind).model, seed=5)
  assert torch.equal(torch.random.get_rng_state(), before)
  torch.rand(1)
  assert not torch.equal(torch.random.get_rng_state(), before)


def test_every_kind_has_its_network():
  assert set(tiny_models.KINDS) == set(networks.KINDS)
  kinds = {
      kind: type(networks.make(tiny_models.config(kind).model, seed=0))
      for kind in networks.KINDS
  }
  assert kinds == {
      'ae': autoencoder.Autoencoder, 'vae': vae.Vae, 'acai': acai.Acai,
      'stepwise': stepwise.Stepwise, 'planned': planned.Planned,
      'foretold': foretold.Foretold,
  }


def test_published_sizes_are_built():
  network = networks.make(config_loading.load('acai').model, seed=0)

  def widths(stack):
    layers = [m for m in stack if isinstance(m, torch.nn.Linear)]
    return [layers[0].in_features] + [m.out_features for m in layers]

  assert widths(network.encoder) == [448, 64, 32, 4]
  assert widths(network.decoder) == [4, 32, 64, 448]
  assert widths(network.critic) == [448, 64, 32, 4]
  kinds = [type(m).__name__ for m in network.encoder]
  assert kinds == ['Linear', 'ReLU', 'Linear', 'ReLU', 'Linear']
  vae = networks.make(config_loading.load('vae').model, seed=0)
  assert widths(vae.encoder) == [448, 64, 32, 8]


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_network_comes_back_from_its_checkpoint_as_foretold(kind):
  network = tiny_models.network(kind)
  before = {k: v.clone() for k, v in network.state_dict().items()}
  again = networks.as_saved(network)
  assert (again is network) == (kind not in tiny_models.STEPWISE)
  assert again.training == network.training
  for name, value in again.saved_tensors().items():
    assert torch.equal(value.float(), again.state_dict()[name])
    assert torch.equal(value, network.saved_tensors()[name])
  assert _same(again, network) == (kind not in tiny_models.STEPWISE)
  assert all(torch.equal(v, before[k]) for k, v in network.state_dict().items())
  for one, other in zip(again.parameters(), network.parameters(), strict=True):
    torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-7)


def test_number_too_large_for_float16_is_saved_as_it_is():
  network = tiny_models.network('stepwise')
  with torch.no_grad():
    network.to_bits.bias[0] = 1e5
  saved = network.saved_tensors()
  assert saved['to_bits.bias'].dtype == torch.float32
  assert saved['to_bits.weight'].dtype == torch.float16
  assert networks.as_saved(network).to_bits.bias[0] == 1e5


def test_critic_is_not_saved():
  network = tiny_models.network('acai')
  left_out = set(network.state_dict()) - set(network.saved_tensors())
  assert left_out and all(name.startswith('critic.') for name in left_out)


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_weights_are_all_that_encoding_and_decoding_take(kind):
  network = tiny_models.network(kind)
  weights = network.weights()
  assert weights.z_size == network.z_size
  assert weights.decoder == (
      kind if kind in tiny_models.STEPWISE else 'fully_connected'
  )
  hits = tiny_models.data().train[:5]
  other = networks.make(tiny_models.config(kind).model, seed=9).eval()
  z = network.encode(hits)[0]
  assert not torch.equal(other.encode(hits)[0], z)
  other.load_state_dict({
      name: torch.from_numpy(value) for name, value in weights.tensors.items()
  }, strict=False)
  assert torch.equal(other.encode(hits)[0], z)
  assert torch.equal(other.reconstruct(hits), network.reconstruct(hits))


def test_threads_are_set():
  try:
    networks.prepare_torch(2)
    assert torch.get_num_threads() == 2
  finally:
    networks.prepare_torch()
  assert torch.get_num_threads() == 1


@pytest.mark.parametrize('has_fused', [True, False])
def test_optimizer_is_made_with_and_without_the_fused_kernel(
    monkeypatch, has_fused
):
  made = tiny_models.config('vae')
  network = networks.make(made.model, seed=0)
  adamw = torch.optim.AdamW

  def old_torch(params, *, fused=False, **options):
    if fused and not has_fused:
      raise RuntimeError('`fused=True` requires all the params to be CUDA')
    return adamw(params, fused=fused, **options)

  monkeypatch.setattr(torch.optim, 'AdamW', old_torch)
  optimizer = networks.optimizer(network, made.training)
  (group,) = optimizer.param_groups
  assert bool(group['fused']) == has_fused
  assert group['lr'] == made.training.learning_rate
  assert group['betas'] == (0.9, made.training.adam_beta2)


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_filled_network_computes_as_the_one_that_was_saved(kind):
  saved = tiny_models.network(kind)
  tensors = {
      name: value for name, value in saved.state_dict().items()
      if not name.startswith('critic.')
  }
  filled = networks.filled(saved.config, tensors).eval()
  hits = tiny_models.data().valid[:5]
  torch.testing.assert_close(filled.encode(hits), saved.encode(hits))


def test_weights_of_another_size_take_no_memory_for_the_network():
  network = tiny_models.network('stepwise')
  # Its layers alone would be 700 GB.
  config = dataclasses.replace(
      network.config, decoder_size=65536, num_decoder_layers=40
  )
  with pytest.raises(ValueError, match='is not what its configuration says'):
    networks.filled(config, network.state_dict())


@pytest.mark.parametrize('name', ['acai', 'vae', 'best'])
def test_weights_are_filled_in_without_importing_a_compiler(name):
  code = (
      'import sys; from drumspace_ext.models import trained_model; '
      f"trained_model.TrainedModel('shipped:{name}'); "
      "sys.exit('sympy' in sys.modules)"
  )
  run = subprocess.run([sys.executable, '-c', code], check=False)
  assert run.returncode == 0
