"""Answers of groove models: how patterns are played, as arrays.

Arrays of *answers* are float32 `[..., 2, 448]`, by what it is of (`VELOCITY`,
in MIDI velocities, `OFFSET`, in steps) and by cell. *Centred* ones have a mean
of 0 over the hits of each pattern, and 0 where there is none.
"""

from collections.abc import Mapping

import numpy as np

from drumspace_ext.patterns import step_codes

VELOCITY, OFFSET = 0, 1
NUM_ANSWERS = 2
NUM_CELLS = step_codes.NUM_STEPS * step_codes.NUM_VOICES
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


def has_spread(values: np.ndarray, hits: np.ndarray) -> np.ndarray:
  """Returns whether the hits of patterns differ, bool `[num_patterns, 2]`.

  Args:
    values: Centred answers.
    hits: 0 or 1, `[num_patterns, 448]`.
  """
  counts = np.maximum(np.asarray(hits.sum(-1)), 1).reshape(-1, 1)
  spread = np.sqrt((values.astype(np.float64)**2).sum(-1) / counts)
  return spread >= (MIN_VELOCITY_SPREAD, MIN_OFFSET_SPREAD)


def in_words(line: Mapping[str, float]) -> str:
  """Returns an evaluation of a groove model as one line for a person."""
  return (
      f'step {int(line["train_step"]):>6,}: of inputs kept back, velocity R2 '
      f'{line["velocity_r2"]:.3f}, offset R2 {line["offset_r2"]:.3f}'
  )
