"""Manifests: what made some files, so that they can be made again."""

from collections.abc import Mapping
import hashlib
import json
import pathlib

import drumspace_ext

FILE_NAME = 'manifest.json'


def digest(path: pathlib.Path) -> str:
  """Returns the SHA-256 of a file, in hex."""
  with path.open('rb') as stream:
    return hashlib.file_digest(stream, 'sha256').hexdigest()


def text(arguments: Mapping, digests: Mapping[str, str]) -> str:
  """Returns a manifest as JSON.

  Args:
    arguments: What was asked for, the seed among it.
    digests: Of the data and weights that went in, by what they are.
  """
  return json.dumps({
      'drumspace_ext': drumspace_ext.__version__,
      'arguments': dict(arguments), 'digests': dict(digests),
  }, indent=2, sort_keys=True, default=str) + '\n'
