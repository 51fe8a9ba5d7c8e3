"""Which genres share a colour on the map."""

import collections

import hypothesis
from hypothesis import strategies as st

from drumspace_ext.explorer import genre_groups
from drumspace_ext.extraction import genres
from drumspace_ext.starter import beats

_COUNTS = st.dictionaries(
    st.sampled_from([*genres.NAMES, 'polka', 'gamelan', 'nu', 'zydeco']),
    st.integers(1, 500),
)


@hypothesis.given(_COUNTS, st.integers(1, 10))
def test_each_genre_is_in_one_group_of_one_family(counts, most):
  groups = genre_groups.of_counts(counts, most)
  found = [name for group in groups for name in group.genres]
  assert sorted(found) == sorted(counts)
  for group in groups:
    families = {genres.FAMILY_OF.get(name) for name in group.genres}
    assert len(group.genres) == 1 or len(families) == 1 and None not in families
    assert group.count == sum(counts[name] for name in group.genres)
  assert [g.count for g in groups] == sorted(
      (g.count for g in groups), reverse=True
  )
  # No more come together than colours ask for, and no fewer.
  assert len(groups) >= min(most, len(counts))
  if len(groups) > most:
    shared = collections.Counter(
        genres.FAMILY_OF.get(group.genres[0], group.name) for group in groups
    )
    assert max(shared.values()) == 1
  assert len({group.name for group in groups}) == len(groups)


def test_as_many_genres_as_colours_have_one_each():
  groups = genre_groups.of_counts({'rock': 3, 'hip_hop': 9, 'polka': 1}, 3)
  assert [(g.name, g.genres) for g in groups] == [
      ('hip hop', ('hip_hop',)), ('rock', ('rock',)), ('polka', ('polka',)),
  ]


def test_the_smallest_of_a_family_come_together_first():
  counts = {'rock': 9, 'punk': 1, 'surf': 2, 'jazz': 2, 'blues': 4}
  assert [(g.name, g.count) for g in genre_groups.of_counts(counts, 4)] == [
      ('rock', 9), ('blues', 4), ('surf, punk', 3), ('jazz', 2),
  ]
  assert [(g.name, g.count) for g in genre_groups.of_counts(counts, 3)] == [
      ('rock', 9), ('jazz & blues', 6), ('surf, punk', 3),
  ]
  assert [(g.name, g.count) for g in genre_groups.of_counts(counts, 1)] == [
      ('rock', 12), ('jazz & blues', 6),
  ]


def test_all_beats_of_the_starter_collection_have_a_colour():
  counts = collections.Counter(beat.genre for beat in beats.load())
  groups = genre_groups.of_counts(counts)
  assert len(groups) == genre_groups.MOST_GROUPS
  assert sum(group.count for group in groups) == len(beats.load())
  assert {group.name for group in groups} < set(genres.FAMILIES)
