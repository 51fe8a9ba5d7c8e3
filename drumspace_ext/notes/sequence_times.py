"""Sequence times: when things happen in a NoteSequence, in one reading.

A NoteSequence has two clocks: seconds, and the steps that a quantizer adds.
note_seq's quantizer leaves both, magenta-js writes steps alone, and programs
that move notes may change one and forget the other. What all readers here
(extraction, patterns, MIDI, audio, records) take for its time is

  its steps, where `quantization_info` says how long one is and a note has any
  (a step 0 is what is left unset),
  else its seconds.

Seconds that say the same as the steps, which is that each note starts nearer to
its own step than to any other, are finer: they are what is played. Where one
disagrees, all seconds are made of the steps, as magenta-js does when it plays.
Steps of unknown length, without seconds, are no time at all.
"""

import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.notes import packed_notes
from drumspace_ext.notes import tempo_maps

if typing.TYPE_CHECKING:
  import note_seq

# Ties between two steps go either way in other quantizers, and seconds carry
# float noise.
_HALF_STEP = 0.5 + 1e-5
# Float noise of a total time, in steps.
_EXACT_STEPS = 1e-5


def is_quantized(
    sequence: 'note_seq.NoteSequence',
    notes: packed_notes.Notes | None = None,
) -> bool:
  """Says whether the steps of a NoteSequence count.

  Args:
    sequence: A NoteSequence.
    notes: Its notes where it has none itself.

  Raises:
    RejectedInputError: If it has steps of unknown length and no seconds.
  """
  info = sequence.quantization_info
  if info.steps_per_quarter > 0 or info.steps_per_second > 0:
    return _has_steps(sequence, notes)
  if _has_seconds(sequence, notes) or not _has_steps(sequence, notes):
    return False
  raise errors.RejectedInputError(
      'unknown_steps', _without_length(sequence, notes)
  )


def _has_steps(sequence, notes: packed_notes.Notes | None) -> bool:
  if notes is not None:
    return notes.have('quantized_end_step') or (
        notes.have('quantized_start_step')
    )
  return any(
      note.quantized_end_step or note.quantized_start_step
      for note in sequence.notes
  )


def _has_seconds(
    sequence, notes: packed_notes.Notes | None = None
) -> bool:
  if notes is not None:
    return notes.have('end_time') or notes.have('start_time')
  return any(note.end_time or note.start_time for note in sequence.notes)


def _without_length(sequence, notes: packed_notes.Notes | None) -> str:
  if notes is not None:
    count, last = len(notes), notes.largest('quantized_end_step')
  else:
    count = len(sequence.notes)
    last = max(note.quantized_end_step for note in sequence.notes)
  return f'{count} notes in {last} steps, all at 0 seconds'


class _Steps:
  """Steps to and from seconds, at the tempos of a NoteSequence."""

  def __init__(self, sequence):
    info = sequence.quantization_info
    self._per_second = info.steps_per_second
    self._per_quarter = info.steps_per_quarter
    self._tempo_map = tempo_maps.TempoMap(sequence)

  def seconds(self, steps) -> np.ndarray:
    steps = np.array(steps, np.float64)
    if self._per_second:
      return steps / self._per_second
    return self._tempo_map.seconds(steps / self._per_quarter)

  def of_seconds(self, seconds) -> np.ndarray:
    seconds = np.array(seconds, np.float64)
    if self._per_second:
      return seconds * self._per_second
    return self._tempo_map.quarters(seconds) * self._per_quarter


def in_seconds(sequence: 'note_seq.NoteSequence') -> 'note_seq.NoteSequence':
  """Returns a NoteSequence whose seconds are its time.

  Returns:
    The NoteSequence itself where its seconds count or agree with its steps;
    else a copy that has its seconds from its steps. It stays quantized.

  Raises:
    RejectedInputError: If its times are unusable.
  """
  if not is_quantized(sequence):
    return sequence
  steps = _Steps(sequence)
  starts = np.array([n.quantized_start_step for n in sequence.notes])
  if _has_seconds(sequence):
    played = steps.of_seconds([note.start_time for note in sequence.notes])
    if (np.abs(played - starts) <= _HALF_STEP).all():
      return sequence
  ends = np.maximum(
      [note.quantized_end_step for note in sequence.notes], starts + 1
  )
  result = type(sequence)()
  result.CopyFrom(sequence)
  for note, start, end in zip(
      result.notes, steps.seconds(starts).tolist(),
      steps.seconds(ends).tolist(),
  ):
    note.start_time, note.end_time = start, end
  for part in (result.control_changes, result.text_annotations):
    for event in part:
      if event.quantized_step:
        event.time = float(steps.seconds(event.quantized_step))
  last = max(int(ends.max()), sequence.total_quantized_steps)
  result.total_time = float(steps.seconds(last))
  return result


def end_step(
    sequence: 'note_seq.NoteSequence', steps_per_quarter: int
) -> int:
  """Returns the step at which a NoteSequence ends, or 0 if on none."""
  if is_quantized(sequence):
    quarters = (
        sequence.total_quantized_steps
        / sequence.quantization_info.steps_per_quarter
    )
  else:
    tempo_map = tempo_maps.TempoMap(sequence)
    quarters = tempo_map.quarters(np.array([sequence.total_time]))[0]
  steps = quarters * steps_per_quarter
  return round(steps) if abs(steps - round(steps)) < _EXACT_STEPS else 0
