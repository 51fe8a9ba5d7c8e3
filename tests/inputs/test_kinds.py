"""Tests for inputs.kinds."""

import gzip

import builders
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest

from drumspace_ext.files import tfrecords
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.notes import note_sequences

_KINDS = {
    input_kinds.NOTE_SEQUENCE, input_kinds.SEQUENCE_EXAMPLE,
    input_kinds.EXAMPLE, input_kinds.UNKNOWN,
}
_NAMES = st.lists(
    st.text('abcdefghij_/ 0', min_size=1, max_size=12), min_size=1, max_size=4
)
_TEXTS = st.text(max_size=20)

# Feature{int64_list {value: 1, 300}} and Feature{float_list {value: 1.0}}.
_INT64_FEATURE = builders.field(3, builders.field(1, b'\x01\xac\x02'))
_FLOAT_FEATURE = builders.field(2, builders.field(1, b'\0\0\x80\x3f'))


def _example(names, feature=_INT64_FEATURE):
  return builders.field(1, builders.feature_map(names, feature))


def _sequence_example(names, feature=_INT64_FEATURE, context=b''):
  lists = builders.feature_map(names, builders.field(1, feature) * 3)
  return context + builders.field(2, lists)


@pytest.mark.parametrize('packed', [bytes, gzip.compress])
def test_shard_without_a_record_is_a_tfrecord(tmp_path, packed):
  for name, content, expected in (
      ('songs-00000-of-00002', tfrecords.frame(b'x'), input_kinds.TFRECORD),
      ('songs-00001-of-00002', b'', input_kinds.TFRECORD),
      ('songs-00001-of-00002', b'x', None),
      ('songs', b'', None),
  ):
    path = tmp_path / name
    path.write_bytes(packed(content))
    assert input_kinds.kind_of_file(path) == expected


@given(names=_NAMES, feature=st.sampled_from([_INT64_FEATURE, _FLOAT_FEATURE]))
@settings(max_examples=50)
def test_examples_are_told_by_their_maps_of_features(names, feature):
  assert input_kinds.of_record(_example(names, feature)) == 'Example'
  for context in (b'', builders.field(1, b''), _example(names)):
    record = _sequence_example(names, feature, context)
    assert input_kinds.of_record(record) == 'SequenceExample'


@given(
    texts=st.tuples(_TEXTS, _TEXTS, _TEXTS), num_notes=st.integers(0, 3),
    genres=st.lists(_TEXTS, max_size=2),
)
@settings(max_examples=50)
def test_note_sequences_are_told_whatever_they_are_called(
    texts, num_notes, genres
):
  sequence = note_seq.NoteSequence(
      id=texts[0], filename=texts[1], collection_name=texts[2]
  )
  for _ in range(num_notes):
    sequence.notes.add(pitch=36, velocity=90, end_time=1)
  sequence.sequence_metadata.genre.extend(genres)
  record = sequence.SerializeToString()
  assert input_kinds.of_record(record) == 'NoteSequence'


@given(record=st.binary(max_size=60))
@settings(max_examples=200)
def test_any_bytes_are_of_some_kind(record):
  assert input_kinds.of_record(record) in _KINDS
  assert input_kinds.of_record(b'\x0a' + record) in _KINDS


def test_what_this_package_writes_is_a_note_sequence():
  hits = np.zeros((32, 14), np.bool_)
  hits[0, 0] = True
  sequence = note_sequences.from_patterns(
      hits, sequence_id='x', genres=['rock']
  )
  record = sequence.SerializeToString()
  assert input_kinds.of_record(record) == 'NoteSequence'


def test_what_drums_rnn_trains_on_is_a_sequence_example():
  # Its feature lists are called inputs and labels; its context is empty.
  record = _sequence_example(['inputs', 'labels'])
  assert record.startswith(b'\x12')
  assert b'\x0a\x06inputs\x12' in record
  assert input_kinds.of_record(record) == 'SequenceExample'


def test_an_example_of_any_length_is_told():
  # Lengths of 128 and more have two bytes, the first of which may hold 0.
  for size in range(100, 300):
    assert input_kinds.of_record(_example(['a' * size])) == 'Example'


@pytest.mark.parametrize(
    'record',
    [
        b'hello', b'\xff' * 12, _example(['a'])[:-1], b'\x0a',
        builders.field(1, b'\xff\xfe'), builders.field(7, b'x') + b'\0',
        b'\x0a' + b'\xff' * 11,
    ],
)
def test_junk_is_of_unknown_kind(record):
  assert input_kinds.of_record(record) == 'unknown'


@pytest.mark.parametrize(
    'record',
    [
        # Like an Example, but for a third field, a wrong map, a name of bytes.
        _example(['a']) + builders.field(3, b''),
        builders.field(1, builders.field(2, b'ab')),
        builders.field(1, builders.field(1, b'')),
        builders.field(1, builders.field(1, builders.field(1, b'\xff'))),
        builders.field(1, builders.field(1, builders.field(3, b'a'))),
    ],
)
def test_what_is_nearly_an_example_is_none(record):
  assert input_kinds.of_record(record) in ('unknown', 'NoteSequence')
