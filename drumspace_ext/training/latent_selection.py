"""Latent selection: of draws around a training pattern, the most promising.

Widened posteriors of common patterns lead to copies and to trivial beats, those
of others to beats that give themselves away or are like no other song's.
Refusing beats takes draws; so a model's sampler keeps latents that seldom lead
there, as in resampled priors (LARS, Bauer and Mnih 2019), but when it is
fitted: of several draws around each training pattern one is kept. What a latent
vector gives, trees tell that have seen the vectors of other draws and the beats
these were decoded to. Which one is kept is drawn: always the most promising
would lie nearer together. Each pattern is drawn around as often as before.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import corrections
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import sampling
from drumspace_ext.training import correction_fitting
from drumspace_ext.training import own_draws
from drumspace_ext.training import song_support

# Draws around each pattern, and those of them that are decoded.
_NUM_DRAWS, _NUM_DECODED = 32, 8
# One is chosen in proportion to powers of these shares: what is new, of that
# what a correction keeps, and of that what other songs support;
# tests/benchmarks/RESULTS.md has others.
_NEW_POWER, _KEPT_POWER, _SUPPORT_POWER = 40.0, 20.0, 10.0
_NUM_TREES, _LEAVES = 300, 16
# What a regression says of a share may be less.
_LEAST = 0.05


class _Outcomes(NamedTuple):
  """What came of latent vectors.

  Attributes:
    terms: What is told of each, float32 `[n, ...]`.
    is_bad: Whether a trivial beat or a copy came of it, bool `[n]`.
    kept: The share of beats like this that are kept, float64 `[n]`.
    support: How much other songs support it, float64 `[n]`.
  """

  terms: np.ndarray
  is_bad: np.ndarray
  kept: np.ndarray
  support: np.ndarray


def fit(
    network: autoencoder.Autoencoder, hits: torch.Tensor, mu: torch.Tensor,
    sigma: torch.Tensor, correction: corrections.Correction, *, seed: int,
) -> fitted_samplers.FittedSampler:
  """Returns a sampler like `network.fit_sampler`, its means chosen.

  Args:
    network: The model.
    hits: What it learnt, float `[n, 448]`.
    mu: The means of the posteriors of these, float `[n, z_size]`.
    sigma: Their standard deviations, likewise.
    correction: Says which draws are kept.
    seed: Of what is drawn.
  """
  samplers = [
      network.fit_sampler(mu, sigma, seed=int(one))
      for one in np.random.default_rng(seed).integers(2**31, size=_NUM_DRAWS)
  ]
  worth = _worth(network, hits, samplers, correction, seed)
  means = torch.stack([sampler.tensors['means'] for sampler in samplers])
  # The largest with Gumbel noise is a weighted draw.
  noise = np.random.default_rng(seed).gumbel(size=worth.shape)
  best = torch.from_numpy((worth + noise).argmax(0)).to(means.device)
  rows = torch.arange(len(best), device=means.device)
  return fitted_samplers.FittedSampler(
      samplers[0].kind,
      samplers[0].tensors | {'means': means[best, rows].contiguous()},
  )


def _worth(
    network: autoencoder.Autoencoder, hits: torch.Tensor,
    samplers: list[fitted_samplers.FittedSampler],
    correction: corrections.Correction, seed: int,
) -> np.ndarray:
  """Returns logarithms of weights, float64 `[num_samplers, n]`."""
  learnt = own_draws.patterns(hits)
  classes = own_draws.classes(learnt)
  songs = song_support.SongSupport(learnt)
  seen = _Outcomes(*map(np.concatenate, zip(*(
      _outcomes(
          network, classes, songs, sampler, correction, hits.device,
          seed=seed + number,
      ) for number, sampler in enumerate(samplers[:_NUM_DECODED])
  ))))
  new = ~seen.is_bad
  if not new.any():
    return np.zeros((len(samplers), len(hits)))
  logs = [(_NEW_POWER, _telling_new(seen.terms, seen.is_bad, seed))] + [
      (power, _telling_share(seen.terms[new], share[new], seed))
      for power, share in (
          (_KEPT_POWER, seen.kept), (_SUPPORT_POWER, seen.support)
      )
  ]
  result = []
  for sampler in samplers:
    terms = _terms(*(
        sampler.tensors[name].float() for name in ('means', 'stds')
    ))
    result.append(sum(power * log(terms) for power, log in logs))
  return np.stack(result)


def _outcomes(
    network: autoencoder.Autoencoder, classes: np.ndarray,
    songs: song_support.SongSupport, sampler: fitted_samplers.FittedSampler,
    correction: corrections.Correction, device: torch.device, *, seed: int,
) -> _Outcomes:
  """Draws once around each mean.

  Args:
    network: The model.
    classes: Digests of the classes that it learnt, sorted, uint64.
    songs: Says what other songs support.
    sampler: Where it draws.
    correction: Says which draws are kept.
    device: Where it computes.
    seed: Of what is drawn.
  """
  z, drawn = own_draws.draw(network, sampler, device, seed=seed, once=True)
  verdicts = sampling.judge(z.cpu().numpy(), drawn, classes)
  return _Outcomes(
      _terms(z, sampler.tensors['stds'].float().to(device)),
      ~verdicts.passing, correction.chances(drawn), songs.of(drawn),
  )


def _telling_new(
    terms: np.ndarray, is_bad: np.ndarray, seed: int
) -> Callable[[np.ndarray], np.ndarray]:
  """Returns what tells the logarithm of the chance of a new beat."""
  from sklearn import ensemble

  trees = _fitted(ensemble.HistGradientBoostingClassifier, terms, is_bad, seed)
  return lambda others: np.log1p(-trees.predict_proba(others)[:, 1])


def _telling_share(
    terms: np.ndarray, share: np.ndarray, seed: int
) -> Callable[[np.ndarray], np.ndarray]:
  """Returns what tells the logarithm of a share."""
  from sklearn import ensemble

  trees = _fitted(ensemble.HistGradientBoostingRegressor, terms, share, seed)
  return lambda others: np.log(trees.predict(others).clip(_LEAST, 1))


def _fitted(kind: type, terms: np.ndarray, target: np.ndarray, seed: int):
  """Returns boosted trees of a kind of scikit-learn's."""
  import threadpoolctl

  trees = kind(
      max_iter=_NUM_TREES, max_leaf_nodes=_LEAVES, random_state=seed,
      **correction_fitting.BOOSTING,
  )
  # Several threads add in an order of chance.
  with threadpoolctl.threadpool_limits(1):
    return trees.fit(terms, target)


def _terms(z: torch.Tensor, stds: torch.Tensor) -> np.ndarray:
  """Returns what is told of latent vectors: them, their length, the widths."""
  parts = [z, z.norm(dim=1, keepdim=True), stds]
  return torch.cat(parts, dim=1).cpu().numpy()
