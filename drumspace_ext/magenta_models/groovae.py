"""GrooVAE's two bars: a MusicVAE that also writes how hits are played.

A step has 27 numbers: of each of nine classes whether it is struck, its
velocity (0 to 1) and how early it is (-1 to 1 for half a step). What Magenta's
configurations were taught to hear of a beat differs, not their networks:

  groovae_2bar_humanize            hits alone
  groovae_2bar_tap_fixed_velocity  that something is struck, on one class;
                                   so also ..._note_dropout
  groovae_2bar_add_closed_hh       all but the closed hi-hat, with velocities

The name of the file says which it is; else it is the first (Gillick et al.
2019, `GrooveConverter` and `GrooveLstmDecoder` of Magenta 2.1.4).
"""

import numpy as np
import torch

from drumspace_ext import errors
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.magenta_models import drum_classes
from drumspace_ext.magenta_models import music_vae
from drumspace_ext.magenta_models import weights as weights_lib
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

_CLASSES = drum_classes.NUM_CLASSES
# Hits, velocities, offsets.
_PARTS = 3
DEPTH = _PARTS * _CLASSES
_HUMANIZE, _TAP, _ADD = (
    f'groovae_2bar_{name}'
    for name in ('humanize', 'tap_fixed_velocity', 'add_closed_hh')
)
_CLOSED_HAT, _TAPPED = 2, 3
# As note_seq plays what says nothing of it.
_VELOCITY = 100 / 127


class GrooVae(music_vae.MusicVae):
  """The network; see `music_vae.MusicVae`."""

  def __init__(self, checkpoint: checkpoint_files.MagentaCheckpoint):
    """Takes the weights; see `music_vae.MusicVae`."""
    self._named = checkpoint.generator
    super().__init__(checkpoint)

  def _classes_of(self, size: int) -> int:
    if size != DEPTH:
      raise errors.CheckpointError(f'its encoder reads {size} inputs a step')
    return _CLASSES

  def _depth_of(self, nade: bool) -> int:
    if nade:
      raise errors.CheckpointError('no GrooVAE has a NADE')
    return DEPTH

  def _name(self) -> str:
    return self._named or _HUMANIZE

  def _inputs(self, rows: np.ndarray) -> np.ndarray:
    hits = drum_classes.hits_to_rolls(rows).astype(np.float32)
    velocities = np.zeros_like(hits)
    if self.configuration.startswith(_TAP):
      tapped = np.zeros_like(hits)
      tapped[..., _TAPPED] = hits.any(-1)
      hits = tapped
    elif self.configuration == _ADD:
      hits[..., _CLOSED_HAT] = 0
      velocities = hits * np.float32(_VELOCITY)
    return np.concatenate([hits, velocities, np.zeros_like(hits)], axis=-1)

  def outputs(
      self, z: torch.Tensor, *, hits: torch.Tensor | None = None,
      temperature: float = 0.0, threshold: float = 0.5,
      generator: torch.Generator | None = None,
  ) -> tuple[torch.Tensor, torch.Tensor]:
    """Writes two bars of each latent vector.

    Args:
      z: float `[batch, z_size]`.
      hits: What is struck, bool `[batch, 32, 9]`; drawn if None.
      temperature: See `draw_hits`.
      threshold: Likewise.
      generator: Likewise.

    Returns:
      (steps, logits): hits, velocities and offsets as the network writes them,
      and the logits of hits, float `[batch, 32, 27]` and `[batch, 32, 9]`.
    """
    state, given, steps, logits = self._start(z), None, [], []
    for step in range(step_codes.NUM_STEPS):
      output, state = self._step(z, given, state)
      logit, velocity, offset = output.chunk(_PARTS, dim=-1)
      if hits is not None:
        struck = hits[:, step]
      elif temperature > 0:
        chance = torch.sigmoid(logit / temperature)
        struck = torch.rand(
            chance.shape, generator=generator, device=chance.device
        ) < chance
      else:
        struck = torch.sigmoid(logit) > threshold
      given = torch.cat([
          struck.float(), torch.sigmoid(velocity), torch.tanh(offset)
      ], dim=-1)
      steps.append(given)
      logits.append(logit)
    return torch.stack(steps, dim=1), torch.stack(logits, dim=1)

  def draw_hits(
      self, z: torch.Tensor, *, temperature: float, threshold: float,
      generator: torch.Generator | None,
  ) -> torch.Tensor:
    """Writes a pattern for each latent vector; see `music_vae.MusicVae`."""
    steps, _ = self.outputs(
        z, temperature=temperature, threshold=threshold, generator=generator
    )
    struck = steps[..., :_CLASSES].cpu().numpy() > 0.5
    hits = torch.from_numpy(drum_classes.rolls_to_hits(struck))
    return hits.flatten(1).to(z.device)

  def play(
      self, hits: np.ndarray, *, generator: torch.Generator | None = None
  ) -> tuple[np.ndarray, np.ndarray]:
    """Returns how patterns are played: each heard, and written again.

    Args:
      hits: bool `[batch, 32, 14]`; a voice without a class of its own is played
        as the one that it is folded into.
      generator: Draws one of many ways; None takes that of mu.

    Returns:
      (velocities, offsets), float64 `[batch, 32, 14]`: 0 to 1, and how late in
      steps, -0.5 to 0.5.
    """
    z, sigma = self.encode(torch.from_numpy(
        hits.reshape(len(hits), -1).astype(np.float32)
    ))
    if generator is not None:
      z = z + sigma * torch.randn(z.shape, generator=generator)
    rolls = torch.from_numpy(drum_classes.hits_to_rolls(hits))
    steps = self.outputs(z, hits=rolls)[0].numpy().astype(np.float64)
    of_voice = drum_classes.hits_to_rolls(
        np.eye(voices.NUM_VOICES, dtype=np.bool_)
    ).argmax(-1)
    _, velocities, offsets = np.split(steps, _PARTS, axis=-1)
    # Magenta's offsets say how early a hit is.
    return velocities[..., of_voice], -offsets[..., of_voice] / 2


def network_of(
    checkpoint: checkpoint_files.MagentaCheckpoint
) -> music_vae.MusicVae:
  """Builds the MusicVAE that a checkpoint holds, a GrooVAE or another.

  Raises:
    CheckpointError: If it is none that can be played here.
  """
  prefix = next(music_vae.encoder_prefixes(
      weights_lib.Weights(checkpoint.tensors)
  ), None)
  if prefix:
    kernel = checkpoint.tensors[f'{prefix[0]}kernel']
    units = checkpoint.tensors.get(f'{prefix[0]}bias', np.zeros(0)).size // 4
    if kernel.ndim == 2 and kernel.shape[0] - units == DEPTH:
      return GrooVae(checkpoint)
  return music_vae.MusicVae(checkpoint)
