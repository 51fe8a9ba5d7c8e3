"""Genre fitting: where in a model's latent space its genres lie."""

import collections
from collections.abc import Mapping
from collections.abc import Sequence

import numpy as np
import torch

from drumspace_ext.models import autoencoder
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import genre_places
from drumspace_ext.training import sampler_fitting

# Fewer patterns of a genre give a place of chance.
MIN_PATTERNS = 30
# The most frequent ones; more are no choice for anyone.
_MOST_GENRES = 40


def fit(
    network: autoencoder.Autoencoder, hits: torch.Tensor,
    genres: Sequence[Mapping[str, int]],
    sampler: fitted_samplers.FittedSampler,
) -> genre_places.GenrePlaces | None:
  """Fits the places of the genres that enough patterns have.

  A pattern of several genres counts for each by the share of its inputs.

  Args:
    network: The model.
    hits: Training patterns, float `[n, 448]`.
    genres: The labels of each.
    sampler: Where the model draws.

  Returns:
    The places; None if no genre has enough patterns.
  """
  counts = collections.Counter(name for labels in genres for name in labels)
  frequent = sorted(
      (name for name, count in counts.items() if count >= MIN_PATTERNS),
      key=lambda name: (-counts[name], name),
  )
  # By name, as a checkpoint's metadata has them.
  names = sorted(frequent[:_MOST_GENRES])
  if not names:
    return None
  rows = [row for row, labels in enumerate(genres) if labels]
  mu, _ = sampler_fitting.posteriors(network, hits[rows])
  z = mu.cpu().numpy().astype(np.float64)
  shares = np.array([
      [genres[row].get(name, 0) / sum(genres[row].values()) for name in names]
      for row in rows
  ])
  means = shares.T @ z / shares.sum(0)[:, None]
  return genre_places.GenrePlaces(
      counts={name: counts[name] for name in names}, means=means,
      directions=np.linalg.solve(_covariance(sampler), (means - z.mean(0)).T).T,
  )


def _covariance(sampler: fitted_samplers.FittedSampler) -> np.ndarray:
  """Returns that of what a sampler draws, float64 `[z_size, z_size]`."""
  tensors = {
      name: values.detach().cpu().numpy().astype(np.float64)
      for name, values in sampler.tensors.items()
  }
  if 'std' in tensors:
    return np.diag(tensors['std']**2)
  return (
      np.cov(tensors['means'].T) + np.diag((tensors['stds']**2).mean(0))
  )
