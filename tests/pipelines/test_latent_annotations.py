"""Tests for latent_annotations."""

import hypothesis
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.pipelines import latent_annotations

_WEIGHTS = '0123456789abcdef'
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@hypothesis.given(z=st.lists(_NUMBERS, max_size=8))
def test_every_float_comes_back_exactly(z):
  sequence = note_seq.NoteSequence()
  latent_annotations.write(sequence, np.array(z), _WEIGHTS)
  record = sequence.SerializeToString()
  back = latent_annotations.read(note_seq.NoteSequence.FromString(record))
  assert back.dtype == np.float64
  assert back.tolist() == z


def test_vector_stands_in_the_documented_form():
  sequence = note_seq.NoteSequence()
  latent_annotations.write(sequence, np.array([0.5, -1.25]), _WEIGHTS)
  (annotation,) = sequence.text_annotations
  assert annotation.text == (
      'drumspace_latent {"weights": "0123456789abcdef", "z": [0.5, -1.25]}'
  )
  assert annotation.time == 0
  assert annotation.annotation_type == annotation.UNKNOWN
  assert latent_annotations.short_digest(4 * _WEIGHTS) == _WEIGHTS


def test_a_checkpoint_has_one_vector_and_others_stay():
  sequence = note_seq.NoteSequence()
  sequence.text_annotations.add(text='Am', time=2)
  for z, weights in (([1.0], 'a'), ([2.0], 'b'), ([3.0], 'a')):
    latent_annotations.write(sequence, np.array(z), weights)
  assert len(sequence.text_annotations) == 3
  assert sequence.text_annotations[0].text == 'Am'
  assert sequence.text_annotations[0].time == 2
  assert latent_annotations.read(sequence, 'a').tolist() == [3.0]
  assert latent_annotations.read(sequence, 'b').tolist() == [2.0]
  assert latent_annotations.read(sequence, 'c') is None
  with pytest.raises(errors.InputError, match='2 checkpoints .*a, b.*which'):
    latent_annotations.read(sequence)


def test_no_vector_is_none():
  assert latent_annotations.read(note_seq.NoteSequence()) is None


@pytest.mark.parametrize('text', [
    '', '{', '[]', '{"z": [1]}', '{"weights": "a"}',
    '{"weights": "a", "z": 1}', '{"weights": "a", "z": ["x"]}',
    '{"weights": "a", "z": [[1]]}', '{"weights": "a", "z": [NaN]}',
    '[' * 20_000, '{"weights": "a", "z": [' + '1,' * 40_000 + '1]}',
])
def test_damaged_annotation_is_refused(text):
  sequence = note_seq.NoteSequence()
  sequence.text_annotations.add(text=latent_annotations.PREFIX + text)
  with pytest.raises(errors.InputError, match='expected an annotation such'):
    latent_annotations.read(sequence)


@pytest.mark.parametrize('z', [np.nan, [np.inf], [[1.0]], 3.0])
def test_what_is_no_vector_is_not_written(z):
  sequence = note_seq.NoteSequence()
  with pytest.raises(errors.InputError, match='vector of finite numbers'):
    latent_annotations.write(sequence, np.array(z), _WEIGHTS)
  assert not sequence.text_annotations
