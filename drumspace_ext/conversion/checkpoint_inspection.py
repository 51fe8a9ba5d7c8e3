"""Inspection of checkpoints: what the head of a safetensors file says."""

import math
import pathlib

import safetensors


def describe(path: pathlib.Path) -> list[str] | None:
  """Describes a safetensors file by its header; None if it is none.

  Raises:
    OSError: If it can't be read.
  """
  try:
    with safetensors.safe_open(path, 'np') as file:
      metadata = file.metadata() or {}
      names = list(file.keys())
      shapes = [file.get_slice(name).get_shape() for name in names]
  except safetensors.SafetensorError:
    return None
  numbers = sum(map(math.prod, shapes))
  return [
      f'a safetensors checkpoint: {len(shapes)} tensors, {numbers:,} numbers',
      *(f'{key}: {value[:100]}' for key, value in sorted(metadata.items())),
  ]
