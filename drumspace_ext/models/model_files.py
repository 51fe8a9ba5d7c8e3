"""Model files: what a model's name means, and Magenta's weights in any form.

A name is a run directory (ours or Magenta's), a file, or `shipped:NAME`.
Magenta's weights are read from a bundle, a checkpoint of TensorFlow, a tar, or
from the safetensors file that `keep` has made of one of these. Such a file has
the tensors under `magenta.` by their canonical names, and in its metadata, as
all checkpoints of ours, JSON texts: `magenta` (form, generator, description and
attention_length of the file it was made of), `train_step` and `source_digest`.
"""

import pathlib

import torch

from drumspace_ext import errors
from drumspace_ext.files import manifests
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.models import checkpoints

_PREFIX = 'magenta.'
_KEY = 'magenta'


def find(name: str) -> pathlib.Path:
  """Returns the file that a model's name means.

  Args:
    name: `shipped:NAME`, a file, a run directory, or as TensorFlow's users name
      a checkpoint, `model.ckpt-100`.

  Raises:
    CheckpointError: If there is none.
  """
  try:
    return checkpoints.find(name)
  except errors.CheckpointError:
    found = None
    if not name.startswith(checkpoints.SHIPPED):
      found = checkpoint_files.find(name)
    if found is None:
      raise
    return found


def read_magenta(
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
  tensors, metadata = checkpoints.read(path)
  facts = metadata.get(_KEY)
  if facts is None:
    return None
  try:
    return checkpoint_files.MagentaCheckpoint(
        form=str(facts['form']), tensors={
            name.removeprefix(_PREFIX): value.float().numpy()
            for name, value in tensors.items() if name.startswith(_PREFIX)
        }, generator=str(facts['generator']),
        description=str(facts['description']),
        attention_length=facts['attention_length']
        if isinstance(facts['attention_length'], int) else None,
        train_step=int(metadata.get('train_step', 0)),
    )
  except (KeyError, TypeError, ValueError) as e:
    raise errors.CheckpointError(
        f'{path} says nothing usable of the Magenta model in it. Convert it '
        'again.'
    ) from e


def keep(source: pathlib.Path, output: pathlib.Path) -> str:
  """Writes Magenta's weights into a safetensors file.

  Args:
    source: A bundle, a checkpoint, or a tar.
    output: The file to write.

  Returns:
    What the model is.

  Raises:
    CheckpointError: If it can't be read, or nothing here plays it.
    OutputError: If the file can't be written.
  """
  checkpoint = checkpoint_files.read(source)
  if checkpoint.kind == checkpoint_files.UNKNOWN:
    raise errors.CheckpointError(
        f'{source} is {checkpoint_files.TITLES[checkpoint.kind]}: only drum '
        'models of Magenta are kept.'
    )
  checkpoints.write(output, {
      f'{_PREFIX}{name}': torch.from_numpy(values.copy())
      for name, values in checkpoint.tensors.items()
  }, {
      _KEY: {
          'form': checkpoint.form, 'generator': checkpoint.generator,
          'description': checkpoint.description,
          'attention_length': checkpoint.attention_length,
      },
      'train_step': checkpoint.train_step,
      'source_digest': manifests.digest(source),
  })
  return checkpoint_files.TITLES[checkpoint.kind]
