"""Tests for stages: what every stage promises."""

import drawn_patterns
import hypothesis
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.notes import note_sequences
from drumspace_ext.pipelines import stages


class _Twice(stages.Stage):
  """Gives its input twice, or what it is told to raise."""

  def _outputs(self, sequence):
    if sequence.id == 'bad':
      raise errors.RejectedInputError('no_loop', 'as told')
    self._counts['seen'] += 3
    yield sequence
    yield sequence


def test_counts_are_of_the_last_transform_alone():
  stage = _Twice()
  good, bad = note_seq.NoteSequence(), note_seq.NoteSequence(id='bad')
  assert stage.counts == {}
  first = None
  for _ in range(3):
    outputs = stage.transform(good)
    assert outputs == [good, good] and isinstance(outputs, list)
    assert stage.counts == {'inputs': 1, 'outputs': 2, 'seen': 3}
    assert stage.rejection is None
    first = first or stage.counts
  assert stage.transform(bad) == []
  assert stage.counts == {'inputs': 1, 'outputs': 0, 'rejected_no_loop': 1}
  assert stage.rejection.reason in rejections.REASONS
  assert stage.rejection.detail == 'as told'
  # What was handed out does not change behind one's back.
  assert first == {'inputs': 1, 'outputs': 2, 'seen': 3}
  with pytest.raises(TypeError):
    first['inputs'] = 2
  stage.transform(good)
  assert stage.rejection is None


def test_stage_is_called_by_its_class_or_as_one_likes():
  assert _Twice().name == '_Twice'
  assert _Twice('x').name == 'x'
  assert _Twice().input_type is _Twice().output_type is note_seq.NoteSequence


@pytest.mark.parametrize('wrong', [None, b'', 'song.mid', np.zeros((32, 14))])
def test_input_of_another_type_is_the_callers_mistake(wrong):
  with pytest.raises(errors.InputError, match='takes a NoteSequence, got a'):
    _Twice().transform(wrong)


@hypothesis.given(hits=drawn_patterns.hits(1, 1))
def test_pattern_of_tiled_patterns_is_the_pattern(hits):
  for repeats in (1, 2, 5):
    sequence = note_sequences.from_patterns(hits, repeats=repeats, qpm=83.7)
    found, count = stages.pattern_of(sequence)
    np.testing.assert_array_equal(found, hits[0])
    assert count == repeats


def test_several_patterns_are_not_one():
  beat = drawn_patterns.hits_of(kick=(0, 8))
  two = np.stack([beat, ~beat])
  with pytest.raises(errors.RejectedInputError, match='2 times two bars'):
    stages.pattern_of(note_sequences.from_patterns(two))


def test_cut_end_is_silence():
  # As drums_rnn leaves it: 29 steps where 32 were asked for.
  beat = drawn_patterns.hits_of(kick=(0, 8, 28))
  sequence = note_sequences.from_patterns(beat)
  sequence.total_time = max(note.end_time for note in sequence.notes)
  assert round(sequence.total_time * 8) == 29
  found, repeats = stages.pattern_of(sequence)
  np.testing.assert_array_equal(found, beat)
  assert repeats == 1


def test_derived_sequence_keeps_its_origin():
  beat = drawn_patterns.hits_of(kick=(0, 8))
  song = note_seq.NoteSequence(
      id='/id/a', filename='rock/a.mid', collection_name='mine'
  )
  song.tempos.add(qpm=97.5)
  song.sequence_metadata.genre.append('rock')
  derived = stages.derive(song, beat, 'loop/2', repeats=3)
  assert derived.id == '/id/a/loop/2'
  assert derived.filename == 'rock/a.mid'
  assert derived.collection_name == 'mine'
  assert derived.tempos[0].qpm == 97.5
  assert list(derived.sequence_metadata.genre) == ['rock']
  assert stages.pattern_of(derived)[1] == 3
  assert stages.derive(song, beat, 'x', qpm=1e9).tempos[0].qpm == 1000


def test_sequence_without_an_id_is_named_by_its_file_or_content():
  song = note_seq.NoteSequence(filename='a.mid', collection_name='mine')
  assert stages.sequence_name(song) == 'mine/a.mid'
  bare = note_seq.NoteSequence(ticks_per_quarter=220)
  name = stages.sequence_name(bare)
  assert name.startswith('sha1:') and name == stages.sequence_name(bare)
  assert stages.sequence_name(note_seq.NoteSequence()) != name
