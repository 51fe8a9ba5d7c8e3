"""Tests for beats that are asked for by numbers."""

import itertools

import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.generation import asked
from drumspace_ext.models import sampling
from drumspace_ext.models import trained_model
from drumspace_ext.patterns import descriptors
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import beats as starter_beats


@pytest.fixture(scope='module', name='model')
def _model():
  return trained_model.TrainedModel('shipped:vae')


def _sample(model, seed=1, **options):
  return asked.sample(model, **{
      'num_outputs': 12, 'num_draws': None, 'near': None, 'seed': seed,
      'temperature': None, 'threshold': 0.5,
  } | options)


def _classes(hits):
  return step_codes.class_digests(step_codes.hits_to_step_codes(hits))


@pytest.mark.parametrize('name, values, most_off', [
    ('density', (0.5, 0.9, 1.3, 1.7), 0.1),
    ('syncopation', (0.0, 1.5, 3.0, 4.5), 0.6),
])
def test_more_is_drawn_where_more_is_asked_for(model, name, values, most_off):
  measure = descriptors.DESCRIPTORS[name].measure
  drawn = [measure(_sample(model, asked={name: v}).hits) for v in values]
  for found, value in zip(drawn, values):
    assert abs(found - value).max() <= most_off
  assert all(low.max() < high.min() for low, high in itertools.pairwise(drawn))


def test_both_can_be_asked_for(model):
  wanted = {'density': 1.2, 'syncopation': 2.0}
  made = _sample(model, asked=wanted)
  values = descriptors.measure(made.hits, list(wanted))
  assert (abs(values - [1.2, 2.0]) < [0.2, 0.6]).all()


def test_beats_pass_and_differ_and_are_draws(model):
  made = _sample(model, asked={'density': 1.0})
  classes = _classes(made.hits)
  assert len(np.unique(classes)) == len(made.hits) == 12
  passing = made.samples.classes[made.samples.first_of_class]
  assert np.isin(classes, passing).all()
  np.testing.assert_array_equal(
      model.decode_hits(made.latents), made.hits
  )


def test_seeds_decide(model):
  one, same, other = (
      _sample(model, asked={'density': 1.0}, seed=seed) for seed in (1, 1, 2)
  )
  np.testing.assert_array_equal(one.hits, same.hits)
  np.testing.assert_array_equal(one.latents, same.latents)
  assert not np.isin(_classes(one.hits), _classes(other.hits)).all()


def test_around_beats_and_just_so_many(model):
  beat = starter_beats.load()[0].hits[None]
  made = _sample(
      model, asked={'density': 1.2}, near=beat, num_draws=301, temperature=1.0
  )
  assert len(made.samples.codes) == 301
  mu = model.encode_tensors(beat)[1]
  everywhere = _sample(model, asked={'density': 1.2}).latents
  assert (
      np.linalg.norm(made.latents - mu, axis=1).mean()
      < np.linalg.norm(everywhere - mu, axis=1).mean()
  )


def test_what_a_model_does_not_draw_is_said(model):
  with pytest.raises(
      errors.InputError, match=r'--density=9 is beyond .* hits a step, in 4,096'
  ):
    _sample(model, asked={'density': 9.0})
  with pytest.raises(errors.InputError, match='no beat has both'):
    _sample(model, asked={'density': 9.0, 'syncopation': 14.0})


def test_nothing_that_passes_is_an_error():
  class _Alike:
    """Always draws one trivial beat."""

    sampler = sampling.LatentSampler(
        weights=np.ones(1), means=np.zeros((1, 1)), stds=np.ones((1, 1))
    )

    def draw(self, count, **_):
      return sampling.judge(
          np.zeros((count, 1)), np.zeros((count, 32, 14), bool),
          np.zeros(0, np.uint64),
      )

  with pytest.raises(errors.InputError, match='none of 60 draws passes'):
    _sample(_Alike(), asked={'density': 1.0}, num_draws=60)
