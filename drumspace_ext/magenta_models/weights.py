"""Weights: the tensors of a checkpoint, taken by name and checked by shape."""

from collections.abc import Mapping
import typing

import numpy as np

from drumspace_ext import errors


class Dense(typing.NamedTuple):
  """A linear layer: float32 `[inputs, outputs]` and `[outputs]`."""

  kernel: np.ndarray
  bias: np.ndarray

  def __call__(self, *parts: np.ndarray) -> np.ndarray:
    """Applies the layer to inputs, `[batch, ...]`, side by side."""
    return np.concatenate(parts, axis=-1) @ self.kernel + self.bias


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

  def take(self, name: str, *shape: int) -> np.ndarray:
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
    return np.array(array)

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
