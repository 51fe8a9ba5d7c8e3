"""Loop counts: what one input holds of each pattern, summed up."""

from collections.abc import Sequence
import typing

from drumspace_ext.extraction import loop_classes
from drumspace_ext.extraction import loop_tempos
from drumspace_ext.extraction import played_grooves
from drumspace_ext.extraction import readings
from drumspace_ext.extraction import recipes
from drumspace_ext.notes import grids
from drumspace_ext.notes import onsets as onsets_lib


class LoopCount(typing.NamedTuple):
  """What one input holds of one pattern.

  Attributes:
    canonical: Canonical step codes, big-endian, 64 bytes: the rotation class.
    phase: Step codes in the phase that was seen, in the same form.
    num_loops: Runs of it.
    num_repeats: Times it is played in all these runs.
    min_qpm: Slowest tempo it is played at.
    max_qpm: Fastest tempo it is played at.
    num_near_loops: Runs that are no loops by the published recipe.
    num_near_repeats: Times it is played with a difference.
    num_flips: Cells in which these differ from the pattern, in all.
    max_flips: Cells in which one of them differs from it, at most.
    groove: How its hits are played, packed `groove_sums` in canonical phase.
  """

  canonical: bytes
  phase: bytes
  num_loops: int
  num_repeats: int
  min_qpm: float
  max_qpm: float
  num_near_loops: int = 0
  num_near_repeats: int = 0
  num_flips: int = 0
  max_flips: int = 0
  groove: bytes = b''


class Kept(typing.NamedTuple):
  """An input with patterns.

  Attributes:
    onsets: Its drum notes.
    pieces: What was cut of them.
    found: The loops in these, one at least.
    recipe: How it is read.
  """

  onsets: onsets_lib.DrumOnsets
  pieces: grids.Pieces
  found: readings.Found
  recipe: recipes.Recipe


def of_all(kept: Sequence[Kept]) -> list[list[LoopCount]]:
  """Sums the loops of each input by pattern and phase."""
  played = []
  for onsets, pieces, found, _ in kept:
    phases: dict[bytes, list[loop_classes.Sighting]] = {}
    for loop in found.sightings:
      phases.setdefault(loop.phase, []).append(loop)
    played.append(played_grooves.Phases(
        onsets, pieces, [phases[phase] for phase in sorted(phases)]
    ))
  grooves = iter(played_grooves.of_phases(played))
  counts: list[list[LoopCount]] = []
  for each, (_, _, loops) in zip(kept, played):
    ranges = loop_tempos.qpm_ranges(
        each.onsets,
        [q for own in loops for loop in own for q in loop.quarters],
        each.recipe,
    )
    counts.append([])
    for own in loops:
      count = sum(len(loop.quarters) for loop in own)
      counts[-1].append(_loop_count(own, ranges[:count], next(grooves)))
      ranges = ranges[count:]
  return counts


def _loop_count(
    loops: Sequence[loop_classes.Sighting], ranges: list[tuple[float, float]],
    groove: bytes,
) -> LoopCount:
  """Sums the loops of one pattern in one phase."""
  if len(loops) == 1 and len(ranges) == 1:
    (one,), (qpms,) = loops, ranges
    return LoopCount(
        one.canonical, one.phase, 1, one.num_plays, *qpms, int(one.is_near),
        one.num_near_plays, one.num_flips, one.max_flips, groove,
    )
  lows, highs = zip(*ranges)
  return LoopCount(
      loops[0].canonical, loops[0].phase, len(loops),
      sum(loop.num_plays for loop in loops), min(lows), max(highs),
      sum(loop.is_near for loop in loops),
      sum(loop.num_near_plays for loop in loops),
      sum(loop.num_flips for loop in loops),
      max(loop.max_flips for loop in loops),
      groove,
  )
