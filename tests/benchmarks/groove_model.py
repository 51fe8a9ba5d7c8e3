"""How well does a groove model play beats of files that it has not seen?

`python tests/benchmarks/groove_model.py FOLDER DATASETS [FOLDS [SEED
[HPARAMS]]]`: a folder of MIDI files, and one for five datasets, which are made
where they are missing: every two bars of four fifths of the blocks of 40
neighboring files. A model is trained on each of some (`0,1,2,3,4`); the loops
of the other files (runs of the published recipe) judge it, where hits differ
(velocities by 2, offsets by 0.005 of a step). Settings were chosen by folds 0
to 2 alone. R2 is also given by how many hits the next loop of another block
differs: beside what such loops have in common (`groove_manner.py`). Of each
fold it is said how much of the real spread is drawn, and how often what was
played lies within the drawn half and nine tenths.
"""

import collections
import pathlib
import sys
import time

import groove_manner
import numpy as np
from sklearn import ensemble
from sklearn import linear_model
from sklearn import metrics
from sklearn import model_selection
from sklearn import pipeline
from sklearn import preprocessing

from drumspace_ext.dataset import creation
from drumspace_ext.evaluation import groove_judges
from drumspace_ext.evaluation import groove_truth
from drumspace_ext.models import config_loading
from drumspace_ext.models import groove_answers
from drumspace_ext.models import groove_network
from drumspace_ext.models import networks
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import groove_data
from drumspace_ext.training import groove_training

_FOLDS, _BLOCK = 5, groove_data.BLOCK
_SCALES = np.array(groove_network.SCALES)
_TICKS = 120
_NAMES = ('velocity', 'timing')


def features(velocities, offsets, hits):
  """Returns what a classifier sees of grooves, float `[num_patterns, n]`."""
  rows = []
  for velocity, offset, struck in zip(velocities, offsets, hits):
    # As a MIDI file holds them: whole velocities and ticks.
    v = np.rint(velocity) * struck
    offset = np.rint(offset * _TICKS) / _TICKS
    values = v[struck]
    by_voice = [v[:, k][struck[:, k]] for k in range(14)]
    both = struck[:16] & struck[16:]
    rows.append([
        values.std(), len(np.unique(values)) / len(values),
        *np.quantile(values - values.mean(), (0, .25, .5, .75, 1)),
        *[x.mean() - values.mean() if len(x) else 0 for x in by_voice],
        *[x.std() if len(x) else 0 for x in by_voice],
        *[(v[k::4][struck[k::4]].mean() - values.mean())
          if struck[k::4].any() else 0 for k in range(4)],
        np.abs(v[:16] - v[16:])[both].mean() if both.any() else 0,
        offset[struck].std(), np.abs(offset[struck]).max(),
        (offset[struck] != 0).mean(),
        np.abs(offset[:16] - offset[16:])[both].mean() if both.any() else 0,
    ])
  return np.nan_to_num(np.array(rows))


def _auc(real, made, groups):
  """Returns the AUCs of two classifiers, groups never on both sides."""
  x = np.concatenate([real, made])
  y = np.repeat([0, 1], (len(real), len(made)))
  group = np.concatenate([groups, groups])
  result = []
  for model in (
      pipeline.make_pipeline(
          preprocessing.StandardScaler(),
          linear_model.LogisticRegression(max_iter=2000),
      ), ensemble.HistGradientBoostingClassifier(max_iter=100, random_state=0),
  ):
    scores = model_selection.cross_val_predict(
        model, x, y, groups=group, method='predict_proba',
        cv=model_selection.GroupKFold(5),
    )[:, 1]
    result.append(metrics.roc_auc_score(y, scores))
  return result


def drawn_each(model, hits, seed):
  """Draws each loop by itself: those of the same hits have other seeds."""
  seen = collections.Counter()
  number = []
  for struck in hits:
    key = struck.tobytes()
    number.append(seen[key])
    seen[key] += 1
  number = np.array(number)
  velocities, offsets = np.zeros((2, *hits.shape))
  for n in range(number.max() + 1):
    rows = np.flatnonzero(number == n)
    drawn = model.drawn(hits[rows], seed=seed + n)
    velocities[rows], offsets[rows] = drawn.velocities, drawn.offsets
  return velocities, offsets


def drawn_numbers(model, hits, answers, known, files, seed):
  """Returns spread and intervals of what is drawn, as evaluations have them."""
  ones = np.ones(len(hits), np.float32)
  loops = groove_data.PlayedPatterns(
      codes=step_codes.hits_to_step_codes(hits),
      hits=hits.reshape(len(hits), -1).astype(np.float32),
      answers=answers.astype(np.float32), known=known, plays=ones,
      num_inputs=ones, weights=ones, own=ones > 0,
  )
  return groove_truth.Truth(groove_judges.Judges(
      training=loops, heldout=loops, groups=files // _BLOCK,
      input_ids=[(f'{file}',) for file in files], part='loops',
  )).drawn(model, np.random.default_rng(seed), seed)


def _judge(model, table, hits, truth, level, apart, sums, by_apart):
  """Adds up squares and likelihoods of the loops of one fold."""
  guess = model.deviations(hits)
  flat = hits.reshape(len(hits), -1)
  plain = groove_answers.centred(table, flat)
  known = groove_answers.has_spread(truth, flat)
  for answer, name in enumerate(_NAMES):
    chosen = known[:, answer]
    left = (truth - guess)[chosen, answer]
    struck = flat[chosen]
    whole = truth[chosen, answer]
    for row, (least, most) in enumerate(groove_manner.DIFFERENCES):
      near = apart[answer][chosen]
      near = (near >= least) & (near <= most)
      by_apart[answer, row] += (left[near]**2).sum(), (whole[near]**2).sum()
    # Both sides' spreads were fitted to blocks kept for validation.
    constant = level[answer]
    z = whole[struck] - plain[chosen, answer][struck]
    sums[name] += [
        (left**2).sum(), (whole**2).sum(),
        ((truth - plain)[chosen, answer]**2).sum(),
        model.log_likelihoods(left[struck], answer).sum(),
        (-(left[struck] / constant)**2 / 2
         - np.log(constant * np.sqrt(2 * np.pi))).sum(),
        struck.sum(), chosen.sum(), (z**2).sum(),
        *[(np.abs(left[struck]) <= _bound(model, answer, share)).sum()
          for share in (0.5, 0.8, 0.95)],
    ]


