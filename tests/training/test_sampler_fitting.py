"""Tests for sampler_fitting."""

import numpy as np
import pytest
import tiny_models
import torch

from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import sampling
from drumspace_ext.training import sampler_fitting


def _fit(kind):
  network = tiny_models.network(kind, scale=1.5)
  hits = tiny_models.data().train
  return network, hits, sampler_fitting.fit(network, hits, seed=3)


@pytest.mark.parametrize('kind', tiny_models.KINDS)
def test_posteriors_do_not_depend_on_the_batches(kind, monkeypatch):
  network = tiny_models.network(kind)
  hits = tiny_models.data().valid
  mu, sigma = sampler_fitting.posteriors(network, hits)
  assert mu.shape == sigma.shape == (len(hits), 4)
  assert not mu.requires_grad
  monkeypatch.setattr(sampler_fitting, '_BATCH', 7)
  parts = sampler_fitting.posteriors(network, hits)
  assert len(hits) > 7
  torch.testing.assert_close(parts, (mu, sigma))


@pytest.mark.parametrize('kind', ['ae', 'acai'])
def test_latents_of_the_training_set_give_the_normals(kind):
  network, hits, sampler = _fit(kind)
  z = network.encoder(hits).detach().numpy()
  assert sampler.kind == fitted_samplers.NORMAL
  np.testing.assert_allclose(
      sampler.tensors['mean'], z.mean(0), rtol=1e-4, atol=1e-6
  )
  np.testing.assert_allclose(
      sampler.tensors['std'], z.std(0, ddof=1), rtol=1e-4
  )
  assert (sampler.tensors['std'] > 0).all()


def test_vae_has_the_standard_normal():
  _, _, sampler = _fit('vae')
  assert sampler.kind == fitted_samplers.PRIOR
  assert sampler.tensors['mean'].tolist() == [0.0] * 4
  assert sampler.tensors['std'].tolist() == [1.0] * 4


def test_stepwise_model_draws_around_its_training_patterns_widened():
  network, hits, sampler = _fit('stepwise')
  assert sampler.kind == fitted_samplers.POSTERIORS
  mu, sigma = sampler_fitting.posteriors(network, hits)
  means, stds = (sampler.tensors[name] for name in ('means', 'stds'))
  assert means.dtype == stds.dtype == torch.float16
  # What is kept is no latent of a training pattern, but a draw around it.
  away = (means.float() - mu) / sigma
  assert abs(away.mean()) < 0.1 and abs(away.std() - 1.6) < 0.1
  torch.testing.assert_close(
      stds.float(), 0.40311 * sigma, rtol=2e-3, atol=1e-4
  )
  drawn = sampling.from_tensors({
      name: tensor.numpy().astype(np.float64)
      for name, tensor in sampler.tensors.items()
  }).draw(20_000, rng=np.random.default_rng(0))
  total = mu.var(0, correction=0) + (2.7225 * sigma**2).mean(0)
  np.testing.assert_allclose(drawn.mean(0), mu.mean(0), atol=0.4)
  np.testing.assert_allclose(drawn.var(0), total, rtol=0.25)


def test_what_is_kept_depends_on_the_seed():
  network, hits, sampler = _fit('stepwise')
  same = sampler_fitting.fit(network, hits, seed=3)
  other = sampler_fitting.fit(network, hits, seed=4)
  assert torch.equal(same.tensors['means'], sampler.tensors['means'])
  assert not torch.equal(other.tensors['means'], sampler.tensors['means'])
