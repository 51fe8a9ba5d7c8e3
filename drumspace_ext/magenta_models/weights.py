"""Weights: the tensors of a checkpoint, taken by name and checked by shape."""

from collections.abc import Mapping
import typing

import numpy as np
import torch
from torch import nn

from drumspace_ext import errors

# From TensorFlow's order of gates (input, new, forget, output) to torch's.
_GATES = (0, 2, 1, 3)


class Dense(typing.NamedTuple):
  """A linear layer: float32 `[inputs, outputs]` and `[outputs]`."""

  kernel: torch.Tensor
  bias: torch.Tensor

  def __call__(self, *parts: torch.Tensor) -> torch.Tensor:
    """Applies the layer to inputs, `[batch, ...]`, side by side."""
    return torch.addmm(self.bias, torch.cat(parts, dim=-1), self.kernel)


class Weights:
  """Tensors by name, each of which is taken once."""

  def __init__(self, tensors: Mapping[str, np.ndarray]):
    """Takes all; see `take`.

    Args:
      tensors: float32, by canonical names.
    """
    self._left = dict(tensors)

  def __contains__(self, name: str) -> bool:
    return name in self._left

  def size(self, name: str) -> int:
    """Returns the first dimension of a tensor that is still to be taken.

    Raises:
      CheckpointError: If it is not there, or empty.
    """
    shape = self._left[name].shape if name in self._left else ()
    if not shape or not shape[0]:
      raise errors.CheckpointError(f'there is no {name} in it')
    return shape[0]

  def take(self, name: str, *shape: int) -> torch.Tensor:
    """Returns a tensor of a shape.

    Raises:
      CheckpointError: If it is not there, or of another shape.
    """
    if name not in self._left:
      raise errors.CheckpointError(f'there is no {name} in it')
    array = self._left.pop(name)
    if array.shape != shape:
      raise errors.CheckpointError(
          f'{name} in it has shape {list(array.shape)}, expected {list(shape)}'
      )
    # A copy: what is read from a file may be unaligned and is read-only.
    return torch.from_numpy(np.array(array))

  def dense(self, prefix: str, inputs: int, outputs: int) -> Dense:
    """Returns the layer whose tensors' names begin with a prefix."""
    return Dense(
        self.take(f'{prefix}kernel', inputs, outputs),
        self.take(f'{prefix}bias', outputs),
    )

  def finish(self) -> None:
    """Checks that all were taken.

    Raises:
      CheckpointError: If not: then this is another network.
    """
    if self._left:
      raise errors.CheckpointError(f'nothing here knows its {min(self._left)}')


def _reordered(tensor: torch.Tensor) -> torch.Tensor:
  """Puts gates, side by side in the last dimension, into torch's order."""
  parts = tensor.chunk(4, dim=-1)
  return torch.cat([parts[gate] for gate in _GATES], dim=-1)


def fill_lstm(
    module: nn.Module, dense: Dense, suffix: str
) -> None:
  """Fills a torch LSTM or cell with the weights of TensorFlow's LSTMBlockCell.

  Args:
    module: An `nn.LSTM` of one layer, or an `nn.LSTMCell`.
    dense: The cell's kernel and bias; 1 is added to its forget gate.
    suffix: How the names of the parameters to fill end: `_l0`, `_l0_reverse`,
      or nothing for a cell.
  """
  inputs = getattr(module, f'weight_ih{suffix}').shape[1]
  kernel, bias = _reordered(dense.kernel), _reordered(dense.bias)
  units = len(bias) // 4
  bias[units:2 * units] += 1
  for name, values in (
      ('weight_ih', kernel[:inputs].T), ('weight_hh', kernel[inputs:].T),
      ('bias_ih', bias), ('bias_hh', torch.zeros_like(bias)),
  ):
    getattr(module, f'{name}{suffix}').data.copy_(values)
