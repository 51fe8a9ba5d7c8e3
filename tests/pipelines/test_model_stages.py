"""Tests for model_stages."""

import subprocess
import sys

import drawn_patterns
import numpy as np
import pytest
import starter_models

from drumspace_ext import errors
from drumspace_ext.models import trained_model
from drumspace_ext.notes import note_sequences
from drumspace_ext.pipelines import latent_annotations
from drumspace_ext.pipelines import model_stages
from drumspace_ext.pipelines import stages
from drumspace_ext.starter import beats as starter_beats

_MODEL = 'shipped:vae'
_BEATS = np.stack([starter.hits for starter in starter_beats.load()[:12]])


def _sequences(repeats=1):
  return [
      note_sequences.from_patterns(
          hits, sequence_id=f'/id/{i}', repeats=repeats
      )
      for i, hits in enumerate(_BEATS)
  ]


def _hits(sequences):
  return np.stack([stages.pattern_of(sequence)[0] for sequence in sequences])


def test_latents_are_those_of_the_model():
  stage = model_stages.LatentEncoder(_MODEL)
  sequences = _sequences(repeats=2)
  before = [sequence.SerializeToString() for sequence in sequences]
  encoded = [stage.transform(sequence)[0] for sequence in sequences]
  expected = trained_model.TrainedModel(_MODEL).encode_tensors(_BEATS)[1]
  found = [latent_annotations.read(sequence) for sequence in encoded]
  np.testing.assert_allclose(found, expected, atol=1e-5)
  # The input is not changed, and nothing but the vector is added.
  assert [sequence.SerializeToString() for sequence in sequences] == before
  for sequence, original in zip(encoded, sequences):
    del sequence.text_annotations[:]
    assert sequence == original


def test_reconstruction_is_that_of_the_model_and_carries_its_vector():
  stage = model_stages.Reconstructor(_MODEL)
  made = [stage.transform(sequence)[0] for sequence in _sequences(repeats=3)]
  model = trained_model.TrainedModel(_MODEL)
  z = model.encode_tensors(_BEATS)[1]
  np.testing.assert_array_equal(_hits(made), model.decode_hits(z))
  np.testing.assert_allclose(
      [latent_annotations.read(sequence) for sequence in made], z, atol=1e-5
  )
  assert {stages.pattern_of(sequence)[1] for sequence in made} == {3}
  assert stage.counts['bits_changed'] == (_hits(made[-1:]) != _BEATS[-1]).sum()


def test_a_vector_that_was_changed_is_what_is_reconstructed():
  encoder = model_stages.LatentEncoder(_MODEL)
  stage = model_stages.Reconstructor(_MODEL)
  first, second = (encoder.transform(s)[0] for s in _sequences()[:2])
  latent_annotations.write(
      first, latent_annotations.read(second), encoder.weights
  )
  np.testing.assert_array_equal(
      _hits(stage.transform(first)), _hits(stage.transform(second))
  )
  # That of another model means nothing here.
  other = model_stages.LatentEncoder('shipped:ae').transform(_sequences()[0])[0]
  np.testing.assert_array_equal(
      _hits(stage.transform(other)), _hits(stage.transform(_sequences()[0]))
  )


def test_variations_depend_on_seed_and_pattern_alone():
  def made(sequences, **options):
    stage = model_stages.Variator(_MODEL, num_outputs=3, **options)
    return {
        sequence.id: [o.SerializeToString() for o in stage.transform(sequence)]
        for sequence in sequences
    }

  forward, backward = made(_sequences()), made(_sequences()[::-1])
  assert forward == backward
  assert made(_sequences(), seed=1) != forward
  assert all(len(outputs) == 3 for outputs in forward.values())


def test_variations_are_neighbours_nearest_first():
  stage = model_stages.Variator(_MODEL, num_outputs=5)
  for sequence, hits in zip(_sequences(), _BEATS):
    made = stage.transform(sequence)
    distances = [int((found != hits).sum()) for found in _hits(made)]
    assert distances == sorted(distances)
    assert distances[0] > 0
    assert len({found.tobytes() for found in _hits(made)}) == 5
    model = stage.model
    z = np.stack([latent_annotations.read(s, stage.weights) for s in made])
    np.testing.assert_array_equal(model.decode_hits(z), _hits(made))


