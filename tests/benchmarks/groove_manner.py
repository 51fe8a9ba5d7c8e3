"""How much of a loop's groove do the other loops of its file tell?

`python tests/benchmarks/groove_manner.py FOLDER` reads the MIDI files below a
folder. Loops (runs of the published recipe) with a velocity spread of 2 or more
are judged by R2 of velocities, each loop's mean taken out: of the mean by step
and voice, and of that with what the other loops of the same file do
(`grooves.taken_over`), also where these must differ by some hits. Means come
from other blocks of 40 neighbouring files only, for neighbours are kin.

What two loops of the same hits and of different blocks have in common, the mean
product of the two as a share of the square of one, is what hits can tell of
them: no prediction by hits has a greater R2, of however many loops it has
learned. Of loops whose hits differ a little it is what one neighbor tells.
"""

import pathlib
import sys

import numpy as np

from drumspace_ext import errors
from drumspace_ext.extraction import played_grooves
from drumspace_ext.extraction import readings
from drumspace_ext.extraction import recipes
from drumspace_ext.notes import grids
from drumspace_ext.notes import midi_reading
from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes

_BLOCK, _FOLDS, _MIN_SPREAD = 40, 5, 2.0
# A cell of the table is drawn to its voice by so many loops.
_TABLE_PRIOR = 10.0
# By how many hits loops differ, at least and at most.
DIFFERENCES = (0, 0), (1, 2), (3, 4), (5, 8), (9, 16), (17, 448)


def _loops(folder):
  """Returns (file number, hits, velocities, offsets) of all loops."""
  recipe, rows = recipes.Recipe(), []
  for number, path in enumerate(sorted(folder.rglob('*.mid'))):
    try:
      onsets = midi_reading.read_onsets(path.read_bytes())
      pieces = grids.cut(onsets, recipe.drum_map.code_of_pitch)
    except errors.RejectedInputError:
      continue
    found = readings.find(pieces, recipe).sightings
    if not found:
      continue
    packed = played_grooves.of_phases([
        played_grooves.Phases(onsets, pieces, [[s] for s in found])
    ])
    for loop, sums in zip(found, packed):
      codes = step_codes.bytes_to_codes(loop.phase)
      played = groove_sums.played(
          groove_sums.in_phase(sums, loop.canonical, loop.phase)
      )
      hits = step_codes.step_codes_to_hits(codes)
      cells = np.zeros((2, 32, 14))
      cells[:, hits] = played.velocities, played.offsets
      rows.append((number, hits, *cells))
  return [np.array(column) for column in zip(*rows)]


def _centred(values, hits):
  """Takes the mean over its hits out of each loop."""
  mean = (values * hits).sum((1, 2)) / hits.sum((1, 2))
  return (values - mean[:, None, None]) * hits


def _r2(truth, guess, hits, chosen):
  left = (truth - _centred(guess, hits))[chosen]
  return 1 - (left**2).sum() / (truth[chosen]**2).sum()


def _report(what, files, hits, truth, shared=1):
  """Prints R2 of the table and of the other loops of the file."""
  fold = files // _BLOCK % _FOLDS
  table = np.zeros(hits.shape)
  for held_out in range(_FOLDS):
    known = fold != held_out
    table[~known] = grooves.taken_over(
        truth[known].sum(0), hits[known].sum(0).astype(float), _TABLE_PRIOR
    )
  every = np.ones(len(hits), np.bool_)
  print(f'{what}: {len(hits):,} loops of {len(set(files.tolist())):,} files')
  print(f'  by step and voice: {_r2(truth, table, hits, every):.2f}')
  own = truth - _centred(table, hits)
  for least in (0, 8, 16):
    guess, judged = table.copy(), np.zeros(len(hits), np.bool_)
    for number in set(files.tolist()):
      mine = np.flatnonzero(files == number)
      for i in mine.tolist():
        differ = (hits[mine] != hits[i]).sum((1, 2))
        others = mine[(mine != i) & (differ >= least)]
        if len(others):
          judged[i] = True
          guess[i] += grooves.taken_over(
              own[others].sum(0), hits[others].sum(0).astype(float),
              shared=shared,
          )
    print(
        f'  and other loops that differ by {least} hits or more: '
        f'{_r2(truth, guess, hits, judged):.2f} '
        f'({judged.sum():,} loops of {len(set(files[judged].tolist())):,})'
    )


def differences(hits):
  """Returns by how many hits loops differ, `[num_loops, num_loops]`."""
  flat = hits.reshape(len(hits), -1).astype(np.float32)
  counts = flat.sum(1)
  return counts[:, None] + counts - 2 * flat @ flat.T


def nearest(files, hits):
  """Returns by how many hits the next loop of another block differs."""
  blocks = files // _BLOCK
  apart = differences(hits)
  apart[blocks[:, None] == blocks] = np.inf
  return apart.min(1)


def _report_common(files, hits, truth):
  """Prints what loops of other blocks tell, each block counting once."""
  blocks = files // _BLOCK
  flat = truth.reshape(len(truth), -1)
  products, apart = flat @ flat.T, differences(hits)
  squares = products.diagonal()
  apart[blocks[:, None] == blocks] = np.inf
  of_block = np.eye(blocks.max() + 1, dtype=np.float32)[blocks]
  for least, most in DIFFERENCES[:-1]:
    chosen = (apart >= least) & (apart <= most)
    counts = chosen.astype(np.float32) @ of_block
    num_blocks = (counts > 0).sum(1)
    some, several = num_blocks > 0, num_blocks > 2
    weights = chosen / np.maximum(counts, 1)[:, blocks]
    weights /= np.maximum(num_blocks, 1)[:, None]
    common = (weights * products).sum(1)
    mean = (weights @ flat).reshape(truth.shape)
    print(f'  others of other blocks, {least} to {most} hits apart:')
    for what, judged in (('', some), ('of three blocks or more ', several)):
      whole = squares[judged].sum()
      print(
          f'    {what}in common {common[judged].sum() / whole:.2f}, R2 of '
          f'their mean {_r2(truth, mean, hits, judged):.2f} '
          f'({judged.sum():,} loops, {whole / squares.sum():.0%} of squares)'
      )


def main():
  """Prints the table of this module."""
  files, hits, velocities, offsets = _loops(pathlib.Path(sys.argv[1]))
  truth = _centred(velocities, hits)
  spread = np.sqrt((truth**2).sum((1, 2)) / hits.sum((1, 2)))
  chosen = spread >= _MIN_SPREAD
  _report('velocity', files[chosen], hits[chosen], truth[chosen])
  _report_common(files[chosen], hits[chosen], truth[chosen])
  plain = np.tile(grooves.accents(), (2, 1))[None].astype(float)
  print('  shipped accents (made of these loops too): '
        f'{_r2(truth, np.broadcast_to(plain, hits.shape), hits, chosen):.2f}')
  truth = _centred(offsets, hits)
  timed = (offsets * hits).std(axis=(1, 2)) > 0.005
  _report('timing', files[timed], hits[timed], truth[timed], grooves.BEAT)
  _report_common(files[timed], hits[timed], truth[timed])


if __name__ == '__main__':
  main()
