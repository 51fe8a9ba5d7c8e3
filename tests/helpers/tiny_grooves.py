"""Tiny groove models and what they are trained on."""

import numpy as np
import torch

from drumspace_ext.models import config_loading
from drumspace_ext.models import groove_memory
from drumspace_ext.models import groove_model
from drumspace_ext.models import groove_network
from drumspace_ext.patterns import step_codes

HPARAMS = 'hidden_size=8,memory_size=12,num_train_steps=20,batch_size=16'


def memory(count: int = 12, seed: int = 0) -> groove_memory.Memory:
  """Returns random patterns with random grooves."""
  rng = np.random.default_rng(seed)
  hits = rng.random((count, 32, 14)) < 0.1
  hits[:, 0, 0] = hits[:, 4, 1] = True
  num_hits = int(hits.sum())
  return groove_memory.Memory(
      codes=step_codes.hits_to_step_codes(hits),
      velocities=rng.integers(1, 128, num_hits).astype(np.uint8),
      offsets=rng.integers(-127, 128, num_hits).astype(np.int8),
      weights=rng.uniform(0.1, 3, count).astype(np.float32),
      own=np.arange(count) % 2 == 0,
  )


def model(
    seed: int = 0, *, remembers: bool = True
) -> groove_model.GrooveModel:
  """Returns a model of random weights that speaks up."""
  settings = config_loading.load_any(
      'groove', HPARAMS if remembers else f'{HPARAMS},memory_size=0'
  )
  with torch.random.fork_rng(devices=[]):
    torch.manual_seed(seed)
    network = groove_network.GrooveNetwork(settings.model)
    network.table.normal_()
    network.level.fill_(80.0)
    network.common.fill_(0.25)
  return groove_model.GrooveModel(
      settings, network, memory(seed=seed) if remembers
      else groove_memory.Memory.empty(),
  )
