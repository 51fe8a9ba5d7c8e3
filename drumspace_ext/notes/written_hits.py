"""Written hits: patterns as they are played, and then written in a drum map.

A map may have one pitch for several voices. They are played as what they are,
for a groove is of a pattern with all of its voices; of those that become one
note the loudest counts, of these the earliest. So do `played_patterns`, which
reads them, and Magenta's GrooveConverter.
"""

import typing

import numpy as np

from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib


class WrittenHits(typing.NamedTuple):
  """The notes of steps, by step and then by voice, `[num_notes]` each.

  Attributes:
    voices: The voices that they are read as, int64.
    starts: Where they begin, in steps.
    ends: Where they end.
    velocities: MIDI velocities, int64.
  """

  voices: np.ndarray
  starts: np.ndarray
  ends: np.ndarray
  velocities: np.ndarray


def of_rows(
    rows: np.ndarray, *, drum_map: drum_maps.DrumMap, velocity: int,
    dynamics: dynamics_lib.Dynamics | None,
) -> WrittenHits:
  """Returns the notes of some steps.

  Args:
    rows: bool `[num_steps, 14]`.
    drum_map: How voices are written. Those that it can't write are left out.
    velocity: Of every note, without `dynamics`.
    dynamics: How hits are played; all alike and on the grid if None.
  """
  if dynamics is None:
    steps, struck = np.nonzero(drum_map.folded(rows))
    return WrittenHits(
        struck, steps, steps + 1, np.full(len(steps), velocity)
    )
  steps, struck = np.nonzero(rows)
  velocities = dynamics.velocities(steps, struck)
  starts = steps + dynamics.delays(steps, struck)
  if not drum_map.keeps_all:
    struck = np.array(drum_map.write_as)[struck]
    order = np.lexsort((starts, -velocities, struck, steps))
    order = order[struck[order] != drum_maps.NO_VOICE]
    steps, struck = steps[order], struck[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (np.diff(steps) != 0) | (np.diff(struck) != 0)
    struck, order = struck[first], order[first]
    starts, velocities = starts[order], velocities[order]
  return WrittenHits(
      struck, starts, _ends(starts, struck, len(rows)), velocities
  )


def _ends(
    starts: np.ndarray, struck: np.ndarray, num_steps: int
) -> np.ndarray:
  """Returns where notes end, in steps, float64 `[num_notes]`.

  One lasts a step, but makes room for the next of its voice.
  """
  ends = np.minimum(starts + 1, num_steps)
  for voice in np.unique(struck):
    own = np.flatnonzero(struck == voice)
    ends[own[:-1]] = np.minimum(ends[own[:-1]], starts[own[1:]])
  return ends
