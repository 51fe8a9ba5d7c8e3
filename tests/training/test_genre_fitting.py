"""Tests for genre fitting."""

import dataclasses

import numpy as np
import tiny_models

from drumspace_ext.models import trained_model
from drumspace_ext.training import genre_fitting
from drumspace_ext.training import sampler_fitting


def _labels(network, hits):
  """`high` for patterns whose first latent is above the median, else `low`."""
  mu, _ = sampler_fitting.posteriors(network, hits)
  first = mu[:, 0].numpy()
  return [
      {'high' if value > np.median(first) else 'low': 1} for value in first
  ]


def _fit(labels, kind='vae'):
  network, hits = tiny_models.network(kind), tiny_models.data().train
  sampler = sampler_fitting.fit(network, hits, seed=1)
  return genre_fitting.fit(network, hits, labels, sampler)


def test_places_lie_where_the_labels_are():
  network, hits = tiny_models.network('vae'), tiny_models.data().train
  labels = _labels(network, hits)
  places = _fit(labels)
  mu = sampler_fitting.posteriors(network, hits)[0].numpy()
  for row, (name, count) in enumerate(sorted(places.counts.items())):
    inside = np.array([name in of for of in labels])
    assert count == inside.sum()
    np.testing.assert_allclose(
        places.means[row], mu[inside].mean(0), rtol=1e-4, atol=1e-6
    )
    # The prior is a standard normal: the direction is the way itself.
    np.testing.assert_allclose(
        places.directions[row], mu[inside].mean(0) - mu.mean(0),
        rtol=1e-3, atol=1e-6,
    )


def test_a_pattern_counts_by_the_share_of_its_inputs():
  hits = tiny_models.data().train
  alone = _fit([{'rock': 2}] * len(hits))
  shared = _fit([{'rock': 1, 'pop': 1}] * len(hits))
  np.testing.assert_allclose(shared.means[0], alone.means[0])
  np.testing.assert_allclose(shared.means[1], alone.means[0])


def test_few_patterns_give_no_place():
  few = [{'rock': 1}] * (genre_fitting.MIN_PATTERNS - 1)
  none = [{}] * (len(tiny_models.data().train) - len(few))
  assert _fit(few + none) is None
  assert _fit([*few, {'rock': 1}, *none[1:]]).counts == {'rock': len(few) + 1}


def test_a_trained_model_knows_its_genres(tmp_path):
  data = tiny_models.data()
  labels = [
      {('zydeco' if row % 3 else 'axe'): 1} for row in range(len(data.train))
  ]
  labelled = dataclasses.replace(data, genres=labels)
  config = tiny_models.config('ae', num_train_steps=8)
  for name, examples in (('a', labelled), ('b', data)):
    tiny_models.train(config, tmp_path / name, examples=examples)
  model = trained_model.TrainedModel(tmp_path / 'a')
  hits = data.train.numpy().reshape(-1, 32, 14)
  for row, name in enumerate(('axe', 'zydeco')):
    inside = [name in of for of in labels]
    assert model.genres.counts[name] == sum(inside)
    # As the best model has them, whatever the order of the counts.
    np.testing.assert_allclose(
        model.genres.means[row],
        model.encode_tensors(hits[inside])[1].mean(0), rtol=1e-3, atol=1e-5,
    )
  # No genre of the starter collection has enough patterns.
  assert trained_model.TrainedModel(tmp_path / 'b').genres is None
