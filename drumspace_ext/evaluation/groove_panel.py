"""The part of a panel that judges how beats are played.

It is a dict for JSON: `settings`, `notes` and `rows`, each with `name` and
`numbers` (see `COLUMNS`; for each its value, low and high). A mean answer is
judged by how much of the variance of velocities and offsets it tells, each
loop's mean taken out; a drawn one by its likelihood, by its spread, by how
often what was played lies within its intervals, and by whether classifiers
tell it from performances. Baselines have a mean answer alone. Only loops whose
hits differ are judged: velocities by a standard deviation of 2, offsets by
0.005 of a step. Each input counts by the root of the number of its loops, and
intervals are over blocks of neighboring inputs.
"""

from collections.abc import Mapping
import typing

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext.evaluation import columns
from drumspace_ext.evaluation import groove_baselines
from drumspace_ext.evaluation import groove_features
from drumspace_ext.evaluation import groove_judges
from drumspace_ext.evaluation import metrics
from drumspace_ext.evaluation import panel
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  from drumspace_ext.models import groove_model

_SHORT = {'velocity': 'vel.', 'timing': 'time'}
ANSWERS = tuple(_SHORT)
# Of so many draws 20 of 40 and 36 of 40 places lie between the 10th and the
# 30th, and the 2nd and the 38th: intervals of 50 and 90 %.
NUM_DRAWS = 39
_INTERVALS = {50: 10, 90: 2}
MAX_DRAWN, MAX_TOLD = 400, 2000
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


class _Truth:
  """What was played, and what is judged of it."""

  def __init__(self, judges: groove_judges.Judges):
    self.judges = judges
    self.flat = judges.heldout.hits > 0
    self.hits = self.flat.reshape(
        -1, step_codes.NUM_STEPS, step_codes.NUM_VOICES
    )
    self.centred = groove_baselines.centred(judges.heldout.answers, self.flat)
    self.known = judges.heldout.known > 0

  def _ratio(
      self, above: np.ndarray, below: np.ndarray, which: np.ndarray,
      rng: np.random.Generator,
  ) -> metrics.Estimate:
    """Returns a sum over another, of some patterns."""
    _, number = np.unique(self.judges.groups[which], return_inverse=True)
    weights = self.judges.heldout.weights[which]
    return metrics.ratio(*(
        np.bincount(number.reshape(-1), weights * values)
        for values in (above, below)
    ), rng=rng)

  def r2(
      self, guess: np.ndarray, answer: int, rng: np.random.Generator
  ) -> metrics.Estimate:
    known = self.known[:, answer]
    truth = self.centred[known, answer].astype(np.float64)
    left = self._ratio(
        ((truth - guess[known, answer])**2).sum(-1), (truth**2).sum(-1), known,
        rng,
    )
    return metrics.Estimate(1 - left.value, 1 - left.high, 1 - left.low)

  def gain(
      self, model: 'groove_model.GrooveModel', guess: np.ndarray, answer: int,
      rng: np.random.Generator,
  ) -> metrics.Estimate:
    known = self.known[:, answer]
    struck = self.flat[known]
    left = (self.centred - guess)[known, answer].astype(np.float64)
    # The best one, by what is judged itself.
    weights = self.judges.heldout.weights[known, None] * struck
    spread = np.sqrt((weights * left**2).sum() / weights.sum()) + 1e-9
    constant = -(left / spread)**2 / 2 - np.log(spread * np.sqrt(2 * np.pi))
    more = model.log_likelihoods(left, answer) - constant
    return self._ratio(
        np.where(struck, more, 0).sum(-1), struck.sum(-1), known, rng
    )

  def drawn(
      self, model: 'groove_model.GrooveModel', rng: np.random.Generator,
      seed: int,
  ) -> dict[str, metrics.Estimate]:
    """Judges spread and intervals of drawn answers."""
    chosen = rng.permutation(len(self.flat))[:MAX_DRAWN]
    flat = self.flat[chosen]
    draws = []
    for number in range(NUM_DRAWS):
      made = model.drawn(self.hits[chosen], seed=seed + number)
      draws.append(groove_baselines.centred(np.stack(
          [made.velocities, made.offsets], 1
      ).reshape(len(chosen), len(ANSWERS), -1), flat))
    ordered = np.sort(draws, axis=0)
    result = {}
    for answer, name in enumerate(ANSWERS):
      known = self.known[chosen, answer]
      struck, truth = flat[known], self.centred[chosen][known, answer]
      if not struck.any():
        continue
      result[f'{name}_spread'] = self._ratio(
          _spread(draws[0][known, answer], struck), _spread(truth, struck),
          chosen[known], rng,
      )
      for share, place in _INTERVALS.items():
        low, high = (
            ordered[end][known, answer] for end in (place - 1, -place)
        )
        inside = struck & (low <= truth) & (truth <= high)
        result[f'{name}_in_{share}'] = self._ratio(
            inside.sum(-1), struck.sum(-1), chosen[known], rng
        )
    return result

  def told(
      self, model: 'groove_model.GrooveModel', rng: np.random.Generator,
      seed: int,
  ) -> metrics.Estimate:
    """Judges whether drawn answers are told from performances."""
    heldout = self.judges.heldout
    # A mean of several performances is none.
    chosen = np.flatnonzero(self.known[:, 0] & heldout.own)
    chosen = rng.permutation(chosen)[:MAX_TOLD]
    hits, groups = self.hits[chosen], self.judges.groups[chosen]
    made = model.drawn(hits, seed=seed)
    real = heldout.answers[chosen].reshape(len(chosen), -1, *hits.shape[1:])
    return metrics.told_apart(
        groove_features.of(real[:, 0], real[:, 1], hits),
        groove_features.of(made.velocities, made.offsets, hits),
        rng=rng, groups=np.concatenate([groups, groups]),
    )['auc']


