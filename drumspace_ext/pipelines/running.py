"""Pipeline running: from named inputs through a chain of stages to files."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import typing

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.conversion import reading as drum_reading
from drumspace_ext.dataset import examples
from drumspace_ext.extraction import recipes
from drumspace_ext.files import local_paths
from drumspace_ext.files import manifests
from drumspace_ext.files import result_folders
from drumspace_ext.models import checkpoints
from drumspace_ext.notes import drum_parts as parts_lib
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.pipelines import chains as stage_chains
from drumspace_ext.pipelines import registry as stage_registry
from drumspace_ext.playing import players
from drumspace_ext.playing import sources


def _digests(
    checkpoint_file: str | None, examples_path: local_paths.Name | None,
    groove: local_paths.Name,
) -> dict[str, str]:
  """Returns the digests of what was used, for the manifest."""
  digests = sources.digests(groove)
  if checkpoint_file:
    digests['weights'] = manifests.digest(checkpoints.find(checkpoint_file))
  if examples_path:
    digests['reference'] = examples.load(examples_path).digest
  return digests


def run_pipeline(
    input_values: local_paths.Names, output_dir: local_paths.Name,
    stages: Sequence[str] | str, *, recursive: bool = False,
    voices_out: str | None = None, tile: int | None = None,
    qpm: float = defaults.QPM, checkpoint_file: local_paths.Name | None = None,
    examples_path: local_paths.Name | None = None,
    num_outputs: int | None = None, temperature: float | None = None,
    accents: bool = False, swing: dynamics_lib.Swing = 0.0,
    humanize: float = 0.0, groove: local_paths.Name = defaults.GROOVE,
    groove_strength: dynamics_lib.Strength = defaults.GROOVE_STRENGTH,
    groove_drawn: bool = False, seed: int = defaults.SEED,
    on_step: callbacks.OnStep = callbacks.silent,
    arguments: Mapping[str, object] | None = None,
    **reading: typing.Unpack[recipes.Reading],
) -> stage_chains.PipelineRun:
  """Runs a chain of stages over files and writes what comes out.

  Args:
    input_values: TFRecords of NoteSequences, MIDI files, folders, zips,
      datasets, drums_rnn primers and globs, or one of these.
    output_dir: Where the files go; made if missing.
    stages: Names of `kinds.WHAT`, in order, or one of them.
    recursive: Search folders in folders.
    voices_out: Drum map to write with at the end; `gm14` if None.
    tile: How many times each pattern is played in what comes out; once if None.
    qpm: Tempo of what has none of its own.
    checkpoint_file: Run directory, checkpoint file or `shipped:NAME`, for
      stages that need a model.
    examples_path: Known patterns: a dataset folder or file.
    num_outputs: Variations of each pattern; 4 if None.
    temperature: See `TrainedModel.decode_hits`.
    accents: Velocities by place in the bar and by voice.
    swing: How late every second sixteenth comes; 1 makes triplets.
    humanize: How much times and velocities vary, 0 to 1.
    groove: How what comes out is played; see `players.player`.
    groove_strength: How much of that, 0 to 1; or two such, of velocity and of
      timing.
    groove_drawn: One of many answers of a groove model, by `seed`.
    seed: Of everything drawn.
    on_step: Called with what is done of each input; see `callbacks`.
    arguments: What the manifest says was asked for; this call if None.
    **reading: How songs are read: `max_flips=4` and the other arguments of
      `recipes.of_arguments`.

  Raises:
    InputError: If there is nothing to read, a stage lacks what it needs, or an
      input would be overwritten.
    CheckpointError: If the model is none.
    DrumMapError: If there is no such drum map.
    OutputError: If the files can't be written.
  """
  asked = (
      manifests.arguments_of({**locals(), **reading})
      if arguments is None else arguments
  )
  errors.check_positive(num_outputs=num_outputs, tile=tile)
  model = str(checkpoint_file) if checkpoint_file else None
  recipe = recipes.of_arguments(**reading)
  # Only where an input is read it is known what its channels are.
  parts = parts_lib.MARKED if recipe.assume_drums else recipe.drum_parts
  options = stage_registry.Options(
      recipe=dataclasses.replace(recipe, drum_parts=parts_lib.MARKED),
      repeats=tile or 1, seed=seed, temperature=temperature,
      checkpoint=model,
      voices_out=drum_maps.load_to_write(voices_out) if voices_out else None,
      examples_path=str(examples_path) if examples_path else None,
      num_outputs=num_outputs or defaults.NUM_VARIATIONS,
      dynamics=players.dynamics(
          groove, accents=accents, swing=swing, humanize=humanize, seed=seed,
          groove_strength=groove_strength, groove_drawn=groove_drawn,
          drum_map=recipe.drum_map, knows_genres=False,
      ),
  )
  kinds = local_paths.names(stages)
  chain = stage_registry.make(kinds, options)
  stage_registry.check_use(kinds, options)
  return stage_chains.run_files(
      local_paths.names(input_values), local_paths.expand(output_dir), chain,
      recursive=recursive,
      options=drum_reading.Options(
          voices_in=recipe.drum_map, qpm=qpm, drum_parts=parts,
          assume_drums=recipe.assume_drums,
      ),
      recipe=recipe.for_hints(),
      manifest=lambda: manifests.text(
          asked, _digests(model, examples_path, groove),
          maker=result_folders.RUN_PIPELINE.script,
      ),
      on_step=on_step,
  )
