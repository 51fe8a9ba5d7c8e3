"""Primers: the beat behind which a model plays on.

A primer is step codes of any length, with the tempo that it has. It comes from
Magenta's two flags (a text, a MIDI file) or from any beat of ours. A MIDI file
is heard to its last hit, a beat of ours to the end of its two bars.
"""

from collections.abc import Sequence
import dataclasses

import numpy as np

from drumspace_ext import errors
from drumspace_ext.conversion import named_patterns
from drumspace_ext.files import local_paths
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import grids
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import map_fit
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

MAX_STEPS = 1 << 14
_MAX_MIDI_BYTES = 16 << 20


@dataclasses.dataclass(frozen=True)
class Primer:
  """A beat of any length.

  Attributes:
    codes: Step codes, uint16 `[num_steps]`, at least one.
    qpm: Its tempo in quarter notes a minute; None if it has none.
  """

  codes: np.ndarray
  qpm: float | None = None


def default() -> Primer:
  """Returns what drums_rnn begins with where it is given nothing: a kick."""
  return Primer(np.array([1 << voices.INDEX['kick']], np.uint16))


def from_text(text: str, drum_map: drum_maps.DrumMap) -> Primer:
  """Reads a Python list of tuples of pitches; nothing in it is evaluated.

  Raises:
    InputError: If it is none.
  """
  return _checked(drum_tracks.events_to_codes(
      drum_tracks.parse_primer(text), drum_map
  ))


def from_midi(
    name: local_paths.Name, drum_map: drum_maps.DrumMap
) -> Primer:
  """Reads a MIDI file: its drums, or all its notes if it has none.

  Raises:
    InputError: If it can't be read or holds no note of the drum map.
  """
  path = local_paths.expand(name)
  try:
    if path.stat().st_size > _MAX_MIDI_BYTES:
      raise errors.InputError(f'{path} is too large to be a primer.')
    sequence = midi_sequences.to_note_sequence(path.read_bytes())
    # Magenta takes all notes of a primer as drums.
    only_drums = any(note.is_drum and note.velocity for note in sequence.notes)
    onsets = note_sequences.to_onsets(sequence, assume_drums=not only_drums)
    drum_map = map_fit.chosen(drum_map, onsets.pitches)
    codes = grids.hit_grid(onsets, drum_map.code_of_pitch)
  except OSError as e:
    raise errors.InputError(
        f"{path} can't be read: {e.strerror or e}. Check --primer_midi."
    ) from e
  except errors.RejectedInputError as e:
    raise errors.InputError(f'{path} gives no primer: {e}.') from e
  if not codes.any():
    raise errors.InputError(
        f'{path} gives no primer: none of its notes is one of {drum_map.name}. '
        'Try another --voices_in.'
    )
  return _checked(codes, note_sequences.qpm_of(sequence))


def from_beats(
    values: Sequence[str], drum_map: drum_maps.DrumMap
) -> Primer:
  """Reads a beat of two bars, named as `named_patterns.read_beats` has it.

  Raises:
    InputError: If it is none, or not the only one.
  """
  found = named_patterns.read_beats(values, drum_map=drum_map)
  if len(found) > 1:
    raise errors.InputError(
        f'a primer is one beat, got {len(found)}. Name a line of a dataset as '
        'dataset.tsv:LINE, or give a whole MIDI file by --primer_midi.'
    )
  return Primer(step_codes.hits_to_step_codes(found[0]))


def _checked(codes: np.ndarray, qpm: float | None = None) -> Primer:
  if not 1 <= len(codes) <= MAX_STEPS:
    raise errors.InputError(
        f'a primer has 1 to {MAX_STEPS} steps, got {len(codes)}.'
    )
  return Primer(codes, qpm)
