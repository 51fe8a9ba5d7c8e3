"""Batches of played patterns, changed in ways that leave how they are played.
"""

import numpy as np
import torch

from drumspace_ext.models import configs
from drumspace_ext.models import groove_network
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices
from drumspace_ext.training import batches
from drumspace_ext.training import groove_data

# Instruments that do the same in a beat change places in so much of a batch.
_VOICE_EXCHANGE = 0.2
_ALIKE = tuple(
    torch.tensor([voices.INDEX[name] for name in names]) for names in (
        ('closed_hat', 'ride'), ('floor_tom', 'low_tom', 'high_tom'),
        ('cowbell', 'high_bongo', 'low_bongo', 'conga', 'low_conga'),
    )
)


class Batches:
  """Training patterns as they are drawn, each as often as it counts."""

  def __init__(
      self, data: groove_data.PlayedPatterns, config: configs.TrainStepsConfig,
      *, seed: int,
  ):
    """Takes the patterns, how they are drawn, and the seed of all batches."""
    self._config, self._seed = config, seed
    scales = np.array(groove_network.SCALES, np.float32)[:, None]
    self._hits = torch.from_numpy(data.hits)
    self._answers = torch.from_numpy(data.centred() / scales)
    self._known = torch.from_numpy(data.known)
    self._weights = torch.from_numpy(data.weights)
    self._generator = torch.Generator()

  def batch(
      self, train_step: int
  ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Returns (hits, answers, known) of a train step."""
    size = self._config.batch_size
    self._generator.manual_seed(
        batches.mixed_seed(self._seed, 1, train_step)
    )
    rows = torch.multinomial(
        self._weights, size, replacement=True, generator=self._generator
    )
    hits, answers = self._hits[rows], self._answers[rows]
    turned = self._some(self._config.bar_exchange)
    half = hits.shape[1] // 2
    hits = torch.where(turned[:, None], hits.roll(half, 1), hits)
    answers = torch.where(
        turned[:, None, None], answers.roll(half, 2), answers
    )
    order = self._voices()
    known = self._known[rows]
    return _exchanged(hits, order), _exchanged(answers, order), known

  def _some(self, share: float) -> torch.Tensor:
    """Draws patterns of a batch, bool `[batch]`."""
    size = self._config.batch_size
    return torch.rand(size, generator=self._generator) < share

  def _voices(self) -> torch.Tensor:
    """Draws which voice each takes the place of, int64 `[batch, 14]`."""
    size = self._config.batch_size
    order = torch.arange(step_codes.NUM_VOICES).repeat(size, 1)
    for alike in _ALIKE:
      chosen = self._some(_VOICE_EXCHANGE)
      drawn = torch.rand(size, len(alike), generator=self._generator)
      order[:, alike] = torch.where(
          chosen[:, None], alike[drawn.argsort(1)], alike
      )
    return order


def _exchanged(values: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
  """Puts voices in another order, float `[batch, ..., 448]`."""
  grid = values.view(len(values), -1, step_codes.NUM_VOICES)
  places = order[:, None].expand(-1, grid.shape[1], -1)
  return grid.gather(2, places).view(values.shape)
