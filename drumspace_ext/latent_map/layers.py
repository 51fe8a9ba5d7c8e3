"""Map layers: sets of patterns that are placed on a map laid out by others."""

from collections.abc import Sequence
import dataclasses

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.conversion import named_patterns
from drumspace_ext.generation import ways
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.latent_map import layout as map_layout
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import step_codes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reference:
  """Patterns on a map that others are placed by.

  Attributes:
    latents: float64 `[num_patterns, z_size]`.
    coordinates: Map coordinates, float64 `[num_patterns, 2]`.
  """

  latents: np.ndarray
  coordinates: np.ndarray


def encode(
    model: trained_model.TrainedModel, codes: np.ndarray
) -> np.ndarray:
  """Returns latents, float64 `[n, z_size]`, of step codes `[n, 32]`."""
  return ways.encode(model, step_codes.step_codes_to_hits(codes))[0]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Draft:
  """A layer that has no coordinates yet.

  Attributes:
    name: See `map_data.Layer`, as for the rest.
    codes: uint16 `[num_patterns, 32]`.
    latents: float64 `[num_patterns, z_size]`.
    genres: For each pattern its labels.
    sources: For each pattern the ids of its inputs.
    left_out: Patterns that did not come along, by reason.
    tempos: See `map_data.Layer`.
  """

  name: str
  codes: np.ndarray
  latents: np.ndarray
  genres: Sequence[Sequence[str]]
  sources: Sequence[Sequence[str]]
  left_out: dict[str, int]
  tempos: np.ndarray | None = None


def of_input(
    found: named_patterns.NamedPatterns, model: trained_model.TrainedModel
) -> Draft:
  """Drafts a layer of an input: each pattern once, silence not at all.

  Raises:
    InputError: If it is all silent.
  """
  codes = step_codes.hits_to_step_codes(found.hits)
  _, first = np.unique(codes, axis=0, return_index=True)
  kept = np.sort(first)
  kept = kept[codes[kept].any(1)]
  if not len(kept):
    raise errors.InputError(
        f'{found.name} holds nothing but silence. Where drums are on another '
        'channel, --assume_drums takes all notes as drums.'
    )
  sounding = int(codes.any(1).sum())
  return Draft(
      name=found.name, codes=codes[kept], latents=encode(model, codes[kept]),
      genres=[found.genres[i] for i in kept],
      sources=[(found.sources[i],) for i in kept],
      left_out={
          'unreadable': len(found.left_out), 'silent': len(codes) - sounding,
          'repeated': sounding - len(kept),
      },
      tempos=None if found.tempos is None else found.tempos[kept],
  )


def of_samples(
    model: trained_model.TrainedModel, count: int, *, seed: int
) -> Draft:
  """Drafts a layer of beats drawn from a model that pass its filters.

  Raises:
    InputError: If none passes.
  """
  made = ways.sample(
      model, num_outputs=count, num_draws=None, near=None, seed=seed,
      temperature=None, threshold=0.5,
  )
  nothing = [()] * len(made.hits)
  return Draft(
      name=f'new beats of {model.config.name}',
      codes=step_codes.hits_to_step_codes(made.hits), latents=made.latents,
      genres=nothing, sources=nothing, left_out={},
  )


def place(
    drafts: Sequence[Draft], reference: Reference, *, seed: int,
    on_step: callbacks.OnStep,
) -> list[map_data.Layer]:
  """Places layers on a map.

  Args:
    drafts: The layers.
    reference: The map.
    seed: Of what is random.
    on_step: See `layout.place`.
  """
  if not drafts:
    return []
  coordinates = map_layout.place(
      reference.latents, reference.coordinates,
      np.concatenate([draft.latents for draft in drafts]), seed=seed,
      on_step=on_step,
  )
  ends = np.cumsum([len(draft.codes) for draft in drafts])[:-1]
  return [
      map_data.Layer(
          name=draft.name, codes=draft.codes, latents=draft.latents,
          coordinates=part, genres=draft.genres, sources=draft.sources,
          tempos=draft.tempos,
      ) for draft, part in zip(drafts, np.split(coordinates, ends))
  ]
