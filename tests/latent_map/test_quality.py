"""Tests for quality."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
from sklearn import manifold

from drumspace_ext.latent_map import quality as map_quality


@given(seed=st.integers(0, 2**31), count=st.integers(32, 90))
@settings(max_examples=20)
def test_trustworthiness_is_scikit_learns(seed, count):
  rng = np.random.default_rng(seed)
  latents = rng.standard_normal((count, 4))
  places = latents[:, :2] + rng.uniform(0, 2) * rng.standard_normal((count, 2))
  found = map_quality.measure(latents, places, seed=0)
  expected = manifold.trustworthiness(latents, places, n_neighbors=15)
  assert abs(found['trustworthiness'] - expected) < 1e-12
  assert found['neighbors'] == 15 and found['queries'] == count


def test_map_of_the_latents_themselves_keeps_everything():
  latents = np.random.default_rng(0).standard_normal((100, 2))
  assert map_quality.measure(latents, 3 * latents, seed=0) == {
      'trustworthiness': 1.0, 'preservation': 1.0, 'neighbors': 15,
      'queries': 100,
  }


def test_places_by_chance_keep_what_chance_keeps():
  rng = np.random.default_rng(0)
  latents, places = rng.standard_normal((400, 4)), rng.random((400, 2))
  found = map_quality.measure(latents, places, seed=0)
  assert abs(found['preservation'] - 15 / 399) < 0.01
  assert abs(found['trustworthiness'] - 0.5) < 0.03


def test_a_line_with_two_exchanged_by_hand():
  # 0 1 2 3 4 on a line; on the map 1 and 3 have changed places. k is 2.
  latents = np.arange(5.0)[:, None] ** 1.01
  places = np.stack([latents[[0, 3, 2, 1, 4], 0], np.zeros(5)], axis=1)
  found = map_quality.measure(latents, places, seed=0)
  assert found['neighbors'] == 2
  # Neighbours on the map and their ranks in space, pattern by pattern:
  # 0: 3 (3rd), 2 (2nd); 1: 2 (2nd), 4 (4th); 2: 3, 1 (1st, 2nd);
  # 3: 0 (4th), 2 (1st); 4: 1 (3rd), 2 (2nd).
  assert found['preservation'] == 6 / 10
  excess = (3 - 2) + (4 - 2) + 0 + (4 - 2) + (3 - 2)
  assert abs(
      found['trustworthiness'] - (1 - excess * 2 / (5 * 2 * (10 - 6 - 1)))
  ) < 1e-12


def test_copies_of_a_latent_vector_are_neighbours_of_each_other():
  latents = np.repeat(np.arange(4.0), 10)[:, None]
  places = np.random.default_rng(0).random((40, 2)) + 100 * latents
  found = map_quality.measure(latents, places, seed=0)
  assert found['trustworthiness'] == 1.0


def test_many_patterns_are_judged_by_some_that_the_seed_chooses(monkeypatch):
  rng = np.random.default_rng(0)
  latents = rng.standard_normal((600, 3))
  places = latents[:, :2]
  whole = map_quality.measure(latents, places, seed=0)
  monkeypatch.setattr(map_quality, 'MAX_QUERIES', 200)
  one, two = (map_quality.measure(latents, places, seed=s) for s in (1, 2))
  assert one != two and one == map_quality.measure(latents, places, seed=1)
  assert one['queries'] == 200
  assert abs(one['trustworthiness'] - whole['trustworthiness']) < 0.02


def test_hits_apart_are_counted_in_the_best_rotation_by_hand():
  codes = np.zeros((4, 32), np.uint16)
  codes[0, 0] = codes[1, 5] = 3
  codes[2, 7] = 7
  codes[3] = (1 << 14) - 1
  # Side by side lie 0 and 1 (the same, turned), 2 and 1 (one hit more).
  places = np.array([[0, 0], [1, 0], [2.5, 0], [100, 0.]])
  found = map_quality.hits_apart(codes, places, seed=0)
  assert found['hits_to_nearest'] == np.median([0, 0, 1, 32 * 14 - 3])
  assert map_quality.hits_apart(codes[:2], places[:2], seed=0) == {
      'hits_to_nearest': 0.0, 'hits_to_any': 0.0,
  }


def test_map_by_hits_has_nearer_neighbors_than_one_by_chance():
  rng = np.random.default_rng(0)
  codes = rng.integers(1 << 14, size=(300, 32)).astype(np.uint16)
  codes[150:] = codes[:150]
  codes[150:, 0] ^= 1
  places = rng.random((150, 2))
  found = map_quality.hits_apart(
      codes, np.concatenate([places, places + 1e-6]), seed=0
  )
  assert found['hits_to_nearest'] == 1 and found['hits_to_any'] > 100