def test_model_that_knows_one_beat_only_has_no_variation(monkeypatch):
  stage = model_stages.Variator(_MODEL)
  sequence = _sequences()[0]
  monkeypatch.setattr(
      trained_model.TrainedModel, 'decode_hits',
      lambda self, z, **_: np.broadcast_to(_BEATS[0], (len(z), 32, 14)),
  )
  assert stage.transform(sequence) == []
  assert stage.rejection.reason == 'no_variation'


def test_filter_refuses_what_the_model_was_trained_on(tmp_path):
  folder = starter_models.train(tmp_path / 'run')
  stage = model_stages.ModelFilter(str(folder))
  assert not stage.transform(_sequences()[0])
  assert stage.rejection.reason == 'known_pattern'
  new = note_sequences.from_patterns(
      np.random.default_rng(1).random((32, 14)) < 0.3
  )
  assert stage.transform(new) == [new]


def test_a_model_trained_anew_is_not_the_old_one(tmp_path):
  folder = starter_models.train(tmp_path / 'run')
  old = model_stages.LatentEncoder(str(folder)).weights
  assert model_stages.LatentEncoder(str(folder)).weights == old
  starter_models.train(tmp_path / 'other', seed=3)
  (tmp_path / 'other' / 'train' / 'best.safetensors').replace(
      folder / 'train' / 'best.safetensors'
  )
  assert model_stages.LatentEncoder(str(folder)).weights != old


@pytest.mark.parametrize('make', [
    model_stages.LatentEncoder, model_stages.Reconstructor,
    model_stages.Variator,
])
def test_several_patterns_are_rejected(make):
  stage = make(_MODEL)
  assert not stage.transform(note_sequences.from_patterns(_BEATS[:2]))
  assert stage.rejection.reason == 'not_one_pattern'


def test_missing_model_is_the_callers_mistake():
  stage = model_stages.LatentEncoder('shipped:no_such_model')
  with pytest.raises(errors.CheckpointError, match='no model'):
    stage.transform(_sequences()[0])


@pytest.mark.parametrize('options', [{'num_outputs': 0}, {'temperature': -1.0}])
def test_option_out_of_range_is_named(options):
  with pytest.raises(errors.InputError, match=next(iter(options))):
    model_stages.Variator(_MODEL, **options)


def test_torch_comes_with_the_first_input():
  code = (
      'import sys\n'
      'from drumspace_ext.notes import note_sequences\n'
      'from drumspace_ext.pipelines import model_stages\n'
      'import numpy as np\n'
      's = model_stages.LatentEncoder("shipped:vae")\n'
      'm = model_stages.ModelFilter("shipped:vae")\n'
      'assert "torch" not in sys.modules\n'
      's.transform(note_sequences.from_patterns(np.ones((32, 14), bool)))\n'
      'assert "torch" in sys.modules and "magenta" not in sys.modules\n'
  )
  done = subprocess.run(
      [sys.executable, '-c', code], capture_output=True, text=True, check=False
  )
  assert done.returncode == 0, done.stderr


def test_silent_pattern_has_a_place_too():
  silent = note_sequences.from_patterns(drawn_patterns.hits_of())
  (encoded,) = model_stages.LatentEncoder(_MODEL).transform(silent)
  assert latent_annotations.read(encoded).shape == (4,)


@pytest.mark.parametrize('text', [
    'drumspace_latent garbage', 'drumspace_latent {"weights": "w"}',
    'drumspace_latent {"weights": "WEIGHTS", "z": [1, 2]}',
    'drumspace_latent {"weights": "WEIGHTS", "z": [1e300, 0, 0, 0]}',
])
@pytest.mark.parametrize('make', [
    model_stages.LatentEncoder, model_stages.Reconstructor
])
def test_a_damaged_vector_costs_that_input_alone(make, text):
  stage = make(_MODEL)
  good, bad = _sequences()[:2]
  text = text.replace('WEIGHTS', stage.weights)
  bad.text_annotations.add(text=text)
  if make is model_stages.LatentEncoder and '"z"' in text:
    # It is replaced by the right one.
    assert len(stage.transform(bad)) == 1
    return
  assert stage.transform(bad) == []
  assert stage.rejection.reason == 'bad_latent'
  assert stage.counts['rejected_bad_latent'] == 1
  assert len(stage.transform(good)) == 1 and stage.rejection is None
