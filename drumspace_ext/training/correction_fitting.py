"""Correction fitting: trees that tell a model's draws from what it learnt."""

import dataclasses
import types

import numpy as np
import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import corrections
from drumspace_ext.models import fitted_samplers
from drumspace_ext.training import own_draws

# Chosen on validation patterns: more or larger trees learn single patterns.
_NUM_TREES, _LEAVES, _BINS = 150, 8, 64
# Of all trees that are fitted to draws.
BOOSTING = types.MappingProxyType({
    'learning_rate': 0.08, 'l2_regularization': 1.0, 'early_stopping': False,
})
# See `Correction`; tests/benchmarks/RESULTS.md has others.
_MOST, _COPIES = 1.3, 0.7


def fit(
    network: autoencoder.Autoencoder, hits: torch.Tensor,
    sampler: fitted_samplers.FittedSampler, *, seed: int,
) -> corrections.Correction:
  """Fits a correction to draws of a model.

  Args:
    network: The model.
    hits: What it learnt, float `[n, 448]`.
    sampler: Where it draws.
    seed: Of the draws, as many as there are patterns.
  """
  from sklearn import ensemble
  import threadpoolctl

  _, drawn = own_draws.draw(network, sampler, hits.device, seed=seed)
  seen = corrections.features(
      np.concatenate([own_draws.patterns(hits), drawn])
  )
  is_drawn = np.repeat([False, True], [len(hits), len(drawn)])
  trees = ensemble.HistGradientBoostingClassifier(
      max_iter=_NUM_TREES, max_leaf_nodes=_LEAVES, max_bins=_BINS,
      random_state=seed, **BOOSTING,
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
