"""Entropy: how much happens in a pattern, and the rule that refuses little.

Published: a pattern whose 32 step codes have less than 0.9 nats of entropy is
trivial: extraction leaves it out, and so does the filter of what models draw.
"""

import math

import numpy as np

from drumspace_ext.patterns import step_codes

# The published rule: a pattern with less is refused.
MIN_NATS = 0.9

# c * ln(c) for a code that fills c of the 32 steps.
_COUNT_LOG_COUNT = np.array(
    [0.0] + [c * math.log(c) for c in range(1, step_codes.NUM_STEPS + 1)]
)


def nats(codes: np.ndarray) -> np.ndarray:
  """Shannon entropy of the 32 step codes of each pattern, in nats.

  Args:
    codes: Step codes, integer `[..., 32]`.

  Returns:
    float64 `[...]`, from 0 (all steps alike) to ln 32 (all different).
  """
  step_codes.validate_codes(codes)
  if not codes.size:
    return np.zeros(codes.shape[:-1])
  flat = np.sort(codes.reshape(-1, step_codes.NUM_STEPS), axis=-1)
  first = np.ones(flat.shape, np.bool_)
  first[:, 1:] = flat[:, 1:] != flat[:, :-1]
  starts = np.flatnonzero(first)
  counts = np.empty_like(starts)
  np.subtract(starts[1:], starts[:-1], out=counts[:-1])
  counts[-1] = flat.size - starts[-1]
  terms = _COUNT_LOG_COUNT[counts]
  per_pattern = np.add.reduceat(
      terms, np.flatnonzero(starts % step_codes.NUM_STEPS == 0)
  )
  result = math.log(step_codes.NUM_STEPS) - per_pattern / step_codes.NUM_STEPS
  # A single repeated code is exactly 0, whatever the logarithms round to.
  return np.maximum(result, 0.0).reshape(codes.shape[:-1])


def is_trivial(codes: np.ndarray) -> np.ndarray:
  """Says which patterns the entropy rule refuses, bool `[...]`."""
  return nats(codes) < MIN_NATS
