"""Tests for corrections, and for draws that are corrected."""

import dataclasses

import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext.models import corrections
from drumspace_ext.models import sampling
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

# Draws with a kick on 1 come up e times too often, others half as often.
_BY_KICK = corrections.from_nodes(
    [
        [(0, 0.5, 1, 2), (-1, -np.log(2), 0, 0), (-1, 1.0, 0, 0)],
        [(-1, 0.0, 0, 0)],
    ], 0.0,
)


def _hits(count, seed=0):
  return np.random.default_rng(seed).random((count, 32, 14)) < 0.1


def test_logit_is_what_the_leaves_say():
  hits = _hits(50)
  expected = np.where(hits[:, 0, 0], 1.0, -np.log(2))
  np.testing.assert_allclose(_BY_KICK.logits(hits), expected)
  assert _BY_KICK.logits(hits[:0]).shape == (0,)


def test_features_say_what_repeats():
  hits = _hits(1)
  hits[:, 16:] = hits[:, :16]
  one = hits.copy()
  one[0, 20, 3] ^= True
  assert corrections.features(hits).shape == (1, corrections.NUM_FEATURES)
  differs = corrections.features(one) - corrections.features(hits)
  assert (differs != 0).any()
  # Steps that differ, voices that do, all in all.
  assert corrections.features(hits)[0, -19:-2].sum() == 0
  assert corrections.features(one)[0, -19:-2].sum() == 2


@hypothesis.given(st.integers(0, 1000))
def test_one_feature_counts_the_differences_of_the_second_bar(seed):
  hits = _hits(20, seed)
  np.testing.assert_array_equal(
      corrections.features(hits)[:, corrections.BAR_DIFFERENCES],
      (hits[:, :16] != hits[:, 16:]).sum((1, 2)),
  )


@pytest.mark.parametrize('nodes', [
    [(-1, 0.25, 0, 0)],
    [(1, 0.5, 1, 2), (-1, 0.5, 0, 0), (2, 0.5, 3, 4), (-1, 1.0, 0, 0),
     (-1, 2.0, 0, 0)],
])
def test_one_tree_more_adds_what_it_says(nodes):
  hits = _hits(200)
  more = _BY_KICK.with_tree(nodes)
  one = corrections.from_nodes([nodes], 0.0)
  np.testing.assert_allclose(
      more.logits(hits), _BY_KICK.logits(hits) + one.logits(hits)
  )
  assert (more.most, more.copies) == (_BY_KICK.most, _BY_KICK.copies)


@hypothesis.given(st.integers(0, 1000))
def test_too_frequent_draws_are_kept_less_often_and_trivial_ones_never(seed):
  hits = _hits(3000, seed)
  hits[:100] = False
  rng = np.random.default_rng(seed)
  kept = _BY_KICK.keeps(hits, rng=rng)
  assert not kept[:100].any()
  assert not kept[entropy.is_trivial(step_codes.hits_to_step_codes(hits))].any()
  has_kick = hits[100:, 0, 0]
  shares = kept[100:][has_kick].mean(), kept[100:][~has_kick].mean()
  assert abs(shares[0] - np.exp(-1)) < 0.15
  # What is too rare can't be more often than always.
  assert shares[1] == 1


def test_correction_comes_back_from_its_tensors():
  again = corrections.from_tensors(_BY_KICK.tensors())
  hits = _hits(20)
  np.testing.assert_allclose(
      again.logits(hits), _BY_KICK.logits(hits), rtol=1e-6
  )


@pytest.mark.parametrize('name, value', [
    ('left', 0), ('right', 9), ('feature', corrections.NUM_FEATURES),
    ('value', np.nan),
])
def test_trees_that_lead_nowhere_are_refused(name, value):
  tensors = _BY_KICK.tensors()
  tensors[name] = tensors[name].copy()
  tensors[name][0, 0] = value
  with pytest.raises(ValueError, match='no list of trees'):
    corrections.from_tensors(tensors)


def test_corrected_draws_are_as_many_as_asked_for_and_real_ones_share():
  calls = []

  def decode(z):
    calls.append(len(z))
    return _hits(len(z), seed=len(calls))

  sampler = sampling.LatentSampler(
      weights=np.ones(1), means=np.zeros((1, 2)), stds=np.ones((1, 2)),
      correction=_BY_KICK,
  )
  drawn = sampling.draw(
      sampler, decode, 500, np.zeros(0, np.uint64),
      rng=np.random.default_rng(0),
  )
  assert len(drawn.codes) == len(drawn.latents) == 500
  # Beside 0.1 * e**-1 of those with a kick all others: 2 in a hundred.
  assert 0 < (drawn.codes[:, 0] & 1).mean() < 0.06


def test_draws_end_where_nothing_is_kept():
  sampler = sampling.LatentSampler(
      weights=np.ones(1), means=np.zeros((1, 2)), stds=np.ones((1, 2)),
      correction=_BY_KICK,
  )
  drawn = sampling.draw(
      sampler, lambda z: np.zeros((len(z), 32, 14), np.bool_), 5,
      np.zeros(0, np.uint64), rng=np.random.default_rng(0),
  )
  assert drawn.trivial.tolist() == [True] * 5


def test_draws_of_best_are_corrected():
  drawn = trained_model.TrainedModel('shipped:best').draw(400, seed=0)
  assert not drawn.trivial.any()
  assert 0.88 < drawn.first_of_class.mean() < 0.99


def test_old_checkpoints_say_neither_most_nor_copies():
  made = corrections.from_nodes([[(-1, 1.0, 0, 0)]], 0.0)
  tensors = dataclasses.replace(made, most=1.25, copies=0.75).tensors()
  again = corrections.from_tensors(tensors)
  assert (again.most, again.copies) == (1.25, 0.75)
  np.testing.assert_allclose(again.chances(_hits(5)), 1 / 1.25 / np.e)
  del tensors['most'], tensors['copies']
  old = corrections.from_tensors(tensors)
  assert (old.most, old.copies) == (1.0, 0.4)


@pytest.mark.parametrize(('name', 'value'), [
    ('most', 0.0), ('most', np.inf), ('copies', -0.5), ('copies', np.nan),
])
def test_shares_that_are_none_are_refused(name, value):
  tensors = _BY_KICK.tensors() | {name: np.array([value], np.float32)}
  with pytest.raises(ValueError, match='no list of trees'):
    corrections.from_tensors(tensors)
