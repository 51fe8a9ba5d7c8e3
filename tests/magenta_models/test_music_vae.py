"""Tests of MusicVAE's network, against a plain reading of Magenta's graph."""

import magenta_files
import numpy as np
import pytest
import torch

from drumspace_ext import errors
from drumspace_ext.magenta_models import drum_classes
from drumspace_ext.magenta_models import music_vae

_SETTINGS = {
    'cat': {'num_classes': 9}, 'deep': {'encoder': (6, 5), 'decoder': (4,)},
    'nade': {'nade_size': 4}, 'full': {'num_classes': 61, 'nade_size': 4},
}


@pytest.fixture(params=_SETTINGS, name='setting')
def _setting(request):
  return _SETTINGS[request.param]


def _network(setting, **facts):
  tensors = magenta_files.music_vae_tensors(**setting)
  tensors.pop('global_step')
  return music_vae.MusicVae(magenta_files.checkpoint(tensors, **facts)).eval()


def _hits(count, seed=1):
  rng = np.random.default_rng(seed)
  return rng.random((count, 32, 14)) < 0.2


def _sigmoid(x):
  return 1 / (1 + np.exp(-x))


class _Plain:
  """A pattern at a time, in float64, as the graph is written."""

  def __init__(self, setting):
    tensors = magenta_files.music_vae_tensors(**setting)
    self._get = lambda name: np.float64(tensors[name])
    self._names = set(tensors)
    self._classes = setting.get('num_classes', 9)
    self._nade = setting.get('nade_size', 0)

  def _dense(self, prefix, x):
    return x @ self._get(f'{prefix}kernel') + self._get(f'{prefix}bias')

  def _cell(self, prefix, x, c, h):
    i, j, f, o = np.split(self._dense(prefix, np.concatenate([x, h])), 4)
    c = c * _sigmoid(f + 1) + _sigmoid(i) * np.tanh(j)
    return c, np.tanh(c) * _sigmoid(o)

  def encode(self, hits):
    rolls = drum_classes.hits_to_rolls(hits, self._classes)
    x = np.concatenate([rolls, ~rolls.any(-1, keepdims=True)], -1) * 1.0
    number = 0
    while f'encoder/cell_{number}/bidirectional_rnn/fw/multi_rnn_cell/cell_0/' \
          'lstm_cell/kernel' in self._names:
      both, last = [], []
      for way, order in (('fw', 1), ('bw', -1)):
        prefix = (f'encoder/cell_{number}/bidirectional_rnn/{way}/'
                  'multi_rnn_cell/cell_0/lstm_cell/')
        units = len(self._get(f'{prefix}bias')) // 4
        c = h = np.zeros(units)
        outputs = []
        for row in x[::order]:
          c, h = self._cell(prefix, row, c, h)
          outputs.append(h)
        both.append(np.array(outputs)[::order])
        last.append(h)
      x = np.concatenate(both, -1)
      number += 1
    z = np.concatenate(last)
    return self._dense('encoder/mu/', z), np.log1p(
        np.exp(self._dense('encoder/sigma/', z))
    )

  def decode(self, z):
    """The pattern of temperature 0, bool [32, 14]."""
    depth = self._classes if self._nade else 512
    units, number = [], 0
    while f'decoder/multi_rnn_cell/cell_{number}/lstm_cell/bias' in self._names:
      units.append(len(self._get(
          f'decoder/multi_rnn_cell/cell_{number}/lstm_cell/bias'
      )) // 4)
      number += 1
    flat = np.tanh(self._dense('decoder/z_to_initial_state/', z))
    parts = np.split(flat, np.cumsum(np.repeat(units, 2))[:-1])
    state = list(zip(parts[::2], parts[1::2]))
    given, rolls = np.zeros(depth), []
    for _ in range(32):
      x = np.concatenate([given, z])
      for layer in range(len(units)):
        state[layer] = self._cell(
            f'decoder/multi_rnn_cell/cell_{layer}/lstm_cell/', x, *state[layer]
        )
        x = state[layer][1]
      output = self._dense('decoder/output_projection/', x)
      if self._nade:
        hidden, biases = output[:self._nade], output[self._nade:]
        bits = []
        for i in range(depth):
          logit = biases[i] + _sigmoid(hidden) @ self._get(
              'decoder/nade/w_dec_t'
          )[i, :, 0]
          bits.append(float(logit >= 0))
          hidden = hidden + bits[-1] * self._get('decoder/nade/w_enc')[i, 0]
        given = np.array(bits)
        rolls.append(given > 0)
      else:
        chosen = int(output.argmax())
        given = np.eye(512)[chosen]
        rolls.append(np.array([chosen >> i & 1 for i in range(9)]) > 0)
    return drum_classes.rolls_to_hits(np.array(rolls))


def test_mu_and_sigma_are_those_of_a_plain_reading(setting):
  network, plain, hits = _network(setting), _Plain(setting), _hits(5)
  mu, sigma = network.encode(torch.from_numpy(hits.reshape(5, -1)).float())
  for i in range(5):
    expected = plain.encode(hits[i])
    np.testing.assert_allclose(mu[i], expected[0], atol=1e-5)
    np.testing.assert_allclose(sigma[i], expected[1], atol=1e-5)


def test_bits_at_temperature_0_are_those_of_a_plain_reading(setting):
  network, plain = _network(setting), _Plain(setting)
  z = np.random.default_rng(2).standard_normal((6, 3)).astype(np.float32)
  made = network.draw_hits(
      torch.from_numpy(z), temperature=0.0, threshold=0.5, generator=None
  ).view(6, 32, 14).numpy()
  assert len(np.unique(made, axis=0)) > 1
  for one, expected in zip(made, map(plain.decode, np.float64(z))):
    np.testing.assert_array_equal(one, expected)


def test_a_low_temperature_is_temperature_0_and_a_seed_is_a_pattern(setting):
  network = _network(setting)
  z = torch.randn(8, 3, generator=torch.Generator().manual_seed(0))

  def draw(temperature, seed):
    return network.draw_hits(
        z, temperature=temperature, threshold=0.5,
        generator=torch.Generator().manual_seed(seed),
    )

  assert (draw(1e-6, 1) == draw(0.0, 2)).float().mean() > 0.99
  assert (draw(1.0, 1) == draw(1.0, 1)).all()
  assert (draw(1.0, 1) != draw(1.0, 2)).any()


def test_classes_of_all_pitches_come_back():
  # Written as its own pitch, read as its own voice.
  rows = np.eye(14, dtype=np.bool_)
  rolls = drum_classes.hits_to_rolls(rows, drum_classes.NUM_FULL_CLASSES)
  assert (rolls.sum(-1) == 1).all()
  np.testing.assert_array_equal(drum_classes.rolls_to_hits(rolls), rows)


def test_every_tensor_must_be_there_and_fit():
  tensors = magenta_files.music_vae_tensors()
  tensors.pop('global_step')
  for name, values in tensors.items():
    for damaged in (
        {key: value for key, value in tensors.items() if key != name},
        tensors | {name: values[..., :-1]},
    ):
      with pytest.raises(errors.CheckpointError):
        music_vae.MusicVae(magenta_files.checkpoint(damaged))
  tensors['encoder/hierarchical_level_0/kernel'] = np.ones(3)
  with pytest.raises(errors.CheckpointError, match='knows its encoder/hier'):
    music_vae.MusicVae(magenta_files.checkpoint(tensors))
