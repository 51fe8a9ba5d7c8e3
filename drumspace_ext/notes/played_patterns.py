"""Played patterns: NoteSequences cut into patterns, with how each is played.

What `note_sequences.to_patterns` leaves out is kept here: velocity, and offset
from the grid. Of several notes on one cell the loudest counts, of those the
earliest, as in extraction. The way back is `note_sequences.from_patterns` with
`as_played`.
"""

import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import sections
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import map_fit
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  import note_seq


def read(
    sequence: 'note_seq.NoteSequence', *,
    drum_map: drum_maps.DrumMap | None = None, assume_drums: bool = False,
) -> tuple[np.ndarray, grooves.Groove]:
  """Cuts a NoteSequence into two-bar patterns, with their grooves.

  Args:
    sequence: A NoteSequence.
    drum_map: How its pitches are read; `gm14` if None.
    assume_drums: Take all notes, not only those with `is_drum`.

  Returns:
    (hits, groove): bool `[num_patterns, 32, 14]` as `to_patterns` gives them,
    and the groove in arrays of this shape.

  Raises:
    RejectedInputError: If its times are unusable, or it is too long.
  """
  drum_map = drum_map or drum_maps.load(drum_maps.GM14)
  hits = note_sequences.to_patterns(
      sequence, drum_map=drum_map, assume_drums=assume_drums
  )
  velocities = np.full(hits.shape, float(note_sequences.DEFAULT_VELOCITY))
  offsets = np.zeros(hits.shape)
  try:
    onsets = note_sequences.to_onsets(sequence, assume_drums=assume_drums)
  except errors.RejectedInputError as e:
    if e.reason != 'no_drum_notes':
      raise
    return hits, grooves.Groove(velocities=velocities, offsets=offsets)
  voice = map_fit.chosen(drum_map, onsets.pitches).voice_of_pitch[
      onsets.pitches
  ].astype(np.int64)
  quarters = onsets.quarters[voice != drum_maps.NO_VOICE]
  steps = sections.rounded(quarters, 0.0, step_codes.STEPS_PER_QUARTER)
  late = np.clip(quarters * step_codes.STEPS_PER_QUARTER - steps, -0.5, 0.5)
  struck = np.full(len(onsets.pitches), note_sequences.DEFAULT_VELOCITY)
  if onsets.velocities is not None:
    struck = onsets.velocities.astype(np.int64)
  struck = struck[voice != drum_maps.NO_VOICE]
  cells = steps * step_codes.NUM_VOICES + voice[voice != drum_maps.NO_VOICE]
  # The last one written to a cell stays: the loudest, of those the earliest.
  order = np.lexsort((-late, struck))
  velocities.reshape(-1)[cells[order]] = struck[order]
  offsets.reshape(-1)[cells[order]] = late[order]
  return hits, grooves.Groove(velocities=velocities, offsets=offsets)


def as_played(groove: grooves.Groove) -> dynamics.Dynamics:
  """Returns what plays one pattern as it was played.

  Args:
    groove: In arrays `[32, 14]`.
  """
  def play(hits: np.ndarray) -> grooves.Groove:
    return grooves.Groove(
        velocities=np.broadcast_to(groove.velocities, hits.shape),
        offsets=np.broadcast_to(groove.offsets, hits.shape),
    )

  return dynamics.Dynamics(groove=play)
