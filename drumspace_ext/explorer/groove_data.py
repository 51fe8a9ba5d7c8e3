"""Groove data: what the page needs to play beats as the groove model does.

Columns are under `groove.`, in the form of `page_data`; `web/model/groove.js`
computes with them. Offsets travel as unsigned bytes, 128 is on the grid.
"""

import numpy as np

from drumspace_ext.models import groove_memory
from drumspace_ext.models import groove_model
from drumspace_ext.models import groove_network

_OFFSET_ZERO = 128


def of_model(
    model: groove_model.GrooveModel | None,
) -> tuple[dict[str, object], dict[str, np.ndarray]]:
  """Returns (header, columns) for the page, empty ones without a model."""
  if model is None:
    return {}, {}
  header, found = columns(model)
  return {'groove': header}, found


def columns(
    model: groove_model.GrooveModel,
) -> tuple[dict, dict[str, np.ndarray]]:
  """Returns (header, columns) of a groove model."""
  memory, tensors = model.memory, {
      name: value.numpy().astype(np.float16)
      for name, value in model.network.state_dict().items()
      if name.startswith('layers.') or name == 'table'
  }
  header = {
      'level': model.level, 'scales': list(groove_network.SCALES),
      'input_scale': groove_network.INPUT_SCALE,
      'prior': groove_network.PRIOR,
      'distance': model.settings.model.distance,
      'memory_share': model.memory_share,
      'offset_parts': groove_memory.OFFSET_PARTS,
      'min_spreads': [
          groove_memory.MIN_VELOCITY_SPREAD, groove_memory.MIN_OFFSET_SPREAD
      ],
  }
  if model.memory_share:
    tensors |= _remembered(memory)
  return header, {f'groove.{name}': value for name, value in tensors.items()}


def _remembered(memory: groove_memory.Memory) -> dict[str, np.ndarray]:
  return {
      'codes': memory.codes, 'weights': memory.weights,
      'velocities': memory.velocities,
      'offsets': (memory.offsets.astype(np.int16) + _OFFSET_ZERO)
      .astype(np.uint8),
  }
