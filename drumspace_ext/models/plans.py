"""Plans: which voices will differ from what they played, told beforehand.

A beat is made of repeats: its second beat varies the first, its second half bar
the first, its second bar the first. Each is a *block*, of 4, 8 and 16 steps,
that begins where its model ends. A block's plan says of each voice whether it
differs from its model at all, and whether on more steps than one. Who knows the
plan knows most of the block: voices that don't differ are copied.

Tensors of hits are float 0 or 1, `[..., 14]` at their end.
"""

import typing

import torch
from torch.nn import functional

from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

# Steps of each block, and from which step on it is written.
BLOCKS = (4, 8, 16)
_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
NUM_SYMBOLS = 2 * _VOICES
# For each voice: differs once, more than once, still has to.
NUM_INPUTS = 3 * _VOICES
NUM_ENTROPY_INPUTS = 2


class Standing(typing.NamedTuple):
  """What a plan leaves open at a step, each float `[..., 14]`.

  Attributes:
    inputs: What the network is told, `[..., 42]`.
    forced: 1 where the plan leaves no choice.
    value: What it then is.
  """

  inputs: torch.Tensor
  forced: torch.Tensor
  value: torch.Tensor


def of_block(rows: torch.Tensor, block: int) -> torch.Tensor:
  """Returns a block's plan, float `[batch, 2, 14]`: differs, more than once.

  Args:
    rows: Hits, float `[batch, 32, 14]`.
    block: Its steps.
  """
  counts = (rows[:, block:2 * block] - rows[:, :block]).abs().sum(1)
  return torch.stack([counts > 0, counts > 1], dim=1).float()


def standing(
    plan: torch.Tensor, count: torch.Tensor, model: torch.Tensor,
    remaining: int | torch.Tensor,
) -> Standing:
  """Says what a plan leaves open.

  Args:
    plan: float `[..., 2, 14]`.
    count: Differences of the block so far, `[..., 14]`.
    model: What the voices played a block earlier, likewise.
    remaining: Steps of the block that are left, this one included.
  """
  differs, more = (
      plan[..., number, :].expand_as(count) for number in (0, 1)
  )
  owed = (differs + more - count).clamp(min=0)
  copied = (count >= differs) & (more < 0.5)
  flipped = (owed > 0) & (owed >= remaining)
  return Standing(
      inputs=torch.cat([differs - more, more, (owed > 0).float()], dim=-1),
      forced=(copied | flipped).float(),
      value=torch.where(flipped, 1 - model, model),
  )


def standings(rows: torch.Tensor) -> Standing:
  """Says the same of all 32 steps of patterns, float `[batch, 32, 14]`."""
  parts = [Standing(
      rows.new_zeros(len(rows), BLOCKS[0], NUM_INPUTS),
      torch.zeros_like(rows[:, :BLOCKS[0]]), rows[:, :BLOCKS[0]],
  )]
  for block in BLOCKS:
    model = rows[:, :block]
    differs = (rows[:, block:2 * block] - model).abs()
    remaining = torch.arange(block, 0, -1, device=rows.device)[:, None]
    parts.append(standing(
        of_block(rows, block)[:, None], differs.cumsum(1) - differs, model,
        remaining,
    ))
  return Standing(*(torch.cat(part, dim=1) for part in zip(*parts)))


def _growth(earlier: torch.Tensor) -> torch.Tensor:
  """Returns what one more step of a code adds to the sum of c * ln(c)."""
  grown = (earlier + 1) * torch.log(earlier + 1)
  return grown - torch.xlogy(earlier, earlier)


def _entropy_inputs(sums: torch.Tensor, step: torch.Tensor) -> torch.Tensor:
  nats = torch.log(step) - sums / step
  return torch.stack([nats, (nats < entropy.MIN_NATS).float()], dim=-1)


def step_keys(rows: torch.Tensor) -> torch.Tensor:
  """Returns a number for each step that its hits alone decide, `[...]`."""
  powers = 2.0 ** torch.arange(_VOICES, device=rows.device)
  return rows @ powers


class EntropySoFar:
  """The entropy of the steps written so far, of a batch of beats."""

  def __init__(self, count: int, device: torch.device):
    self._sums = torch.zeros(count, device=device)
    self._keys = torch.full((count, _STEPS), -1.0, device=device)
    self._step = 0

  def add(self, row: torch.Tensor) -> None:
    """Adds a step, float `[batch, 14]`."""
    key = step_keys(row)
    self._sums += _growth((self._keys == key[:, None]).sum(1).float())
    self._keys[:, self._step] = key
    self._step += 1

  def inputs(self) -> torch.Tensor:
    """Returns nats and whether that is trivial, float `[batch, 2]`."""
    step = torch.full_like(self._sums, max(self._step, 1))
    return _entropy_inputs(self._sums, step)


def entropies(rows: torch.Tensor) -> torch.Tensor:
  """Returns what `EntropySoFar` says before each step, `[batch, 32, 2]`."""
  keys = step_keys(rows)
  same = (keys[:, :, None] == keys[:, None]).float().tril(-1)
  sums = functional.pad(_growth(same.sum(-1)).cumsum(1)[:, :-1], (1, 0))
  steps = torch.arange(_STEPS, device=rows.device).clamp(min=1).float()
  return _entropy_inputs(sums, steps.expand_as(sums))
