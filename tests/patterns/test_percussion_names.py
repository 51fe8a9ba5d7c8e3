"""Tests for percussion_names."""

import pretty_midi
import pytest

from drumspace_ext.patterns import percussion_names
from drumspace_ext.patterns import voices


def _words(name):
  return sorted(name.lower().replace('hi ', 'high ').replace('-', ' ').split())


def test_names_are_those_of_general_midi():
  differing = []
  for pitch in range(35, 82):
    number, _, name = percussion_names.named(pitch).partition(' ')
    assert number == str(pitch)
    if _words(name) != _words(pretty_midi.note_number_to_drum_name(pitch)):
      differing.append(pitch)
  assert len(differing) < 8


@pytest.mark.parametrize(('pitch', 'text'), [
    (69, '69 Cabasa'), ('70', '70 Maracas'), (27, '27 High Q'),
    (87, '87 Open Surdo'), (26, '26'), (88, '88'), (0, '0'),
])
def test_a_pitch_is_named_where_it_has_a_name(pitch, text):
  assert percussion_names.named(pitch) == text


def test_pitches_of_voices_keep_their_number_alone():
  for pitches in voices.PITCHES.values():
    for pitch in pitches:
      assert percussion_names.of_no_voice(pitch) == str(pitch)
  assert percussion_names.of_no_voice(70) == '70 Maracas'
