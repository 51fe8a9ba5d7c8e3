"""Sequence audio: loops and whole NoteSequences as audio, within limits.

What all functions return has `blocks()`, float32 `[num_samples, 2]` each, the
`num_samples` of all and their `sample_rate`.
"""

from collections.abc import Callable
import typing

import numpy as np

from drumspace_ext import defaults
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import remapping
from drumspace_ext.notes import sequence_drums
from drumspace_ext.notes import sequence_times
from drumspace_ext.notes import song_limits
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import map_fit
from drumspace_ext.sound import mixing
from drumspace_ext.sound import rendering
from drumspace_ext.sound import soundfonts

if typing.TYPE_CHECKING:
  import note_seq

# What the last notes have to fade with a SoundFont.
_FADE_S = 2.0


def _check_hits(count: int) -> None:
  song_limits.check(count, song_limits.MAX_AUDIO_HITS, 'hits in audio')


def _check_times(sequence: 'note_seq.NoteSequence', limit: int) -> None:
  song_limits.check_seconds(sequence.total_time, limit)
  for note in sequence.notes:
    song_limits.check_seconds(note.start_time, limit)


def loop(
    hits: np.ndarray, *, qpm: float,
    dynamics: dynamics_lib.Dynamics | None = None, kit: str = defaults.KIT,
) -> mixing.Mix:
  """Renders patterns by the package's kit, as a seamless loop.

  Args:
    hits: bool `[num_patterns, 32, 14]`.
    qpm: Tempo in quarter notes per minute.
    dynamics: How hits are played; all alike and on the grid if None.
    kit: One of `kit.NAMES`.

  Raises:
    RejectedInputError: If it is too long.
  """
  song_limits.check_seconds(
      rendering.seconds_of(hits, qpm), rendering.MAX_SECONDS
  )
  _check_hits(int(hits.sum()))
  return rendering.mix_hits(hits, qpm=qpm, dynamics=dynamics, kit=kit)


def loop_by(
    soundfont: soundfonts.SoundFont, twice: Callable[[], bytes], seconds: float
) -> soundfonts.Rendered:
  """Renders a loop by a SoundFont.

  Args:
    soundfont: What it sounds by.
    twice: Gives the bytes of a MIDI file that plays it two times.
    seconds: How long it is.

  Raises:
    RejectedInputError: If it is too long.
    InputError: If the SoundFont is damaged.
  """
  song_limits.check_seconds(2 * seconds, song_limits.MAX_SOUNDFONT_S)
  # What sounds on from the first time is heard in the second.
  length = rendering.num_samples_of(seconds, soundfonts.SAMPLE_RATE)
  return soundfont.render_parts(twice(), first=length, num_samples=length)


def song(
    sequence: 'note_seq.NoteSequence', *,
    drum_map: drum_maps.DrumMap | None = None, assume_drums: bool = False,
    kit: str = defaults.KIT,
) -> mixing.Mix:
  """Renders the drums of a NoteSequence by the package's kit.

  Args:
    sequence: A NoteSequence, by its seconds or its steps (`sequence_times`).
    drum_map: How its pitches are read; `gm14` if None.
    assume_drums: Take all notes as drums.
    kit: One of `kit.NAMES`.

  Raises:
    RejectedInputError: If it has no drums, or is too long.
  """
  sequence = sequence_times.in_seconds(sequence)
  _check_times(sequence, rendering.MAX_SECONDS)
  drum_map = drum_map or drum_maps.load(drum_maps.GM14)
  if drum_map.chooses:
    drum_map = map_fit.chosen(
        drum_map, sequence_drums.pitches(sequence, assume_drums=assume_drums)
    )
  voice_of_pitch = drum_map.voice_of_pitch
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
  _check_hits(len(rows))
  starts, struck, velocities = map(np.array, zip(*rows))
  return rendering.mix_notes(starts, struck, velocities, kit=kit)


def song_by(
    soundfont: soundfonts.SoundFont, sequence: 'note_seq.NoteSequence'
) -> soundfonts.Rendered:
  """Renders all instruments of a NoteSequence by a SoundFont.

  Args:
    soundfont: What it sounds by.
    sequence: A NoteSequence, by its seconds or its steps (`sequence_times`).

  Raises:
    RejectedInputError: If it is too long, or its times are unusable.
    InputError: If the SoundFont is damaged.
  """
  sequence = sequence_times.in_seconds(sequence)
  _check_times(sequence, song_limits.MAX_SOUNDFONT_S)
  longer = type(sequence)()
  longer.CopyFrom(sequence)
  longer.total_time += _FADE_S
  return soundfont.render_parts(midi_writing.note_sequence_to_midi(longer))
