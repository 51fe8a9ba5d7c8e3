"""Training of the networks that draw takes; see `models.takes`.

What was played before a hit is taken from the performance. Patterns that
inputs play in different ways are left out: a mean of performances is none. The
critic is trained last, by takes that the trained networks draw.
"""

import dataclasses

import numpy as np
import torch
from torch import nn

from drumspace_ext import callbacks
from drumspace_ext.models import configs
from drumspace_ext.models import groove_answers
from drumspace_ext.models import take_critic
from drumspace_ext.models import take_features
from drumspace_ext.models import takes
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import batches
from drumspace_ext.training import groove_data
from drumspace_ext.training import groove_fitting

# More of them would take gigabytes.
_MAX_PATTERNS = 12_000
# Hits of a train step.
_BATCH_SIZE = 1024
# Those who draw, and who choose, learn for longer than what is likeliest.
_DRAWING, _CHOOSING = 3, 2
# Performances that the critic is trained by, takes that it sees of each, and
# performances of a train step.
_NUM_PERFORMANCES, _TAKES_OF_EACH, _CRITIC_BATCH = 8000, 2, 64
_SHAPE = step_codes.NUM_STEPS, step_codes.NUM_VOICES


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Hits:
  """Hits with what was known before each was played.

  Attributes:
    features: float16 `[num_hits, size]`.
    apart: `take_features.velocity_apart` of each, float16 `[num_hits, 2]`.
    found: What earlier hits had, int16 `[num_hits, 2, NUM_EARLIER]`.
    there: Whether there are these, bool `[num_hits, NUM_EARLIER]`.
    values: Velocities and ticks, int16 `[num_hits, 2]`.
    weights: What each counts, float32 `[num_hits]`.
  """

  features: torch.Tensor
  apart: torch.Tensor
  found: torch.Tensor
  there: torch.Tensor
  values: torch.Tensor
  weights: torch.Tensor

  def chosen(self, which: torch.Tensor) -> 'Hits':
    """Returns some of them."""
    return Hits(**{
        field.name: getattr(self, field.name)[which]
        for field in dataclasses.fields(self)
    })

  def nats(self, network: takes.TakeNetwork) -> torch.Tensor:
    """Returns how unlikely they are, float `[num_hits, 2]`."""
    around = self.features.float()
    seen = around, torch.cat([around, self.apart.float()], 1)
    return torch.stack([
        network.nats(
            answer, seen[answer], self.there, self.found[:, answer],
            self.values[:, answer],
        ) for answer in range(2)
    ], 1)


def _values(data: groove_data.PlayedPatterns) -> np.ndarray:
  """Returns velocities and ticks, int16 `[num_patterns, 2, 32, 14]`."""
  scaled = data.answers * np.array(
      [[1.0], [take_features.TICKS]], np.float32
  )
  least = np.array(take_features.LEAST)[:, None]
  most = least + np.array(take_features.NUM_VALUES)[:, None] - 1
  return np.rint(scaled).clip(least, most).astype(np.int16).reshape(
      -1, 2, *_SHAPE
  )


def performances(
    data: groove_data.PlayedPatterns,
) -> groove_data.PlayedPatterns:
  """Returns the performances that count most."""
  own = data.own & (data.known[:, groove_answers.VELOCITY] > 0)
  order = np.lexsort((
      step_codes.class_digests(data.codes), -data.weights * own
  ))[:min(_MAX_PATTERNS, int(own.sum()))]
  return data.chosen(np.sort(order))


