"""Tests for density."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np

from drumspace_ext.latent_map import density as map_density

_SQUARE = np.array([[0, 0], [2, 0], [2, 1], [0, 1]], np.float64)


@given(seed=st.integers(0, 2**31), count=st.integers(1, 60))
@settings(max_examples=30)
def test_scores_are_those_of_a_sum_over_patterns(seed, count):
  rng = np.random.default_rng(seed)
  places = rng.uniform(-50, 50, (count, 2))
  density = map_density.Density(places)
  label = rng.random(count) < 0.4
  (score,) = density.scores(label[None])
  for _ in range(5):
    cell = tuple(rng.integers(0, map_density.GRID_SIZE, 2).tolist())
    apart = np.linalg.norm(places - density.place(cell), axis=1)
    near = np.exp(-0.5 * (apart / density.width) ** 2)
    expected = near.sum() * label.mean()
    exact = (near[label].sum() - expected) / np.sqrt(expected + 1)
    # Patterns are moved to the middle of their cells.
    assert abs(score[cell] - exact) < 0.15 * count**0.5


def test_outline_of_a_round_hill_is_a_circle():
  rng = np.random.default_rng(0)
  density = map_density.Density(rng.standard_normal((500, 2)))
  cells = np.stack(np.meshgrid(*[np.arange(map_density.GRID_SIZE)] * 2,
                               indexing='ij'), axis=-1)
  middle = density.place((40, 30))
  places = middle + (cells - [40, 30]) * (density.place((1, 0))[0]
                                          - density.place((0, 0))[0])
  hill = 1 - np.linalg.norm(places - middle, axis=-1)
  outline = density.outline(hill, middle, 0.5)
  assert outline.shape == (map_density.OUTLINE_POINTS, 2)
  radii = np.linalg.norm(outline - middle, axis=1)
  assert np.abs(radii - 0.5).max() < 0.03
  turned = np.cross(
      np.pad(outline - middle, ((0, 0), (0, 1))),
      np.pad(np.roll(outline, -1, 0) - middle, ((0, 0), (0, 1))),
  )[:, 2]
  assert (turned > 0).all()


def test_valleys_are_seen_between_two_hills():
  density = map_density.Density(np.random.default_rng(0).random((50, 2)))
  grid = np.zeros((map_density.GRID_SIZE,) * 2)
  grid[10:20, 10:60] = 1
  grid[10:20, 30:33] = 0.25
  one, two, three = (density.place((15, y)) for y in (12, 25, 50))
  assert density.lowest_between(grid, one, two) == 1
  assert density.lowest_between(grid, one, three) < 0.5


def test_peaks_come_highest_first_and_are_peaks():
  grid = np.zeros((5, 5))
  grid[1, 1], grid[1, 2], grid[4, 4] = 3, 2, 5
  found = list(map_density.peaks(grid))
  assert found[:2] == [(4, 4), (1, 1)]
  assert (1, 2) not in found


def test_places_inside_a_rectangle_by_hand():
  places = np.array([[1, 0.5], [3, 0.5], [-1, 0.5], [1, 2], [1.9, 0.9]])
  assert map_density.inside(places, _SQUARE).tolist() == [
      True, False, False, False, True
  ]


def test_patterns_in_one_place_have_a_density_too():
  density = map_density.Density(np.zeros((7, 2)))
  assert np.isfinite(density.scores(np.ones((1, 7), np.bool_))).all()
