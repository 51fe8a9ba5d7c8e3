"""Magenta's drum classes: its integers for sets of drums, and our voices.

drums_rnn's `drum_kit` and MusicVAE's `cat-drums` play nine classes of drums;
the integer of a step has bit `i` for class `i`, in the order of note_seq's
DEFAULT_DRUM_TYPE_PITCHES: the drum map `note_seq9`, in another order.
A *roll* has a bool for each class. MusicVAE's `nade-drums_2bar_full` has a
class for each of 61 pitches; what gm14 lacks is read as `note_seq9` has it.
"""

import functools
import types

import numpy as np

from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

DRUM_MAP = 'note_seq9'
# Steps of a quarter note, by drums_rnn's configurations.
STEPS_PER_QUARTER = types.MappingProxyType({'one_drum': 2, 'drum_kit': 4})
# What note_seq writes each class as: kick, snare, closed and open hi-hat, low,
# mid and high tom, crash, ride.
_PITCHES = (36, 38, 42, 46, 45, 48, 50, 49, 51)
NUM_CLASSES = len(_PITCHES)
# FULL_DRUM_PITCH_CLASSES of magenta.models.music_vae.data (2.1.4).
_FULL_PITCHES = (
    36, 35, 38, 27, 28, 31, 32, 33, 34, 37, 39, 40, 56, 65, 66, 75, 85, 42, 44,
    54, 68, 69, 70, 71, 73, 78, 80, 46, 67, 72, 74, 79, 81, 45, 29, 41, 61, 64,
    84, 48, 47, 60, 63, 77, 86, 87, 50, 30, 43, 62, 76, 83, 49, 55, 57, 58, 51,
    52, 53, 59, 82,
)
NUM_FULL_CLASSES = len(_FULL_PITCHES)


@functools.cache
def voices_of_classes() -> np.ndarray:
  """The voice of each class, int64 `[9]`."""
  drum_map = drum_maps.load(DRUM_MAP)
  return drum_map.voice_of_pitch[list(_PITCHES)].astype(np.int64)


@functools.cache
def _voices_of_full_classes() -> np.ndarray:
  """The voice of each of the 61 classes, int64 `[61]`."""
  gm14 = drum_maps.load(drum_maps.GM14).voice_of_pitch[list(_FULL_PITCHES)]
  nine = drum_maps.load(DRUM_MAP).voice_of_pitch[list(_FULL_PITCHES)]
  return np.where(gm14 == drum_maps.NO_VOICE, nine, gm14).astype(np.int64)


def hits_to_rolls(
    hits: np.ndarray, num_classes: int = NUM_CLASSES
) -> np.ndarray:
  """Returns which classes are struck, where a voice without one is folded in.

  Args:
    hits: bool `[..., 14]`.
    num_classes: `NUM_CLASSES`, or `NUM_FULL_CLASSES` for a class a pitch.

  Returns:
    bool `[..., num_classes]`.
  """
  if num_classes == NUM_CLASSES:
    folded = drum_maps.load(DRUM_MAP).folded(np.asarray(hits, np.bool_))
    return folded[..., voices_of_classes()]
  rolls = np.zeros((*hits.shape[:-1], NUM_FULL_CLASSES), np.bool_)
  for voice, pitch in enumerate(voices.EXEMPLAR_PITCHES):
    rolls[..., _FULL_PITCHES.index(pitch)] = hits[..., voice]
  return rolls


def rolls_to_hits(rolls: np.ndarray) -> np.ndarray:
  """Returns hits, bool `[..., 14]`, of rolls of 9 or 61 classes."""
  owners = voices_of_classes()
  if rolls.shape[-1] != NUM_CLASSES:
    owners = _voices_of_full_classes()
  hits = np.zeros((*rolls.shape[:-1], voices.NUM_VOICES), np.bool_)
  for number, voice in enumerate(owners):
    hits[..., voice] |= rolls[..., number]
  return hits


def codes_to_classes(codes: np.ndarray) -> np.ndarray:
  """Returns Magenta's integers, int64 in [0, 512), of step codes."""
  rolls = hits_to_rolls(step_codes.step_codes_to_rows(np.asarray(codes)))
  return rolls @ (1 << np.arange(NUM_CLASSES))


def classes_to_codes(classes: np.ndarray) -> np.ndarray:
  """Returns step codes, uint16, of Magenta's integers in [0, 512)."""
  bits = np.asarray(classes)[..., None] >> np.arange(NUM_CLASSES) & 1
  return step_codes.rows_to_step_codes(rolls_to_hits(bits > 0))
