"""The smoke model, trained for a moment on the starter collection."""

import torch

from drumspace_ext.dataset import examples
from drumspace_ext.models import config_loading
from drumspace_ext.models import networks
from drumspace_ext.training import batches
from drumspace_ext.training import loop
from drumspace_ext.training import trainer as training

HPARAMS = 'num_train_steps=60,eval_steps=20'


def train(folder, *, seed=0):
  """Trains in a run directory and returns it."""
  networks.prepare_torch()
  config = config_loading.load('smoke', HPARAMS)
  device = torch.device('cpu')
  data = batches.prepare(
      examples.load_or_starter(None), config.training, seed=seed,
      device=device,
  )
  trainer = training.Trainer(config, data, folder, seed=seed, device=device)
  loop.train(
      trainer, on_step=lambda *_: None, on_evaluation=lambda line: None
  )
  return folder
