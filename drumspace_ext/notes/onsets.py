"""Drum onsets: what a reader hands on, whatever the file was.

A position is a number of quarter notes from the start of the piece, through the
whole tempo map, so that a change of tempo does not move anything. Integer MIDI
ticks divided by the ticks of a quarter are exact where it matters: a tie
between two steps is an odd number of eighths of a quarter or the like.
"""

from collections.abc import Sequence
import dataclasses
import math

import numpy as np

from drumspace_ext import defaults

DEFAULT_QPM = defaults.QPM
# Seconds carry float noise: 1e-6 of a step, as in `grids`.
_SAME_QUARTER = 2.5e-7


@dataclasses.dataclass(frozen=True, kw_only=True)
class DrumOnsets:
  """The drum notes of one input, in no particular order.

  Attributes:
    quarters: Where each note starts, in quarter notes, float64 `[num_notes]`.
    pitches: MIDI pitches, uint8 `[num_notes]`.
    velocities: MIDI velocities, 1 to 127, uint8 `[num_notes]`; None if unknown.
    meters: Time signatures as (quarter, numerator, denominator).
    tempos: Tempo changes as (quarter, qpm), by quarter and, at one place, in
      the order of the input; 120 before the first.
    genres: Genre words that the input itself carries.
    first_kit: Which notes are of channel 10, bool `[num_notes]`, where other
      channels are drum kits as well; else None.
    remarks: What a person should know of the reading ("14 bytes skipped").
  """

  quarters: np.ndarray
  pitches: np.ndarray
  velocities: np.ndarray | None = None
  meters: Sequence[tuple[float, int, int]] = ()
  tempos: Sequence[tuple[float, float]] = ()
  genres: tuple[str, ...] = ()
  first_kit: np.ndarray | None = None
  remarks: tuple[str, ...] = ()

  def of_first_kit(self) -> 'DrumOnsets':
    """Returns the notes of channel 10 alone; all where there is no other."""
    if self.first_kit is None:
      return self
    return dataclasses.replace(
        self, quarters=self.quarters[self.first_kit],
        pitches=self.pitches[self.first_kit], first_kit=None,
        velocities=None if self.velocities is None
        else self.velocities[self.first_kit],
    )

  def qpm_range(self, first: float, last: float) -> tuple[float, float]:
    """Returns the slowest and fastest tempo from quarter `first` to `last`.

    Both count, as places where something is struck. Of several tempos at one
    place the last one holds, for the others hold for no time.
    """
    qpm, inside = DEFAULT_QPM, {}
    for quarter, value in self.tempos:
      if not (math.isfinite(value) and value > 0):
        continue
      if quarter <= first + _SAME_QUARTER:
        qpm = value
      elif quarter <= last + _SAME_QUARTER:
        inside[quarter] = value
    return min([qpm, *inside.values()]), max([qpm, *inside.values()])
