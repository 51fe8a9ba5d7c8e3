"""Text kinds: whether a text file is a dataset or holds drums_rnn primers."""

import pathlib
import re

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
