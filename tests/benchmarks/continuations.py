"""How well a next-step model foretells and continues songs it was not taught.

  python tests/benchmarks/continuations.py MIDI [CHECKPOINT]

MIDI is a folder of MIDI files. Of its songs in the order of their paths every
tenth block of 40 is judged; `shipped:continue` was trained without them, others
have to be too. Continuations are drawn at temperature 1, one a song.
"""

import pathlib
import sys

import numpy as np

from drumspace_ext.continuation import next_step_continuer
from drumspace_ext.extraction import songs as songs_lib
from drumspace_ext.models import checkpoints
from drumspace_ext.models import next_step
from drumspace_ext.patterns import step_codes

_BLOCK_SONGS, _NUM_BLOCKS, _JUDGED = 40, 10, 3
_LAGS = (16, 32)
# (steps of the primer, steps of its continuation).
_LENGTHS = ((64, 256), (32, 128))
_QUARTERS = 4
_DRAWS = 2000


def _judged_songs(folder: str) -> list[np.ndarray]:
  read = songs_lib.read([folder]).songs
  read.sort(key=lambda song: pathlib.PurePath(song.name))
  return [
      song.codes for place, song in enumerate(read)
      if place // _BLOCK_SONGS % _NUM_BLOCKS == _JUDGED
  ]


def _print_nats(model: next_step.NextStep, songs: list[np.ndarray]) -> None:
  start = next_step.PRIMER_STEPS
  nats = [model.nats(codes)[start:] for codes in songs if len(codes) > start]
  by_song = np.percentile([each.mean() for each in nats], [5, 25, 50, 75, 95])
  steps = np.concatenate(nats)
  print(f'{len(nats)} songs, {len(steps):,} steps: {steps.mean():.4f} nats a '
        f'step; by song {np.round(by_song, 3)}')


def _repetition(codes: np.ndarray, primer_steps: int) -> list[float]:
  return [
      float(np.mean(codes[primer_steps:] == codes[primer_steps - lag:-lag]))
      for lag in _LAGS
  ]


def _density(codes: np.ndarray, primer_steps: int) -> np.ndarray:
  hits = step_codes.step_codes_to_rows(codes[primer_steps:]).sum(axis=-1)
  return hits.reshape(_QUARTERS, -1).mean(axis=-1)


def _interval(values: np.ndarray) -> str:
  low, high = np.percentile(values, [2.5, 97.5])
  return f'{low:.3f} to {high:.3f}'


def _print_ratios(real: np.ndarray, drawn: np.ndarray) -> None:
  """Prints drawn to real, and real to real of halves of the songs."""
  rng = np.random.default_rng(0)
  count = len(real)
  chosen = rng.integers(count, size=(_DRAWS, count))
  halves = rng.permuted(np.tile(np.arange(count), (_DRAWS, 1)), axis=1)
  first, second = halves[:, :count // 2], halves[:, count // 2:]
  for column, lag in enumerate(_LAGS):
    a, b = real[:, column], drawn[:, column]
    print(
        f'  as {lag} before: drawn {b.mean():.4f}, real {a.mean():.4f}, ratio '
        f'{b.mean() / a.mean():.3f} '
        f'({_interval(b[chosen].mean(1) / a[chosen].mean(1))}); floor, real '
        f'to real: {_interval(a[first].mean(1) / a[second].mean(1))}'
    )


def _print_continuations(
    model: next_step.NextStep, songs: list[np.ndarray], primer_steps: int,
    num_steps: int,
) -> None:
  continuer = next_step_continuer.NextStepContinuer(model)
  real = [
      codes[:primer_steps + num_steps] for codes in songs
      if len(codes) >= primer_steps + num_steps
  ]
  drawn = [
      np.concatenate([codes[:primer_steps], continuer.continue_codes(
          codes[:primer_steps], num_steps=num_steps, num_outputs=1,
          temperature=1.0, seed=seed,
      )[0]]) for seed, codes in enumerate(real)
  ]
  print(f'{len(real)} songs, {primer_steps} steps and {num_steps} more')
  _print_ratios(*(
      np.array([_repetition(codes, primer_steps) for codes in side])
      for side in (real, drawn)
  ))
  densities = [
      np.array([_density(codes, primer_steps) for codes in side])
      for side in (real, drawn)
  ]
  for name, density in zip(('real', 'drawn'), densities):
    error = (density[:, -1] - density[:, 0]).std(ddof=1) / len(real) ** 0.5
    drift = density[:, -1].mean() - density[:, 0].mean()
    print(f'  hits a step by quarter, {name}: {density.mean(0).round(3)}, '
          f'drift {drift:+.3f} (standard error {error:.3f})')


def main() -> None:
  checkpoint = sys.argv[2] if len(sys.argv) > 2 else 'shipped:continue'
  path = checkpoints.find(checkpoint)
  model = next_step.from_tensors(checkpoints.read_arrays(path)[0], str(path))
  songs = _judged_songs(sys.argv[1])
  print(f'{len(songs)} judged songs')
  for primer_steps, num_steps in _LENGTHS:
    _print_continuations(model, songs, primer_steps, num_steps)
  _print_nats(model, songs)


if __name__ == '__main__':
  main()
