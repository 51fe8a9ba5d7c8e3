r"""Trains a model on drum patterns, and resumes where a run was interrupted.

--config names a configuration (ae, vae and acai in the published sizes; best;
smoke, which takes seconds) or a TOML file; --hparams overrides its values.
--examples_path is a dataset folder, a dataset.tsv or a patterns.tfrecord from
drumspace_create_dataset. The run directory then holds train/best.safetensors,
which every other script takes, and train/metrics.jsonl.
--mode=eval evaluates that model on what its run kept for validation.

Usage:
  drumspace_train --config=vae --examples_path=/tmp/drumspace/dataset \
    --run_dir=/tmp/drumspace/vae
  drumspace_train --config=acai --hparams=z_size=8,batch_size=128 \
    --examples_path=/tmp/drumspace/dataset --run_dir=/tmp/drumspace/acai8
"""

import json
import pathlib
import sys

from absl import flags

from drumspace_ext import drumspace_flags
from drumspace_ext import errors

_CONFIG = flags.DEFINE_string(
    'config', 'vae', 'Name of a configuration, or a TOML file.'
)
_HPARAMS = flags.DEFINE_string(
    'hparams', '',
    'Values that override the configuration: name=value, with commas between '
    'them.',
)
_NUM_STEPS = flags.DEFINE_integer(
    'num_steps', None,
    'Train steps of the whole run, instead of the configuration\'s.',
    lower_bound=1,
)
_DEVICES = ('cpu', 'cuda')
_DEVICE = flags.DEFINE_string('device', 'cpu', 'cpu or cuda.')
_NUM_THREADS = flags.DEFINE_integer(
    'num_threads', 1, 'Threads for torch; more seldom help nets this small.',
    lower_bound=1, upper_bound=256,
)


def _device(torch, name: str):
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


def main(argv: list[str]) -> int:
  # pylint: disable=g-import-not-at-top
  import torch

  from drumspace_ext import config_loading
  from drumspace_ext import networks
  from drumspace_ext import progress
  from drumspace_ext import training
  from drumspace_ext import training_data
  from drumspace_ext import training_sets
  from drumspace_ext import validation
  # pylint: enable=g-import-not-at-top

  if len(argv) > 1:
    raise errors.InputError(f'unexpected arguments: {" ".join(argv[1:])}')
  mode = drumspace_flags.mode(('train', 'eval'))
  hparams = _HPARAMS.value
  if _NUM_STEPS.value:
    hparams = f'{hparams},num_train_steps={_NUM_STEPS.value}'.lstrip(',')
  config = config_loading.load(_CONFIG.value, hparams)
  run_dir = pathlib.Path(drumspace_flags.RUN_DIR.value).expanduser()
  device = _device(torch, _DEVICE.value)
  networks.prepare_torch(_NUM_THREADS.value)
  seed = drumspace_flags.SEED.value
  training_set = training_sets.load(drumspace_flags.EXAMPLES_PATH.value)
  if mode == 'eval':
    line = validation.evaluate_best(run_dir, training_set, device=device)
    print(json.dumps(line))
    return 0
  data = training_data.prepare(
      training_set, config.training, seed=seed, device=device
  )
  trainer = training.Trainer(config, data, run_dir, seed=seed, device=device)
  steps = config.training.num_train_steps
  print(
      f'{config.name}: {len(data.train):,} patterns to train on, '
      f'{len(data.valid):,} to validate, {steps:,} train steps'
      + (f', going on at {trainer.train_step:,}' if trainer.train_step else '')
  )
  try:
    with progress.bar('step') as on_step:
      trained = training.train(
          trainer, on_step=on_step,
          on_evaluation=lambda line: print(validation.in_words(line),
                                           file=sys.stderr),
      )
  except KeyboardInterrupt:
    print(
        f'Interrupted at train step {trainer.train_step:,}; the same command '
        'goes on from there.', file=sys.stderr,
    )
    return 130
  best = run_dir / training.checkpoints.BEST
  if not trained:
    if not best.is_file():
      raise errors.CheckpointError(
          f'{best} is missing, and this run is complete. Train into another '
          f'--run_dir, or delete {run_dir / "train"} to train it again.'
      )
    print('this run is complete already')
  print(f'best model: {best}')
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(
      main,
      required=[drumspace_flags.RUN_DIR, drumspace_flags.EXAMPLES_PATH],
      shared=[drumspace_flags.SEED, drumspace_flags.MODE],
  )


if __name__ == '__main__':
  console_entry_point()
