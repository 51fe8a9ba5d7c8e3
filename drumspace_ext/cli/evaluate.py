r"""Judges beats, drawn from models or read from files, against real ones.

Each model of --checkpoint_file is drawn from, and each file or folder of
--input is read (datasets, published samples, MIDI, zips, TFRecords, drums_rnn
primers and outputs); each is a row of a panel. All are compared with real
patterns that were held out of training, beside two rows that are always there:
training patterns (the ceiling) and these with their voices shuffled (the
floor). A row needs 50 patterns, and 100 must be held out. A model is judged by
all that it draws, not only by what passes the filters. Models that play beats
(shipped:groove, a run_dir of that config) are judged by how those of a dataset
of MIDI files are played: by R2 of velocity and timing, each loop's mean taken
out, beside one velocity for all, the mean by step and voice, and boosted trees;
by likelihood, spread and intervals of what they draw, and by whether that is
told from performances. Files that judge are none that a model was trained on,
or those of --heldout_path. The folder given by
--output_dir then holds evaluation.json, evaluation.html and manifest.json.

Models that continue beats (shipped:continue, a run_dir of that config, bundles
of drums_rnn) are judged by songs: --examples_path and --heldout_path then name
MIDI files, TFRecords, folders or zips. The first four bars of songs held out go
on for 16, beside what really follows there, a loop of the primer, a mixture of
copies, and steps by frequency: nats a step, how much repeats a bar and two bars
later, drift of density, and the panel of two bars of each. Without
--heldout_path those judge that the models kept for validation. --num_outputs is
how many songs go on.

Usage:
  drumspace_evaluate --checkpoint_file=/tmp/drumspace/vae,/tmp/drumspace/acai \
    --examples_path=/tmp/drumspace/dataset --output_dir=/tmp/drumspace/panel
  drumspace_evaluate --input=sampled_raw.tsv,drums_rnn_outputs \
    --examples_path=/tmp/drumspace/dataset --output_dir=/tmp/drumspace/panel
  drumspace_evaluate --input=drums_rnn_outputs --recursive \
    --rows_by='t[0-9][.][0-9]' --voices_in=note_seq9 \
    --examples_path=/tmp/drumspace/dataset --output_dir=/tmp/drumspace/panel
  drumspace_evaluate --checkpoint_file=shipped:continue,drum_kit_rnn.mag \
    --examples_path=my_songs --heldout_path=other_songs \
    --output_dir=/tmp/drumspace/panel
  drumspace_evaluate --checkpoint_file=shipped:groove \
    --examples_path=/tmp/drumspace/dataset --output_dir=/tmp/drumspace/panel
"""

import sys

from absl import flags

from drumspace_ext import errors
from drumspace_ext.cli import flags as drumspace_flags

_HELDOUT_PATH = flags.DEFINE_string(
    'heldout_path', None,
    'Real patterns (or songs) that no model was trained on, in a form of '
    '--examples_path. By default the test part of --examples_path, divided as '
    'the models were trained.',
)
_JUDGED_BY = flags.DEFINE_enum(
    'judged_by', None, ['test', 'validation'],
    'Which part of --examples_path judges. By default that which nothing was '
    'chosen by, test, where the models kept one.',
)
_ROWS_BY = flags.DEFINE_string(
    'rows_by', None,
    'Regular expression: an input becomes a row for each text that it finds in '
    'the names of files and records, as t[0-9][.][0-9] does in t0.8/a.mid.',
)


def main(argv: list[str]) -> int:
  from drumspace_ext.cli import progress
  from drumspace_ext.evaluation import judging

  values = drumspace_flags.input_values(argv)
  if not drumspace_flags.EXAMPLES_PATH.value:
    raise errors.InputError('name the training set with --examples_path.')
  with progress.bar('') as on_step:
    judged = judging.evaluate(
        drumspace_flags.EXAMPLES_PATH.value, drumspace_flags.output_dir(),
        checkpoint_file=drumspace_flags.CHECKPOINT_FILE.value,
        input_values=values, heldout_path=_HELDOUT_PATH.value,
        judged_by=_JUDGED_BY.value, rows_by=_ROWS_BY.value,
        recursive=drumspace_flags.RECURSIVE.value,
        steps_per_quarter=drumspace_flags.STEPS_PER_QUARTER.value,
        assume_drums=drumspace_flags.ASSUME_DRUMS.value,
        voices_in=drumspace_flags.VOICES_IN.value,
        num_outputs=drumspace_flags.NUM_OUTPUTS.value,
        temperature=drumspace_flags.TEMPERATURE.value,
        threshold=drumspace_flags.THRESHOLD.value,
        seed=drumspace_flags.SEED.value, on_step=on_step,
        arguments=drumspace_flags.arguments(__name__) | {'input': values},
    )
  for line in judged.left_out:
    print(line, file=sys.stderr)
  print(judged)
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(
      main,
      required=[drumspace_flags.OUTPUT_DIR],
      shared=[
          drumspace_flags.INPUT, drumspace_flags.CHECKPOINT_FILE,
          drumspace_flags.EXAMPLES_PATH, drumspace_flags.RECURSIVE,
          drumspace_flags.STEPS_PER_QUARTER, drumspace_flags.ASSUME_DRUMS,
          drumspace_flags.VOICES_IN, drumspace_flags.SEED,
          drumspace_flags.NUM_OUTPUTS, drumspace_flags.TEMPERATURE,
          drumspace_flags.THRESHOLD,
      ],
  )


if __name__ == '__main__':
  console_entry_point()
