"""Training on songs: a next-step model, and where its run stands.

The files of a run directory are those of `loop`; the model's tensors have the
names that `models.next_step` has for them, behind `next_step.`.
"""

from collections.abc import Mapping
from collections.abc import Sequence
import pathlib

import numpy as np
import torch
from torch import nn

from drumspace_ext import errors
from drumspace_ext.extraction import songs as songs_lib
from drumspace_ext.models import checkpoints
from drumspace_ext.models import next_step
from drumspace_ext.models import next_step_configs
from drumspace_ext.training import loop
from drumspace_ext.training import optimization
from drumspace_ext.training import same_data
from drumspace_ext.training import song_batches

# What is held against other models: the steps behind so many.
PRIMER_STEPS = next_step.PRIMER_STEPS
_MAX_VALID_STEPS = 4096


class _Net(nn.Module):
  """One of the two networks, as torch trains it."""

  def __init__(self, part: str, sizes: tuple[int, ...]):
    super().__init__()
    for name, shape in next_step.shapes(part, (sizes[0], sizes[1])).items():
      value = torch.zeros(shape)
      if name.endswith('kernel'):
        # As of a linear layer with so many inputs.
        nn.init.normal_(value, std=shape[0] ** -0.5)
      self.register_parameter(name, nn.Parameter(value))

  def forward(
      self, learnt: song_batches.Learnt, steps: torch.Tensor
  ) -> torch.Tensor:
    """Returns how surprising what is learnt is, in all."""
    net = dict(self.named_parameters())
    inputs, places = map(torch.from_numpy, (learnt.inputs, learnt.steps))
    first = torch.relu(
        torch.addmm(net['bias'], inputs, net['told_kernel'])
        + (steps @ net['step_kernel'])[places]
    )
    second = torch.relu(
        torch.addmm(net['hidden_bias'], first, net['hidden_kernel'])
    )
    logits = (
        second @ net['output_kernel'] + inputs @ net['told_way']
        + (steps @ net['step_way'])[places] + net['output_bias']
    )
    return nn.functional.binary_cross_entropy_with_logits(
        logits, torch.from_numpy(learnt.hits), reduction='sum',
        weight=torch.from_numpy(learnt.weights),
    )


class SongTrainer(loop.Trainer):
  """One training run on songs: its model, optimizer, and where it stands."""

  def __init__(
      self, config: next_step_configs.SongConfig, data: song_batches.SongData,
      run_dir: pathlib.Path, *, seed: int,
  ):
    """Starts a run, or goes on with the one in `run_dir`.

    Raises:
      CheckpointError: If `run_dir` was made with another configuration, songs,
        seed or voice table.
    """
    super().__init__(run_dir, {
        'config': config.to_dict(), 'data_digest': data.digest, 'seed': seed,
        'data_split': data.split_digest,
    })
    self.data, self._training = data, config.training
    self.num_train_steps = config.training.num_train_steps
    self.eval_steps = config.training.eval_steps
    with torch.random.fork_rng(devices=[]):
      torch.manual_seed(seed)
      self._nets = nn.ModuleDict({
          next_step.PLAYED: _Net(next_step.PLAYED, config.model.hidden_sizes),
          next_step.ENTRY: _Net(
              next_step.ENTRY, config.model.entry_hidden_sizes
          ),
      })
    self._optimizer = torch.optim.AdamW(
        self._nets.parameters(), lr=self._training.learning_rate,
        weight_decay=self._training.weight_decay,
    )
    self._batches = song_batches.SongBatches(
        data.train, self._training, seed=seed
    )
    self.restore_if_there()

  def state_tensors(self) -> dict[str, torch.Tensor]:
    """Returns the tensors that a run goes on from."""
    return self._tensors() | loop.adam_tensors(self._optimizer)

  def _tensors(self) -> dict[str, torch.Tensor]:
    return {
        f'{next_step.PREFIX}{name}': value
        for name, value in self._nets.state_dict().items()
    }

  def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
    """Takes the tensors of a state; see `loop.Trainer`."""
    self._nets.load_state_dict(loop.under(tensors, next_step.PREFIX))
    loop.restore_adam(self._optimizer, tensors)

  def save_model(self, name: str) -> None:
    """Writes the model as it is now."""
    checkpoints.write(self.run_dir / name, loop.on_cpu(self._tensors()), {
        **self.identity, 'train_step': self.train_step,
        'metrics': self.lines[-1],
    })

  def step(self, *, measured: bool = True) -> torch.Tensor:
    """Makes one train step; see `loop.Trainer`."""
    del measured
    rate = optimization.learning_rate(self._training, self.train_step)
    for group in self._optimizer.param_groups:
      group['lr'] = rate
    batch = self._batches.batch(self.train_step)
    steps = torch.from_numpy(batch.step_inputs)
    loss = torch.stack([
        self._nets[next_step.PLAYED](batch.played, steps),
        self._nets[next_step.ENTRY](batch.entries, steps),
    ]).sum() / len(steps)
    self._optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(
        self._nets.parameters(), self._training.gradient_norm
    )
    self._optimizer.step()
    self.train_step += 1
    return loss.detach()

  def evaluate(self) -> dict[str, float]:
    """Evaluates, notes the line, and keeps the model if it is the best."""
    model = next_step.NextStep({
        name: value.numpy() for name, value in self._nets.state_dict().items()
    })
    line: dict[str, float] = {
        'train_step': self.train_step,
        **evaluate(model, self.data.valid, self._training.num_valid_songs),
    }
    self.check(line['nats'])
    self.note(line, line['nats'])
    return line


