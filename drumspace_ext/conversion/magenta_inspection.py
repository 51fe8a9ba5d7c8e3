"""Inspection of Magenta's files: which model a bundle or checkpoint holds."""

import pathlib

from drumspace_ext import errors
from drumspace_ext.magenta_models import checkpoint_files


def _layers(checkpoint: checkpoint_files.MagentaCheckpoint) -> str:
  units = [
      str(len(bias) // 4) for name, bias in sorted(checkpoint.tensors.items())
      if name.endswith('lstm_cell/bias') and bias.ndim == 1
  ]
  words = f'LSTM cells of {", ".join(units)} units' if units else 'no LSTM cell'
  if any('attention/attn_v' in name for name in checkpoint.tensors):
    length = checkpoint.attention_length
    words += ', attention' + (f' over {length} steps' if length else '')
  return words


def describe(path: pathlib.Path) -> list[str] | None:
  """Says what a file of Magenta's holds; None if it is none.

  Raises:
    InputError: If it is one, and damaged.
  """
  if checkpoint_files.kind_of_file(path) is None:
    return None
  try:
    checkpoint = checkpoint_files.read(path)
  except errors.CheckpointError as e:
    raise errors.InputError(str(e)) from e
  numbers = sum(values.size for values in checkpoint.tensors.values())
  model = checkpoint_files.TITLES[checkpoint.kind]
  lines = [
      f'a {checkpoint.form} of Magenta: {model}'
      + (f', {checkpoint.generator}' if checkpoint.generator else ''),
      f'{len(checkpoint.tensors)} tensors, {numbers:,} numbers; '
      f'{_layers(checkpoint)}',
  ]
  if checkpoint.description:
    lines.append(f'its maker says: {checkpoint.description[:200]}')
  if checkpoint.train_step:
    lines.append(f'train step: {checkpoint.train_step:,}')
  if checkpoint.kind == checkpoint_files.UNKNOWN:
    lines.append('nothing here plays it: only drum models are read')
    return lines
  use = (
      f'drumspace_continue --bundle_file={path}'
      if checkpoint.kind == checkpoint_files.DRUMS_RNN
      else f'drumspace_generate --checkpoint_file={path}'
  )
  lines.append(f'play it with: {use} --output_dir=...')
  lines.append(
      f'keep it with: drumspace_convert --input={path} '
      '--output=NAME.safetensors'
  )
  return lines
