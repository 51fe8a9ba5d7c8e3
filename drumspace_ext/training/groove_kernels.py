"""What alike patterns have, weighed by likeness: a teacher of velocities.

It is kernel ridge regression (the mean of a Gaussian process; Rasmussen and
Williams 2006, chapter 2) of what the table leaves: one for each voice and step
of a bar, over the patterns that have that hit, in both bars. Patterns are the
more alike, the fewer hits differ, those of the same voice and near to the hit
counting more: sums of exponentials of that distance. It foretells beats of
other files better than networks that learn from performances, but holds
patterns, and so is asked what many made-up patterns would be played like, and
networks learn its answers: these hold none.
"""

import numpy as np
import torch

from drumspace_ext import callbacks
from drumspace_ext.models import groove_answers
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import groove_data

# Those that count most; twice as many would take eight times as long.
_NUM_PATTERNS = 3000
# Hits that stand less often are left to the table.
_MIN_HITS = 20
# Distances after which likeness fades, and what each scale explains, in squares
# of scaled velocities; chosen on files kept back, as what cells count is.
_LENGTHS = (2.0, 6.0, 20.0)
_AMOUNTS = (1.0, 0.4, 0.3)
# What is a file's own: of a single play 5 times as much as of very many.
_NOISE, _SINGLE = 3.0, 4.0
# With less, float32 can't tell patterns of very many inputs apart.
_MIN_NOISE = 0.02
_BATCH = 1000
_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
_CELLS = groove_answers.NUM_CELLS
_BAR = _CELLS // 2


def _cell_weights(cell: int) -> torch.Tensor:
  """Returns what a difference of each cell counts for a hit, `[448]`."""
  steps = torch.arange(_STEPS).repeat_interleave(_VOICES)
  voices = torch.arange(_VOICES).repeat(_STEPS)
  step, voice = divmod(cell, _VOICES)
  apart = torch.minimum((steps - step) % _STEPS, (step - steps) % _STEPS)
  same = (voices == voice).float()
  on_beat = (apart % step_codes.STEPS_PER_QUARTER == 0).float()
  return (
      0.6 + 0.6 * same * (1 + on_beat) + 0.5 * torch.exp(-apart / 3)
      + 0.8 * (apart == 0) + 0.3 * (apart == step_codes.STEPS_PER_BAR)
      + 0.1 * on_beat
  )


def _likeness(some: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
  """Returns how alike patterns of weighted cells are, `[n, m]`."""
  apart = (some**2).sum(1)[:, None] + (others**2).sum(1)
  apart.addmm_(some, others.T, alpha=-2).clamp_(min=0)
  result = torch.zeros_like(apart)
  for length, amount in zip(_LENGTHS, _AMOUNTS):
    result += amount * torch.exp(apart / -length)
  return result


class Kernels:
  """Foretells the velocities of patterns, by those of training."""

  def __init__(
      self, data: groove_data.PlayedPatterns, left: np.ndarray,
      on_step: callbacks.OnStep = callbacks.silent,
  ):
    """Learns.

    Args:
      data: Training patterns.
      left: What the table leaves of their velocities, centred and scaled,
        float32 `[num_patterns, 448]`.
      on_step: Called with the cells of a bar done; see `callbacks`.
    """
    counts = data.weights * data.known[:, groove_answers.VELOCITY]
    chosen = np.argsort(-counts, kind='stable')[:_NUM_PATTERNS]
    chosen = chosen[counts[chosen] > 0]
    plays = data.plays[chosen].clip(1, groove_data.MAX_PLAYS)
    noise = _NOISE * (1 + _SINGLE / plays) / data.num_inputs[chosen]
    noise = noise.clip(_MIN_NOISE)
    self._hits = _both_ways(torch.from_numpy(data.hits[chosen]))
    values = _both_ways(torch.from_numpy(left[chosen]))
    noises = torch.from_numpy(noise.astype(np.float32)).repeat(2)
    self._parts: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
    for cell in range(_BAR):
      (rows,) = self._hits[:, cell].nonzero(as_tuple=True)
      if len(rows) >= _MIN_HITS:
        seen = self._hits[rows] * _cell_weights(cell).sqrt()
        matrix = _likeness(seen, seen)
        matrix.diagonal().add_(noises[rows])
        self._parts[cell] = rows, torch.cholesky_solve(
            values[rows, cell, None], torch.linalg.cholesky(matrix)
        )
      on_step(cell + 1, _BAR, 'comparing beats')

  def __call__(
      self, hits: torch.Tensor, on_step: callbacks.OnStep = callbacks.silent
  ) -> torch.Tensor:
    """Returns what the table leaves, scaled, float32 `[num_patterns, 448]`.

    Args:
      hits: 0 or 1, float32 `[num_patterns, 448]`.
      on_step: Called with the cells of a bar done; see `callbacks`.
    """
    asked = _both_ways(hits)
    result = torch.zeros_like(asked)
    for cell, (known, factors) in self._parts.items():
      weights = _cell_weights(cell).sqrt()
      seen = self._hits[known] * weights
      (rows,) = asked[:, cell].nonzero(as_tuple=True)
      for part in rows.split(_BATCH):
        likeness = _likeness(asked[part] * weights, seen)
        result[part, cell] = (likeness @ factors)[:, 0]
      on_step(cell + 1, _BAR, 'asking teachers')
    first, second = result.chunk(2)
    return torch.cat([first[:, :_BAR], second[:, :_BAR]], 1)


def _both_ways(values: torch.Tensor) -> torch.Tensor:
  """Puts what has its bars exchanged after what is given, `[2 n, 448]`."""
  return torch.cat([values, values.roll(_BAR, 1)])
