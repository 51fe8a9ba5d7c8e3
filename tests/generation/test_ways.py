"""Tests for ways, with a model trained for a moment."""

import drawn_patterns
import numpy as np
import pytest
import starter_models

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.generation import ways
from drumspace_ext.models import interpolation
from drumspace_ext.models import sampling
from drumspace_ext.models import trained_model
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import beats as starter_beats

_BEATS = np.stack([starter.hits for starter in starter_beats.load()[:4]])
# All steps but one alike.
_TRIVIAL = drawn_patterns.hits_of(kick=(0,))


@pytest.fixture(scope='module', name='model')
def _model(tmp_path_factory):
  folder = starter_models.train(tmp_path_factory.mktemp('generation'))
  return trained_model.TrainedModel(str(folder))


class _Silent:
  """A model that decodes silence, and that draws noise."""

  z_size = 1
  sampler = sampling.LatentSampler(
      weights=np.ones(1), means=np.zeros((1, 1)), stds=np.ones((1, 1))
  )

  def encode_tensors(self, hits):
    z = np.arange(len(hits), dtype=float)[:, None]
    return z, z, z * 0

  def decode_hits(self, z):
    return np.zeros((len(z), 32, 14), np.bool_)

  def draw(self, count, *, seed, **_):
    rng = np.random.default_rng(seed)
    hits = rng.random((count, 32, 14)) < 0.2
    return sampling.judge(
        rng.random((count, 1)), hits, np.zeros(0, np.uint64)
    )


def _codes(made):
  return step_codes.hits_to_step_codes(made.hits)


def _classes(hits):
  return step_codes.class_digests(step_codes.hits_to_step_codes(hits))


def _sample(model, **options):
  return ways.sample(model, **{
      'num_outputs': 20, 'num_draws': None, 'near': None, 'seed': 1,
      'temperature': 1.0, 'threshold': 0.5,
  } | options)


def _same(one, other):
  return one.hits.shape == other.hits.shape and (
      one.hits.tobytes() + one.latents.tobytes()
      == other.hits.tobytes() + other.latents.tobytes()
  )


# sample


@pytest.mark.parametrize('temperature', [None, 0.3, 1.0])
def test_samples_pass_and_are_distinct_and_new(model, temperature):
  made = _sample(model, temperature=temperature, num_outputs=8)
  assert len(made.hits) == len(made.latents) == 8
  assert not entropy.is_trivial(_codes(made)).any()
  known = set(_classes(step_codes.step_codes_to_hits(
      examples.load_or_starter(None).codes
  )))
  classes = set(_classes(made.hits))
  assert len(classes) == 8
  assert len(known) > 300 and not classes & known


def test_samples_are_the_first_of_their_class_among_the_draws(model):
  made = _sample(model, temperature=0.0, num_outputs=5)
  chosen = np.flatnonzero(made.samples.first_of_class)[:5]
  np.testing.assert_array_equal(_codes(made), made.samples.codes[chosen])
  np.testing.assert_array_equal(made.latents, made.samples.latents[chosen])
  np.testing.assert_array_equal(model.decode_hits(made.latents), made.hits)
  assert made.samples.first_of_class.sum() < made.samples.passing.sum()


def test_seed_decides_the_samples(model):
  assert _same(_sample(model), _sample(model))
  other = _sample(model, seed=2)
  assert not set(_classes(other.hits)) & set(_classes(_sample(model).hits))


def test_just_so_many_draws_are_made(model):
  made = _sample(model, num_draws=40, num_outputs=7)
  assert (len(made.samples.codes), len(made.hits)) == (40, 7)
  made = _sample(model, num_draws=3, num_outputs=7)
  assert len(made.samples.codes) == 3 and 1 <= len(made.hits) <= 3
  assert len(_sample(model, num_outputs=300).hits) == 300


def test_samples_near_beats_lie_there(model):
  far = _sample(model, num_draws=300, num_outputs=300)
  near = _sample(model, num_draws=300, num_outputs=300, near=_BEATS[:1])
  mu, sigma = ways.encode(model, _BEATS[:1])
  drawn = near.samples.latents
  assert np.abs(drawn.mean(0) - mu[0]) == pytest.approx(
      0, abs=5 * sigma.max() / 300**0.5
  )
  assert not np.isin(drawn, far.samples.latents).any()


