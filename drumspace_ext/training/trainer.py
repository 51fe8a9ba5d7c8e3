"""Training on patterns: a model's network, and where its run stands.

`loop` says which files a run directory holds; models have their sampler in
them.
"""

from collections.abc import Mapping
import math
import pathlib
import typing

import numpy as np
import torch
from torch.optim import swa_utils

from drumspace_ext.models import autoencoder
from drumspace_ext.models import checkpoints
from drumspace_ext.models import configs
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import genre_places
from drumspace_ext.models import networks
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import batches
from drumspace_ext.training import genre_fitting
from drumspace_ext.training import loop
from drumspace_ext.training import optimization
from drumspace_ext.training import sampler_fitting
from drumspace_ext.training import validation

# Ten times what tossing a coin for each cell of a pattern costs: no network
# says less, however little it has learnt.
_MOST_NATS = 10 * step_codes.NUM_STEPS * step_codes.NUM_VOICES * math.log(2)


class Trainer(loop.Trainer):
  """One training run: its network, optimizer, and where it stands."""

  def __init__(
      self, config: configs.Config, data: batches.Data,
      run_dir: pathlib.Path, *, seed: int, device: torch.device,
  ):
    """Starts a run, or goes on with the one in `run_dir`.

    Raises:
      CheckpointError: If `run_dir` was made with another configuration, data,
        seed or voice table.
    """
    super().__init__(run_dir, {
        'config': config.to_dict(), 'data_digest': data.digest,
        'seed': seed, 'data_split': data.split_digest,
    })
    self.config, self.data = config, data
    self._training = config.for_training()
    self.num_train_steps = self._training.num_train_steps
    self.eval_steps = self._training.eval_steps
    self._seed, self._device = seed, device
    self.network = networks.make(config.model, seed=seed).to(device)
    # Looking them up again costs a twentieth of a small model's train step.
    self._parameters = list(self.network.parameters())
    self._optimizer = networks.optimizer(self.network, self._training)
    # What is evaluated and saved: the network, or the average of its weights
    # over the last train steps.
    self._average = None
    if self._training.average_decay:
      self._average = swa_utils.AveragedModel(
          self.network, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(
              self._training.average_decay
          ),
      )
    self._batches = batches.Batches(data, self._training, seed=seed)
    self._noise = torch.Generator(device)
    self._has_dropout = any(
        isinstance(module, torch.nn.Dropout)
        for module in self.network.modules()
    )
    self.restore_if_there()

  @property
  def model(self) -> autoencoder.Autoencoder:
    """The network as it is evaluated and saved."""
    if self._average is None:
      return self.network
    # What torch says of an average's module is no more than that it is one.
    return typing.cast(autoencoder.Autoencoder, self._average.module)

  def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
    """Takes the tensors of a state; see `loop.Trainer`."""
    self.network.load_state_dict(loop.under(tensors, 'network.'))
    if self._average is not None:
      self._average.load_state_dict(loop.under(tensors, 'average.'))
    loop.restore_adam(self._optimizer, tensors)

  def state_tensors(self) -> dict[str, torch.Tensor]:
    """Returns the tensors that a run goes on from."""
    tensors = {
        f'network.{name}': value
        for name, value in self.network.state_dict().items()
    }
    if self._average is not None:
      tensors |= {
          f'average.{name}': value
          for name, value in self._average.state_dict().items()
      }
    return tensors | loop.adam_tensors(self._optimizer)

  def save_model(self, name: str) -> None:
    """Writes the model as it is now, with the sampler fitted to it.

    Raises:
      TrainingError: If it has the same latents for all patterns.
    """
    model = networks.as_saved(self.model).eval()
    sampler = sampler_fitting.fit(model, self.data.train, seed=self._seed)
    if sampler.kind == fitted_samplers.NORMAL and not (
        sampler.tensors['std'].any()
    ):
      raise self.failure('the model tells no two patterns apart')
    tensors = {
        f'network.{name}': value
        for name, value in model.saved_tensors().items()
    } | {f'sampler.{name}': value for name, value in sampler.tensors.items()}
    tensors['known_classes'] = torch.from_numpy(
        self.data.classes.astype(np.uint64).view(np.int64).copy()
    )
    places = genre_fitting.fit(
        model, self.data.train, self.data.genres, sampler
    )
    known = {}
    if places is not None:
      tensors |= {
          name: torch.from_numpy(values)
          for name, values in places.tensors().items()
      }
      known = {genre_places.KEY: dict(places.counts)}
    checkpoints.write(self.run_dir / name, loop.on_cpu(tensors), {
        **self.identity, 'train_step': self.train_step,
        'sampler': sampler.kind, 'metrics': self.lines[-1],
        'parts': dict(self.data.sizes), **known,
    })

  def step(self, *, measured: bool = True) -> torch.Tensor:
    """Makes one train step.

    Args:
      measured: Whether the loss is wanted.

    Returns:
      The mean loss, still on the device; NaN if it was not wanted.
    """
    rate = optimization.learning_rate(self._training, self.train_step)
    for group in self._optimizer.param_groups:
      group['lr'] = rate
    if self._has_dropout:
      optimization.seed_dropout(
          batches.mixed_seed(self._seed, 2, self.train_step), self._device
      )
    step = self.train_step
    self._noise.manual_seed(batches.mixed_seed(self._seed, 3, step))
    losses = self.network.losses(
        self._batches.batch(step), train_step=step, generator=self._noise,
        measured=measured,
    )
    loss = losses.total.mean()
    for parameter in self._parameters:
      parameter.grad = None
    loss.backward()
    torch.nn.utils.clip_grad_norm_(
        self._parameters, self._training.gradient_norm
    )
    self._optimizer.step()
    if self._average is not None:
      self._average.update_parameters(self.network)
    self.train_step += 1
    return loss.detach()

  def evaluate(self) -> dict[str, float]:
    """Evaluates, notes the line, and keeps the model if it is the best."""
    line = {'train_step': self.train_step, **validation.evaluate(
        networks.as_saved(self.model), self.data.valid,
        train_step=self.train_step,
    )}
    self.check(line['total'])
    # What adversaries and warm-ups add to the total is no measure of a model.
    score = line['reconstruction'] + line.get('kl', 0.0)
    if score > _MOST_NATS:
      raise self.failure(f'a pattern costs the model {score:.3g} nats')
    self.note(line, score)
    return line
