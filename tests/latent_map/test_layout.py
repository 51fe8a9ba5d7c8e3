"""Tests for layout."""

import logging

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest
import told_steps

from drumspace_ext import errors
from drumspace_ext.latent_map import layout as map_layout
from drumspace_ext.latent_map import quality as map_quality


def _clusters(rng, count=40, num_clusters=3, z_size=4):
  """Clusters that lie far from each other; returns (latents, cluster)."""
  which = np.arange(count * num_clusters) % num_clusters
  middle = 20 * np.eye(num_clusters, z_size)
  noise = rng.standard_normal((len(which), z_size))
  return middle[which] + noise, which


@given(
    count=st.integers(3, 40), z_size=st.integers(1, 6),
    copies=st.integers(0, 40), seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=15)
def test_any_latents_get_finite_places_and_the_same_ones_again(
    count, z_size, copies, seed
):
  latents = np.random.default_rng(seed).standard_normal((count, z_size))
  latents[:copies] = latents[0]
  places = map_layout.lay_out(latents, seed=seed)
  assert places.shape == (count, 2) and places.dtype == np.float64
  assert np.isfinite(places).all()
  assert np.abs(places.mean(0)).max() < 1e-6
  again = map_layout.lay_out(latents.copy(), seed=seed)
  assert places.tobytes() == again.tobytes()
  placed = map_layout.place(latents, places, latents[-2:], seed=seed)
  assert np.isfinite(placed).all()


@pytest.mark.parametrize('count', [3, 4, 5, 10, 90, 91])
def test_few_patterns_cause_no_warning(count, caplog):
  latents = np.random.default_rng(0).standard_normal((count, 4))
  with caplog.at_level(logging.WARNING):
    places = map_layout.lay_out(latents, seed=0)
    map_layout.place(latents, places, latents[:1], seed=0)
  assert not caplog.records


def test_clusters_stay_together_where_a_drawn_layout_mixes_them():
  rng = np.random.default_rng(0)
  latents, which = _clusters(rng)
  places = map_layout.lay_out(latents, seed=0)
  good = map_quality.measure(latents, places, seed=0)
  bad = map_quality.measure(
      latents, rng.standard_normal(places.shape), seed=0
  )
  assert good['trustworthiness'] > 0.95 and bad['trustworthiness'] < 0.6
  for cluster in range(3):
    own = places[which == cluster]
    others = places[which != cluster]
    center = own.mean(0)
    assert np.linalg.norm(own - center, axis=1).max() < (
        np.linalg.norm(others - center, axis=1).min()
    )


def test_both_ways_to_compute_repulsion_give_the_same_clusters(monkeypatch):
  latents, _ = _clusters(np.random.default_rng(1))
  monkeypatch.setattr(map_layout, 'FFT_MIN_PATTERNS', 1)
  assert map_layout.method(len(latents)) == 'fft'
  places = map_layout.lay_out(latents, seed=0)
  quality = map_quality.measure(latents, places, seed=0)
  assert quality['trustworthiness'] > 0.95


def test_repulsion_on_a_grid_gives_the_same_bytes_again(monkeypatch):
  monkeypatch.setattr(map_layout, 'FFT_MIN_PATTERNS', 1)
  # As many steps as show a difference, if there were one.
  monkeypatch.setattr(map_layout, '_EARLY_STEPS', 20)
  monkeypatch.setattr(map_layout, '_MAIN_STEPS', 20)
  latents, _ = _clusters(np.random.default_rng(1))
  places = map_layout.lay_out(latents, seed=0)
  assert places.tobytes() == map_layout.lay_out(latents, seed=0).tobytes()


def test_seed_makes_a_difference():
  latents, _ = _clusters(np.random.default_rng(2))
  places = [map_layout.lay_out(latents, seed=seed) for seed in (0, 1)]
  assert (places[0] != places[1]).any()


def test_new_patterns_land_in_their_cluster_and_the_map_stays():
  rng = np.random.default_rng(3)
  latents, which = _clusters(rng)
  places = map_layout.lay_out(latents[30:], seed=0)
  before = places.copy()
  placed = map_layout.place(latents[30:], places, latents[:30], seed=0)
  assert (places == before).all()
  apart = np.linalg.norm(placed[:, None] - places, axis=-1)
  assert (which[30:][apart.argmin(1)] == which[:30]).all()


def test_where_a_pattern_lands_does_not_depend_on_the_others():
  latents, _ = _clusters(np.random.default_rng(4))
  places = map_layout.lay_out(latents[30:], seed=0)
  together = map_layout.place(latents[30:], places, latents[:30], seed=0)
  alone = map_layout.place(latents[30:], places, latents[7:8], seed=0)
  assert (together[7] == alone[0]).all()


def test_nothing_new_is_nothing_placed():
  latents = np.random.default_rng(0).standard_normal((10, 4))
  placed = map_layout.place(
      latents, latents[:, :2], np.zeros((0, 4)), seed=0
  )
  assert placed.shape == (0, 2)


def test_steps_are_told_up_to_the_whole():
  latents = np.random.default_rng(0).standard_normal((10, 4))
  steps = told_steps.ToldSteps()
  places = map_layout.lay_out(latents, seed=0, on_step=steps)
  steps.check()
  assert steps[-1][0] == map_layout.LAYOUT_STEPS
  assert len(steps) > 20
  steps.clear()
  map_layout.place(latents, places, latents, seed=0, on_step=steps)
  steps.check()
  assert steps[-1][0] == map_layout.PLACING_STEPS


def test_perplexity_is_a_third_of_few_patterns_and_thirty_of_many():
  assert map_layout.perplexity_for(31, None) == 10
  assert map_layout.perplexity_for(1000, None) == 30
  assert map_layout.perplexity_for(1000, 50) == 50
  with pytest.raises(errors.InputError, match='1 to 10 for 31 .*got 11'):
    map_layout.perplexity_for(31, 11)
  for wrong in (0.0, -1.0, float('nan'), float('inf')):
    with pytest.raises(errors.InputError, match='perplexity must be'):
      map_layout.perplexity_for(31, wrong)


@pytest.mark.parametrize(('change', 'message'), [
    (lambda z: z[:2], 'at least 3 different patterns, got 2'),
    (lambda z: z[0], r'must be \[num_patterns, size\], got \[4\]'),
    (lambda z: z[:, :0], r'got \[10, 0\]'),
    (lambda z: np.where(np.arange(10)[:, None] > 6, np.nan, z),
     'latents of 3 patterns .* first those of pattern 8'),
    (lambda z: z * np.inf, 'no number up to'),
])
def test_wrong_latents_are_named(change, message):
  latents = np.random.default_rng(0).standard_normal((10, 4)) + 10
  with pytest.raises(errors.InputError, match=message):
    map_layout.lay_out(change(latents), seed=0)


@pytest.mark.parametrize(('arrays', 'message'), [
    ((np.zeros((5, 4)), np.zeros((4, 2)), np.zeros((1, 4))),
     r'coordinates must be \[5, 2\], got \[4, 2\]'),
    ((np.zeros((5, 4)), np.zeros((5, 2)), np.zeros((1, 3))),
     'latents of size 4, the new ones have 3'),
    ((np.zeros((2, 4)), np.zeros((2, 2)), np.zeros((1, 4))),
     'at least 3 patterns, this one 2'),
    ((np.zeros((5, 4)), np.full((5, 2), np.nan), np.zeros((1, 4))),
     'coordinates of 5 patterns'),
])
def test_what_does_not_fit_is_named(arrays, message):
  with pytest.raises(errors.InputError, match=message):
    map_layout.place(*arrays, seed=0)
