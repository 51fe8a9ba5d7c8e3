"""Groove truth: how loops held out were played, and what that says of models.

Sums are over loops by what each counts, and their intervals over blocks of
neighboring inputs.
"""

import typing

import numpy as np

from drumspace_ext.evaluation import groove_baselines
from drumspace_ext.evaluation import groove_features
from drumspace_ext.evaluation import groove_judges
from drumspace_ext.evaluation import metrics
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  from drumspace_ext.models import groove_model

# What is said of a hit, as in `groove_answers`.
ANSWERS = 'velocity', 'timing'
# Of so many draws 10 of 20 and 18 of 20 places lie between the 5th and the
# 15th, and the first and the last: intervals of 50 and 90 %.
NUM_DRAWS = 19
_INTERVALS = {50: 5, 90: 1}
# What was played has timing where it is judged. Machines are drawn too, half of
# the time and more, and among them it would seem to stray: loops are drawn on
# until so many draws have timing, or this many have been made.
_MAX_DRAWS = 5 * NUM_DRAWS
_MAX_DRAWN, _MAX_TOLD = 600, 2000


class Truth:
  """What was played, and what is judged of it."""

  def __init__(self, judges: groove_judges.Judges):
    """Takes what was played."""
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
      self, guess: np.ndarray, answer: int, known: np.ndarray,
      rng: np.random.Generator,
  ) -> metrics.Estimate:
    """Returns how much of an answer's variance a guess tells.

    Args:
      guess: See `groove_baselines`.
      answer: 0 for velocities, 1 for offsets.
      known: By which patterns it is judged, bool `[num_patterns]`.
      rng: Draws resamples.
    """
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
    """Returns the log-likelihood of a hit above that by one spread, in nats."""
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
    chosen = rng.permutation(len(self.flat))[:_MAX_DRAWN]
    flat = self.flat[chosen]
    draws = self._draws(model, chosen, seed)
    result = {}
    for answer, name in enumerate(ANSWERS):
      known = self.known[chosen, answer]
      struck, truth = flat[known], self.centred[chosen][known, answer]
      if not struck.any():
        continue
      made = draws[:, known, answer]
      result[f'{name}_spread'] = self._ratio(
          _spread(made, struck).mean(0), _spread(truth, struck), chosen[known],
          rng,
      )
      ordered = np.sort(made, axis=0)
      for share, place in _INTERVALS.items():
        low, high = ordered[place - 1], ordered[-place]
        inside = struck & (low <= truth) & (truth <= high)
        result[f'{name}_in_{share}'] = self._ratio(
            inside.sum(-1), struck.sum(-1), chosen[known], rng
        )
    return result

  def _draws(
      self, model: 'groove_model.GrooveModel', chosen: np.ndarray, seed: int
  ) -> np.ndarray:
    """Returns centred draws whose hits differ, `[NUM_DRAWS, n, 2, 448]`.

    Where too few do, the others are 0: all hits alike.
    """
    from drumspace_ext.models import groove_answers

    shape = NUM_DRAWS, len(chosen), *self.centred.shape[1:]
    result = np.zeros(shape, np.float32)
    count = np.where(self.known[chosen], 0, NUM_DRAWS)
    for number in range(_MAX_DRAWS):
      rows = np.flatnonzero((count < NUM_DRAWS).any(1))
      if not len(rows):
        break
      made = model.drawn(self.hits[chosen[rows]], seed=seed + number)
      flat = self.flat[chosen[rows]]
      values = groove_baselines.centred(np.stack(
          [made.velocities, made.offsets], 1
      ).reshape(len(rows), *shape[2:]), flat)
      new = groove_answers.has_spread(values, flat) & (count[rows] < NUM_DRAWS)
      which, answer = np.nonzero(new)
      at = rows[which]
      result[count[at, answer], at, answer] = values[which, answer]
      count[rows] += new
    return result

  def told(
      self, model: 'groove_model.GrooveModel', rng: np.random.Generator,
      seed: int,
  ) -> metrics.Estimate:
    """Judges whether drawn answers are told from performances."""
    heldout = self.judges.heldout
    # A mean of several performances is none.
    chosen = np.flatnonzero(self.known[:, 0] & heldout.own)
    chosen = rng.permutation(chosen)[:_MAX_TOLD]
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
