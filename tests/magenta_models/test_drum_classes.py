"""Tests of Magenta's drum classes, against note_seq's own encoding."""

import hypothesis
from hypothesis import strategies as st
import note_seq
import numpy as np

from drumspace_ext.magenta_models import drum_classes
from drumspace_ext.notes import drum_tracks
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes

_CODES = st.lists(
    st.integers(0, step_codes.NUM_CODES - 1), min_size=1, max_size=20
).map(lambda codes: np.array(codes, np.uint16))


def test_every_class_comes_back():
  classes = np.arange(512)
  codes = drum_classes.classes_to_codes(classes)
  assert codes.dtype == np.uint16 and len(set(codes.tolist())) == 512
  np.testing.assert_array_equal(drum_classes.codes_to_classes(codes), classes)


def test_classes_are_note_seqs():
  encoding = note_seq.MultiDrumOneHotEncoding()
  drum_map = drum_maps.load(drum_classes.DRUM_MAP)
  for number in range(512):
    codes = drum_classes.classes_to_codes(np.array([number]))
    (event,) = drum_tracks.codes_to_events(codes, drum_map)
    assert event == encoding.decode_event(number)
    assert encoding.encode_event(event) == number


@hypothesis.given(_CODES)
def test_a_voice_without_a_class_is_folded_as_the_drum_map_says(codes):
  folded = drum_maps.load(drum_classes.DRUM_MAP).folded(
      step_codes.step_codes_to_rows(codes)
  )
  np.testing.assert_array_equal(
      drum_classes.classes_to_codes(drum_classes.codes_to_classes(codes)),
      step_codes.rows_to_step_codes(folded),
  )


def test_by_hand():
  # Kick and snare are bits 0 and 1; the closed hi-hat is bit 2, the open one 3.
  codes = np.array([0, 0b1, 0b10, 0b100, 1 << 5, 0b11], np.uint16)
  np.testing.assert_array_equal(
      drum_classes.codes_to_classes(codes), [0, 1, 2, 4, 8, 3]
  )
