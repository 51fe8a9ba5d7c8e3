r"""Times the layout of the map against scikit-learn's t-SNE, side by side.

Usage:
  python tests/benchmarks/map_speed.py [--sizes=5000,30000] [--nofft]
      [--noscikit]

For each size so many different patterns are drawn from the shipped ACAI,
encoded and laid out by both, one thread each, at the same perplexity, from the
main axes. CPU seconds, wall seconds, trustworthiness and the share of the 15
nearest kept are printed; then the time of placing 500 new patterns, of the
search for genre regions (labels drawn by place, 20 genres) and of measuring the
quality.

--nofft lays out with trees (Barnes-Hut) at every size, to see where the grid
(FFT) begins to pay.
"""

import sys
import time

from absl import app
from absl import flags
import numpy as np
from sklearn import manifold
import threadpoolctl

from drumspace_ext.latent_map import genre_regions
from drumspace_ext.latent_map import layout as map_layout
from drumspace_ext.latent_map import quality as map_quality
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import step_codes

_SIZES = flags.DEFINE_list('sizes', ['5000', '30000'], 'Patterns on the map.')
_FFT = flags.DEFINE_bool('fft', True, 'Use the grid where we would.')
_SCIKIT = flags.DEFINE_bool('scikit', True, 'Run scikit-learn too.')
_NEW, _GENRES = 500, 20


def _latents(count: int) -> np.ndarray:
  """Returns latents of different patterns, float64 `[count, z_size]`."""
  model = trained_model.TrainedModel('shipped:acai')
  found, seed = np.zeros((0, step_codes.NUM_STEPS), np.uint16), 0
  while len(found) < count:
    drawn = model.draw(4 * count, seed=seed, temperature=0.7)
    found = np.unique(np.concatenate([found, drawn.codes]), axis=0)
    seed += 1
  found = np.random.default_rng(0).permutation(found)[:count]
  _, mu, _ = model.encode_tensors(step_codes.step_codes_to_hits(found))
  return mu.astype(np.float64)


def _timed(name: str, function):
  """Calls a function, prints its seconds and returns (them, its result)."""
  wall, cpu = time.perf_counter(), time.process_time()
  result = function()
  cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
  print(f'  {name}: {cpu:.1f} s CPU, {wall:.1f} s wall', flush=True)
  return cpu, result


def _print_quality(latents: np.ndarray, places: np.ndarray) -> None:
  found = map_quality.measure(latents, places, seed=0)
  print(f'    trustworthiness {found["trustworthiness"]:.5f}, '
        f'kept {found["preservation"]:.4f}', flush=True)


def _scikit(latents: np.ndarray) -> np.ndarray:
  with threadpoolctl.threadpool_limits(1):
    return manifold.TSNE(
        perplexity=map_layout.DEFAULT_PERPLEXITY, random_state=0, n_jobs=1
    ).fit_transform(latents)


def _labels(places: np.ndarray) -> list[list[str]]:
  """Draws a genre for each pattern, likelier where it is at home."""
  rng = np.random.default_rng(0)
  homes = places[rng.choice(len(places), _GENRES)]
  apart = np.linalg.norm(places[:, None] - homes, axis=-1) / places.std()
  apart += rng.gumbel(size=apart.shape)
  return [[f'genre {i}'] for i in apart.argmin(1)]


def main(unused_argv) -> int:
  if not _FFT.value:
    map_layout.FFT_MIN_PATTERNS = sys.maxsize
  map_layout.lay_out(np.random.default_rng(0).random((9, 4)), seed=0)
  for size in map(int, _SIZES.value):
    latents = _latents(size + _NEW)
    latents, new = latents[:size], latents[size:]
    print(f'{size:,} patterns:')
    ours, places = _timed(
        f'ours ({map_layout.method(size)})',
        lambda z=latents: map_layout.lay_out(z, seed=0),
    )
    _print_quality(latents, places)
    if _SCIKIT.value:
      theirs, other = _timed('scikit-learn', lambda z=latents: _scikit(z))
      _print_quality(latents, other)
      print(f'  ratio {theirs / ours:.2f}')
    _timed(f'placing {_NEW} new ones', lambda z=latents, p=places, n=new: (
        map_layout.place(z, p, n, seed=0)
    ))
    genres = _labels(places)
    ids = [(str(i // 3),) for i in range(size)]
    _timed('genre regions', lambda p=places, g=genres, i=ids: (
        genre_regions.find(p, g, i, seed=0)
    ))
    _timed('quality', lambda z=latents, p=places: (
        map_quality.measure(z, p, seed=0)
    ))
  return 0


if __name__ == '__main__':
  sys.exit(app.run(main))
