"""Tests for sampling."""

import drawn_patterns
import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.models import sampling
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

_NONE_KNOWN = np.zeros(0, np.uint64)


def _classes(codes):
  return np.sort(step_codes.class_digests(codes))


def _varied(count, seed=0):
  """Random patterns that are not trivial, bool `[count, 32, 14]`."""
  rng = np.random.default_rng(seed)
  hits = rng.random((count, 32, 14)) < 0.2
  assert not entropy.is_trivial(step_codes.hits_to_step_codes(hits)).any()
  return hits


@hypothesis.given(
    hits=drawn_patterns.hits(1, 6), known=drawn_patterns.codes(1, 3),
    steps=st.integers(0, 31), copied=st.integers(0, 5),
)
def test_verdicts_are_the_published_rules(hits, known, steps, copied):
  codes = step_codes.hits_to_step_codes(hits)
  known = np.concatenate(
      [known, step_codes.rotate(codes[copied % len(codes)], steps)[None]]
  )
  hits = np.concatenate([hits, hits[::-1]])
  z = np.arange(len(hits), dtype=float)[:, None]
  samples = sampling.judge(z, hits, _classes(known))
  np.testing.assert_array_equal(samples.latents, z)
  np.testing.assert_array_equal(
      samples.codes, step_codes.hits_to_step_codes(hits)
  )
  known_rows = {tuple(row) for row in known.tolist()}
  seen = set()
  for i, row in enumerate(samples.codes):
    turned = {tuple(r) for r in step_codes.rotations(row).tolist()}
    trivial = entropy.nats(row) < 0.9
    assert samples.trivial[i] == trivial
    assert samples.known[i] == bool(turned & known_rows)
    passes = not trivial and not turned & known_rows
    assert samples.passing[i] == passes
    assert samples.first_of_class[i] == (passes and not turned & seen)
    seen.add(tuple(row.tolist()))


def test_verdicts_by_hand():
  beats = _varied(3)
  trivial = drawn_patterns.hits_of(kick=(0,))
  hits = np.stack([
      beats[0], trivial, beats[1], np.roll(beats[0], 9, axis=0), beats[2]
  ])
  known = step_codes.hits_to_step_codes(np.roll(beats[1:2], 4, axis=1))
  samples = sampling.judge(np.zeros((5, 2)), hits, _classes(known))
  assert samples.trivial.tolist() == [0, 1, 0, 0, 0]
  assert samples.known.tolist() == [0, 0, 1, 0, 0]
  assert samples.passing.tolist() == [1, 0, 0, 1, 1]
  assert samples.first_of_class.tolist() == [1, 0, 0, 0, 1]
  assert samples.classes[0] == samples.classes[3]


def test_nothing_is_known_where_there_was_no_training_set():
  samples = sampling.judge(np.zeros((4, 2)), _varied(4), _NONE_KNOWN)
  assert samples.passing.all() and not samples.known.any()


def test_every_member_of_a_large_training_set_is_known():
  hits = _varied(300)
  known = _classes(step_codes.hits_to_step_codes(hits))
  z = np.zeros((300, 1))
  assert sampling.judge(z, hits, known).known.all()
  assert not sampling.judge(z, _varied(300, seed=1), known).known.any()


def test_seed_decides_what_is_drawn():
  sampler = sampling.around(np.zeros((3, 4)), 1.0)
  one, same, other = (
      sampler.draw(20, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
  )
  np.testing.assert_array_equal(one, same)
  assert one.shape == (20, 4)
  assert not (one == other).any()


def test_mixture_has_the_moments_of_its_parts():
  sampler = sampling.LatentSampler(
      weights=np.array([0.25, 0.75]), means=np.array([[-10.0, 5], [10, 5]]),
      stds=np.array([[1.0, 2], [3, 0]]),
  )
  drawn = sampler.draw(20_000, rng=np.random.default_rng(0))
  left = drawn[:, 0] < 0
  assert left.mean() == pytest.approx(0.25, abs=0.015)
  assert drawn[left].mean(0) == pytest.approx([-10, 5], abs=0.1)
  assert drawn[left].std(0) == pytest.approx([1, 2], abs=0.1)
  assert drawn[~left].mean(0) == pytest.approx([10, 5], abs=0.1)
  assert drawn[~left].std(0) == pytest.approx([3, 0], abs=0.1)


def test_spread_scales_the_deviations_alone():
  sampler = sampling.around(np.array([[3.0, -2.0]]), np.array([[1.0, 4.0]]))
  rng = np.random.default_rng
  assert sampler.draw(3, rng=rng(0), spread=0).tolist() == [[3, -2]] * 3
  plain = sampler.draw(3, rng=rng(0)) - [3, -2]
  wide = sampler.draw(3, rng=rng(0), spread=2) - [3, -2]
  np.testing.assert_allclose(wide, 2 * plain)
  assert np.abs(plain).min() > 0


@pytest.mark.parametrize('sigma', [0.5, np.full((2, 3), 0.5)])
def test_around_gives_every_latent_the_same_weight(sigma):
  sampler = sampling.around(np.array([[0.0] * 3, [9.0] * 3]), sigma)
  assert sampler.weights.tolist() == [0.5, 0.5]
  assert sampler.stds.tolist() == [[0.5] * 3] * 2


def test_draw_decodes_what_it_drew():
  beats = _varied(2)

  def decode(z):
    return beats[(z[:, 0] > 0).astype(int)]

  samples = sampling.draw(
      sampling.around(np.zeros((1, 2)), 1.0), decode, 50, _NONE_KNOWN,
      rng=np.random.default_rng(3),
  )
  np.testing.assert_array_equal(
      samples.codes, step_codes.hits_to_step_codes(decode(samples.latents))
  )
  assert samples.latents.shape == (50, 2)
  assert samples.first_of_class.sum() == 2
  assert samples.passing.all()


def test_probabilities_are_no_hits():
  with pytest.raises(errors.PatternError, match='patterns are bool'):
    sampling.judge(np.zeros((1, 2)), np.zeros((1, 32, 14)), _NONE_KNOWN)
