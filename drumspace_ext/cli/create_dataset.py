r"""Makes a dataset of unique drum patterns from NoteSequences and MIDI files.

A pattern is two bars of 4/4 on a sixteenth grid, with 14 voices, that some
input plays at least three times in a row. Patterns that differ only by a shift
in time are one. The folder given by --output_dir then holds dataset.tsv (the
patterns), provenance.tsv (where each comes from), groove.tsv (how hard and how
late each hit is played), patterns.tfrecord (the patterns as NoteSequences, all
hits alike, or played so with --groove=own), rejected.tsv (why every other input
gave none), report.json and report.html. Drums that are played or varied seldom
repeat exactly: --max_flips=4 finds most of them, --recurring more.

Usage:
  drumspace_create_dataset --input=notesequences.tfrecord \
    --output_dir=/tmp/drumspace/dataset
  drumspace_create_dataset --input=~/midi,more.zip --recursive \
    --output_dir=/tmp/drumspace/dataset
"""

import os

from absl import flags

from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import reading_flags

_NUM_WORKERS = flags.DEFINE_integer(
    'num_workers', None,
    'Processes that read inputs; as many as there are processors by default. '
    '0 reads in the main process, without protection from crashes.',
    lower_bound=0, upper_bound=1024,
)


def main(argv: list[str]) -> int:
  # numpy's linear algebra, which nothing here asks for, would else start a
  # thread for each processor: 40 ms of CPU for each.
  os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
  from drumspace_ext.cli import progress
  from drumspace_ext.dataset import creation as dataset_creation

  with progress.bar({'reading': 'B'}, scaled=True) as on_step:
    created = dataset_creation.create_dataset(
        drumspace_flags.input_values(argv), drumspace_flags.output_dir(),
        num_workers=_NUM_WORKERS.value, on_step=on_step,
        **reading_flags.for_datasets(),
    )
  return reading_flags.report(created)


def console_entry_point() -> None:
  drumspace_flags.run(
      main,
      required=[drumspace_flags.OUTPUT_DIR],
      shared=reading_flags.FOR_DATASETS,
  )


if __name__ == '__main__':
  console_entry_point()
