"""The training loop: what every training run has in common.

`run_dir/train/` holds `best.safetensors` (the model of the best evaluation),
`last.safetensors` (at the end), `state.safetensors` (everything needed to go
on) and `metrics.jsonl` (a JSON line an evaluation). What is drawn at a train
step depends on the seed and the step alone: a run that was interrupted ends in
the same bytes as one that was not (on the CPU).
"""

import abc
from collections.abc import Callable
from collections.abc import Mapping
import json
import math
import pathlib
import time

import torch

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.files import output_files
from drumspace_ext.files import result_names
from drumspace_ext.models import checkpoints
from drumspace_ext.training import interrupts
from drumspace_ext.training import same_run

STATE, METRICS = result_names.STATE, result_names.METRICS
# A minute's work at most is lost when a run is killed.
SAVE_SECONDS = 30.0
SHOWN_STEPS = 50


class Trainer(abc.ABC):
  """One training run, and where it stands.

  Attributes:
    num_train_steps: Train steps of the whole run.
    eval_steps: Train steps between evaluations.
    train_step: Those that are done.
    best: The best score of an evaluation.
  """

  num_train_steps: int
  eval_steps: int

  def __init__(self, run_dir: pathlib.Path, identity: Mapping[str, object]):
    """Begins at train step 0.

    Args:
      run_dir: Where the run's files go.
      identity: What a run that goes on must have in common with this one.
    """
    self.run_dir, self.identity = run_dir, identity
    self.train_step, self.best = 0, math.inf
    self.lines: list[dict] = []

  @abc.abstractmethod
  def step(self, *, measured: bool = True) -> torch.Tensor:
    """Makes one train step.

    Args:
      measured: Whether the loss is wanted.

    Returns:
      The mean loss, still on the device; NaN if it was not wanted.
    """

  @abc.abstractmethod
  def evaluate(self) -> dict[str, float]:
    """Evaluates, notes the line, and keeps the model if it is the best."""

  @abc.abstractmethod
  def save_model(self, name: str) -> None:
    """Writes the model as it is now."""

  @abc.abstractmethod
  def state_tensors(self) -> dict[str, torch.Tensor]:
    """Returns the tensors that a run goes on from."""

  @abc.abstractmethod
  def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
    """Takes the tensors of a state.

    Raises:
      KeyError: If one is missing; RuntimeError or ValueError if one is odd.
    """

  def restore_if_there(self) -> None:
    """Goes on with the run in `run_dir`, if there is one.

    Raises:
      CheckpointError: If it was made with another configuration, data, seed or
        voice table.
    """
    same_run.check(self.run_dir, self.identity)
    path = self.run_dir / STATE
    if not path.is_file():
      return
    tensors, metadata = checkpoints.read(path)
    try:
      self.restore(tensors)
      self.train_step = checkpoints.whole_number(metadata, 'train_step')
      best, lines = metadata['best'], metadata['metrics']
      if not isinstance(best, int | float) or not isinstance(lines, list):
        raise ValueError('its evaluations are none')
      self.best, self.lines = best, lines
    except (KeyError, RuntimeError, ValueError) as e:
      raise errors.CheckpointError(
          f'{path} is no state of a training run: {e}. Use another --run_dir.'
      ) from e

  def save(self) -> None:
    """Writes everything needed to go on from here."""
    checkpoints.write(self.run_dir / STATE, on_cpu(self.state_tensors()), {
        **self.identity, 'train_step': self.train_step, 'best': self.best,
        'metrics': self.lines,
    })

  def check(self, loss: float) -> None:
    """Raises TrainingError if a loss is no number."""
    if not math.isfinite(loss):
      raise self.failure(f'the loss is {loss}')

  def failure(self, what: str) -> errors.TrainingError:
    """Returns what is raised where nothing comes of going on."""
    best = self.run_dir / checkpoints.BEST
    kept = f'The last good model is {best}' if best.is_file() else (
        'There is no good model yet'
    )
    return errors.TrainingError(
        f'{what} at train step {self.train_step}. {kept}; try '
        '--hparams=learning_rate=... with a smaller value.'
    )

  def note(self, line: dict[str, float], score: float) -> None:
    """Notes an evaluation, and keeps the model if its score is the least."""
    self.lines.append(line)
    if score < self.best:
      self.best = score
      self.save_model(checkpoints.BEST)
    with output_files.Batch(self.run_dir / 'train') as batch:
      stream = batch.open(pathlib.Path(METRICS).name)
      stream.writelines(
          json.dumps(entry, sort_keys=True) + '\n' for entry in self.lines
      )


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
  saved, words = time.monotonic(), 'training'
  line: dict[str, float] = {}
  total = trainer.num_train_steps
  on_step(trainer.train_step, total, words)
  with interrupts.deferred() as interrupted:
    while trainer.train_step < total:
      step = trainer.train_step + 1
      last = step == total
      evaluates = last or step % trainer.eval_steps == 0
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


def adam_tensors(optimizer: torch.optim.AdamW) -> dict[str, torch.Tensor]:
  """Returns the tensors that an optimizer goes on from."""
  return {
      f'optimizer.{index}.{name}': value
      for index, state in optimizer.state_dict()['state'].items()
      for name, value in state.items()
  }


def restore_adam(
    optimizer: torch.optim.AdamW, tensors: Mapping[str, torch.Tensor]
) -> None:
  """Takes the tensors of an optimizer out of those of a state."""
  state = optimizer.state_dict()
  count = sum(len(group['params']) for group in optimizer.param_groups)
  state['state'] = {
      index: {
          name: tensors[f'optimizer.{index}.{name}'].clone()
          for name in ('step', 'exp_avg', 'exp_avg_sq')
      }
      for index in range(count) if f'optimizer.{index}.step' in tensors
  }
  optimizer.load_state_dict(state)


def under(
    tensors: Mapping[str, torch.Tensor], prefix: str
) -> dict[str, torch.Tensor]:
  """Returns the tensors whose names begin with a prefix, without it."""
  return {
      key.removeprefix(prefix): value for key, value in tensors.items()
      if key.startswith(prefix)
  }


def on_cpu(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
  """Returns tensors as files have them."""
  return {key: value.detach().cpu() for key, value in tensors.items()}
