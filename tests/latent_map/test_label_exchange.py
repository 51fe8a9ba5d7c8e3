"""Tests for label_exchange."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np

from drumspace_ext.latent_map import label_exchange

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
  exchange = label_exchange.make(genres, ids, _LABELS)
  assert exchange.unit == ('inputs' if known else 'patterns')
  expected = np.array([[label in own for own in labels] for label in _LABELS])
  assert (exchange.labels(None) == expected).all()
  dealt = exchange.labels(np.random.default_rng(seed))
  assert sorted(map(tuple, dealt.T)) == sorted(map(tuple, expected.T))


def test_patterns_of_an_input_get_their_labels_together():
  genres = [['a']] * 3 + [['b']] * 2 + [['c']]
  ids = [('x',)] * 3 + [('y',)] * 2 + [('z',)]
  exchange = label_exchange.make(genres, ids, _LABELS)
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
  exchange = label_exchange.make(genres, ids, _LABELS)
  # Not ab for either: each has a pattern without the other label.
  assert exchange.unit_labels.T.tolist() == [
      [True, False, False], [False, True, False]
  ]
  rng = np.random.default_rng(0)
  for _ in range(5):
    assert exchange.labels(rng)[:, 2].tolist() == [True, True, False]


def test_labels_not_asked_for_are_left_out():
  exchange = label_exchange.make([['a', 'x'], ['x']], None, ['a'])
  assert exchange.labels(None).tolist() == [[True, False]]


def test_pattern_without_an_input_means_that_inputs_are_unknown():
  exchange = label_exchange.make([['a'], ['b']], [('x',), ()], _LABELS)
  assert exchange.unit == label_exchange.PATTERNS
