"""Repeat calibration: second bars that are kept vary as learnt ones do.

Trees tell draws from real beats by many things at once, are shallow, and can't
make more of what is too rare; so what is kept may still repeat too often. One
more tree asks nothing but how many hits of the second bar differ from the first
(the classes of `models.foretelling`), and what its leaves say is fitted to
fresh draws by iterative proportional fitting (Deming and Stephan 1940).
"""

import numpy as np
import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import corrections
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import foretelling
from drumspace_ext.models import sampling
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import own_draws

# Draws for each pattern: so many for a share of a tenth to be known to 0.002.
_NUM_DRAWS = 3
# Where what lacks is always kept already, all else gets rarer bit by bit.
_ROUNDS = 200
# A class that is never drawn can't be made of others.
_MOST_NATS = 1.0


def calibrated(
    network: autoencoder.Autoencoder, hits: torch.Tensor,
    sampler: fitted_samplers.FittedSampler,
    correction: corrections.Correction, *, seed: int,
) -> corrections.Correction:
  """Returns a correction with one tree more.

  Args:
    network: The model.
    hits: What it learnt, float `[n, 448]`.
    sampler: Where it draws.
    correction: Of these draws.
    seed: Of the draws; others than the correction was fitted to, which it
      knows.
  """
  learnt = own_draws.patterns(hits)
  drawn = np.concatenate([
      own_draws.draw(network, sampler, hits.device, seed=seed + number)[1]
      for number in range(1, 1 + _NUM_DRAWS)
  ])
  known = sampling.judge(
      np.zeros((len(drawn), 0)), drawn, own_draws.classes(learnt)
  ).known
  usual = np.where(known, correction.copies, 1.0)
  usual[entropy.is_trivial(step_codes.hits_to_step_codes(drawn))] = 0.0
  seen = corrections.features(drawn)
  of_drawn = _classes(seen)
  wanted = _shares(_classes(corrections.features(learnt)))
  logits, nats = correction.logits_of(seen), np.zeros(foretelling.NUM_CLASSES)
  for _ in range(_ROUNDS):
    chances = correction.chances_of(logits + nats[of_drawn])
    kept = _shares(of_drawn, usual * chances)
    nats = np.clip(nats + np.log(kept / wanted), -_MOST_NATS, _MOST_NATS)
  return correction.with_tree(_tree(nats))


def _classes(seen: np.ndarray) -> np.ndarray:
  """Returns the class of each second bar by `corrections.features`, int64."""
  counts = seen[:, corrections.BAR_DIFFERENCES]
  return foretelling.of_counts(torch.from_numpy(counts)).numpy()


def _shares(
    classes: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
  """Returns the share of each class; none is quite 0."""
  counts = np.bincount(classes, weights, minlength=foretelling.NUM_CLASSES)
  return (counts + 1) / (counts + 1).sum()


def _tree(nats: np.ndarray) -> list[tuple]:
  """Returns the nodes of a tree that says a number of each class."""
  nodes: list[tuple] = []
  last = len(nats) - 1
  for number, value in enumerate(nats):
    if number < last:
      least, here = foretelling.LEAST[number + 1], len(nodes)
      nodes.append(
          (corrections.BAR_DIFFERENCES, least - 0.5, here + 1, here + 2)
      )
    nodes.append((-1, float(value), 0, 0))
  return nodes
