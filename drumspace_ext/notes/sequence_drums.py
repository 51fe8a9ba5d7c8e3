"""Sequence drums: the drum notes of a NoteSequence, or why there are none."""

import itertools
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.notes import drum_parts
from drumspace_ext.notes import packed_notes
from drumspace_ext.notes import sequence_times

if typing.TYPE_CHECKING:
  import note_seq

# The track index that note_seq and Magenta give to drums.
DRUM_INSTRUMENT = 9
# What MIDI tells by channels is a part here: its notes are drums that play
# beside those of channel 10.
SECOND_PART, SECOND_KIT = 1, 'drum kit beside channel 10'


def add_second_kit(sequence: 'note_seq.NoteSequence') -> None:
  """Says that notes of `SECOND_PART` are of a second kit."""
  sequence.part_infos.add(part=SECOND_PART, name=SECOND_KIT)


def _has_second_kit(sequence) -> bool:
  return any(
      info.part == SECOND_PART and info.name == SECOND_KIT
      for info in sequence.part_infos
  )


def mark(
    sequence: 'note_seq.NoteSequence', parts: drum_parts.DrumParts
) -> None:
  """Makes drums of the notes of parts that are named, and of no others."""
  own = _instruments(sequence, parts)
  for note in sequence.notes:
    note.is_drum = note.instrument in own


def rows(
    sequence: 'note_seq.NoteSequence', *, assume_drums: bool = False,
    parts: drum_parts.DrumParts = drum_parts.MARKED, min_velocity: int = 1,
    notes: packed_notes.Notes | None = None,
) -> tuple[np.ndarray, tuple[str, ...]]:
  """Returns the drum notes that sound, and what a person should know of them.

  Args:
    sequence: A NoteSequence.
    assume_drums: Take all notes as drums.
    parts: Instruments that hold drums, if any are named.
    min_velocity: Notes of less are left out.
    notes: Its notes where it has none itself; only for marked drums.

  Returns:
    (notes, remarks): float64 `[num_notes, 3]` of start, pitch and velocity; the
    start is a step where steps count (`sequence_times`), else in seconds. Where
    a second kit plays, `[num_notes, 4]`: 1 for its notes, else 0.

  Raises:
    RejectedInputError: If there are none.
  """
  has_second = not (parts or assume_drums) and _has_second_kit(sequence)
  if notes is not None:
    table = _packed_table(sequence, notes, has_second)
  else:
    table = _table(sequence, assume_drums, parts, has_second)
  if not len(table):
    raise errors.RejectedInputError(
        'no_drum_notes', _without_drums(sequence)
    )
  remarks = []
  sounds = table[:, 2] > 0
  if not sounds.all():
    remarks.append(f'{int((~sounds).sum())} drum notes of velocity 0')
    table = table[sounds]
    if not len(table):
      raise errors.RejectedInputError('silent_notes', remarks[0])
  if min_velocity > 1:
    loudest = int(table[:, 2].max())
    table = table[table[:, 2] >= min_velocity]
    if not len(table):
      raise drum_parts.too_soft(min_velocity, loudest)
  # The protobuf has room for pitches that MIDI does not have.
  is_pitch = (table[:, 1] >= 0) & (table[:, 1] < 128)
  if not is_pitch.all():
    remarks.append(f'{int((~is_pitch).sum())} notes of no MIDI pitch')
    table = table[is_pitch]
  return table, tuple(remarks)


def _packed_table(
    sequence, notes: packed_notes.Notes, has_second: bool
) -> np.ndarray:
  is_quantized = sequence_times.is_quantized(sequence, notes)
  start = 'quantized_start_step' if is_quantized else 'start_time'
  if not has_second:
    return notes.drums(start, 'pitch', 'velocity')
  table = notes.drums(start, 'pitch', 'velocity', 'part')
  table[:, 3] = table[:, 3] == SECOND_PART
  return table


def _table(
    sequence, assume_drums: bool, parts: drum_parts.DrumParts, has_second: bool
) -> np.ndarray:
  if parts and not assume_drums:
    own = _instruments(sequence, parts)
    notes = [n for n in sequence.notes if n.instrument in own]
    assume_drums = True
  else:
    notes = sequence.notes
  # Reading the fields of a note is what costs here: read each once.
  if sequence_times.is_quantized(sequence):
    found = [
        (n.quantized_start_step, n.pitch, n.velocity) for n in notes
        if n.is_drum or assume_drums
    ]
  else:
    found = [
        (n.start_time, n.pitch, n.velocity) for n in notes
        if n.is_drum or assume_drums
    ]
  # Number by number, which takes half the time of row by row.
  values = itertools.chain.from_iterable(found)
  table = np.fromiter(values, np.float64, 3 * len(found)).reshape(-1, 3)
  if not has_second:
    return table
  return np.column_stack(
      [table, [n.part == SECOND_PART for n in notes if n.is_drum]]
  )


def pitches(
    sequence: 'note_seq.NoteSequence', *, assume_drums: bool = False
) -> np.ndarray:
  """Returns those of all drum notes that sound, int64 `[num_notes]`.

  Args:
    sequence: A NoteSequence.
    assume_drums: Take all notes as drums.
  """
  return np.array([
      n.pitch for n in sequence.notes
      if (n.is_drum or assume_drums) and n.velocity > 0 and 0 <= n.pitch < 128
  ], np.int64)


def _instruments(sequence, parts: drum_parts.DrumParts) -> set[int]:
  """Returns the instruments that hold drums, by number or name."""
  names = {info.instrument: info.name for info in sequence.instrument_infos}
  return {
      instrument for instrument in {n.instrument for n in sequence.notes}
      if parts.have(instrument + 1, names.get(instrument, ''))
  }


def _without_drums(sequence) -> str:
  pitches = [note.pitch for note in sequence.notes]
  if not pitches:
    return 'it holds no note at all'
  detail = (
      f'{len(pitches)} notes, pitches {min(pitches)}-{max(pitches)}, none of '
      'them is_drum'
  )
  own = [n.pitch for n in sequence.notes if n.instrument == DRUM_INSTRUMENT]
  if own and len(own) == len(pitches):
    return (
        f'{detail}, all of instrument {DRUM_INSTRUMENT}, that of drums: try '
        '--assume_drums'
    )
  if own:
    return (
        f'{detail}; instrument {DRUM_INSTRUMENT}, that of drums, holds '
        f'{len(own)} notes, pitches {min(own)} to {max(own)}: mark these '
        f'is_drum, or give --drum_channels={DRUM_INSTRUMENT + 1}'
    )
  named = {
      info.instrument: info.name for info in sequence.instrument_infos
      if drum_parts.is_called_drums(info.name)
  }
  for instrument, name in sorted(named.items()):
    own = [n.pitch for n in sequence.notes if n.instrument == instrument]
    if own and drum_parts.look_like_drums(own):
      part = f'track {name!r}, instrument {instrument},'
      return f'{detail}; {drum_parts.hint(part, own, None, name)}'
  if min(pitches) >= 27 and max(pitches) <= 87:
    detail += ': try --assume_drums'
  return detail
