"""Fitted samplers: where in the latent space the training patterns lie.

Published: a VAE draws z from N(0, I); AE and ACAI from independent normals with
the mean and standard deviation of the training set's latents. The stepwise
model draws around the training patterns: from their posteriors, widened. What
it keeps of each is a draw from there and the rest of the width, which comes to
the same distribution and holds no more of the training patterns than other
draws do; of several such draws one that promises new beats is kept
(`training.latent_selection`). Which of them a model has, its network says
(`fit_sampler`).
"""

import dataclasses
import math

import torch

from drumspace_ext.models import corrections

PRIOR, NORMAL, POSTERIORS = 'prior', 'normal', 'posteriors'
# Wider leads away from the training patterns (fewer copies) and from beats;
# corrected draws may be nearer (tests/benchmarks/RESULTS.md has the curves).
_POSTERIOR_SPREAD = 1.65
# The part of the width that is drawn when the sampler is fitted.
_DRAWN_SPREAD = 1.6


@dataclasses.dataclass(frozen=True)
class FittedSampler:
  """A distribution over z.

  Attributes:
    kind: `PRIOR`, `NORMAL` or `POSTERIORS`.
    tensors: `mean` and `std`, float `[z_size]`; of posteriors `means` and
      `stds`, float16 `[num_patterns, z_size]`, one drawn as often as another.
      Under `correction.` what `corrections` keeps, if draws are corrected.
  """

  kind: str
  tensors: dict[str, torch.Tensor]


def prior(z_size: int) -> FittedSampler:
  """Returns the standard normal."""
  return FittedSampler(
      PRIOR, {'mean': torch.zeros(z_size), 'std': torch.ones(z_size)}
  )


def normal(mu: torch.Tensor) -> FittedSampler:
  """Returns independent normals fitted to latents, float `[n, z_size]`."""
  return FittedSampler(NORMAL, {'mean': mu.mean(0), 'std': mu.std(0)})


def posteriors(
    mu: torch.Tensor, sigma: torch.Tensor, *, seed: int,
    spread: float = _POSTERIOR_SPREAD, drawn: float = _DRAWN_SPREAD,
) -> FittedSampler:
  """Returns a mixture of widened posteriors.

  Args:
    mu: Their means, float `[n, z_size]`.
    sigma: Their standard deviations, likewise.
    seed: Of the part that is drawn here.
    spread: How many times as wide.
    drawn: What of that is drawn here, no more than all of it.
  """
  generator = torch.Generator(mu.device).manual_seed(seed)
  noise = torch.randn(mu.shape, generator=generator, device=mu.device)
  rest = math.sqrt(spread**2 - drawn**2)
  return FittedSampler(POSTERIORS, {
      'means': (mu + drawn * sigma * noise).half(),
      'stds': (rest * sigma).half(),
  })


def corrected(
    sampler: FittedSampler, correction: corrections.Correction
) -> FittedSampler:
  """Returns a sampler whose draws are corrected."""
  return FittedSampler(sampler.kind, sampler.tensors | {
      f'{corrections.PREFIX}{name}': torch.from_numpy(value)
      for name, value in correction.tensors().items()
  })
