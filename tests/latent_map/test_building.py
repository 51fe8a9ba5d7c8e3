"""Tests for latent_map.building."""

import json

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest
import told_steps

from drumspace_ext import errors
from drumspace_ext.conversion import named_patterns
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.latent_map import building as map_building
from drumspace_ext.latent_map import genre_regions
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import step_codes

_STARTER = examples.load_or_starter(None)


@pytest.fixture(scope='module', name='model')
def _model():
  return trained_model.TrainedModel('shipped:acai')


@pytest.fixture(name='few_exchanges', autouse=True)
def _few_exchanges(monkeypatch):
  monkeypatch.setattr(genre_regions.find, '__kwdefaults__', (
      genre_regions.find.__kwdefaults__ | {'num_permutations': 39}
  ))


def _some(count, start=0):
  part = slice(start, start + count)
  return examples.make(
      _STARTER.codes[part], _STARTER.genres[part], _STARTER.input_ids[part]
  )


def _input(hits, name='beats'):
  return named_patterns.NamedPatterns(
      name=name, hits=hits, genres=[('polka',)] * len(hits),
      sources=[f'{name}/{i}' for i in range(len(hits))], left_out=['x: why'],
  )


def _build(training_set, model, **options):
  return map_building.build(
      training_set, model, **{'seed': 0, 'num_samples': 20} | options
  )


def _existing(built):
  training = built.latent_map.training
  return dataset_tsv.PatternSet(
      codes=training.codes, latents=training.latents,
      coordinates=training.coordinates,
  )


@pytest.fixture(scope='module', name='built')
def _built(model):
  return _build(_some(150), model)


@given(count=st.integers(3, 30), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=5)
def test_any_number_of_patterns_makes_a_whole_map(model, count, seed):
  built = _build(_some(count), model, seed=seed, num_samples=3)
  made = built.latent_map
  assert len(made.training) == count
  for layer in (made.training, *made.generated):
    assert layer.codes.shape == (len(layer), 32)
    assert layer.latents.shape == (len(layer), model.z_size)
    assert layer.coordinates.shape == (len(layer), 2)
    assert len(layer.genres) == len(layer.sources) == len(layer)
    assert np.isfinite(layer.coordinates).all()
  again = _build(_some(count), model, seed=seed, num_samples=3)
  assert json.dumps(built.report) == json.dumps(again.report)
  assert (
      again.latent_map.training.coordinates == made.training.coordinates
  ).all()


def test_layers_hold_what_the_model_makes_of_them(built, model):
  made = built.latent_map
  _, mu, _ = model.encode_tensors(
      step_codes.step_codes_to_hits(made.training.codes)
  )
  assert (made.training.latents == mu).all()
  assert made.training.genres[0] == list(_STARTER.genres[0])
  assert made.training.sources[0] == _STARTER.input_ids[0]
  (samples,) = made.generated
  assert samples.name == 'new beats of acai' and len(samples) == 20
  hits = model.decode_hits(samples.latents)
  assert (step_codes.hits_to_step_codes(hits) == samples.codes).all()
  assert not np.isin(
      step_codes.class_digests(samples.codes), model.known_classes
  ).any()
  low, high = (
      getattr(made.training.coordinates, end)(0) for end in ('min', 'max')
  )
  inside = (samples.coordinates > low - 5) & (samples.coordinates < high + 5)
  assert inside.all()


def test_report_is_json_and_says_what_the_map_rests_on(built):
  report = json.loads(json.dumps(built.report))
  assert report['layers'] == [
      {'name': 'dataset', 'patterns': 150, 'left_out': {}},
      {'name': 'new beats of acai', 'patterns': 20, 'left_out': {}},
  ]
  assert report['settings'] == {
      'seed': 0, 'perplexity': 30.0, 'repulsion': 'bh', 'existing_map': False,
  }
  assert 0.8 < report['quality']['trustworthiness'] < 1
  assert report['genres']['labels_exchanged_between'] == 'inputs'
  assert report['genres']['labelled_patterns'] == 150
  assert report['model']['config'] == 'acai'
  assert len(report['regions']) == len(built.latent_map.regions)
  assert report['notes'] == []


def test_genres_come_the_most_frequent_first(model):
  given_set = examples.make(
      _STARTER.codes[:5], [{'b': 1, 'c': 3, 'a': 1}] * 5
  )
  built = _build(given_set, model, num_samples=0)
  assert built.latent_map.training.genres[0] == ['c', 'a', 'b']
  assert built.latent_map.training.sources[0] == ()
  assert built.report['genres']['labels_exchanged_between'] == 'patterns'


