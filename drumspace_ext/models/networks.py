"""Networks by kind: from a configuration to the torch module it describes.

A further kind of model is a line of `KINDS` and a module with two classes: its
configuration, which derives from `configs.AeConfig`, and its network, which
derives from `autoencoder.Autoencoder` and says there how it is trained
(`losses`), what its z is drawn from (`fit_sampler`) and at which temperature.
"""

from collections.abc import Mapping
import copy
import functools
import types
import typing

import torch
from torch import nn
from torch import overrides

from drumspace_ext import defaults
from drumspace_ext.models import acai
from drumspace_ext.models import autoencoder
from drumspace_ext.models import configs
from drumspace_ext.models import foretold
from drumspace_ext.models import planned
from drumspace_ext.models import stepwise
from drumspace_ext.models import vae


class Kind(typing.NamedTuple):
  """What a kind of model is made of.

  Attributes:
    config: Holds its table `[model]`.
    network: Is made of that.
  """

  config: type[configs.AeConfig]
  network: type[autoencoder.Autoencoder]


# By what configurations and checkpoints call them.
KINDS: Mapping[str, Kind] = types.MappingProxyType({
    'ae': Kind(configs.AeConfig, autoencoder.Autoencoder),
    'vae': Kind(configs.VaeConfig, vae.Vae),
    'acai': Kind(configs.AcaiConfig, acai.Acai),
    'stepwise': Kind(configs.StepwiseConfig, stepwise.Stepwise),
    'planned': Kind(configs.PlannedConfig, planned.Planned),
    'foretold': Kind(configs.ForetoldConfig, foretold.Foretold),
})
_ADAM_BETA1 = 0.9


def make(config: configs.AeConfig, *, seed: int) -> autoencoder.Autoencoder:
  """Makes a network with fresh weights.

  Args:
    config: The model's part of a configuration.
    seed: Of the weights.
  """
  # torch's initializers draw from the global generator: lend it to them.
  with torch.random.fork_rng(devices=[]):
    torch.manual_seed(seed)
    return KINDS[config.kind].network(config)


class _Undrawn(overrides.TorchFunctionMode):
  """Draws none of the weights that are only shapes.

  On the device `meta` a normal distribution and its scale import a compiler and
  sympy, some 800 modules and a second of work.
  """

  def __torch_function__(self, func, kinds, args=(), kwargs=None):
    if func is torch.randn:
      return torch.empty(*args)
    if func is nn.init.normal_:
      return args[0] if args else (kwargs or {})['tensor']
    if func is torch.Tensor.mul:
      return args[0]
    return func(*args, **(kwargs or {}))


def filled(
    config: configs.AeConfig, tensors: Mapping[str, torch.Tensor]
) -> autoencoder.Autoencoder:
  """Makes a network with weights that were saved.

  A critic is not saved with the model: it is of no use any more.

  Raises:
    ValueError: If the weights are not those of such a network; no memory is
      taken for it before that is known.
  """
  with torch.device('meta'), _Undrawn():
    network = make(config, seed=0)
  expected = {
      key: value.shape for key, value in network.state_dict().items()
      if not key.startswith('critic.')
  }
  given = {key: value.shape for key, value in tensors.items()}
  if given != expected:
    odd = min(
        key for key in {*given, *expected}
        if given.get(key) != expected.get(key)
    )
    raise ValueError(f'{odd} is not what its configuration says')
  # `to_empty` imports sympy and hundreds of modules, a second of work.
  values = {
      key: torch.empty(value.shape, dtype=value.dtype)
      for key, value in network.state_dict().items()
  }
  for key, value in tensors.items():
    values[key].copy_(value)
  network.load_state_dict(values, assign=True)
  return network


def as_saved(network: autoencoder.Autoencoder) -> autoencoder.Autoencoder:
  """Returns a network as its checkpoint gives it back.

  That is a copy with rounded weights, or the network itself where checkpoints
  hold the weights as they are.
  """
  if network.saved_dtype == torch.float32:
    return network
  copied = copy.deepcopy(network)
  copied.load_state_dict(network.saved_tensors())
  return copied


def optimizer(
    network: autoencoder.Autoencoder, config: configs.TrainingConfig
) -> torch.optim.AdamW:
  """Makes the optimizer of a network, in one kernel where torch has it."""
  make_one = functools.partial(
      torch.optim.AdamW, list(network.parameters()), lr=config.learning_rate,
      betas=(_ADAM_BETA1, config.adam_beta2),
      weight_decay=config.weight_decay,
  )
  try:
    return make_one(fused=True)
  except RuntimeError:
    # torch before 2.4 has it for GPUs alone.
    return make_one()


def prepare_torch(num_threads: int = defaults.NUM_THREADS) -> None:
  """Sets the number of threads that torch uses.

  Its default of all processors is up to 20 times slower for nets this small
  when the machine is busy.

  Args:
    num_threads: Threads; results may differ in the last bit between numbers.
  """
  torch.set_num_threads(num_threads)
