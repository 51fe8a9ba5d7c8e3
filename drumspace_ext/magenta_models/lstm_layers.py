"""TensorFlow's LSTM cells as torch's."""

import torch
from torch import nn

from drumspace_ext.magenta_models import weights

# From TensorFlow's order of gates (input, new, forget, output) to torch's.
_GATES = (0, 2, 1, 3)


def _reordered(tensor: torch.Tensor) -> torch.Tensor:
  """Puts gates, side by side in the last dimension, into torch's order."""
  parts = tensor.chunk(4, dim=-1)
  return torch.cat([parts[gate] for gate in _GATES], dim=-1)


def fill_lstm(
    module: nn.Module, dense: weights.Dense, suffix: str
) -> None:
  """Fills a torch LSTM or cell with the weights of TensorFlow's LSTMBlockCell.

  Args:
    module: An `nn.LSTM` of one layer, or an `nn.LSTMCell`.
    dense: The cell's kernel and bias; 1 is added to its forget gate.
    suffix: How the names of the parameters to fill end: `_l0`, `_l0_reverse`,
      or nothing for a cell.
  """
  inputs = getattr(module, f'weight_ih{suffix}').shape[1]
  kernel, bias = (_reordered(torch.from_numpy(part)) for part in dense)
  units = len(bias) // 4
  bias[units:2 * units] += 1
  for name, values in (
      ('weight_ih', kernel[:inputs].T), ('weight_hh', kernel[inputs:].T),
      ('bias_ih', bias), ('bias_hh', torch.zeros_like(bias)),
  ):
    getattr(module, f'{name}{suffix}').data.copy_(values)
