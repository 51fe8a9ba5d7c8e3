"""Inspection of checkpoints: what the head of a safetensors file says."""

from collections.abc import Mapping
import json
import math
import pathlib

import safetensors

from drumspace_ext.conversion import groove_inspection
from drumspace_ext.models import checkpoints
from drumspace_ext.models import groove_configs


def _of_groove(
    path: pathlib.Path, texts: Mapping[str, str]
) -> list[str]:
  """Describes what plays patterns; nothing for another checkpoint."""
  try:
    metadata = {key: json.loads(text) for key, text in texts.items()}
    if metadata['config']['model']['kind'] != groove_configs.KIND:
      return []
  except (KeyError, TypeError, ValueError, RecursionError):
    return []
  shipped = {
      checkpoints.find(name): name for name in
      map(f'{checkpoints.SHIPPED}{{}}'.format, checkpoints.shipped_names())
  }
  return groove_inspection.describe_model(
      shipped.get(path, str(path)), metadata
  )


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
      *_of_groove(path, metadata),
      *(f'{key}: {value[:100]}' for key, value in sorted(metadata.items())),
  ]
