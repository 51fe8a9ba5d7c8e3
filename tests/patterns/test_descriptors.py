"""Tests for descriptors."""

import drawn_patterns
from hypothesis import given
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.patterns import descriptors
from drumspace_ext.patterns import voices

_TIMEKEEPERS = [
    voices.INDEX[name] for name in ('closed_hat', 'open_hat', 'ride', 'crash')
]


@given(drawn_patterns.hits())
def test_descriptors_lie_in_their_range(hits):
  for of in descriptors.DESCRIPTORS.values():
    values = of.measure(hits)
    assert values.shape == hits.shape[:1]
    assert ((of.least <= values) & (values <= of.most)).all()


@given(drawn_patterns.hits())
def test_exchanged_bars_and_added_hats_are_as_syncopated(hits):
  expected = descriptors.syncopation(hits)
  with_hats = hits.copy()
  with_hats[..., _TIMEKEEPERS] = True
  for changed in (np.roll(hits, 16, axis=-2), with_hats):
    np.testing.assert_array_equal(descriptors.syncopation(changed), expected)


@given(drawn_patterns.hits())
def test_patterns_are_measured_alike_alone_and_among_others(hits):
  names = list(descriptors.DESCRIPTORS)
  both = descriptors.measure(np.concatenate([~hits, hits]), names)
  for row, one in zip(both[len(hits):], hits):
    np.testing.assert_array_equal(row, descriptors.measure(one, names))


@pytest.mark.parametrize('kick, snare, expected', [
    # A rock beat; nothing; all on every step.
    ((0, 8, 16, 24), (4, 12, 20, 28), 0),
    ((), (), 0),
    (range(32), (), 0),
    # The kick before the half: it weighs -3, the half -1.
    ((0, 6, 16, 24), (4, 12, 20, 28), 1),
    # The son clave: 6 before 8, and 12 before 16.
    ((0, 6, 12, 20, 24), (), 2),
    # One hit on the last sixteenth, before the first beat of the loop.
    ((31,), (), 2),
    (range(1, 32, 2), (), 15),
])
def test_syncopation_of_beats_that_one_can_count(kick, snare, expected):
  hits = drawn_patterns.hits_of(kick=kick, snare=snare)
  assert descriptors.syncopation(hits) == expected


def test_density_is_hits_a_step():
  hits = drawn_patterns.hits_of(kick=range(32), snare=range(0, 32, 2))
  assert descriptors.density(hits) == 1.5
  assert descriptors.density(np.ones((2, 32, 14), bool)).tolist() == [14, 14]


@pytest.mark.parametrize('asked, message', [
    ({'density': 14.5}, '--density must be 0 to 14 hits a step, got 14.5'),
    ({'density': 1, 'syncopation': -1}, '--syncopation must be 0 to 15 a bar'),
    ({'syncopation': float('nan')}, 'got nan'),
])
def test_what_no_beat_has_is_refused(asked, message):
  with pytest.raises(errors.InputError, match=message):
    descriptors.check(asked)
