"""Tests for pattern_stages."""

import drawn_patterns
import hypothesis
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest
import synthetic_songs

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.extraction import one_input
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.pipelines import pattern_stages
from drumspace_ext.pipelines import stages

_BEAT = drawn_patterns.hits_of(
    kick=(0, 6, 16, 22), snare=(4, 12, 20, 28), closed_hat=range(0, 32, 2)
)
_PULSE = drawn_patterns.hits_of(kick=range(0, 32, 4))


def _song(number):
  return midi_sequences.to_note_sequence(
      synthetic_songs.to_midi(synthetic_songs.random_song(number)),
      filename=f'{number}.mid',
  )


def _classes(sequences):
  return {
      step_codes.canonical(
          step_codes.hits_to_step_codes(stages.pattern_of(sequence)[0])
      ).tobytes() for sequence in sequences
  }


def test_loops_are_those_of_extraction_and_all_is_accounted_for():
  stage = pattern_stages.LoopExtractor()
  kept = 0
  for number in range(60):
    song = _song(number)
    result = one_input.extract_sequence(song, '', one_input.Recipe())
    found = stage.transform(song)
    assert _classes(found) == {
        step_codes.bytes_to_codes(loop.canonical).tobytes()
        for loop in result.loop_counts
    }
    # One of each rotation class.
    assert len(_classes(found)) == len(found)
    assert stage.counts['inputs'] == 1
    assert (not found) == bool(stage.rejection)
    if result.reason:
      assert stage.rejection.reason == result.reason
      assert stage.counts[f'rejected_{result.reason}'] == 1
    for name, count in result.counts.items():
      assert stage.counts[name] == count
    assert stage.histograms == (
        {'dropped_pitches': result.dropped_pitches}
        if result.dropped_pitches else {}
    )
    assert stage.classes == {loop.canonical for loop in result.loop_counts}
    kept += len(found)
  assert kept > 20


def test_one_loop_in_two_phases_comes_once_in_the_phase_of_most_loops():
  beat = step_codes.hits_to_step_codes(_BEAT)
  other = step_codes.step_codes_to_hits(step_codes.rotate(beat, 16))
  gap = np.zeros((2, 32, 14), np.bool_)
  song = note_sequences.from_patterns(np.concatenate([
      np.stack([other] * 3), gap, np.stack([_BEAT] * 3), gap,
      np.stack([other] * 4),
  ]))
  (found,) = pattern_stages.LoopExtractor().transform(song)
  np.testing.assert_array_equal(stages.pattern_of(found)[0], other)


def test_repeats_and_recipe_reach_the_loops():
  song = note_sequences.from_patterns(_BEAT, repeats=3)
  for note in song.notes:
    note.is_drum = False
  stage = pattern_stages.LoopExtractor()
  assert not stage.transform(song)
  assert 'try --assume_drums' in stage.rejection.detail
  stage = pattern_stages.LoopExtractor(
      one_input.Recipe(assume_drums=True), repeats=4
  )
  (found,) = stage.transform(song)
  assert stages.pattern_of(found)[1] == 4
  assert found.total_time == 4 * 4.0


def test_drum_tracks_have_the_hosts_classes():
  hits = drawn_patterns.hits_of(
      floor_tom=(0, 3), low_tom=(5,), high_tom=(9,), cowbell=(11,),
      kick=(20, 24, 28), open_hat=(2, 6, 10),
  )
  song = note_sequences.from_patterns(hits, repeats=3)
  stage = pattern_stages.DrumTrackExtractor(repeats=2)
  (track,) = stage.transform(song)
  assert stage.output_type is note_seq.DrumTrack
  events = {step: set(event) for step, event in enumerate(track) if event}
  expected = {
      0: {45}, 3: {45}, 5: {48}, 9: {50}, 11: {38}, 20: {36}, 24: {36},
      28: {36}, 2: {46}, 6: {46}, 10: {46},
  }
  assert events == expected | {s + 32: e for s, e in expected.items()}
  gm14 = drum_maps.load('gm14')
  (track,) = pattern_stages.DrumTrackExtractor(drum_map=gm14).transform(song)
  assert set(track[0]) == {41} and len(track) == 32


@hypothesis.given(hits=drawn_patterns.hits(1, 4))
def test_bars_are_cut_from_the_start(hits):
  stage = pattern_stages.BarCutter()
  found = stage.transform(note_sequences.from_patterns(hits, qpm=151))
  if not hits.any():
    assert stage.rejection.reason == 'no_drum_notes'
    return
  np.testing.assert_array_equal(
      np.stack([stages.pattern_of(sequence)[0] for sequence in found]), hits
  )
  assert [sequence.id.rpartition('/')[2] for sequence in found] == [
      str(number) for number in range(1, len(hits) + 1)
  ]


def test_bars_read_pitches_as_the_recipe_says():
  # An output of drums_rnn: 48 is its mid tom, which we call low.
  nine = drum_maps.load('note_seq9')
  hits = drawn_patterns.hits_of(low_tom=(0, 4), high_tom=(8,), floor_tom=(30,))
  played = note_sequences.from_patterns(hits, drum_map=nine)
  right = pattern_stages.BarCutter(one_input.Recipe(drum_map=nine))
  np.testing.assert_array_equal(
      stages.pattern_of(right.transform(played)[0])[0], hits
  )
  wrong = pattern_stages.BarCutter().transform(played)
  assert (stages.pattern_of(wrong[0])[0] != hits).any()


