r"""Builds the map of the drum space: one HTML file to open by double click.

The patterns of --examples_path (by default the starter collection) are encoded
by a model and laid out by t-SNE, so that like beats lie side by side; where
genres gather is found and tested. --num_outputs beats (500) drawn from the
model are placed on the map, and so are the patterns of each file of --input:
datasets, published samples, MIDI, zips, TFRecords, drums_rnn primers and
outputs.
--map=EXISTING keeps an earlier map as it is and places on it what is new.
The page plays by --groove, shipped:groove by default; of a dataset, which adds
some 50 bytes a pattern, it plays the patterns as they were. It runs no GrooVAE.

The folder given by --output_dir then holds map.html, dataset.tsv (step codes,
latent vectors, map coordinates), generated.tsv (likewise), regions.tsv,
map.json and manifest.json.

Usage:
  drumspace_build_map --checkpoint_file=shipped:acai \
    --examples_path=/tmp/drumspace/dataset --output_dir=/tmp/drumspace/map
  drumspace_build_map --run_dir=/tmp/drumspace/vae --input=drums_rnn_outputs \
    --examples_path=/tmp/drumspace/dataset --output_dir=/tmp/drumspace/map
  drumspace_build_map --checkpoint_file=shipped:acai --map=/tmp/drumspace/map \
    --input=new_beats.mid --output_dir=/tmp/drumspace/map2
"""

import sys

from absl import flags

from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import playing_flags

_MAP = flags.DEFINE_string(
    'map', None,
    'Folder or dataset.tsv of an earlier map whose coordinates stay. Without '
    '--examples_path its patterns are the examples too.',
)
_PERPLEXITY = flags.DEFINE_float(
    'perplexity', None,
    'How many neighbours of a pattern count in the layout; by default 30, or a '
    'third of the patterns if these are fewer than 90.',
)
_TITLE = flags.DEFINE_string('title', None, "The page's heading.")


def main(argv: list[str]) -> int:
  from drumspace_ext.cli import progress
  from drumspace_ext.explorer import building as page_building

  values = drumspace_flags.input_values(argv)
  # The page is heard, and so has a groove where nothing is said.
  groove = playing_flags.GROOVE.value if playing_flags.GROOVE.present else None
  folder = drumspace_flags.output_dir()
  with progress.bar('step') as on_step:
    built = page_building.build_map(
        drumspace_flags.checkpoint_name(), folder,
        examples_path=drumspace_flags.EXAMPLES_PATH.value, input_values=values,
        existing_map=_MAP.value, recursive=drumspace_flags.RECURSIVE.value,
        steps_per_quarter=drumspace_flags.STEPS_PER_QUARTER.value,
        assume_drums=drumspace_flags.ASSUME_DRUMS.value,
        voices_in=drumspace_flags.VOICES_IN.value,
        num_outputs=drumspace_flags.NUM_OUTPUTS.value,
        perplexity=_PERPLEXITY.value, title=_TITLE.value,
        seed=drumspace_flags.SEED.value, on_step=on_step,
        groove=groove, arguments=drumspace_flags.arguments(__name__) | {
            'input': values, playing_flags.GROOVE.name: groove
        },
    )
  for line in built.left_out:
    print(line, file=sys.stderr)
  print(built)
  return 0


def console_entry_point() -> None:
  drumspace_flags.run(
      main, required=[drumspace_flags.OUTPUT_DIR],
      shared=[
          drumspace_flags.INPUT, drumspace_flags.RUN_DIR,
          drumspace_flags.CHECKPOINT_FILE, drumspace_flags.EXAMPLES_PATH,
          drumspace_flags.RECURSIVE, drumspace_flags.STEPS_PER_QUARTER,
          drumspace_flags.ASSUME_DRUMS, drumspace_flags.VOICES_IN,
          drumspace_flags.SEED, drumspace_flags.NUM_OUTPUTS,
          playing_flags.GROOVE,
      ],
      unset=[playing_flags.GROOVE],
  )


if __name__ == '__main__':
  console_entry_point()
