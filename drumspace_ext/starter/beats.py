"""The starter collection: classic beats as text grids that ship in the package.

`starter/<genre>.txt` holds blocks with blank lines between them: `name:`,
`qpm:` (the usual tempo) and the rows of a text grid (`text_grids`). A drummer
can read and correct them.
"""

import dataclasses
import functools
import importlib.resources

import numpy as np

from drumspace_ext import errors
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import text_grids

_PACKAGE = 'drumspace_ext.starter'


@dataclasses.dataclass(frozen=True)
class StarterPattern:
  """One beat of the collection.

  Attributes:
    name: What drummers call it.
    genre: A name from `genres.NAMES`.
    qpm: Its usual tempo, in quarter notes per minute.
    hits: bool `[32, 14]`.
  """

  name: str
  genre: str
  qpm: int
  hits: np.ndarray = dataclasses.field(repr=False)


def parse(text: str, genre: str) -> list[StarterPattern]:
  """Reads the patterns of one file.

  Args:
    text: The contents of the file.
    genre: The genre of all of them.

  Raises:
    PatternError: If a block has another form; the message names it.
  """
  found = []
  lines = [
      line for line in text.splitlines() if not line.lstrip().startswith('#')
  ]
  for block in '\n'.join(lines).split('\n\n'):
    rows = [line for line in block.splitlines() if line.strip()]
    if not rows:
      continue
    if not rows[0].startswith('name: ') or len(rows) < 3 or (
        not rows[1].startswith('qpm: ')
    ):
      raise errors.PatternError(
          f'{genre}: expected "name: ...", "qpm: ..." and rows of a grid, got '
          f'{rows[0]!r}.'
      )
    name, qpm = rows[0][6:].strip(), rows[1][5:].strip()
    try:
      found.append(StarterPattern(
          name, genre, int(qpm), text_grids.from_rows(rows[2:])
      ))
    except ValueError as e:
      raise errors.PatternError(f'{genre}, {name!r}: {e}') from e
  return found


@functools.cache
def load() -> tuple[StarterPattern, ...]:
  """Returns the whole collection, by genre."""
  found = []
  folder = importlib.resources.files(_PACKAGE)
  for file in sorted(folder.iterdir(), key=lambda file: file.name):
    if file.name.endswith('.txt'):
      text = file.read_text(encoding='utf-8')
      found += parse(text, file.name.removesuffix('.txt'))
  return tuple(found)


def names_of(codes: np.ndarray) -> list[str]:
  """Returns what drummers call patterns, on whatever step they start.

  Args:
    codes: Step codes, integer `[num_patterns, 32]`.

  Returns:
    A name for each; empty for those that are not in the collection.
  """
  beats = load()
  own = step_codes.class_digests(
      step_codes.hits_to_step_codes(np.stack([beat.hits for beat in beats]))
  )
  # Of beats that differ in nothing but their start the first one names all.
  name_of = {
      digest: beat.name
      for digest, beat in zip(own[::-1].tolist(), reversed(beats))
  }
  digests = step_codes.class_digests(np.asarray(codes))
  return [name_of.get(digest, '') for digest in digests.tolist()]
