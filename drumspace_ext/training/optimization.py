"""Optimization: what changes from train step to train step."""

import math
import typing

import torch

_WARMUP_SHARE = 0.1
_FINAL_RATE_SHARE = 1e-3


class Schedule(typing.Protocol):
  """What a training configuration says of its rate."""

  @property
  def learning_rate(self) -> float:
    """Peak of the schedule."""

  @property
  def num_train_steps(self) -> int:
    """Train steps of the whole run."""


def learning_rate(config: Schedule, train_step: int) -> float:
  """One cycle: linear up over a tenth of the steps, then a cosine to zero."""
  warmup = max(1, int(_WARMUP_SHARE * config.num_train_steps))
  if train_step < warmup:
    return config.learning_rate * (train_step + 1) / warmup
  rest = max(1, config.num_train_steps - warmup)
  cosine = 0.5 * (1 + math.cos(math.pi * (train_step - warmup) / rest))
  return config.learning_rate * max(cosine, _FINAL_RATE_SHARE)


def seed_dropout(seed: int, device: torch.device) -> None:
  """Seeds the device's global generator, from which dropout draws.

  torch.manual_seed would note a stack trace for CUDA each time, which costs a
  third of a small model's train step.
  """
  torch.default_generator.manual_seed(seed)
  if device.type == 'cuda':
    torch.cuda.manual_seed_all(seed)
