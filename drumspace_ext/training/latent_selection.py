"""Latent selection: of draws around a training pattern, the most promising.

Widened posteriors of common patterns lead to copies and to trivial beats, those
of others to beats that give themselves away. Refusing beats takes draws; so a
model's sampler keeps latents that seldom lead there, as in resampled priors
(LARS, Bauer and Mnih 2019), but when it is fitted: of several draws around each
training pattern one is kept. What a latent vector gives, trees tell that have
seen the vectors of other draws and the beats these were decoded to. Which one
is kept is drawn: always the most promising would lie nearer together. Each
pattern is drawn around as often as before.
"""

import numpy as np
import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import corrections
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import sampling
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import correction_fitting
from drumspace_ext.training import own_draws

# Draws around each pattern, and those of them that are decoded.
_NUM_DRAWS, _NUM_DECODED = 16, 8
# The powers of the share that is new and of the share that a correction keeps,
# in proportion to which one is chosen; tests/benchmarks/RESULTS.md has others.
_NEW_POWER, _KEPT_POWER = 20.0, 20.0
_NUM_TREES, _LEAVES = 300, 16
# What a regression says of a share may be less.
_LEAST = 0.05
_BATCH = 4096


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
  from sklearn import ensemble
  import threadpoolctl

  codes = step_codes.hits_to_step_codes(own_draws.patterns(hits))
  classes = np.sort(step_codes.class_digests(codes))
  seen, bad, kept = zip(*(
      _outcomes(
          network, classes, sampler, correction, hits.device,
          seed=seed + number,
      ) for number, sampler in enumerate(samplers[:_NUM_DECODED])
  ))
  is_bad, known_terms = np.concatenate(bad), np.concatenate(seen)
  settings = {
      'max_iter': _NUM_TREES, 'max_leaf_nodes': _LEAVES, 'random_state': seed,
      **correction_fitting.BOOSTING,
  }
  result = []
  # Several threads add in an order of chance.
  with threadpoolctl.threadpool_limits(1):
    tells_bad = ensemble.HistGradientBoostingClassifier(**settings)
    tells_bad.fit(known_terms, is_bad)
    tells_kept = ensemble.HistGradientBoostingRegressor(**settings)
    tells_kept.fit(known_terms[~is_bad], np.concatenate(kept)[~is_bad])
    for sampler in samplers:
      terms = _terms(*(
          sampler.tensors[name].float() for name in ('means', 'stds')
      ))
      chance = tells_bad.predict_proba(terms)[:, 1]
      share = tells_kept.predict(terms).clip(_LEAST, 1)
      result.append(
          _NEW_POWER * np.log1p(-chance) + _KEPT_POWER * np.log(share)
      )
  return np.stack(result)


def _outcomes(
    network: autoencoder.Autoencoder, classes: np.ndarray,
    sampler: fitted_samplers.FittedSampler,
    correction: corrections.Correction, device: torch.device, *, seed: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  """Draws once around each mean.

  Args:
    network: The model.
    classes: Digests of the classes that it learnt, sorted, uint64.
    sampler: Where it draws.
    correction: Says which draws are kept.
    device: Where it computes.
    seed: Of what is drawn.

  Returns:
    (terms, bad, kept): what is told of each latent vector, float32 `[n, ...]`;
    whether a trivial beat or a copy came of it, bool `[n]`; the share of beats
    like this that are kept, float64 `[n]`.
  """
  z, generator = own_draws.around(sampler, device, seed=seed)
  with torch.no_grad():
    drawn = np.concatenate([
        own_draws.patterns(network.draw_once(
            batch, temperature=network.default_temperature, threshold=0.5,
            generator=generator,
        )) for batch in z.split(_BATCH)
    ])
  verdicts = sampling.judge(z.cpu().numpy(), drawn, classes)
  stds = sampler.tensors['stds'].float().to(device)
  return _terms(z, stds), ~verdicts.passing, correction.chances(drawn)


def _terms(z: torch.Tensor, stds: torch.Tensor) -> np.ndarray:
  """Returns what is told of latent vectors: them, their length, the widths."""
  parts = [z, z.norm(dim=1, keepdim=True), stds]
  return torch.cat(parts, dim=1).cpu().numpy()
