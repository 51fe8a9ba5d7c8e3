"""Tests for song_limits."""

import math

import hypothesis
from hypothesis import strategies as st
import note_seq
import pytest

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.notes import song_limits


@hypothesis.given(count=st.integers(0, 100), limit=st.integers(0, 100))
def test_what_is_more_than_the_limit_is_rejected(count, limit):
  if count <= limit:
    song_limits.check(count, limit, 'notes')
    return
  with pytest.raises(errors.RejectedInputError) as caught:
    song_limits.check(count, limit, 'notes')
  assert caught.value.reason in rejections.REASONS
  assert f'{count} notes; at most {limit}' in caught.value.detail


@hypothesis.given(seconds=st.floats())
def test_every_length_is_short_enough_or_one_short_line(seconds):
  try:
    song_limits.check_seconds(seconds, 60)
  except errors.RejectedInputError as e:
    assert not -1e308 <= seconds <= 60
    assert len(str(e)) < 100
  else:
    assert seconds <= 60


def _sequence(**note):
  sequence = note_seq.NoteSequence(total_time=1)
  sequence.notes.add(pitch=36, velocity=100, end_time=0.1, is_drum=True)
  for name, value in note.items():
    setattr(sequence.notes[0], name, value)
  return sequence


@pytest.mark.parametrize('value', [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize('where', [
    'start_time', 'end_time', 'total_time', 'tempos', 'control_changes',
    'pitch_bends', 'key_signatures', 'time_signatures', 'text_annotations',
])
def test_a_time_that_is_no_number_is_refused(where, value):
  sequence = _sequence()
  song_limits.check_sequence(sequence)
  if where in ('start_time', 'end_time'):
    setattr(sequence.notes[0], where, value)
  elif where == 'total_time':
    sequence.total_time = value
  else:
    getattr(sequence, where).add(time=value)
  with pytest.raises(errors.RejectedInputError, match='bad_times'):
    song_limits.check_sequence(sequence)


@pytest.mark.parametrize('qpm', [math.nan, math.inf, 0, -1])
def test_a_tempo_that_is_none_is_refused(qpm):
  sequence = _sequence()
  sequence.tempos.add(qpm=qpm)
  with pytest.raises(errors.RejectedInputError, match='bad_times: tempo'):
    song_limits.check_sequence(sequence)


def test_too_many_events_are_refused(monkeypatch):
  monkeypatch.setattr(song_limits, 'MAX_EVENTS', 2)
  sequence = _sequence()
  sequence.control_changes.add()
  song_limits.check_sequence(sequence)
  sequence.pitch_bends.add()
  with pytest.raises(errors.RejectedInputError, match='too_large: 3 notes and'):
    song_limits.check_sequence(sequence)
