"""Correction fitting: trees that tell a model's draws from what it learnt."""

import dataclasses

import numpy as np
import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import corrections
from drumspace_ext.models import fitted_samplers
from drumspace_ext.patterns import step_codes

# Chosen on validation patterns: more or larger trees learn single patterns.
_NUM_TREES, _LEAVES, _BINS, _RATE = 150, 8, 64, 0.08
# See `Correction`; tests/benchmarks/RESULTS.md has others.
_MOST, _COPIES = 1.3, 0.8
# Classifiers need some of each to tell anything.
_MIN_PATTERNS = 500


def fit(
    network: autoencoder.Autoencoder, hits: torch.Tensor,
    sampler: fitted_samplers.FittedSampler, *, seed: int,
) -> corrections.Correction | None:
  """Fits a correction to draws of a model; None of fewer than 500 patterns.

  Args:
    network: The model.
    hits: What it learnt, float `[n, 448]`.
    sampler: Where it draws.
    seed: Of the draws, as many as there are patterns.
  """
  if len(hits) < _MIN_PATTERNS:
    return None
  from sklearn import ensemble
  import threadpoolctl

  means, stds = (
      sampler.tensors[name].float().to(hits.device)
      for name in ('means', 'stds')
  )
  generator = torch.Generator(hits.device).manual_seed(seed)
  noise = torch.randn(means.shape, generator=generator, device=hits.device)
  with torch.no_grad():
    drawn = network.draw_hits(
        means + stds * noise, temperature=network.default_temperature,
        threshold=0.5, generator=generator,
    )
  seen = corrections.features(np.concatenate([
      (part > 0.5).cpu().numpy().reshape(
          -1, step_codes.NUM_STEPS, step_codes.NUM_VOICES
      ) for part in (hits, drawn)
  ]))
  is_drawn = np.repeat([False, True], [len(hits), len(drawn)])
  trees = ensemble.HistGradientBoostingClassifier(
      max_iter=_NUM_TREES, max_leaf_nodes=_LEAVES, max_bins=_BINS,
      learning_rate=_RATE, l2_regularization=1.0, early_stopping=False,
      random_state=seed,
  )
  # Several threads add in an order of chance.
  with threadpoolctl.threadpool_limits(1):
    trees.fit(seen, is_drawn)
  return dataclasses.replace(
      _exported(trees, seen), most=_MOST, copies=_COPIES
  )


def _exported(trees, seen: np.ndarray) -> corrections.Correction:
  """Returns scikit-learn's trees as ours.

  It has no public way to its nodes, so that what comes out is checked.
  """
  exported = corrections.from_nodes([
      [
          (-1, float(node['value']), 0, 0) if node['is_leaf'] else (
              int(node['feature_idx']), float(node['num_threshold']),
              int(node['left']), int(node['right']),
          ) for node in predictor.nodes
      ] for (predictor,) in trees._predictors
  ], float(trees._baseline_prediction.ravel()[0]))
  np.testing.assert_allclose(
      exported.logits_of(seen[:100]), trees.decision_function(seen[:100]),
      atol=1e-6,
  )
  return exported
