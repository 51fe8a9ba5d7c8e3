r"""Trains a model on drum patterns, and resumes where a run was interrupted.

--config names a configuration (ae, vae and acai in the published sizes; best;
smoke, which takes seconds; groove, which plays patterns) or a TOML file;
--hparams overrides its values.
--examples_path is a dataset folder, a dataset.tsv or a patterns.tfrecord from
drumspace_create_dataset. With --config=continue it is whole songs: MIDI files,
NoteSequence TFRecords, folders or zips; the model plays on behind a beat
(drumspace_continue). The run directory then holds train/best.safetensors,
which every other script takes, and train/metrics.jsonl.
--mode=eval evaluates that model on what its run kept for validation.
A groove model trains for minutes, and anew if it was interrupted.

Usage:
  drumspace_train --config=vae --examples_path=/tmp/drumspace/dataset \
    --run_dir=/tmp/drumspace/vae
  drumspace_train --config=acai --hparams=z_size=8,batch_size=128 \
    --examples_path=/tmp/drumspace/dataset --run_dir=/tmp/drumspace/acai8
"""

import json
import sys

from absl import flags

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.cli import flags as drumspace_flags

_CONFIG = flags.DEFINE_string(
    'config', defaults.CONFIG, 'Name of a configuration, or a TOML file.'
)
_DEVICE = flags.DEFINE_string('device', defaults.DEVICE, 'cpu or cuda.')
_NUM_THREADS = flags.DEFINE_integer(
    'num_threads', defaults.NUM_THREADS,
    'Threads for torch; more seldom help nets this small.',
    lower_bound=1, upper_bound=256,
)


def _train() -> int:
  from drumspace_ext.cli import progress
  from drumspace_ext.files import local_paths
  from drumspace_ext.files import result_names
  from drumspace_ext.training import training

  reached, job = None, ''
  with progress.bar('step') as show:

    def on_step(done: int, total: int, what: str) -> None:
      nonlocal reached, job
      reached, job = done, f' of {total:,} of {what}'
      show(done, total, what)

    try:
      run = training.train(
          drumspace_flags.given(drumspace_flags.EXAMPLES_PATH),
          drumspace_flags.given(drumspace_flags.RUN_DIR),
          config=_CONFIG.value, hparams=drumspace_flags.HPARAMS.value,
          num_steps=drumspace_flags.NUM_STEPS.value,
          seed=drumspace_flags.SEED.value,
          device=_DEVICE.value, num_threads=_NUM_THREADS.value,
          on_step=on_step, on_start=print,
          on_evaluation=lambda line: print(training.in_words(line),
                                           file=sys.stderr),
      )
    except KeyboardInterrupt:
      if reached is None:
        raise
      state = local_paths.expand(
          drumspace_flags.given(drumspace_flags.RUN_DIR)
      )
      # Not every training is long enough to be kept.
      goes_on = (state / result_names.STATE).is_file()
      print(
          f'Interrupted at train step {reached:,}'
          + ('; the same command goes on from there.' if goes_on
             else f'{job}; the same command begins anew.'),
          file=sys.stderr,
      )
      return 130
  print(run)
  return 0


def main(argv: list[str]) -> int:
  from drumspace_ext.training import training

  if len(argv) > 1:
    raise errors.InputError(f'unexpected arguments: {" ".join(argv[1:])}')
  if drumspace_flags.mode(('train', 'eval')) == 'train':
    return _train()
  print(json.dumps(training.validate(
      drumspace_flags.given(drumspace_flags.EXAMPLES_PATH),
      drumspace_flags.given(drumspace_flags.RUN_DIR),
      device=_DEVICE.value, num_threads=_NUM_THREADS.value,
  )))
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(
      main,
      required=[drumspace_flags.RUN_DIR, drumspace_flags.EXAMPLES_PATH],
      shared=[
          drumspace_flags.SEED, drumspace_flags.MODE, drumspace_flags.HPARAMS,
          drumspace_flags.NUM_STEPS,
      ],
  )


if __name__ == '__main__':
  console_entry_point()
