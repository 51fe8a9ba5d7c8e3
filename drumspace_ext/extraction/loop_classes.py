"""Loop classes: the loops of one input, counted by pattern.

`loops.Loops` are loops by the published recipe; each is of its own class.
`near_loops.NearLoop`s come to them one reading after the other (near loops of
two bars, one bar, four bars, recurring ones, every two bars), those of a
reading by how often they are played, most first, then by class and place. What
differs from a class that is there already, in some rotation, in `max_flips` or
fewer (the nearest, the one that came first of several) counts as that class, in
the phase that fits best, so that variations of a beat do not become a flood of
near-doubles of it. Loops of the published recipe always stay. Trivial loops are
counted, and are no class.

A play that shares a step with a loop that was counted for the same class before
is not counted again: a beat is not played more often for being found twice.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses

import numpy as np

from drumspace_ext.extraction import loops as loops_lib
from drumspace_ext.extraction import near_loops
from drumspace_ext.patterns import step_codes


@dataclasses.dataclass(frozen=True, slots=True)
class Sighting:
  """One loop of a class, as it is counted.

  Attributes:
    canonical: Packed canonical step codes: the class.
    phase: Packed step codes in the phase that was seen.
    num_plays: Times it is played.
    quarters: Stretches in which it is played, as (start, end).
    is_near: Whether it is none by the published recipe.
    num_near_plays: Plays that differ from the pattern.
    num_flips: Cells in which all plays differ from it.
    max_flips: Cells in which a play differs from it, at most.
  """

  canonical: bytes
  phase: bytes
  num_plays: int
  quarters: tuple[tuple[float, float], ...]
  is_near: bool = False
  num_near_plays: int = 0
  num_flips: int = 0
  max_flips: int = 0


class _Class:
  """A class, and where it was counted."""

  def __init__(self, codes: np.ndarray):
    self.codes = codes
    self.hits_per_voice = _hits_per_voice(codes)
    self.spans: list[tuple[int, int]] = []

  def is_free(self, step: int) -> bool:
    end = step + step_codes.NUM_STEPS
    return all(end <= first or step >= last for first, last in self.spans)


def _hits_per_voice(codes: np.ndarray) -> np.ndarray:
  return step_codes.step_codes_to_rows(codes).sum(axis=0)


class Counter:
  """The classes of one input, loop by loop."""

  def __init__(self, max_flips: int):
    """Starts with no class.

    Args:
      max_flips: Flips within which a loop counts as a class.
    """
    self._max_flips = max_flips
    self._classes: dict[bytes, _Class] = {}
    self.num_loops = 0
    self.num_trivial = 0

  def add_loops(
      self, found: loops_lib.Loops, keep: np.ndarray
  ) -> Iterator[Sighting]:
    """Yields what loops by the published recipe count as.

    Args:
      found: All of an input.
      keep: Those that are not trivial, bool `[num_loops]`.
    """
    order = np.flatnonzero(keep)
    for i in order.tolist():
      codes = found.codes[i]
      phase = step_codes.codes_to_bytes(codes)
      canonical = step_codes.canonical_bytes(phase)
      seen = self._classes.setdefault(canonical, _Class(codes))
      seen.spans.append((int(found.start_steps[i]), int(found.end_steps[i])))
      yield Sighting(
          canonical, phase, int(found.repeats[i]),
          ((float(found.start_quarters[i]), float(found.end_quarters[i])),),
      )

  def add_near(
      self, reading: Sequence[near_loops.NearLoop]
  ) -> Iterator[Sighting]:
    """Yields what the loops of a further reading count as."""
    if not reading:
      return
    trivial = step_codes.is_trivial(np.array([loop.codes for loop in reading]))
    rows = []
    for loop, is_trivial in zip(reading, trivial.tolist()):
      if is_trivial:
        self.num_loops += 1
        self.num_trivial += 1
        continue
      packed = step_codes.codes_to_bytes(loop.codes)
      rows.append((
          -len(loop.plays), step_codes.canonical_bytes(packed),
          int(loop.steps[0]), len(rows), loop,
      ))
    for _, canonical, _, _, loop in sorted(rows):
      sighting = self._count(canonical, loop)
      if sighting is not None:
        self.num_loops += 1
        yield sighting

  def _count(
      self, canonical: bytes, loop: near_loops.NearLoop
  ) -> Sighting | None:
    """Returns a loop as it counts, or None if all of it was counted before."""
    codes = loop.codes
    if canonical not in self._classes:
      nearest, turned = self._nearest(codes)
      if nearest is None:
        self._classes[canonical] = _Class(codes)
      else:
        canonical, codes = nearest, turned
    seen = self._classes[canonical]
    free = [seen.is_free(step) for step in loop.steps.tolist()]
    if not any(free):
      return None
    differ = near_loops.flips(loop.plays[free], codes)
    steps = loop.steps[free]
    seen.spans += [(s, s + step_codes.NUM_STEPS) for s in steps.tolist()]
    return Sighting(
        canonical, step_codes.codes_to_bytes(codes), len(steps),
        _of_free(loop.quarters, free), True, int(np.count_nonzero(differ)),
        int(differ.sum()), int(differ.max()),
    )

  def _nearest(
      self, codes: np.ndarray
  ) -> tuple[bytes | None, np.ndarray | None]:
    """Returns the class that is near enough, and its phase; or None twice."""
    best, found = self._max_flips + 1, (None, None)
    if best == 1 or not self._classes:
      return found
    hits = _hits_per_voice(codes)
    for canonical, seen in self._classes.items():
      if np.abs(seen.hits_per_voice - hits).sum() >= best:
        continue
      rotations = step_codes.rotations(seen.codes)
      differ = near_loops.flips(rotations, codes)
      rotation = int(differ.argmin())
      if differ[rotation] < best:
        best, found = int(differ[rotation]), (canonical, rotations[rotation])
    return found


def _of_free(
    quarters: tuple[tuple[float, float], ...], free: Iterable[bool]
) -> tuple[tuple[float, float], ...]:
  """Returns the stretches of the plays that count; one holds them all."""
  if len(quarters) == 1:
    return quarters
  return tuple(q for q, is_free in zip(quarters, free) if is_free)
