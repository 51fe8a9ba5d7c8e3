"""Sampler fitting: where in the latent space the training patterns lie.

Published: a VAE draws z from N(0, I); AE and ACAI from independent normals with
the mean and standard deviation of the training set's latents. The stepwise
model has a mixture of normals, fitted to draws from the posteriors of the
training patterns.
"""

import dataclasses

import numpy as np
import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import stepwise
from drumspace_ext.models import vae

PRIOR, NORMAL, MIXTURE = 'prior', 'normal', 'mixture'
_BATCH = 4096
_PATTERNS_PER_COMPONENT = 40
_MAX_COMPONENTS = 256


@dataclasses.dataclass(frozen=True)
class FittedSampler:
  """A distribution over z.

  Attributes:
    kind: `PRIOR`, `NORMAL` or `MIXTURE`.
    tensors: `mean` and `std`, float `[z_size]`; of a mixture `weights`, float
      `[num_components]`, `means` and `stds`, float `[num_components, z_size]`.
  """

  kind: str
  tensors: dict[str, torch.Tensor]


def posteriors(
    network: autoencoder.Autoencoder, hits: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
  """Encodes patterns, float `[n, 448]`; returns (mu, sigma) `[n, z_size]`."""
  with torch.no_grad():
    parts = [network.encode(batch) for batch in hits.split(_BATCH)]
  return torch.cat([mu for mu, _ in parts]), torch.cat([s for _, s in parts])


def fit(
    network: autoencoder.Autoencoder, hits: torch.Tensor, *, seed: int
) -> FittedSampler:
  """Fits the sampler of a model's kind to training patterns `[n, 448]`."""
  if isinstance(network, stepwise.Stepwise):
    return FittedSampler(MIXTURE, _mixture(network, hits, seed))
  if isinstance(network, vae.Vae):
    return FittedSampler(PRIOR, {
        'mean': torch.zeros(network.z_size), 'std': torch.ones(network.z_size),
    })
  mu, _ = posteriors(network, hits)
  return FittedSampler(NORMAL, {'mean': mu.mean(0), 'std': mu.std(0)})


def _mixture(
    network: autoencoder.Autoencoder, hits: torch.Tensor, seed: int
) -> dict[str, torch.Tensor]:
  """Fits a mixture of diagonal normals to draws from the posteriors."""
  from sklearn import mixture  # pylint: disable=g-import-not-at-top

  mu, sigma = posteriors(network, hits)
  noise = np.random.default_rng(seed).standard_normal(mu.shape)
  draws = mu.cpu().numpy() + sigma.cpu().numpy() * noise
  components = max(1, min(
      _MAX_COMPONENTS, len(draws) // _PATTERNS_PER_COMPONENT
  ))
  fitted = mixture.GaussianMixture(
      components, covariance_type='diag', max_iter=50, tol=1e-2,
      reg_covar=1e-3, random_state=seed,
  ).fit(draws)
  return {
      'weights': torch.from_numpy(fitted.weights_).float(),
      'means': torch.from_numpy(fitted.means_).float(),
      'stds': torch.from_numpy(np.sqrt(fitted.covariances_)).float(),
  }
