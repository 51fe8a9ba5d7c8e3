"""Played grooves: how the loops of inputs are played, hit by hit.

Of several notes on one cell the loudest counts, of those the earliest: so does
Magenta's GrooveConverter. Offsets are cut at half a step, where a note before
the first bar line, or at a change of meter, was moved to a step further off.
"""

from collections.abc import Sequence
import typing

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


class Input(typing.NamedTuple):
  """An input, whose stretches are added up.

  Attributes:
    onsets: Its drum notes.
    pieces: What was cut of them.
    stretches: (first step of the pieces, number of steps, step of the pattern
      that the first one is, which sum it goes into) of each.
  """

  onsets: onsets_lib.DrumOnsets
  pieces: grids.Pieces
  stretches: Sequence[tuple[int, int, int, int]]


def cells(inputs: Sequence[Input], num_parts: int) -> np.ndarray:
  """Adds up how some stretches of some inputs are played.

  Args:
    inputs: One at least, each with a stretch at least.
    num_parts: Number of sums.

  Returns:
    int64 `[5, num_parts, 32, 14]`, see `groove_sums`.
  """
  notes = _joined(inputs)
  first, size, row, part = np.array(
      [stretch for each in inputs for stretch in each.stretches], np.int64
  ).T
  owner = np.repeat(
      np.arange(len(inputs)), [len(each.stretches) for each in inputs]
  )
  starts, ends = _places(notes, owner, first, size)
  counts = ends - starts
  sums = np.cumsum(counts)
  chosen = np.repeat(ends - sums, counts)
  chosen += np.arange(len(chosen))
  steps, indices = notes.steps.take(chosen), notes.indices.take(chosen)

  late = notes.quarters.take(indices)
  late -= np.repeat(_quarter_offsets(inputs, notes, owner, starts), counts)
  late *= inputs[0].pieces.steps_per_quarter
  late -= steps
  late *= groove_sums.UNITS
  offsets = np.rint(late, out=late).astype(np.int64)
  np.minimum(np.maximum(offsets, -_HALF, out=offsets), _HALF, out=offsets)
  softness = np.uint8(_VELOCITIES) - notes.velocities.take(indices)

  begins = np.ones(len(steps), np.bool_)
  np.not_equal(steps[1:], steps[:-1], out=begins[1:])
  begins[(sums - counts)[counts > 0]] = True
  packed = np.cumsum(begins, dtype=np.int64)
  packed <<= _VOICE_BITS
  packed += np.bitwise_count(notes.codes.take(chosen) - np.uint16(1))
  packed <<= _VELOCITY_BITS
  packed += softness
  packed <<= _OFFSET_BITS
  packed += offsets
  packed += _HALF
  packed.sort()
  cell = packed >> _CELL_BITS
  loudest = np.ones(len(cell), np.bool_)
  np.not_equal(cell[1:], cell[:-1], out=loudest[1:])
  packed, cell = packed[loudest], cell[loudest]
  # The row of each number's step, through all sums.
  (at,) = begins.nonzero()
  rows = steps[at] + np.repeat(row - first, counts)[at]
  # The remainder by a power of two, in a tenth of the time.
  rows &= _NUM_STEPS - 1
  rows += np.repeat(part * _NUM_STEPS, counts)[at]
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


class _Notes(typing.NamedTuple):
  """The notes of some inputs, one input after the other.

  Attributes:
    steps: As in `grids.PieceNotes`.
    codes: Likewise.
    indices: Which of all onsets each is.
    ends: Where the notes of each input begin, and the last one's end.
    quarters: Of all onsets.
    velocities: Likewise.
  """

  steps: np.ndarray
  codes: np.ndarray
  indices: np.ndarray
  ends: np.ndarray
  quarters: np.ndarray
  velocities: np.ndarray


def _velocities(onsets: onsets_lib.DrumOnsets) -> np.ndarray:
  if onsets.velocities is not None:
    return onsets.velocities
  return np.full(
      len(onsets.pitches), note_sequences.DEFAULT_VELOCITY, np.uint8
  )


