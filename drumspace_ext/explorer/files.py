"""Map files: what `drumspace_build_map` leaves in its output folder.

`dataset.tsv` has all three columns of the published form; beside it stands the
`provenance.tsv` that the patterns came with, if they did, or that of the
starter collection. `generated.tsv` has the same form and holds the other
layers, one after the other; `map.json` says how many patterns each has, how
good the map is, and all about its regions (see `map_building.Built`).
`regions.tsv` has a header and one line a region: genre, p_value, count, inside,
expected, x, y. `map.html` is the page.
"""

from collections.abc import Mapping
import json
import pathlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext.dataset import examples as training_sets
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.explorer import groove_data
from drumspace_ext.explorer import page as map_page
from drumspace_ext.files import local_paths
from drumspace_ext.files import manifests
from drumspace_ext.files import output_files
from drumspace_ext.files import result_folders
from drumspace_ext.files import result_names
from drumspace_ext.latent_map import building as map_building
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import step_codes

GENERATED, REGIONS = result_names.GENERATED, result_names.REGIONS
PAGE, REPORT = map_page.FILE_NAME, result_names.MAP_REPORT
NAMES = result_names.OF_MAP
REGIONS_HEADER = (
    'genre', 'p_value', 'count', 'inside', 'expected', 'x', 'y',
)


def read_existing(value: local_paths.Name) -> dataset_tsv.PatternSet:
  """Reads a map: a folder that `write` left, or a TSV file of three columns.

  Raises:
    InputError: If there is none.
  """
  return dataset_tsv.read(existing_path(value))


def existing_path(value: local_paths.Name) -> pathlib.Path:
  """Returns the TSV file of a map that is named by it or by its folder."""
  path = local_paths.expand(value)
  if path.is_dir():
    path = path / dataset_tsv.DATASET
  if not path.is_file():
    raise errors.InputError(
        f'{path} does not exist. Make a map with drumspace_build_map.'
    )
  return path


def name_of(examples: pathlib.Path | None) -> str:
  """Returns what to call patterns by what they were read from."""
  if examples is None:
    return 'starter collection'
  if examples.name == dataset_tsv.DATASET:
    examples = examples.parent
  return local_paths.in_utf_8(examples.resolve().name) or 'dataset'


def check_folder(
    folder: pathlib.Path, examples: pathlib.Path | None, codes: np.ndarray
) -> None:
  """Refuses a folder some of whose patterns would be lost.

  A dataset's own folder is fine: its patterns then have all three columns.

  Args:
    folder: Where a map is to be written.
    examples: What the training patterns were read from, if anything.
    codes: Step codes of these patterns, one of each rotation class.

  Raises:
    InputError: If it holds what is not to be written over.
  """
  result_folders.claim(folder, result_folders.BUILD_MAP, completes=examples)
  held, count = folder / dataset_tsv.DATASET, len(codes)
  another = 'Choose another --output_dir.'
  origins = training_sets.origins_or_starter(examples, count)
  told = folder / dataset_tsv.PROVENANCE
  if told.is_file() and (
      origins is None or not examples and told.read_bytes() != origins
  ):
    raise errors.InputError(
        f'{folder} holds another dataset, with its {dataset_tsv.PROVENANCE}. '
        + another
    )
  if not held.is_file():
    return
  if (folder / REPORT).is_file():
    there = step_codes.class_digests(dataset_tsv.read(held).codes)
    lost = ~np.isin(there, step_codes.class_digests(codes))
    if lost.any():
      raise errors.InputError(
          f'{folder} holds the map of another dataset: {int(lost.sum()):,} of '
          f'its patterns would be lost. {another}'
      )
    return
  lines = sum(1 for line in held.read_bytes().splitlines() if line)
  if lines != count:
    raise errors.InputError(
        f'{held} has {lines:,} patterns, of which {count:,} are different up '
        f'to rotation; writing there would lose the others. {another}'
    )


def _write_layers(stream, layers) -> None:
  for layer in layers:
    dataset_tsv.write(stream, dataset_tsv.PatternSet(
        codes=layer.codes, latents=layer.latents,
        coordinates=layer.coordinates,
    ))


def _region_line(region: map_data.Region) -> str:
  x, y = np.asarray(region.center).tolist()
  return '\t'.join((
      dataset_tsv.escape(region.genre), f'{region.p_value:.6g}',
      str(region.count), str(region.inside), f'{region.expected:.6g}',
      repr(x), repr(y),
  )) + '\n'


def write(
    folder: pathlib.Path, built: map_building.Built,
    model: trained_model.TrainedModel, arguments: Mapping,
    digests: Mapping[str, str], *, examples: pathlib.Path | None = None,
    groove: groove_data.GrooveData | None = None,
) -> list[pathlib.Path]:
  """Writes everything about a map.

  Args:
    folder: Where; made if missing.
    built: The map.
    model: What it was made with; the page holds it. There is no page of a
      model that it can't compute (`TrainedModel.fits_page`).
    arguments: For the manifest.
    digests: For the manifest.
    examples: What the training patterns were read from.
    groove: How the page plays; see `map_page.render`.

  Returns:
    The files written, the page first.

  Raises:
    InputError: If the folder holds the dataset of other patterns.
    OutputError: If they can't be written.
  """
  made = built.latent_map
  origins = training_sets.origins_or_starter(examples, len(made.training))
  check_folder(folder, examples, made.training.codes)
  page = map_page.render(made, model, groove) if model.fits_page else None
  names = [name for name in NAMES if name != PAGE or page is not None]
  with output_files.Batch(folder) as batch:
    # The maker's name comes first, should the run be killed while renaming.
    batch.open(manifests.FILE_NAME).write(manifests.text(
        arguments, digests, maker=result_folders.BUILD_MAP.script
    ))
    if page is not None:
      batch.open(PAGE).write(page)
    _write_layers(batch.open(dataset_tsv.DATASET), [made.training])
    _write_layers(batch.open(GENERATED), made.generated)
    regions = batch.open(REGIONS)
    regions.write('\t'.join(REGIONS_HEADER) + '\n')
    regions.writelines(map(_region_line, made.regions))
    batch.open(REPORT).write(
        json.dumps(built.report, indent=1, ensure_ascii=False) + '\n'
    )
    if origins is not None:
      batch.write(dataset_tsv.PROVENANCE, origins)
      names.append(dataset_tsv.PROVENANCE)
  if page is None:
    # That of an earlier map would be of another one.
    (folder / PAGE).unlink(missing_ok=True)
  return [folder / name for name in names]


def summary(made: map_data.LatentMap, report: Mapping) -> str:
  """Says in a few lines what is on a map, by it and its `map.json`."""
  quality, tested = made.quality, report['genres']
  lines = [f'{len(made.training):,} patterns on the map']
  lines += [f'{len(layer):,} of {layer.name}' for layer in made.generated]
  lines.append(
      f'neighbors on the map differ in {quality["hits_to_nearest"]:g} hits, '
      f'any two beats in {quality["hits_to_any"]:g} (medians)'
  )
  lines.append(
      f'trustworthiness {quality["trustworthiness"]:.4f}, '
      f'{quality["preservation"]:.0%} of the {quality["neighbors"]} nearest '
      'kept'
  )
  found = list(dict.fromkeys(region.genre for region in made.regions))
  lines.append(
      f'{len(found)} of {len(tested["p_values"])} genres gather somewhere'
      + (f': {", ".join(found)}' if found else '')
      + (f'; {len(tested["too_few_to_test"])} have too few patterns to tell'
         if tested['too_few_to_test'] else '')
  )
  return '\n'.join(lines + list(report['notes']))
