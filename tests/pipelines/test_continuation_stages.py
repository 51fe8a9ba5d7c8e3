"""Tests of the stage that continues."""

import drawn_patterns
import magenta_files
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import note_sequences
from drumspace_ext.pipelines import continuation_stages
from drumspace_ext.pipelines import registry as stage_registry


@pytest.fixture(scope='module', name='bundle')
def _bundle(tmp_path_factory):
  path = tmp_path_factory.mktemp('bundle') / 'kit.mag'
  path.write_bytes(magenta_files.bundle(
      magenta_files.drums_rnn_tensors(), attention=(4, 8)
  ))
  return str(path)


def test_a_pattern_gives_the_next_two_bars_as_often_as_asked_for(bundle):
  stage = continuation_stages.Continuation(bundle, num_outputs=3, seed=5)
  sequence = note_sequences.from_patterns(
      drawn_patterns.hits_of(kick=(0, 8), snare=(4, 12)), repeats=2, qpm=90,
      sequence_id='a',
  )
  made = stage.transform(sequence)
  assert [s.id for s in made] == [f'a/continuation/{i}' for i in (1, 2, 3)]
  for one in made:
    hits = note_sequences.to_patterns(one)
    assert len(hits) == 2 and (hits[0] == hits[1]).all()
    assert one.tempos[0].qpm == 90
  # The same input, the same outputs, whatever came between.
  stage.transform(note_sequences.from_patterns(
      drawn_patterns.hits_of(kick=(0,)), sequence_id='b'
  ))
  assert stage.transform(sequence) == made
  other = continuation_stages.Continuation(bundle, num_outputs=3, seed=6)
  assert any(
      np.any(note_sequences.to_patterns(x) != note_sequences.to_patterns(y))
      for x, y in zip(other.transform(sequence), made)
  )


def test_it_is_a_stage_by_name(bundle):
  (stage,) = stage_registry.make(
      ['continue'], stage_registry.Options(checkpoint=bundle, num_outputs=2)
  )
  assert stage.name == 'continue'
  assert len(stage.transform(note_sequences.from_patterns(
      drawn_patterns.hits_of(kick=(0, 8))
  ))) == 2


def test_failures(bundle):
  with pytest.raises(errors.InputError, match='num_outputs must be'):
    continuation_stages.Continuation(bundle, num_outputs=0)
  with pytest.raises(errors.InputError, match='continue needs a model'):
    stage_registry.make(['continue'], stage_registry.Options())
  stage = continuation_stages.Continuation('shipped:vae')
  with pytest.raises(errors.CheckpointError, match='no model that continues'):
    stage.transform(note_sequences.from_patterns(
        drawn_patterns.hits_of(kick=(0,))
    ))
