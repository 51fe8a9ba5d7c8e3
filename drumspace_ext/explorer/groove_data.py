"""Groove data: what the page needs to play beats as the groove model does.

Columns are under `groove.`, in the form of `page_data`; `web/model/groove.js`
computes with them. Weights are by input and then by output.
"""

import numpy as np

from drumspace_ext.models import groove_model
from drumspace_ext.models import groove_network


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
  network = model.network
  around = network.around
  weight, places = around.first()
  tensors = {
      'table': network.table, 'around.weight': weight, 'around.places': places,
      **{
          f'whole.{number}.{name}': value
          for number, layer in enumerate(network.whole.linear())
          for name, value in (('bias', layer.bias), ('weight', layer.weight.T))
      },
      **{
          f'around.{name}.{part}': value
          for name, layer in (('hidden', around.hidden), ('out', around.out))
          for part, value in (('bias', layer.bias), ('weight', layer.weight.T))
      },
  }
  header = {
      'level': model.level, 'scales': list(groove_network.SCALES),
      'input_scale': groove_network.INPUT_SCALE,
      'whole_shares': list(groove_network.WHOLE_SHARES),
  }
  return header, {
      f'groove.{name}': value.contiguous().numpy().astype(np.float16)
      for name, value in tensors.items()
  }
