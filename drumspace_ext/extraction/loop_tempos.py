"""Loop tempos: how fast the loops of one input are played."""

import numpy as np

from drumspace_ext.extraction import recipes
from drumspace_ext.notes import grids
from drumspace_ext.notes import onsets as onsets_lib


def qpm_ranges(
    onsets: onsets_lib.DrumOnsets, stretches: list[tuple[float, float]],
    recipe: recipes.Recipe,
) -> list[tuple[float, float]]:
  """Returns the slowest and fastest tempo of stretches, from hit to hit.

  Their steps say where hits are played within half a step, which matters where
  the tempo changes.
  """
  if len(onsets.tempos) < 2 and not any(q > 0 for q, _ in onsets.tempos):
    return [onsets.qpm_range(0, 0)] * len(stretches)
  known = recipe.drum_map.code_of_pitch[onsets.pitches] != 0
  played = np.sort(onsets.quarters[known])
  half = (0.5 + grids.SLACK_STEPS) / recipe.steps_per_quarter
  less = (0.5 - grids.SLACK_STEPS) / recipe.steps_per_quarter
  firsts, lasts = np.array(stretches).T
  firsts = np.searchsorted(played, firsts - half)
  lasts = np.searchsorted(played, lasts + less) - 1
  return [
      onsets.qpm_range(played[first], played[last])
      for first, last in zip(firsts.tolist(), lasts.tolist())
  ]
