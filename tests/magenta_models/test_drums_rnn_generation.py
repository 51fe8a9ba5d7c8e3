"""Tests of drums_rnn's tracks."""

import collections
import itertools

import magenta_files
import numpy as np
import pytest
from scipy import special

from drumspace_ext import errors
from drumspace_ext.magenta_models import drums_rnn
from drumspace_ext.magenta_models import drums_rnn_generation

_Search = drums_rnn_generation.Search


@pytest.fixture(scope='module', name='one_drum')
def _one_drum():
  return drums_rnn.DrumsRnn(magenta_files.checkpoint(
      magenta_files.drums_rnn_tensors(
          num_classes=2, counter_bits=0, units=(4, 3), wraps='none', scale=1.5
      )
  ))


@pytest.fixture(scope='module', name='drum_kit')
def _drum_kit():
  return drums_rnn.DrumsRnn(magenta_files.checkpoint(
      magenta_files.drums_rnn_tensors(units=(5, 4)), attention_length=4
  ))


def _extend(network, primer, num_steps, count=1, seed=0, **search):
  return drums_rnn_generation.extend(
      network, np.array(primer), num_steps=num_steps, num_outputs=count,
      seed=seed, search=_Search(**search),
  )


def _log_likelihood(network, primer, track, temperature=1.0):
  whole = np.array([[*primer, *track]])
  logits, _ = network.read(whole[:, :-1])
  log_p = special.log_softmax(np.float64(logits[0]) / temperature, -1)
  rows = range(len(primer) - 1, whole.shape[1] - 1)
  return sum(float(log_p[i, whole[0, i + 1]]) for i in rows)


def test_same_seed_same_track_and_outputs_do_not_depend_on_their_number(
    drum_kit
):
  many = _extend(drum_kit, [5, 0, 4], 20, 6, seed=3)
  np.testing.assert_array_equal(many, _extend(drum_kit, [5, 0, 4], 20, 6, 3))
  np.testing.assert_array_equal(
      many[:2], _extend(drum_kit, [5, 0, 4], 20, 2, 3)
  )
  assert len(np.unique(many, axis=0)) == 6
  assert (many != _extend(drum_kit, [5, 0, 4], 20, 6, 4)).any()


def test_draws_are_as_probable_as_the_network_says(one_drum):
  count, primer = 4000, [1, 0, 1]
  drawn = collections.Counter(
      map(tuple, _extend(one_drum, primer, 3, count).tolist())
  )
  for track in itertools.product((0, 1), repeat=3):
    expected = np.exp(_log_likelihood(one_drum, primer, track))
    assert abs(drawn[track] / count - expected) < 4 * np.sqrt(
        expected * (1 - expected) / count
    ) + 1e-3


def test_temperature_0_takes_the_most_probable_step(one_drum):
  primer = [1, 0]
  (track,) = _extend(one_drum, primer, 12, temperature=0.0)
  for number, played in enumerate(track):
    logits, _ = one_drum.read(np.array([[*primer, *track[:number]]]))
    assert logits[0, -1].argmax() == played
  # And so does a temperature near it.
  np.testing.assert_array_equal(
      _extend(one_drum, primer, 12, temperature=1e-4, seed=9)[0], track
  )


def test_a_wide_beam_finds_the_most_probable_track(one_drum):
  primer, steps = [0, 1], 5
  best = max(
      itertools.product((0, 1), repeat=steps),
      key=lambda track: _log_likelihood(one_drum, primer, track),
  )
  found = _extend(
      one_drum, primer, steps, 2, beam_size=64, branch_factor=16
  )
  assert [tuple(track) for track in found.tolist()] == [best] * 2
  # The worse end: one track alone is not always it.
  alone = _extend(one_drum, primer, steps, 40)
  assert any(tuple(track) != best for track in alone.tolist())


@pytest.mark.parametrize('steps, per_iteration', [
    (1, 1), (1, 4), (7, 3), (8, 4), (9, 4), (5, 8),
])
def test_a_beam_writes_as_many_steps_as_asked_for(
    drum_kit, steps, per_iteration
):
  made = _extend(
      drum_kit, [5], steps, 3, beam_size=2, branch_factor=3,
      steps_per_iteration=per_iteration,
  )
  assert made.shape == (3, steps)
  assert 0 <= made.min() <= made.max() < 512


@pytest.mark.parametrize('search, words', [
    ({'temperature': -1.0}, 'temperature must be'),
    ({'temperature': float('nan')}, 'temperature must be'),
    ({'beam_size': 0}, 'beam_size must be at least 1, got 0'),
    ({'branch_factor': 0}, 'branch_factor must be'),
    ({'steps_per_iteration': 0}, 'steps_per_iteration must be'),
])
def test_searches_out_of_range(search, words):
  with pytest.raises(errors.InputError, match=words):
    _Search(**search)


@pytest.mark.parametrize('primer', [[], [2], [-1]])
def test_primers_out_of_range(one_drum, primer):
  with pytest.raises(errors.InputError, match='classes below 2'):
    _extend(one_drum, primer, 3)
