"""Small genres: where those lie that have too few patterns to test.

A word on the map where most of a genre's few patterns lie together says what
is there, and no more: no test stands behind it.
"""

from collections.abc import Mapping
from collections.abc import Sequence

import numpy as np

from drumspace_ext.latent_map import data as map_data

# Two lie beside each other by chance.
_MIN_TOGETHER = 3
# Of the map's extent: what an eye takes for one place.
_RADIUS_SHARE = 0.1


def find(
    coordinates: np.ndarray, genres: Sequence[Sequence[str]],
    counts: Mapping[str, int],
) -> list[map_data.SmallGenre]:
  """Finds the place of each small genre that has one.

  Args:
    coordinates: Map coordinates, float64 `[num_patterns, 2]`.
    genres: For each pattern its labels.
    counts: Patterns of each genre that is too small to test.

  Returns:
    Those of which at least three, and more than half, lie together.
  """
  radius = _RADIUS_SHARE * float(np.ptp(coordinates, axis=0).max())
  found = []
  for genre, count in counts.items():
    if count < _MIN_TOGETHER:
      continue
    places = coordinates[[genre in labels for labels in genres]]
    apart = np.linalg.norm(places[:, None] - places, axis=-1)
    middle = int(apart.sum(1).argmin())
    near = int((apart[middle] <= radius).sum())
    if near >= _MIN_TOGETHER and 2 * near > count:
      found.append(map_data.SmallGenre(
          genre=genre, center=places[middle], count=count, near=near
      ))
  return found
