"""Training: from patterns to a run directory with checkpoints.

`run_dir/train/` holds `best.safetensors` (the model of the best evaluation,
with its fitted sampler), `last.safetensors` (the model at the end),
`state.safetensors` (everything needed to go on) and `metrics.jsonl` (one JSON
line an evaluation). What is drawn at a train step
depends on the seed and the step alone, so that a run that was interrupted ends
in the same bytes as one that was not (on the CPU).
"""

from collections.abc import Callable, Iterator, Mapping
import contextlib
import json
import math
import pathlib
import signal
import time

import numpy as np
import torch

from drumspace_ext import checkpoints
from drumspace_ext import configs
from drumspace_ext import errors
from drumspace_ext import networks
from drumspace_ext import output_files
from drumspace_ext import sampler_fitting
from drumspace_ext import schedules
from drumspace_ext import training_data
from drumspace_ext import validation

STATE = f'train/state{checkpoints.SUFFIX}'
METRICS = 'train/metrics.jsonl'
# A minute's work at most is lost when a run is killed.
SAVE_SECONDS = 30.0
_SHOWN_STEPS = 50


class Trainer:
  """One training run: its network, optimizer, and where it stands."""

  def __init__(
      self, config: configs.Config, data: training_data.Data,
      run_dir: pathlib.Path, *, seed: int, device: torch.device,
  ):
    """Starts a run, or goes on with the one in `run_dir`.

    Raises:
      CheckpointError: If `run_dir` was made with another configuration, data,
        seed or voice table.
    """
    self.config, self.data = config, data
    self._run_dir, self._seed, self._device = run_dir, seed, device
    self.network = networks.make(config.model, seed=seed).to(device)
    self._optimizer = torch.optim.AdamW(
        self.network.parameters(), lr=config.training.learning_rate,
        weight_decay=config.training.weight_decay, fused=True,
    )
    self._noise = torch.Generator(device)
    self._order = torch.Generator()
    self.train_step = 0
    self.best = math.inf
    self._lines: list[dict] = []
    self._permutation: tuple[int, torch.Tensor] | None = None
    self._identity = {
        'config': config.to_dict(), 'data_digest': data.digest,
        'seed': seed, 'data_split': data.split_digest,
    }
    if (run_dir / STATE).is_file():
      self._restore()

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
      state = self._optimizer.state_dict()
      state['state'] = {
          index: {
              name: tensors[f'optimizer.{index}.{name}'].clone()
              for name in ('step', 'exp_avg', 'exp_avg_sq')
          }
          for index in range(len(list(self.network.parameters())))
          if f'optimizer.{index}.step' in tensors
      }
      self._optimizer.load_state_dict(state)
      self.train_step = metadata['train_step']
      self.best = metadata['best']
      self._lines = metadata['metrics']
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
    sampler = sampler_fitting.fit(
        self.network, self.data.train, seed=self._seed
    )
    tensors = {
        f'network.{name}': value
        for name, value in self.network.state_dict().items()
        if not name.startswith('critic.')
    } | {f'sampler.{name}': value for name, value in sampler.tensors.items()}
    tensors['known_classes'] = torch.from_numpy(
        self.data.classes.astype(np.uint64).view(np.int64).copy()
    )
    checkpoints.write(self._run_dir / name, _on_cpu(tensors), {
        **self._identity, 'train_step': self.train_step,
        'sampler': sampler.kind, 'metrics': self._lines[-1],
    })

  def _batch(self) -> torch.Tensor:
    """Returns the patterns of this train step."""
    size = min(self.config.training.batch_size, len(self.data.train))
    steps_per_epoch = len(self.data.train) // size
    epoch, index = divmod(self.train_step, steps_per_epoch)
    if self._permutation is None or self._permutation[0] != epoch:
      self._order.manual_seed(_mixed(self._seed, 1, epoch))
      order = torch.randperm(len(self.data.train), generator=self._order)
      self._permutation = epoch, order.to(self._device)
    chosen = self._permutation[1][index * size:(index + 1) * size]
    return self.data.train[chosen]

  def step(self) -> torch.Tensor:
    """Makes one train step; returns the mean loss, still on the device."""
    training = self.config.training
    rate = schedules.learning_rate(training, self.train_step)
    for group in self._optimizer.param_groups:
      group['lr'] = rate
    # Dropout draws from the global generator.
    torch.manual_seed(_mixed(self._seed, 2, self.train_step))
    self._noise.manual_seed(_mixed(self._seed, 3, self.train_step))
    losses = self.network.losses(
        self._batch(), train_step=self.train_step, generator=self._noise
    )
    loss = losses.total.mean()
    self._optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(
        self.network.parameters(), training.gradient_norm
    )
    self._optimizer.step()
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
    line = {'train_step': self.train_step} | validation.evaluate(
        self.network, self.data.valid, train_step=self.train_step
    )
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
    trainer: Trainer, *, on_step: Callable[[int, float | None], None],
    on_evaluation: Callable[[Mapping[str, float]], None],
) -> dict[str, float]:
  """Trains to the end of the configuration.

  Ctrl-C ends it after the train step it is at; what was done is saved.

  Args:
    trainer: A run, fresh or restored.
    on_step: Called with the train step and, now and then, the loss.
    on_evaluation: Called with each evaluation.

  Returns:
    The last evaluation; empty if there was nothing left to do.

  Raises:
    TrainingError: If the loss is no number any more.
  """
  training = trainer.config.training
  saved, line = time.monotonic(), {}
  with _deferred_interrupt() as interrupted:
    while trainer.train_step < training.num_train_steps:
      loss = trainer.step()
      step = trainer.train_step
      last = step == training.num_train_steps
      evaluates = last or step % training.eval_steps == 0
      saves = last or time.monotonic() - saved > SAVE_SECONDS
      shown = None
      if evaluates or saves or step % _SHOWN_STEPS == 0:
        shown = loss.item()
        trainer.check(shown)
      if evaluates:
        line = trainer.evaluate()
        on_evaluation(line)
      if last:
        trainer.save_model(checkpoints.LAST)
      if saves:
        trainer.save()
        saved = time.monotonic()
      try:
        on_step(step, shown)
        if interrupted():
          raise KeyboardInterrupt
      except KeyboardInterrupt:
        trainer.save()
        raise
  return line


@contextlib.contextmanager
def _deferred_interrupt() -> Iterator[Callable[[], bool]]:
  """Notes Ctrl-C instead of breaking off in the middle of a train step.

  Yields:
    A function that says whether there was one. A second one breaks off.
  """
  seen = []

  def note(number, frame):
    del number, frame
    if seen:
      raise KeyboardInterrupt
    seen.append(True)

  try:
    before = signal.signal(signal.SIGINT, note)
  except ValueError:
    # Only the main thread may handle signals.
    yield lambda: False
    return
  try:
    yield lambda: bool(seen)
  finally:
    signal.signal(signal.SIGINT, before)


def _mixed(*numbers: int) -> int:
  """Returns a seed for torch that depends on all of the numbers."""
  return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0])


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
