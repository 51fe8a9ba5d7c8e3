"""Tests for written_hits."""

import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import played_datasets

from drumspace_ext.notes import midi_reading
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import played_patterns
from drumspace_ext.notes import written_hits
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import voices


def _of(hits, drum_map, **playing):
  rows = hits.reshape(-1, voices.NUM_VOICES)
  return written_hits.of_rows(
      rows, drum_map=drum_map, velocity=100, **{'dynamics': None, **playing}
  )


@given(hits=drawn_patterns.hits(1, 2), drum_map=drawn_patterns.MAPS,
       seed=st.integers(0, 2**32))
@settings(max_examples=60)
def test_of_voices_that_become_one_the_loudest_counts_then_the_earliest(
    hits, drum_map, seed
):
  rng = np.random.default_rng(seed)
  # Few different ones, so that some are as loud as others.
  velocities = rng.integers(1, 4, (32, 14)) * 40.0
  offsets = rng.choice([-0.25, 0.0, 0.125], (32, 14))
  dynamics = played_datasets.dynamics_of(velocities, offsets)
  expected = {}
  for step, voice in zip(*np.nonzero(hits.reshape(-1, 14))):
    target = drum_map.write_as[voice]
    if target != drum_maps.NO_VOICE:
      late = offsets[step % 32, voice] if step else max(offsets[0, voice], 0)
      expected.setdefault((step, target), []).append(
          (-velocities[step % 32, voice], late)
      )
  found = _of(hits, drum_map, dynamics=dynamics)
  steps = np.floor(found.starts + 0.5).astype(int)
  cells = list(zip(steps.tolist(), found.voices.tolist()))
  assert cells == sorted(expected)
  played = [(-v, late) for v, late in zip(
      found.velocities.tolist(), (found.starts - steps).tolist()
  )]
  assert played == [min(expected[cell]) for cell in cells]
  # Both ways out read back as that.
  sequence = note_sequences.from_patterns(
      hits, drum_map=drum_map, dynamics=dynamics
  )
  back, groove = played_patterns.read(sequence, drum_map=drum_map)
  at = steps // 32, steps % 32, found.voices
  assert back.sum() == len(cells) and back[at].all()
  np.testing.assert_array_equal(groove.velocities[at], found.velocities)
  np.testing.assert_allclose(groove.offsets[at], found.starts - steps)
  if cells:
    onsets = midi_reading.read_onsets(midi_writing.patterns_to_midi(
        hits, drum_map=drum_map, dynamics=dynamics
    ))
    assert sorted(onsets.velocities) == sorted(found.velocities)
    np.testing.assert_allclose(
        np.sort(onsets.quarters * 4), np.sort(found.starts)
    )


@given(hits=drawn_patterns.hits(1, 2), drum_map=drawn_patterns.MAPS)
def test_straight_hits_are_those_that_a_reader_sees(hits, drum_map):
  found = _of(hits, drum_map)
  rows = np.zeros((len(hits) * 32, 14), np.bool_)
  rows[found.starts, found.voices] = True
  np.testing.assert_array_equal(
      rows.reshape(hits.shape), drum_map.folded(hits)
  )
  assert (found.ends == found.starts + 1).all()
  assert (found.velocities == 100).all()


@given(hits=drawn_patterns.hits(1, 2), drum_map=drawn_patterns.MAPS,
       seed=st.integers(0, 2**32))
def test_a_note_makes_room_for_the_next_of_its_voice(hits, drum_map, seed):
  rng = np.random.default_rng(seed)
  found = _of(hits, drum_map, dynamics=played_datasets.dynamics_of(
      np.full((32, 14), 90.0), rng.uniform(-0.5, 0.5, (32, 14))
  ))
  assert (found.ends > found.starts).all()
  assert found.ends.max(initial=0) <= len(hits) * 32
  for voice in range(14):
    own = found.voices == voice
    assert (found.ends[own][:-1] <= found.starts[own][1:]).all()


def test_a_cowbell_written_as_a_snare_stays_as_soft_as_it_was():
  hits = drawn_patterns.hits_of(cowbell=(2,), snare=(4,), kick=(2, 4))
  velocities = np.full((32, 14), 100.0)
  velocities[2, voices.INDEX['cowbell']] = 33
  offsets = np.zeros((32, 14))
  offsets[2, voices.INDEX['cowbell']] = 0.2
  found = _of(
      hits, drum_maps.load('groovae9'),
      dynamics=played_datasets.dynamics_of(velocities, offsets),
  )
  assert found.voices.tolist() == [0, 1, 0, 1]
  assert found.velocities.tolist() == [100, 33, 100, 100]
  np.testing.assert_allclose(found.starts, [2, 2.2, 4, 4])
