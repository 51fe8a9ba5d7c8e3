"""Genre regions: where on the map a genre gathers, if the evidence holds.

Only patterns with a label count: the question is where one genre's patterns
are denser than those of all labelled patterns together. Both are smoothed over
the map (a Gaussian kernel); the *score* of a place is how many patterns of the
genre there are beyond what chance would put there, in standard deviations.

Patterns of one file resemble each other, so a permutation test exchanges labels
between whole inputs, where inputs are known (and between patterns otherwise).
Scores are compared with the highest that any genre reaches anywhere under such
exchanges, each genre's put on one scale; that corrects for the number of
genres and places at once (the step-down's first step of Westfall & Young 1993).
"""

from collections.abc import Sequence
import dataclasses

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.latent_map import density as map_density

LEVEL = 0.05
MIN_PATTERNS = 10
# More say nothing to an eye, and cost the test its power.
MAX_GENRES = 60
MAX_REGIONS_PER_GENRE = 3
NUM_PERMUTATIONS = 999
# A region ends where the score is this share of that of its centre.
_EDGE_SHARE = 0.5
INPUTS, PATTERNS = 'inputs', 'patterns'


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exchange:
  """Labels that can be dealt out anew, as a permutation test needs it.

  An input's labels are those that all of its patterns have. A set of labels
  moves as a whole from one input to another; a pattern then has the labels of
  all its inputs.

  Attributes:
    unit: Between what, `INPUTS` or `PATTERNS`.
    unit_labels: bool `[num_genres, num_units]`.
    units: For each pattern its units, one pattern after the other, int64.
    starts: Where each pattern begins in `units`, int64 `[num_patterns]`.
  """

  unit: str
  unit_labels: np.ndarray
  units: np.ndarray
  starts: np.ndarray

  def labels(self, rng: np.random.Generator | None) -> np.ndarray:
    """Deals the labels out, bool `[num_genres, num_patterns]`.

    Args:
      rng: Exchanges them; None leaves them where they are.
    """
    dealt = self.unit_labels
    if rng is not None:
      dealt = dealt[:, rng.permutation(dealt.shape[1])]
    if self.unit == PATTERNS:
      return dealt
    return np.logical_or.reduceat(dealt[:, self.units], self.starts, axis=1)


def exchange_of(
    genres: Sequence[Sequence[str]],
    input_ids: Sequence[Sequence[str]] | None, tested: Sequence[str],
) -> Exchange:
  """Makes an exchange of the labels of some patterns.

  Args:
    genres: For each pattern its labels.
    input_ids: For each pattern the ids of its inputs, or None if unknown.
    tested: The labels that are of interest.
  """
  number = {label: i for i, label in enumerate(tested)}
  own = np.zeros((len(tested), len(genres)), np.bool_)
  for i, labels in enumerate(genres):
    own[[number[label] for label in labels if label in number], i] = True
  if input_ids is None or not all(len(ids) for ids in input_ids) or (
      not len(genres)
  ):
    return Exchange(
        unit=PATTERNS, unit_labels=own, units=np.arange(len(genres)),
        starts=np.arange(len(genres)),
    )
  sizes = np.array([len(ids) for ids in input_ids])
  _, units = np.unique(
      np.array([name for ids in input_ids for name in ids], np.object_),
      return_inverse=True,
  )
  lacks = np.zeros((len(tested), units.max() + 1), np.bool_)
  of_pattern = np.repeat(np.arange(len(genres)), sizes)
  for label, lacking in enumerate(lacks):
    lacking[units[~own[label, of_pattern]]] = True
  return Exchange(
      unit=INPUTS, unit_labels=~lacks, units=units,
      starts=np.concatenate([[0], np.cumsum(sizes)[:-1]]),
  )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Findings:
  """What the search for regions found, and what it rests on.

  Attributes:
    regions: The strongest first.
    p_values: Of the densest place of each genre that was tested, corrected.
    left_out: Patterns of each genre with too few of them to test, or beyond
      the `MAX_GENRES` largest.
    labelled: Patterns with a label.
    exchanged: Between what labels were exchanged, `inputs` or `patterns`.
    permutations: How often.
  """

  regions: Sequence[map_data.Region]
  p_values: dict[str, float]
  left_out: dict[str, int]
  labelled: int
  exchanged: str
  permutations: int


