"""Layers: the fully connected stack that the published models are made of."""

from collections.abc import Sequence

import torch
from torch import nn


def fully_connected(sizes: Sequence[int]) -> nn.Sequential:
  """Returns linear layers of the given sizes with ReLU between them.

  Args:
    sizes: Widths, input first; the last layer is linear.
  """
  layers: list[nn.Module] = []
  for inputs, outputs in zip(sizes[:-1], sizes[1:]):
    layers += [nn.Linear(inputs, outputs), nn.ReLU()]
  return nn.Sequential(*layers[:-1])


def bit_loss(logits: torch.Tensor, hits: torch.Tensor) -> torch.Tensor:
  """Cross-entropy of hits under independent bits, in nats.

  Args:
    logits: float `[batch, 448]`.
    hits: float 0 or 1, `[batch, 448]`.

  Returns:
    float `[batch]`, summed over the bits of each pattern.
  """
  return nn.functional.binary_cross_entropy_with_logits(
      logits, hits, reduction='none'
  ).sum(-1)
