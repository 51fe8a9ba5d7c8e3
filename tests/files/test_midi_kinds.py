"""Tests for files.midi_kinds."""

import hypothesis
from hypothesis import strategies as st
import pytest

from drumspace_ext.files import midi_kinds


@hypothesis.given(st.text())
def test_what_is_safe_stays_and_has_no_space(text):
  safe = midi_kinds.safe_letters(text)
  assert midi_kinds.safe_letters(safe) == safe
  assert not set(safe) & set(' /\\:*?"<>|\n\0\ufe0f')


@pytest.mark.parametrize(('name', 'safe'), [
    ('songs/a b<c>.MID', 'a_b_c'), ('नमस्ते ताल.mid', 'नमस्ते_ताल'),
    ('Be\u0301same.mid', 'B\u00e9same'), ('\u2764\ufe0f.mid', ''),
])
def test_names_keep_letters_of_any_script_and_their_marks(name, safe):
  assert midi_kinds.safe_name(name) == safe
