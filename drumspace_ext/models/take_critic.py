"""The critic of takes: how much a take is like a performance.

What is drawn hit by hit strays: each hit is likely after those before it, and
yet the whole has louder extremes and bars less alike than people play. The
critic has learned to tell performances from takes by all hits at once, so that
one of several takes can be chosen: that is importance resampling by the density
ratio that a classifier knows (Azadi et al., "Discriminator rejection sampling",
2018, in its self-normalized form).
"""

import numpy as np
import torch
from torch import nn

from drumspace_ext.models import take_features
from drumspace_ext.patterns import step_codes

_BAR, _VOICES = step_codes.STEPS_PER_BAR, step_codes.NUM_VOICES
# Of velocities and ticks, to be of the order of 1.
_SCALES = np.array([20.0, 30.0])
_LOUD = 126
# What files round to: velocities typed in, ticks of coarser clocks.
_MULTIPLES = (2, 4, 5, 10)
_LEAST_VARIANCE = 1e-6
# No take is surer than so: the critic errs too.
_MAX_LOGIT = 4.0


def _previous(places: tuple[np.ndarray, ...]) -> np.ndarray:
  """Returns the number of the hit of the same voice before each, or -1."""
  patterns, steps, of_voice = places
  order = np.lexsort((steps, of_voice, patterns))
  same = np.diff(patterns[order]) == 0
  same &= np.diff(of_voice[order]) == 0
  result = np.full(len(order), -1)
  result[order[1:][same]] = order[:-1][same]
  return result


def _apart(values: np.ndarray, there: np.ndarray) -> list[np.ndarray]:
  """Returns how hits differ from others, if there are these, `[n, 1]` each."""
  apart = np.where(there[:, None], values, 0) / _SCALES
  return [apart, np.abs(apart), there[:, None] & (apart == 0)]


def seen(
    hits: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
  """Returns what the critic sees of each hit.

  Args:
    hits: bool `[num_takes, 32, 14]`.
    values: Velocities and ticks, `[num_takes, 2, 32, 14]`.

  Returns:
    (the take of each hit, int64 `[num_hits]`; float32 `[num_hits, n]`).
  """
  places = patterns, steps, of_voice = take_features.places(hits)
  own = values[patterns, :, steps, of_voice].astype(np.float64)
  counts = np.maximum(np.bincount(patterns, minlength=len(hits)), 1)
  mean = np.bincount(patterns, own[:, 0], minlength=len(hits)) / counts
  before, turned = _previous(places), (steps + _BAR) % step_codes.NUM_STEPS
  there = hits[patterns, turned, of_voice]
  return patterns, np.concatenate([
      np.eye(_VOICES)[of_voice], np.eye(_BAR)[steps % _BAR],
      (own[:, :1] - mean[patterns, None]) / _SCALES[0],
      (own - (80, 0)) / _SCALES, np.abs(own[:, 1:]) / _SCALES[1],
      own[:, :1] >= _LOUD, own[:, 1:] == 0,
      (before >= 0)[:, None], *_apart(own - own[before], before >= 0),
      there[:, None],
      *_apart(own - values[patterns, :, turned, of_voice], there),
      *[own % multiple == 0 for multiple in _MULTIPLES],
  ], 1, dtype=np.float32, casting='same_kind')


def num_features() -> int:
  """Returns the width of `seen`."""
  hits = np.ones((1, step_codes.NUM_STEPS, _VOICES), np.bool_)
  return seen(hits, np.ones((1, 2, *hits.shape[1:])))[1].shape[1]


class TakeCritic(nn.Module):
  """Tells performances from takes: by hit, then by what hits have in common."""

  def __init__(self, width: int, dropout: float):
    """Makes the layers; their weights come from torch's global generator."""
    super().__init__()
    size = num_features()
    self.by_hit = nn.Sequential(
        nn.Linear(size, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(),
    )
    self.of_all = nn.Sequential(
        nn.Linear(3 * width + size, width), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(width, 1),
    )

  def forward(
      self, patterns: torch.Tensor, hits: torch.Tensor, num_takes: int
  ) -> torch.Tensor:
    """Returns how much likelier a performance is, log odds `[num_takes]`.

    Args:
      patterns: The take of each hit, int64 `[num_hits]`.
      hits: `seen` of each.
      num_takes: How many there are.
    """
    counts = torch.bincount(patterns, minlength=num_takes)
    counts = counts.clamp(min=1)[:, None].float()

    def mean(values: torch.Tensor) -> torch.Tensor:
      sums = values.new_zeros(num_takes, values.shape[1])
      return sums.index_add(0, patterns, values) / counts

    said = self.by_hit(hits)
    means = mean(said)
    variances = (mean(said**2) - means**2).clamp(min=_LEAST_VARIANCE)
    most = said.new_zeros(means.shape).scatter_reduce(
        0, patterns[:, None].expand_as(said), said, 'amax'
    )
    return self.of_all(
        torch.cat([means, variances.sqrt(), most, mean(hits)], 1)
    )[:, 0]

  def odds(self, hits: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Returns what takes count among each other, float64 `[num_takes]`.

    Args:
      hits: bool `[num_takes, 32, 14]`.
      values: Velocities and ticks, `[num_takes, 2, 32, 14]`.
    """
    patterns, around = map(torch.from_numpy, seen(hits, values))
    logits = self(patterns, around, len(hits)).numpy().astype(np.float64)
    return np.exp(np.minimum(logits, _MAX_LOGIT))
