"""The variational autoencoder (Kingma, Welling 2013) in the published sizes."""

import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import configs
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import layers

# Keeps sigma and its gradient finite at the start of training.
_LOG_SIGMA_LIMITS = (-6.0, 3.0)


def draw(
    mu: torch.Tensor, sigma: torch.Tensor, generator: torch.Generator
) -> torch.Tensor:
  """Draws from normals, with gradients to their parameters."""
  noise = torch.randn(mu.shape, generator=generator, device=mu.device)
  return mu + sigma * noise


def kl_nats(mu: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
  """Divergence of normals from the standard normal, float `[batch]`."""
  return 0.5 * (mu**2 + sigma**2 - 1 - 2 * sigma.log()).sum(-1)


class Vae(autoencoder.Autoencoder):
  """An autoencoder with a normal posterior and a standard normal prior."""

  config: configs.VaeConfig

  def _encoder_outputs(self) -> int:
    return 2 * self.config.z_size

  def encode(self, hits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns (mu, sigma) of the posterior, float `[batch, z_size]`."""
    mu, log_sigma = self.encoder(hits).chunk(2, dim=-1)
    return mu, log_sigma.clamp(*_LOG_SIGMA_LIMITS).exp()

  def fit_sampler(
      self, mu: torch.Tensor, sigma: torch.Tensor, *, seed: int
  ) -> fitted_samplers.FittedSampler:
    """Returns the prior, as published."""
    del mu, sigma, seed
    return fitted_samplers.prior(self.z_size)

  def _reconstruction(
      self, z: torch.Tensor, hits: torch.Tensor, measured: bool
  ) -> torch.Tensor:
    return layers.bit_loss(self.decode(z), hits, measured=measured)

  def losses(
      self, hits: torch.Tensor, *, train_step: int,
      generator: torch.Generator, measured: bool = True,
  ) -> autoencoder.Losses:
    """Returns the terms of the ELBO with a warmed-up weight of the KL."""
    mu, sigma = self.encode(hits)
    kl = kl_nats(mu, sigma)
    reconstruction = self._reconstruction(
        draw(mu, sigma, generator), hits, measured
    )
    warm = min(1.0, (train_step + 1) / max(self.config.beta_warmup_steps, 1))
    return autoencoder.Losses(
        total=reconstruction + self.config.beta * warm * kl,
        reconstruction=reconstruction, kl=kl,
    )
