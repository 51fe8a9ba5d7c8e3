"""Tests for packed_notes: what is read without objects is what they say."""

import builders
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.extraction import reading
from drumspace_ext.extraction import recipes
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import packed_notes
from drumspace_ext.notes import sequence_drums
from drumspace_ext.notes import sequence_times

_NOTES_NUMBER = note_seq.NoteSequence.DESCRIPTOR.fields_by_name['notes'].number
_NUMBERS = st.sampled_from([-1, 0, 1, 36, 38, 127, 128, 300, 1 << 21, 1 << 28])
_TIMES = st.sampled_from([-0.0, 0.0, 0.25, 1.0, 1e300, float('nan')])
_FIELDS = {
    'pitch': _NUMBERS, 'velocity': _NUMBERS, 'start_time': _TIMES,
    'end_time': _TIMES, 'instrument': _NUMBERS, 'program': _NUMBERS,
    'is_drum': st.booleans(), 'part': st.integers(0, 2),
    'pitch_name': st.integers(0, 3), 'voice': _NUMBERS,
    'quantized_start_step': _NUMBERS, 'quantized_end_step': _NUMBERS,
}
_NOTE = st.fixed_dictionaries({}, optional=_FIELDS)
# Notes of a track differ little.
_RUNS = st.lists(st.tuples(_NOTE, st.integers(1, 5)), max_size=6)


@st.composite
def _sequences(draw):
  sequence = note_seq.NoteSequence(
      id=draw(st.sampled_from(['', 'a'])), ticks_per_quarter=220
  )
  for note, count in draw(_RUNS):
    for i in range(count):
      sequence.notes.add(**note | {'pitch': 36 + i})
  for _ in range(draw(st.integers(0, 2))):
    sequence.tempos.add(qpm=100)
  if draw(st.booleans()):
    sequence.control_changes.add(time=1, control_number=7)
  if draw(st.booleans()):
    sequence_drums.add_second_kit(sequence)
  sequence.quantization_info.steps_per_quarter = draw(
      st.sampled_from([0, 4, 8, 3])
  )
  return sequence


@st.composite
def _records(draw):
  """Records, whole ones, in another order, cut and changed."""
  record = draw(_sequences()).SerializeToString()
  change = draw(st.sampled_from(['', '', 'cut', 'byte', 'more', 'swapped']))
  at = draw(st.integers(0, max(0, len(record) - 1)))
  if change == 'cut':
    return record[:at]
  if change == 'byte':
    return record[:at] + bytes([draw(st.integers(0, 255))]) + record[at + 1:]
  other = draw(_sequences()).SerializeToString()
  return record + other if change == 'more' else (
      other + record if change == 'swapped' else record
  )


def _said(record, recipe):
  """What reading a record says, as plain values."""
  read = reading.record(record, 'place', recipe)
  onsets = read.onsets
  return read.input_id, read.file_name, str(read.problem), onsets and [
      value.tolist() if isinstance(value, np.ndarray) else value
      for value in vars(onsets).values()
  ]


def _same_as_by_objects(record, recipe):
  packed = _said(record, recipe)
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(packed_notes, 'parse', lambda record: None)
    assert repr(_said(record, recipe)) == repr(packed)


@given(record=_records(), min_velocity=st.sampled_from([1, 100]))
@settings(max_examples=100)
def test_records_are_read_as_their_objects_are(record, min_velocity):
  _same_as_by_objects(record, recipes.Recipe(min_velocity=min_velocity))


def _sequence(count=40, **common):
  sequence = note_seq.NoteSequence(id='song')
  for i in range(count):
    sequence.notes.add(
        start_time=i / 2, end_time=i / 2 + 0.1, pitch=36 + i % 3, velocity=90,
        **common,
    )
  return sequence


def test_drums_of_a_record_by_hand():
  sequence = _sequence(3, is_drum=True, instrument=9)
  sequence.notes.add(start_time=2.5, pitch=60, velocity=80, voice=300)
  sequence.notes.add(start_time=3.5, pitch=49, velocity=70, is_drum=True)
  sequence.total_time = 4
  parsed, notes = packed_notes.parse(sequence.SerializeToString())
  assert notes.drums('start_time', 'pitch', 'part').tolist() == [
      [0, 36, 0], [0.5, 37, 0], [1, 38, 0], [3.5, 49, 0]
  ]
  assert (len(notes), notes.largest('voice')) == (5, 300)
  assert notes.have('end_time')
  assert not notes.have('quantized_end_step')
  del sequence.notes[:]
  assert parsed == sequence


def test_records_that_note_seq_makes_of_midi_are_read_without_objects():
  onsets = [(120 * i, 36 + i % 5) for i in range(1500)]
  data = builders.midi(*(
      builders.track(
          builders.event(0, 0xC0 | channel, channel),
          builders.notes(onsets, channel=channel),
      ) for channel in (0, 9, 3)
  ))
  sequence = note_seq.midi_to_note_sequence(data)
  _, notes = packed_notes.parse(sequence.SerializeToString())
  assert len(notes) == len(sequence.notes) == 3 * len(onsets)
  assert notes.drums('start_time', 'pitch').tolist() == [
      [note.start_time, note.pitch] for note in sequence.notes if note.is_drum
  ]


@pytest.mark.parametrize('note', [
    b'\x08',  # a number that is cut
    b'\x08\x24\x08\x24',  # a pitch twice
    b'\x08\x80\x80\x80\x80\x01',  # a large number
    b'\x19\x00',  # a double that is cut
    b'\x0a\x00',  # a field of another type
    b'\xf8\x01\x00',  # an unknown field
])
def test_unusual_notes_are_left_to_protobuf(note):
  usual = _sequence(is_drum=True).SerializeToString()
  assert packed_notes.parse(usual) is not None
  for record in (
      usual + builders.field(_NOTES_NUMBER, note),
      builders.field(_NOTES_NUMBER, note) + usual,
  ):
    assert packed_notes.parse(record) is None
    _same_as_by_objects(record, recipes.Recipe())


def test_what_has_no_drums_in_one_place_is_left_to_protobuf():
  usual = _sequence(is_drum=True).SerializeToString()
  total = note_seq.NoteSequence(total_time=1).SerializeToString()
  assert packed_notes.parse(usual + total + usual) is None
  assert packed_notes.parse(_sequence().SerializeToString()) is None
  assert packed_notes.parse(total) is None
  assert packed_notes.parse(b'') is None
  # What is wrong behind the notes is told by all of it.
  assert packed_notes.parse(usual + b'\x0a\x05ab') is None
  with pytest.raises(errors.RejectedInputError, match='not_note_sequence'):
    note_sequences.parse(usual + b'\x0a\x05ab')


def test_notes_that_all_differ_from_the_one_before_are_left_to_protobuf():
  sequence = _sequence(200, is_drum=True)
  record = sequence.SerializeToString()
  assert packed_notes.parse(record) is not None
  for note in sequence.notes[::2]:
    note.instrument = 9
  assert packed_notes.parse(sequence.SerializeToString()) is None


def test_steps_of_unknown_length_are_named_with_the_largest():
  sequence = note_seq.NoteSequence()
  for i in range(300):
    sequence.notes.add(quantized_end_step=i + 1, pitch=36, is_drum=True)
  parsed, notes = packed_notes.parse(sequence.SerializeToString())
  for given_notes in (sequence, None), (parsed, notes):
    with pytest.raises(
        errors.RejectedInputError, match='^unknown_steps: 300 notes in 300 st'
    ):
      sequence_times.is_quantized(*given_notes)
