"""The memory of a groove model: patterns as somebody has played them.

What is remembered is whole numbers: velocities as in MIDI, offsets in
`OFFSET_PARTS` of a step. Arrays of *answers* are float32 `[..., 2, 448]`, by
what it is of (`VELOCITY`, `OFFSET`) and by cell, and *centred* ones have a mean
of 0 over the hits of each pattern, and 0 where there is none.
"""

import dataclasses

import numpy as np

from drumspace_ext.patterns import step_codes

VELOCITY, OFFSET = 0, 1
NUM_ANSWERS = 2
OFFSET_PARTS = 254
_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
NUM_CELLS = _STEPS * _VOICES
# Less than this much of an offset, in steps, is a rounded tick.
MIN_OFFSET_SPREAD = 0.005
# Whoever plays all hits nearly alike says nothing of how they differ.
MIN_VELOCITY_SPREAD = 2.0


def centred(values: np.ndarray, hits: np.ndarray) -> np.ndarray:
  """Takes the mean over the hits of each pattern out.

  Args:
    values: float `[num_patterns, 2, 448]`, or `[2, 448]` for all alike.
    hits: 0 or 1, `[num_patterns, 448]`.
  """
  struck = hits[:, None].astype(np.float32)
  counts = np.maximum(struck.sum(-1, keepdims=True), 1)
  values = np.broadcast_to(values, (len(hits), NUM_ANSWERS, NUM_CELLS))
  means = (values * struck).sum(-1, keepdims=True) / counts
  return ((values - means) * struck).astype(np.float32)


def _nearest_steps() -> np.ndarray:
  """Returns for each step all steps, the most kindred first, int64 `[32, 32]`.

  Itself, the same place of the other bar, of another beat; then eighths for
  eighths and sixteenths for sixteenths; each from near to far.
  """
  steps = np.arange(_STEPS)
  apart = np.abs(steps[:, None] - steps)
  apart = np.minimum(apart, _STEPS - apart)
  unlike = np.where(apart % step_codes.STEPS_PER_BAR == 0, 0, np.where(
      apart % step_codes.STEPS_PER_QUARTER == 0, 1,
      np.where(apart % 2 == 0, 2, 3),
  ))
  return np.argsort(unlike * _STEPS + apart, axis=1, kind='stable')


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Memory:
  """Patterns with their grooves.

  Attributes:
    codes: Step codes, uint16 `[num_patterns, 32]`.
    velocities: MIDI velocities of all hits of all patterns, by pattern, step
      and voice, uint8 `[num_hits]`.
    offsets: How late these are, in parts of a step, int8 `[num_hits]`.
    weights: What each pattern counts, float32 `[num_patterns]`.
    own: Whether its groove is one input's own, bool `[num_patterns]`.
  """

  codes: np.ndarray
  velocities: np.ndarray
  offsets: np.ndarray
  weights: np.ndarray
  own: np.ndarray

  @classmethod
  def empty(cls) -> 'Memory':
    """Returns one of no patterns."""
    return cls(
        codes=np.zeros((0, _STEPS), np.uint16),
        velocities=np.zeros(0, np.uint8), offsets=np.zeros(0, np.int8),
        weights=np.zeros(0, np.float32), own=np.zeros(0, np.bool_),
    )

  def __len__(self) -> int:
    return len(self.codes)

  def __repr__(self) -> str:
    return f'Memory(patterns={len(self)}, hits={len(self.velocities)})'

  def hits(self) -> np.ndarray:
    """Returns the patterns, bool `[num_patterns, 448]`."""
    return step_codes.step_codes_to_hits(self.codes).reshape(-1, NUM_CELLS)

  def answers(self) -> np.ndarray:
    """Returns how they are played, float32 `[num_patterns, 2, 448]`."""
    hits = self.hits()
    result = np.zeros((len(hits), NUM_ANSWERS, NUM_CELLS), np.float32)
    result[:, VELOCITY][hits] = self.velocities
    result[:, OFFSET][hits] = self.offsets / np.float32(OFFSET_PARTS)
    return result

  def known(self) -> np.ndarray:
    """Returns whether hits differ, in each answer, bool `[num_patterns, 2]`."""
    hits = self.hits()
    return has_spread(centred(self.answers(), hits), hits)

  def everywhere(self) -> np.ndarray:
    """Returns how each would play any cell, float32 `[num_patterns, 2, 448]`.

    A hit that it does not have is played as the most kindred one of its voice;
    NaN where it does not have the voice.
    """
    hits = self.hits().reshape(-1, _STEPS, _VOICES)
    answers = self.answers().reshape(-1, NUM_ANSWERS, _STEPS, _VOICES)
    result = np.empty_like(answers)
    for step, order in enumerate(_nearest_steps()):
      first = order[np.argmax(hits[:, order], axis=1)]  # [num_patterns, 14]
      result[:, :, step] = np.take_along_axis(
          answers, first[:, None, None, :], axis=2
      )[:, :, 0]
    absent = np.logical_not(hits.any(axis=1))[:, None, None, :]
    result[np.broadcast_to(absent, result.shape)] = np.nan
    return result.reshape(-1, NUM_ANSWERS, NUM_CELLS)


def has_spread(values: np.ndarray, hits: np.ndarray) -> np.ndarray:
  """Returns whether the hits of patterns differ, bool `[num_patterns, 2]`.

  Args:
    values: Centred answers.
    hits: 0 or 1, `[num_patterns, 448]`.
  """
  counts = np.maximum(np.asarray(hits.sum(-1)), 1).reshape(-1, 1)
  spread = np.sqrt((values.astype(np.float64)**2).sum(-1) / counts)
  return spread >= (MIN_VELOCITY_SPREAD, MIN_OFFSET_SPREAD)
