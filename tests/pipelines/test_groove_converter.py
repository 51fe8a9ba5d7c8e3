"""Tests for groove_converter; the real one is in tests/integration."""

import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import played_patterns
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import voices
from drumspace_ext.pipelines import groove_converter
from drumspace_ext.pipelines import pattern_converter

_NAMES = st.sampled_from([groove_converter.GrooveConverter().voice_names,
                          voices.NAMES])


def _tensors(seed, num_classes):
  """A sample as a converter gives it, struck on about half of its cells."""
  rng = np.random.default_rng(seed)
  struck = rng.random((32, num_classes)) < 0.4
  return np.concatenate([
      struck, struck * rng.integers(1, 128, struck.shape) / 127,
      struck * rng.uniform(-0.98, 0.98, struck.shape),
  ], axis=1).astype(np.float32)


def _magenta_tensor(sequence, names):
  """What Magenta's documentation says of GrooveConverter, note by note."""
  quantized = note_seq.quantize_note_sequence(sequence, 4)
  step_length = 60 / sequence.tempos[0].qpm / 4
  drum_map = drum_maps.load('groovae9' if len(names) == 9 else 'gm14')
  result = np.zeros((32, 3, len(names)))
  for note in quantized.notes:
    number = names.index(
        voices.NAMES[drum_map.voice_of_pitch[note.pitch]]
    )
    cell = result[note.quantized_start_step, :, number]
    if not cell[0] or note.velocity / 127 > cell[1]:
      late = note.start_time / step_length - note.quantized_start_step
      cell[:] = 1, note.velocity / 127, -2 * late
  return result.reshape(32, -1)


@given(
    seed=st.integers(0, 2**32), qpm=st.floats(20, 400), names=_NAMES
)
@settings(max_examples=60)
def test_tensors_are_magentas_and_come_back(seed, qpm, names):
  converter = groove_converter.GrooveConverter(names, qpm=qpm)
  sample = _tensors(seed, len(names))
  # A hit on the first step can't be early: it would be before the start.
  sample[0, 2 * len(names):] = np.minimum(sample[0, 2 * len(names):], 0)
  (sequence,) = converter.from_tensors([sample])
  assert sequence.total_time == pytest.approx(8 * 60 / qpm)
  np.testing.assert_allclose(
      _magenta_tensor(sequence, names), sample, atol=1e-5
  )
  found = converter.to_tensors(sequence)
  assert found._fields == ('inputs', 'outputs', 'controls', 'lengths')
  (tensor,) = found.outputs
  assert tensor.dtype == np.float32
  assert tensor.shape == (32, converter.output_depth)
  np.testing.assert_allclose(tensor, sample, atol=1e-5)
  assert found.controls[0].shape == (32, 0) and found.lengths == [32]


@given(hits=drawn_patterns.hits(1, 3), seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_a_played_pattern_is_read_with_its_groove(hits, seed):
  rng = np.random.default_rng(seed)
  groove = grooves.Groove(
      velocities=rng.integers(1, 128, (32, 14)).astype(float),
      offsets=np.clip(rng.uniform(-0.6, 0.6, (32, 14)), -0.49, 0.49),
  )
  sequence = note_sequences.from_patterns(
      hits, dynamics=played_patterns.as_played(groove)
  )
  back, played = played_patterns.read(sequence)
  np.testing.assert_array_equal(back, hits)
  shape = hits.shape
  np.testing.assert_array_equal(
      played.velocities[hits],
      np.broadcast_to(groove.velocities, shape)[hits],
  )
  expected = np.array(np.broadcast_to(groove.offsets, shape))
  expected[0, 0] = np.maximum(expected[0, 0], 0)
  np.testing.assert_allclose(
      played.offsets[hits], expected[hits], atol=1e-6
  )


def test_a_note_before_the_start_is_on_the_first_step_and_early():
  sequence = note_seq.NoteSequence()
  sequence.tempos.add(qpm=120)
  for start, velocity in ((-0.03125, 90), (0.03125, 60), (0.25, 127)):
    sequence.notes.add(
        start_time=start, end_time=start + 0.125, pitch=36, velocity=velocity,
        is_drum=True, instrument=9,
    )
  (tensor,) = groove_converter.GrooveConverter().to_tensors(sequence).outputs
  # A sixteenth lasts 0.125 s. Of two the louder counts; early is above 0.
  np.testing.assert_allclose(tensor[0, [0, 9, 18]], [1, 90 / 127, 0.5])
  np.testing.assert_allclose(tensor[2, [0, 9, 18]], [1, 1, 0])
  assert tensor.sum() == pytest.approx(1 + 90 / 127 + 0.5 + 2)


def test_voices_that_groove_vae_lacks_are_folded_and_none_is_lost():
  hits = drawn_patterns.hits_of(cowbell=[0], conga=[4], ride=[8])
  converter = groove_converter.GrooveConverter()
  (tensor,) = converter.to_tensors(
      note_sequences.from_patterns(hits)
  ).outputs
  names = converter.voice_names
  assert set(zip(*np.nonzero(tensor[:, :9]))) == {
      (0, names.index('snare')), (4, names.index('high_tom')),
      (8, names.index('ride')),
  }
  # And written in pitches that its converter knows.
  (sequence,) = converter.from_tensors([tensor])
  assert [note.pitch for note in sequence.notes] == [38, 50, 51]


def test_what_does_not_sound_gives_nothing():
  converter = groove_converter.GrooveConverter()
  assert converter.to_tensors(note_seq.NoteSequence()) == ([], [], [], [])
  assert converter.to_tensors(
      note_sequences.from_patterns(np.zeros((2, 32, 14), np.bool_))
  ) == ([], [], [], [])
  assert not converter.from_tensors([])
  bad = note_sequences.from_patterns(drawn_patterns.hits_of(kick=[0]))
  bad.quantization_info.steps_per_second = 3
  assert converter.to_tensors(bad) == ([], [], [], [])


@pytest.mark.parametrize('make', [
    groove_converter.GrooveConverter, pattern_converter.PatternConverter,
])
@pytest.mark.parametrize('meter, is_read', [
    ((3, 4), False), ((5, 4), False), ((6, 8), False), ((4, 4), True),
    ((2, 4), True), ((2, 2), True),
])
def test_drums_in_other_meters_alone_give_nothing(make, meter, is_read):
  waltz = note_sequences.from_patterns(
      np.tile(drawn_patterns.hits_of(kick=[0, 12, 24], snare=[4, 8]), (3, 1, 1))
  )
  waltz.time_signatures[0].numerator = meter[0]
  waltz.time_signatures[0].denominator = meter[1]
  assert bool(make().to_tensors(waltz).outputs) == is_read


def test_attributes_are_those_that_music_vae_reads():
  nine = groove_converter.GrooveConverter()
  depths = nine.input_depth, nine.output_depth, nine.control_depth
  assert depths == (27, 27, 0)
  assert nine.end_token is None
  assert groove_converter.GrooveConverter(voices.NAMES).output_depth == 42
  assert repr(nine).startswith('GrooveConverter(classes=9')


def test_voices_that_are_none_are_refused():
  with pytest.raises(errors.InputError, match='kik'):
    groove_converter.GrooveConverter(['kik'])
  with pytest.raises(errors.InputError, match='each once'):
    groove_converter.GrooveConverter(['kick', 'kick'])
  with pytest.raises(errors.InputError, match='none'):
    groove_converter.GrooveConverter([])
