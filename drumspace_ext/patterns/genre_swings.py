"""Genre swings: by how much beats of a genre swing, where that is known.

Published: none; measured over recordings of players, see
`tests/benchmarks/swing_by_genre.py` and RESULTS.md. Here is what swings by more
than chance and tells how files of others are played. Jazz, blues, shuffles and
the like have triplets, which the sixteenths of the grid already hold in their
own way: their second sixteenths come early, not late.
"""

import types

# The name of a swing that is that of a beat's genre.
AUTO = 'auto'
OF_GENRE = types.MappingProxyType({
    'afrobeat': 0.18, 'funk': 0.13, 'hip_hop': 0.10, 'new_orleans': 0.35,
    'soul': 0.37,
})


def of_genre(genre: str) -> float:
  """Returns the swing of a genre, as `Dynamics.swing`: 0 if it has none."""
  return OF_GENRE.get(genre, 0.0)
