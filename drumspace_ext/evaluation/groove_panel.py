"""The part of a panel that judges how beats are played.

It is a dict for JSON: `settings`, `notes` and `rows`, each with `name` and
`numbers` (see `COLUMNS`; for each its value, low and high). A mean answer is
judged by how much of the variance of velocities and offsets it tells, each
loop's mean taken out; a drawn one by its likelihood, by its spread, by how
often what was played lies within its intervals, and by whether classifiers
tell it from performances. Baselines have a mean answer alone, and so has what
the other loops of a file tell (`groove_manners`), which is judged by fewer
loops: such a row has `loops` too. Only loops whose hits differ are judged:
velocities by a standard deviation of 2, offsets by 0.005 of a step; and so are
draws, as far as a model makes such. Each input counts by the root of the number
of its loops, and intervals are over blocks of neighboring inputs.
"""

from collections.abc import Mapping

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext.evaluation import columns
from drumspace_ext.evaluation import groove_baselines
from drumspace_ext.evaluation import groove_judges
from drumspace_ext.evaluation import groove_manners
from drumspace_ext.evaluation import groove_truth
from drumspace_ext.evaluation import metrics
from drumspace_ext.evaluation import panel

_SHORT = dict(zip(groove_truth.ANSWERS, ('vel.', 'time')))
_WORDS = dict(zip(groove_truth.ANSWERS, ('dynamics', 'timing')))
COLUMNS: Mapping[str, columns.Column] = {
    f'{answer}_{key}': column for answer, short in _SHORT.items()
    for key, column in {
        'r2': columns.Column(
            f'R2 {short}', f'share of the variance of {answer} within a loop '
            'that the mean answer tells; best 1'
        ),
        'gain': columns.Column(
            f'nats {short}', f'log-likelihood of a hit\'s {answer}, above '
            'that by the one spread that suits these best; best above 0'
        ),
        'spread': columns.Column(
            f'spread {short}', f'of {answer} within a loop, drawn over real; '
            'best 1'
        ),
        'in_50': columns.Column(
            f'50 % {short}', f'share of hits whose {answer} lies within the '
            'drawn half; best 0.5'
        ),
        'in_90': columns.Column(
            f'90 % {short}', 'share within nine tenths of what is drawn; '
            'best 0.9'
        ),
    }.items()
} | {
    'auc': columns.Column(
        'AUC', 'how well a classifier tells drawn grooves from performances; '
        'best 0.5'
    ),
}


def evaluate(
    models: groove_judges.GrooveModels, judges: groove_judges.Judges, *,
    seed: int, on_step: callbacks.OnStep = callbacks.silent,
) -> dict:
  """Judges groove models beside the baselines; see the head of this module.

  Args:
    models: What is judged.
    judges: By what.
    seed: Of all that is drawn.
    on_step: Called with the rows done; see `callbacks`.
  """
  truth = groove_truth.Truth(judges)
  guesses = groove_baselines.guesses(judges.training, truth.hits, seed=seed)
  manners = groove_manners.guesses(
      guesses[groove_baselines.TABLE], truth.centred, truth.flat, truth.known,
      judges.input_ids,
  )
  rows: list[dict] = []
  total = len(guesses) + len(manners) + len(models.named)
  for name, guess in guesses.items():
    on_step(len(rows), total, f'judging {name}')
    rows.append({
        'name': name,
        'numbers': panel.rounded(_means(truth, guess, truth.known, seed)),
    })
  table = guesses[groove_baselines.TABLE]
  for name, manner in manners.items():
    on_step(len(rows), total, f'judging {name}')
    rows.append(_by_fewer(truth, name, manner, table, seed))
  for name, model in models.named:
    on_step(len(rows), total, f'judging {name}')
    guess = model.deviations(truth.hits)
    numbers = _means(truth, guess, truth.known, seed)
    rng = np.random.default_rng([seed, 1])
    for answer, what in enumerate(groove_truth.ANSWERS):
      if truth.known[:, answer].any():
        numbers[f'{what}_gain'] = truth.gain(model, guess, answer, rng)
    numbers |= truth.drawn(model, rng, seed)
    if _num_blocks(truth) >= metrics.NUM_FOLDS:
      numbers['auc'] = truth.told(model, rng, seed)
    rows.append({'name': name, 'numbers': panel.rounded(numbers)})
  on_step(total, total, 'judging')
  return {
      'settings': _settings(truth, seed), 'rows': rows,
      'notes': [
          *_few_blocks(truth), *(_fewer(row) for row in rows if 'loops' in row)
      ],
  }


def _by_fewer(
    truth: groove_truth.Truth, name: str, manner: groove_manners.Manner,
    table: np.ndarray, seed: int,
) -> dict:
  """Returns the row of what others tell, beside the table by the same loops."""
  counts = manner.judged.sum(0).tolist()
  return {
      'name': name, 'loops': dict(zip(groove_truth.ANSWERS, counts)),
  } | {
      key: panel.rounded(_means(truth, guess, manner.judged, seed))
      for key, guess in (('numbers', manner.guess), ('table', table))
  }


def _fewer(row: Mapping) -> str:
  """Says by which loops a row is judged that has fewer."""
  parts = []
  for answer, count in row['loops'].items():
    there = row['table'].get(f'{answer}_r2')
    parts.append(f'{count:,} loops with {_WORDS[answer]}' + (
        f' (there {groove_baselines.TABLE}: {there["value"]:.2f})'
        if there else ''
    ))
  return f'{row["name"]}: judged by {" and ".join(parts)}.'


def _num_blocks(truth: groove_truth.Truth) -> int:
  """Returns of how many blocks a classifier sees performances."""
  own = truth.known[:, 0] & truth.judges.heldout.own
  return len(np.unique(truth.judges.groups[own]))


def _few_blocks(truth: groove_truth.Truth) -> list[str]:
  """Says why no classifier judges, and what intervals are worth then."""
  count = _num_blocks(truth)
  if count >= metrics.NUM_FOLDS:
    return []
  return [
      f'What judges comes from {count} of the blocks of neighboring inputs: '
      f'with fewer than {metrics.NUM_FOLDS} there is no AUC, and intervals are '
      'too narrow (with one they have no width). Hold out more files.'
  ]


def _means(
    truth: groove_truth.Truth, guess: np.ndarray, judged: np.ndarray, seed: int
) -> dict[str, metrics.Estimate]:
  """Judges a mean answer, by the same resamples for each."""
  rng = np.random.default_rng(seed)
  return {
      f'{name}_r2': truth.r2(guess, answer, judged[:, answer], rng)
      for answer, name in enumerate(groove_truth.ANSWERS)
      if judged[:, answer].any()
  }


def _settings(truth: groove_truth.Truth, seed: int) -> dict:
  judges = truth.judges
  return {
      'seed': seed, 'judged_by': judges.part, 'draws': groove_truth.NUM_DRAWS,
      'loops': dict(zip(groove_truth.ANSWERS, truth.known.sum(0).tolist())),
      'inputs': len({name for names in judges.input_ids for name in names}),
      'blocks': len(np.unique(judges.groups)),
      'training_patterns': len(judges.training),
      'resamples': metrics.NUM_RESAMPLES, 'confidence': metrics.CONFIDENCE,
  }
