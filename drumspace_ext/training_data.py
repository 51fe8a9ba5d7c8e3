"""Training data: a training set, split and laid out for a network."""

import dataclasses
import hashlib

import numpy as np
import torch

from drumspace_ext import configs
from drumspace_ext import patterns
from drumspace_ext import training_sets


@dataclasses.dataclass(frozen=True, kw_only=True)
class Data:
  """A training set, split and on a device.

  Attributes:
    train: float `[num_train, 448]`.
    valid: float `[num_valid, 448]`.
    digest: Of the whole set.
    split_digest: Of both sides in their order.
    classes: Digests of all rotation classes of the set, uint64.
  """

  train: torch.Tensor
  valid: torch.Tensor
  digest: str
  classes: np.ndarray
  split_digest: str = ''


def prepare(
    training_set: training_sets.TrainingSet, config: configs.TrainingConfig, *,
    seed: int, device: torch.device,
) -> Data:
  """Splits a training set and puts it on a device."""
  train, valid = training_sets.split(
      training_set, config.valid_share, seed=seed
  )

  def tensor(indices):
    hits = patterns.step_codes_to_hits(training_set.codes[indices])
    flat = hits.reshape(len(hits), -1)
    return torch.from_numpy(flat.astype(np.float32)).to(device)

  return Data(
      train=tensor(train), valid=tensor(valid), digest=training_set.digest,
      split_digest=hashlib.sha256(b'|'.join(
          training_set.codes[side].tobytes() for side in (train, valid)
      )).hexdigest()[:16],
      classes=training_sets.class_digests(training_set.codes),
  )
