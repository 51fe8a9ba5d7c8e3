"""Tests of groove models."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest
import tiny_grooves
import torch

from drumspace_ext import errors
from drumspace_ext.models import checkpoints
from drumspace_ext.models import groove_model
from drumspace_ext.patterns import grooves

_MODEL = tiny_grooves.model()

@given(hits=tiny_grooves.PAIRS)
def test_answers_are_playable_and_depend_on_their_own_pattern_alone(hits):
  for played in (_MODEL(hits), _MODEL.drawn(hits, seed=1)):
    assert ((played.velocities >= 1) & (played.velocities <= 127)).all()
    assert (np.abs(played.offsets) <= 0.5).all()
  alone = _MODEL(hits[:1])
  both = _MODEL(hits)
  # Sums of a batch are made in another order.
  np.testing.assert_allclose(
      alone.velocities[0], both.velocities[0], atol=0.01
  )
  first, again = (_MODEL.drawn(hits[:n], seed=3) for n in (1, 2))
  np.testing.assert_allclose(
      first.velocities[0], again.velocities[0], atol=0.01
  )


@given(hits=tiny_grooves.PAIRS)
def test_deviations_have_a_mean_of_zero_over_the_hits(hits):
  left = _MODEL.deviations(hits)
  flat = hits.reshape(2, 1, -1)
  assert not left[~np.broadcast_to(flat, left.shape)].any()
  assert np.abs(left.mean(-1)).max() < 1e-3


def test_likelihoods_are_those_of_a_density():
  grid = np.linspace(-400, 400, 80_001)
  density = np.exp(_MODEL.log_likelihoods(grid, 0))
  assert abs(np.trapezoid(density, grid) - 1) < 1e-3


@given(seed=st.integers(0, 5), hits=tiny_grooves.PAIRS)
def test_models_come_back_from_their_checkpoints(tmp_path_factory, seed, hits):
  model = tiny_grooves.model(seed)
  path = tmp_path_factory.mktemp('a') / 'x.safetensors'
  groove_model.write(path, model, {'train_step': 20})
  again = groove_model.load(str(path))
  np.testing.assert_array_equal(
      again(hits).velocities, model(hits).velocities
  )
  np.testing.assert_array_equal(
      again.drawn(hits, seed=1).offsets, model.drawn(hits, seed=1).offsets
  )


def test_other_models_and_damaged_ones_are_said_so(tmp_path):
  with pytest.raises(errors.CheckpointError, match='does not play them'):
    groove_model.load('shipped:vae')
  path = tmp_path / 'x.safetensors'
  groove_model.write(path, tiny_grooves.model(), {})
  tensors, metadata = checkpoints.read(path)
  config = {'config': metadata['config']}
  for name, value in (
      ('takes.answers.0.0.bias', torch.zeros(3)),
      ('network.table', torch.full((2, 448), torch.nan)),
  ):
    checkpoints.write(path, tensors | {name: value}, config)
    with pytest.raises(errors.CheckpointError, match='whole groove model'):
      groove_model.load(str(path))


def test_shipped_model_holds_no_pattern():
  tensors, _ = checkpoints.read(checkpoints.find(groove_model.RECOMMENDED))
  assert all(name.startswith(('network.', 'takes.')) for name in tensors)


def test_shipped_model_is_a_player_and_hears_backbeats():
  player: grooves.Player = groove_model.load(groove_model.RECOMMENDED)
  hits = np.zeros((1, 32, 14), np.bool_)
  hits[0, ::8, 0] = hits[0, 4::8, 1] = hits[0, ::2, 2] = True
  played = player(hits).velocities[0]
  assert played[::4, 2].mean() > played[2::4, 2].mean() + 3
