r"""Builds the map of the drum space: one HTML file to open by double click.

The patterns of --examples_path (by default the starter collection) are encoded
by a model and laid out by t-SNE, so that like beats lie side by side; where
genres gather is found and tested. --num_outputs beats (500) drawn from the
model are placed on the map, and so are the patterns of each file of --input:
datasets, published samples, MIDI, zips, TFRecords, drums_rnn primers and
outputs.
--map=EXISTING keeps an earlier map as it is and places on it what is new.

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


def _read_inputs(values: list[str]) -> list:
  from drumspace_ext.conversion import conversion
  from drumspace_ext.conversion import input_patterns
  from drumspace_ext.patterns import drum_maps

  options = conversion.Options(
      voices_in=drum_maps.load(drumspace_flags.VOICES_IN.value),
      steps_per_quarter=drumspace_flags.STEPS_PER_QUARTER.value,
      assume_drums=drumspace_flags.ASSUME_DRUMS.value,
  )
  found = [
      input_patterns.read(
          value, name, options, recursive=drumspace_flags.RECURSIVE.value
      ) for value, name in zip(values, input_patterns.names(values))
  ]
  for patterns_ in found:
    if patterns_.left_out:
      print(input_patterns.left_out_text(patterns_), file=sys.stderr)
  return found


def main(argv: list[str]) -> int:
  from drumspace_ext import defaults
  from drumspace_ext.cli import progress
  from drumspace_ext.dataset import examples as training_sets
  from drumspace_ext.explorer import files as map_files
  from drumspace_ext.files import local_paths
  from drumspace_ext.files import manifests
  from drumspace_ext.files import result_folders
  from drumspace_ext.latent_map import building as map_building
  from drumspace_ext.models import checkpoints
  from drumspace_ext.models import trained_model

  folder = drumspace_flags.output_dir()
  values = drumspace_flags.input_values(argv)
  model_name = drumspace_flags.checkpoint_name()
  examples = drumspace_flags.EXAMPLES_PATH.value or _MAP.value
  path = local_paths.expand(examples) if examples else None
  result_folders.claim(
      folder, result_folders.BUILD_MAP, values, completes=path
  )
  model = trained_model.TrainedModel(model_name)
  digests = {'weights': manifests.digest(checkpoints.find(model_name))}
  existing = None
  if _MAP.value:
    existing = map_files.read_existing(_MAP.value)
    digests['map'] = manifests.digest(map_files.existing_path(_MAP.value))
  training_set = training_sets.load_or_starter(examples)
  digests['examples'] = training_set.digest
  map_files.check_folder(folder, path, training_set.codes)
  inputs = _read_inputs(values)
  with progress.bar('step') as on_step:
    built = map_building.build(
        training_set, model, seed=drumspace_flags.SEED.value, inputs=inputs,
        num_samples=(
            drumspace_flags.NUM_OUTPUTS.value or defaults.NUM_MAPPED
        ),
        existing=existing, perplexity=_PERPLEXITY.value,
        title=local_paths.in_utf_8(
            _TITLE.value or defaults.MAP_TITLE
        ),
        name=map_files.name_of(path), on_step=on_step,
    )
  arguments = drumspace_flags.arguments(__name__) | {'input': values}
  paths = map_files.write(
      folder, built, model, arguments, digests, examples=path
  )
  print(map_files.summary(built))
  for written in paths:
    print(f'  {written}')
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
      ],
  )


if __name__ == '__main__':
  console_entry_point()
