"""How well a next-step model foretells and continues songs it was not taught.

  python tests/benchmarks/continuations.py MIDI [CHECKPOINT]

MIDI is a folder of MIDI files. Of its songs in the order of their paths every
tenth block of 40 is judged; `shipped:continue` was trained without them, others
have to be too. Continuations are drawn at temperature 1, one a song.
"""

import pathlib
import sys

import numpy as np

from drumspace_ext.evaluation import song_baselines
from drumspace_ext.evaluation import song_metrics
from drumspace_ext.evaluation import song_panel
from drumspace_ext.evaluation import song_players
from drumspace_ext.extraction import songs as songs_lib
from drumspace_ext.models import checkpoints
from drumspace_ext.models import next_step

_BLOCK_SONGS, _NUM_BLOCKS, _JUDGED = 40, 10, 3
# (steps of the primer, steps of its continuation).
_LENGTHS = ((64, 256), (32, 128))
_DRAWS = 2000


def _divided_songs(
    folder: str,
) -> tuple[list[np.ndarray], list[np.ndarray]]:
  """Returns (songs to learn from, songs that judge)."""
  read = songs_lib.read([folder]).songs
  read.sort(key=lambda song: pathlib.PurePath(song.name))
  sides: tuple[list[np.ndarray], list[np.ndarray]] = [], []
  for place, song in enumerate(read):
    sides[place // _BLOCK_SONGS % _NUM_BLOCKS == _JUDGED].append(song.codes)
  return sides


def _print_nats(
    player: song_players.Player, songs: list[np.ndarray]
) -> None:
  start = next_step.PRIMER_STEPS
  heard = player.nats(songs)
  if heard is None:
    return
  nats = [each[start:] for each in heard if len(each) > start]
  by_song = np.percentile([each.mean() for each in nats], [5, 25, 50, 75, 95])
  steps = np.concatenate(nats)
  print(f'{player.name}: {len(nats)} songs, {len(steps):,} steps: '
        f'{steps.mean():.4f} nats a step; by song {np.round(by_song, 3)}')


def _interval(values: np.ndarray) -> str:
  low, high = np.percentile(values, [2.5, 97.5])
  return f'{low:.3f} to {high:.3f}'


def _print_ratio(real: np.ndarray, drawn: np.ndarray, lag: int) -> None:
  """Prints drawn to real, and real to real of halves of the songs."""
  rng = np.random.default_rng(0)
  count = len(real)
  estimate = song_metrics.ratio(drawn, real, rng=rng)
  halves = rng.permuted(np.tile(np.arange(count), (_DRAWS, 1)), axis=1)
  first, second = halves[:, :count // 2], halves[:, count // 2:]
  print(
      f'  as {lag} before: drawn {drawn.mean():.4f}, real {real.mean():.4f}, '
      f'ratio {estimate.value:.3f} ({estimate.low:.3f} to '
      f'{estimate.high:.3f}); floor, real to real: '
      f'{_interval(real[first].mean(1) / real[second].mean(1))}'
  )


def _print_continuations(
    player: song_players.Player, songs: list[np.ndarray], primer_steps: int,
    num_steps: int,
) -> None:
  real = song_panel.real_continuations(songs, primer_steps, num_steps)
  drawn = song_panel.continued(
      player, real, primer_steps, temperature=1.0, seed=0
  )
  print(f'{len(real)} songs, {primer_steps} steps and {num_steps} more')
  for lag in song_metrics.REPEAT_LAGS:
    _print_ratio(*(
        song_metrics.repetition(codes, primer_steps, lag)
        for codes in (real, drawn)
    ), lag)
  for name, codes in (('real', real), ('drawn', drawn)):
    density = song_metrics.density(codes, primer_steps)
    drifts = density[:, -1] - density[:, 0]
    error = drifts.std(ddof=1) / len(real) ** 0.5
    print(f'  hits a step by quarter, {name}: {density.mean(0).round(3)}, '
          f'drift {drifts.mean():+.3f} (standard error {error:.3f})')


def main() -> None:
  checkpoint = sys.argv[2] if len(sys.argv) > 2 else checkpoints.CONTINUER
  training, songs = _divided_songs(sys.argv[1])
  frequencies = song_baselines.Frequencies(training)
  player = song_players.load(
      checkpoint, checkpoints.find(checkpoint), frequencies
  )
  print(f'{len(songs)} judged songs')
  for primer_steps, num_steps in _LENGTHS:
    _print_continuations(player, songs, primer_steps, num_steps)
  for judged in (player, *song_panel.baselines(training, frequencies)):
    _print_nats(judged, songs)


if __name__ == '__main__':
  main()
