"""Tests for latent_selection."""

import pytest
import torch

from drumspace_ext.models import corrections
from drumspace_ext.models import fitted_samplers
from drumspace_ext.training import latent_selection

_COUNT = 700
_NOTHING = corrections.from_nodes([[(-1, 0.0, 0, 0)]], 0.0)


class _Network:
  """Writes known patterns where z is positive, and others else."""

  default_temperature = 0.8

  def __init__(self, hits):
    self._hits = hits

  def fit_sampler(self, mu, sigma, *, seed):
    return fitted_samplers.posteriors(mu, sigma, seed=seed)

  def draw_once(self, z, *, temperature, threshold, generator):
    assert (temperature, threshold) == (0.8, 0.5)
    row = torch.randint(
        len(self._hits), (len(z),), generator=generator
    )
    free = (torch.rand(len(z), 448, generator=generator) < 0.2).float()
    return torch.where(z[:, :1] > 0, self._hits[row], free)


@pytest.fixture(scope='module')
def parts():
  generator = torch.Generator().manual_seed(1)
  hits = (torch.rand(_COUNT, 448, generator=generator) < 0.15).float()
  mu = 0.2 * torch.randn(_COUNT, 3, generator=generator)
  return _Network(hits), hits, mu, torch.ones(_COUNT, 3)


def test_latents_are_kept_that_lead_to_new_beats(parts):
  plain = fitted_samplers.posteriors(*parts[2:], seed=5)
  chosen = latent_selection.fit(*parts, _NOTHING, seed=5)
  assert chosen.kind == fitted_samplers.POSTERIORS
  assert torch.equal(chosen.tensors['stds'], plain.tensors['stds'])
  assert chosen.tensors['means'].dtype == torch.float16
  assert chosen.tensors['means'].shape == (_COUNT, 3)
  shares = [
      (sampler.tensors['means'][:, 0] > 0).float().mean()
      for sampler in (plain, chosen)
  ]
  assert shares[0] > 0.4
  assert shares[1] < 0.15
  # Nothing else is chosen by: what says nothing stays as wide.
  away = (chosen.tensors['means'].float() - parts[2])[:, 1:]
  assert abs(float(away.std()) - 1.6) < 0.3


def test_what_is_chosen_depends_on_the_seed_alone(parts):
  one, same, other = (
      latent_selection.fit(*parts, _NOTHING, seed=seed).tensors['means']
      for seed in (5, 5, 6)
  )
  assert torch.equal(one, same)
  assert not torch.equal(one, other)


def test_latents_are_kept_whose_beats_are(parts):
  _, hits, mu, sigma = parts
  # Beats with a hit on the first bit come up e**4 times too often.
  often = corrections.from_nodes(
      [[(0, 0.5, 1, 2), (-1, 0.0, 0, 0), (-1, 4.0, 0, 0)]], 0.0
  )

  class Marked(_Network):

    def draw_once(self, z, **options):
      drawn = (torch.rand(
          len(z), 448, generator=options['generator']
      ) < 0.2).float()
      drawn[:, 0] = (z[:, 1] > 0).float()
      return drawn

  chosen = latent_selection.fit(Marked(hits), hits, mu, sigma, often, seed=1)
  assert (chosen.tensors['means'][:, 1] > 0).float().mean() < 0.2


def test_latents_are_kept_whose_beats_other_songs_have(parts):
  _, hits, mu, sigma = parts

  class Near(_Network):

    def draw_once(self, z, **options):
      generator = options['generator']
      beats = self._hits[torch.randint(
          len(self._hits), (len(z),), generator=generator
      )]
      # One hit away from a learnt beat, or 90.
      far = (z[:, 2:] > 0).float()
      flips = torch.rand(beats.shape, generator=generator)
      flips = (flips < 0.2 * far).float()
      flips[:, 7] = 1.0
      return (beats - flips).abs()

  chosen = latent_selection.fit(Near(hits), hits, mu, sigma, _NOTHING, seed=1)
  assert (chosen.tensors['means'][:, 2] > 0).float().mean() < 0.1


def test_a_model_that_writes_nothing_new_has_a_sampler_all_the_same(parts):
  _, hits, mu, sigma = parts

  class Copying(_Network):

    def draw_once(self, z, **options):
      return self._hits[:len(z)]

  chosen = latent_selection.fit(
      Copying(hits), hits, mu, sigma, _NOTHING, seed=1
  )
  away = chosen.tensors['means'].float() - mu
  assert abs(float(away.std()) - 1.6) < 0.1
