"""Lessons: groove networks learn what teachers say of made-up patterns.

The teachers are networks, wider and several, which learn from performances,
and `groove_kernels`, which holds these. Together they foretell how patterns of
other files are played better than a network that is small enough for a page
and learns from performances itself; it learns nearly all that they say (Hinton
et al. 2015, "Distilling the knowledge in a neural network"). Many questions
take the place of dropout, and what is a performance's own is in no answer.
"""

import dataclasses

import numpy as np
import torch

from drumspace_ext import callbacks
from drumspace_ext.models import configs
from drumspace_ext.models import groove_answers
from drumspace_ext.models import groove_network
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import batches
from drumspace_ext.training import groove_batches
from drumspace_ext.training import groove_data
from drumspace_ext.training import groove_fitting
from drumspace_ext.training import groove_kernels

# Of the networks that teach: how many, how much wider and how much longer they
# learn.
_NUM_TEACHERS, _WIDER, _LONGER = 2, 2, 1.5
# What counts of the kernels' velocities, beside the networks'. Lateness is a
# matter of the whole beat, of which kernels tell less.
_KERNEL_SHARE = 0.5
# Questions and lessons, by train steps of the configuration. Three times as
# many questions were of no use.
_QUESTIONS, _MAX_QUESTIONS, _LESSONS = 25, 20_000, 4
_WEIGHT_DECAY, _FASTER = 0.01, 2
_ASKED = 1000
_CELLS = groove_answers.NUM_CELLS
_VELOCITY = groove_answers.VELOCITY


def questions(
    data: groove_data.PlayedPatterns, number: int, *, seed: int
) -> torch.Tensor:
  """Returns training patterns, and what bars or voices of two of them make.

  Args:
    data: Training patterns; those that count more are taken more often.
    number: How many at most.
    seed: Draws them.

  Returns:
    0 or 1, float32 `[num_patterns, 448]`, each with 2 hits or more.
  """
  rng = np.random.default_rng(seed)
  odds = np.sqrt(data.weights.astype(np.float64))
  some, others = data.hits[
      rng.choice(len(odds), (2, number), p=odds / odds.sum())
  ]
  kind = rng.random((number, 1))
  second_bar = np.arange(_CELLS) >= _CELLS // 2
  voices = np.tile(
      rng.random((number, step_codes.NUM_VOICES)) < 0.3, step_codes.NUM_STEPS
  )
  taken = np.where(kind < 0.3, second_bar, voices & (kind < 0.6))
  made = np.where(taken, others, some)
  return torch.from_numpy(made[made.sum(1) > 1])


def _teacher(
    plain: groove_network.GrooveNetwork, data: groove_data.PlayedPatterns,
    config: configs.TrainStepsConfig, *, seed: int, on_step: callbacks.OnStep,
    what: str,
) -> groove_network.GrooveNetwork:
  """Returns a network that has learnt from performances."""
  width = _WIDER * plain.config.hidden_size
  config = dataclasses.replace(
      config, num_train_steps=round(_LONGER * config.num_train_steps)
  )
  with torch.random.fork_rng(devices=[]):
    torch.manual_seed(seed)
    network = groove_network.GrooveNetwork(dataclasses.replace(
        plain.config, hidden_size=width, around_size=width
    ))
  network.table.copy_(plain.table)
  drawn = groove_batches.Batches(data, config, seed=seed)
  groove_fitting.fit(
      network, lambda step: network.losses(*drawn.batch(step)).sum(), config,
      seed=seed, on_step=on_step, what=what,
  )
  return network.eval()


def _answers(
    teachers: list[groove_network.GrooveNetwork],
    data: groove_data.PlayedPatterns, hits: torch.Tensor,
    on_step: callbacks.OnStep,
) -> torch.Tensor:
  """Returns what is to be learned, centred and scaled, `[n, 2, 448]`."""
  table = teachers[0].table
  left = data.centred()[:, _VELOCITY] / groove_network.SCALES[_VELOCITY] - (
      groove_answers.centred(table.numpy(), data.hits)[:, _VELOCITY]
  )
  kernels = groove_kernels.Kernels(data, left, on_step)
  with torch.inference_mode():
    result = torch.cat([
        torch.stack([teacher(part) for teacher in teachers]).mean(0)
        for part in hits.split(_ASKED)
    ])
    said = groove_network.centred(
        (table[_VELOCITY] + kernels(hits, on_step))[:, None], hits
    )[:, 0]
    result[:, _VELOCITY].lerp_(said, _KERNEL_SHARE)
  # What was made in inference mode can't be trained by.
  return result.clone()


def teach(
    network: groove_network.GrooveNetwork, data: groove_data.PlayedPatterns,
    config: configs.TrainStepsConfig, *, seed: int,
    on_step: callbacks.OnStep = callbacks.silent,
) -> None:
  """Trains a network by what its teachers say.

  Args:
    network: It has the table, and has learnt nothing yet.
    data: What the teachers learn from.
    config: How all are trained.
    seed: Of everything random.
    on_step: Called with the train steps done; see `callbacks`.

  Raises:
    TrainingError: If the loss is no number any more.
  """
  teachers = [
      _teacher(
          network, data, config, seed=batches.mixed_seed(seed, 4, number),
          on_step=on_step, what=f'training teacher {number + 1}',
      ) for number in range(_NUM_TEACHERS)
  ]
  hits = questions(
      data, min(_QUESTIONS * config.num_train_steps, _MAX_QUESTIONS), seed=seed
  )
  answers = _answers(teachers, data, hits, on_step)
  # Nothing is left out: answers hold no noise that must be kept out.
  network.eval()
  generator = torch.Generator()

  def loss(step: int) -> torch.Tensor:
    generator.manual_seed(batches.mixed_seed(seed, 3, step))
    rows = torch.randint(len(hits), (config.batch_size,), generator=generator)
    known = hits.new_ones(len(rows), groove_answers.NUM_ANSWERS)
    return network.losses(hits[rows], answers[rows], known).sum()

  groove_fitting.fit(
      network, loss, dataclasses.replace(
          config, weight_decay=_WEIGHT_DECAY,
          learning_rate=_FASTER * config.learning_rate,
          num_train_steps=_LESSONS * config.num_train_steps,
      ), seed=seed, on_step=on_step, what='lessons',
  )
