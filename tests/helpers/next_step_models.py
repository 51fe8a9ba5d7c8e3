"""Next-step models and songs for the tests."""

import functools

import numpy as np

from drumspace_ext.models import checkpoints
from drumspace_ext.models import next_step


@functools.cache
def model(seed=0, scale=1.0):
  """A model with weights of chance, which speaks loudly."""
  rng = np.random.default_rng(seed)
  return next_step.NextStep({
      f'{part}.{name}': scale * np.float32(
          rng.normal(size=shape) / max(shape[0], 9) ** 0.5
      )
      for part in (next_step.PLAYED, next_step.ENTRY)
      for name, shape in next_step.shapes(part, (7, 5)).items()
  })


@functools.cache
def shipped():
  path = checkpoints.find(checkpoints.CONTINUER)
  return next_step.from_tensors(checkpoints.read_arrays(path)[0], str(path))


def song(*, seed, num_bars, noise=0.05):
  """A beat of two bars that goes on and varies; step codes, uint16."""
  rng = np.random.default_rng(seed)
  voices = rng.choice(14, 4, replace=False)
  beat = sum(
      (rng.random(32) < share).astype(np.int64) << voice
      for voice, share in zip(voices, (0.5, 0.25, 0.2, 0.1))
  )
  codes = np.resize(beat, 16 * num_bars)
  flips = rng.random(len(codes)) < noise
  codes[flips] ^= 1 << rng.integers(0, 14, flips.sum())
  codes[0] |= 1 << voices[0]
  return codes.astype(np.uint16)