def evaluate(
    model: next_step.NextStep, songs: Sequence[np.ndarray], num_songs: int
) -> dict[str, float]:
  """Returns how surprising songs are, in nats a step.

  Args:
    model: Listens.
    songs: Step codes of each song.
    num_songs: Songs that count, evenly spread, their beginnings if long.
  """
  nats, steps, first = 0.0, 0, 0.0
  chosen = songs[::-(-len(songs) // num_songs)]
  for codes in chosen:
    each = model.nats(codes[:_MAX_VALID_STEPS])
    first += each[:PRIMER_STEPS].mean() / len(chosen)
    nats += each[PRIMER_STEPS:].sum()
    steps += len(each[PRIMER_STEPS:])
  # Where all songs are short, their beginnings must do.
  return {'nats': nats / steps if steps else first, 'first_nats': first}


def is_run(run_dir: pathlib.Path) -> bool:
  """Says whether a run directory holds a model that was trained on songs."""
  path = checkpoints.find(str(run_dir))
  return any(
      name.startswith(next_step.PREFIX)
      for name in checkpoints.read_arrays(path)[0]
  )


def evaluate_best(
    run_dir: pathlib.Path, songs: Sequence[songs_lib.Song]
) -> dict[str, float]:
  """Evaluates the best model of a run on what it kept for validation.

  Raises:
    CheckpointError: If there is none, or it was trained on other songs.
  """
  path = checkpoints.find(str(run_dir))
  tensors, metadata = checkpoints.read_arrays(path)
  try:
    config = next_step_configs.from_dict(metadata['config'], str(path))
    data = song_batches.split(
        songs, config.training,
        seed=checkpoints.whole_number(metadata, 'seed'),
    )
    step = checkpoints.whole_number(metadata, 'train_step')
  except KeyError as e:
    raise errors.CheckpointError(f'{path} lacks {e}.') from e
  same_data.check(
      path, metadata, key='data_split', here=data.split_digest, what='songs'
  )
  model = next_step.from_tensors(tensors, str(path))
  return {'train_step': step, **evaluate(
      model, data.valid, config.training.num_valid_songs
  )}


def in_words(line: Mapping[str, float]) -> str:
  """Returns an evaluation as one line for a person."""
  return (
      f'step {int(line["train_step"]):>6,}: {line["nats"]:.3f} nats a step '
      f'behind the first {PRIMER_STEPS}, {line["first_nats"]:.3f} before'
  )
