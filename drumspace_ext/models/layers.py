"""Layers: the fully connected stack that the published models are made of."""

from collections.abc import Sequence
import itertools
import math

import torch
from torch import nn


def fully_connected(sizes: Sequence[int]) -> nn.Sequential:
  """Returns linear layers of the given sizes with ReLU between them.

  Args:
    sizes: Widths, input first; the last layer is linear.
  """
  layers: list[nn.Module] = []
  for inputs, outputs in itertools.pairwise(sizes):
    layers += [nn.Linear(inputs, outputs), nn.ReLU()]
  return nn.Sequential(*layers[:-1])


class _Unmeasured(torch.autograd.Function):
  """`bit_loss` by its gradient alone, to the bit that of torch."""

  @staticmethod
  def forward(ctx, logits, hits):
    ctx.save_for_backward(logits, hits)
    return logits.new_full((len(logits),), math.nan)

  @staticmethod
  def backward(ctx, gradient):
    logits, hits = ctx.saved_tensors
    return torch.sigmoid(logits).sub_(hits).mul_(gradient[:, None]), None


def bit_loss(
    logits: torch.Tensor, hits: torch.Tensor, *, measured: bool = True
) -> torch.Tensor:
  """Cross-entropy of hits under independent bits, in nats.

  Args:
    logits: float `[batch, 448]`.
    hits: float 0 or 1, `[batch, 448]`.
    measured: Compute it. Else it is NaN; its gradient, a subtraction, is the
      same, and a train step is a fifteenth shorter without the logarithms.

  Returns:
    float `[batch]`, summed over the bits of each pattern.
  """
  if not measured:
    return _Unmeasured.apply(logits, hits)
  return nn.functional.binary_cross_entropy_with_logits(
      logits, hits, reduction='none'
  ).sum(-1)
