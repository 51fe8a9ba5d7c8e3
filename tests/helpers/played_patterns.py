"""Played patterns for tests, from hits and what is played of them."""

import numpy as np

from drumspace_ext.patterns import step_codes
from drumspace_ext.training import groove_data


def of(hits, velocities, *, num_inputs=1.0, plays=16.0):
  """Returns patterns, bool `[n, 32, 14]`, with velocities of that shape."""
  count, flat = len(hits), hits.reshape(len(hits), -1)
  answers = np.zeros((count, 2, flat.shape[1]), np.float32)
  answers[:, 0] = velocities.reshape(count, -1) * flat
  known = np.zeros((count, 2), np.float32)
  known[:, 0] = 1
  return groove_data.PlayedPatterns(
      codes=step_codes.hits_to_step_codes(hits), hits=flat.astype(np.float32),
      answers=answers, known=known, plays=np.full(count, plays, np.float32),
      num_inputs=np.full(count, num_inputs, np.float32),
      weights=np.ones(count, np.float32), own=np.ones(count, np.bool_),
  )


def softer_under_crashes(count, seed):
  """Returns patterns whose kicks are soft where there is a crash, else loud.

  No table by step and voice can tell: half of the kicks have a crash.
  """
  rng = np.random.default_rng(seed)
  hits = np.zeros((count, 32, 14), np.bool_)
  hits[:, ::4, 0] = True
  hits[:, ::4, 7] = rng.random((count, 8)) < 0.5
  hits[:, 2::4, 2] = rng.random((count, 8)) < 0.5
  velocities = np.full(hits.shape, 90.0)
  velocities[:, :, 0] = np.where(hits[:, :, 7], 60, 110)
  return of(hits, velocities)
