"""Tests for generating."""

import pytest

from drumspace_ext import errors
from drumspace_ext import generating
from drumspace_ext import patterns
from drumspace_ext import starter_patterns
from drumspace_ext import training_sets


def _classes(hits):
  codes = patterns.canonical(patterns.hits_to_step_codes(hits))
  return [row.tobytes() for row in codes]


def test_genre_is_that_of_the_training_patterns():
  reference = training_sets.load_or_starter(None)
  found = generating.genre_beats(reference, 'samba')
  expected = [s for s in starter_patterns.load() if s.genre == 'samba']
  assert 0 < len(found) <= len(expected)
  assert set(_classes(found)) <= {
      _classes(s.hits[None])[0] for s in expected
  }
  with pytest.raises(errors.InputError, match="'polka'; there are afrobeat, "):
    generating.genre_beats(reference, 'polka')
  bare = training_sets.make(reference.codes)
  with pytest.raises(errors.InputError, match='there are none'):
    generating.genre_beats(bare, 'samba')
