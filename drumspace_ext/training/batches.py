"""Training data: a training set, split and laid out for a network."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses

import numpy as np
import torch

from drumspace_ext.dataset import examples
from drumspace_ext.dataset import parts
from drumspace_ext.models import configs
from drumspace_ext.patterns import step_codes


@dataclasses.dataclass(frozen=True, kw_only=True)
class Data:
  """A training set, split and on a device.

  Attributes:
    train: float `[num_train, 448]`.
    valid: float `[num_valid, 448]`.
    digest: Of the whole set.
    split_digest: Of both sides in their order.
    sizes: Patterns of each part.
    classes: Digests of all rotation classes of the set, uint64.
    genres: The labels of each training pattern; empty if they are unknown.
  """

  train: torch.Tensor
  valid: torch.Tensor
  digest: str
  classes: np.ndarray
  split_digest: str = ''
  sizes: Mapping[str, int] = dataclasses.field(default_factory=dict)
  genres: Sequence[Mapping[str, int]] = ()


def prepare(
    training_set: examples.TrainingSet, config: configs.TrainingConfig, *,
    seed: int, device: torch.device,
) -> Data:
  """Splits a training set and puts it on a device."""
  divided = parts.divide(
      training_set, config.valid_share, config.test_share, seed=seed
  )

  def tensor(indices):
    hits = step_codes.step_codes_to_hits(training_set.codes[indices])
    flat = hits.reshape(len(hits), -1)
    return torch.from_numpy(flat.astype(np.float32)).to(device)

  return Data(
      train=tensor(divided.train), valid=tensor(divided.valid),
      digest=training_set.digest,
      split_digest=parts.digest(training_set, divided),
      classes=step_codes.class_digests(training_set.codes),
      sizes={
          parts.TRAIN: len(divided.train), parts.VALID: len(divided.valid),
          parts.TEST: len(divided.test),
      },
      genres=[training_set.genres[i] for i in divided.train],
  )


def mixed_seed(*numbers: int) -> int:
  """Returns a seed for torch that depends on all of the numbers."""
  return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0])


class Batches:
  """The patterns of each train step.

  They depend on the seed and the train step alone, so that an interrupted run
  goes on as if it had not been.
  """

  def __init__(
      self, data: Data, config: configs.TrainingConfig, *, seed: int
  ):
    """Makes the batches of a run.

    Args:
      data: The patterns.
      config: Its `batch_size` and `bar_exchange` count.
      seed: Of the order and the exchanges.
    """
    self._hits, self._config, self._seed = data.train, config, seed
    self._generator = torch.Generator()
    self._order: tuple[int, torch.Tensor] | None = None

  def batch(self, train_step: int) -> torch.Tensor:
    """Returns the patterns of a train step, float `[batch_size, 448]`."""
    size = min(self._config.batch_size, len(self._hits))
    epoch, index = divmod(train_step, len(self._hits) // size)
    if self._order is None or self._order[0] != epoch:
      self._generator.manual_seed(mixed_seed(self._seed, 1, epoch))
      order = torch.randperm(len(self._hits), generator=self._generator)
      self._order = epoch, order.to(self._hits.device)
    hits = self._hits.index_select(
        0, self._order[1][index * size:(index + 1) * size]
    )
    if not self._config.bar_exchange:
      return hits
    self._generator.manual_seed(mixed_seed(self._seed, 4, train_step))
    chosen = torch.rand(size, 1, generator=self._generator)
    return torch.where(
        chosen.to(hits.device) < self._config.bar_exchange,
        hits.roll(hits.shape[1] // 2, 1), hits,
    )
