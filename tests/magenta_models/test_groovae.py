"""Tests of GrooVAE's network, against a plain reading of Magenta's graph."""

import magenta_files
import numpy as np
import pytest
import torch

from drumspace_ext import errors
from drumspace_ext.magenta_models import drum_classes
from drumspace_ext.magenta_models import groovae
from drumspace_ext.magenta_models import music_vae
from drumspace_ext.models import groovae_player
from drumspace_ext.models import model_files
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import voices
from drumspace_ext.playing import players

_SIZES = {'encoder': (6,), 'decoder': (5, 4)}


def _tensors():
  return magenta_files.music_vae_tensors(groove=True, **_SIZES)


def _network(generator='', **changed):
  tensors = _tensors() | changed
  tensors.pop('global_step')
  return groovae.network_of(
      magenta_files.checkpoint(tensors, generator=generator)
  ).eval()


def _hits(count, seed=1):
  return np.random.default_rng(seed).random((count, 32, 14)) < 0.2


def _sigmoid(x):
  return 1 / (1 + np.exp(-x))


def _plain_outputs(z, hits=None):
  """Steps that the decoder writes, a pattern at a time, in float64."""
  weights = {name: np.float64(value) for name, value in _tensors().items()}

  def dense(prefix, x):
    return x @ weights[f'{prefix}kernel'] + weights[f'{prefix}bias']

  flat = np.tanh(dense('decoder/z_to_initial_state/', z))
  c0, h0, c1, h1 = np.split(flat, [5, 10, 14])
  state, given, steps = [(c0, h0), (c1, h1)], np.zeros(27), []
  for step in range(32):
    x = np.concatenate([given, z])
    for layer, (c, h) in enumerate(state):
      gates = dense(f'decoder/multi_rnn_cell/cell_{layer}/lstm_cell/',
                    np.concatenate([x, h]))
      i, j, f, o = np.split(gates, 4)
      c = c * _sigmoid(f + 1) + _sigmoid(i) * np.tanh(j)
      x = np.tanh(c) * _sigmoid(o)
      state[layer] = c, x
    logit, velocity, offset = np.split(
        dense('decoder/output_projection/', x), 3
    )
    struck = logit > 0 if hits is None else hits[step]
    given = np.concatenate([struck, _sigmoid(velocity), np.tanh(offset)])
    steps.append(given)
  return np.array(steps)


def test_steps_are_those_of_a_plain_reading():
  network = _network()
  z = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)
  expected = np.stack([_plain_outputs(row) for row in z])
  steps, _ = network.outputs(torch.from_numpy(z))
  np.testing.assert_allclose(steps.numpy(), expected, atol=2e-5)
  hits = network.draw_hits(
      torch.from_numpy(z), temperature=0.0, threshold=0.5, generator=None
  )
  np.testing.assert_array_equal(
      hits.numpy().reshape(4, 32, 14),
      drum_classes.rolls_to_hits(expected[..., :9] > 0.5),
  )


@pytest.mark.parametrize('seed', [0, 1])
def test_patterns_are_played_with_their_own_hits(seed):
  network, hits = _network(), _hits(2, seed)
  velocities, offsets = network.play(hits)
  assert velocities.shape == offsets.shape == hits.shape
  assert 0 <= velocities.min() and velocities.max() <= 1
  assert np.abs(offsets).max() <= 0.5
  mu, _ = network.encode(torch.from_numpy(hits.reshape(2, -1)).float())
  rolls = drum_classes.hits_to_rolls(hits)
  for number in range(2):
    steps = _plain_outputs(np.float64(mu[number]), rolls[number])
    # The kick is the first class; Magenta says how early a hit is.
    kick = voices.INDEX['kick']
    np.testing.assert_allclose(
        velocities[number, :, kick], steps[:, 9], atol=2e-5
    )
    np.testing.assert_allclose(
        offsets[number, :, kick], -steps[:, 18] / 2, atol=2e-5
    )


