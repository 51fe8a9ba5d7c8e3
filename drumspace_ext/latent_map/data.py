"""Map data: everything that a map shows, before it is written as a page."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True, kw_only=True)
class Region:
  """A place of the map where a genre gathers.

  Attributes:
    genre: Its label.
    center: Map coordinates of its densest place, float64 `[2]`.
    outline: Closed outline of the region, float64 `[num_points, 2]`.
    count: Patterns with that label on the whole map.
    inside: Those of them inside the outline.
    expected: How many of them chance would put there.
    p_value: Of the permutation test, corrected for the number of genres.
  """

  genre: str
  center: np.ndarray = dataclasses.field(repr=False)
  outline: np.ndarray = dataclasses.field(repr=False)
  count: int
  inside: int
  expected: float
  p_value: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class SmallGenre:
  """A genre of too few patterns to test, where most of them lie together.

  Attributes:
    genre: Its label.
    center: Map coordinates of its middle pattern, float64 `[2]`.
    count: Patterns with that label on the whole map.
    near: Those of them around the middle.
  """

  genre: str
  center: np.ndarray = dataclasses.field(repr=False)
  count: int
  near: int


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Layer:
  """Patterns that belong together: the dataset, or a file of generated ones.

  Attributes:
    name: What to call it.
    codes: Step codes, uint16 `[num_patterns, 32]`.
    latents: float64 `[num_patterns, z_size]`.
    coordinates: Map coordinates, float64 `[num_patterns, 2]`.
    genres: For each pattern its labels, the most frequent first.
    sources: For each pattern the ids of its inputs.
    tempos: Slowest and fastest tempo of each pattern, in quarter notes a
      minute, float64 `[num_patterns, 2]`, NaN where it is not known; or None.
    only_near: Whether a pattern was found as near loops alone, bool
      `[num_patterns]`; or None if that is not known.
  """

  name: str
  codes: np.ndarray
  latents: np.ndarray
  coordinates: np.ndarray
  genres: Sequence[Sequence[str]]
  sources: Sequence[Sequence[str]]
  tempos: np.ndarray | None = None
  only_near: np.ndarray | None = None

  def __len__(self) -> int:
    return len(self.codes)

  def __repr__(self) -> str:
    return f'Layer({self.name!r}, patterns={len(self)})'


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class LatentMap:
  """A whole map.

  Attributes:
    title: Its heading.
    training: The dataset that the space was laid out by.
    generated: Further layers, drawn over it.
    regions: Where genres gather.
    quality: Measures of the layout by name, and what it rests on.
    small_genres: Where genres lie that are too small to test.
  """

  title: str
  training: Layer
  generated: Sequence[Layer]
  regions: Sequence[Region]
  quality: Mapping[str, float]
  small_genres: Sequence[SmallGenre] = ()

  def __repr__(self) -> str:
    return (
        f'LatentMap({self.title!r}, patterns={len(self.training)}, '
        f'generated={sum(map(len, self.generated))}, '
        f'regions={len(self.regions)})'
    )
