"""Fitting: the train steps of the networks of a groove model."""

from collections.abc import Callable
import math

import torch
from torch import nn

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.models import configs
from drumspace_ext.training import batches
from drumspace_ext.training import optimization

_FIRST_STEPS = 10


def fit(
    network: nn.Module, loss_of: Callable[[int], torch.Tensor],
    config: configs.TrainStepsConfig, *, seed: int,
    on_step: callbacks.OnStep = callbacks.silent, what: str,
) -> None:
  """Trains a network; it ends with the running averages of its weights.

  Args:
    network: The network.
    loss_of: Returns the loss of a train step.
    config: How it is trained.
    seed: Of everything random.
    on_step: Called with the train steps done; see `callbacks`.
    what: What `on_step` is told that is done.

  Raises:
    TrainingError: If the loss is no number any more.
  """
  optimizer = torch.optim.AdamW(
      network.parameters(), lr=config.learning_rate,
      betas=(0.9, config.adam_beta2), weight_decay=config.weight_decay,
  )
  averages = [value.detach().clone() for value in network.parameters()]
  for step in range(config.num_train_steps):
    for group in optimizer.param_groups:
      group['lr'] = optimization.learning_rate(config, step)
    optimization.seed_dropout(
        batches.mixed_seed(seed, 2, step), torch.device('cpu')
    )
    loss = loss_of(step)
    if not math.isfinite(loss.item()):
      raise errors.TrainingError(
          f'the loss is {loss.item()} at train step {step + 1}. Try '
          '--hparams=learning_rate=... with a smaller value.'
      )
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), config.gradient_norm)
    optimizer.step()
    # The first ones are far from where it ends.
    decay = min(config.average_decay, (step + 1) / (step + _FIRST_STEPS))
    with torch.no_grad():
      for average, value in zip(averages, network.parameters()):
        average.lerp_(value, 1 - decay)
    on_step(step + 1, config.num_train_steps, what)
  with torch.no_grad():
    for average, value in zip(averages, network.parameters()):
      value.copy_(average)