def test_nothing_that_passes_is_said_so():
  model = _Silent()
  assert len(_sample(model, num_outputs=1).hits) == 1
  model.draw = lambda count, **_: sampling.judge(
      np.zeros((count, 1)), np.zeros((count, 32, 14), np.bool_),
      np.zeros(0, np.uint64),
  )
  with pytest.raises(errors.InputError, match='none of 256 draws passes'):
    _sample(model, num_outputs=1)
  with pytest.raises(errors.InputError, match='none of 9 draws passes'):
    _sample(model, num_outputs=1, num_draws=9)


def test_threshold_out_of_range_is_refused(model):
  with pytest.raises(errors.InputError, match=r'threshold must be in \(0, 1\)'):
    _sample(model, temperature=0.0, threshold=1.0)


# interpolate and blend


@pytest.mark.parametrize('num_steps', [2, 3, 16])
def test_path_has_exact_ends(model, num_steps):
  made = ways.interpolate(model, _BEATS[:2], num_steps=num_steps)
  assert made.hits.shape == (num_steps, 32, 14)
  np.testing.assert_array_equal(made.hits[[0, -1]], _BEATS[:2])
  mu, _ = ways.encode(model, _BEATS[:2])
  np.testing.assert_allclose(made.latents[[0, -1]], mu)
  assert made.samples is None
  assert _same(
      made, ways.interpolate(model, _BEATS[:2], num_steps=num_steps)
  )


def test_path_changes_a_little_at_a_time(model):
  hits = ways.interpolate(model, _BEATS[:2], num_steps=16).hits
  distance = (_BEATS[0] != _BEATS[1]).sum()
  assert distance >= 15
  steps = (hits[1:] != hits[:-1]).sum((1, 2))
  assert 0 < steps.max() <= distance / 3


@pytest.mark.parametrize('size', [2, 5])
def test_square_has_exact_corners(model, size):
  made = ways.blend(model, _BEATS, size=size)
  square = made.hits.reshape(size, size, 32, 14)
  np.testing.assert_array_equal(
      [square[0, 0], square[0, -1], square[-1, 0], square[-1, -1]], _BEATS
  )
  inner = np.ones((size, size), np.bool_)
  inner[[0, 0, -1, -1], [0, -1, 0, -1]] = False
  decoded = model.decode_hits(made.latents).reshape(square.shape)
  assert inner.sum() == size**2 - 4
  np.testing.assert_array_equal(square[inner], decoded[inner])


# walk


def _walk(model, num_bars=64, start=_BEATS[0], seed=0):
  return ways.walk(model, num_bars=num_bars, start=start, seed=seed)


@pytest.mark.parametrize('num_bars', [4, 6, 18, 20, 64])
def test_walk_begins_at_its_beat_and_is_as_long_as_asked(model, num_bars):
  made = _walk(model, num_bars)
  assert len(made.hits) == len(made.latents) == num_bars // 2
  np.testing.assert_array_equal(made.hits[0], _BEATS[0])
  assert not entropy.is_trivial(_codes(made)).any()


def test_walk_goes_away_and_comes_home(model):
  hits = _walk(model).hits
  away = (hits != hits[0]).sum((1, 2))
  steps = (hits != np.roll(hits, 1, axis=0)).sum((1, 2))
  assert away.max() > 8
  # From the last beat to the first is a step like any other.
  assert 0 <= steps[0] <= steps[1:].max()
  assert away[-1] < away.max()


def test_seed_decides_the_walk(model):
  assert _same(_walk(model), _walk(model))
  assert not _same(_walk(model), _walk(model, seed=1))
  anywhere = _walk(model, start=None)
  assert _same(anywhere, _walk(model, start=None))
  assert (anywhere.hits[0] != _BEATS[0]).any()


@pytest.mark.parametrize('num_bars', [8, 16])
def test_short_walk_leaves_its_beat(model, num_bars):
  hits = _walk(model, num_bars).hits
  assert (hits != hits[0]).any()


def test_nothing_trivial_stands_on_the_way_home():
  model = _Silent()
  codes = _codes(_walk(model, num_bars=64))
  assert not entropy.is_trivial(codes).any()


def test_walk_begins_at_a_trivial_beat_too(model):
  np.testing.assert_array_equal(
      _walk(model, start=_TRIVIAL).hits[0], _TRIVIAL
  )


# vary


def test_neighbours_are_sorted_and_without_the_beat_itself(model):
  made = ways.vary(
      model, _BEATS[0], num_outputs=30, seed=0, temperature=1.0
  )
  distance = (made.hits != _BEATS[0]).sum((1, 2))
  assert len(distance) == len(made.latents) == 30
  assert distance[0] > 0 and distance[0] < distance[-1]
  assert (np.diff(distance) >= 0).all()
  assert len({hits.tobytes() for hits in made.hits}) == 30
  assert not entropy.is_trivial(_codes(made)).any()


