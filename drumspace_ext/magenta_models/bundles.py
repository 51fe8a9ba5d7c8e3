"""Bundles: Magenta's `.mag` files.

A *bundle* is a GeneratorBundle of `generator.proto` in note_seq: what it plays,
a V1 checkpoint, and the graph that Magenta would rebuild of it. Nothing of the
graph is built here; one constant of it is read.
"""

import dataclasses
import re

import numpy as np

from drumspace_ext import errors
from drumspace_ext.magenta_models import messages
from drumspace_ext.magenta_models import tensors as magenta_tensors

# Fields of GeneratorBundle, and of the messages in it.
_DETAILS, _CHECKPOINT, _METAGRAPH, _BUNDLE_DETAILS = 1, 2, 3, 4
_ID, _DESCRIPTION = 1, 2
_INT32 = 3
_ATTENTION_SHAPE = re.compile(
    r'(attention_cell_wrapper|AttentionCellWrapper)/Reshape/shape$'
)


@dataclasses.dataclass(frozen=True)
class Bundle:
  """What a bundle holds.

  Attributes:
    tensors: Its weights.
    generator: The configuration that it names, such as `drum_kit`.
    description: What its maker says of it; may be empty.
    attention_length: Steps that an attention looks back over; None if the graph
      has none.
  """

  tensors: magenta_tensors.Tensors
  generator: str
  description: str
  attention_length: int | None


def starts_like_bundle(head: memoryview) -> bool:
  """Says whether bytes begin with a GeneratorDetails that has an id."""
  try:
    number, details = next(iter(messages.fields(head)))
    return (
        number == _DETAILS and isinstance(details, memoryview)
        and messages.text(details, _ID).isprintable()
        and bool(messages.text(details, _ID))
        and all(
            field in (_ID, _DESCRIPTION)
            for field, _ in messages.fields(details)
        )
    )
  except (errors.CheckpointError, StopIteration):
    return False


def read(data: memoryview) -> Bundle:
  """Reads a bundle.

  Args:
    data: The whole file.

  Raises:
    CheckpointError: If it is damaged, or no bundle.
  """
  details = messages.content(data, _DETAILS)
  files = list(messages.contents(data, _CHECKPOINT))
  if len(files) != 1:
    raise errors.CheckpointError(
        f'expected one checkpoint in the bundle, found {len(files)}'
    )
  return Bundle(
      tensors=magenta_tensors.read_v1(files[0]),
      generator=messages.text(details, _ID),
      description=messages.text(
          messages.content(data, _BUNDLE_DETAILS), 1
      ),
      attention_length=_attention_length(
          messages.content(data, _METAGRAPH)
      ),
  )


def _attention_length(metagraph: memoryview) -> int | None:
  """Finds the constant [-1, length, size] by which the graph lays memory out.

  Source: `meta_graph.proto`, `graph.proto`, `node_def.proto`.
  """
  graph = messages.content(metagraph, 2)
  for node in messages.contents(graph, 1):
    name = bytes(messages.content(node, 1)).decode('utf-8', 'replace')
    if not _ATTENTION_SHAPE.search(name):
      continue
    for attribute in messages.contents(node, 5):
      value = messages.content(attribute, 2)
      tensor = messages.content(value, 8)
      numbers = bytes(messages.content(tensor, 4))
      if messages.integer(tensor, 1) == _INT32 and len(numbers) == 12:
        return int(np.frombuffer(numbers, '<i4')[1])
  return None
