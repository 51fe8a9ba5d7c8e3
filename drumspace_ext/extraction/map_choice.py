"""Map choice: the drum map that an input is read with, and words on it."""

from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext.extraction import recipes
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import map_fit

# What the counts of a result call the inputs read with a map, before its name.
COUNTED = 'read_with_'


class Choice(typing.NamedTuple):
  """How an input is read.

  Attributes:
    recipe: The recipe, with one drum map.
    remarks: Details by key of `rejections.REMARKS`.
    counts: Numbers for the report.
  """

  recipe: recipes.Recipe
  remarks: dict[str, str]
  counts: dict[str, int]


def of(recipe: recipes.Recipe, pitches: np.ndarray) -> Choice:
  """Returns how to read an input: as it is said, or chosen where it is `auto`.

  Args:
    recipe: What is said.
    pitches: Those of all drum notes of the input, integer `[num_notes]`.
  """
  return of_each(recipe, [pitches])[0]


def of_each(
    recipe: recipes.Recipe, inputs: Sequence[np.ndarray]
) -> list[Choice]:
  """Returns what `of` does, for each of some inputs, given as their pitches."""
  if recipe.drum_map.chooses:
    return [_chosen(recipe, pitches) for pitches in inputs]
  usual = Choice(recipe, {}, {})
  return [
      Choice(recipe, {'other_map': fit.said()}, {}) if fit else usual
      for fit in map_fit.better_of_each(recipe.drum_map, inputs)
  ]


def _chosen(recipe: recipes.Recipe, pitches: np.ndarray) -> Choice:
  chosen = recipe.for_pitches(pitches)
  name = chosen.drum_map.name
  remarks = {} if name == drum_maps.GM14 else {'read_with': name}
  return Choice(chosen, remarks, {COUNTED + name: 1})
