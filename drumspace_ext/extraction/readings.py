"""Readings: all loops of an input that a recipe takes, counted by class."""

from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext.extraction import loop_classes
from drumspace_ext.extraction import loops
from drumspace_ext.extraction import near_loops
from drumspace_ext.extraction import recipes
from drumspace_ext.extraction import recurring_loops
from drumspace_ext.notes import grids
from drumspace_ext.patterns import entropy


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
  has_near_loops, found, start = recipe.has_near_loops, [], 0
  for pieces, each in zip(inputs, exact):
    end = start + len(each.codes)
    if has_near_loops or end > start:
      own = keep[start:end]
      found.append(_found(pieces, each, own, recipe, has_near_loops))
    else:
      found.append(Found(
          [], 0, 0, each.num_pieces, each.num_short_pieces,
          each.num_pieces_without_loop,
      ))
    start = end
  return found


def _found(
    pieces: grids.Pieces, exact: loops.Loops, keep: np.ndarray,
    recipe: recipes.Recipe, has_near_loops: bool,
) -> Found:
  """Adds what a recipe takes beside the loops of an input.

  Args:
    pieces: Its pieces.
    exact: Its loops by the published recipe.
    keep: Which of them are not trivial, bool `[num_loops]`.
    recipe: What is taken.
    has_near_loops: Whether it takes more than these.
  """
  counter = loop_classes.Counter(recipe.max_flips)
  sightings = list(counter.add_loops(exact, keep))
  num_short = exact.num_short_pieces
  num_without = exact.num_pieces_without_loop
  if has_near_loops:
    with_loop = set(exact.pieces.tolist())
    in_a_row = max(2, recipe.min_repeats)
    for reading in _further(pieces, recipe, in_a_row):
      sightings += counter.add_near(reading)
      with_loop.update(loop.piece for loop in reading)
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


def _further(pieces, recipe, in_a_row):
  """Yields the readings beyond the published recipe, in their order."""
  for bars in sorted(recipe.loop_bars, key=lambda bars: (bars != 2, bars)):
    if recipe.max_flips or bars != 2:
      yield near_loops.find(
          pieces, bars=bars, max_flips=recipe.max_flips, min_repeats=in_a_row
      )
  if recipe.recurring:
    yield recurring_loops.find(
        pieces, max_flips=recipe.max_flips, min_repeats=in_a_row
    )
  if recipe.min_repeats == 1:
    yield recurring_loops.every_two_bars(pieces, twice=1 in recipe.loop_bars)


def _short_pieces(pieces: grids.Pieces, exact: loops.Loops) -> set[int]:
  """Returns the pieces that are too short for a loop of two bars."""
  if not exact.num_short_pieces:
    return set()
  ends = np.append(pieces.starts[1:], len(pieces.steps))
  spans = pieces.steps[ends - 1] - pieces.steps[pieces.starts]
  shortest = np.argsort(spans, kind='stable')[:exact.num_short_pieces]
  return set(shortest.tolist())
