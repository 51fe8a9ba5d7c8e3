"""Tests for pattern_records."""

import drawn_patterns
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import pattern_records
from drumspace_ext.patterns import step_codes


@given(
    codes=drawn_patterns.codes(), repeats=st.integers(1, 3), data=st.data()
)
def test_bytes_are_those_of_protobuf(codes, repeats, data):
  def each(strategy):
    return data.draw(st.lists(
        strategy, min_size=len(codes), max_size=len(codes)
    ))

  texts = st.text(st.characters(codec='utf-8'), max_size=200)
  qpms, ids = each(st.floats(1, 1000)), each(texts)
  genres = each(st.lists(texts, max_size=3))
  assert pattern_records.of_patterns(
      codes, qpms=qpms, ids=ids, genres=genres, repeats=repeats
  ) == [
      note_sequences.from_patterns(
          step_codes.step_codes_to_hits(row), qpm=qpm, repeats=repeats,
          sequence_id=name, genres=labels,
      ).SerializeToString(deterministic=True)
      for row, qpm, name, labels in zip(codes, qpms, ids, genres)
  ]


def test_no_pattern_gives_no_record():
  assert pattern_records.of_patterns(
      np.zeros((0, 32), np.uint16), qpms=[], ids=[], genres=[]
  ) == []


@pytest.mark.parametrize(('qpm', 'repeats', 'message'), [
    (0.5, 1, 'qpm must be in'), (float('nan'), 1, 'qpm must be in'),
    (120, 0, 'repeats must be at least 1'),
])
def test_what_can_not_be_played_is_refused(qpm, repeats, message):
  with pytest.raises(ValueError, match=message):
    pattern_records.of_patterns(
        np.ones((1, 32), np.uint16), qpms=[qpm], ids=['a'], genres=[()],
        repeats=repeats,
    )


def test_what_is_no_pattern_is_refused():
  with pytest.raises(errors.PatternError, match='step code 16384 is outside'):
    pattern_records.of_patterns(
        np.full((1, 32), 16384), qpms=[120], ids=['a'], genres=[()]
    )
