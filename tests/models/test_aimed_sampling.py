"""Tests for aimed sampling, over a decoder that a person can check."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np

from drumspace_ext.models import aimed_sampling
from drumspace_ext.models import sampling
from drumspace_ext.patterns import descriptors

_SAMPLER = sampling.LatentSampler(
    weights=np.ones(1), means=np.zeros((1, 2)), stds=np.ones((1, 2))
)


def _decode(z):
  """As many hits a step as 2 + z[0], within bounds; z[1] says nothing."""
  hits = np.zeros((len(z), 32, 14), bool)
  counts = np.rint((2 + z[:, 0]).clip(0, 14) * 32).astype(int)
  flat = hits.reshape(len(z), -1)
  flat[np.arange(flat.shape[1]) < counts[:, None]] = True
  return flat.reshape(hits.shape)


def _draws(sampler, count, seed):
  return sampling.draw(
      sampler, _decode, count, np.zeros(0, np.uint64),
      rng=np.random.default_rng(seed),
  )


def _aimed(asked, draws):
  aim = aimed_sampling.aim(asked, draws)
  return aim, aimed_sampling.aimed(_SAMPLER, [aim.log_weight])


@given(st.floats(0.8, 3.2), st.integers(0, 2**32 - 1))
def test_draws_lie_where_they_are_asked_for(density, seed):
  aim, sampler = _aimed({'density': density}, _draws(_SAMPLER, 200, seed))
  drawn = _draws(sampler, 100, seed)
  values = aimed_sampling.measured(drawn.codes, ['density'])
  assert abs(np.median(values) - density) < 0.2
  # What was not asked for stays as it is.
  assert abs(drawn.latents[:, 1].mean()) < 0.5
  assert 0.6 < drawn.latents[:, 1].std() < 1.4
  distances = aim.distances(drawn.codes)
  np.testing.assert_allclose(
      distances, np.abs(values[:, 0] - density) / aim.stds[0]
  )


@given(st.integers(0, 2**32 - 1))
def test_a_seed_gives_the_same_latents(seed):
  _, sampler = _aimed({'density': 2.5}, _draws(_SAMPLER, 100, 0))
  one, other = (
      sampler.draw(700, rng=np.random.default_rng(seed)) for _ in range(2)
  )
  np.testing.assert_array_equal(one, other)
  assert one.shape == (700, 2)
  assert len(np.unique(one, axis=0)) == 700


def test_nothing_asked_is_the_sampler_itself():
  assert aimed_sampling.aimed(_SAMPLER, []) is _SAMPLER


def test_equal_weights_change_nothing():
  sampler = aimed_sampling.aimed(_SAMPLER, [lambda z: np.zeros(len(z))])
  drawn = sampler.draw(4000, rng=np.random.default_rng(1))
  np.testing.assert_allclose(drawn.mean(0), 0, atol=0.08)
  np.testing.assert_allclose(drawn.std(0), 1, atol=0.05)


def test_weights_add_up():
  def high(z):
    return np.where(z[:, 0] > 0, 0.0, -100.0)

  def right(z):
    return np.where(z[:, 1] > 0, 0.0, -100.0)

  sampler = aimed_sampling.aimed(_SAMPLER, [high, right])
  assert (sampler.draw(300, rng=np.random.default_rng(2)) > 0).all()


def test_what_all_beats_have_alike_can_be_asked_for():
  silent = sampling.judge(
      np.random.default_rng(0).standard_normal((50, 2)),
      np.zeros((50, 32, 14), bool), np.zeros(0, np.uint64),
  )
  aim, sampler = _aimed(
      {name: 0.0 for name in descriptors.DESCRIPTORS}, silent
  )
  assert not aim.distances(silent.codes).any()
  assert np.isfinite(sampler.draw(10, rng=np.random.default_rng(0))).all()
