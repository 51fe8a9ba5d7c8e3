"""Tiny groove models, and patterns for them to play."""

from hypothesis import strategies as st
import numpy as np
import torch

from drumspace_ext.models import config_loading
from drumspace_ext.models import groove_model
from drumspace_ext.models import groove_network
from drumspace_ext.models import takes

HPARAMS = (
    'hidden_size=8,around_size=8,take_size=8,critic_size=8,num_train_steps=30,batch_size=16'
)


def pattern(*cells: tuple[int, int]) -> np.ndarray:
  """Returns a pattern of (step, voice), bool `[1, 32, 14]`."""
  hits = np.zeros((1, 32, 14), np.bool_)
  for step, voice in cells:
    hits[0, step, voice] = True
  return hits


# Two patterns. Each hit of a take is drawn after those before it: few are fast.
PAIRS = st.lists(
    st.sets(st.tuples(st.integers(0, 31), st.integers(0, 13)), max_size=4),
    min_size=2, max_size=2,
).map(lambda both: np.concatenate([pattern(*cells) for cells in both]))


def model(seed: int = 0) -> groove_model.GrooveModel:
  """Returns a model of random weights that speaks up."""
  settings = config_loading.load_any('groove', HPARAMS)
  with torch.random.fork_rng(devices=[]):
    torch.manual_seed(seed)
    network = groove_network.GrooveNetwork(settings.model)
    network.table.normal_()
    network.level.fill_(80.0)
    drawing = takes.TakeNetwork(settings.model)
  return groove_model.GrooveModel(settings, network, drawing)
