"""Own draws: what a model writes while its sampler is fitted to that."""

import numpy as np
import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import fitted_samplers
from drumspace_ext.patterns import step_codes

_BATCH = 4096


def draw(
    network: autoencoder.Autoencoder, sampler: fitted_samplers.FittedSampler,
    device: torch.device, *, seed: int, once: bool = False,
) -> tuple[torch.Tensor, np.ndarray]:
  """Draws once around each mean of a sampler.

  Args:
    network: The model.
    sampler: Where it draws, of kind `POSTERIORS`.
    device: Where it computes.
    seed: Of what is drawn.
    once: Whether trivial beats are left as they are (`draw_once`).

  Returns:
    (latent vectors, float `[num_means, z_size]`; patterns, bool
    `[num_means, 32, 14]`).
  """
  means, stds = (
      sampler.tensors[name].float().to(device) for name in ('means', 'stds')
  )
  generator = torch.Generator(device).manual_seed(seed)
  noise = torch.randn(means.shape, generator=generator, device=device)
  z = means + stds * noise
  write = network.draw_once if once else network.draw_hits
  with torch.no_grad():
    hits = [
        patterns(write(
            batch, temperature=network.default_temperature, threshold=0.5,
            generator=generator,
        )) for batch in z.split(_BATCH)
    ]
  return z, np.concatenate(hits)


def patterns(flat: torch.Tensor) -> np.ndarray:
  """Returns patterns `[n, 448]` as bool `[n, 32, 14]`."""
  return (flat > 0.5).cpu().numpy().reshape(
      -1, step_codes.NUM_STEPS, step_codes.NUM_VOICES
  )


def classes(hits: np.ndarray) -> np.ndarray:
  """Returns the digests of patterns' classes, sorted, uint64 `[n]`."""
  return np.sort(
      step_codes.class_digests(step_codes.hits_to_step_codes(hits))
  )
