"""Map building: a dataset and a model become a map with everything on it."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.conversion import named_patterns
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.latent_map import genre_regions
from drumspace_ext.latent_map import layers as map_layers
from drumspace_ext.latent_map import layout as map_layout
from drumspace_ext.latent_map import quality as map_quality
from drumspace_ext.latent_map import small_genres
from drumspace_ext.models import trained_model

FORMAT_VERSION = 1
# Latents of the same model on another machine differ in the last digits.
_SAME_LATENTS = 1e-3

_NUM_STEPS = (
    map_layout.LAYOUT_STEPS + map_layout.PLACING_STEPS
    + genre_regions.NUM_PERMUTATIONS
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Built:
  """A map and how it came about.

  Attributes:
    latent_map: The map.
    report: For JSON: `format_version`, `title`, `model`, `settings`,
      `quality`, `genres`, `regions`, `small_genres`, `layers` and `notes`
      (sentences).
  """

  latent_map: map_data.LatentMap
  report: dict


def _read_reference(
    existing: dataset_tsv.PatternSet, model: trained_model.TrainedModel
) -> map_layers.Reference:
  """Checks that a map was made with a model."""
  if existing.coordinates is None or existing.latents is None:
    raise errors.InputError(
        'the existing map has no coordinates: expected three columns (step '
        'codes, latent vector, map coordinates), as drumspace_build_map writes.'
    )
  if existing.latents.shape[1] != model.z_size:
    raise errors.InputError(
        f'the existing map has latents of size {existing.latents.shape[1]}, '
        f'the model has {model.z_size}. Give the model that the map was made '
        'with, or leave the map out.'
    )
  latents = map_layers.encode(model, existing.codes)
  apart = np.abs(latents - existing.latents).max()
  if apart > _SAME_LATENTS * max(1.0, float(latents.std())):
    raise errors.InputError(
        'the latents of the existing map are not those of the model (they '
        f'differ by up to {apart:.3g}). Give the model that the map was made '
        'with, or leave the map out.'
    )
  return map_layers.Reference(latents=latents, coordinates=existing.coordinates)


def _place_training(
    latents: np.ndarray, codes: np.ndarray, existing: dataset_tsv.PatternSet,
    reference: map_layers.Reference, seed: int,
) -> tuple[np.ndarray, str]:
  """Returns (coordinates, a note): those on the map stay where they are."""
  place_of = {row.tobytes(): i for i, row in enumerate(existing.codes)}
  where = np.array([place_of.get(row.tobytes(), -1) for row in codes])
  coordinates = reference.coordinates[where]
  coordinates[where < 0] = map_layout.place(
      reference.latents, reference.coordinates, latents[where < 0], seed=seed
  )
  placed = int((where < 0).sum())
  absent = len(existing) - (len(codes) - placed)
  return coordinates, (
      f'Laid out by an existing map of {len(existing):,} patterns: '
      f'{len(codes) - placed:,} stay where they are, {placed:,} new ones were '
      f'placed; {absent:,} of the map are not among these patterns.'
  )


def _most_frequent_first(labels: Mapping[str, int]) -> list[str]:
  return sorted(labels, key=lambda label: (-labels[label], label))


def build(
    training_set: examples.TrainingSet,
    model: trained_model.TrainedModel, *, seed: int,
    inputs: Sequence[named_patterns.NamedPatterns] = (),
    num_samples: int = defaults.NUM_MAPPED,
    existing: dataset_tsv.PatternSet | None = None,
    perplexity: float | None = None, title: str = defaults.MAP_TITLE,
    name: str = 'dataset', on_step: callbacks.OnStep = callbacks.silent,
) -> Built:
  """Builds a map.

  Args:
    training_set: The patterns that lay the space out.
    model: Encodes them.
    seed: Of everything random.
    inputs: Generated patterns, a layer each.
    num_samples: Beats to draw from the model as a further layer; 0 for none.
    existing: A map whose coordinates stay: patterns that are not on it are
      placed there.
    perplexity: See `layout.perplexity_for`.
    title: The map's heading.
    name: What to call the training patterns.
    on_step: Called with the steps done; see `callbacks`.

  Raises:
    InputError: If there are too few patterns, or the existing map is none or
      was made with another model.
  """
  def part(first: int) -> callbacks.OnStep:
    return callbacks.part_of(on_step, first, _NUM_STEPS, 'mapping')

  notes = []
  drafts = [map_layers.of_input(found, model) for found in inputs]
  if num_samples:
    try:
      drafts.append(map_layers.of_samples(model, num_samples, seed=seed))
    except errors.InputError as e:
      notes.append(f'No new beats of the model: {e}')
  latents = map_layers.encode(model, training_set.codes)
  if existing is None:
    perplexity = map_layout.perplexity_for(len(latents), perplexity)
    coordinates = map_layout.lay_out(
        latents, perplexity=perplexity, seed=seed, on_step=part(0)
    )
    reference = map_layers.Reference(latents=latents, coordinates=coordinates)
  elif perplexity is not None:
    raise errors.InputError('perplexity has no use where a map exists.')
  else:
    reference = _read_reference(existing, model)
    coordinates, note = _place_training(
        latents, training_set.codes, existing, reference, seed
    )
    notes.append(note)
  on_step(map_layout.LAYOUT_STEPS, _NUM_STEPS, 'mapping')
  layers = map_layers.place(
      drafts, reference, seed=seed, on_step=part(map_layout.LAYOUT_STEPS)
  )
  genres = list(map(_most_frequent_first, training_set.genres))
  findings = genre_regions.find(
      coordinates, genres, training_set.input_ids, seed=seed,
      on_step=part(map_layout.LAYOUT_STEPS + map_layout.PLACING_STEPS),
  )
  made = map_data.LatentMap(
      title=title,
      training=map_data.Layer(
          name=name, codes=training_set.codes, latents=latents,
          coordinates=coordinates, genres=genres,
          sources=training_set.sources, tempos=training_set.tempos,
          only_near=training_set.only_near,
      ),
      generated=layers, regions=findings.regions,
      quality={
          **map_quality.measure(latents, coordinates, seed=seed),
          **map_quality.hits_apart(
              training_set.codes, coordinates, seed=seed
          ),
      },
      # Beyond the largest genres some may be left out that are not small.
      small_genres=small_genres.find(coordinates, genres, {
          genre: count for genre, count in findings.left_out.items()
          if count < genre_regions.MIN_PATTERNS
      }),
  )
  settings = {
      'seed': seed, 'perplexity': perplexity,
      'repulsion': map_layout.method(len(latents)),
      'existing_map': existing is not None,
  }
  return Built(latent_map=made, report=_report(
      made, model, findings, settings,
      [{}, *(draft.left_out for draft in drafts)], notes,
  ))


def _report(
    made: map_data.LatentMap, model: trained_model.TrainedModel,
    findings: genre_regions.Findings, settings: dict,
    left_out: Sequence[dict[str, int]], notes: list[str],
) -> dict:
  return {
      'format_version': FORMAT_VERSION, 'title': made.title,
      'model': {
          'config': model.config.name, 'z_size': model.z_size,
          'train_step': model.train_step,
      },
      'settings': settings, 'quality': dict(made.quality),
      'genres': {
          'labelled_patterns': findings.labelled,
          'labels_exchanged_between': findings.exchanged,
          'permutations': findings.permutations,
          'level': genre_regions.LEVEL,
          'p_values': findings.p_values,
          'too_few_to_test': findings.left_out,
      },
      'regions': [
          dataclasses.asdict(region) | {
              'center': region.center.tolist(),
              'outline': region.outline.tolist(),
          } for region in findings.regions
      ],
      'small_genres': [
          dataclasses.asdict(small) | {'center': small.center.tolist()}
          for small in made.small_genres
      ],
      'layers': [
          {'name': layer.name, 'patterns': len(layer), 'left_out': missing}
          for layer, missing in zip((made.training, *made.generated), left_out)
      ],
      'notes': notes,
  }
