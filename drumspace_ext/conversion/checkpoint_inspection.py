"""Inspection of checkpoints: what the head of a safetensors file says."""

import json
import math
import pathlib
import struct

_MAX_HEADER_BYTES = 100 << 20


def _num_values(tensor: object) -> int | None:
  """Returns how many numbers a tensor of a header has; None if it is none."""
  shape = tensor.get('shape') if isinstance(tensor, dict) else None
  if not isinstance(shape, list) or not all(type(n) is int for n in shape):
    return None
  return math.prod(shape)


def describe(path: pathlib.Path) -> list[str] | None:
  """Describes a safetensors file by its header; None if it is none."""
  with path.open('rb') as stream:
    head = stream.read(8)
    if len(head) < 8:
      return None
    (length,) = struct.unpack('<Q', head)
    if not 2 <= length <= min(_MAX_HEADER_BYTES, path.stat().st_size - 8):
      return None
    try:
      header = json.loads(stream.read(length))
    except (ValueError, RecursionError):
      return None
  if not isinstance(header, dict):
    return None
  metadata = header.pop('__metadata__', {})
  sizes = [
      size for tensor in header.values()
      if (size := _num_values(tensor)) is not None
  ]
  if not isinstance(metadata, dict) or len(sizes) < len(header):
    return None
  return [
      f'a safetensors checkpoint: {len(header)} tensors, {sum(sizes):,} '
      'numbers',
      *(f'{key}: {str(value)[:100]}' for key, value in metadata.items()),
  ]
