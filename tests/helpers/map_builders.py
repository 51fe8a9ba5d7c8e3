"""Maps for the tests: laid out without t-SNE, of the starter collection or made
up of many patterns.
"""

import dataclasses
import functools

import numpy as np

from drumspace_ext.dataset import examples
from drumspace_ext.explorer import page as map_page
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import step_codes

# What a page must show as text, whatever it looks like.
HOSTILE = (
    '<img src=x onerror=document.body.dataset.hacked=1>', '</script><b>bold',
    '{{data}}', '"quoted" \'twice\' & \\u0022', 'Trommel 太鼓 \u2028 🥁',
)


@functools.cache
def model(name: str = 'acai') -> trained_model.TrainedModel:
  """Returns a shipped model."""
  return trained_model.TrainedModel(f'shipped:{name}')


def _plane(latents: np.ndarray) -> np.ndarray:
  """Returns the first two principal axes, float64 `[2, z_size]`."""
  return np.linalg.svd(latents - latents.mean(0), full_matrices=False)[2][:2]


def layer(
    name, codes, latents, axes, genres=None, sources=None, tempos=None
):
  return map_data.Layer(
      name=name, codes=codes, latents=latents,
      coordinates=10 * (latents @ axes.T), genres=genres or [()] * len(codes),
      sources=sources or [()] * len(codes), tempos=tempos,
  )


def starter_map(
    of: trained_model.TrainedModel, *, count: int | None = None,
    draws: int = 60, title: str = 'Starter', hostile: bool = False,
) -> map_data.LatentMap:
  """Returns the starter collection with draws of the model.

  Args:
    of: The model.
    count: Patterns of the collection; all if None.
    draws: Generated patterns before they are filtered.
    title: The map's.
    hostile: Genres and sources are `HOSTILE`.
  """
  known = examples.load_or_starter(None)
  codes = known.codes[:count]
  latents = of.encode_tensors(step_codes.step_codes_to_hits(codes))[1]
  latents = latents.astype(np.float64)
  axes = _plane(latents)
  genres = [tuple(sorted(g)) for g in known.genres[:count]]
  sources = known.input_ids[:count]
  if hostile:
    genres = sources = [
        (HOSTILE[i % len(HOSTILE)],) for i in range(len(codes))
    ]
  drawn = of.draw(draws, seed=0)
  kept = drawn.first_of_class
  corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1.]])
  center = 10 * (latents.mean(0) @ axes.T)
  return map_data.LatentMap(
      title=title,
      training=layer(
          'starter', codes, latents, axes, genres, sources,
          known.tempos[:count],
      ),
      generated=[layer(
          HOSTILE[0] if hostile else 'samples', drawn.codes[kept],
          drawn.latents[kept], axes,
      )] if draws else [],
      regions=[map_data.Region(
          genre=genres[0][0], center=center, outline=center + 8 * corners,
          count=12, inside=8, expected=2.0, p_value=0.01,
      )],
      quality={
          'trustworthiness': 0.99, 'hits_to_nearest': 16.0, 'hits_to_any': 39.0,
      },
  )


def crowded_map(
    of: trained_model.TrainedModel, *, count: int = 33_000, draws: int = 500,
    seed: int = 0, drawn_by: trained_model.TrainedModel | None = None,
) -> map_data.LatentMap:
  """Returns many different made up patterns in clusters on a plane.

  They are those of `drawn_by`, or of the model itself if that is None.

  Patterns are draws of a model at a high temperature, so that they compress as
  badly as real ones; half of them have a genre, all of them a file.
  """
  rng = np.random.default_rng(seed)
  codes = np.zeros((0, step_codes.NUM_STEPS), np.uint16)
  while len(codes) < count + draws:
    more = (drawn_by or of).draw(count, seed=seed, temperature=0.7).codes
    codes = np.unique(np.concatenate([codes, more]), axis=0)
    seed += 1
  codes = rng.permutation(codes)[:count + draws]
  latents = of.encode_tensors(
      step_codes.step_codes_to_hits(codes)
  )[1].astype(np.float64)
  centers = rng.normal(0, 20, (60, 2))
  spread = rng.gamma(2, 0.8, (60, 1))
  cluster = rng.integers(60, size=len(codes))
  places = centers[cluster] + spread[cluster] * rng.normal(
      size=(len(codes), 2)
  )
  names = [f'genre {i}' for i in range(20)]
  genres = [
      (names[c % 20],) if c % 2 else () for c in cluster[:count].tolist()
  ]
  sources = [
      (f'songs/artist {i % 997}/song {i // 3}.mid',) for i in range(count)
  ]

  def part(name, rows, genres, sources):
    return map_data.Layer(
        name=name, codes=codes[rows], latents=latents[rows],
        coordinates=places[rows], genres=genres, sources=sources,
    )

  rest = [()] * draws
  return map_data.LatentMap(
      title='Crowded', training=part(
          'songs', slice(count), genres, sources
      ), generated=[part('samples', slice(count, None), rest, rest)],
      regions=[], quality={},
  )


def write(path, of: trained_model.TrainedModel, **options):
  """Writes the page of `starter_map` and returns (path, map)."""
  made = starter_map(of, **options)
  path.write_text(map_page.render(made, of), encoding='utf-8')
  return path, made


def write_changed(path, **changes):
  """The same, but its known beats have something else, and no others are."""
  of = model()
  made = starter_map(of, draws=0)
  made = dataclasses.replace(made, training=dataclasses.replace(
      made.training, **changes
  ))
  path.write_text(map_page.render(made, of), encoding='utf-8')
  return path, made
