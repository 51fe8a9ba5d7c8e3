"""Inspecting: what a file is and holds, for a person."""

from collections.abc import Sequence
import dataclasses
import glob

from drumspace_ext import defaults
from drumspace_ext.conversion import inspection
from drumspace_ext.extraction import one_input
from drumspace_ext.files import local_paths
from drumspace_ext.models import checkpoints
from drumspace_ext.patterns import drum_maps


@dataclasses.dataclass(frozen=True, kw_only=True)
class Inspection:
  """What a file is and holds; as text, below its name.

  Attributes:
    path: As the caller named it.
    lines: About ten lines of text, and one or two patterns as text grids.
  """

  path: str
  lines: Sequence[str] = dataclasses.field(repr=False)

  def __str__(self) -> str:
    return '\n'.join(
        [f'{self.path}:', *(f'  {line}'.rstrip() for line in self.lines)]
    )


def files(values: local_paths.Names) -> list[str]:
  """Returns what names mean: those that are there, and what globs find."""
  result = []
  for value in local_paths.names(values):
    path = local_paths.expand(value)
    found = sorted(glob.glob(str(path), recursive=True))
    result += [value] if path.exists() or not found else found
  return result


def inspect(
    path: local_paths.Name, *, voices_in: str = defaults.VOICES_IN
) -> Inspection:
  """Says what a file or folder is and holds.

  Args:
    path: Any file, or a model as `shipped:NAME`.
    voices_in: Drum map to read songs with, a name or a TOML file; `auto` for
      the one that explains their pitches.

  Raises:
    InputError: If it can't be read, or is of no kind that is known here.
    CheckpointError: If no such model is shipped.
    DrumMapError: If there is no such drum map.
  """
  recipe = one_input.Recipe(drum_map=drum_maps.load(voices_in))
  name = str(path)
  is_shipped = name.startswith(checkpoints.SHIPPED)
  return Inspection(path=name, lines=inspection.describe(
      checkpoints.find(name) if is_shipped else local_paths.expand(path),
      recipe,
  ))
