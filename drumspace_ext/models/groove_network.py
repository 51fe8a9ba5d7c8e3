"""The groove network: hits to the velocity and offset of each.

A hit's answer is the sum of three: a table by step and voice, a small network's
correction of it for these hits, and what a *memory* of patterns does otherwise,
those counting most that differ in few hits. All three say how a hit differs
from the mean of its pattern, which is put back at the end: the level of a
performance is a matter of its instrument. A model may have no memory: then the
other two are all.

Answers are scaled: velocities by `SCALES[0]`, offsets by `SCALES[1]`.
"""

import numpy as np
import torch
from torch import nn

from drumspace_ext.models import configs
from drumspace_ext.models import groove_memory
from drumspace_ext.models import groove_residuals

SCALES = (10.0, 0.1)
# What of a remembered hit's weight counts against it, so that a pattern far
# from all that are known is played by the other two.
PRIOR = 0.3
NUM_SPREADS = 3
_CELLS, _ANSWERS = groove_memory.NUM_CELLS, groove_memory.NUM_ANSWERS
# Hits are few: at 2 the first layer's units are as wide awake as others.
INPUT_SCALE = 2.0


def centred(values: torch.Tensor, hits: torch.Tensor) -> torch.Tensor:
  """Takes the mean over hits out, as `groove_memory.centred`."""
  struck = hits[:, None]
  counts = struck.sum(-1, keepdim=True).clamp(min=1)
  return (values - (values * struck).sum(-1, keepdim=True) / counts) * struck


class GrooveNetwork(nn.Module):
  """The table, the network and the spreads of a groove model."""

  table: torch.Tensor
  level: torch.Tensor
  spreads: torch.Tensor
  shares: torch.Tensor
  common: torch.Tensor

  def __init__(self, config: configs.GrooveConfig):
    """Makes the layers; their weights come from torch's global generator."""
    super().__init__()
    self.config = config
    width = config.hidden_size
    self.layers = nn.Sequential(
        nn.Linear(_CELLS, width), nn.ReLU(), nn.Dropout(config.dropout),
        nn.Linear(width, width), nn.ReLU(), nn.Dropout(config.dropout),
        nn.Linear(width, _ANSWERS * _CELLS),
    )
    # Scaled means by step and voice, and the mean velocity of all.
    self.register_buffer('table', torch.zeros(_ANSWERS, _CELLS))
    self.register_buffer('level', torch.zeros(1))
    # Of what is left: standard deviations, scaled, and how common each is.
    self.register_buffer('spreads', torch.ones(_ANSWERS, NUM_SPREADS))
    self.register_buffer(
        'shares', torch.full((_ANSWERS, NUM_SPREADS), 1 / NUM_SPREADS)
    )
    # Shares of its variance; see `groove_residuals`.
    self.register_buffer(
        'common', torch.zeros(_ANSWERS, groove_residuals.NUM_COMMON)
    )

  def correction(self, hits: torch.Tensor) -> torch.Tensor:
    """Returns the network's part, scaled, float `[batch, 2, 448]`.

    Args:
      hits: float 0 or 1, `[batch, 448]`.
    """
    return self.layers(INPUT_SCALE * hits).view(-1, _ANSWERS, _CELLS)

  def forward(self, hits: torch.Tensor) -> torch.Tensor:
    """Returns centred answers without a memory, scaled, `[batch, 2, 448]`."""
    return centred(self.table + self.correction(hits), hits)

  def losses(
      self, hits: torch.Tensor, answers: torch.Tensor, known: torch.Tensor
  ) -> torch.Tensor:
    """Returns the mean squared errors of a batch, float `[2]`.

    Args:
      hits: float 0 or 1, `[batch, 448]`.
      answers: Centred and scaled, float `[batch, 2, 448]`.
      known: 0 where a pattern says nothing of an answer, float `[batch, 2]`.
    """
    squares = ((answers - self(hits))**2).sum(-1) * known
    return squares.sum(0) / (hits.sum(-1, keepdim=True) * known).sum(0).clamp(
        min=1
    )


class Remembered:
  """What a memory does otherwise than a network's table."""

  def __init__(
      self, network: GrooveNetwork, memory: groove_memory.Memory
  ):
    """Works out what is asked for each time."""
    hits = memory.hits()
    scaled = memory.answers() / np.array(SCALES, np.float32)[:, None]
    table = network.table.numpy()
    left = groove_memory.centred(scaled, hits)
    left = left - groove_memory.centred(table, hits)
    known = memory.known().astype(np.float32)
    self.hits = torch.from_numpy(hits.astype(np.float32))
    self.left = torch.from_numpy(left * known[..., None])
    self.known = torch.from_numpy(known)
    self._weights = torch.from_numpy(memory.weights)
    self._counts = self.hits.sum(-1)
    self._distance = network.config.distance

  def closeness(self, hits: torch.Tensor) -> torch.Tensor:
    """Returns what each remembered pattern counts, `[batch, num_patterns]`."""
    apart = (
        hits.sum(-1, keepdim=True) + self._counts - 2 * hits @ self.hits.T
    )
    return torch.exp(-apart / self._distance) * self._weights

  def __call__(self, hits: torch.Tensor) -> torch.Tensor:
    """Returns its part of the answers, scaled, float `[batch, 2, 448]`."""
    close = self.closeness(hits)
    parts = []
    for answer in range(_ANSWERS):
      counting = close * self.known[:, answer]
      parts.append(
          counting @ self.left[:, answer]
          / (counting @ self.hits + PRIOR)
      )
    return torch.stack(parts, 1)
