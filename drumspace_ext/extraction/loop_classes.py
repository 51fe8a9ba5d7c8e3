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

A play that shares a bar or more with plays that were counted for the same class
before is not counted again: a beat is not played more often for being found
twice.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import functools
import itertools
import typing

import numpy as np

from drumspace_ext.extraction import loops as loops_lib
from drumspace_ext.extraction import near_loops
from drumspace_ext.patterns import step_codes

_HALF = step_codes.NUM_STEPS // 2

# Steps in a row that are part of a loop: (first step of `grids.Pieces`, number
# of steps, step of the pattern that the first one is).
Stretch = tuple[int, int, int]


class Sighting(typing.NamedTuple):
  """One loop of a class, as it is counted.

  Attributes:
    canonical: Packed canonical step codes: the class.
    phase: Packed step codes in the phase that was seen.
    num_plays: Times it is played.
    quarters: Stretches in which it is played, as the places of their first
      and last hits.
    stretches: All steps in which it is played.
    is_near: Whether it is none by the published recipe.
    num_near_plays: Plays that differ from the pattern.
    num_flips: Cells in which all plays differ from it.
    max_flips: Cells in which a play differs from it, at most.
  """

  canonical: bytes
  phase: bytes
  num_plays: int
  quarters: tuple[tuple[float, float], ...]
  stretches: tuple[Stretch, ...]
  is_near: bool = False
  num_near_plays: int = 0
  num_flips: int = 0
  max_flips: int = 0


class _Class:
  """A class, and where it was counted."""

  def __init__(self, codes: np.ndarray):
    self.codes = codes
    self.spans: list[tuple[int, int]] = []

  @functools.cached_property
  def hits_per_voice(self) -> np.ndarray:
    return _hits_per_voice(self.codes)

  @functools.cached_property
  def rotations(self) -> np.ndarray:
    return step_codes.rotations(self.codes)

  def is_free(self, step: int) -> bool:
    # A play overlaps a longer stretch by half or more where this holds its
    # middle.
    middle = step + _HALF
    for first, last in self.spans:
      if first <= middle <= last:
        return False
    return True


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
    (kept,) = keep.nonzero()
    self.num_loops += len(found.codes)
    self.num_trivial += len(found.codes) - len(kept)
    classes_of: dict[bytes, bytes] = {}
    for codes, start, num_plays, *hits in zip(
        found.codes[kept], found.start_steps[kept].tolist(),
        found.repeats[kept].tolist(), found.first_hit_quarters[kept].tolist(),
        found.last_hit_quarters[kept].tolist(),
    ):
      phase = step_codes.codes_to_bytes(codes)
      canonical = classes_of.get(phase)
      if canonical is None:
        canonical = classes_of[phase] = step_codes.canonical_bytes(phase)
      seen = self._classes.get(canonical)
      if seen is None:
        seen = self._classes[canonical] = _Class(codes)
      num_steps = step_codes.NUM_STEPS * num_plays
      seen.spans.append((start, start + num_steps))
      yield Sighting(
          canonical, phase, num_plays, (tuple(hits),),
          ((start, num_steps,
            -(-start % step_codes.STEPS_PER_BAR) % step_codes.NUM_STEPS),),
      )

  def add_near(
      self, reading: Sequence[near_loops.NearLoop], trivial: Sequence[bool]
  ) -> Iterator[Sighting]:
    """Yields what the loops of a further reading count as.

    Args:
      reading: The loops.
      trivial: Which of them are trivial.
    """
    rows: list[tuple[int, bytes, int, int, near_loops.NearLoop]] = []
    for loop, is_trivial in zip(reading, trivial):
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
      if nearest is None or turned is None:
        self._classes[canonical] = _Class(codes)
      else:
        canonical, codes = nearest, turned
    seen = self._classes[canonical]
    steps, plays = loop.steps.tolist(), loop.plays
    free = [seen.is_free(step) for step in steps]
    if not all(free):
      if not any(free):
        return None
      steps, plays = list(itertools.compress(steps, free)), plays[free]
    differ = near_loops.flips(plays, codes).tolist()
    seen.spans += [(s, s + step_codes.NUM_STEPS) for s in steps]
    return Sighting(
        canonical, step_codes.codes_to_bytes(codes), len(steps),
        _of_free(loop.quarters, free), tuple(loop.stretches(free)), True,
        sum(map(bool, differ)), sum(differ), max(differ),
    )

  def _nearest(
      self, codes: np.ndarray
  ) -> tuple[bytes, np.ndarray] | tuple[None, None]:
    """Returns the class that is near enough, and its phase; or None twice."""
    best = self._max_flips + 1
    found: tuple[bytes, np.ndarray] | tuple[None, None] = (None, None)
    if best == 1 or not self._classes:
      return found
    hits = _hits_per_voice(codes)
    for canonical, seen in self._classes.items():
      if np.abs(seen.hits_per_voice - hits).sum() >= best:
        continue
      differ = near_loops.flips(seen.rotations, codes)
      turn = int(differ.argmin())
      if differ[turn] < best:
        best, found = int(differ[turn]), (canonical, seen.rotations[turn])
    return found


def _of_free(
    quarters: tuple[tuple[float, float], ...], free: Iterable[bool]
) -> tuple[tuple[float, float], ...]:
  """Returns the stretches of the plays that count; one holds them all."""
  if len(quarters) == 1:
    return quarters
  return tuple(q for q, is_free in zip(quarters, free) if is_free)
