"""Tests for pattern_converter."""

import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest
import synthetic_songs

from drumspace_ext import errors
from drumspace_ext.extraction import one_input
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes
from drumspace_ext.pipelines import pattern_converter

_BEAT = drawn_patterns.hits_of(
    kick=(0, 6, 16), snare=(4, 12, 20, 28), closed_hat=range(0, 32, 2)
)


def _assert_tensors(tensors):
  """Checks the form that MusicVAE's training and encode() expect."""
  assert tensors._fields == ('inputs', 'outputs', 'controls', 'lengths')
  counts = {len(tensors.inputs), len(tensors.outputs), len(tensors.controls),
            len(tensors.lengths)}
  assert len(counts) == 1
  for given_in, out, control, length in zip(*tensors):
    assert given_in.shape == out.shape == (32, 14)
    assert given_in.dtype == out.dtype == np.bool_
    assert control.shape == (32, 0)
    assert length == 32
    np.testing.assert_array_equal(given_in, out)


@given(
    hits=drawn_patterns.hits(0, 4), qpm=st.integers(1, 1000),
    drum_map=drawn_patterns.MAPS,
)
@settings(max_examples=60)
def test_samples_come_back_from_their_note_sequences(hits, qpm, drum_map):
  converter = pattern_converter.PatternConverter(qpm=qpm, drum_map=drum_map)
  sequences = converter.from_tensors(hits)
  assert len(sequences) == len(hits)
  for sequence, expected in zip(sequences, drum_map.folded(hits)):
    assert isinstance(sequence, note_seq.NoteSequence)
    assert sequence.total_time == pytest.approx(8 * 60 / qpm)
    assert [tempo.qpm for tempo in sequence.tempos] == [qpm]
    tensors = converter.to_tensors(sequence)
    _assert_tensors(tensors)
    # Silence is nothing to train on.
    np.testing.assert_array_equal(
        np.array(tensors.inputs).reshape(-1, 32, 14),
        [expected] if expected.any() else np.zeros((0, 32, 14)),
    )


@given(hits=drawn_patterns.hits(1, 4))
@settings(max_examples=40)
def test_every_two_bars_that_sound_are_a_tensor(hits):
  tensors = pattern_converter.PatternConverter().to_tensors(
      note_sequences.from_patterns(hits)
  )
  _assert_tensors(tensors)
  np.testing.assert_array_equal(
      np.array(tensors.inputs).reshape(-1, 32, 14),
      hits[hits.any(axis=(1, 2))],
  )


@pytest.mark.parametrize('seeds', [range(15), range(15, 30)])
def test_loops_only_gives_what_extraction_finds(seeds):
  converter = pattern_converter.PatternConverter(loops_only=True)
  found = 0
  for seed in seeds:
    record = synthetic_songs.to_record(synthetic_songs.random_song(seed))
    tensors = converter.to_tensors(note_seq.NoteSequence.FromString(record))
    _assert_tensors(tensors)
    result = one_input.extract_record(record, '', one_input.Recipe())
    expected = {loop.canonical for loop in result.loop_counts}
    got = [
        step_codes.codes_to_bytes(
            step_codes.canonical(step_codes.hits_to_step_codes(hits))
        )
        for hits in tensors.inputs
    ]
    assert len(set(got)) == len(got)
    assert set(got) == expected
    assert {
        step_codes.codes_to_bytes(step_codes.hits_to_step_codes(hits))
        for hits in tensors.inputs
    } <= {loop.phase for loop in result.loop_counts}
    found += len(got)
  assert found >= 5


def test_loop_comes_once_and_in_the_phase_most_often_played():
  late = np.roll(_BEAT, 16, axis=0)
  assert (late != _BEAT).any()
  other = np.roll(_BEAT, 5, axis=0) ^ _BEAT
  silence = np.zeros((32, 14), np.bool_)
  sequence = note_sequences.from_patterns(np.stack(
      [late] * 3 + [silence, other, silence] + [_BEAT] * 3
      + [silence, silence] + [_BEAT] * 4
  ))
  tensors = pattern_converter.PatternConverter(loops_only=True).to_tensors(
      sequence
  )
  np.testing.assert_array_equal(tensors.inputs, [_BEAT])
  whole = pattern_converter.PatternConverter().to_tensors(sequence)
  assert len(whole.inputs) == 11


def test_attributes_are_those_that_music_vae_reads():
  converter = pattern_converter.PatternConverter()
  assert (converter.input_depth, converter.output_depth) == (14, 14)
  assert converter.end_token is None


def test_probabilities_become_hits_above_one_half():
  samples = np.where(_BEAT, np.nextafter(0.5, 1), 0.5)[None]
  before = samples.copy()
  (sequence,) = pattern_converter.PatternConverter().from_tensors(
      samples, [np.zeros((32, 0))]
  )
  np.testing.assert_array_equal(
      note_sequences.to_patterns(sequence), [_BEAT]
  )
  np.testing.assert_array_equal(samples, before)


@pytest.mark.parametrize('loops_only', [False, True])
def test_unreadable_note_sequence_gives_empty_lists(loops_only):
  converter = pattern_converter.PatternConverter(loops_only=loops_only)
  no_tempo = note_sequences.from_patterns(_BEAT)
  no_tempo.tempos[0].qpm = 0
  other_grid = note_sequences.from_patterns(_BEAT)
  other_grid.quantization_info.steps_per_quarter = 3
  for sequence in (note_seq.NoteSequence(), no_tempo, other_grid):
    assert converter.to_tensors(sequence) == ([], [], [], [])
  assert not converter.from_tensors([])


def test_sample_of_another_shape_is_refused():
  with pytest.raises(errors.PatternError, match=r'got \[16, 14\]'):
    pattern_converter.PatternConverter().from_tensors(
        np.zeros((1, 16, 14), np.bool_)
    )