@hypothesis.given(hits=drawn_patterns.hits(1, 1), drum_map=drawn_patterns.MAPS)
def test_mapper_writes_what_the_map_has_room_for(hits, drum_map):
  sequence = note_sequences.from_patterns(hits, repeats=2)
  sequence.text_annotations.add(text='kept')
  stage = pattern_stages.VoiceMapper(drum_map)
  (mapped,) = stage.transform(sequence)
  found, repeats = stages.pattern_of(mapped, drum_map)
  np.testing.assert_array_equal(found, drum_map.folded(hits[0]))
  assert repeats == 2
  assert stage.counts['hits'] == hits.sum()
  assert stage.counts['hits_lost'] == hits.sum() - found.sum()
  assert [annotation.text for annotation in mapped.text_annotations] == ['kept']


def test_drums_rnn_writer_tiles_and_refuses_bars_of_silence():
  stage = pattern_stages.DrumsRnnWriter()
  beat = note_sequences.from_patterns(_BEAT)
  beat.text_annotations.add(text='kept')
  (written,) = stage.transform(beat)
  nine = drum_maps.load('note_seq9')
  found, repeats = stages.pattern_of(written, nine)
  np.testing.assert_array_equal(found, _BEAT)
  assert repeats == 4
  assert len(written.text_annotations) == 1
  six = pattern_stages.DrumsRnnWriter(repeats=6).transform(beat)
  assert stages.pattern_of(six[0], nine)[1] == 6
  for hits, detail in (
      (drawn_patterns.hits_of(kick=(0, 4, 8, 15)), '16 silent steps'),
      (drawn_patterns.hits_of(kick=(10, 11, 20)), '21 silent steps'),
      (drawn_patterns.hits_of(), 'all silent'),
  ):
    assert not stage.transform(note_sequences.from_patterns(hits))
    assert stage.rejection.reason == 'bar_of_silence'
    assert detail in stage.rejection.detail
  assert stage.transform(note_sequences.from_patterns(
      drawn_patterns.hits_of(kick=(0, 4, 8, 16))
  ))


def test_filter_lets_through_what_is_neither_trivial_nor_known(tmp_path):
  path = tmp_path / 'dataset.tsv'
  codes = step_codes.hits_to_step_codes(_BEAT)
  rotated = step_codes.rotate(codes, 5)
  path.write_text(','.join(map(str, rotated.tolist())) + '\n')
  beat, pulse, other = (
      note_sequences.from_patterns(hits) for hits in (_BEAT, _PULSE, ~_BEAT)
  )
  stage = pattern_stages.PatternFilter()
  assert stage.transform(beat) == [beat]
  assert stage.transform(beat)[0] is beat
  assert not stage.transform(pulse)
  assert stage.rejection.reason == 'trivial_pattern'
  classes = step_codes.class_digests(codes[None])
  for stage in (
      pattern_stages.PatternFilter(examples_path=str(path)),
      pattern_stages.PatternFilter(known_classes=classes),
  ):
    assert not stage.transform(beat)
    assert stage.rejection.reason == 'known_pattern'
    assert stage.transform(other) == [other]
  with pytest.raises(errors.InputError, match='not both'):
    pattern_stages.PatternFilter(
        examples_path=str(path), known_classes=classes
    )


def test_missing_examples_are_the_callers_mistake():
  stage = pattern_stages.PatternFilter(examples_path='/no/such/thing')
  with pytest.raises(errors.InputError, match='does not exist'):
    stage.transform(note_sequences.from_patterns(_BEAT))


def test_every_reason_of_a_stage_has_words():
  for reason in ('not_one_pattern', 'bar_of_silence', 'trivial_pattern',
                 'known_pattern', 'no_variation'):
    assert reason in rejections.REASONS


@hypothesis.given(
    hits=drawn_patterns.hits(max_size=4), shifts=st.lists(st.integers(0, 31)),
)
def test_each_rotation_class_comes_once(hits, shifts):
  stage, kept = pattern_stages.UniquePatterns(), []
  codes = step_codes.hits_to_step_codes(hits)
  rotated = [np.roll(codes[i % len(codes)], s) for i, s in enumerate(shifts)]
  for row in [*codes, *rotated]:
    sequence = note_sequences.from_patterns(step_codes.step_codes_to_hits(row))
    outputs = stage.transform(sequence)
    if outputs:
      assert outputs == [sequence]
      kept.append(row)
    else:
      assert stage.rejection.reason == 'repeated_pattern'
  classes = step_codes.canonical(np.array(kept))
  assert len(np.unique(classes, axis=0)) == len(kept)
  assert len(kept) == len(np.unique(step_codes.canonical(codes), axis=0))


def test_new_stage_has_seen_nothing():
  sequence = note_sequences.from_patterns(_BEAT, repeats=4)
  for _ in range(2):
    stage = pattern_stages.UniquePatterns()
    assert stage.transform(sequence) == [sequence]
    assert stage.transform(sequence) == []
