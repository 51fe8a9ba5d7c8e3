"""Tests for sequence_times: one reading for MIDI, audio, records, patterns."""

import io
import math
import wave

import builders
import drawn_patterns
import hypothesis
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.conversion import reading
from drumspace_ext.conversion import writing
from drumspace_ext.extraction import one_input
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_reading
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import sequence_times
from drumspace_ext.patterns import step_codes

_REPORTS = builders.DATA_DIR / 'reports'


def _quantized(hits, qpm=120.0, repeats=1):
  return note_seq.quantize_note_sequence(
      note_sequences.from_patterns(hits, qpm=qpm, repeats=repeats), 4
  )


def _steps_only(sequence):
  """Takes the seconds away, as magenta-js never adds them."""
  bare = note_seq.NoteSequence()
  bare.CopyFrom(sequence)
  bare.total_time = 0
  for note in bare.notes:
    note.start_time = note.end_time = 0
  return bare


def _readings(sequence):
  """The same NoteSequence on each way, as patterns."""
  item = reading.Item(name='x', sequence=sequence)
  options = reading.Options()
  midi = writing.to_midi(item, options)
  record = note_sequences.parse(writing.to_record(item, options))
  unquantized = note_seq.NoteSequence()
  unquantized.CopyFrom(record)
  unquantized.ClearField('quantization_info')
  return {
      'patterns': reading.item_patterns(item, options),
      'midi': note_sequences.cut_patterns(
          _codes(midi_reading.read_onsets(midi))
      ),
      'record': note_sequences.to_patterns(record),
      # As a reader that knows of no steps takes it.
      'seconds': note_sequences.to_patterns(unquantized),
  }


def _codes(onsets):
  steps = np.floor(4 * onsets.quarters + 0.5).astype(int)
  rows = np.zeros((steps.max() + 1, step_codes.NUM_VOICES), np.bool_)
  # gm14's exemplars: a pattern's own pitches come back.
  voice = {p: v for v, p in enumerate(_PITCHES)}
  for step, pitch in zip(steps.tolist(), onsets.pitches.tolist()):
    rows[step, voice[pitch]] = True
  return rows @ (1 << np.arange(step_codes.NUM_VOICES))


_PITCHES = (36, 38, 42, 41, 45, 46, 48, 49, 51, 56, 60, 61, 62, 64)


@hypothesis.given(
    hits=drawn_patterns.hits(max_size=2), qpm=st.floats(20, 400),
    shift=st.integers(-3, 3), stale_qpm=st.floats(20, 400),
)
@hypothesis.settings(max_examples=40)
def test_all_ways_read_the_steps_whatever_the_seconds(
    hits, qpm, shift, stale_qpm
):
  hypothesis.assume(hits.any())
  expected = drawn_patterns.without_silent_end(hits)
  both = _quantized(hits, qpm)
  bare, stale = _steps_only(both), note_seq.NoteSequence()
  stale.CopyFrom(both)
  stale.tempos[0].qpm = stale_qpm
  late = note_seq.NoteSequence()
  late.CopyFrom(both)
  for note in late.notes:
    note.start_time = max(0.0, note.start_time + shift * 15 / qpm)
    note.end_time = max(0.1, note.end_time + shift * 15 / qpm)
  for sequence in (both, bare, stale, late):
    for way, found in _readings(sequence).items():
      sounding = drawn_patterns.without_silent_end(found)
      np.testing.assert_array_equal(sounding, expected, err_msg=way)


@hypothesis.given(
    hits=drawn_patterns.hits(max_size=1), qpm=st.floats(20, 400),
    delay=st.floats(-0.49, 0.49),
)
def test_seconds_that_agree_are_what_is_played(hits, qpm, delay):
  sequence = _quantized(hits, qpm)
  for note in sequence.notes:
    note.start_time = max(0.0, note.start_time + delay * 15 / qpm)
  if hits.any():
    assert sequence_times.in_seconds(sequence) is sequence


def test_unquantized_sequences_stay_what_they_are():
  sequence = note_sequences.from_patterns(np.ones((32, 14), np.bool_))
  assert sequence_times.in_seconds(sequence) is sequence
  assert not sequence_times.is_quantized(sequence)
  # Somebody said how long a step is, and set none.
  sequence.quantization_info.steps_per_quarter = 4
  assert sequence_times.in_seconds(sequence) is sequence
  assert note_sequences.to_patterns(sequence)[0].all()
  assert not sequence_times.is_quantized(note_seq.NoteSequence())


