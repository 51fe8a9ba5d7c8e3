"""Tests of groove models."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_st
import numpy as np
import pytest
import tiny_grooves
import torch

from drumspace_ext import errors
from drumspace_ext.models import checkpoints
from drumspace_ext.models import groove_memory
from drumspace_ext.models import groove_model
from drumspace_ext.models import groove_network
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes

_MODEL = tiny_grooves.model()
_MODELS = st.sampled_from([_MODEL, tiny_grooves.model(remembers=False)])
_HITS = numpy_st.arrays(np.bool_, (2, 32, 14))


@given(model=_MODELS, hits=_HITS)
def test_answers_are_playable_and_depend_on_their_own_pattern_alone(
    model, hits
):
  for played in (model(hits), model.drawn(hits, seed=1)):
    assert ((played.velocities >= 1) & (played.velocities <= 127)).all()
    assert (np.abs(played.offsets) <= 0.5).all()
  alone = model(hits[:1])
  both = model(hits)
  # Sums of a batch are made in another order.
  np.testing.assert_allclose(
      alone.velocities[0], both.velocities[0], atol=0.01
  )
  first, again = (model.drawn(hits[:n], seed=3) for n in (1, 2))
  np.testing.assert_allclose(
      first.velocities[0], again.velocities[0], atol=0.01
  )


@given(model=_MODELS, hits=_HITS)
def test_deviations_have_a_mean_of_zero_over_the_hits(model, hits):
  left = model.deviations(hits)
  flat = hits.reshape(2, 1, -1)
  assert not left[~np.broadcast_to(flat, left.shape)].any()
  assert np.abs(left.mean(-1)).max() < 1e-3


def test_a_remembered_pattern_is_drawn_as_it_was_played():
  memory = dataclasses.replace(
      tiny_grooves.memory(1), own=np.ones(1, np.bool_)
  )
  model = groove_model.GrooveModel(_MODEL.settings, _MODEL.network, memory)
  hits = memory.hits().reshape(-1, 32, 14)
  played = model.drawn(hits, seed=0)
  assert played.velocities[hits].tolist() == memory.velocities.tolist()
  np.testing.assert_allclose(
      played.offsets[hits] * groove_memory.OFFSET_PARTS, memory.offsets,
      atol=1e-4,
  )


def test_a_cell_is_played_as_the_most_kindred_hit_of_its_voice():
  hits = np.zeros((1, 32, 14), np.bool_)
  hits[0, [0, 5, 6], 2] = True
  memory = groove_memory.Memory(
      codes=step_codes.hits_to_step_codes(hits),
      velocities=np.array([10, 20, 30], np.uint8),
      offsets=np.zeros(3, np.int8), weights=np.ones(1, np.float32),
      own=np.ones(1, np.bool_),
  )
  velocities = memory.everywhere()[0, 0].reshape(32, 14)
  # The same place of the other bar, of a beat, an eighth, a sixteenth.
  assert velocities[[16, 4, 18, 9], 2].tolist() == [10, 10, 30, 20]
  assert np.isnan(velocities[:, 3]).all()


def test_what_others_do_on_just_these_hits_counts():
  memory = tiny_grooves.memory()
  memory = dataclasses.replace(memory, weights=np.full(12, 1e4, np.float32))
  settings = dataclasses.replace(
      _MODEL.settings, model=dataclasses.replace(
          _MODEL.settings.model, memory_share=1.0, distance=0.5
      ),
  )
  network = groove_network.GrooveNetwork(settings.model)
  model = groove_model.GrooveModel(settings, network, memory)
  hits = memory.hits().reshape(-1, 32, 14)
  truth = groove_memory.centred(memory.answers(), memory.hits())
  np.testing.assert_allclose(
      model.deviations(hits)[:, 0], truth[:, 0], atol=0.2
  )


def test_answers_without_a_memory_spread_as_the_likelihoods_say():
  model = groove_model.load(groove_model.RECOMMENDED)
  hits = np.zeros((1, 32, 14), np.bool_)
  hits[0, ::2, 2] = hits[0, ::8, 0] = hits[0, 4::8, 1] = True
  offsets = np.array([
      model.drawn(hits, seed=seed).offsets[hits] for seed in range(300)
  ])
  spreads, shares = model.network.spreads[1], model.network.shares[1]
  told = float((shares * spreads**2).sum() / shares.sum())**0.5
  told *= groove_network.SCALES[1]
  # A part of it is the mean of the pattern, which is taken out.
  assert 0.5 * told < offsets.std(0).mean() < 1.1 * told
  np.testing.assert_allclose(
      offsets.mean(0), model(hits).offsets[hits], atol=told / 4
  )


def test_likelihoods_are_those_of_a_density():
  grid = np.linspace(-400, 400, 80_001)
  density = np.exp(_MODEL.log_likelihoods(grid, 0))
  assert abs(np.trapezoid(density, grid) - 1) < 1e-3


@given(seed=st.integers(0, 5), remembers=st.booleans())
def test_models_come_back_from_their_checkpoints(
    tmp_path_factory, seed, remembers
):
  model = tiny_grooves.model(seed, remembers=remembers)
  path = tmp_path_factory.mktemp('a') / 'x.safetensors'
  groove_model.write(path, model, {'train_step': 20})
  again = groove_model.load(str(path))
  hits = tiny_grooves.memory(seed=9).hits().reshape(-1, 32, 14)
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
      ('memory.velocities', torch.zeros(3, dtype=torch.uint8)),
      ('memory.weights', -tensors['memory.weights']),
      ('network.table', torch.full((2, 448), torch.nan)),
  ):
    checkpoints.write(path, tensors | {name: value}, config)
    with pytest.raises(errors.CheckpointError, match='whole groove model'):
      groove_model.load(str(path))


def test_shipped_model_remembers_no_pattern():
  tensors, _ = checkpoints.read(checkpoints.find(groove_model.RECOMMENDED))
  assert all(name.startswith('network.') for name in tensors)
  assert not len(groove_model.load(groove_model.RECOMMENDED).memory)


def test_shipped_model_is_a_player_and_hears_backbeats():
  player: grooves.Player = groove_model.load(groove_model.RECOMMENDED)
  hits = np.zeros((1, 32, 14), np.bool_)
  hits[0, ::8, 0] = hits[0, 4::8, 1] = hits[0, ::2, 2] = True
  played = player(hits).velocities[0]
  assert played[::4, 2].mean() > played[2::4, 2].mean() + 3