def hits_of(
    data: groove_data.PlayedPatterns,
    on_step: callbacks.OnStep = callbacks.silent,
) -> Hits:
  """Returns the hits of performances.

  Args:
    data: The performances.
    on_step: Called with the hits done of the one that has most; see
      `callbacks`.
  """
  hits = data.hits.reshape(-1, *_SHAPE) > 0
  values = _values(data)
  patterns, steps, of_voice = take_features.places(hits)
  counts = np.bincount(patterns, minlength=len(hits))
  starts = np.cumsum(counts) - counts
  widths = takes.num_features()
  features = np.empty((len(patterns), sum(widths)), np.float16)
  features[:, widths[0]:] = takes.around(hits, data.plays)
  apart = np.empty((len(patterns), 2), np.float16)
  shape = len(patterns), 2, take_features.NUM_EARLIER
  found, there = np.empty(shape, np.int16), np.empty(shape[::2], np.bool_)
  played = take_features.Played(len(hits))
  most = int(counts.max(initial=0))
  for number in range(most):
    rows = np.flatnonzero(counts > number)
    at = starts[rows] + number
    place = rows, steps[at], of_voice[at]
    truth = values[rows, :, steps[at], of_voice[at]]
    seen = played.earlier(*place)
    found[at], there[at] = seen
    features[at, :widths[0]] = played.features(*place, seen)
    apart[at] = take_features.velocity_apart(truth[:, 0], played.mean(rows))
    played.play(*place, truth, seen)
    on_step(number + 1, most, 'listening to performances')
  return Hits(**{name: torch.from_numpy(value) for name, value in {
      'features': features, 'apart': apart, 'found': found, 'there': there,
      'values': values[patterns, :, steps, of_voice],
      'weights': data.weights[patterns],
  }.items()})


def train(
    network: takes.TakeNetwork, data: groove_data.PlayedPatterns,
    config: configs.TrainStepsConfig, *, seed: int,
    on_step: callbacks.OnStep = callbacks.silent,
) -> None:
  """Trains networks that draw takes.

  Args:
    network: What is trained.
    data: On what.
    config: How.
    seed: Of everything random.
    on_step: Called with the train steps done; see `callbacks`.

  Raises:
    TrainingError: If the loss is no number any more.
  """
  data = performances(data)
  hits = hits_of(data, on_step)
  upto = np.cumsum(hits.weights.numpy().astype(np.float64))

  def loss_of(step: int) -> torch.Tensor:
    rng = np.random.default_rng(batches.mixed_seed(seed, 3, step))
    chosen = np.searchsorted(upto, rng.random(_BATCH_SIZE) * upto[-1])
    batch = hits.chosen(torch.from_numpy(chosen.clip(0, len(upto) - 1)))
    return batch.nats(network).mean(0).sum()

  groove_fitting.fit(
      network, loss_of, _longer(config, _DRAWING), seed=seed, on_step=on_step,
      what='learning to draw',
  )
  _train_critic(network, data, config, seed=seed, on_step=on_step)


def _longer(
    config: configs.TrainStepsConfig, times: int
) -> configs.TrainStepsConfig:
  return dataclasses.replace(
      config, num_train_steps=times * config.num_train_steps
  )


def _train_critic(
    network: takes.TakeNetwork, data: groove_data.PlayedPatterns,
    config: configs.TrainStepsConfig, *, seed: int, on_step: callbacks.OnStep,
) -> None:
  """Trains the critic to tell performances from takes of the same hits."""
  rng = np.random.default_rng(batches.mixed_seed(seed, 4, 0))
  weights = data.weights.astype(np.float64)
  data = data.chosen(rng.choice(
      len(data), min(_NUM_PERFORMANCES, 2 * len(data)),
      p=weights / weights.sum(),
  ))
  hits, played = data.hits.reshape(-1, *_SHAPE) > 0, _values(data)
  network.eval()
  drawn = takes.numbered(
      network, hits.repeat(_TAKES_OF_EACH, 0),
      np.arange(len(hits) * _TAKES_OF_EACH), seed=seed, on_step=on_step,
  ).reshape(-1, _TAKES_OF_EACH, *played.shape[1:])
  network.train()
  truth = torch.tensor([1.0, 0.0]).repeat_interleave(_CRITIC_BATCH)

  def loss_of(step: int) -> torch.Tensor:
    rng = np.random.default_rng(batches.mixed_seed(seed, 5, step))
    rows = rng.integers(len(hits), size=_CRITIC_BATCH)
    which = rng.integers(_TAKES_OF_EACH, size=_CRITIC_BATCH)
    patterns, seen = take_critic.seen(
        np.tile(hits[rows], (2, 1, 1)),
        np.concatenate([played[rows], drawn[rows, which]]),
    )
    said = network.critic(
        torch.from_numpy(patterns), torch.from_numpy(seen), len(truth)
    )
    return nn.functional.binary_cross_entropy_with_logits(said, truth)

  groove_fitting.fit(
      network.critic, loss_of, _longer(config, _CHOOSING), seed=seed,
      on_step=on_step, what='learning to choose',
  )
