"""GrooVAE as a player: how a Magenta model plays patterns that are given.

A pattern is heard, and written again with its own hits; what stays is how hard
and how late they are. A mean answer is that of mu, a drawn one that of a latent
vector around it.
"""

import pathlib

import numpy as np
import torch

from drumspace_ext import errors
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.magenta_models import groovae
from drumspace_ext.patterns import grooves

_BATCH = 1024
_MAX_VELOCITY, _MAX_OFFSET = 127, 0.5


class GroovaePlayer:
  """Plays patterns; see `grooves.Player`."""

  def __init__(self, network: groovae.GrooVae, seed: int | None = None):
    """Takes the network; a seed draws one of many answers."""
    self._network, self._seed = network, seed

  @property
  def draws_in_turn(self) -> bool:
    """Whether what a pattern gets depends on those asked for with it."""
    return self._seed is not None

  def __call__(self, hits: np.ndarray) -> grooves.Groove:
    """Returns how patterns, bool `[num_patterns, 32, 14]`, are played."""
    generator = None
    if self._seed is not None:
      generator = torch.Generator().manual_seed(self._seed)
    velocities, offsets = np.zeros(hits.shape), np.zeros(hits.shape)
    with torch.no_grad():
      for start in range(0, len(hits), _BATCH):
        part = slice(start, start + _BATCH)
        velocities[part], offsets[part] = self._network.play(
            hits[part], generator=generator
        )
    return grooves.Groove(
        velocities=np.clip(velocities * _MAX_VELOCITY, 1, _MAX_VELOCITY),
        offsets=np.clip(offsets, -_MAX_OFFSET, _MAX_OFFSET),
    )


def of_checkpoint(
    checkpoint: checkpoint_files.MagentaCheckpoint, path: pathlib.Path, *,
    seed: int | None = None,
) -> GroovaePlayer:
  """Makes a player of Magenta's weights.

  Args:
    checkpoint: What the file holds.
    path: Where it is, for messages.
    seed: Of one of many answers; None plays the mean one.

  Raises:
    CheckpointError: If it is no GrooVAE, or can't be played.
  """
  title = checkpoint_files.TITLES[checkpoint.kind]
  if checkpoint.kind == checkpoint_files.MUSIC_VAE:
    try:
      network = groovae.network_of(checkpoint)
    except errors.CheckpointError as e:
      raise errors.CheckpointError(
          f"{path} is {title}, which can't be played: {e}."
      ) from e
    if isinstance(network, groovae.GrooVae):
      return GroovaePlayer(network.eval(), seed)
    title = f'{title}, {network.configuration}'
  raise errors.CheckpointError(
      f'{path} is {title}, which says nothing of how hits are played. Give '
      '--groove a GrooVAE of two bars, or a groove model.'
  )
