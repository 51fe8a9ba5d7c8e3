"""The autoencoder, and the interface that all models share.

Published: encoder 448-64-32-4, decoder mirrored, fully connected, ReLU between
layers, sigmoid on the output bits, linear latent. The sigmoid is left to
whoever needs probabilities: a bit is above 0.5 where its logit is above 0.
"""

import typing

import numpy as np
import torch
from torch import nn

from drumspace_ext.models import configs
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import layers
from drumspace_ext.patterns import step_codes

NUM_BITS = step_codes.NUM_STEPS * step_codes.NUM_VOICES


class Losses(typing.NamedTuple):
  """Loss terms of a batch, each float `[batch]`, in nats where they are.

  Attributes:
    total: What is minimized.
    reconstruction: Cross-entropy of the hits.
    kl: Divergence from the prior, or None.
    critic: The critic's own loss, or None; it is part of `total`.
    adversarial: The critic's verdict on mixed latents, or None.
  """

  total: torch.Tensor
  reconstruction: torch.Tensor
  kl: torch.Tensor | None = None
  critic: torch.Tensor | None = None
  adversarial: torch.Tensor | None = None


class Weights(typing.NamedTuple):
  """What others need to compute as a network does.

  Attributes:
    decoder: Which rules its decoder goes by: `fully_connected`, `stepwise` or
      `planned`. Encoders are fully connected, their first outputs are mu.
    z_size: Dimensions of the latent vector.
    settings: Numbers of the decoder's rules, as JSON can hold them.
    tensors: float32, by torch's names.
  """

  decoder: str
  z_size: int
  settings: dict[str, object]
  tensors: dict[str, np.ndarray]

  def __repr__(self) -> str:
    return (
        f'Weights({self.decoder!r}, z_size={self.z_size}, '
        f'tensors={len(self.tensors)})'
    )


class Autoencoder(nn.Module):
  """The deterministic autoencoder; the other models derive from it.

  Patterns go in as float 0 or 1, `[batch, 448]`, step by step.
  """

  # What checkpoints hold its weights in.
  saved_dtype = torch.float32
  # Independent bits: the likelier value of each, as published.
  default_temperature = 0.0
  # Whether its draws are made as frequent as real patterns (`corrections`).
  is_corrected = False
  # Whether the page of a map can compute as it does.
  fits_page = True

  def __init__(self, config: configs.AeConfig):
    """Makes the layers; their weights come from torch's global generator."""
    super().__init__()
    self.config = config
    self.z_size = config.z_size
    self.encoder = layers.fully_connected(
        (NUM_BITS, *config.hidden_sizes, self._encoder_outputs())
    )
    self.decoder = layers.fully_connected(
        (config.z_size, *reversed(config.hidden_sizes), NUM_BITS)
    )

  def _encoder_outputs(self) -> int:
    return self.config.z_size

  def saved_tensors(self) -> dict[str, torch.Tensor]:
    """Returns what a checkpoint holds of it: all but a critic.

    In `saved_dtype`; a tensor with numbers too large for it stays as it is.
    """
    tensors = {}
    for name, value in self.state_dict().items():
      if not name.startswith('critic.'):
        saved = value.to(self.saved_dtype)
        tensors[name] = saved if saved.isfinite().all() else value
    return tensors

  def fit_sampler(
      self, mu: torch.Tensor, sigma: torch.Tensor, *, seed: int
  ) -> fitted_samplers.FittedSampler:
    """Returns what z is drawn from, fitted to the training patterns.

    Args:
      mu: Their latents, float `[n, z_size]`.
      sigma: The standard deviations of their posteriors, likewise.
      seed: Of what is drawn.
    """
    del sigma, seed
    return fitted_samplers.normal(mu)

  def weights(self) -> Weights:
    """Returns what others need to compute as it does."""
    return Weights('fully_connected', self.z_size, {}, {
        name: value.detach().float().cpu().numpy()
        for name, value in self.state_dict().items()
        if name.startswith(('encoder.', 'decoder.'))
    })

  def encode(self, hits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns the posterior of each pattern.

    Args:
      hits: float `[batch, 448]`.

    Returns:
      (mu, sigma), float `[batch, z_size]`; sigma is 0 where a model has none.
    """
    mu = self.encoder(hits)
    return mu, torch.zeros_like(mu)

  def decode(self, z: torch.Tensor) -> torch.Tensor:
    """Returns the logits of all bits, float `[batch, 448]`."""
    return self.decoder(z)

  def draw_hits(
      self, z: torch.Tensor, *, temperature: float, threshold: float,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Returns a pattern for each latent vector.

    Args:
      z: float `[batch, z_size]`.
      temperature: Logits are divided by it before each bit is drawn; at 0, as
        published, a bit is set where its probability is above `threshold`.
      threshold: Probability, only for temperature 0.
      generator: Draws the bits; None is allowed at temperature 0.

    Returns:
      bool `[batch, 448]`.
    """
    logits = self.decode(z)
    if temperature > 0:
      chance = torch.sigmoid(logits / temperature)
      uniform = torch.rand(
          chance.shape, generator=generator, device=chance.device
      )
      return uniform < chance
    return logits > torch.logit(torch.tensor(threshold)).item()

  def draw_once(
      self, z: torch.Tensor, *, temperature: float, threshold: float,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Returns the same as `draw_hits`, but nothing of it is drawn again."""
    return self.draw_hits(
        z, temperature=temperature, threshold=threshold, generator=generator
    )

  def reconstruct(self, hits: torch.Tensor) -> torch.Tensor:
    """Returns what patterns `[batch, 448]` decode to again, bool."""
    mu, _ = self.encode(hits)
    return self.draw_hits(mu, temperature=0.0, threshold=0.5, generator=None)

  def losses(
      self, hits: torch.Tensor, *, train_step: int,
      generator: torch.Generator, measured: bool = True,
  ) -> Losses:
    """Returns the losses of a batch.

    Args:
      hits: float `[batch, 448]`.
      train_step: Optimizer updates so far, for warm-ups.
      generator: For whatever a model draws.
      measured: Whether numbers are wanted and not only gradients; a model may
        then leave out what `layers.bit_loss` does.
    """
    del train_step, generator
    reconstruction = layers.bit_loss(
        self.decode(self.encoder(hits)), hits, measured=measured
    )
    return Losses(total=reconstruction, reconstruction=reconstruction)
