"""Tests for playing_stages, and for --groove at the end of a chain."""

import drawn_patterns
from hypothesis import given
from hypothesis import settings
import numpy as np
import pytest

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import played_patterns
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import grooves
from drumspace_ext.pipelines import playing_stages
from drumspace_ext.pipelines import registry as stage_registry
from drumspace_ext.pipelines import stages

_BEAT = drawn_patterns.hits_of(
    kick=(0, 8, 16, 24), snare=(4, 12, 20, 28), closed_hat=range(0, 32, 2),
    cowbell=(2,),
)


def _played(velocity=40.0, offset=0.25):
  return dynamics.Dynamics(groove=lambda hits: grooves.Groove(
      velocities=np.full(hits.shape, velocity),
      offsets=np.full(hits.shape, offset),
  ))


@given(hits=drawn_patterns.hits(1, 1), drum_map=drawn_patterns.MAPS)
@settings(max_examples=40)
def test_a_pattern_is_played_and_stays_itself(hits, drum_map):
  sequence = note_sequences.from_patterns(
      hits[0], drum_map=drum_map, repeats=3, qpm=97, sequence_id='one',
      genres=['jazz'],
  )
  sequence.text_annotations.add(text='kept')
  stage = playing_stages.PatternPlayer(_played(), drum_map=drum_map)
  (played,) = stage.transform(sequence)
  before, after = (
      stages.pattern_of(s, drum_map) for s in (sequence, played)
  )
  np.testing.assert_array_equal(before[0], after[0])
  assert before[1] == after[1]
  assert {note.velocity for note in played.notes} <= {40}
  expected = [note.start_time + 15 / 97 / 4 for note in sequence.notes]
  np.testing.assert_allclose(
      [note.start_time for note in played.notes], expected
  )
  assert played.id == 'one' and played.total_time == sequence.total_time
  assert list(played.sequence_metadata.genre) == ['jazz']
  assert played.text_annotations == sequence.text_annotations


@pytest.mark.parametrize('kinds, voices_out, drum_map, last', [
    (['bars'], None, 'gm14', 'groove'),
    (['bars', 'drums_rnn'], None, 'note_seq9', 'drums_rnn'),
    (['bars'], 'groovae9', 'groovae9', 'voices'),
])
def test_what_comes_out_of_a_chain_is_played(
    tmp_path, kinds, voices_out, drum_map, last
):
  source = tmp_path / 'in.tfrecord'
  with source.open('wb') as stream:
    tfrecords.write(stream, [
        note_sequences.from_patterns(_BEAT).SerializeToString()
    ])

  def run(name, **playing):
    done = drumspace_ext.run_pipeline(
        source, tmp_path / name, kinds, voices_out=voices_out, **playing
    )
    (record,) = tfrecords.read(done.paths['patterns.tfrecord'])
    return done, note_sequences.parse(record)

  own = drum_maps.load(drum_map)
  done, played = run('played', groove='shipped:groove', swing=0.2)
  assert list(done.report['stages'])[-1] == last
  _, straight = run('straight')
  for sequence in played, straight:
    np.testing.assert_array_equal(
        stages.pattern_of(sequence, own)[0], own.folded(_BEAT)
    )
  assert {note.velocity for note in straight.notes} == {100}
  assert len({note.velocity for note in played.notes}) > 5
  # Strength is of velocity, and of timing.
  _, half = run('half', groove='shipped:groove', groove_strength=(0.5, 0))
  hits, groove = played_patterns.read(half, drum_map=own)
  assert not groove.offsets[hits].any()
  _, whole = played_patterns.read(
      run('whole', groove='shipped:groove')[1], drum_map=own
  )
  assert np.abs(whole.offsets[hits]).max() > 0.01
  between = (100 + whole.velocities) / 2
  assert np.abs(groove.velocities - between)[hits].max() <= 1


@pytest.mark.parametrize('kinds, voices_out', [
    (['bars', 'drums_rnn'], None), (['bars'], 'groovae9'),
])
def test_a_chain_plays_a_beat_with_the_voices_that_it_has(kinds, voices_out):
  asked = []

  def play(hits):
    asked.append(hits[0])
    return _played().groove(hits)

  chain = stage_registry.make(kinds, stage_registry.Options(
      dynamics=dynamics.Dynamics(groove=play),
      voices_out=drum_maps.load(voices_out) if voices_out else None,
  ))
  (sequence,) = chain[0].transform(note_sequences.from_patterns(_BEAT))
  (written,) = chain[1].transform(sequence)
  assert asked
  for hits in asked:
    np.testing.assert_array_equal(hits, _BEAT)
  assert {note.velocity for note in written.notes} == {40}


def test_a_chain_without_a_groove_has_no_stage_for_it():
  chain = stage_registry.make(['bars'], stage_registry.Options())
  assert [stage.name for stage in chain] == ['bars']
  with pytest.raises(errors.InputError, match='takes a NoteSequence'):
    playing_stages.PatternPlayer(_played()).transform(3)
