"""Text kinds: whether a text file is a dataset or holds drums_rnn primers."""

import pathlib
import re

from drumspace_ext import errors

DATASET, PRIMERS = 'dataset', 'primers'

_HEAD_BYTES = 4096
# A cut or wrong dataset line is one all the same, and gets its own message.
_CODES = re.compile(rb'\s*-?\d+(,-?\d+){3,}')
_PRIMER = re.compile(rb'\s*[\[(]\s*[\[(]')


def of_file(path: pathlib.Path) -> str | None:
  """Returns `DATASET`, `PRIMERS` or None by the first line of a file."""
  try:
    with path.open('rb') as stream:
      head = stream.read(_HEAD_BYTES)
  except OSError:
    return None
  if _CODES.match(head) or path.suffix.lower() == '.tsv':
    return DATASET
  if _PRIMER.match(head):
    return PRIMERS
  return None


def read_lines(path: pathlib.Path) -> list[str]:
  """Returns the lines of a text file that are not blank.

  Raises:
    InputError: If it can't be read as UTF-8.
  """
  try:
    lines = path.read_text(encoding='utf-8').splitlines()
  except (OSError, UnicodeDecodeError) as e:
    raise errors.InputError(f"{path} can't be read as text: {e}.") from e
  return [line for line in lines if line.strip()]
