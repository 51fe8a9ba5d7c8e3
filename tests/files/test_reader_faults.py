"""Tests for reader_faults."""

import logging

import builders
import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.conversion import reading
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import reading as extraction_reading
from drumspace_ext.files import reader_faults
from drumspace_ext.notes import grids
from drumspace_ext.notes import midi_reading
from drumspace_ext.notes import midi_sequences

_MISTAKES = (IndexError, KeyError, RecursionError, MemoryError, TypeError)


@hypothesis.given(text=st.text(), kind=st.sampled_from(_MISTAKES))
def test_any_mistake_is_a_reason_with_one_short_line(text, kind):
  with pytest.raises(errors.RejectedInputError) as caught:
    with reader_faults.rejected():
      raise kind(text)
  assert caught.value.reason in rejections.REASONS
  assert len(caught.value.detail.splitlines()) == 1
  assert len(caught.value.detail) < 300
  assert kind.__name__ in caught.value.detail


@pytest.mark.parametrize('error', [
    errors.InputError('no such file'),
    errors.RejectedInputError('bad_times', 'at nan'),
])
def test_our_own_errors_pass_as_they_are(error):
  with pytest.raises(type(error)) as caught:
    with reader_faults.rejected():
      raise error
  assert caught.value is error


def test_the_traceback_is_in_the_log_at_debug_only(caplog):
  for level, shown in ((logging.INFO, False), (logging.DEBUG, True)):
    caplog.clear()
    with caplog.at_level(level):
      with pytest.raises(errors.RejectedInputError):
        with reader_faults.rejected():
          raise IndexError('here')
    assert ('Traceback' in caplog.text) == shown


def _fail(*_, **__):
  raise ZeroDivisionError('two\nlines')


def test_a_mistake_while_reading_midi_is_the_verdict(monkeypatch):
  monkeypatch.setattr(midi_reading, 'read_usual', _fail)
  monkeypatch.setattr(midi_reading, 'read_unusual', _fail)
  result = one_input.extract_midi(b'', 'a.mid', one_input.Recipe())
  assert result.reason == 'reader_failed'
  assert result.detail == 'ZeroDivisionError: two lines'


def test_a_mistake_while_reading_many_costs_time_alone(monkeypatch):
  data = builders.midi(builders.track(builders.notes([(0, 36)])))
  recipe = one_input.Recipe()
  expected = list(extraction_reading.midi_files([('a', data)], recipe))
  monkeypatch.setattr(midi_reading, 'read_usual', _fail)
  (found,) = extraction_reading.midi_files([('a', data)], recipe)
  assert found.onsets.quarters.tolist() == [0]
  assert found.input_id == expected[0].input_id


def test_a_mistake_while_reading_a_record_is_the_verdict(monkeypatch):
  monkeypatch.setattr(grids, 'cut_many', _fail)
  data = builders.midi(builders.track(builders.notes([(0, 36)])))
  sequence = midi_sequences.to_note_sequence(data)
  result = one_input.extract_record(
      sequence.SerializeToString(), '#0', one_input.Recipe()
  )
  assert (result.reason, result.detail) == (
      'reader_failed', 'ZeroDivisionError: two lines'
  )


def test_a_mistake_while_converting_costs_one_input(monkeypatch, tmp_path):
  monkeypatch.setattr(midi_sequences, 'to_note_sequence', _fail)
  (tmp_path / 'a.mid').write_bytes(builders.midi())
  rejected = []
  items = reading.read(
      [str(tmp_path / 'a.mid')], [], reading.Options(), recursive=False,
      on_reject=lambda *row: rejected.append(row[1:]),
  )
  assert not list(items)
  assert rejected == [('reader_failed', 'ZeroDivisionError: two lines')]
