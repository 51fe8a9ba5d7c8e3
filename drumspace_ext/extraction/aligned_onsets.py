"""Aligned onsets: what is said of, or done about, a lateness of inputs."""

from collections.abc import Sequence
import dataclasses

import numpy as np

from drumspace_ext import rejections
from drumspace_ext.extraction import recipes
from drumspace_ext.notes import alignment
from drumspace_ext.notes import onsets as onsets_lib

_Aligned = tuple[onsets_lib.DrumOnsets, dict[str, str]]


def of_all(
    inputs: Sequence[onsets_lib.DrumOnsets], recipe: recipes.Recipe
) -> list[_Aligned]:
  """Returns onsets without a lateness, if it is to go, and remarks on them.

  Most inputs have neither, as a glance at all of them together tells.
  """
  look = alignment.worth_a_look(
      [onsets.quarters for onsets in inputs], recipe.steps_per_quarter
  )
  return [
      _of_one(onsets, recipe) if may_be_off else (onsets, _of_reading(onsets))
      for onsets, may_be_off in zip(inputs, look.tolist())
  ]


def _of_reading(onsets: onsets_lib.DrumOnsets) -> dict[str, str]:
  """Returns as remarks what the reading of an input has to say."""
  if not onsets.remarks:
    return {}
  return {rejections.READING: '; '.join(onsets.remarks)}


def _of_one(
    onsets: onsets_lib.DrumOnsets, recipe: recipes.Recipe
) -> _Aligned:
  """Does it for one input that may be off the grid."""
  remarks = _of_reading(onsets)
  quarters = onsets.quarters
  if not np.isfinite(quarters).all():
    return onsets, remarks
  late = alignment.lateness(quarters, recipe.steps_per_quarter)
  if late:
    side = 'late' if late > 0 else 'early'
    kind = 'aligned' if recipe.align else 'off_the_grid'
    remarks[kind] = f'{abs(late):.2f} of a step {side}'
  if late and recipe.align:
    quarters = quarters - late / recipe.steps_per_quarter
    onsets = dataclasses.replace(onsets, quarters=quarters)
  if recipe.steps_per_quarter % 3:
    share = alignment.triplet_share(quarters)
    if share and not (late and not recipe.align):
      remarks['triplets'] = f'{share:.0%} of its onsets'
  return onsets, remarks
