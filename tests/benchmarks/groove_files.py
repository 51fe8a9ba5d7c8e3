"""How much would more files tell of how beats are played?

`python tests/benchmarks/groove_files.py FOLDER DATASETS [REPEATS]`: as
`groove_model.py`, the datasets of five folds, which are made where they are
missing. Of each an eighth, a quarter, half and all of the blocks of 40
neighboring files are learned from, drawn anew for each repeat, by the table and
by kernel ridge regression (`groove_kernels.py`): it needs no validation and no
seed, and is done in seconds. The loops of the other fold judge it: R2 of
velocities, each loop's mean taken out, over all five folds.
"""

import pathlib
import sys

import groove_manner
import groove_model
import numpy as np
import torch

from drumspace_ext.models import groove_answers
from drumspace_ext.models import groove_network
from drumspace_ext.models import networks
from drumspace_ext.training import groove_data
from drumspace_ext.training import groove_kernels
from drumspace_ext.training import groove_training

_SHARES = 1 / 8, 1 / 4, 1 / 2, 1
_VELOCITY = groove_answers.VELOCITY
_SCALE = groove_network.SCALES[_VELOCITY]


def _some(played, blocks, share, rng):
  """Returns the patterns of a share of blocks, which count for these alone."""
  there = sorted(set().union(*blocks))
  kept = set(rng.permutation(there)[:max(1, round(share * len(there)))])
  shares = np.array([len(found & kept) / len(found) for found in blocks])
  chosen = shares > 0
  some, shares = played.chosen(chosen), shares[chosen].astype(np.float32)
  some.weights[:] *= shares
  some.num_inputs[:] = np.maximum(1, some.num_inputs * shares)
  return some


def _left(data, hits, truth):
  """Returns the squares that are left by the table and by kernels."""
  table = groove_training.table(data)
  rest = data.centred()[:, _VELOCITY] / _SCALE - (
      groove_answers.centred(table, data.hits)[:, _VELOCITY]
  )
  kernels = groove_kernels.Kernels(data, rest.astype(np.float32))
  said = kernels(torch.from_numpy(hits)).numpy()
  return np.array([
      ((truth - groove_answers.centred(
          _SCALE * (table[_VELOCITY] + part)[:, None], hits
      )[:, 0])**2).sum() for part in (np.zeros_like(said), said)
  ])


def main():
  """Prints R2 by share of the blocks."""
  networks.prepare_torch(1)
  folder, place = map(pathlib.Path, sys.argv[1:3])
  repeats = int(dict(enumerate(sys.argv)).get(3, '2'))
  files, hits, velocities, _ = groove_manner._loops(folder)
  flat = hits.reshape(len(hits), -1).astype(np.float32)
  truth = groove_answers.centred(
      velocities.reshape(len(hits), 1, -1), flat
  )[:, 0]
  spread = groove_answers.has_spread(
      np.repeat(truth[:, None], 2, 1), flat
  )[:, _VELOCITY]
  paths = sorted(folder.rglob('*.mid'))
  by_file = (
      np.arange(len(paths)) // groove_data.BLOCK % groove_model._FOLDS
  )
  data = []
  for fold in range(groove_model._FOLDS):
    played, ids = groove_data.read(
        groove_model._dataset(folder, by_file, fold, place)
    )
    counted = played.known.any(1)
    blocks = groove_data.blocks(ids)
    data.append((
        played.chosen(counted),
        [found for found, own in zip(blocks, counted) if own],
    ))
  for share in _SHARES:
    for repeat in range(repeats if share < 1 else 1):
      sums = np.zeros(3)
      for fold, (played, blocks) in enumerate(data):
        own = (by_file[files] == fold) & spread
        rng = np.random.default_rng([repeat, fold])
        sums[:2] += _left(
            _some(played, blocks, share, rng), flat[own], truth[own]
        )
        sums[2] += (truth[own]**2).sum()
      plain, taught = 1 - sums[:2] / sums[2]
      print(f'{share:.3f} of the blocks, repeat {repeat}: table {plain:.3f}, '
            f'kernels {taught:.3f}', flush=True)


if __name__ == '__main__':
  main()