def _spread(values: np.ndarray, struck: np.ndarray) -> np.ndarray:
  """Returns the standard deviation over the hits of each, `[num_patterns]`."""
  squares = np.where(struck, values.astype(np.float64)**2, 0).sum(-1)
  return np.sqrt(squares / np.maximum(struck.sum(-1), 1))


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
  truth = _Truth(judges)
  guesses = groove_baselines.guesses(judges.training, truth.hits, seed=seed)
  rows: list[dict] = []
  total = len(guesses) + len(models.named)
  for name, guess in guesses.items():
    on_step(len(rows), total, f'judging {name}')
    rows.append({
        'name': name, 'numbers': panel.rounded(_means(truth, guess, seed)),
    })
  for name, model in models.named:
    on_step(len(rows), total, f'judging {name}')
    guess = model.deviations(truth.hits)
    numbers = _means(truth, guess, seed)
    rng = np.random.default_rng([seed, 1])
    for answer, what in enumerate(ANSWERS):
      if truth.known[:, answer].any():
        numbers[f'{what}_gain'] = truth.gain(model, guess, answer, rng)
    numbers |= truth.drawn(model, rng, seed)
    if _can_tell(truth):
      numbers['auc'] = truth.told(model, rng, seed)
    rows.append({'name': name, 'numbers': panel.rounded(numbers)})
  on_step(total, total, 'judging')
  return {'settings': _settings(truth, seed), 'notes': [], 'rows': rows}


def _can_tell(truth: _Truth) -> bool:
  """Says whether each fold of a classifier has something to judge."""
  own = truth.known[:, 0] & truth.judges.heldout.own
  return len(np.unique(truth.judges.groups[own])) >= metrics.NUM_FOLDS


def _means(
    truth: _Truth, guess: np.ndarray, seed: int
) -> dict[str, metrics.Estimate]:
  """Judges a mean answer, by the same resamples for each."""
  rng = np.random.default_rng(seed)
  return {
      f'{name}_r2': truth.r2(guess, answer, rng)
      for answer, name in enumerate(ANSWERS) if truth.known[:, answer].any()
  }


def _settings(truth: _Truth, seed: int) -> dict:
  judges = truth.judges
  return {
      'seed': seed, 'judged_by': judges.part, 'draws': NUM_DRAWS,
      'loops': dict(zip(ANSWERS, truth.known.sum(0).tolist())),
      'inputs': len({name for names in judges.input_ids for name in names}),
      'blocks': len(np.unique(judges.groups)),
      'training_patterns': len(judges.training),
      'resamples': metrics.NUM_RESAMPLES, 'confidence': metrics.CONFIDENCE,
  }