def test_seed_decides_the_neighbours(model):
  def varied(seed):
    return ways.vary(
        model, _BEATS[1], num_outputs=9, seed=seed, temperature=1.0
    )

  assert _same(varied(3), varied(3))
  assert not _same(varied(3), varied(4))


def test_model_that_gives_back_the_beat_alone_says_so():
  model = _Silent()
  kinds = [_BEATS[0]] * 9
  model.draw = lambda count, **_: sampling.judge(
      np.zeros((count, 1)), np.tile(kinds.pop(), (count, 1, 1)),
      np.zeros(0, np.uint64),
  )
  with pytest.raises(errors.InputError, match='nothing but this beat'):
    ways.vary(model, _BEATS[0], num_outputs=1, seed=0, temperature=None)
  kinds = [_BEATS[1]] * 9
  made = ways.vary(
      model, _BEATS[0], num_outputs=1, seed=0, temperature=None
  )
  np.testing.assert_array_equal(made.hits, _BEATS[1:2])


# encode


def test_model_without_a_posterior_spreads_by_its_sampler():
  model = _Silent()
  _, sigma = ways.encode(model, _BEATS[:2])
  np.testing.assert_allclose(sigma, 0.25)
  model.sampler = sampling.LatentSampler(
      weights=np.array([0.5, 0.5]), means=np.array([[-3.0], [3.0]]),
      stds=np.full((2, 1), 4.0),
  )
  _, sigma = ways.encode(model, _BEATS[:2])
  np.testing.assert_allclose(sigma, 0.25 * 5)


@pytest.mark.parametrize('name', ['ae', 'vae', 'acai'])
def test_shipped_models_lead_smoothly_from_beat_to_beat(name):
  model = trained_model.TrainedModel(f'shipped:{name}')
  starter = np.stack([beat.hits for beat in starter_beats.load()])
  rng = np.random.default_rng(7)
  passing, plain_is_rough = [], 0
  for _ in range(12):
    ends = starter[rng.choice(len(starter), 2, replace=False)]
    hits = ways.interpolate(model, ends, num_steps=16).hits
    steps = (hits[1:] != hits[:-1]).sum((1, 2))
    distance = (ends[0] != ends[1]).sum()
    assert steps.max() <= distance / 3
    inner = step_codes.hits_to_step_codes(hits[1:-1])
    passing.append((~entropy.is_trivial(inner)).mean())
    mu, _ = ways.encode(model, ends)
    line = interpolation.lerp(mu[0], mu[1], np.linspace(0, 1, 16))
    plain = model.decode_hits(line)
    plain[0], plain[-1] = ends
    plain_steps = (plain[1:] != plain[:-1]).sum((1, 2))
    plain_is_rough += plain_steps.max() > distance / 3
  assert np.mean(passing) >= 0.8
  # What the even steps are for.
  assert plain_is_rough >= 6


def test_musicvae_interpolation_is_smooth_between_the_decoded_ends():
  model = trained_model.TrainedModel('shipped:acai')
  starter = [beat.hits for beat in starter_beats.load()]
  ends = [note_sequences.from_patterns(starter[i]) for i in (3, 200)]
  way = np.stack([
      note_sequences.to_patterns(sequence)[0]
      for sequence in model.interpolate(*ends, 16)
  ])
  _, mu, _ = model.encode(ends)
  np.testing.assert_array_equal(way[[0, -1]], model.decode_hits(mu))
  steps = (way[1:] != way[:-1]).sum((1, 2))
  assert 0 < steps.max() <= (way[0] != way[-1]).sum() / 3


def test_draws_of_the_shipped_best_model_are_new_and_like_each_other():
  model = trained_model.TrainedModel('shipped:best')
  drawn = model.draw(1500, seed=0)
  # Of 10,000 draws 0.92; the interval of 1,500 is 0.014 wide either way.
  assert drawn.first_of_class.mean() > 0.89
  assert drawn.trivial.mean() < 0.03
  hits = step_codes.step_codes_to_hits(drawn.codes)
  # Real patterns: 31.3 hits of 448 bits.
  assert 28 < hits.sum((1, 2)).mean() < 34
  independent = trained_model.TrainedModel('shipped:acai').draw(1500, seed=0)
  assert independent.first_of_class.mean() < 0.75
  # The sampler holds no latents of training patterns.
  means = model.sampler.means
  known = sampling.judge(
      means, model.decode_hits(means, temperature=0), model.known_classes
  ).known
  assert known.mean() < 0.2
