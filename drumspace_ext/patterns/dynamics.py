"""Dynamics: velocities, swing and human imprecision for what is written.

A pattern has none of these. They are put on at the very end, on request, and
off by default, so that what is read back is what was drawn.
"""

import dataclasses
import types

import numpy as np

from drumspace_ext import errors
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

# Velocity of each sixteenth of a beat, and what is added on beats of a bar: a
# drummer's usual stress. Voices that keep time are played softer.
ACCENTS = (104, 78, 92, 74)
_BEAT_ACCENTS = (12, 0, 6, 0)
_SOFTER = {'closed_hat': -14, 'ride': -12, 'open_hat': -8, 'cowbell': -10}
_FIRM = {'kick': 6, 'snare': 10, 'crash': 10}
MAX_HUMAN_VELOCITY = 18
# A tight drummer's spread is 10 ms or so; at 120 qpm a sixteenth is 125 ms.
MAX_HUMAN_STEP = 0.12
# Least and most of what is no velocity.
RANGES = types.MappingProxyType({'swing': (0.0, 1.0), 'humanize': (0.0, 1.0)})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Dynamics:
  """How hits are played.

  Attributes:
    velocity: MIDI velocity of every hit, where `accents` is off.
    accents: Velocities by place in the bar and by voice.
    swing: How late the second and fourth sixteenth of a beat come: 0 is even,
      1 makes triplets of them.
    humanize: From 0 to 1: how much times and velocities vary.
    seed: Of what varies.
  """

  velocity: int = 100
  accents: bool = False
  swing: float = 0.0
  humanize: float = 0.0
  seed: int = 0

  def __post_init__(self):
    if not 1 <= self.velocity <= 127:
      raise errors.InputError(
          f'velocity must be in [1, 127], got {self.velocity}.'
      )
    for name, (least, most) in RANGES.items():
      if not least <= getattr(self, name) <= most:
        raise errors.InputError(
            f'{name} must be in [{least:g}, {most:g}], got '
            f'{getattr(self, name)}.'
        )

  def velocities(self, steps: np.ndarray, struck: np.ndarray) -> np.ndarray:
    """Returns the velocity of each hit, int64.

    Args:
      steps: Step of each hit, int64 `[num_hits]`.
      struck: Its voice, int64 `[num_hits]`.
    """
    if self.accents:
      by_voice = np.array([
          _SOFTER.get(name, 0) + _FIRM.get(name, 0) for name in voices.NAMES
      ])
      quarter = steps // step_codes.STEPS_PER_QUARTER
      result = (
          np.array(ACCENTS)[steps % step_codes.STEPS_PER_QUARTER]
          + np.where(
              steps % step_codes.STEPS_PER_QUARTER == 0,
              np.array(_BEAT_ACCENTS)[quarter % len(_BEAT_ACCENTS)], 0,
          )
          + by_voice[struck]
      )
    else:
      result = np.full(len(steps), self.velocity)
    if self.humanize:
      rng = np.random.default_rng([self.seed, 0])
      spread = self.humanize * MAX_HUMAN_VELOCITY
      result = result + np.rint(rng.uniform(-spread, spread, len(steps)))
    return np.clip(result, 1, 127).astype(np.int64)

  def delays(self, steps: np.ndarray) -> np.ndarray:
    """Returns how late each hit comes, in steps, float64; early is negative.

    Args:
      steps: Step of each hit, int64 `[num_hits]`.
    """
    # In triplets the second of two sixteenths comes a third of a step late.
    result = np.where(steps % 2 == 1, self.swing / 3, 0.0)
    if self.humanize:
      rng = np.random.default_rng([self.seed, 1])
      spread = self.humanize * MAX_HUMAN_STEP
      result = result + rng.uniform(-spread, spread, len(steps))
    # Nothing comes before the file begins.
    return np.where(steps == 0, np.maximum(result, 0.0), result)


def chosen(
    *, accents: bool, swing: float, humanize: float, seed: int
) -> Dynamics | None:
  """Returns how hits are played; None if nothing of it was asked for.

  Raises:
    InputError: If a number is out of range.
  """
  if not (accents or swing or humanize):
    return None
  return Dynamics(accents=accents, swing=swing, humanize=humanize, seed=seed)
