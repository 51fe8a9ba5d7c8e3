"""Checkpoints: safetensors files with everything that a model needs to be used.

Tensors of the network stand under `network.` (float32, or float16 where the
model says so), those of the fitted sampler under `sampler.`, and
`known_classes` holds digests of the rotation classes of all its patterns,
uint64 as int64 `[num_patterns]`; what a model knows of genres is under
`genres.` (`genre_places`). The metadata holds JSON texts:
`format_version`, `config` (resolved), `voice_table`, `train_step`,
`data_digest`, `sampler`, `parts` (how many patterns were to learn from, for
choices and for the test) and `genres`. Nothing is ever unpickled.
"""

from collections.abc import Mapping
import importlib.resources
import json
import pathlib
import typing

import numpy as np
import safetensors

from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.files import local_paths
from drumspace_ext.files import output_files
from drumspace_ext.files import result_names
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.patterns import voices

FORMAT_VERSION = 1
SHIPPED = 'shipped:'
# Its beats are the hardest to tell from real ones; the others are smaller.
RECOMMENDED = f'{SHIPPED}best'
# The one that continues beats.
CONTINUER = f'{SHIPPED}continue'
SUFFIX = result_names.CHECKPOINT_SUFFIX
# The file that `load` takes from a run directory, and the model at its end.
BEST, LAST = result_names.BEST, result_names.LAST
MAX_BYTES = 2 << 30


if typing.TYPE_CHECKING:
  import torch


def write(
    path: pathlib.Path, tensors: Mapping[str, 'torch.Tensor'],
    metadata: Mapping[str, object],
) -> None:
  """Writes tensors and metadata, whole or not at all.

  Raises:
    OutputError: If the file can't be written.
  """
  import safetensors.torch

  texts = {
      'format_version': json.dumps(FORMAT_VERSION),
      'voice_table': json.dumps(voices.table_digest()),
  } | {
      key: json.dumps(value, sort_keys=True) for key, value in metadata.items()
  }
  content = safetensors.torch.save(
      {key: value.contiguous() for key, value in tensors.items()}, texts
  )
  output_files.write_bytes(path, _with_sorted_header(content))


def _with_sorted_header(content: bytes) -> bytes:
  """Sorts the metadata, which safetensors writes in an order of chance.

  The format is the header's length (little-endian uint64), the header (JSON,
  padded with blanks to a multiple of 8 bytes), the data.
  """
  size = int.from_bytes(content[:8], 'little')
  header = json.loads(content[8:8 + size])
  header['__metadata__'] = dict(sorted(header['__metadata__'].items()))
  text = json.dumps(header, separators=(',', ':')).encode()
  text += b' ' * (-len(text) % 8)
  return len(text).to_bytes(8, 'little') + text + content[8 + size:]


def read(
    path: pathlib.Path,
) -> tuple[dict[str, 'torch.Tensor'], dict[str, object]]:
  """Reads what `write` wrote; see `read_arrays`."""
  return _read(path, 'pt')


def read_arrays(
    path: pathlib.Path,
) -> tuple[dict[str, np.ndarray], dict[str, object]]:
  """Reads what `write` wrote, without torch.

  Raises:
    CheckpointError: If the file is missing, damaged, foreign or oversized, or
      was made with another voice table.
  """
  return _read(path, 'np')


def _read(
    path: pathlib.Path, framework: str
) -> tuple[dict[str, typing.Any], dict[str, object]]:
  """Reads tensors of a framework that safetensors knows, and metadata."""
  try:
    if path.stat().st_size > MAX_BYTES:
      raise errors.CheckpointError(
          f'{path} is larger than any checkpoint ({MAX_BYTES} bytes).'
      )
    with safetensors.safe_open(path, framework) as file:
      texts = file.metadata() or {}
      tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (no dictionary)
  except (
      OSError, safetensors.SafetensorError, TypeError, ValueError
  ) as e:
    raise errors.CheckpointError(
        f"{path} can't be read as a checkpoint: {e}. Copy or train it again."
    ) from e
  try:
    metadata = {key: json.loads(text) for key, text in texts.items()}
    version = metadata['format_version']
    table = metadata['voice_table']
  except (ValueError, KeyError, RecursionError) as e:
    raise errors.CheckpointError(
        f'{path} is a safetensors file, but no checkpoint of drumspace_ext.'
    ) from e
  if version != FORMAT_VERSION:
    raise errors.CheckpointError(
        f'{path} has format version {errors.shown(version)}, this version '
        f'reads {FORMAT_VERSION}.'
    )
  if table != voices.table_digest():
    raise errors.CheckpointError(
        f'{path} was made with voice table {errors.shown(table)}, this version '
        f'has {voices.table_digest()}. Train it again.'
    )
  return tensors, metadata


def whole_number(metadata: Mapping[str, object], key: str) -> int:
  """Returns a number that a checkpoint's metadata holds, such as its seed.

  Raises:
    KeyError: If there is none.
    ValueError: If it is no whole number.
  """
  value = metadata[key]
  if not isinstance(value, int):
    raise ValueError(f'{key} is no whole number: {errors.shown(value)}')
  return value


def shipped_names() -> list[str]:
  """Returns the names of the models that come with the package."""
  folder = importlib.resources.files('drumspace_ext.models') / 'shipped'
  if not folder.is_dir():
    return []
  return sorted(
      file.name.removesuffix(SUFFIX) for file in folder.iterdir()
      if file.name.endswith(SUFFIX)
  )


def find(name_or_path: str) -> pathlib.Path:
  """Returns the checkpoint file that a name, file or run directory means.

  Args:
    name_or_path: `shipped:NAME`, a file, or a run directory, ours or Magenta's;
      `model.ckpt-100` is `model.ckpt-100.index`, as TensorFlow's users know it.

  Raises:
    CheckpointError: If there is none.
  """
  if name_or_path.startswith(SHIPPED):
    name = name_or_path.removeprefix(SHIPPED)
    names = shipped_names()
    if name not in names:
      raise errors.CheckpointError(
          f'no model {name!r} is shipped; there are {", ".join(names)}.'
          + suggestions.did_you_mean(name, names, f'{SHIPPED}{{}}')
      )
    resource = importlib.resources.files('drumspace_ext.models') / 'shipped'
    return pathlib.Path(str(resource / f'{name}{SUFFIX}'))
  path = local_paths.expand(name_or_path)
  if path.is_dir():
    for inside in (BEST, f'best{SUFFIX}'):
      if (path / inside).is_file():
        return path / inside
    if found := checkpoint_files.find(name_or_path):
      return found
    raise errors.CheckpointError(
        f'{path} holds no checkpoint. Train one with drumspace_train '
        f'--run_dir={path}'
    )
  if not path.is_file():
    if found := checkpoint_files.find(name_or_path):
      return found
    raise errors.CheckpointError(
        f'{path} does not exist. Give a checkpoint file, a run directory, or '
        + ' or '.join(f'{SHIPPED}{name}' for name in shipped_names()) + '.'
    )
  return path
