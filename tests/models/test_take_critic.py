"""Tests of the critic of takes."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import tiny_grooves
import torch

from drumspace_ext.models import take_critic
from drumspace_ext.models import takes


def _odds(critic, hits, values):
  with torch.inference_mode():
    return critic.odds(hits, values)


@given(hits=tiny_grooves.PAIRS, seed=st.integers(0, 99))
def test_each_take_is_judged_by_itself(hits, seed):
  network = tiny_grooves.model().drawing
  values = takes.numbered(network, hits, np.arange(2), seed=seed)
  both = _odds(network.critic, hits, values)
  assert both.shape == (2,) and (both > 0).all()
  np.testing.assert_allclose(
      _odds(network.critic, hits[1:], values[1:]), both[1:], rtol=1e-4
  )


def test_hits_are_seen_beside_those_before_and_in_the_other_bar():
  hits = tiny_grooves.pattern((0, 2), (4, 0), (8, 2), (24, 2))
  values = np.zeros((1, 2, 32, 14), np.int16)
  values[0, 0, [0, 4, 8, 24], [2, 0, 2, 2]] = 80, 100, 100, 60
  values[0, 1, 8, 2] = 30
  patterns, seen = take_critic.seen(hits, values)
  assert patterns.tolist() == [0] * 4
  assert seen.shape == (4, take_critic.num_features())
  # There are eight columns of multiples after these.
  before, other = seen[:, -22:-15], seen[:, -15:-8]
  # The third is 20 louder and 30 later than the first of its voice.
  np.testing.assert_allclose(before[2], [1, 1, 1, 1, 1, 0, 0])
  assert before[:, 0].tolist() == [0, 0, 1, 1]
  # The last is 40 softer and 30 earlier than the third, a bar before.
  np.testing.assert_allclose(other[3], [1, -2, -1, 2, 1, 0, 0])
  np.testing.assert_allclose(other[2], [1, 2, 1, 2, 1, 0, 0])
  assert other[:, 0].tolist() == [0, 0, 1, 1]


class _Likes(torch.nn.Module):
  """A critic to whom velocities are all."""

  def __init__(self, sign):
    super().__init__()
    self.sign = sign

  def odds(self, hits, values):
    del hits
    return np.exp(self.sign * values[:, 0].sum((1, 2)).astype(float) / 10)


def test_takes_are_chosen_by_what_the_critic_says():
  hits = np.repeat(
      tiny_grooves.pattern(*((step, 2) for step in range(0, 32, 4))), 40, 0
  )
  rng = np.random.default_rng(0)
  hits |= rng.random(hits.shape) < 0.02
  means = []
  for sign in (1, -1):
    network = tiny_grooves.model().drawing
    network.critic = _Likes(sign)
    means.append(takes.drawn(network, hits, seed=0)[:, 0][hits].mean())
  assert means[0] > means[1] + 10
