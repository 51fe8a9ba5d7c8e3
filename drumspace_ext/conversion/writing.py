"""Writing: items as MIDI, audio, NoteSequences and tiled patterns.

A whole NoteSequence is written as it is, its pitches by the drum maps; patterns
are written on their grid.
"""

from collections.abc import Iterator
import math
import typing

import numpy as np

from drumspace_ext.conversion import pack_names
from drumspace_ext.conversion import reading
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.notes import remapping
from drumspace_ext.notes import sequence_times
from drumspace_ext.notes import song_limits
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import step_codes
from drumspace_ext.sound import rendering
from drumspace_ext.sound import sequence_audio

if typing.TYPE_CHECKING:
  import note_seq

_DEFAULT_QPM = onsets_lib.DEFAULT_QPM


def _remapped(
    item: reading.Item, options: reading.Options
) -> 'note_seq.NoteSequence':
  return remapping.remapped(
      item.sequence, voices_in=options.voices_in,
      voices_out=options.voices_out, assume_drums=options.assume_drums,
  )


def qpm_of(item: reading.Item, options: reading.Options) -> float:
  """Returns the tempo that the patterns of an item are written at.

  That is what is asked for, or else its own: of a NoteSequence the first that
  it has, unless its folder knows better.
  """
  low, high = note_sequences.QPM_LIMITS
  if options.qpm is not None:
    return options.qpm
  if item.origin is not None and not math.isnan(item.origin.qpm):
    return min(max(item.origin.qpm, low), high)
  if item.sequence is not None:
    return note_sequences.qpm_of(item.sequence)
  return _DEFAULT_QPM


def _is_whole(item: reading.Item, options: reading.Options) -> bool:
  return item.sequence is not None and options.tile is None


def is_song(item: reading.Item, options: reading.Options) -> bool:
  """Says whether an item is played as it is, and not as a beat of a pack."""
  return _is_whole(item, options) and item.origin is None


def sounds_in_part(item: reading.Item, options: reading.Options) -> bool:
  """Says whether audio of an item has its drums, and leaves out other notes."""
  if item.sequence is None or not is_song(item, options):
    return False
  kinds = {note.is_drum for note in item.sequence.notes}
  return len(kinds) > 1 and not (options.soundfont or options.assume_drums)


def dynamics_of(
    item: reading.Item, options: reading.Options
) -> dynamics_lib.Dynamics | None:
  """Returns how the patterns of an item are played."""
  if options.dynamics is None or item.origin is None:
    return options.dynamics
  return options.dynamics.of_genres([item.origin.genre])


def lacks_swing(item: reading.Item, options: reading.Options) -> bool:
  """Says whether an item is to swing by its genre, and nothing knows that."""
  dynamics = options.dynamics
  return dynamics is not None and dynamics.swings_by_genre and not (
      item.origin is not None and item.origin.genre
  )


def title_of(item: reading.Item, options: reading.Options) -> str:
  """Returns what an item is called where it is heard."""
  if item.origin is None:
    return item.name
  return pack_names.of(item.origin, qpm_of(item, options)).title


def to_midi(
    item: reading.Item, options: reading.Options, *, repeats: int = 1
) -> bytes:
  """Returns an item as the bytes of a MIDI file.

  Args:
    item: What is to be written.
    options: How.
    repeats: How many times its patterns are played, all of them in turn.
  """
  if is_song(item, options):
    return midi_writing.note_sequence_to_midi(_remapped(item, options))
  return midi_writing.patterns_to_midi(
      tiled_patterns(item, options),
      qpm=qpm_of(item, options), drum_map=options.voices_out,
      name=title_of(item, options), dynamics=dynamics_of(item, options),
      repeats=repeats,
  )


def to_wav(item: reading.Item, options: reading.Options) -> Iterator[bytes]:
  """Returns an item as the bytes of a WAV file, in parts.

  Patterns are seamless loops, exactly as long as their bars. A whole
  NoteSequence sounds to its end: its drums by the package's kit, all its
  instruments by a SoundFont.

  Args:
    item: What is to be written.
    options: How.

  Raises:
    RejectedInputError: At once, if it is too long, or has no drums.
  """
  soundfont = options.soundfont
  if not is_song(item, options):
    hits, qpm = tiled_patterns(item, options), qpm_of(item, options)
    seconds = rendering.seconds_of(hits, qpm)
    audio = sequence_audio.loop_by(
        soundfont, lambda: to_midi(item, options, repeats=2), seconds
    ) if soundfont else sequence_audio.loop(
        hits, qpm=qpm, dynamics=dynamics_of(item, options), kit=options.kit
    )
  elif soundfont:
    audio = sequence_audio.song_by(soundfont, _remapped(item, options))
  else:
    audio = sequence_audio.song(
        item.sequence, drum_map=options.voices_in,
        assume_drums=options.assume_drums, kit=options.kit,
    )
  return rendering.wav_parts(
      audio.blocks(), audio.num_samples, audio.sample_rate
  )


def tiled_patterns(
    item: reading.Item, options: reading.Options
) -> np.ndarray:
  """Returns the patterns of an item, each as often as it is to be played.

  Raises:
    RejectedInputError: If its NoteSequence gives silence alone, or it is too
      much.
  """
  hits, tile = reading.item_patterns(item, options), options.tile or 1
  song_limits.check(
      len(hits) * step_codes.NUM_STEPS * tile, song_limits.MAX_STEPS, 'steps'
  )
  song_limits.check(int(hits.sum()) * tile, song_limits.MAX_EVENTS, 'hits')
  if item.sequence is not None and is_silent(hits, options):
    onsets = note_sequences.to_onsets(
        item.sequence, assume_drums=options.assume_drums
    )
    raise remapping.without_voice(onsets.pitches.tolist())
  return np.repeat(hits, tile, axis=0)


def is_silent(hits: np.ndarray, options: reading.Options) -> bool:
  """Says whether patterns have no hit that could be written."""
  drum_map = options.voices_out or drum_maps.load(drum_maps.GM14)
  return not drum_map.folded(hits).any()


def to_record(item: reading.Item, options: reading.Options) -> bytes:
  """Returns an item as the bytes of a NoteSequence."""
  if _is_whole(item, options):
    sequence = sequence_times.in_seconds(_remapped(item, options))
  else:
    sequence = note_sequences.from_patterns(
        tiled_patterns(item, options),
        qpm=qpm_of(item, options), drum_map=options.voices_out,
        sequence_id=f'/id/drumspace/{item.name}',
        dynamics=dynamics_of(item, options),
    )
    if item.sequence is not None:
      sequence.id = item.sequence.id or sequence.id
      sequence.filename = item.sequence.filename
      sequence.collection_name = item.sequence.collection_name
  return sequence.SerializeToString(deterministic=True)
