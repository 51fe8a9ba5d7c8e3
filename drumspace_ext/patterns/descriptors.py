"""Descriptors: what can be asked of a beat by a number.

*Density* is its hits a step: 1 is usual, 2 is busy.

*Syncopation* is that of Longuet-Higgins and Lee ("The Rhythmic Interpretation
of Monophonic Music", Music Perception 1, 1984), a bar. Of 16 steps the first
weighs 0, the half -1, quarters -2, eighths -3, the others -4. A hit that is
followed by silence on a heavier step, before the next hit, is a syncopation: as
strong as that step is heavier. What is read is one line, of all drums together
but hats and cymbals, which keep time: with these no step would be silent (Witek
et al., "Syncopation, Body-Movement and Pleasure in Groove Music", PLoS ONE
9(4), 2014, likewise look at kick and snare below a hi-hat). A beat is a loop:
its first step follows its last. A plain rock beat has 0, the son clave 2.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import types

import numpy as np

from drumspace_ext import errors
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

_STEPS_PER_BAR = step_codes.NUM_STEPS // 2
_TIMEKEEPERS = ('closed_hat', 'open_hat', 'ride', 'crash')
# Those whose hits are read as one line.
DRUMS = [
    index for index, name in enumerate(voices.NAMES)
    if name not in _TIMEKEEPERS
]
# How often a bar can be halved on the way to a step, and none is missed.
_LEVELS = 4


def _step_weights() -> np.ndarray:
  """Returns the metrical weight of each step of a bar, 0 to -4."""
  powers = 2**np.arange(1, _LEVELS + 1)
  return -(np.arange(_STEPS_PER_BAR)[:, None] % powers != 0).sum(1)


# Metrical weights of a bar's steps.
STEP_WEIGHTS = _step_weights()
_WEIGHTS = np.tile(STEP_WEIGHTS, 2)


def density(hits: np.ndarray) -> np.ndarray:
  """Returns the hits a step of patterns, float64 `[...]`.

  Args:
    hits: bool `[..., 32, 14]`.
  """
  step_codes.validate(hits)
  return hits.sum((-2, -1)) / step_codes.NUM_STEPS


def syncopation(hits: np.ndarray) -> np.ndarray:
  """Returns how syncopated patterns are, a bar, float64 `[...]`.

  Args:
    hits: bool `[..., 32, 14]`.
  """
  step_codes.validate(hits)
  struck = np.asarray(hits[..., DRUMS].any(-1))
  least = _WEIGHTS.min()
  # The heaviest silent step before the next hit; twice around closes the loop.
  heaviest = np.full(struck.shape[:-1], least)
  total = np.zeros(struck.shape[:-1])
  for number in reversed(range(2 * step_codes.NUM_STEPS)):
    step = number % step_codes.NUM_STEPS
    here = struck[..., step]
    if number < step_codes.NUM_STEPS:
      total += here * np.maximum(heaviest - _WEIGHTS[step], 0)
    heaviest = np.where(here, least, np.maximum(heaviest, _WEIGHTS[step]))
  return total / 2


@dataclasses.dataclass(frozen=True, kw_only=True)
class Descriptor:
  """What a number says of a beat.

  Attributes:
    measure: From bool `[..., 32, 14]` to float64 `[...]`.
    least: The least that a beat can have.
    most: The most.
    unit: What is counted, in words that follow a number.
  """

  measure: Callable[[np.ndarray], np.ndarray]
  least: float
  most: float
  unit: str


DENSITY, SYNCOPATION = 'density', 'syncopation'
# By the name of their flag.
DESCRIPTORS: Mapping[str, Descriptor] = types.MappingProxyType({
    DENSITY: Descriptor(
        measure=density, least=0.0, most=float(step_codes.NUM_VOICES),
        unit='hits a step',
    ),
    # Every second sixteenth, and nothing else.
    SYNCOPATION: Descriptor(
        measure=syncopation, least=0.0, most=15.0,
        unit='a bar',
    ),
})


def measure(hits: np.ndarray, names: Sequence[str]) -> np.ndarray:
  """Returns what descriptors say, float64 `[..., num_names]`.

  Args:
    hits: bool `[..., 32, 14]`.
    names: Of `DESCRIPTORS`.
  """
  return np.stack([DESCRIPTORS[name].measure(hits) for name in names], axis=-1)


def check(asked: Mapping[str, float]) -> None:
  """Refuses what no beat can have.

  Args:
    asked: Values, by the names of `DESCRIPTORS`.

  Raises:
    InputError: If one is out of range.
  """
  for name, value in asked.items():
    of = DESCRIPTORS[name]
    if not of.least <= value <= of.most:
      raise errors.InputError(
          f'--{name} must be {of.least:g} to {of.most:g} {of.unit}, got '
          f'{value:g}.'
      )
