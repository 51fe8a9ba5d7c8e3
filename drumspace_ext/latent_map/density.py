"""Map density: how many patterns lie around each place of a map.

The map is cut into square cells; counts are smoothed with a Gaussian kernel
that is 1 at its middle, so that a density is a number of patterns.
"""

from collections.abc import Iterator

import numpy as np
from scipy import ndimage

GRID_SIZE = 72
OUTLINE_POINTS = 36
# Scott's rule for two dimensions has 1; islands are narrower than a normal.
_WIDTH_FACTOR = 0.5
_RADIUS_IN_WIDTHS = 3
# A kernel is cut where it is below 2e-8 of its middle.
_CUT_IN_WIDTHS = 6.0
# Keeps a lone pattern in an empty place from being many standard deviations.
_MIN_VARIANCE = 1.0
_LINE_POINTS = 64
_RAY_STEPS = 8


class Density:
  """The density of some patterns and of parts of them."""

  def __init__(self, coordinates: np.ndarray):
    """Prepares the grid.

    Args:
      coordinates: float64 `[num_patterns, 2]`, at least one.
    """
    spread = np.sqrt(coordinates.var(0).mean()) or 1.0
    self.width = _WIDTH_FACTOR * spread * len(coordinates) ** (-1 / 6)
    low, high = coordinates.min(0), coordinates.max(0)
    extent = float((high - low).max()) + 2 * _RADIUS_IN_WIDTHS * self.width
    self._cell = extent / (GRID_SIZE - 1)
    self._origin = (low + high) / 2 - extent / 2
    rows, columns = np.rint((coordinates - self._origin) / self._cell).astype(
        np.int64
    ).T
    self._cells = rows * GRID_SIZE + columns
    self._width_in_cells = float(self.width / self._cell)
    # ndimage's kernel has the sum 1, this one has 1 at its middle.
    apart = np.arange(-GRID_SIZE, GRID_SIZE + 1) / self._width_in_cells
    self._kernel_sum = float(np.exp(-0.5 * apart**2).sum()) ** 2
    self._share = self._smooth(np.ones(len(coordinates))) / len(coordinates)

  def _smooth(self, weights: np.ndarray) -> np.ndarray:
    counts = np.bincount(self._cells, weights, GRID_SIZE**2)
    grid = counts.reshape(GRID_SIZE, GRID_SIZE)
    return self._kernel_sum * ndimage.gaussian_filter(
        grid, self._width_in_cells, mode='constant', truncate=_CUT_IN_WIDTHS
    )

  def scores(self, labels: np.ndarray) -> np.ndarray:
    """Returns how much denser some patterns are than all, per place.

    Args:
      labels: Sets of patterns, bool `[num_sets, num_patterns]`.

    Returns:
      In standard deviations of a count, float64
      `[num_sets, GRID_SIZE, GRID_SIZE]`.
    """
    expected = labels.sum(1)[:, None, None] * self._share
    observed = np.stack([self._smooth(row) for row in labels])
    return (observed - expected) / np.sqrt(expected + _MIN_VARIANCE)

  def place(self, cell: tuple[int, int]) -> np.ndarray:
    """Returns the map coordinates of a cell's middle, float64 `[2]`."""
    return self._origin + np.array(cell) * self._cell

  def at(self, grid: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Returns values at places between cells, bilinearly; outside 0.

    Args:
      grid: float64 `[GRID_SIZE, GRID_SIZE]`.
      places: Map coordinates, float64 `[..., 2]`.
    """
    where = (places - self._origin) / self._cell
    return ndimage.map_coordinates(
        grid, np.moveaxis(where, -1, 0), order=1, mode='grid-constant'
    )

  def lowest_between(
      self, grid: np.ndarray, start: np.ndarray, end: np.ndarray
  ) -> float:
    """Returns the lowest value on the straight line between two places."""
    line = start + np.linspace(0, 1, _LINE_POINTS)[:, None] * (end - start)
    return float(self.at(grid, line).min())

  def outline(
      self, grid: np.ndarray, center: np.ndarray, level: float
  ) -> np.ndarray:
    """Returns how far from a centre values stay above a level.

    Seen from the centre in each direction, until they first fall below.

    Args:
      grid: float64 `[GRID_SIZE, GRID_SIZE]`; at the centre above the level.
      center: Map coordinates, `[2]`.
      level: The level.

    Returns:
      A closed outline, float64 `[OUTLINE_POINTS, 2]`, anticlockwise; the last
      point leads to the first.
    """
    angles = np.arange(OUTLINE_POINTS) * 2 * np.pi / OUTLINE_POINTS
    rays = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    # Beyond the grid all is 0, so every ray ends.
    radii = np.arange(2 * GRID_SIZE * _RAY_STEPS) * self._cell / _RAY_STEPS
    values = self.at(grid, center + rays[:, None] * radii[:, None])
    below = values < level
    below[:, -1] = True
    return center + rays * radii[below.argmax(1)][:, None]


def peaks(grid: np.ndarray) -> Iterator[tuple[int, int]]:
  """Yields the cells that no neighbour is above, the highest first."""
  around = ndimage.maximum_filter(grid, 3, mode='constant', cval=-np.inf)
  rows, columns = np.nonzero(grid >= around)
  for i in np.argsort(-grid[rows, columns], kind='stable'):
    yield int(rows[i]), int(columns[i])


def inside(places: np.ndarray, outline: np.ndarray) -> np.ndarray:
  """Returns which places lie inside an outline (even-odd rule).

  Args:
    places: float64 `[num_places, 2]`.
    outline: float64 `[num_points, 2]`; its last point leads to the first.

  Returns:
    bool `[num_places]`.
  """
  x, y = places.T
  result = np.zeros(len(places), np.bool_)
  for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, axis=0)):
    crosses = (y0 > y) != (y1 > y)
    # Where no edge is crossed the division may be one by zero.
    with np.errstate(divide='ignore', invalid='ignore'):
      result ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
  return result
