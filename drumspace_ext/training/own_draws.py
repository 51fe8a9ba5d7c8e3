"""Own draws: what a model writes while its sampler is fitted to that."""

import numpy as np
import torch

from drumspace_ext.models import fitted_samplers
from drumspace_ext.patterns import step_codes


def around(
    sampler: fitted_samplers.FittedSampler, device: torch.device, *, seed: int
) -> tuple[torch.Tensor, torch.Generator]:
  """Draws once around each mean of a sampler.

  Args:
    sampler: Where a model draws, of kind `POSTERIORS`.
    device: Of what is returned.
    seed: Of what is drawn.

  Returns:
    (latent vectors, float `[num_means, z_size]`; what draws on from there).
  """
  means, stds = (
      sampler.tensors[name].float().to(device) for name in ('means', 'stds')
  )
  generator = torch.Generator(device).manual_seed(seed)
  noise = torch.randn(means.shape, generator=generator, device=device)
  return means + stds * noise, generator


def patterns(flat: torch.Tensor) -> np.ndarray:
  """Returns patterns `[n, 448]` as bool `[n, 32, 14]`."""
  return (flat > 0.5).cpu().numpy().reshape(
      -1, step_codes.NUM_STEPS, step_codes.NUM_VOICES
  )
