"""Map making: from a model's name and patterns to a map and its page."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import pathlib

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext import seeds
from drumspace_ext.conversion import named_patterns
from drumspace_ext.conversion import reading
from drumspace_ext.dataset import examples as training_sets
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.explorer import files as map_files
from drumspace_ext.explorer import groove_data
from drumspace_ext.files import local_paths
from drumspace_ext.files import manifests
from drumspace_ext.files import result_folders
from drumspace_ext.latent_map import building as map_building
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.models import checkpoints
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import drum_maps
from drumspace_ext.playing import sources


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class BuiltMap:
  """A map that was built; as text, what is on it and where it is.

  Attributes:
    output_dir: The folder that it is in.
    latent_map: The map.
    report: The contents of `map.json`.
    left_out: What could not be read, a line each.
    paths: The files written, by name, the page first.
  """

  output_dir: pathlib.Path
  latent_map: map_data.LatentMap
  report: Mapping
  left_out: Sequence[str]
  paths: Mapping[str, pathlib.Path]

  @property
  def page(self) -> pathlib.Path:
    """The page, to be opened in a browser."""
    return self.paths[map_files.PAGE]

  def __repr__(self) -> str:
    made = self.latent_map
    return (
        f'BuiltMap({str(self.output_dir)!r}, patterns={len(made.training)}, '
        f'generated={sum(map(len, made.generated))})'
    )

  def __str__(self) -> str:
    return '\n'.join([
        map_files.summary(self.latent_map, self.report),
        *(f'  {path}' for path in self.paths.values()),
    ])


def build(
    training_set: training_sets.TrainingSet, path: pathlib.Path | None,
    model: trained_model.TrainedModel, *, num_outputs: int | None = None,
    inputs: Sequence[named_patterns.NamedPatterns] = (),
    existing: dataset_tsv.PatternSet | None = None,
    perplexity: float | None = None, title: str | None = None,
    name: str | None = None, seed: int = defaults.SEED,
    on_step: callbacks.OnStep = callbacks.silent,
) -> map_building.Built:
  """Builds a map of patterns that were read; see `build_map`.

  Args:
    training_set: The patterns that lay the space out.
    path: What they were read from; None for the starter collection.
    model: Encodes them.
    num_outputs: Beats to draw from the model.
    inputs: Beats, a layer each.
    existing: A map whose coordinates stay.
    perplexity: See there.
    title: See there.
    name: What to call the patterns; by the last part of `path` if None.
    seed: Of everything random.
    on_step: Called with the steps done; see `callbacks`.

  Raises:
    InputError: See `map_building.build`.
  """
  return map_building.build(
      training_set, model, seed=seed, inputs=inputs, existing=existing,
      num_samples=num_outputs or defaults.NUM_MAPPED, perplexity=perplexity,
      title=local_paths.in_utf_8(title or defaults.MAP_TITLE),
      name=name or map_files.name_of(path), on_step=on_step,
  )


def build_map(
    checkpoint_file: local_paths.Name, output_dir: local_paths.Name, *,
    examples_path: local_paths.Name | None = None,
    input_values: local_paths.Names = (),
    existing_map: local_paths.Name | None = None, recursive: bool = False,
    steps_per_quarter: int = defaults.STEPS_PER_QUARTER,
    assume_drums: bool = False, voices_in: str = defaults.VOICES_IN,
    num_outputs: int | None = None, perplexity: float | None = None,
    title: str | None = None, names: Mapping[str, str] | None = None,
    groove: local_paths.Name | None = None, seed: int = defaults.SEED,
    on_step: callbacks.OnStep = callbacks.silent,
    arguments: Mapping[str, object] | None = None,
) -> BuiltMap:
  """Builds the map of the drum space, with its page for the browser.

  Args:
    checkpoint_file: Run directory, checkpoint file or `shipped:NAME`.
    output_dir: Where the files go; made if missing.
    examples_path: Patterns that lay the space out: a dataset folder or file;
      those of `existing_map`, or else the starter collection, if None.
    input_values: Files or folders of beats, a layer each, or one of these.
    existing_map: Folder or `dataset.tsv` of an earlier map whose coordinates
      stay (the flag `--map`).
    recursive: Search folders in folders.
    steps_per_quarter: Grid steps of a quarter note.
    assume_drums: Take all notes as drums.
    voices_in: Drum map to read with, a name or a TOML file; a MIDI file that
      is played like, too.
    num_outputs: Beats to draw from the model; 500 if None.
    perplexity: How many neighbors count, see `layout.perplexity_for`.
    title: The page's heading.
    names: What to call examples and inputs on the map, by their paths; by
      default the last part of each.
    groove: How the page plays beats: `shipped:groove` if None; a name as for
      `players.player`, but not of a GrooVAE, which no page can run.
    seed: Of everything random.
    on_step: Called with the steps done; see `callbacks`.
    arguments: What the manifest says was asked for; this call if None.

  Raises:
    InputError: If something can't be read, there are too few patterns, or a
      dataset in `output_dir` would be lost.
    CheckpointError: If the model is none, or that of the groove.
    OutputError: If the files can't be written.
  """
  errors.check_positive(num_outputs=num_outputs)
  asked = manifests.arguments_of(locals()) if arguments is None else arguments
  seeds.check(seed)
  folder = local_paths.expand(output_dir)
  values = local_paths.names(input_values)
  weights, examples = str(checkpoint_file), examples_path or existing_map
  path = local_paths.expand(examples) if examples else None
  playing = sources.RECOMMENDED if groove is None else groove
  result_folders.claim(
      folder, result_folders.BUILD_MAP, [*values, *sources.files(playing)],
      completes=path,
  )
  drum_map = drum_maps.load(voices_in)
  groove_of_page = groove_data.of_name(playing, drum_map=drum_map)
  model = trained_model.TrainedModel(weights)
  digests = {
      'weights': manifests.digest(checkpoints.find(weights)),
      **sources.digests(playing),
  }
  existing = None
  if existing_map:
    existing = map_files.read_existing(existing_map)
    digests['map'] = manifests.digest(map_files.existing_path(existing_map))
  training_set = training_sets.load_or_starter(path)
  digests['examples'] = training_set.digest
  map_files.check_folder(folder, path, training_set.codes)
  names = names or {}
  inputs = _read_inputs(values, names, reading.Options(
      voices_in=drum_map, assume_drums=assume_drums,
      steps_per_quarter=steps_per_quarter,
  ), recursive)
  built = build(
      training_set, path, model, seed=seed, inputs=inputs, existing=existing,
      num_outputs=num_outputs, perplexity=perplexity, title=title,
      name=names.get(str(examples)), on_step=on_step,
  )
  paths = map_files.write(
      folder, built, model, asked, digests, examples=path,
      groove=groove_of_page,
  )
  return BuiltMap(
      output_dir=folder, latent_map=built.latent_map, report=built.report,
      left_out=[
          named_patterns.left_out_text(found) for found in inputs
          if found.left_out
      ],
      paths={path.name: path for path in paths},
  )


def _read_inputs(
    values: Sequence[str], names: Mapping[str, str],
    options: reading.Options, recursive: bool,
) -> list[named_patterns.NamedPatterns]:
  """Reads beats, a layer each."""
  return [
      named_patterns.read(
          value, names.get(value, name), options, recursive=recursive
      )
      for value, name in zip(values, named_patterns.names(values))
  ]
