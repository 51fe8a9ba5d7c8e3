"""Training: from patterns to a run directory with checkpoints.

`run_dir/train/` holds `best.safetensors` (the model of the best evaluation,
with its sampler), `last.safetensors` (at the end), `state.safetensors`
(everything needed to go on) and `metrics.jsonl` (a JSON line an evaluation).
What is drawn at a train step depends on the seed and the step alone: a run that
was interrupted ends in the same bytes as one that was not (on the CPU).
"""

from collections.abc import Callable
from collections.abc import Mapping
import json
import math
import pathlib
import time
import typing

import numpy as np
import torch
from torch.optim import swa_utils

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.files import output_files
from drumspace_ext.files import result_names
from drumspace_ext.models import autoencoder
from drumspace_ext.models import checkpoints
from drumspace_ext.models import configs
from drumspace_ext.models import networks
from drumspace_ext.training import batches
from drumspace_ext.training import interrupts
from drumspace_ext.training import optimization
from drumspace_ext.training import sampler_fitting
from drumspace_ext.training import validation

STATE, METRICS = result_names.STATE, result_names.METRICS
# A minute's work at most is lost when a run is killed.
SAVE_SECONDS = 30.0
SHOWN_STEPS = 50


class Trainer:
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
    self.config, self.data = config, data
    self._training = config.for_training()
    self._run_dir, self._seed, self._device = run_dir, seed, device
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
    self.train_step = 0
    self.best = math.inf
    self._lines: list[dict] = []
    self._identity = {
        'config': config.to_dict(), 'data_digest': data.digest,
        'seed': seed, 'data_split': data.split_digest,
    }
    if (run_dir / STATE).is_file():
      self._restore()

  @property
  def model(self) -> autoencoder.Autoencoder:
    """The network as it is evaluated and saved."""
    if self._average is None:
      return self.network
    # What torch says of an average's module is no more than that it is one.
    return typing.cast(autoencoder.Autoencoder, self._average.module)

  def _restore(self) -> None:
    path = self._run_dir / STATE
    tensors, metadata = checkpoints.read(path)
    for key, value in self._identity.items():
      # JSON has lists where Python has tuples.
      if metadata.get(key) != json.loads(json.dumps(value)):
        raise errors.CheckpointError(
            f'{self._run_dir} was made with another {key}: '
            f'{_difference(metadata.get(key), value)}. Use another --run_dir, '
            'or the same arguments.'
        )
    try:
      self.network.load_state_dict(_under(tensors, 'network.'))
      if self._average is not None:
        self._average.load_state_dict(_under(tensors, 'average.'))
      state = self._optimizer.state_dict()
      state['state'] = {
          index: {
              name: tensors[f'optimizer.{index}.{name}'].clone()
              for name in ('step', 'exp_avg', 'exp_avg_sq')
          }
          for index in range(len(self._parameters))
          if f'optimizer.{index}.step' in tensors
      }
      self._optimizer.load_state_dict(state)
      self.train_step = checkpoints.whole_number(metadata, 'train_step')
      best, lines = metadata['best'], metadata['metrics']
      if not isinstance(best, int | float) or not isinstance(lines, list):
        raise ValueError('its evaluations are none')
      self.best, self._lines = best, lines
    except (KeyError, RuntimeError, ValueError) as e:
      raise errors.CheckpointError(
          f'{path} is no state of a training run: {e}. Use another --run_dir.'
      ) from e

  def save(self) -> None:
    """Writes everything needed to go on from here."""
    tensors = {
        f'network.{name}': value
        for name, value in self.network.state_dict().items()
    }
    if self._average is not None:
      tensors |= {
          f'average.{name}': value
          for name, value in self._average.state_dict().items()
      }
    for index, state in self._optimizer.state_dict()['state'].items():
      tensors |= {
          f'optimizer.{index}.{name}': value for name, value in state.items()
      }
    checkpoints.write(self._run_dir / STATE, _on_cpu(tensors), {
        **self._identity, 'train_step': self.train_step, 'best': self.best,
        'metrics': self._lines,
    })

  def save_model(self, name: str) -> None:
    """Writes the model as it is now, with the sampler fitted to it."""
    model = networks.as_saved(self.model).eval()
    sampler = sampler_fitting.fit(model, self.data.train, seed=self._seed)
    tensors = {
        f'network.{name}': value
        for name, value in model.saved_tensors().items()
    } | {f'sampler.{name}': value for name, value in sampler.tensors.items()}
    tensors['known_classes'] = torch.from_numpy(
        self.data.classes.astype(np.uint64).view(np.int64).copy()
    )
    checkpoints.write(self._run_dir / name, _on_cpu(tensors), {
        **self._identity, 'train_step': self.train_step,
        'sampler': sampler.kind, 'metrics': self._lines[-1],
        'parts': dict(self.data.sizes),
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

  def check(self, loss: float) -> None:
    """Raises TrainingError if a loss is no number."""
    if not math.isfinite(loss):
      raise errors.TrainingError(
          f'the loss is {loss} at train step {self.train_step}. The last good '
          f'model is {self._run_dir / checkpoints.BEST}, if there is one; try '
          '--hparams=learning_rate=... with a smaller value.'
      )

  def evaluate(self) -> dict[str, float]:
    """Evaluates, notes the line, and keeps the model if it is the best."""
    line = {'train_step': self.train_step, **validation.evaluate(
        networks.as_saved(self.model), self.data.valid,
        train_step=self.train_step,
    )}
    self.check(line['total'])
    self._lines.append(line)
    # What adversaries and warm-ups add to the total is no measure of a model.
    score = line['reconstruction'] + line.get('kl', 0.0)
    if score < self.best:
      self.best = score
      self.save_model(checkpoints.BEST)
    with output_files.Batch(self._run_dir / 'train') as batch:
      stream = batch.open(pathlib.Path(METRICS).name)
      stream.writelines(
          json.dumps(entry, sort_keys=True) + '\n' for entry in self._lines
      )
    return line


def train(
    trainer: Trainer, *, on_step: callbacks.OnStep,
    on_evaluation: Callable[[Mapping[str, float]], None],
) -> dict[str, float]:
  """Trains to the end of the configuration.

  Ctrl-C ends it after the train step it is at; what was done is saved.

  Args:
    trainer: A run, fresh or restored.
    on_step: Called with the train steps done; see `callbacks`.
    on_evaluation: Called with each evaluation.

  Returns:
    The last evaluation; empty if there was nothing left to do.

  Raises:
    TrainingError: If the loss is no number any more.
  """
  training, words = trainer.config.for_training(), 'training'
  saved, line, total = time.monotonic(), {}, training.num_train_steps
  on_step(trainer.train_step, total, words)
  with interrupts.deferred() as interrupted:
    while trainer.train_step < total:
      step = trainer.train_step + 1
      last = step == total
      evaluates = last or step % training.eval_steps == 0
      saves = last or time.monotonic() - saved > SAVE_SECONDS
      measured = evaluates or saves or step % SHOWN_STEPS == 0
      loss = trainer.step(measured=measured)
      if measured:
        trainer.check(loss.item())
        words = f'training, loss {loss.item():.2f}'
      if evaluates:
        line = trainer.evaluate()
        on_evaluation(line)
      if last:
        trainer.save_model(checkpoints.LAST)
      if saves:
        trainer.save()
        saved = time.monotonic()
      try:
        on_step(step, total, words)
        if interrupted():
          raise KeyboardInterrupt
      except KeyboardInterrupt:
        trainer.save()
        raise
  return line


def _under(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict:
  return {
      key.removeprefix(prefix): value for key, value in tensors.items()
      if key.startswith(prefix)
  }


def _on_cpu(tensors: Mapping[str, torch.Tensor]) -> dict:
  return {key: value.detach().cpu() for key, value in tensors.items()}


def _difference(before, now) -> str:
  """Names the first value that differs."""
  if isinstance(before, dict) and isinstance(now, dict):
    for key in sorted({*before, *now}):
      if before.get(key) != json.loads(json.dumps(now.get(key))):
        return f'{key}: {_difference(before.get(key), now.get(key))}'
  return f'{before!r} there, {now!r} here'
