"""Sequence audio: whole NoteSequences as audio, to their last sound."""

import math
import typing

import numpy as np

from drumspace_ext import drum_maps
from drumspace_ext import errors
from drumspace_ext import midi_writing
from drumspace_ext import remapping
from drumspace_ext import sequence_drums
from drumspace_ext import sequence_times
from drumspace_ext import sound
from drumspace_ext import soundfonts

if typing.TYPE_CHECKING:
  import note_seq

# What the last notes have to fade with a SoundFont.
_FADE_S = 2.0


def validate_length(seconds: float) -> None:
  """Raises RejectedInputError for what is no length, or too long for audio."""
  if not math.isfinite(seconds):
    raise errors.RejectedInputError('bad_times', f'it takes {seconds} seconds')
  if seconds > sound.MAX_SECONDS:
    raise errors.RejectedInputError('too_large', f'{seconds:,.0f} seconds')


def _validate_times(sequence: 'note_seq.NoteSequence') -> None:
  validate_length(sequence.total_time)
  for note in sequence.notes:
    validate_length(note.start_time)


def render(
    sequence: 'note_seq.NoteSequence', *,
    drum_map: drum_maps.DrumMap | None = None, assume_drums: bool = False,
) -> np.ndarray:
  """Renders the drums of a NoteSequence by the package's kit.

  Args:
    sequence: A NoteSequence, by its seconds or its steps (`sequence_times`).
    drum_map: How its pitches are read; `gm14` if None.
    assume_drums: Take all notes as drums.

  Returns:
    float32 `[num_samples, 2]` at `sound.SAMPLE_RATE`.

  Raises:
    RejectedInputError: If it has no drums, or is too long.
  """
  sequence = sequence_times.in_seconds(sequence)
  _validate_times(sequence)
  voice_of_pitch = (
      drum_map or drum_maps.load(drum_maps.GM14)
  ).voice_of_pitch
  rows = [
      (note.start_time, int(voice_of_pitch[note.pitch]), note.velocity)
      for note in sequence.notes
      if (note.is_drum or assume_drums) and 0 < note.velocity < 128
      and 0 <= note.pitch < len(voice_of_pitch)
  ]
  rows = [row for row in rows if row[1] != drum_maps.NO_VOICE]
  if not rows:
    found, _ = sequence_drums.rows(sequence, assume_drums=assume_drums)
    raise remapping.without_voice(found[:, 1].astype(int).tolist())
  return sound.render_notes(*map(np.array, zip(*rows)))


def render_with(
    soundfont: soundfonts.SoundFont, sequence: 'note_seq.NoteSequence'
) -> np.ndarray:
  """Renders all instruments of a NoteSequence by a SoundFont.

  Args:
    soundfont: What it sounds by.
    sequence: A NoteSequence, by its seconds or its steps (`sequence_times`).

  Returns:
    float32 `[num_samples, 2]` at `soundfonts.SAMPLE_RATE`.

  Raises:
    RejectedInputError: If it is too long, or its times are unusable.
    InputError: If the SoundFont is damaged.
  """
  sequence = sequence_times.in_seconds(sequence)
  _validate_times(sequence)
  longer = type(sequence)()
  longer.CopyFrom(sequence)
  longer.total_time += _FADE_S
  return sound.limited(
      soundfont.render(midi_writing.note_sequence_to_midi(longer))
  )