def test_what_is_heard_depends_on_the_configuration():
  hits = np.zeros((1, 32, 14), np.bool_)
  hits[0, 0, voices.INDEX['kick']] = True
  hits[0, 4, voices.INDEX['closed_hat']] = True
  none, tapped, added = (
      _network(f'groovae_2bar_{name}')._inputs(hits)[0]
      for name in ('humanize', 'tap_fixed_velocity', 'add_closed_hh')
  )
  assert list(zip(*np.nonzero(none))) == [(0, 0), (4, 2)]
  # The open hi-hat's place, whatever was struck.
  assert list(zip(*np.nonzero(tapped))) == [(0, 3), (4, 3)]
  assert list(zip(*np.nonzero(added))) == [(0, 0), (0, 9)]
  assert added[0, 9] == pytest.approx(100 / 127)
  assert _network().configuration == 'groovae_2bar_humanize'


def test_the_name_of_a_file_says_what_it_was_taught(tmp_path):
  path = tmp_path / 'groovae_2bar_tap_fixed_velocity.tar'
  path.write_bytes(magenta_files.tar(_tensors()))
  model = trained_model.TrainedModel(path)
  assert model.config.name == 'groovae_2bar_tap_fixed_velocity'
  kept = tmp_path / 'x.safetensors'
  model_files.keep(path, kept)
  again = trained_model.TrainedModel(kept)
  assert again.config.name == model.config.name
  hits = _hits(3)
  for one, other in zip(
      model.encode_tensors(hits), again.encode_tensors(hits)
  ):
    np.testing.assert_array_equal(one, other)
  z = model.sampler.draw(5, rng=np.random.default_rng(0))
  drawn = [model.decode_hits(z, temperature=0.5, seed=1) for _ in range(2)]
  np.testing.assert_array_equal(*drawn)
  # A name alone makes no GrooVAE.
  cat = tmp_path / 'groovae_2bar_humanize.tar'
  cat.write_bytes(magenta_files.tar(magenta_files.music_vae_tensors()))
  assert trained_model.TrainedModel(cat).config.name == 'cat-drums_2bar'


def test_it_is_a_groove_by_its_file(tmp_path):
  path = tmp_path / 'groovae_2bar_humanize.tar'
  path.write_bytes(magenta_files.tar(_tensors()))
  hits = _hits(3)
  player = players.player(path)
  assert isinstance(player, groovae_player.GroovaePlayer)
  groove = player(hits)
  velocities, offsets = _network().play(hits)
  np.testing.assert_array_equal(
      groove.velocities, np.clip(velocities * 127, 1, 127)
  )
  np.testing.assert_array_equal(groove.offsets, offsets)
  drawn = [
      players.player(path, drawn=True, seed=seed)(hits).velocities
      for seed in (1, 1, 2)
  ]
  np.testing.assert_array_equal(*drawn[:2])
  assert np.abs(drawn[0] - drawn[2]).max() > 0.1


def test_what_plays_nothing_is_named(tmp_path):
  path = tmp_path / 'cat.tar'
  path.write_bytes(magenta_files.tar(magenta_files.music_vae_tensors()))
  with pytest.raises(
      errors.CheckpointError, match='a MusicVAE, cat-drums_2bar, which says no'
  ):
    players.player(path)
  kit = tmp_path / 'kit.tar'
  kit.write_bytes(magenta_files.tar(magenta_files.drums_rnn_tensors()))
  with pytest.raises(errors.CheckpointError, match='a drums_rnn, which says'):
    players.player(kit)


def test_networks_that_are_none_are_refused():
  wrong = np.zeros((27 + 9 + 6, 24), np.float32)
  prefix = ('encoder/cell_0/bidirectional_rnn/fw/multi_rnn_cell/cell_0/'
            'lstm_cell/kernel')
  # With hits as controls it hears 36 numbers.
  with pytest.raises(errors.CheckpointError, match='reads 36 inputs a step'):
    _network(**{prefix: wrong})
  lacking = _tensors()
  lacking.pop('decoder/output_projection/bias')
  with pytest.raises(errors.CheckpointError, match='output_projection/bias'):
    groovae.network_of(magenta_files.checkpoint(lacking))
  assert not isinstance(groovae.network_of(magenta_files.checkpoint({
      name: value for name, value in magenta_files.music_vae_tensors().items()
      if name != 'global_step'
  })), groovae.GrooVae)
  assert issubclass(groovae.GrooVae, music_vae.MusicVae)
