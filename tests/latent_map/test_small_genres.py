"""Tests for small_genres."""

import numpy as np

from drumspace_ext.latent_map import small_genres


def test_word_stands_where_most_lie_together_and_nowhere_else():
  rng = np.random.default_rng(0)
  places = rng.uniform(-50, 50, (40, 2))
  places[:2] = [[-50, -50], [50, 50]]
  places[2:6] = [[20, 20], [21, 20], [22, 20], [-40, -40]]
  places[6:9] = [[-45, 0], [0, 45], [45, -45]]
  genres = [()] * 2 + [('ska',)] * 4 + [('dub', 'ska_punk')] * 3 + [()] * 31
  found = small_genres.find(
      places, genres, {'ska': 4, 'dub': 3, 'ska_punk': 3, 'two': 2}
  )
  # Of `ska` three of four lie together; `dub` lies all over the map.
  assert [(small.genre, small.count, small.near) for small in found] == [
      ('ska', 4, 3)
  ]
  assert found[0].center.tolist() == [21, 20]
