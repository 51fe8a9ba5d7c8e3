"""Files of Magenta's weights, its own and those that `model_files.keep` makes.

They are read from a bundle, a checkpoint of TensorFlow, a tar, or from the
safetensors file that was made of one of these. Such a file has the tensors
under `magenta.` by their canonical names, and in its metadata, as all
checkpoints of ours, JSON texts: `magenta` (form, generator, description and
attention_length of the file it was made of), `train_step` and `source_digest`.
"""

import pathlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.models import checkpoints

PREFIX = 'magenta.'
KEY = 'magenta'


def read(
    path: pathlib.Path,
) -> checkpoint_files.MagentaCheckpoint | None:
  """Reads Magenta's weights; None if a checkpoint of ours holds others.

  Raises:
    CheckpointError: If the file is damaged, or something else.
  """
  try:
    is_magenta = checkpoint_files.kind_of_file(path) is not None
  except OSError as e:
    raise errors.CheckpointError(
        f"{path} can't be read: {e.strerror or e}. Check the path."
    ) from e
  if is_magenta:
    return checkpoint_files.read(path)
  tensors, metadata = checkpoints.read_arrays(path)
  facts = metadata.get(KEY)
  if facts is None:
    return None
  try:
    if not isinstance(facts, dict):
      raise TypeError('its metadata is no dictionary')
    return checkpoint_files.MagentaCheckpoint(
        form=str(facts['form']), tensors={
            name.removeprefix(PREFIX): value.astype(np.float32)
            for name, value in tensors.items() if name.startswith(PREFIX)
        }, generator=str(facts['generator']),
        description=str(facts['description']),
        attention_length=facts['attention_length']
        if isinstance(facts['attention_length'], int) else None,
        train_step=checkpoints.whole_number(
            {'train_step': 0, **metadata}, 'train_step'
        ),
    )
  except (KeyError, TypeError, ValueError) as e:
    raise errors.CheckpointError(
        f'{path} says nothing usable of the Magenta model in it. Convert it '
        'again.'
    ) from e
