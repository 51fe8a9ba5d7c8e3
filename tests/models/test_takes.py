"""Tests of takes, and of what is known when they are drawn."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest
import tiny_grooves
import torch

from drumspace_ext.models import take_features
from drumspace_ext.models import takes

_NETWORK = tiny_grooves.model().drawing


@given(hits=tiny_grooves.PAIRS, seed=st.integers(0, 99))
def test_values_are_in_their_range_and_only_where_hits_are(hits, seed):
  velocities, ticks = np.moveaxis(
      takes.drawn(_NETWORK, hits, seed=seed), 1, 0
  )
  assert ((velocities > 0) == hits).all() and velocities.max(initial=1) <= 127
  assert not ticks[~hits].any() and np.abs(ticks).max() <= 60


@given(hits=tiny_grooves.PAIRS)
def test_a_take_is_that_of_its_seed_and_pattern(hits):
  both = takes.drawn(_NETWORK, hits, seed=3)
  np.testing.assert_array_equal(
      takes.drawn(_NETWORK, hits[1:], seed=3), both[1:]
  )


def test_another_seed_draws_another():
  hits = tiny_grooves.pattern(*((step, 2) for step in range(0, 32, 2)))
  first, second = (takes.drawn(_NETWORK, hits, seed=seed) for seed in (0, 1))
  assert (first != second).any()


@pytest.mark.parametrize('answer', [0, 1])
def test_likelihoods_of_all_values_add_up_to_one(answer):
  torch.manual_seed(0)
  size = sum(takes.num_features()) + 2 * answer
  count = take_features.NUM_VALUES[answer]
  truth = take_features.LEAST[answer] + torch.arange(count)
  there = (torch.rand(1, take_features.NUM_EARLIER) < 0.7).repeat(count, 1)
  # So far inside that what is near to them is a value too.
  found = torch.randint(
      20, 40, (1, take_features.NUM_EARLIER)
  ).repeat(count, 1)
  features = torch.randn(1, size).repeat(count, 1)
  nats = _NETWORK.nats(answer, features, there, found, truth)
  assert torch.exp(-nats).sum().item() == pytest.approx(1, abs=1e-4)


def test_earlier_hits_are_those_that_are_named():
  cells = [(0, 0), (0, 2), (4, 2), (16, 2), (20, 2)]
  played = take_features.Played(1)
  row = np.array([0])
  for number, (step, voice) in enumerate(cells):
    place = row, np.array([step]), np.array([voice])
    found = played.earlier(*place)
    played.play(*place, np.array([[number + 1, -number]], np.int16), found)
  values, there = played.earlier(row, np.array([20]), np.array([2]))
  # The last three of the voice; 4, 8, 16 steps before; the last two of all.
  assert values[0, 0].tolist()[:4] == [5, 4, 3, 4]
  assert there[0].tolist() == [True] * 4 + [False, True, True, True]
  assert values[0, 0, 5] == 3 and values[0, 1, -2:].tolist() == [-4, -3]
  assert played.mean(row).tolist() == [[3, -2]]


def test_a_network_that_knows_copies_alone_repeats_the_first_hit():
  network = tiny_grooves.model(1).drawing
  with torch.no_grad():
    for answer, count in enumerate(take_features.NUM_VALUES):
      last = network.answers[answer][-1]
      last.weight[count:] = 0
      last.bias[count:] = -50
      last.bias[count] = 50  # the last hit of the same voice
  hits = tiny_grooves.pattern(
      *((step, voice) for step in range(32) for voice in (0, 2))
  )
  values = takes.drawn(network, hits, seed=0)[0]
  for voice in (0, 2):
    assert (values[:, :, voice] == values[:, :1, voice]).all()
