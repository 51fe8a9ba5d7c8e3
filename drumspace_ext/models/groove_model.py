"""Groove models: patterns played as people would, by hits alone.

A `GrooveModel` is a `grooves.Player`. Its mean answer is the likeliest
velocity and offset of each hit. A *drawn* answer is one of many, a take: see
`takes`. A checkpoint has the network of the mean under `network.`, those that
draw under `takes.`, all as float16. It holds no pattern.
"""

import pathlib

import numpy as np
import torch
from torch import nn

from drumspace_ext import errors
from drumspace_ext.models import checkpoints
from drumspace_ext.models import config_loading
from drumspace_ext.models import groove_answers
from drumspace_ext.models import groove_configs
from drumspace_ext.models import groove_network
from drumspace_ext.models import next_step
from drumspace_ext.models import take_features
from drumspace_ext.models import takes
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes

RECOMMENDED = f'{checkpoints.SHIPPED}groove'
_NETWORK, _TAKES = 'network.', 'takes.'
_BATCH = 1024
_MAX_OFFSET = 0.5


def _rounded(network: nn.Module) -> None:
  """Rounds weights as a checkpoint does."""
  network.eval().requires_grad_(False)
  network.load_state_dict({
      name: value.half().float() for name, value in network.state_dict().items()
  })


class GrooveModel:
  """Plays patterns; see `grooves.Player`."""

  def __init__(
      self, settings: groove_configs.GrooveSettings,
      network: groove_network.GrooveNetwork, drawing: takes.TakeNetwork,
  ):
    """Takes the parts of a model; their weights are rounded."""
    self.settings, self.network, self.drawing = settings, network, drawing
    _rounded(network)
    _rounded(drawing)

  def __repr__(self) -> str:
    return f'GrooveModel({self.settings.name!r})'

  @property
  def level(self) -> float:
    """The mean velocity of all training patterns."""
    return self.network.level.item()

  def deviations(self, hits: np.ndarray) -> np.ndarray:
    """Returns how hits differ from the mean of their pattern.

    Args:
      hits: bool `[num_patterns, 32, 14]`.

    Returns:
      float32 `[num_patterns, 2, 448]`: MIDI velocities, and offsets in steps.
    """
    flat = torch.from_numpy(
        hits.reshape(-1, groove_answers.NUM_CELLS).astype(np.float32)
    )
    scales = np.array(groove_network.SCALES, np.float32)[:, None]
    if not len(flat):
      return np.zeros((0, 2, groove_answers.NUM_CELLS), np.float32)
    with torch.inference_mode():
      parts = [self.network(batch) for batch in flat.split(_BATCH)]
    return torch.cat(parts).numpy() * scales

  def __call__(self, hits: np.ndarray) -> grooves.Groove:
    """Returns the mean answer for patterns, bool `[num_patterns, 32, 14]`."""
    velocities, offsets = np.moveaxis(self.deviations(hits), 1, 0)
    return _groove(self.level + velocities, offsets)

  def drawn(self, hits: np.ndarray, *, seed: int) -> grooves.Groove:
    """Returns one of many answers for patterns.

    Args:
      hits: bool `[num_patterns, 32, 14]`.
      seed: Of which one it is.
    """
    velocities, ticks = np.moveaxis(
        takes.drawn(self.drawing, hits, seed=seed), 1, 0
    )
    return _groove(velocities, ticks / take_features.TICKS)

  def drawer(self, seed: int) -> grooves.Player:
    """Returns the player whose answers are drawn."""
    return lambda hits: self.drawn(hits, seed=seed)

  def log_likelihoods(self, left: np.ndarray, answer: int) -> np.ndarray:
    """Returns how likely it is what the mean answer leaves, in nats.

    Args:
      left: Differences of hits from it, in velocities or steps.
      answer: `groove_answers.VELOCITY` or `OFFSET`.
    """
    scale = groove_network.SCALES[answer]
    spreads = self.network.spreads[answer].numpy().astype(np.float64) * scale
    shares = self.network.shares[answer].numpy().astype(np.float64)
    z = np.asarray(left, np.float64)[..., None] / spreads
    density = np.exp(-z * z / 2) / spreads / np.sqrt(2 * np.pi)
    return np.log((density * shares / shares.sum()).sum(-1) + 1e-300)


def _groove(velocities: np.ndarray, offsets: np.ndarray) -> grooves.Groove:
  shape = -1, step_codes.NUM_STEPS, step_codes.NUM_VOICES
  return grooves.Groove(
      velocities=np.clip(velocities, 1, 127).astype(np.float64).reshape(shape),
      offsets=np.clip(offsets, -_MAX_OFFSET, _MAX_OFFSET)
      .astype(np.float64).reshape(shape),
  )


def write(
    path: pathlib.Path, model: GrooveModel, metadata: dict[str, object]
) -> None:
  """Writes a model as a checkpoint.

  Args:
    path: The file.
    model: The model.
    metadata: What else is to be known of it: `train_step`, `data_digest`, ...

  Raises:
    OutputError: If it can't be written.
  """
  parts = {_NETWORK: model.network, _TAKES: model.drawing}
  checkpoints.write(path, {
      f'{prefix}{name}': value.half() for prefix, part in parts.items()
      for name, value in part.state_dict().items()
  }, {'config': model.settings.to_dict(), **metadata})


def load(name: str) -> GrooveModel:
  """Reads a groove model.

  Args:
    name: `shipped:NAME`, a run directory or a file.

  Raises:
    CheckpointError: If there is none, or it is something else.
  """
  path = checkpoints.find(name)
  tensors, metadata = checkpoints.read(path)
  # Its settings are of a kind of their own.
  continues = any(key.startswith(next_step.PREFIX) for key in tensors)
  settings = None if continues else config_loading.any_from_dict(
      metadata.get('config'), str(path)
  )
  if not isinstance(settings, groove_configs.GrooveSettings):
    what = 'continues beats' if continues else 'makes patterns'
    raise errors.CheckpointError(
        f'{name} {what} and does not play them. Give --groove a model trained '
        f'with --config={groove_configs.KIND}, or {RECOMMENDED}.'
    )
  network = groove_network.GrooveNetwork(settings.model)
  drawing = takes.TakeNetwork(settings.model)
  try:
    for prefix, part in ((_NETWORK, network), (_TAKES, drawing)):
      part.load_state_dict({
          key.removeprefix(prefix): value.float()
          for key, value in tensors.items() if key.startswith(prefix)
      })
      if not all(v.isfinite().all() for v in part.state_dict().values()):
        raise ValueError('its weights are no numbers')
    return GrooveModel(settings, network, drawing)
  except (RuntimeError, TypeError, ValueError) as e:
    first = str(e).strip().split('\n')[0]
    raise errors.CheckpointError(
        f'{path} does not hold a whole groove model: {first}'
    ) from e