def _joined(inputs: Sequence[Input]) -> _Notes:
  """Lays the notes of some inputs one after the other."""
  own = [each.pieces.notes for each in inputs]
  found = [notes for notes in own if notes is not None]
  if len(found) < len(own):
    raise ValueError('pieces without their notes have no groove')
  sizes = [len(notes.steps) for notes in found]
  onsets = [each.onsets for each in inputs]
  lengths = np.array([len(each.quarters) for each in onsets])
  steps, codes, indices = map(np.concatenate, zip(*found))
  indices = indices + np.repeat(np.cumsum(lengths) - lengths, sizes)
  return _Notes(
      steps, codes, indices, np.cumsum([0, *sizes]),
      np.concatenate([each.quarters for each in onsets]),
      np.concatenate([_velocities(each) for each in onsets]),
  )


def _places(
    notes: _Notes, owner: np.ndarray, first: np.ndarray, size: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
  """Returns where the notes of stretches begin and end.

  Args:
    notes: Those of all inputs.
    owner: The input of each stretch, int64 `[num_stretches]`.
    first: Its first step.
    size: Its number of steps.
  """
  lows = notes.steps[notes.ends[:-1]]
  highs = notes.steps[notes.ends[1:] - 1]
  # Inputs stand so far apart that no stretch reaches into another's notes.
  apart = 1 + max(
      0, int((lows[owner] - first).max()),
      int((first + size - highs[owner]).max()),
  )
  spans = highs - lows + 2 * apart
  shifts = np.cumsum(spans) - spans - lows
  steps = notes.steps + np.repeat(shifts, np.diff(notes.ends))
  first = first + shifts[owner]
  starts, ends = np.searchsorted(steps, (first, first + size))
  return starts, ends


def _quarter_offsets(
    inputs: Sequence[Input], notes: _Notes, owner: np.ndarray,
    starts: np.ndarray,
) -> np.ndarray:
  """Returns the quarter of step 0 for each stretch: that of its piece.

  A stretch may begin in the silence before its piece, and has a note in it.

  Args:
    inputs: The inputs.
    notes: Their notes.
    owner: The input of each stretch.
    starts: Where the notes of each stretch begin.
  """
  steps = notes.steps[np.minimum(starts, notes.ends[owner + 1] - 1)]
  offsets, done = [], 0
  for each in inputs:
    own = slice(done, done := done + len(each.stretches))
    pieces = each.pieces
    piece = np.searchsorted(
        pieces.steps[pieces.starts], steps[own], side='right'
    ) - 1
    offsets.append(pieces.quarter_offsets[piece])
  return np.concatenate(offsets)


class Phases(typing.NamedTuple):
  """An input, and the loops of each of its patterns in one phase."""

  onsets: onsets_lib.DrumOnsets
  pieces: grids.Pieces
  phases: Sequence[Sequence[loop_classes.Sighting]]


def of_phases(inputs: Sequence[Phases]) -> list[bytes]:
  """Returns how some patterns are played, packed, in their canonical phase.

  Args:
    inputs: Each with a pattern at least.

  Returns:
    One of each pattern of the first input, then those of the others.
  """
  if not inputs:
    return []
  stretched: list[Input] = []
  canonical: list[bytes] = []
  for onsets, pieces, phases in inputs:
    stretches = []
    for loops in phases:
      turn = step_codes.turn_to(loops[0].phase, loops[0].canonical)
      stretches += [
          (first, size, row - turn, len(canonical)) for loop in loops
          for first, size, row in loop.stretches
      ]
      canonical.append(loops[0].canonical)
    stretched.append(Input(onsets, pieces, stretches))
  by_cell = cells(stretched, len(canonical))
  hits = step_codes.step_codes_to_rows(
      step_codes.bytes_to_codes(b''.join(canonical))
  ).reshape(len(canonical), -1)
  ends = np.cumsum(np.count_nonzero(hits, axis=1)).tolist()
  sums = by_cell.reshape(groove_sums.NUM_ROWS, -1)[:, hits.ravel()]
  return [
      groove_sums.pack(sums[:, start:end])
      for start, end in zip([0, *ends], ends)
  ]
