"""Tensors of TensorFlow's checkpoints, of both formats, without TensorFlow.

A *V1 checkpoint* is one table (`tables`): the value of each key is a
SavedTensorSlices message, the first one with the names, shapes and types of all
variables, the others with the numbers of one variable each. A *V2 checkpoint*
is a table of BundleEntryProto messages (`NAME.index`), each with the place of
its numbers in a second file (`NAME.data-00000-of-00001`) and their checksum.
Source: `saved_tensor_slice.proto`, `tensor_bundle.proto`, `tensor.proto`,
`types.proto` of TensorFlow.

Variables of float32 are read, and the train step. What an optimizer keeps is no
part of a model.
"""

from collections.abc import Callable
import dataclasses
import math
import re
import struct

import google_crc32c
import numpy as np

from drumspace_ext import errors
from drumspace_ext.files import tfrecords
from drumspace_ext.magenta_models import messages
from drumspace_ext.magenta_models import tables

_FLOAT, _INT64 = 1, 9
_FLOAT_BYTES = 4
_MAX_DIMENSIONS = 8
_STEP = 'global_step'
_NO_MODEL = re.compile(r'(^|/)(Adam(_1)?|beta[12]_power|Momentum|RMSProp'
                       r'(_1)?|ExponentialMovingAverage)$')
_LAST_STEP = (1 << 63) - 1

# Returns so many bytes of the data file of a shard, from an offset.
ReadData = Callable[[int, int, int], bytes]


@dataclasses.dataclass(frozen=True)
class Tensors:
  """What a checkpoint holds.

  Attributes:
    values: float32 arrays by the names of their variables.
    train_step: Train steps that the model has seen; 0 if it does not say.
  """

  values: dict[str, np.ndarray]
  train_step: int


def _shape(message: memoryview) -> tuple[int, ...]:
  """Reads a TensorShapeProto."""
  shape = tuple(
      messages.integer(dimension, 1)
      for dimension in messages.contents(message, 2)
  )
  if len(shape) > _MAX_DIMENSIONS:
    raise errors.CheckpointError(f'a tensor in it has {len(shape)} dimensions')
  return shape


def _array(name: str, data: bytes | memoryview, shape: tuple[int, ...]):
  """Returns float32 numbers in a shape, if they are so many."""
  # Python's integers: no product of sizes is too large to be compared.
  if math.prod(shape) * _FLOAT_BYTES != len(data):
    raise errors.CheckpointError(
        f'{name[:80]} in it has {len(data)} bytes, but shape {list(shape)}'
    )
  array = np.frombuffer(data, '<f4').astype(np.float32, copy=False)
  # The last bits of a sign or an exponent have no checksum of their own in a
  # bundle; numbers that are none would come out of the network as such.
  if not np.isfinite(array).all():
    raise errors.CheckpointError(f'{name[:80]} in it holds what is no number')
  return array.reshape(shape)


def read_v1(table: memoryview) -> Tensors:
  """Reads a V1 checkpoint.

  Args:
    table: The whole file.

  Raises:
    CheckpointError: If it is damaged, or something else.
  """
  shapes: dict[str, tuple[int, ...]] = {}
  values: dict[str, np.ndarray] = {}
  for key, value in tables.read(table):
    if not key:
      shapes = _v1_shapes(messages.content(value, 1))
      continue
    saved = messages.content(value, 2)
    name = messages.text(saved, 1)
    if name not in shapes:
      continue
    tensor = messages.content(saved, 3)
    numbers = (messages.content(tensor, 5)
               or messages.content(tensor, 4))
    values[name] = _array(name, numbers, shapes[name])
  missing = sorted(set(shapes) - set(values))
  if missing or not values:
    raise errors.CheckpointError(
        f'it lacks {missing[0][:80]}' if missing else 'it holds no weights'
    )
  return Tensors(values, 0)


def _v1_shapes(meta: memoryview) -> dict[str, tuple[int, ...]]:
  """Returns the shapes of the variables that are to be read."""
  shapes = {}
  for entry in messages.contents(meta, 1):
    name = messages.text(entry, 1)
    is_float = messages.integer(entry, 3) == _FLOAT
    if is_float and not _NO_MODEL.search(name):
      shapes[name] = _shape(messages.content(entry, 2))
  return shapes


def read_v2(index: memoryview, read_data: ReadData) -> Tensors:
  """Reads a V2 checkpoint.

  Args:
    index: The whole file `NAME.index`.
    read_data: Called with (shard, offset, size); returns the bytes, or fewer
      where the file is too short.

  Raises:
    CheckpointError: If it is damaged, or something else.
  """
  values, step = {}, 0
  for key, entry in tables.read(index):
    if not key:
      if messages.integer(entry, 2):
        raise errors.CheckpointError('it is big-endian')
      continue
    name = bytes(key).decode('utf-8', 'replace')
    dtype = messages.integer(entry, 1)
    if name == _STEP and dtype == _INT64:
      (step,) = struct.unpack('<q', _v2_data(name, entry, 8, read_data))
    if dtype != _FLOAT or _NO_MODEL.search(name):
      continue
    shape = _shape(messages.content(entry, 2))
    data = _v2_data(
        name, entry, math.prod(shape) * _FLOAT_BYTES, read_data
    )
    values[name] = _array(name, data, shape)
  if not values:
    raise errors.CheckpointError('it holds no weights')
  return Tensors(values, min(max(step, 0), _LAST_STEP))


def _v2_data(
    name: str, entry: memoryview, expected: int, read_data: ReadData
) -> bytes:
  """Returns the bytes of a tensor, their checksum checked."""
  size = messages.integer(entry, 5)
  if any(True for _ in messages.contents(entry, 7)):
    raise errors.CheckpointError(
        f'{name[:80]} in it is cut into slices, which no model of Magenta is'
    )
  if size != expected:
    raise errors.CheckpointError(
        f'{name[:80]} in it has {size} bytes, its shape needs {expected}'
    )
  data = read_data(
      messages.integer(entry, 3), messages.integer(entry, 4),
      size,
  )
  if len(data) < size:
    raise errors.CheckpointError(f'the numbers of {name[:80]} are cut')
  checksum = messages.integer(entry, 6)
  if checksum != tfrecords.masked(google_crc32c.value(data)):
    raise errors.CheckpointError(
        f'the checksum of the numbers of {name[:80]} does not fit'
    )
  return data
