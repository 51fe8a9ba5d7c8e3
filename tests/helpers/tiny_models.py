"""Tiny models for the tests, trained on the starter collection in a second."""

import functools

import torch

from drumspace_ext.dataset import examples as training_sets
from drumspace_ext.models import config_loading
from drumspace_ext.models import configs
from drumspace_ext.models import networks
from drumspace_ext.training import batches
from drumspace_ext.training import loop
from drumspace_ext.training import trainer as training

KINDS = ('ae', 'vae', 'acai', 'stepwise', 'planned', 'foretold')
# Their decoders write step by step.
STEPWISE = ('stepwise', 'planned', 'foretold')
_CONFIGS = {
    'ae': 'ae', 'vae': 'smoke', 'acai': 'acai', 'stepwise': 'stepwise',
    'planned': 'planned', 'foretold': 'best',
}
_SMALL = {
    'z_size': 4, 'hidden_sizes': [32], 'batch_size': 32, 'eval_steps': 8,
    'num_train_steps': 20, 'learning_rate': 0.01, 'valid_share': 0.2,
    'test_share': 0.0,
}
_WARM = {'beta_warmup_steps': 10}
_STEPWISE = _WARM | {
    'decoder_size': 32, 'num_decoder_layers': 2, 'voice_head_size': 8,
}
_MORE = {
    'ae': {}, 'vae': _WARM, 'acai': {},
    'stepwise': _STEPWISE, 'planned': _STEPWISE | {'bfloat16': 0},
    'foretold': _STEPWISE | {'bfloat16': 0},
}

networks.prepare_torch()


def config(kind: str, **hparams) -> configs.Config:
  values = _SMALL | _MORE[kind] | hparams
  hparams = ','.join(f'{key}={value}' for key, value in values.items())
  return config_loading.load(_CONFIGS[kind], hparams)


def network(kind: str, *, seed: int = 0, scale: float = 1.0, **hparams):
  """A fresh network in evaluation mode; `scale` makes its logits larger."""
  made = networks.make(config(kind, **hparams).model, seed=seed).eval()
  with torch.no_grad():
    for parameter in made.parameters():
      parameter *= scale
  return made


@functools.cache
def data(seed: int = 0) -> batches.Data:
  return batches.prepare(
      training_sets.load_or_starter(None), config('vae').training, seed=seed,
      device=torch.device('cpu'),
  )


def trainer(made: configs.Config, run_dir, *, seed: int = 0, examples=None):
  return training.Trainer(
      made, examples or data(), run_dir, seed=seed, device=torch.device('cpu')
  )


def train(made: configs.Config, run_dir, on_step=lambda *_: None, **options):
  """Trains to the end, or until `on_step` raises; returns the last line."""
  return loop.train(
      trainer(made, run_dir, **options), on_step=on_step,
      on_evaluation=lambda _: None,
  )
