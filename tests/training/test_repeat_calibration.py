"""Tests for repeat_calibration."""

import numpy as np
import pytest
import torch

from drumspace_ext.models import corrections
from drumspace_ext.models import fitted_samplers
from drumspace_ext.models import foretelling
from drumspace_ext.training import own_draws
from drumspace_ext.training import repeat_calibration

_COUNT = 4000
_NOTHING = corrections.from_nodes([[(-1, 0.0, 0, 0)]], 0.0)


def _beats(shares, seed):
  """Beats of two bars, flat float, that differ by 0, 1, 2, 4 and 8 hits."""
  rng = np.random.default_rng(seed)
  hits = rng.random((_COUNT, 32, 14)) < 0.2
  hits[:, 16:] = hits[:, :16]
  for row, count in enumerate(rng.choice(
      foretelling.LEAST, size=_COUNT, p=shares
  )):
    where = rng.choice(16 * 14, size=count, replace=False)
    hits[row, 16:].reshape(-1)[where] ^= True
  return torch.from_numpy(hits.reshape(_COUNT, -1).astype(np.float32))


class _Network:
  """Writes beats that seldom differ by much."""

  default_temperature = 0.8

  def draw_hits(self, z, *, temperature, threshold, generator):
    assert (temperature, threshold) == (0.8, 0.5)
    seed = int(torch.randint(2**31, (1,), generator=generator))
    return _beats([0.6, 0.15, 0.1, 0.1, 0.05], seed)[:len(z)]


def _shares(hits):
  counts = (hits[:, :16] != hits[:, 16:]).sum((1, 2))
  return np.bincount(
      np.digitize(counts, foretelling.LEAST[1:]), minlength=5
  ) / len(hits)


@pytest.fixture(scope='module')
def sampler():
  return fitted_samplers.posteriors(
      torch.zeros(_COUNT, 2), torch.ones(_COUNT, 2), seed=0
  )


def test_second_bars_that_are_kept_vary_as_learnt_ones(sampler):
  learnt = _beats([0.5, 0.1, 0.15, 0.15, 0.1], seed=1)
  calibrated = repeat_calibration.calibrated(
      _Network(), learnt, sampler, _NOTHING, seed=0
  )
  wanted = _shares(own_draws.patterns(learnt))
  drawn = np.concatenate([
      own_draws.draw(_Network(), sampler, torch.device('cpu'), seed=seed)[1]
      for seed in range(10, 13)
  ])
  off = []
  for correction in (_NOTHING, calibrated):
    kept = correction.keeps(drawn, rng=np.random.default_rng(0))
    off.append(abs(_shares(drawn[kept]) - wanted).max())
  assert off[0] > 0.08
  assert off[1] < 0.02


def test_what_is_right_stays_about_as_it_is(sampler):
  learnt = _beats([0.6, 0.15, 0.1, 0.1, 0.05], seed=1)
  one, same = (
      repeat_calibration.calibrated(
          _Network(), learnt, sampler, _NOTHING, seed=0
      ) for _ in range(2)
  )
  hits = own_draws.patterns(learnt)
  assert abs(one.logits(hits)).max() < 0.3
  np.testing.assert_array_equal(one.logits(hits), same.logits(hits))
