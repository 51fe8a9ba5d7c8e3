"""Foretelling: how many hits of a block will differ, told beforehand.

A beat is made of repeats (`plans`): its second beat varies the first, its
second half bar the first, its second bar the first. Each is a *block*, of 4, 8
and 16 steps, that begins where its model ends. What is foretold of a block is
one of five classes: none of its hits differs from its model, one, 2 or 3, 4 to
7, or more, of all voices together. What is more than the class allows is not
written: from then on the block is a copy.

Tensors of hits are float 0 or 1, `[..., 14]` at their end.
"""

import typing

import torch
from torch.nn import functional

from drumspace_ext.models import plans
from drumspace_ext.patterns import step_codes

_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
# The differences that a class begins with.
LEAST = (0, 1, 2, 4, 8)
NUM_CLASSES = len(LEAST)
# Of each block the class, and again while there are too few differences.
NUM_INPUTS = 2 * len(plans.BLOCKS) * NUM_CLASSES


def most(classes: torch.Tensor) -> torch.Tensor:
  """Returns how many differences classes allow, float of the same shape."""
  last = [least - 1 for least in LEAST[1:]] + [_STEPS * _VOICES]
  return torch.tensor(last, device=classes.device).float()[classes]


def least(classes: torch.Tensor) -> torch.Tensor:
  """Returns how many differences classes ask for, float of the same shape."""
  return torch.tensor(LEAST, device=classes.device).float()[classes]


def of_counts(counts: torch.Tensor) -> torch.Tensor:
  """Returns the class of each count of differences, int64."""
  bounds = torch.tensor(LEAST[1:], device=counts.device).float()
  return torch.bucketize(counts.contiguous(), bounds, right=True)


def inputs(
    number: int, classes: torch.Tensor, counts: torch.Tensor
) -> torch.Tensor:
  """Returns what the network is told of a block, float `[..., 30]`.

  Args:
    number: Which block.
    classes: int64 `[...]`.
    counts: Differences of the block so far, float `[...]`.
  """
  told = functional.one_hot(classes, NUM_CLASSES).float()
  owed = told * (counts < least(classes))[..., None]
  size = 2 * NUM_CLASSES
  return functional.pad(
      torch.cat([told, owed], dim=-1),
      (number * size, (len(plans.BLOCKS) - 1 - number) * size),
  )


class Foretold(typing.NamedTuple):
  """What is foretold of patterns, and what that leaves open.

  Attributes:
    classes: Of each block, int64 `[batch, 3]`.
    inputs: What the network is told at each step, float `[batch, 32, 30]`.
    forced: Which bits are copies for certain, bool `[batch, 32, 14]`.
  """

  classes: torch.Tensor
  inputs: torch.Tensor
  forced: torch.Tensor


def of_patterns(rows: torch.Tensor) -> Foretold:
  """Foretells what patterns will do, hits `[batch, 32, 14]`."""
  first = plans.BLOCKS[0]
  classes, told = [], [rows.new_zeros(len(rows), first, NUM_INPUTS)]
  forced = [torch.zeros_like(rows[:, :first], dtype=torch.bool)]
  for number, block in enumerate(plans.BLOCKS):
    differs = (rows[:, block:2 * block] - rows[:, :block]).abs()
    flat = differs.flatten(1)
    before = (flat.cumsum(1) - flat).unflatten(1, (block, _VOICES))
    drawn = of_counts(flat.sum(1))
    classes.append(drawn)
    told.append(inputs(
        number, drawn[:, None].expand(-1, block), before[..., 0]
    ))
    forced.append(before >= most(drawn)[:, None, None])
  return Foretold(
      torch.stack(classes, dim=1), torch.cat(told, dim=1),
      torch.cat(forced, dim=1),
  )
