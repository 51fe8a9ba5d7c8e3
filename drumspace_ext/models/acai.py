"""ACAI: the adversarially constrained autoencoder (Berthelot et al. 2018).

A critic looks at the decoding of two mixed latents and guesses the mixing
coefficient alpha in [0, 0.5]; the autoencoder tries to make it guess 0, so that
what lies between two patterns decodes to something as real as they are. The
paper's code calls the critic `disc`, its weight `advweight` and gamma `reg`.
"""

import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import configs
from drumspace_ext.models import layers


class Acai(autoencoder.Autoencoder):
  """An autoencoder with a critic of the encoder's shape."""

  config: configs.AcaiConfig

  def __init__(self, config: configs.AcaiConfig):
    super().__init__(config)
    self.critic = layers.fully_connected(
        (autoencoder.NUM_BITS, *config.hidden_sizes, config.z_size)
    )

  def _critic(self, hits: torch.Tensor) -> torch.Tensor:
    """Returns the guessed coefficient, float `[batch]`: a mean of outputs."""
    return self.critic(hits).mean(-1)

  def losses(
      self, hits: torch.Tensor, *, train_step: int,
      generator: torch.Generator, measured: bool = True,
  ) -> autoencoder.Losses:
    """Returns the losses of the autoencoder and of the critic together.

    As in the paper's code, the reconstruction counts by its mean over the bits;
    by its sum it would drown the critic's verdict. Each has its own parameters:
    the critic is frozen where it judges for the autoencoder, and the
    autoencoder is cut off where the critic learns.
    """
    del train_step
    z = self.encoder(hits)
    decoded = self.decode(z)
    reconstruction = layers.bit_loss(decoded, hits, measured=measured)
    alpha = 0.5 * torch.rand(
        (len(hits), 1), generator=generator, device=hits.device
    )
    mixed = torch.sigmoid(self.decode(torch.lerp(z, z.flip(0), alpha)))

    self.critic.requires_grad_(False)
    adversarial = self._critic(mixed) ** 2
    self.critic.requires_grad_(True)
    gamma = self.config.critic_reg
    blurred = torch.lerp(torch.sigmoid(decoded.detach()), hits, gamma)
    critic = (
        (self._critic(mixed.detach()) - alpha[:, 0]) ** 2
        + self._critic(blurred) ** 2
    )
    weight = self.config.adversarial_weight
    return autoencoder.Losses(
        total=reconstruction / autoencoder.NUM_BITS + weight * adversarial
        + critic,
        reconstruction=reconstruction, critic=critic, adversarial=adversarial,
    )
