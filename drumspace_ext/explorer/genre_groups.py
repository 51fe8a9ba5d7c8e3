"""Genre groups: which genres share a colour on the map.

Colours that all people tell apart are few, genres are many. Each genre is a
group of its own as long as there is a colour for it; then those of a family
(`genres.FAMILIES`) come together, the least frequent ones first. What is left
without a colour are the least frequent groups, of genres without a family.
"""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses

from drumspace_ext.extraction import genres as genre_labels

# As many colours as app/looks.js has.
MOST_GROUPS = 8


@dataclasses.dataclass(frozen=True, kw_only=True)
class GenreGroup:
  """Genres that share a colour.

  Attributes:
    name: What it is called: by its genre or its family.
    genres: Its genres, the most frequent first.
    count: How many patterns have one of them as their first genre.
  """

  name: str
  genres: tuple[str, ...]
  count: int


def _named(
    names: Sequence[str], counts: Mapping[str, int]
) -> GenreGroup:
  ordered = tuple(sorted(names, key=lambda name: (-counts[name], name)))
  family = genre_labels.FAMILY_OF.get(ordered[0])
  whole = {
      name for name in counts if genre_labels.FAMILY_OF.get(name) == family
  }
  if len(ordered) == 1:
    called = ordered[0]
  elif family and whole == set(ordered):
    called = family
  else:
    called = ', '.join(ordered)
  return GenreGroup(
      name=called.replace('_', ' '), genres=ordered,
      count=sum(counts[name] for name in ordered),
  )


def of_counts(
    counts: Mapping[str, int], most: int = MOST_GROUPS
) -> list[GenreGroup]:
  """Returns the groups of genres, that of the most patterns first.

  Args:
    counts: How many patterns have each genre as their first.
    most: How many groups can have a colour: there are more where genres have
      no family in common.
  """
  size = counts.__getitem__
  groups = [[name] for name in sorted(counts, key=lambda n: (size(n), n))]
  while len(groups) > most:
    # Groups stand in the order of their sizes: of each family the first two
    # are its smallest.
    pairs: dict[str, list[list[str]]] = {}
    for group in groups:
      if family := genre_labels.FAMILY_OF.get(group[0]):
        pairs.setdefault(family, []).append(group)
    joined = min(
        (few[:2] for few in pairs.values() if len(few) > 1),
        key=lambda two: sum(map(size, two[0] + two[1])), default=None,
    )
    if joined is None:
      break
    groups = [group for group in groups if group not in joined]
    groups.append(joined[0] + joined[1])
    groups.sort(key=lambda group: (sum(map(size, group)), min(group)))
  return sorted(
      (_named(group, counts) for group in groups),
      key=lambda group: (-group.count, group.name),
  )
