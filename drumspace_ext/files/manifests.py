"""Manifests: what made some files, so that they can be made again."""

from collections.abc import Mapping
import json
import pathlib

import drumspace_ext
from drumspace_ext.files import result_names

FILE_NAME = result_names.MANIFEST


def digest(path: pathlib.Path) -> str:
  """Returns the SHA-256 of a file, in hex."""
  import hashlib

  with path.open('rb') as stream:
    return hashlib.file_digest(stream, 'sha256').hexdigest()


# Arguments of a verb that make no difference to its results.
_NOT_NOTED = ('output_dir', 'on_step', 'arguments', 'reading')
# Those that are numbers where there are several; of list flags all is text.
_NUMBERS = ('groove_strength',)


def arguments_of(call: Mapping[str, object]) -> dict[str, object]:
  """Returns what a verb was asked for, for the manifest.

  Args:
    call: Its arguments, by name: what `locals()` gives in its first line.
  """
  return {
      name: list(map(str, value))
      if isinstance(value, list | tuple) and name not in _NUMBERS else value
      for name, value in call.items() if name not in _NOT_NOTED
  }


def _plain(value: object) -> object:
  """Returns what JSON has no form for as what has: numpy's numbers, paths."""
  return value.tolist() if hasattr(value, 'tolist') else str(value)


def text(
    arguments: Mapping, digests: Mapping[str, str], *, maker: str
) -> str:
  """Returns a manifest as JSON.

  Args:
    arguments: What was asked for, the seed among it.
    digests: Of the data and weights that went in, by what they are.
    maker: The script whose results the folder holds; see `result_folders`.
  """
  return json.dumps({
      'drumspace_ext': drumspace_ext.__version__, 'maker': maker,
      'arguments': dict(arguments), 'digests': dict(digests),
  }, indent=2, sort_keys=True, default=_plain) + '\n'
