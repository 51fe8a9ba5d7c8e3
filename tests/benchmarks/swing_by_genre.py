"""By how much does a genre swing?

`python tests/benchmarks/swing_by_genre.py FOLDER` reads the MIDI files below a
folder, whose folders and names tell genres. A file's swing is how much later
its second and fourth sixteenths come than the others, on the mean of its bars
in 4/4, in the unit of `Dynamics.swing`: 1 is triplets. Files are judged that
have timing and at least so many hits on either side; a genre's swing is their
median, where there are enough. 90 % of medians of blocks of neighbouring files,
drawn anew, for neighbours are kin; and the mean error of files of a block by
the median of the other blocks, beside that of no swing at all.
`patterns/genre_swings.py` has those that swing by more than chance, and by
which files of other blocks are told better.
"""

import collections
import pathlib
import sys

import numpy as np

from drumspace_ext import errors
from drumspace_ext.extraction import genres
from drumspace_ext.extraction import manners
from drumspace_ext.patterns import groove_sums

_MIN_SPREAD, _MIN_HITS, _MIN_FILES, _BLOCK = 0.005, 8, 10, 10
_DRAWS = 1000
# A second sixteenth of triplets comes a third of a step late.
_UNIT = 3


def swing_of(cells):
  """Returns by how much a performance swings, None if it does not tell.

  Args:
    cells: Its sums, int64 `[5, 32, 14]`, see `groove_sums`.
  """
  plays, _, _, offsets, _ = cells.astype(np.float64)
  offsets /= groove_sums.UNITS
  struck = plays > 0
  counts = plays[1::2].sum(), plays[::2].sum()
  if min(counts) < _MIN_HITS or (
      (offsets[struck] / plays[struck]).std() <= _MIN_SPREAD
  ):
    return None
  return _UNIT * (
      offsets[1::2].sum() / counts[0] - offsets[::2].sum() / counts[1]
  )


def _by_genre(folder):
  """Returns (swings, blocks) of the files of each genre."""
  found = collections.defaultdict(list)
  number = 0
  for path in sorted(folder.rglob('*.mid')):
    try:
      cells = manners.read(path)
    except errors.InputError:
      continue
    swing = swing_of(cells)
    if swing is not None:
      for genre in genres.of_text(str(path.relative_to(folder))):
        found[genre].append((swing, number // _BLOCK))
    number += 1
  return {
      genre: tuple(map(np.array, zip(*rows))) for genre, rows in found.items()
      if len(rows) >= _MIN_FILES
  }


def _held_out(swings, blocks):
  """Returns the mean errors of no swing, and of the other blocks' median."""
  guess = np.full(len(swings), np.nan)
  for block in set(blocks.tolist()):
    others = swings[blocks != block]
    if len(others):
      guess[blocks == block] = max(np.median(others), 0.0)
  judged = np.isfinite(guess)
  if not judged.any():
    return np.nan, np.nan
  return (np.abs(swings[judged]).mean(),
          np.abs(swings - guess)[judged].mean())


def main():
  """Prints a line for each genre, the most swinging first."""
  rng = np.random.default_rng(0)
  rows = []
  for genre, (swings, blocks) in sorted(
      _by_genre(pathlib.Path(sys.argv[1])).items()
  ):
    parts = [swings[blocks == block] for block in np.unique(blocks)]
    medians = [
        np.median(np.concatenate([
            parts[i] for i in rng.integers(len(parts), size=len(parts))
        ])) for _ in range(_DRAWS)
    ]
    rows.append((np.median(swings), *np.quantile(medians, (0.05, 0.95)),
                 genre, len(swings), len(parts), *_held_out(swings, blocks)))
  for middle, low, high, genre, files, count, none, other in sorted(
      rows, reverse=True
  ):
    swings = low > 0 and other < none
    print(f'{genre:14} {middle:5.2f} ({low:.2f} to {high:.2f}), {files} files '
          f'in {count} blocks; error {none:.3f}, by the median {other:.3f}'
          f'{"  swings" if swings else ""}')


if __name__ == '__main__':
  main()