def _bound(model, answer, share):
  """Returns what a share of what is left stays below, by the spreads."""
  spreads = model.network.spreads[answer].numpy() * _SCALES[answer]
  shares = model.network.shares[answer].numpy()
  rng = np.random.default_rng(0)
  drawn = rng.standard_normal(200_000) * rng.choice(
      spreads, 200_000, p=shares / shares.sum()
  )
  return np.quantile(np.abs(drawn), share)


def _dataset(folder, by_file, fold, place):
  """Makes the dataset of all files that are not in a fold, two bars each."""
  paths = sorted(folder.rglob('*.mid'))
  output = place / f'{fold}'
  if not output.exists():
    creation.create_dataset(
        [str(path) for path, f in zip(paths, by_file) if f != fold], output,
        min_repeats=1,
    )
  return output


def main():
  """Prints the table of this module."""
  networks.prepare_torch(1)
  folder, place = map(pathlib.Path, sys.argv[1:3])
  given = dict(enumerate(sys.argv[3:]))
  folds = [int(fold) for fold in given.get(0, '0,1,2,3,4').split(',')]
  seed = int(given.get(1, '0'))
  settings = config_loading.load_any('groove', given.get(2, ''))
  files, hits, velocities, offsets = groove_manner._loops(folder)
  hits = hits.astype(bool)
  answers = np.stack([velocities, offsets], 1).reshape(len(hits), 2, -1)
  truth = groove_answers.centred(answers, hits.reshape(len(hits), -1))
  by_file = np.arange(len(sorted(folder.rglob('*.mid')))) // _BLOCK % _FOLDS
  sums = {name: np.zeros(11) for name in _NAMES}
  known = groove_answers.has_spread(truth, hits.reshape(len(hits), -1))
  apart = np.full((2, len(hits)), np.inf)
  for answer, chosen in enumerate(known.T):
    apart[answer, chosen] = groove_manner.nearest(files[chosen], hits[chosen])
  by_apart = np.zeros((2, len(groove_manner.DIFFERENCES), 2))
  real, made, groups = [], [], []
  for fold in folds:
    rest = np.flatnonzero(by_file[files] == fold)
    data = groove_data.load(
        _dataset(folder, by_file, fold, place),
        valid_share=settings.training.valid_share, seed=0,
    )
    model, _ = groove_training.train(settings, data, seed=seed)
    table = groove_training.table(data.train) * _SCALES[:, None]
    left = data.valid.centred() - groove_answers.centred(
        table, data.valid.hits
    )
    constant = []
    for answer in range(2):
      chosen = data.valid.known[:, answer] > 0
      struck = data.valid.hits[chosen] > 0
      constant.append(left[chosen, answer][struck].std())
    before = {name: value.copy() for name, value in sums.items()}
    _judge(
        model, table, hits[rest], truth[rest], constant, apart[:, rest], sums,
        by_apart,
    )
    some = rest[groove_answers.has_spread(
        truth[rest], hits[rest].reshape(len(rest), -1)
    )[:, 0]]
    drawn = drawn_each(model, hits[some], 1000 * seed)
    real.append(features(velocities[some], offsets[some], hits[some]))
    made.append(features(*drawn, hits[some]))
    groups.append(files[some])
    print('fold', fold, *[
        f'{n} {1 - (sums[n] - before[n])[0] / (sums[n] - before[n])[1]:.3f}'
        for n in _NAMES
    ], *[f'{name} {number.value:.2f}' for name, number in drawn_numbers(
        model, hits[rest], answers[rest], known[rest], files[rest], seed
    ).items()], flush=True)
  for name, s in sums.items():
    print(f'{name}: {int(s[6]):,} loops; R2 {1 - s[0] / s[1]:.3f}, of the '
          f'table {1 - s[2] / s[1]:.3f}; log-likelihood a hit '
          f'{s[3] / s[5]:.3f}, with one constant spread {s[4] / s[5]:.3f}; '
          'within the bounds of 50, 80 and 95 %: '
          + ', '.join(f'{x / s[5]:.0%}' for x in s[8:11]))
  for name, rows in zip(_NAMES, by_apart):
    for (least, most), (left, whole) in zip(groove_manner.DIFFERENCES, rows):
      print(f'{name}, {least} to {most} hits from the next loop of another '
            f'block: R2 {1 - left / whole:.3f}, '
            f'{whole / rows[:, 1].sum():.0%} of squares')
  real, made, groups = map(np.concatenate, (real, made, groups))
  for what, numbers in (('blocks', groups // _BLOCK), ('files', groups)):
    auc = _auc(real, made, numbers)
    print(f'drawn grooves, AUC, {what} never on both sides: logistic '
          f'regression {auc[0]:.2f}, boosted trees {auc[1]:.2f}')
  many = np.resize(hits, (10_000, step_codes.NUM_STEPS, step_codes.NUM_VOICES))
  start = time.process_time()
  model(many)
  print(f'10,000 patterns in {time.process_time() - start:.2f} s of CPU')


if __name__ == '__main__':
  main()
