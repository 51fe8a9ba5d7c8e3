r"""Whether beats are as they were asked for, and what that costs.

For each model and descriptor the values of the validation patterns are asked
for, each as often as they have it. Shown are the rank correlation of asked and
drawn, how far half of the beats are off at most, and the AUC by which a
classifier tells them from the validation patterns, beside that of beats that
nothing was asked of.

For genres: the share of draws that a classifier, which has learnt single-genre
training patterns, takes for the genre asked for; beside it real beats of the
validation part, and draws that nothing was asked of.

  python tests/benchmarks/control.py EXAMPLES [MODELS] [SEED]
"""

import sys

import numpy as np

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import parts
from drumspace_ext.evaluation import metrics
from drumspace_ext.generation import asked as asked_beats
from drumspace_ext.generation import ways
from drumspace_ext.models import corrections
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import descriptors
from drumspace_ext.patterns import step_codes

# Values are asked for in eighths: what is near enough leaves no gaps between.
_PARTS = 8
_NUM_GENRES, _PER_GENRE = 8, 200


def _options(seed):
  return {
      'num_draws': None, 'near': None, 'seed': seed, 'temperature': None,
      'threshold': 0.5,
  }


def _auc(real, given, seed):
  found = metrics.two_sample_auc(
      real, given[:len(real)], rng=np.random.default_rng(seed)
  )['auc']
  return f'{found.value:.3f} ({found.low:.2f} to {found.high:.2f})'


def _judge_numbers(model, real, seed):
  from scipy import stats

  plain = ways.sample(model, num_outputs=len(real), **_options(seed))
  print(f'  nothing asked: AUC {_auc(real, plain.hits, seed)}', flush=True)
  for name, of in descriptors.DESCRIPTORS.items():
    values, counts = np.unique(
        np.rint(of.measure(real) * _PARTS) / _PARTS, return_counts=True
    )
    found, wanted = [], []
    for i, (value, count) in enumerate(zip(values, counts)):
      try:
        found.append(asked_beats.sample(
            model, asked={name: value}, num_outputs=count,
            **_options(1000 * seed + i),
        ).hits)
      except errors.InputError as e:
        print(f'  {e}', flush=True)
      else:
        wanted += [value] * len(found[-1])
    hits = np.concatenate(found)
    drawn = of.measure(hits)
    print(
        f'  {name}: rank correlation '
        f'{stats.spearmanr(wanted, drawn).statistic:.3f}, half within '
        f'{np.median(abs(wanted - drawn)):.2f}, nine of ten within '
        f'{np.quantile(abs(wanted - drawn), 0.9):.2f} {of.unit}, '
        f'AUC {_auc(real, hits, seed)}',
        flush=True,
    )


def _judge_genres(model, training_set, divided, seed):
  from sklearn import linear_model
  from sklearn import pipeline
  from sklearn import preprocessing

  counts = model.genres.counts
  names = sorted(counts, key=lambda name: -counts[name])[:_NUM_GENRES]
  label = np.array([
      names.index(next(iter(labels)))
      if len(labels) == 1 and next(iter(labels)) in names else -1
      for labels in training_set.genres
  ])
  hits = step_codes.step_codes_to_hits(training_set.codes)
  train = divided.train[label[divided.train] >= 0]
  judge = pipeline.make_pipeline(
      preprocessing.StandardScaler(), linear_model.LogisticRegression(
          C=0.01, max_iter=200, class_weight='balanced'
      )
  ).fit(corrections.features(hits[train]), label[train])

  def taken(given):
    found = judge.predict(corrections.features(given))
    return np.bincount(found, minlength=len(names)) / len(given)

  plain = taken(
      ways.sample(model, num_outputs=1000, **_options(seed)).hits
  )
  rows = []
  for number, name in enumerate(names):
    real = divided.valid[label[divided.valid] == number]
    made = ways.sample(
        model, num_outputs=_PER_GENRE, **_options(seed),
        log_weights=[model.genres.log_weight(name)],
    )
    rows.append((
        taken(hits[real])[number], plain[number], taken(made.hits)[number]
    ))
    print(
        f'  {name}: real {rows[-1][0]:.2f}, nothing asked {rows[-1][1]:.2f}, '
        f'asked {rows[-1][2]:.2f}', flush=True,
    )
  print('  mean: real {:.2f}, nothing asked {:.2f}, asked {:.2f}'.format(
      *np.mean(rows, axis=0)
  ), flush=True)


def main(examples_path, models='vae,ae,acai,best', seed='1'):
  training_set = examples.load(examples_path)
  for name in models.split(','):
    model = trained_model.TrainedModel(
        name if '/' in name else f'shipped:{name}'
    )
    training = model.config.for_training()
    divided = parts.divide(
        training_set, training.valid_share, training.test_share,
        seed=model.seed,
    )
    real = step_codes.step_codes_to_hits(training_set.codes[divided.valid])
    print(f'{name}, {len(real):,} validation patterns', flush=True)
    _judge_genres(model, training_set, divided, int(seed))
    _judge_numbers(model, real, int(seed))


if __name__ == '__main__':
  main(*sys.argv[1:])
