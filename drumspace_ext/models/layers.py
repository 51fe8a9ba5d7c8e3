"""Layers: stacks that several models are made of, and losses of bits."""

from collections.abc import Sequence
import itertools
import math

import torch
from torch import nn
from torch.nn import functional


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


def ordered_logits(
    bits: torch.Tensor, head: torch.Tensor, inputs: torch.Tensor,
    outputs: torch.Tensor, bias: torch.Tensor,
) -> torch.Tensor:
  """Returns the logit of each bit given those before it of the same row.

  Args:
    bits: float 0 or 1, `[..., num_bits]`.
    head: What is known before the first, `[..., voice_head_size]`.
    inputs: What a bit that is set adds to the head, `[num_bits, ...]`.
    outputs: What the head says of a bit, likewise.
    bias: Is added to each logit, `[..., num_bits]`.
  """
  count = bits.shape[-1]
  # A product with a triangle of inputs, where a sum that runs takes longer.
  earlier = torch.ones(count, count, device=bits.device).triu(1)
  adds = (earlier[..., None] * inputs[:, None]).flatten(1)
  before = (bits @ adds).unflatten(-1, (count, -1))
  live = functional.gelu(head[..., None, :] + before)
  return (live * outputs).sum(-1) + bias
