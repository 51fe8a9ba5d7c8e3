"""A groove goes out and comes back, and never moves a hit to another step."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import note_seq
import numpy as np
import played_datasets

from drumspace_ext.notes import midi_reading
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes

_GM14 = drum_maps.load(drum_maps.GM14)
_TICK = 1 / 120


@st.composite
def _played(draw):
  """(hits [n, 32, 14], velocities, offsets, how they are played)."""
  shape = draw(st.integers(1, 2)), 32, 14
  seed = draw(st.integers(0, 2**32))
  rng = np.random.default_rng(seed)
  hits = rng.random(shape) < draw(st.sampled_from((0.02, 0.1, 0.6)))
  ends = draw(st.sampled_from(([0.0], [-0.5, 0.5], [-0.49, -0.1, 0.3])))
  velocities = rng.integers(1, 128, shape[1:]).astype(float)
  offsets = rng.choice(ends, shape[1:]) * draw(
      st.sampled_from((1.0, 1.0, 0.37))
  )
  played = played_datasets.dynamics_of(velocities, offsets)
  return hits, velocities, offsets, played


@given(made=_played(), qpm=st.floats(20, 400))
@settings(max_examples=60)
def test_note_seq_quantizes_a_groove_to_the_same_pattern(made, qpm):
  hits, velocities, _, played = made
  sequence = note_sequences.from_patterns(hits, qpm=qpm, dynamics=played)
  quantized = note_seq.quantize_note_sequence(sequence, 4)
  rows = np.zeros((len(hits) * 32, 14), np.bool_)
  for note in quantized.notes:
    voice = int(_GM14.voice_of_pitch[note.pitch])
    rows[note.quantized_start_step, voice] = True
    step = note.quantized_start_step % 32
    assert note.velocity == velocities[step, voice]
  np.testing.assert_array_equal(rows.reshape(hits.shape), hits)
  np.testing.assert_array_equal(
      note_sequences.to_patterns(sequence), hits
  )


@given(made=_played(), qpm=st.floats(20, 400))
@settings(max_examples=60)
def test_a_midi_file_keeps_velocities_and_offsets_within_a_tick(made, qpm):
  hits, velocities, offsets, played = made
  if not hits.any():
    return
  onsets = midi_reading.read_onsets(
      midi_writing.patterns_to_midi(hits, qpm=qpm, dynamics=played)
  )
  rows = hits.reshape(-1, step_codes.NUM_VOICES)
  found = np.zeros(rows.shape, np.bool_)
  for quarter, pitch, velocity in zip(
      onsets.quarters, onsets.pitches, onsets.velocities
  ):
    step, voice = int(np.floor(quarter * 4 + 0.5)), _GM14.voice_of_pitch[pitch]
    assert not found[step, voice]
    found[step, voice] = True
    assert velocity == velocities[step % 32, voice]
    late = offsets[step % 32, voice]
    # What is first can't come before the start.
    late = max(late, 0) if step == 0 else late
    assert abs(quarter * 4 - step - late) <= _TICK + 1e-9
  np.testing.assert_array_equal(found, rows)
