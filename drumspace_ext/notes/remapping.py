"""Remapping: whole NoteSequences whose drum notes change their pitches.

Where nothing would sound, the reason is said: an output without a note looks
like success and is none.
"""

import collections
import typing

from drumspace_ext import errors
from drumspace_ext.notes import sequence_drums
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import map_fit

if typing.TYPE_CHECKING:
  import note_seq

_MAX_NAMED = 12


def remapped(
    sequence: 'note_seq.NoteSequence', *,
    voices_in: drum_maps.DrumMap | None = None,
    voices_out: drum_maps.DrumMap | None = None, assume_drums: bool = False,
) -> 'note_seq.NoteSequence':
  """Returns a NoteSequence, its drum pitches led through the maps.

  Args:
    sequence: A NoteSequence; it is left alone.
    voices_in: How pitches are read; `gm14` if None.
    voices_out: How voices are written; likewise.
    assume_drums: Take all notes as drums.

  Returns:
    The NoteSequence itself where there is nothing to do.

  Raises:
    RejectedInputError: If no note of it would sound.
  """
  if not (voices_in or voices_out or assume_drums):
    refuse_silence(sequence)
    return sequence
  gm14 = drum_maps.load(drum_maps.GM14)
  read_with = voices_in or gm14
  if read_with.chooses:
    read_with = map_fit.chosen(
        read_with, sequence_drums.pitches(sequence, assume_drums=assume_drums)
    )
  pitches = (voices_out or gm14).written_pitches
  result = type(sequence)()
  result.CopyFrom(sequence)
  del result.notes[:]
  for note in sequence.notes:
    is_drum = note.is_drum or assume_drums
    voice = drum_maps.NO_VOICE
    if is_drum and 0 <= note.pitch < len(read_with.voice_of_pitch):
      voice = int(read_with.voice_of_pitch[note.pitch])
    if is_drum and (voice == drum_maps.NO_VOICE or pitches[voice] is None):
      continue
    copy = result.notes.add()
    copy.CopyFrom(note)
    if is_drum:
      copy.pitch, copy.is_drum = pitches[voice], True
  if not result.notes:
    refuse_silence(sequence)
    raise without_voice([note.pitch for note in sequence.notes])
  refuse_silence(result)
  return result


def without_voice(pitches: list[int]) -> errors.RejectedInputError:
  """Returns the verdict on drum notes that the drum maps have no room for."""
  found = collections.Counter(pitches)
  named = ', '.join(map(str, sorted(found)[:_MAX_NAMED]))
  return errors.RejectedInputError(
      'no_known_voice', f'{len(pitches)} notes of pitch {named}'
  )


def refuse_silence(sequence: 'note_seq.NoteSequence') -> None:
  """Raises RejectedInputError unless a note of a NoteSequence sounds."""
  notes = sequence.notes
  if any(0 < n.velocity < 128 and 0 <= n.pitch < 128 for n in notes):
    return
  if not notes:
    raise errors.RejectedInputError('no_notes', 'it holds no note at all')
  if any(note.velocity for note in notes):
    raise errors.RejectedInputError(
        'no_notes', f'{len(notes)} notes, none of them a MIDI note'
    )
  drums = 'drum ' if all(note.is_drum for note in notes) else ''
  raise errors.RejectedInputError(
      'silent_notes', f'{len(notes)} {drums}notes of velocity 0'
  )
