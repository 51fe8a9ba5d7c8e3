"""Tests of what alike patterns tell of how a pattern is played."""

import dataclasses

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import played_patterns
import pytest
import torch

from drumspace_ext.models import groove_answers
from drumspace_ext.training import groove_kernels


def _centred(data):
  return data.centred()[:, groove_answers.VELOCITY] / 10


def _said(data, hits):
  kernels = groove_kernels.Kernels(data, _centred(data))
  return kernels(torch.from_numpy(hits)).numpy()


@pytest.fixture(scope='module', name='learned')
def _learned():
  data = played_patterns.softer_under_crashes(300, seed=0)
  return groove_kernels.Kernels(data, _centred(data))


def test_what_no_table_can_tell_is_told_of_unseen_patterns(learned):
  data = played_patterns.softer_under_crashes(100, seed=1)
  hits = data.hits.reshape(-1, 32, 14) > 0
  said = learned(torch.from_numpy(data.hits)).numpy().reshape(-1, 32, 14)
  under = hits[:, :, 0] & hits[:, :, 7]
  kicks = said[:, :, 0]
  assert kicks[under].max() < 0 < kicks[hits[:, :, 0] & ~under].min()
  left = _centred(data) - said.reshape(len(said), -1)
  assert (left**2).sum() < 0.3 * (_centred(data)**2).sum()


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_a_bar_says_the_same_in_either_place(learned, seed):
  hits = np.random.default_rng(seed).random((3, 448)) < 0.1
  hits = torch.from_numpy(hits.astype(np.float32))
  turned = learned(hits.roll(224, 1)).roll(224, 1)
  assert torch.allclose(learned(hits), turned, atol=1e-4)


def test_nothing_is_said_where_nothing_is_known(learned):
  hits = np.zeros((1, 448), np.float32)
  # A conga, which no pattern has; and no hit at all.
  hits[0, 12] = 1
  asked = torch.from_numpy(np.concatenate([hits, 0 * hits]))
  assert not learned(asked).any()
  data = played_patterns.softer_under_crashes(40, seed=0)
  unknown = dataclasses.replace(data, known=np.zeros_like(data.known))
  assert not _said(unknown, data.hits).any()


def test_what_many_play_is_believed():
  """By hand: all of twenty play kicks 10 above their mean, snares 10 below."""
  hits = np.zeros((20, 32, 14), np.bool_)
  hits[:, 0, 0] = hits[:, 4, 1] = True
  # They differ by one hat, which nobody plays louder or softer.
  hits[np.arange(20), 8 + np.arange(20), 2] = True
  velocities = np.full(hits.shape, 90.0)
  velocities[:, 0, 0], velocities[:, 4, 1] = 100, 80
  asked = hits[:1].reshape(1, -1).astype(np.float32)
  few, many = (
      _said(played_patterns.of(hits, velocities, num_inputs=n, plays=p), asked)
      [0, [0, 4 * 14 + 1]] for n, p in ((1, 1), (1e6, 16))
  )
  assert 0.1 < few[0] < 0.9 and few[1] == pytest.approx(-few[0], abs=0.05)
  assert many == pytest.approx([1, -1], abs=0.05)