def test_input_is_a_layer_with_each_beat_once_and_no_silence(model):
  beats = step_codes.step_codes_to_hits(_STARTER.codes[200:203])
  silence = np.zeros_like(beats[:1])
  hits = np.concatenate([beats[:2], silence, beats[1:], silence])
  built = _build(_some(50), model, inputs=[_input(hits)], num_samples=0)
  (layer,) = built.latent_map.generated
  assert (layer.codes == _STARTER.codes[200:203]).all()
  assert layer.name == 'beats'
  assert list(layer.sources) == [('beats/0',), ('beats/1',), ('beats/4',)]
  assert layer.genres[0] == ('polka',)
  assert built.report['layers'][1]['left_out'] == {
      'unreadable': 1, 'silent': 2, 'repeated': 1,
  }


def test_copy_of_a_training_pattern_lands_beside_it(model):
  hits = step_codes.step_codes_to_hits(_STARTER.codes[:10])
  built = _build(_some(150), model, inputs=[_input(hits)], num_samples=0)
  made = built.latent_map
  apart = np.linalg.norm(
      made.generated[0].coordinates - made.training.coordinates[:10], axis=1
  )
  spread = np.linalg.norm(made.training.coordinates.std(0))
  assert np.median(apart) < 0.1 * spread


def test_existing_map_stays_and_new_patterns_are_placed_on_it(built, model):
  old = built.latent_map.training
  again = _build(_some(100, start=100), model, existing=_existing(built))
  made = again.latent_map
  assert (made.training.coordinates[:50] == old.coordinates[100:150]).all()
  # The samples are the same, so they lie where they lay.
  assert (
      made.generated[0].coordinates
      == built.latent_map.generated[0].coordinates
  ).all()
  (note,) = again.report['notes']
  assert '150 patterns: 50 stay where they are, 50 new ones were ' in note
  assert '100 of the map are not among these' in note
  assert again.report['settings']['existing_map']
  assert again.report['settings']['perplexity'] is None


def _without_coordinates(existing):
  return dataset_tsv.PatternSet(codes=existing.codes, latents=existing.latents)


def _of_another_size(existing):
  return dataset_tsv.PatternSet(
      codes=existing.codes, latents=existing.latents[:, :3],
      coordinates=existing.coordinates,
  )


def _of_another_model(existing):
  return dataset_tsv.PatternSet(
      codes=existing.codes, latents=existing.latents[::-1],
      coordinates=existing.coordinates,
  )


@pytest.mark.parametrize(('spoil', 'message'), [
    (_without_coordinates, 'expected three columns'),
    (_of_another_size, 'latents of size 3, the model has 4'),
    (_of_another_model, 'not those of the model'),
])
def test_map_that_does_not_fit_is_refused(built, model, spoil, message):
  with pytest.raises(errors.InputError, match=message):
    _build(_some(50), model, existing=spoil(_existing(built)))


def test_mistakes_are_named(built, model):
  with pytest.raises(errors.InputError, match='at least 3 different patterns'):
    _build(_some(2), model)
  with pytest.raises(errors.InputError, match='perplexity must be 1 to 3'):
    _build(_some(10), model, perplexity=20)
  with pytest.raises(errors.InputError, match='perplexity has no use'):
    _build(_some(10), model, perplexity=2, existing=_existing(built))
  silence = np.zeros((2, 32, 14), np.bool_)
  with pytest.raises(errors.InputError, match='nothing but silence.*assume'):
    _build(_some(10), model, inputs=[_input(silence)])


def test_model_whose_draws_do_not_pass_still_makes_a_map(model, monkeypatch):
  # Everything is known: no draw passes.
  monkeypatch.setattr(
      model, 'decode_hits',
      lambda z, **_: np.zeros((len(z), 32, 14), np.bool_),
  )
  built = _build(_some(20), model)
  assert not built.latent_map.generated
  (note,) = built.report['notes']
  assert note.startswith('No new beats of the model: none of ')


def test_steps_are_told_in_order_up_to_the_whole(model):
  steps = told_steps.ToldSteps()
  _build(_some(40), model, on_step=steps)
  steps.check(to_the_end=False)
  assert len(steps) > 100 and len(steps.jobs()) == 1