def test_steps_become_seconds_by_hand():
  sequence = note_seq.NoteSequence(total_quantized_steps=40)
  sequence.quantization_info.steps_per_quarter = 8
  sequence.tempos.add(qpm=60)
  sequence.tempos.add(time=2, qpm=120)
  sequence.notes.add(pitch=36, velocity=9, quantized_start_step=4,
                     quantized_end_step=8)
  # Without an end it lasts a step.
  sequence.notes.add(pitch=36, velocity=9, quantized_start_step=32)
  sequence.control_changes.add(quantized_step=16)
  sequence.text_annotations.add(quantized_step=24, text='C')
  sequence.text_annotations.add(time=1.5, text='no step of its own')
  played = sequence_times.in_seconds(sequence)
  times = [(note.start_time, note.end_time) for note in played.notes]
  assert times == [(0.5, 1.0), (3.0, 3.0625)]
  assert played.total_time == 3.5
  assert played.control_changes[0].time == 2.0
  assert [a.time for a in played.text_annotations] == [2.5, 1.5]
  assert sequence.notes[0].start_time == 0  # the caller's own is left alone


def test_steps_of_a_second_are_played_and_refused_for_a_grid():
  sequence = note_seq.NoteSequence()
  sequence.quantization_info.steps_per_second = 100
  sequence.notes.add(pitch=36, velocity=9, is_drum=True,
                     quantized_start_step=150, quantized_end_step=160)
  played = sequence_times.in_seconds(sequence)
  assert (played.notes[0].start_time, played.total_time) == (1.5, 1.6)
  midi = writing.to_midi(
      reading.Item(name='x', sequence=sequence), reading.Options()
  )
  assert midi_reading.read_onsets(midi).quarters.tolist() == [3.0]
  with pytest.raises(errors.RejectedInputError, match='other_grid'):
    note_sequences.to_onsets(sequence)


def test_steps_of_unknown_length_are_no_time():
  sequence = _steps_only(_quantized(np.ones((32, 14), np.bool_)))
  sequence.ClearField('quantization_info')
  for read in (
      sequence_times.in_seconds, note_sequences.to_onsets,
      note_sequences.to_patterns,
  ):
    with pytest.raises(
        errors.RejectedInputError, match='448 notes in 32 steps'
    ) as caught:
      read(sequence)
    assert caught.value.reason == 'unknown_steps'


@pytest.mark.parametrize('qpm', [0, math.nan])
def test_steps_at_no_tempo_are_refused(qpm):
  sequence = _steps_only(_quantized(np.ones((32, 14), np.bool_)))
  sequence.tempos[0].qpm = qpm
  with pytest.raises(errors.RejectedInputError, match='bad_times'):
    sequence_times.in_seconds(sequence)


def test_audio_is_as_long_as_the_steps():
  bare = _steps_only(_quantized(np.ones((32, 14), np.bool_), repeats=4))
  item = reading.Item(name='x', sequence=bare)
  data = b''.join(writing.to_wav(item, reading.Options()))
  with wave.open(io.BytesIO(data)) as audio:
    seconds = audio.getnframes() / audio.getframerate()
  assert 15.9 < seconds < 20


def test_reported_sequence_of_steps_alone():
  path = _REPORTS / 'n1_quantized_steps_only.tfrecord'
  if not path.is_file():
    pytest.skip(f'no data in {_REPORTS}')
  (record,) = tfrecords.read(path)
  sequence = note_sequences.parse(record)
  played = sequence_times.in_seconds(sequence)
  assert len({note.start_time for note in played.notes}) > 60
  assert played.total_time == pytest.approx(127 / 8)
  midi = writing.to_midi(
      reading.Item(name='x', sequence=sequence), reading.Options()
  )
  recipe = one_input.Recipe()
  found = one_input.extract_midi(midi, 'x', recipe)
  expected = one_input.extract_record(record, 'x', recipe)
  assert found.reason is None
  assert [c.canonical for c in found.loop_counts] == [
      c.canonical for c in expected.loop_counts
  ]
