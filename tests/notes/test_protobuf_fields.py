"""Tests for protobuf_fields."""

import hypothesis
from hypothesis import strategies as st
import note_seq
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import protobuf_fields
from drumspace_ext.notes import song_limits


@hypothesis.given(
    notes=st.integers(0, 9), tempos=st.integers(0, 9), most=st.integers(0, 20)
)
def test_outermost_fields_are_counted(notes, tempos, most):
  sequence = note_seq.NoteSequence(id='a', total_time=1)
  for _ in range(notes):
    sequence.notes.add(pitch=36, start_time=1)
  for _ in range(tempos):
    sequence.tempos.add(qpm=90)
  data = sequence.SerializeToString()
  assert len(list(protobuf_fields.fields(data))) == notes + tempos + 2
  assert protobuf_fields.has_more_than(data, most) == (
      notes + tempos + 2 > most
  )


@hypothesis.given(
    number=st.integers(1, 1000), value=st.integers(0, 2**64 - 1),
    content=st.binary(max_size=300),
)
def test_what_is_written_comes_back(number, value, content):
  data = protobuf_fields.whole(number, value)
  data += protobuf_fields.delimited(number, content)
  whole, (back, kind, start, end) = protobuf_fields.fields(data)
  assert whole[:2] == (number, protobuf_fields.VARINT)
  assert protobuf_fields.varint(data, whole[2]) == (value, whole[3])
  assert (back, kind) == (number, protobuf_fields.LENGTH_DELIMITED)
  assert data[start:end] == content


@hypothesis.given(data=st.binary(max_size=40))
def test_any_bytes_are_fields_or_an_error_of_two_kinds(data):
  try:
    ends = [end for *_, end in protobuf_fields.fields(data)]
  except (IndexError, ValueError):
    return
  assert ends == sorted(ends)
  assert not data or ends[-1] == len(data)


def test_a_record_of_more_fields_than_a_song_has_is_not_unpacked(monkeypatch):
  monkeypatch.setattr(song_limits, 'MAX_RECORD_FIELDS', 3)
  note_sequences.parse(b'\x2a\x00' * 3)
  with pytest.raises(errors.RejectedInputError, match='too_large: 8 bytes'):
    note_sequences.parse(b'\x2a\x00' * 4)
  monkeypatch.setattr(song_limits, 'MAX_RECORD_BYTES', 5)
  with pytest.raises(errors.RejectedInputError, match='too_large: 6 bytes'):
    note_sequences.parse(b'\x2a\x00' * 3)
