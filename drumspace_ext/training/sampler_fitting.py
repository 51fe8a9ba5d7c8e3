"""Sampler fitting: where in the latent space the training patterns lie.

Published: a VAE draws z from N(0, I); AE and ACAI from independent normals with
the mean and standard deviation of the training set's latents. The stepwise
model draws around the training patterns: from their posteriors, widened. What
it keeps of each is a draw from there and the rest of the width, which comes to
the same distribution and holds no more of the training patterns than other
draws do.
"""

import dataclasses
import math

import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import stepwise
from drumspace_ext.models import vae

PRIOR, NORMAL, POSTERIORS = 'prior', 'normal', 'posteriors'
# Wider leads away from the training patterns (fewer copies) and from beats; 1.9
# keeps precision and recall (tests/benchmarks/RESULTS.md has the curve).
_POSTERIOR_SPREAD = 1.9
# The part of the width that is drawn when the sampler is fitted.
_DRAWN_SPREAD = 1.6
_BATCH = 4096


@dataclasses.dataclass(frozen=True)
class FittedSampler:
  """A distribution over z.

  Attributes:
    kind: `PRIOR`, `NORMAL` or `POSTERIORS`.
    tensors: `mean` and `std`, float `[z_size]`; of posteriors `means` and
      `stds`, float16 `[num_patterns, z_size]`, one drawn as often as another.
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
  """Fits the sampler of a model's kind to training patterns `[n, 448]`.

  Args:
    network: The model.
    hits: float `[n, 448]`.
    seed: Of what is drawn.
  """
  mu, sigma = posteriors(network, hits)
  if isinstance(network, stepwise.Stepwise):
    generator = torch.Generator(mu.device).manual_seed(seed)
    means = vae.draw(mu, _DRAWN_SPREAD * sigma, generator)
    rest = math.sqrt(_POSTERIOR_SPREAD**2 - _DRAWN_SPREAD**2)
    return FittedSampler(POSTERIORS, {
        'means': means.half(), 'stds': (rest * sigma).half(),
    })
  if isinstance(network, vae.Vae):
    return FittedSampler(PRIOR, {
        'mean': torch.zeros(network.z_size), 'std': torch.ones(network.z_size),
    })
  return FittedSampler(NORMAL, {'mean': mu.mean(0), 'std': mu.std(0)})
