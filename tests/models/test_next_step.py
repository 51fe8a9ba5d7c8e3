"""Tests of the next-step model, its memory and its reading of songs."""

import hypothesis
from hypothesis import strategies as st
import next_step_models
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.models import next_step
from drumspace_ext.models import song_contexts
from drumspace_ext.models import song_memory
from drumspace_ext.models import song_reading

_CODES = st.lists(
    st.sampled_from([0, 0, 0, 1, 5, 5, 16, 1 << 13, (1 << 14) - 1]),
    min_size=1, max_size=120,
)


def _remembered(codes):
  memory = song_memory.SongMemory()
  for code in codes:
    memory.append(int(code))
  return memory


@hypothesis.given(_CODES)
def test_memory_and_reading_give_the_same_inputs(codes):
  reading = song_reading.read(np.array(codes))
  counts = song_contexts.count_inputs(*reading.counts)
  memory = song_memory.SongMemory()
  for step, code in enumerate(codes):
    np.testing.assert_allclose(
        memory.step_inputs(), reading.step_inputs[step], atol=1e-12
    )
    for place in np.flatnonzero(reading.played.steps == step):
      np.testing.assert_allclose(memory.count_inputs(
          int(reading.played.voices[place]), int(reading.played.told[place])
      ), counts[place], atol=1e-12)
    memory.append(code)
  assert reading.step_inputs.shape[1] == song_contexts.NUM_STEP_INPUTS
  assert reading.played_inputs().shape == (
      len(reading.played.steps), song_contexts.NUM_PLAYED_INPUTS
  )
  # Each voice of each step is told once.
  assert len(reading.played.steps) + len(reading.entries.steps) == (
      14 * len(codes)
  )


@hypothesis.given(_CODES, st.data())
def test_the_future_changes_no_earlier_prediction(codes, data):
  place = data.draw(st.integers(0, len(codes) - 1))
  noise = data.draw(_CODES)
  for model in (next_step_models.model(), next_step_models.shipped()):
    first, other = (
        model.nats(np.array(codes[:place] + rest))
        for rest in (codes[place:], noise)
    )
    np.testing.assert_allclose(first[:place], other[:place], atol=1e-12)


def test_what_a_song_played_says_what_it_plays_there_now():
  # By hand: a kick on every quarter, seen on two quarters before the third.
  codes = [1, 0, 0, 0, 1, 0, 0, 0, 1]
  reading = song_reading.read(np.array(codes))
  last = reading.played.steps == 8
  (rests,), (strikes,), (run,) = reading.counts[:, last]
  contexts = (*song_contexts.STEP_CONTEXTS, *song_contexts.VOICE_CONTEXTS)
  whole = contexts.index(song_contexts.Context())
  # The first strike counts too: kick, three rests, kick, three rests.
  assert (rests[whole], strikes[whole], run[whole]) == (6, 2, -3)
  three = contexts.index(song_contexts.Context((1, 2, 3)))
  # Before the song was silence: three rests stood before steps 0 and 4.
  assert (rests[three], strikes[three], run[three]) == (0, 2, 2)
  assert (strikes[contexts.index(song_contexts.Context((), 16))]) == 0


@pytest.mark.parametrize('temperature', [0.5, 1.0, 2.0])
def test_draws_are_as_probable_as_the_model_says(temperature):
  model, primer = next_step_models.model(), [1, 0, 5, 0, 1]
  memory = _remembered(primer)
  rng, count = np.random.default_rng(0), 4000
  drawn = np.array([
      model.draw(memory, rng.random(14), temperature) for _ in range(count)
  ])
  assert memory.codes == primer
  # Of each voice apart, by the share of draws whose earlier voices are alike:
  # the first told ones are asked without conditions.
  reading = song_reading.read(np.array([*primer, 0]))
  step = model.played.of_step(reading.step_inputs[-1])
  logit = model.played.logits(reading.played_inputs(
      np.flatnonzero(reading.played.steps == 5)[:1]
  )[0], step)
  chance = 1 / (1 + np.exp(-logit / temperature))
  assert abs((drawn & 1).mean() - chance) < 4 * np.sqrt(
      chance * (1 - chance) / count
  ) + 1e-3


def test_nats_are_those_of_the_steps_that_are_drawn():
  # Of two voices: the probabilities of all steps sum to 1.
  model, primer = next_step_models.model(), [1, 3, 0, 2]
  nats = [
      model.nats(np.array([*primer, code]))[-1] for code in range(1 << 14)
      if code < 1 << 5
  ]
  others = [
      model.nats(np.array([*primer, code]))[-1]
      for code in range(1 << 5, 1 << 14, 97)
  ]
  assert 0 < np.exp(-np.array(nats)).sum() <= 1 + 1e-9
  assert np.exp(-np.array(nats + others)).sum() <= 1 + 1e-9
  assert model.nats(np.zeros(0, int)).shape == (0,)


def test_temperature_0_takes_what_is_more_probable():
  model = next_step_models.shipped()
  beat = np.resize([5, 0, 4, 0, 6, 0, 4, 0], 128)
  memory = _remembered(beat)
  for code in beat[:64]:
    assert model.draw(memory, np.full(14, 0.999), 0.0) == code
    memory.append(int(code))


def test_the_shipped_model_knows_what_repeats():
  model = next_step_models.shipped()
  song = next_step_models.song(seed=1, num_bars=16, noise=0)
  nats = model.nats(song)
  assert nats[64:].mean() < 0.02
  assert nats[:16].mean() > 0.5


def test_a_copied_memory_goes_on_by_itself():
  memory = _remembered([1, 0, 4, 0])
  other = memory.copy()
  other.append(8)
  np.testing.assert_array_equal(
      memory.step_inputs(), _remembered([1, 0, 4, 0]).step_inputs()
  )
  np.testing.assert_array_equal(
      other.step_inputs(), _remembered([1, 0, 4, 0, 8]).step_inputs()
  )


def _tensors():
  model = next_step_models.model()
  return {
      f'{next_step.PREFIX}{part}.{name}': values
      for part, net in (('played', model.played), ('entry', model.entry))
      for name, values in net._asdict().items()
  }


@pytest.mark.parametrize('change, words', [
    (lambda t: t.pop('next_step.entry.bias'), 'no entry.bias in it'),
    (lambda t: t.update({'next_step.played.bias': np.zeros(3)}),
     r'played.bias in it has shape \[3\], expected \[7\]'),
    (lambda t: t.update({'next_step.played.hidden_kernel': np.zeros(3)}),
     'no matrix'),
    (lambda t: t['next_step.entry.bias'].fill(np.nan), 'no number'),
])
def test_weights_of_something_else(change, words):
  tensors = {name: values.copy() for name, values in _tensors().items()}
  next_step.from_tensors(tensors, 'x')
  change(tensors)
  with pytest.raises(errors.CheckpointError, match=f'x holds no.*{words}'):
    next_step.from_tensors(tensors, 'x')
