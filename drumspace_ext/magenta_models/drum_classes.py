"""Magenta's drum classes: its integers for sets of drums, and our voices.

drums_rnn's `drum_kit` and MusicVAE's `cat-drums` play nine classes of drums;
the integer of a step has bit `i` for class `i`, in the order of note_seq's
DEFAULT_DRUM_TYPE_PITCHES. They are the drum map `note_seq9`, in another order.
"""

import functools
import types

import numpy as np

from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes

DRUM_MAP = 'note_seq9'
# Steps of a quarter note, by drums_rnn's configurations.
STEPS_PER_QUARTER = types.MappingProxyType({'one_drum': 2, 'drum_kit': 4})
# What note_seq writes each class as: kick, snare, closed and open hi-hat, low,
# mid and high tom, crash, ride.
_PITCHES = (36, 38, 42, 46, 45, 48, 50, 49, 51)
NUM_CLASSES = len(_PITCHES)


@functools.cache
def voices_of_classes() -> np.ndarray:
  """The voice of each class, int64 `[9]`."""
  drum_map = drum_maps.load(DRUM_MAP)
  return drum_map.voice_of_pitch[list(_PITCHES)].astype(np.int64)


def hits_to_rolls(hits: np.ndarray) -> np.ndarray:
  """Returns which classes are struck, where a voice without one is folded in.

  Args:
    hits: bool `[..., 14]`.

  Returns:
    bool `[..., 9]`.
  """
  folded = drum_maps.load(DRUM_MAP).folded(np.asarray(hits, np.bool_))
  return folded[..., voices_of_classes()]


def rolls_to_hits(rolls: np.ndarray) -> np.ndarray:
  """Returns hits, bool `[..., 14]`, of classes struck, bool `[..., 9]`."""
  hits = np.zeros((*rolls.shape[:-1], step_codes.NUM_VOICES), np.bool_)
  hits[..., voices_of_classes()] = rolls
  return hits


def codes_to_classes(codes: np.ndarray) -> np.ndarray:
  """Returns Magenta's integers, int64 in [0, 512), of step codes."""
  rolls = hits_to_rolls(step_codes.step_codes_to_rows(np.asarray(codes)))
  return rolls @ (1 << np.arange(NUM_CLASSES))


def classes_to_codes(classes: np.ndarray) -> np.ndarray:
  """Returns step codes, uint16, of Magenta's integers in [0, 512)."""
  bits = np.asarray(classes)[..., None] >> np.arange(NUM_CLASSES) & 1
  return step_codes.rows_to_step_codes(rolls_to_hits(bits > 0))
