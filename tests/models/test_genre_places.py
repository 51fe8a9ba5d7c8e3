"""Tests for genre places."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.generation import ways
from drumspace_ext.models import aimed_sampling
from drumspace_ext.models import genre_places
from drumspace_ext.models import sampling
from drumspace_ext.models import trained_model

_PLACES = genre_places.GenrePlaces(
    counts={'rock': 90, 'hiphop': 40},
    means=np.array([[0.0, -0.5], [0.25, 0.0]]),
    directions=np.array([[0.0, -0.5], [0.25, 0.0]]),
)
_SAMPLER = sampling.LatentSampler(
    weights=np.ones(1), means=np.zeros((1, 2)), stds=np.ones((1, 2))
)


@given(st.sampled_from(['rock', 'hiphop']), st.integers(0, 2**32 - 1))
def test_draws_move_three_times_the_way_of_the_genre(genre, seed):
  sampler = aimed_sampling.aimed(_SAMPLER, [_PLACES.log_weight(genre)])
  z = sampler.draw(400, rng=np.random.default_rng(seed))
  row = ['hiphop', 'rock'].index(genre)
  np.testing.assert_allclose(z.mean(0), 3 * _PLACES.means[row], atol=0.4)
  np.testing.assert_array_equal(
      z, sampler.draw(400, rng=np.random.default_rng(seed))
  )


def test_places_come_back_from_what_a_checkpoint_keeps():
  back = genre_places.from_tensors(_PLACES.tensors(), dict(_PLACES.counts), 2)
  assert back.counts == _PLACES.counts
  np.testing.assert_array_equal(back.means, _PLACES.means)
  np.testing.assert_array_equal(back.directions, _PLACES.directions)
  assert genre_places.from_tensors({}, None, 2) is None


@pytest.mark.parametrize('counts, z_size, change', [
    ({'rock': 1}, 2, {}), (dict(_PLACES.counts), 3, {}), (None, 2, {}),
    (['rock', 'hiphop'], 2, {}), ({'rock': 'many', 'hiphop': 3}, 2, {}),
    (dict(_PLACES.counts), 2, {'genres.means': np.full((2, 2), np.nan)}),
])
def test_damaged_places_are_refused(counts, z_size, change):
  with pytest.raises(ValueError, match='no names with places'):
    genre_places.from_tensors(_PLACES.tensors() | change, counts, z_size)


def test_genres_have_the_names_that_people_write():
  assert _PLACES.name_of('hip_hop') == _PLACES.name_of('hiphop') == 'hiphop'
  assert _PLACES.name_of('polka') is None
  with pytest.raises(
      errors.InputError, match=r"no genre 'rok'; it knows hiphop, rock.*'rock'"
  ):
    _PLACES.log_weight('rok')


@pytest.mark.parametrize('name', ['ae', 'acai', 'vae', 'best'])
def test_shipped_models_know_genres(name):
  model = trained_model.TrainedModel(f'shipped:{name}')
  assert {'rock', 'jazz', 'funk', 'latin'} <= model.genres.counts.keys()
  # No more than means and directions of the genres.
  assert model.genres.means.shape == (len(model.genres.counts), model.z_size)


def test_draws_of_a_genre_lie_on_its_side():
  model = trained_model.TrainedModel('shipped:vae')
  weigh = model.genres.log_weight('metal')

  def latents(log_weights):
    return ways.sample(
        model, num_outputs=40, num_draws=None, near=None, seed=1,
        temperature=None, threshold=0.5, log_weights=log_weights,
    ).latents

  assert np.median(weigh(latents([weigh]))) > np.median(weigh(latents([])))
