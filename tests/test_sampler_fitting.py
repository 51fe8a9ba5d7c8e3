"""Tests for sampler_fitting."""

import numpy as np
import pytest
import tiny_models
import torch

from drumspace_ext import sampler_fitting


def _fit(kind, *, seed=0):
  network = tiny_models.network(kind, scale=1.5)
  hits = tiny_models.data().train
  return network, hits, sampler_fitting.fit(network, hits, seed=seed)


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
  assert sampler.kind == sampler_fitting.NORMAL
  np.testing.assert_allclose(
      sampler.tensors['mean'], z.mean(0), rtol=1e-4, atol=1e-6
  )
  np.testing.assert_allclose(
      sampler.tensors['std'], z.std(0, ddof=1), rtol=1e-4
  )
  assert (sampler.tensors['std'] > 0).all()


def test_vae_has_the_standard_normal():
  _, _, sampler = _fit('vae')
  assert sampler.kind == sampler_fitting.PRIOR
  assert sampler.tensors['mean'].tolist() == [0.0] * 4
  assert sampler.tensors['std'].tolist() == [1.0] * 4


def test_mixture_has_the_moments_of_the_posterior_draws():
  network, hits, sampler = _fit('stepwise', seed=3)
  weights, means, stds = (
      sampler.tensors[name].double().numpy()
      for name in ('weights', 'means', 'stds')
  )
  assert sampler.kind == sampler_fitting.MIXTURE
  count = len(hits) // 40
  assert count > 1
  assert weights.shape == (count,)
  assert means.shape == stds.shape == (count, 4)
  assert abs(weights.sum() - 1) < 1e-6
  assert (weights > 0).all() and (stds > 0).all()
  mu, sigma = (p.numpy() for p in sampler_fitting.posteriors(network, hits))
  noise = np.random.default_rng(3).standard_normal(mu.shape)
  draws = mu + sigma * noise
  np.testing.assert_allclose(weights @ means, draws.mean(0), atol=1e-4)
  second = weights @ (stds**2 + means**2) - (weights @ means)**2
  np.testing.assert_allclose(second, draws.var(0), atol=2e-3)


def test_mixture_depends_on_the_seed_alone():
  _, _, one = _fit('stepwise', seed=3)
  np.random.seed(1)
  _, _, same = _fit('stepwise', seed=3)
  _, _, other = _fit('stepwise', seed=4)
  assert all(
      torch.equal(value, same.tensors[key])
      for key, value in one.tensors.items()
  )
  assert not torch.equal(one.tensors['means'], other.tensors['means'])


def test_few_patterns_give_one_component():
  network = tiny_models.network('stepwise')
  sampler = sampler_fitting.fit(
      network, tiny_models.data().train[:5], seed=0
  )
  assert sampler.tensors['weights'].tolist() == [1.0]
  assert sampler.tensors['means'].shape == (1, 4)
