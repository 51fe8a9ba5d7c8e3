"""Tests for genre_regions."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest
import told_steps

from drumspace_ext.latent_map import density as map_density
from drumspace_ext.latent_map import genre_regions

_GENRES = ('rock', 'jazz', 'funk', 'pop')


def _at_random(rng, count=160):
  places = rng.standard_normal((count, 2)) * 20
  return places, [[_GENRES[i]] for i in rng.integers(0, 4, count)]


def _find(places, genres, ids=None, *, seed=0, num_permutations=99):
  return genre_regions.find(
      places, genres, ids, seed=seed, num_permutations=num_permutations
  )


def _planted(seed=0, size=25):
  """Patterns at random, and one cluster of jazz at (60, -10)."""
  rng = np.random.default_rng(seed)
  places, genres = _at_random(rng)
  cluster = [60, -10] + 2 * rng.standard_normal((size, 2))
  return np.concatenate([places, cluster]), genres + [['jazz']] * size


def test_labels_at_random_give_no_region():
  found = 0
  for seed in range(60):
    findings = _find(*_at_random(np.random.default_rng(seed)), seed=seed)
    found += bool(findings.regions)
    assert bool(findings.regions) == (min(findings.p_values.values()) <= 0.05)
  # Of 60 at a level of 5 %.
  assert found <= 3


@pytest.mark.parametrize('known', [False, True])
@pytest.mark.parametrize('seed', range(3))
def test_planted_cluster_is_found_at_its_place(known, seed):
  places, genres = _planted(seed)
  ids = [(str(i),) for i in range(len(genres))] if known else None
  findings = _find(places, genres, ids, seed=seed)
  assert findings.exchanged == ('inputs' if known else 'patterns')
  assert {region.genre for region in findings.regions} == {'jazz'}
  (region,) = findings.regions
  assert np.linalg.norm(region.center - [60, -10]) < 4
  assert region.outline.shape == (map_density.OUTLINE_POINTS, 2)
  assert region.count == sum(own == ['jazz'] for own in genres)
  assert 20 <= region.inside <= region.count
  assert region.expected < region.inside / 1.3
  assert region.p_value == findings.p_values['jazz'] == 0.01
  assert map_density.inside(region.center[None], region.outline).all()


def test_genre_that_gathers_twice_has_two_regions():
  places, genres = _planted()
  rng = np.random.default_rng(1)
  places = np.concatenate([
      places, [-60, 30] + 2 * rng.standard_normal((20, 2))
  ])
  findings = _find(places, genres + [['jazz']] * 20)
  assert [region.genre for region in findings.regions] == ['jazz', 'jazz']
  centers = np.stack([region.center for region in findings.regions])
  for center in ([60, -10], [-60, 30]):
    assert np.linalg.norm(centers - center, axis=1).min() < 4


def _files(seed):
  """Files of ten like patterns each, whose genres are drawn."""
  rng = np.random.default_rng(seed)
  middles = rng.uniform(-60, 60, (24, 2))
  places = np.repeat(middles, 10, axis=0) + rng.standard_normal((240, 2))
  genres = [[_GENRES[i]] for i in np.repeat(rng.integers(0, 4, 24), 10)]
  ids = [(str(i),) for i in np.repeat(np.arange(24), 10)]
  return places, genres, ids


def test_likeness_within_a_file_is_no_evidence():
  by_patterns, by_inputs = 0, 0
  for seed in range(20):
    places, genres, ids = _files(seed)
    by_patterns += bool(_find(places, genres, None, seed=seed).regions)
    by_inputs += bool(_find(places, genres, ids, seed=seed).regions)
  # Both ends: blind to files, chance looks like evidence.
  assert by_patterns >= 18
  assert by_inputs <= 3


def test_same_seed_finds_the_same_and_another_order_nothing_else():
  places, genres = _planted()
  one, two = _find(places, genres, seed=4), _find(places, genres, seed=4)
  assert one.p_values == two.p_values
  assert all(
      (a.outline == b.outline).all() and a.genre == b.genre
      for a, b in zip(one.regions, two.regions, strict=True)
  )
  order = np.random.default_rng(0).permutation(len(genres))
  other = _find(places[order], [genres[i] for i in order], seed=4)
  assert [r.genre for r in other.regions] == [r.genre for r in one.regions]


def test_genres_with_few_patterns_are_left_out_and_counted():
  places, genres = _planted()
  genres = [list(own) for own in genres]
  for own in genres[:9]:
    own.append('polka')
  for own in genres[:3]:
    own.append('ska')
  findings = _find(places, genres)
  assert findings.left_out == {'polka': 9, 'ska': 3}
  assert set(findings.p_values) == set(_GENRES)


def test_only_so_many_genres_are_tested(monkeypatch):
  monkeypatch.setattr(genre_regions, 'MAX_GENRES', 2)
  places, genres = _planted()
  findings = _find(places, genres)
  assert len(findings.p_values) == len(findings.left_out) == 2
  assert min(findings.left_out.values()) >= genre_regions.MIN_PATTERNS


def test_patterns_without_a_label_do_not_count():
  places, genres = _planted()
  rng = np.random.default_rng(5)
  crowd = [-60, 30] + rng.standard_normal((200, 2))
  findings = _find(
      np.concatenate([places, crowd]), genres + [[]] * 200,
      [(str(i),) for i in range(len(genres) + 200)],
  )
  assert findings.labelled == len(genres)
  assert [region.genre for region in findings.regions] == ['jazz']


@pytest.mark.parametrize('genres', [[[]] * 40, [['rock']] * 40, []])
def test_nothing_to_compare_is_nothing_found(genres):
  places = np.random.default_rng(0).random((len(genres), 2))
  steps = told_steps.ToldSteps()
  findings = genre_regions.find(
      places, genres, None, seed=0, on_step=steps
  )
  assert not findings.regions and not findings.p_values and not steps


def test_all_patterns_in_one_place_give_no_region():
  _, genres = _planted()
  findings = _find(np.zeros((len(genres), 2)), genres)
  assert not findings.regions
  assert set(findings.p_values.values()) == {1.0}


_LABELS = ('a', 'b', 'c')


@given(
    labels=st.lists(st.sets(st.sampled_from(_LABELS), min_size=1), min_size=1),
    seed=st.integers(0, 2**31), known=st.booleans(),
)
def test_own_inputs_keep_labels_and_exchanged_sets_stay_whole(
    labels, seed, known
):
  genres = [sorted(own) for own in labels]
  ids = [(str(i),) for i in range(len(genres))] if known else None
  exchange = genre_regions.exchange_of(genres, ids, _LABELS)
  assert exchange.unit == ('inputs' if known else 'patterns')
  expected = np.array([[label in own for own in labels] for label in _LABELS])
  assert (exchange.labels(None) == expected).all()
  dealt = exchange.labels(np.random.default_rng(seed))
  assert sorted(map(tuple, dealt.T)) == sorted(map(tuple, expected.T))


def test_patterns_of_an_input_get_their_labels_together():
  genres = [['a']] * 3 + [['b']] * 2 + [['c']]
  ids = [('x',)] * 3 + [('y',)] * 2 + [('z',)]
  exchange = genre_regions.exchange_of(genres, ids, _LABELS)
  rng = np.random.default_rng(0)
  seen = set()
  for _ in range(50):
    dealt = exchange.labels(rng).argmax(0)
    assert len(set(dealt[:3])) == len(set(dealt[3:5])) == 1
    seen.add(tuple(dealt[[0, 3, 5]]))
  assert len(seen) == 6


def test_pattern_of_two_inputs_has_the_labels_of_both():
  genres = [['a'], ['b'], ['a', 'b']]
  ids = [('x',), ('y',), ('x', 'y')]
  exchange = genre_regions.exchange_of(genres, ids, _LABELS)
  # Not ab for either: each has a pattern without the other label.
  assert exchange.unit_labels.T.tolist() == [
      [True, False, False], [False, True, False]
  ]
  rng = np.random.default_rng(0)
  for _ in range(5):
    assert exchange.labels(rng)[:, 2].tolist() == [True, True, False]


def test_labels_not_asked_for_are_left_out():
  exchange = genre_regions.exchange_of([['a', 'x'], ['x']], None, ['a'])
  assert exchange.labels(None).tolist() == [[True, False]]


def test_pattern_without_an_input_means_that_inputs_are_unknown():
  exchange = genre_regions.exchange_of([['a'], ['b']], [('x',), ()], _LABELS)
  assert exchange.unit == genre_regions.PATTERNS
