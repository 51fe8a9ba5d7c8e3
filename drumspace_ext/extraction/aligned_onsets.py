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
  looks = alignment.worth_a_look(
      [onsets.quarters for onsets in inputs], recipe.steps_per_quarter
  )
  late, triplets = (look.tolist() for look in looks)
  return [
      _of_one(onsets, recipe, *look) if any(look)
      else (onsets, _of_reading(onsets))
      for onsets, *look in zip(inputs, late, triplets)
  ]


def _of_reading(onsets: onsets_lib.DrumOnsets) -> dict[str, str]:
  """Returns as remarks what the reading of an input has to say."""
  if not onsets.remarks:
    return {}
  return {rejections.READING: '; '.join(onsets.remarks)}


def _of_one(
    onsets: onsets_lib.DrumOnsets, recipe: recipes.Recipe, may_be_late: bool,
    may_be_triplets: bool,
) -> _Aligned:
  """Does it for one input that may be off the grid."""
  remarks = _of_reading(onsets)
  quarters = onsets.quarters
  if not np.isfinite(quarters).all():
    return onsets, remarks
  late = may_be_late and alignment.lateness(quarters, recipe.steps_per_quarter)
  if late:
    side = 'late' if late > 0 else 'early'
    kind = 'aligned' if recipe.align else 'off_the_grid'
    remarks[kind] = f'{abs(late):.2f} of a step {side}'
  if late and recipe.align:
    quarters = quarters - late / recipe.steps_per_quarter
    onsets = dataclasses.replace(onsets, quarters=quarters)
    may_be_triplets = True
  if may_be_triplets and recipe.steps_per_quarter % 3:
    share = alignment.triplet_share(quarters)
    if share and not (late and not recipe.align):
      remarks['triplets'] = f'{share:.0%} of its onsets'
  return onsets, remarks