def _choose_genres(
    genres: Sequence[Sequence[str]],
) -> tuple[list[str], dict[str, int]]:
  """Returns (the genres to test, the largest first; patterns of others)."""
  counts: dict[str, int] = {}
  for labels in genres:
    for label in set(labels):
      counts[label] = counts.get(label, 0) + 1
  ordered = sorted(counts, key=lambda label: (-counts[label], label))
  tested = [g for g in ordered if counts[g] >= MIN_PATTERNS][:MAX_GENRES]
  return tested, {g: counts[g] for g in ordered if g not in tested}


def _outlines(
    score: np.ndarray, density: map_density.Density, threshold: float
) -> list[tuple[float, np.ndarray, np.ndarray]]:
  """Returns (score, centre, outline) of a genre's regions, the highest first.

  Args:
    score: float64 `[size, size]`.
    density: Its grid.
    threshold: Scores below are no evidence.
  """
  found: list[tuple[float, np.ndarray, np.ndarray]] = []
  for cell in map_density.peaks(score):
    height = float(score[cell])
    if height < threshold or len(found) == MAX_REGIONS_PER_GENRE:
      break
    center = density.place(cell)
    # The same hill as another, if no valley lies between them.
    if any(
        density.lowest_between(score, center, other) > _EDGE_SHARE * height
        for _, other, _ in found
    ):
      continue
    outline = density.outline(score, center, _EDGE_SHARE * height)
    found.append((height, center, outline))
  return found


def find(
    coordinates: np.ndarray, genres: Sequence[Sequence[str]],
    input_ids: Sequence[Sequence[str]] | None, *, seed: int,
    num_permutations: int = NUM_PERMUTATIONS,
    on_step: callbacks.OnStep = callbacks.silent,
) -> Findings:
  """Finds where genres gather.

  Args:
    coordinates: Map coordinates, float64 `[num_patterns, 2]`.
    genres: For each pattern its labels.
    input_ids: For each pattern the ids of its inputs, or None if unknown.
    seed: Of the exchanges.
    num_permutations: How many.
    on_step: Called with the exchanges done; see `callbacks`.
  """
  labelled = np.flatnonzero([len(labels) > 0 for labels in genres])
  tested, left_out = _choose_genres(genres)
  own_ids = None
  if input_ids is not None:
    own_ids = [input_ids[i] for i in labelled.tolist()]
  exchange = exchange_of(
      [genres[i] for i in labelled.tolist()], own_ids, tested
  )
  p_values: dict[str, float] = {}
  regions: list[map_data.Region] = []
  # Of one genre alone all labelled patterns are: it is nowhere denser.
  if len(tested) > 1 or (tested and left_out):
    density = map_density.Density(coordinates[labelled])
    # The first are the labels as they are.
    rng = np.random.default_rng(seed)
    highest = np.empty((1 + num_permutations, len(tested)))
    for i in range(1 + num_permutations):
      labels = exchange.labels(rng if i else None)
      highest[i] = density.scores(labels).max((1, 2))
      on_step(i, num_permutations, 'testing genres')
    center, scale = highest.mean(0), highest.std(0)
    scale[scale == 0] = 1
    any_genre = np.sort(((highest - center) / scale).max(1))

    def p_value(genre: int, height: float) -> float:
      # Equal sums, added up in another order, differ in the last bits.
      relative = (height - center[genre]) / scale[genre] - 1e-9
      above = len(any_genre) - np.searchsorted(any_genre, relative)
      return max(1, int(above)) / len(any_genre)

    own = exchange.labels(None)
    scores = density.scores(own)
    for number, genre in enumerate(tested):
      p_values[genre] = p_value(number, float(highest[0, number]))
      if p_values[genre] > LEVEL:
        continue
      # The lowest score that still is evidence.
      limit = any_genre[int(np.ceil(len(any_genre) * (1 - LEVEL))):].min()
      for height, middle, outline in _outlines(
          scores[number], density, center[number] + limit * scale[number]
      ):
        is_inside = map_density.inside(coordinates[labelled], outline)
        regions.append(map_data.Region(
            genre=genre, center=middle, outline=outline,
            count=int(own[number].sum()),
            inside=int((own[number] & is_inside).sum()),
            expected=float(own[number].sum() * is_inside.mean()),
            p_value=p_value(number, height),
        ))
  regions.sort(key=lambda region: (region.p_value, -region.inside))
  return Findings(
      regions=regions, p_values=p_values, left_out=left_out,
      labelled=len(labelled), exchanged=exchange.unit,
      permutations=num_permutations,
  )
