"""Played grooves: how the loops of one input are played, hit by hit.

Of several notes on one cell the loudest counts, of those the earliest: so does
Magenta's GrooveConverter. Offsets are cut at half a step, where a note before
the first bar line, or at a change of meter, was moved to a step further off.
"""

from collections.abc import Sequence

import numpy as np

from drumspace_ext.extraction import loop_classes
from drumspace_ext.notes import grids
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import step_codes

_NUM_STEPS, _NUM_VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
_HALF = groove_sums.UNITS // 2
# A note as one whole number: its step and voice, 127 less its velocity, and
# its offset, so that sorting brings the loudest of a cell to its front.
_OFFSET_BITS, _VELOCITY_BITS, _VOICE_BITS = 13, 7, 4
_VELOCITIES, _OFFSETS = (1 << _VELOCITY_BITS) - 1, (1 << _OFFSET_BITS) - 1
_CELL_BITS = _OFFSET_BITS + _VELOCITY_BITS


def cells(
    onsets: onsets_lib.DrumOnsets, pieces: grids.Pieces,
    stretches: Sequence[tuple[int, int, int, int]], num_parts: int,
) -> np.ndarray:
  """Adds up how some stretches of an input are played.

  Args:
    onsets: Its drum notes.
    pieces: What was cut of them.
    stretches: (first step of the pieces, number of steps, step of the pattern
      that the first one is, which sum it goes into) of each.
    num_parts: Number of sums.

  Returns:
    int64 `[5, num_parts, 32, 14]`, see `groove_sums`.
  """
  notes = pieces.notes
  if notes is None:
    raise ValueError('pieces without their notes have no groove')
  first, size, row, part = np.array(stretches, np.int64).T
  starts, ends = np.searchsorted(notes.steps, (first, first + size))
  counts = ends - starts
  sums = np.cumsum(counts)
  stretch = np.repeat(np.arange(len(counts)), counts)
  chosen = np.arange(len(stretch)) + (ends - sums)[stretch]
  steps, indices = notes.steps[chosen], notes.indices[chosen]

  # A stretch may begin in the silence before its piece, and has a note in it.
  piece = np.searchsorted(
      pieces.steps[pieces.starts],
      notes.steps[np.minimum(starts, len(notes.steps) - 1)], side='right',
  ) - 1
  late = onsets.quarters[indices] - pieces.quarter_offsets[piece][stretch]
  late = pieces.steps_per_quarter * late - steps
  offsets = np.clip(np.rint(late * groove_sums.UNITS), -_HALF, _HALF)
  if onsets.velocities is None:
    velocities = np.full(len(chosen), note_sequences.DEFAULT_VELOCITY)
  else:
    velocities = onsets.velocities[indices].astype(np.int64)

  begins = np.ones(len(steps), np.bool_)
  np.not_equal(steps[1:], steps[:-1], out=begins[1:])
  begins[(sums - counts)[counts > 0]] = True
  number = np.cumsum(begins)
  voice = np.bitwise_count(notes.codes[chosen] - np.uint16(1))
  packed = (
      (((number << _VOICE_BITS) + voice) << _CELL_BITS)
      + ((_VELOCITIES - velocities) << _OFFSET_BITS)
      + (offsets.astype(np.int64) + _HALF)
  )
  packed.sort()
  cell = packed >> _CELL_BITS
  loudest = np.ones(len(cell), np.bool_)
  np.not_equal(cell[1:], cell[:-1], out=loudest[1:])
  packed, cell = packed[loudest], cell[loudest]
  # The row of each number's step, through all sums.
  rows = (steps + (row - first)[stretch]) % _NUM_STEPS
  rows = (rows + (part * _NUM_STEPS)[stretch])[begins]
  place = rows[(cell >> _VOICE_BITS) - 1] * _NUM_VOICES
  place += cell & ((1 << _VOICE_BITS) - 1)
  velocities = _VELOCITIES - (packed >> _OFFSET_BITS & _VELOCITIES)
  return _sums_by_place(
      place, velocities, (packed & _OFFSETS) - _HALF, num_parts
  )


def _sums_by_place(
    place: np.ndarray, velocities: np.ndarray, offsets: np.ndarray,
    num_parts: int,
) -> np.ndarray:
  total = num_parts * _NUM_STEPS * _NUM_VOICES
  result = np.zeros((groove_sums.NUM_ROWS, total), np.int64)
  result[0] = np.bincount(place, minlength=total)
  # Sums of whole numbers below 2^53, for any input that fits in memory.
  result[1] = np.bincount(place, velocities, total)
  result[2] = np.bincount(place, velocities * velocities, total)
  if offsets.any():
    result[3] = np.bincount(place, offsets, total)
    result[4] = np.bincount(place, offsets * offsets, total)
  return result.reshape(-1, num_parts, _NUM_STEPS, _NUM_VOICES)


def of_phases(
    onsets: onsets_lib.DrumOnsets, pieces: grids.Pieces,
    phases: Sequence[Sequence[loop_classes.Sighting]],
) -> list[bytes]:
  """Returns how some patterns are played, packed, in their canonical phase.

  Args:
    onsets: The drum notes of one input.
    pieces: What was cut of them.
    phases: The loops of each pattern in one phase.
  """
  stretches = []
  for part, loops in enumerate(phases):
    turn = step_codes.turn_to(loops[0].phase, loops[0].canonical)
    stretches += [
        (first, size, row - turn, part) for loop in loops
        for first, size, row in loop.stretches
    ]
  by_cell = cells(onsets, pieces, stretches, len(phases))
  hits = step_codes.step_codes_to_rows(step_codes.bytes_to_codes(
      b''.join([loops[0].canonical for loops in phases])
  )).reshape(len(phases), -1)
  ends = np.cumsum(np.count_nonzero(hits, axis=1)).tolist()
  sums = by_cell.reshape(groove_sums.NUM_ROWS, -1)[:, hits.ravel()]
  return [
      groove_sums.pack(sums[:, start:end])
      for start, end in zip([0, *ends], ends)
  ]
