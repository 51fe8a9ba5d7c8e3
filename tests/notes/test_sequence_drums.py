"""Tests for sequence_drums: drum notes, and reasons that are true."""

import builders
import hypothesis
from hypothesis import strategies as st
import note_seq
import pytest

from drumspace_ext import errors
from drumspace_ext.extraction import one_input
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import sequence_drums

_REPORTS = builders.DATA_DIR / 'reports'


def _sequence(*notes, **common):
  """A NoteSequence of (start, pitch, velocity)."""
  sequence = note_seq.NoteSequence()
  for start, pitch, velocity in notes:
    sequence.notes.add(start_time=start, end_time=start + 0.1, pitch=pitch,
                       velocity=velocity, **common)
  return sequence


@hypothesis.given(
    notes=st.lists(
        st.tuples(st.integers(0, 99), st.integers(0, 127),
                  st.integers(0, 127)),
        min_size=1,
    ),
    is_drum=st.booleans(),
)
def test_what_sounds_is_read_and_what_does_not_is_counted(notes, is_drum):
  sequence = _sequence(*notes, is_drum=is_drum)
  sounding = [note for note in notes if note[2]]
  num_silent = len(notes) - len(sounding)
  if not sounding:
    with pytest.raises(
        errors.RejectedInputError,
        match=f'^silent_notes: {num_silent} drum notes of velocity 0$',
    ):
      sequence_drums.rows(sequence, assume_drums=not is_drum)
    return
  rows, remarks = sequence_drums.rows(sequence, assume_drums=not is_drum)
  assert list(map(tuple, rows.tolist())) == sounding
  assert remarks == (
      (f'{num_silent} drum notes of velocity 0',) if num_silent else ()
  )


def test_silent_drums_beside_a_melody_are_named_for_what_they_are():
  sequence = _sequence((0, 36, 0), (1, 38, 0), is_drum=True)
  sequence.notes.add(pitch=60, velocity=100, end_time=1)
  with pytest.raises(errors.RejectedInputError, match='2 drum notes of veloc'):
    note_sequences.to_onsets(sequence)
  with pytest.raises(errors.RejectedInputError, match='silent_notes'):
    note_sequences.to_patterns(sequence)


def test_instrument_of_drums_without_the_mark_is_named():
  sequence = _sequence((0, 36, 9), (1, 46, 9), instrument=9)
  with pytest.raises(errors.RejectedInputError) as alone:
    note_sequences.to_onsets(sequence)
  assert alone.value.detail == (
      '2 notes, pitches 36-46, none of them is_drum, all of instrument 9, that '
      'of drums: try --assume_drums'
  )
  sequence.notes.add(pitch=60, velocity=100, end_time=1)
  with pytest.raises(errors.RejectedInputError) as beside:
    note_sequences.to_onsets(sequence)
  assert beside.value.detail == (
      '3 notes, pitches 36-60, none of them is_drum; instrument 9, that of '
      'drums, holds 2 notes, pitches 36 to 46: mark these is_drum, '
      'or give --drum_channels=10'
  )


@pytest.mark.parametrize(
    ('name', 'reason', 'detail'),
    [
        ('n15_velocity_0_all', 'silent_notes', '104 drum notes of velocity 0'),
        ('n6_instrument9_plus_melody', 'no_drum_notes',
         'instrument 9, that of drums, holds 104 notes, pitches 36 to 46'),
    ],
)
def test_reported_sequences_without_drums(name, reason, detail):
  path = _REPORTS / f'{name}.tfrecord'
  if not path.is_file():
    pytest.skip(f'no data in {_REPORTS}')
  (record,) = tfrecords.read(path)
  result = one_input.extract_record(record, 'x', one_input.Recipe())
  assert result.reason == reason
  assert detail in result.detail
