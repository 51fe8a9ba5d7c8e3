"""Tests of drums_rnn's network, against a plain reading of Magenta's graph."""

import hypothesis
from hypothesis import strategies as st
import magenta_files
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.magenta_models import drums_rnn

_SETTINGS = [
    (2, 0, (5,), 'none'), (2, 0, (4, 3), 'none'), (512, 6, (5, 4), 'first'),
    (512, 6, (5, 4, 3), 'first'), (512, 6, (5, 4), 'all'),
    (512, 6, (4, 3, 5), 'all'), (512, 6, (5,), 'first'), (2, 0, (4,), 'all'),
]
_EVERY = pytest.mark.parametrize('classes, bits, units, wraps', _SETTINGS)


def _tensors(classes, bits, units, wraps, **more):
  return magenta_files.drums_rnn_tensors(
      num_classes=classes, counter_bits=bits, units=units, wraps=wraps, **more
  )


def _sigmoid(x):
  return 1 / (1 + np.exp(-x))


def _plain_logits(tensors, classes, bits, units, wraps, length, track):
  """One track, in float64, a step and a gate at a time."""
  get = lambda name: np.float64(tensors[name])
  stack = 'rnn/multi_rnn_cell/'
  wrapper = stack + 'cell_0/attention_cell_wrapper/'
  if wraps == 'all':
    wrapper = 'rnn/attention_cell_wrapper/'
    stack = wrapper + 'multi_rnn_cell/'
  wrapped = {'none': 0, 'first': 1, 'all': len(units)}[wraps]
  size = units[wrapped - 1]
  found, memory = np.zeros(size), [np.zeros(size)] * length
  state = [(np.zeros(n), np.zeros(n)) for n in units]
  logits = []
  for position, played in enumerate(track):
    x = np.zeros(classes + bits)
    x[played] = 1
    for bit in range(bits):
      x[classes + bit] = 1 if (position + 1) // 2**bit % 2 else -1
    if wrapped:
      x = np.concatenate([x, found]) @ get(f'{wrapper}kernel') + get(
          f'{wrapper}bias'
      )
    for layer in range(len(units)):
      is_inner = wraps == 'first' and not layer
      inner = 'attention_cell_wrapper/' if is_inner else ''
      prefix = f'{stack}cell_{layer}/{inner}basic_lstm_cell/'
      c, h = state[layer]
      gates = np.concatenate([x, h]) @ get(f'{prefix}kernel') + get(
          f'{prefix}bias'
      )
      i, j, f, o = np.split(gates, 4)
      c = c * _sigmoid(f + 1) + _sigmoid(i) * np.tanh(j)
      h = np.tanh(c) * _sigmoid(o)
      state[layer] = c, h
      x = h
      if wrapped == layer + 1:
        query = np.concatenate([part for pair in state[:wrapped]
                                for part in pair])
        query = query @ get(f'{wrapper}attention/kernel') + get(
            f'{wrapper}attention/bias'
        )
        scores = np.array([
            get(f'{wrapper}attention/attn_v') @ np.tanh(
                old @ get(f'{wrapper}attention/attn_w')[0, 0] + query
            ) for old in memory
        ])
        share = np.exp(scores) / np.exp(scores).sum()
        found = share @ np.array(memory)
        x = np.concatenate([x, found]) @ get(
            f'{wrapper}attn_output_projection/kernel'
        ) + get(f'{wrapper}attn_output_projection/bias')
        memory = [*memory[1:], x]
    logits.append(x @ get('fully_connected/weights') + get(
        'fully_connected/biases'
    ))
  return np.array(logits)


@_EVERY
def test_logits_are_those_of_a_plain_reading(classes, bits, units, wraps):
  tensors = _tensors(classes, bits, units, wraps)
  network = drums_rnn.DrumsRnn(
      magenta_files.checkpoint(tensors, attention_length=4)
  )
  tracks = np.random.default_rng(1).integers(0, classes, (3, 12))
  logits, _ = network.read(tracks)
  for track, made in zip(tracks, logits):
    expected = _plain_logits(tensors, classes, bits, units, wraps, 4, track)
    np.testing.assert_allclose(made, expected, atol=2e-4)


@_EVERY
def test_what_a_file_is_shows_in_its_shapes(classes, bits, units, wraps):
  network = drums_rnn.DrumsRnn(magenta_files.checkpoint(
      _tensors(classes, bits, units, wraps), attention_length=7
  ))
  assert network.layer_sizes == units
  assert network.num_classes == classes and network.counter_bits == bits
  assert network.configuration == {2: 'one_drum', 512: 'drum_kit'}[classes]
  assert network.num_wrapped == {
      'none': 0, 'first': 1, 'all': len(units)
  }[wraps]
  assert network.attention_length == (0 if wraps == 'none' else 7)


def test_old_names_are_the_same_network():
  setting = (512, 6, (5, 4), 'all')
  track = np.arange(20)[None] % 7
  new, old = (
      drums_rnn.DrumsRnn(magenta_files.checkpoint(
          _tensors(*setting, old_names=old)
      )).read(track)[0] for old in (False, True)
  )
  np.testing.assert_array_equal(new, old)


@hypothesis.given(st.integers(1, 9), st.integers(0, 10))
def test_reading_in_two_goes_is_reading_in_one(first, rest):
  network = drums_rnn.DrumsRnn(magenta_files.checkpoint(
      _tensors(512, 6, (5, 4), 'first'), attention_length=3
  ))
  track = np.arange(first + rest)[None] * 37 % 512
  whole, _ = network.read(track)
  logits, state = network.read(track[:, :first])
  np.testing.assert_allclose(
      whole[:, first - 1], logits[:, -1], atol=1e-5
  )
  for position in range(first, first + rest):
    one, state = network.step(track[:, position], position, state)
    np.testing.assert_allclose(whole[:, position], one, atol=1e-5)


def test_the_future_changes_no_earlier_logit():
  network = drums_rnn.DrumsRnn(
      magenta_files.checkpoint(_tensors(2, 0, (4, 3), 'none'))
  )
  track = np.array([[0, 1, 1, 0, 1, 0], [0, 1, 1, 1, 0, 1]])
  logits, _ = network.read(track)
  np.testing.assert_array_equal(logits[0, :3], logits[1, :3])
  assert (logits[0, 3] != logits[1, 3]).any()


def _fails(tensors, words):
  with pytest.raises(errors.CheckpointError, match=words):
    drums_rnn.DrumsRnn(magenta_files.checkpoint(tensors))


def test_every_tensor_must_be_there_and_fit():
  tensors = _tensors(512, 6, (5, 4), 'first')
  for name, values in tensors.items():
    missing = {key: value for key, value in tensors.items() if key != name}
    _fails(missing, 'in it|inputs|knows its')
    if values.ndim > 1:
      _fails(tensors | {name: values[..., :-1]}, 'shape|inputs|no ')
  _fails(tensors | {'more/kernel': np.ones(3)}, 'knows its more/kernel')
  _fails(_tensors(38, 0, (3,), 'none'), 'plays 38 classes')
  with pytest.raises(errors.CheckpointError, match='5000 steps long'):
    drums_rnn.DrumsRnn(
        magenta_files.checkpoint(tensors, attention_length=5000)
    )
