"""The tables of drum maps as they stand in TOML files: ours, and a user's.

They are read without anything that takes time to import, for help texts list
them. `drum_maps` makes maps of them; the head of `drum_maps.toml` describes
their form.
"""

import functools
import importlib.resources
import pathlib
import tomllib
import typing

from drumspace_ext import errors
from drumspace_ext.files import local_paths
from drumspace_ext.files import reader_faults

GM14 = 'gm14'
# In place of a map: the one that explains an input's pitches; see `map_fit`.
AUTO = 'auto'

# What a table may hold beside voices.
WRITE_AS, SOURCE, NAME, KIT = 'write_as', 'source', 'name', 'kit'


@functools.cache
def tables() -> dict[str, dict[str, typing.Any]]:
  """Returns the tables of the maps that come along but for `gm14`, by name."""
  return tomllib.loads(
      importlib.resources.files('drumspace_ext.patterns')
      .joinpath('drum_maps.toml')
      .read_text(encoding='utf-8')
  )


def names() -> tuple[str, ...]:
  """Returns the names of the maps that come along, `gm14` first."""
  return GM14, *tables()


def file_of(value: str) -> pathlib.Path | None:
  """Returns the file that a user means by a value, or None if it is none."""
  try:
    path = local_paths.expand(value)
    return path if path.is_file() else None
  except errors.InputError:
    return None


def read(path: pathlib.Path) -> tuple[str, dict[str, typing.Any]]:
  """Reads a user's file with one map, at its top level or in one table.

  Returns:
    (name of the map, its table, unchecked).

  Raises:
    DrumMapError: If it can't be read, or its name is none.
  """
  try:
    if path.stat().st_size > reader_faults.MAX_TOML_BYTES:
      raise errors.DrumMapError(
          f'{path} is too large to be a drum map: it has more than '
          f'{reader_faults.MAX_TOML_BYTES:,} bytes.'
      )
    table = tomllib.loads(path.read_text(encoding='utf-8'))
  except (OSError, ValueError, RecursionError) as e:
    raise errors.DrumMapError(
        f'{path} is no readable TOML file: {reader_faults.said(e)}'
    ) from e
  inner = [
      key for key, value in table.items()
      if isinstance(value, dict) and key != WRITE_AS
  ]
  if len(inner) == 1 and len(table) == 1:
    return inner[0], table[inner[0]]
  name = table.get(NAME, path.stem)
  if not isinstance(name, str):
    raise errors.DrumMapError(
        f'{path}: name must be a text, got {errors.shown(name)}.'
    )
  return name, table
