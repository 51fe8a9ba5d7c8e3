"""Sampler fitting: what a model draws from, by the training patterns."""

import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import fitted_samplers
from drumspace_ext.training import correction_fitting
from drumspace_ext.training import latent_selection
from drumspace_ext.training import repeat_calibration

_BATCH = 4096
# Classifiers need some of each to tell anything.
_MIN_PATTERNS = 500


def posteriors(
    network: autoencoder.Autoencoder, hits: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
  """Encodes patterns, float `[n, 448]`; returns (mu, sigma) `[n, z_size]`."""
  with torch.no_grad():
    parts = [network.encode(batch) for batch in hits.split(_BATCH)]
  return torch.cat([mu for mu, _ in parts]), torch.cat([s for _, s in parts])


def fit(
    network: autoencoder.Autoencoder, hits: torch.Tensor, *, seed: int
) -> fitted_samplers.FittedSampler:
  """Fits the sampler of a model's kind to training patterns.

  Args:
    network: The model.
    hits: float `[n, 448]`.
    seed: Of what is drawn.
  """
  mu, sigma = posteriors(network, hits)
  sampler = network.fit_sampler(mu, sigma, seed=seed)
  if not network.is_corrected or len(hits) < _MIN_PATTERNS:
    return sampler
  chosen = latent_selection.fit(
      network, hits, mu, sigma,
      correction_fitting.fit(network, hits, sampler, seed=seed), seed=seed,
  )
  # What is drawn now comes up too often elsewhere.
  correction = correction_fitting.fit(network, hits, chosen, seed=seed)
  return fitted_samplers.corrected(chosen, repeat_calibration.calibrated(
      network, hits, chosen, correction, seed=seed
  ))
