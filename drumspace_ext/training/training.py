"""Training: from the name of a dataset to a run directory with a model.

A next-step model is trained on songs, every other one on patterns.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sized
import dataclasses
import pathlib

import torch

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext import seeds
from drumspace_ext.dataset import examples
from drumspace_ext.extraction import songs
from drumspace_ext.files import leftovers
from drumspace_ext.files import local_paths
from drumspace_ext.files import result_folders
from drumspace_ext.models import checkpoints
from drumspace_ext.models import config_loading
from drumspace_ext.models import groove_answers
from drumspace_ext.models import groove_configs
from drumspace_ext.models import networks
from drumspace_ext.models import next_step_configs
from drumspace_ext.training import batches
from drumspace_ext.training import groove_data
from drumspace_ext.training import groove_training
from drumspace_ext.training import loop
from drumspace_ext.training import same_run
from drumspace_ext.training import song_batches
from drumspace_ext.training import song_trainer
from drumspace_ext.training import trainer as training
from drumspace_ext.training import validation

_DEVICES = ('cpu', 'cuda')


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class TrainingRun:
  """A training run that is complete; as text, where its model is.

  Attributes:
    run_dir: Its folder, which other verbs take as `checkpoint_file`.
    checkpoint: The file of its best model.
    config: Name of the configuration.
    num_steps: Train steps of the whole run.
    num_trained: Train steps of this call; 0 where it was complete already.
    evaluation: The last one of this call; empty where nothing was trained.
  """

  run_dir: pathlib.Path
  checkpoint: pathlib.Path
  config: str
  num_steps: int
  num_trained: int
  evaluation: Mapping[str, float]

  def __repr__(self) -> str:
    return (
        f'TrainingRun({str(self.run_dir)!r}, config={self.config!r}, '
        f'num_steps={self.num_steps})'
    )

  def __str__(self) -> str:
    already = '' if self.num_trained else 'this run is complete already\n'
    return f'{already}best model: {self.checkpoint}'


def _device(name: str) -> torch.device:
  if name.split(':')[0] not in _DEVICES:
    raise errors.InputError(
        f'--device must be {" or ".join(_DEVICES)}, got {name!r}.'
    )
  try:
    device = torch.device(name)
    torch.zeros(1, device=device)
  except (RuntimeError, AssertionError) as e:
    first = str(e).strip().split('\n')[0]
    raise errors.InputError(
        f'--device={name} can\'t be used here: {first} Use --device=cpu.'
    ) from e
  return device


def _check_device(name: str, what: str) -> None:
  """Refuses a device that would be ignored."""
  if name.split(':')[0] != defaults.DEVICE:
    raise errors.InputError(
        f'--device={name}: a model of {what} is trained on the processor '
        'alone. Leave it out.'
    )


def _in_words(
    name: str, train_on: Sized, kept: Sized, what: str, num_steps: int,
    done: int,
) -> str:
  """Says what is about to be trained on what."""
  return (
      f'{name}: {len(train_on):,} {what} to train on, {len(kept):,} to '
      f'validate, {num_steps:,} train steps'
      + (f', going on at {done:,}' if done else '')
  )


def _songs(
    examples_path: local_paths.Name, on_step: callbacks.OnStep
) -> list[songs.Song]:
  """Reads the songs that a model is trained on."""
  return songs.read(local_paths.names(examples_path), on_step=on_step).songs


def train(
    examples_path: local_paths.Name, run_dir: local_paths.Name, *,
    config: local_paths.Name = defaults.CONFIG, hparams: str = '',
    num_steps: int | None = None, seed: int = defaults.SEED,
    device: str = defaults.DEVICE, num_threads: int = defaults.NUM_THREADS,
    on_step: callbacks.OnStep = callbacks.silent,
    on_start: Callable[[str], None] = lambda text: None,
    on_evaluation: Callable[[Mapping[str, float]], None] = lambda line: None,
) -> TrainingRun:
  """Trains a model, or goes on where a run was interrupted.

  Ctrl-C ends it after the train step it is at; what was done is saved.

  Args:
    examples_path: Patterns: a dataset folder or file. For `continue`, songs:
      MIDI files, NoteSequence TFRecords, folders or zips of them.
    run_dir: Where the run's files go; made if missing.
    config: Name of a configuration, or a TOML file.
    hparams: Values that override it: `name=value`, with commas between them.
    num_steps: Train steps of the whole run, in place of the configuration's.
    seed: Of everything random.
    device: `cpu` or `cuda`; models of songs and of grooves take `cpu` alone.
    num_threads: Threads for torch; more seldom help nets this small.
    on_step: Called with the train steps done; see `callbacks`.
    on_start: Called once, with what is trained on what, in words.
    on_evaluation: Called with each evaluation, see `in_words`.

  Raises:
    InputError: If there are no such patterns, too few, or no such device.
    ConfigError: If there is no such configuration, or a value is wrong.
    CheckpointError: If `run_dir` was made with other arguments.
    TrainingError: If the loss is no number any more.
    OutputError: If the files can't be written.
  """
  seeds.check(seed)
  errors.check_positive(num_steps=num_steps)
  if num_steps:
    hparams = f'{hparams},num_train_steps={num_steps}'.lstrip(',')
  is_of_songs = config_loading.kind_of(str(config)) == config_loading.NEXT_STEP
  settings = (
      next_step_configs.load(str(config), hparams) if is_of_songs
      else config_loading.load_any(str(config), hparams)
  )
  if is_of_songs or isinstance(settings, groove_configs.GrooveSettings):
    _check_device(device, 'songs' if is_of_songs else 'grooves')
  folder = local_paths.expand(run_dir)
  result_folders.claim(folder, result_folders.TRAIN)
  # A run that is complete writes nothing more.
  leftovers.sweep(folder / pathlib.PurePath(checkpoints.BEST).parent)
  place = _device(device)
  networks.prepare_torch(num_threads)
  if isinstance(settings, groove_configs.GrooveSettings):
    return _train_groove(
        settings, examples_path, folder, seed=seed, on_step=on_step,
        on_start=on_start, on_evaluation=on_evaluation,
    )
  trainer: training.Trainer | song_trainer.SongTrainer
  if isinstance(settings, next_step_configs.SongConfig):
    trainer = song_trainer.SongTrainer(settings, song_batches.split(
        _songs(examples_path, on_step), settings.training, seed=seed
    ), folder, seed=seed)
  else:
    trainer = training.Trainer(settings, batches.prepare(
        examples.load(examples_path), settings.for_training(), seed=seed,
        device=place,
    ), folder, seed=seed, device=place)
  before = trainer.train_step
  on_start(_in_words(
      settings.name, trainer.data.train, trainer.data.valid,
      'songs' if is_of_songs else 'patterns', trainer.num_train_steps, before,
  ))
  evaluation = loop.train(
      trainer, on_step=on_step, on_evaluation=on_evaluation
  )
  best = folder / checkpoints.BEST
  if not evaluation and not best.is_file():
    raise errors.CheckpointError(
        f'{best} is missing, and this run is complete. Train into another '
        f'--run_dir, or delete {best.parent} to train it again.'
    )
  return TrainingRun(
      run_dir=folder, checkpoint=best, config=settings.name,
      num_steps=trainer.train_step, num_trained=trainer.train_step - before,
      evaluation=evaluation,
  )


def _train_groove(
    settings: groove_configs.GrooveSettings,
    examples_path: local_paths.Name, folder: pathlib.Path, *, seed: int,
    on_step: callbacks.OnStep, on_start: Callable[[str], None],
    on_evaluation: Callable[[Mapping[str, float]], None],
) -> TrainingRun:
  """Trains what plays patterns; on the processor, which takes it a minute."""
  data = groove_data.load(
      examples_path, valid_share=settings.training.valid_share, seed=seed
  )
  same_run.check(folder, {
      'config': settings.to_dict(), 'seed': seed, **data.digests,
  })
  best, num_steps = folder / checkpoints.BEST, settings.training.num_train_steps
  done = num_steps if best.is_file() else 0
  on_start(_in_words(
      settings.name, data.train, data.valid, 'played patterns', num_steps, done
  ))
  line: Mapping[str, float] = {}
  if done:
    on_step(done, num_steps, 'training')
  else:
    model, line = groove_training.train(
        settings, data, seed=seed, on_step=on_step, on_evaluation=on_evaluation
    )
    groove_training.write(folder, model, line, digests=data.digests, seed=seed)
  return TrainingRun(
      run_dir=folder, checkpoint=best, config=settings.name,
      num_steps=num_steps, num_trained=num_steps - done, evaluation=line,
  )


def validate(
    examples_path: local_paths.Name, run_dir: local_paths.Name, *,
    device: str = defaults.DEVICE, num_threads: int = defaults.NUM_THREADS,
) -> dict[str, float]:
  """Evaluates the best model of a run on what it kept for validation.

  Args:
    examples_path: What it was trained on.
    run_dir: The run's folder.
    device: `cpu` or `cuda`.
    num_threads: Threads for torch.

  Raises:
    InputError: If there are no such patterns, or no such device.
    CheckpointError: If there is no model, or it was trained on other data.
  """
  place = _device(device)
  networks.prepare_torch(num_threads)
  folder = local_paths.expand(run_dir)
  if song_trainer.is_run(folder):
    _check_device(device, 'songs')
    return song_trainer.evaluate_best(
        folder, _songs(examples_path, callbacks.silent)
    )
  if groove_training.is_run(folder):
    _check_device(device, 'grooves')
    return groove_training.evaluate_best(folder, examples_path)
  return validation.evaluate_best(
      folder, examples.load(examples_path), device=place
  )


def in_words(line: Mapping[str, float]) -> str:
  """Returns an evaluation as one line for a person."""
  if 'nats' in line:
    return song_trainer.in_words(line)
  if 'velocity_r2' in line:
    return groove_answers.in_words(line)
  return validation.in_words(line)
