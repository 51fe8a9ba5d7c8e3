"""Tests for music_proto."""

import importlib.util
import subprocess
import sys

import note_seq
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import music_proto

_BEFORE_NOTE_SEQ = """
import sys
from drumspace_ext.notes import music_proto
ours = music_proto.note_sequence_class()
print('note_seq' in sys.modules, 'librosa' in sys.modules)
import warnings
warnings.simplefilter('ignore')
import note_seq
print(ours is note_seq.NoteSequence)
print(isinstance(ours(), note_seq.NoteSequence))
"""


def test_the_class_is_that_of_note_seq_when_it_comes_first():
  assert music_proto.note_sequence_class() is note_seq.NoteSequence


def test_the_class_is_that_of_note_seq_when_it_comes_later():
  done = subprocess.run(
      [sys.executable, '-c', _BEFORE_NOTE_SEQ],
      capture_output=True, text=True, check=True, timeout=300,
  )
  assert done.stdout.split() == ['False', 'False', 'True', 'True']


@pytest.fixture(name='without_note_seq')
def _without_note_seq(monkeypatch):
  """Makes music_proto look for note_seq as if nobody had imported it."""
  monkeypatch.delitem(sys.modules, 'note_seq.protobuf.music_pb2')
  music_proto._module.cache_clear()
  yield monkeypatch
  music_proto._module.cache_clear()


@pytest.mark.usefixtures('without_note_seq')
def test_the_class_is_that_of_note_seq_when_it_is_read_from_its_file():
  assert music_proto.note_sequence_class() is note_seq.NoteSequence


def test_a_missing_note_seq_is_named(without_note_seq):
  without_note_seq.setattr(importlib.util, 'find_spec', lambda name: None)
  with pytest.raises(errors.InputError, match='pip install note-seq'):
    music_proto.note_sequence_class()
