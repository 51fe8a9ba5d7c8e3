r"""Measures what a folder of MIDI files gives beyond the published recipe.

Usage:
  python tests/benchmarks/reach.py FOLDER [--recipes=max_flips=4] [--side=580]

For the published recipe and each other (fields of `recipes.Reading` with `+`
between them): inputs with patterns, classes, CPU time of reading, and how well
boosted trees tell the new classes from those of the published recipe (AUC, mean
over seeds; 0.5: not at all), so many a side. They see the hits, hits per voice
and step, and autocorrelation at lags 4, 8 and 16, of canonical rotations. The
first line holds two halves of the published classes against each other.
"""

import pathlib
import resource
import statistics
import sys
import tempfile

from absl import app
from absl import flags
import numpy as np
import threadpoolctl

from drumspace_ext.dataset import creation
from drumspace_ext.dataset import tsv
from drumspace_ext.evaluation import metrics
from drumspace_ext.patterns import step_codes

_RECIPES = flags.DEFINE_list(
    'recipes', ['max_flips=2', 'max_flips=4', 'max_flips=4+recurring=1'],
    'What is read beside the published recipe.',
)
_SIDE = flags.DEFINE_integer('side', 580, 'Classes a side.')
_SEEDS = flags.DEFINE_integer('seeds', 5, 'Draws.')


def _read(folder, reading):
  """Returns (CPU seconds, inputs with patterns, canonical codes)."""
  before = resource.getrusage(resource.RUSAGE_SELF)
  with tempfile.TemporaryDirectory() as output:
    made = creation.create_dataset(
        folder, output, recursive=True, num_workers=0, **reading
    )
    after = resource.getrusage(resource.RUSAGE_SELF)
    codes = tsv.read(pathlib.Path(output, 'dataset.tsv')).codes
  seconds = after.ru_utime - before.ru_utime
  return seconds, made.report['kept'], step_codes.canonical(codes)


def _auc(real, new):
  """Returns the AUC of trees at telling new classes from real ones, by seed."""
  from sklearn import ensemble
  from sklearn import metrics as sklearn_metrics
  from sklearn import model_selection

  side = min(_SIDE.value, len(real), len(new))
  scores = []
  for seed in range(_SEEDS.value):
    rng = np.random.default_rng(seed)
    chosen = [
        codes[rng.permutation(len(codes))[:side]] for codes in (real, new)
    ]
    seen = metrics.features(
        step_codes.step_codes_to_hits(np.concatenate(chosen))
    )
    is_new = np.repeat([False, True], side)
    with threadpoolctl.threadpool_limits(1):
      told = model_selection.cross_val_predict(
          ensemble.HistGradientBoostingClassifier(random_state=seed), seen,
          is_new, method='predict_proba',
          cv=model_selection.StratifiedKFold(
              5, shuffle=True, random_state=seed
          ),
      )[:, 1]
    scores.append(sklearn_metrics.roc_auc_score(is_new, told))
  return (f'AUC {statistics.mean(scores):.3f} at {side} a side '
          f'({min(scores):.3f} to {max(scores):.3f})')


def main(argv):
  folder = argv[1]
  plain_s, inputs, plain = _read(folder, {})
  order = np.random.default_rng(0).permutation(len(plain))
  halves = _auc(*np.array_split(plain[order], 2))
  print(f'published: {inputs:,} inputs, {len(plain):,} classes, '
        f'{plain_s:.1f} s; {halves}')
  known = set(map(bytes, plain))
  for recipe in _RECIPES.value:
    reading = {
        name: int(value) for name, value in
        (field.split('=') for field in recipe.split('+'))
    }
    seconds, inputs, codes = _read(folder, reading)
    new = np.array([row for row in codes if bytes(row) not in known])
    print(f'{recipe}: {inputs:,} inputs, {len(codes):,} classes, '
          f'{seconds:.1f} s ({seconds / plain_s:.2f} times); '
          f'{_auc(plain, new)}', flush=True)


if __name__ == '__main__':
  app.run(main, argv=sys.argv)
