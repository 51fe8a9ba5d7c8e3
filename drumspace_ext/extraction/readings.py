"""Readings: all loops of an input that a recipe takes, counted by class."""

from collections.abc import Iterator
from collections.abc import Sequence
import itertools
import typing

import numpy as np

from drumspace_ext.extraction import loop_classes
from drumspace_ext.extraction import loops
from drumspace_ext.extraction import near_loops
from drumspace_ext.extraction import recipes
from drumspace_ext.extraction import recurring_loops
from drumspace_ext.notes import grids
from drumspace_ext.patterns import entropy

# Loops of an input by a further reading, and whether each is trivial.
_Reading = tuple[list[near_loops.NearLoop], list[bool]]


class Found(typing.NamedTuple):
  """What a recipe finds in one input.

  Attributes:
    sightings: Loops that are not trivial, as they count.
    num_loops: Loops, trivial ones included.
    num_trivial: Trivial ones.
    num_pieces: Pieces that were searched, short ones included.
    num_short_pieces: Pieces too short to hold a loop.
    num_pieces_without_loop: Pieces that were long enough and hold none.
  """

  sightings: list[loop_classes.Sighting]
  num_loops: int
  num_trivial: int
  num_pieces: int
  num_short_pieces: int
  num_pieces_without_loop: int


def find(pieces: grids.Pieces, recipe: recipes.Recipe) -> Found:
  """Finds the loops of an input that a recipe takes."""
  return find_many([pieces], recipe)[0]


def find_many(
    inputs: Sequence[grids.Pieces], recipe: recipes.Recipe
) -> list[Found]:
  """Finds the loops of some inputs that a recipe takes."""
  if not inputs:
    return []
  in_a_row = max(2, recipe.min_repeats)
  exact = loops.find_many(inputs, min_repeats=in_a_row)
  keep = ~entropy.is_trivial(np.concatenate([each.codes for each in exact]))
  found, start = [], 0
  further = list(zip(*map(_with_trivial, _further(inputs, recipe, in_a_row))))
  for pieces, each, readings in zip(
      inputs, exact, further or itertools.repeat(())
  ):
    end = start + len(each.codes)
    if readings or end > start:
      own = keep[start:end]
      found.append(_found(pieces, each, own, recipe.max_flips, readings))
    else:
      found.append(Found(
          [], 0, 0, each.num_pieces, each.num_short_pieces,
          each.num_pieces_without_loop,
      ))
    start = end
  return found


def _found(
    pieces: grids.Pieces, exact: loops.Loops, keep: np.ndarray,
    max_flips: int, readings: Sequence[_Reading],
) -> Found:
  """Adds what a recipe takes beside the loops of an input.

  Args:
    pieces: Its pieces.
    exact: Its loops by the published recipe.
    keep: Which of them are not trivial, bool `[num_loops]`.
    max_flips: Flips within which a loop counts as a class.
    readings: What is taken beside these; empty for nothing.
  """
  counter = loop_classes.Counter(max_flips)
  sightings = list(counter.add_loops(exact, keep))
  num_short = exact.num_short_pieces
  num_without = exact.num_pieces_without_loop
  if readings:
    with_loop = set(exact.pieces.tolist())
    for loops_, trivial in readings:
      sightings += counter.add_near(loops_, trivial)
      with_loop.update(loop.piece for loop in loops_)
    short = _short_pieces(pieces, exact) - with_loop
    num_short = len(short)
    num_without = exact.num_pieces - num_short - len(with_loop)
  return Found(
      sightings=sightings,
      num_loops=counter.num_loops,
      num_trivial=counter.num_trivial,
      num_pieces=exact.num_pieces,
      num_short_pieces=num_short,
      num_pieces_without_loop=num_without,
  )


def _with_trivial(
    reading: Sequence[list[near_loops.NearLoop]],
) -> list[_Reading]:
  """Adds to the loops of each input which are trivial, told all at once."""
  codes = [loop.codes for own in reading for loop in own]
  trivial = iter(entropy.is_trivial(np.array(codes)).tolist() if codes else ())
  return [(own, list(itertools.islice(trivial, len(own)))) for own in reading]


def _further(
    inputs: Sequence[grids.Pieces], recipe: recipes.Recipe, in_a_row: int
) -> Iterator[list[list[near_loops.NearLoop]]]:
  """Yields the readings beyond the published recipe, in their order.

  Each is a list of loops for each input.
  """
  for bars in sorted(recipe.loop_bars, key=lambda bars: (bars != 2, bars)):
    if recipe.max_flips or bars != 2:
      yield near_loops.find_many(
          inputs, bars=bars, max_flips=recipe.max_flips, min_repeats=in_a_row
      )
  if recipe.recurring:
    yield [
        recurring_loops.find(
            pieces, max_flips=recipe.max_flips, min_repeats=in_a_row
        ) for pieces in inputs
    ]
  if recipe.min_repeats == 1:
    twice = 1 in recipe.loop_bars
    yield [
        recurring_loops.every_two_bars(pieces, twice=twice)
        for pieces in inputs
    ]


def _short_pieces(pieces: grids.Pieces, exact: loops.Loops) -> set[int]:
  """Returns the pieces that are too short for a loop of two bars."""
  if not exact.num_short_pieces:
    return set()
  ends = np.append(pieces.starts[1:], len(pieces.steps))
  spans = pieces.steps[ends - 1] - pieces.steps[pieces.starts]
  shortest = np.argsort(spans, kind='stable')[:exact.num_short_pieces]
  return set(shortest.tolist())
