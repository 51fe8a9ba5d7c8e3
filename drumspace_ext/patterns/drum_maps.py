"""Drum maps: MIDI pitches into the 14 voices, and the voices out into pitches.

`voices` holds the one table that patterns are made of. A *drum map* says how
another kit or host names the same voices: which pitches are read as a voice,
and which pitch a voice is written as. `gm14` is the table itself. The others
stand in `drum_maps.toml`, whose head describes the form that a user's file has
as well. A voice that a map lacks may be written as another one (`write_as`);
otherwise its hits can't be written in that map.
"""

from collections.abc import Mapping
import dataclasses
import functools
import importlib.resources
import tomllib

import numpy as np

from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.files import local_paths
from drumspace_ext.files import reader_faults
from drumspace_ext.patterns import voices

GM14 = 'gm14'
NO_VOICE = -1
_MAX_FILE_BYTES = 1 << 20


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class DrumMap:
  """One drum map.

  Attributes:
    name: What it is called in flags and reports.
    pitches: For each of the 14 voices the pitches read as it, the written one
      first; empty for a voice that the map lacks.
    write_as: For each of the 14 voices the voice it is written as, itself
      included; `NO_VOICE` where it can't be written.
  """

  name: str
  pitches: tuple[tuple[int, ...], ...]
  write_as: tuple[int, ...]

  def __repr__(self) -> str:
    return f'DrumMap({self.name!r}, voices={sum(map(bool, self.pitches))})'

  @functools.cached_property
  def voice_of_pitch(self) -> np.ndarray:
    """The voice of each pitch, int8 `[128]`, `NO_VOICE` for none."""
    table = np.full(128, NO_VOICE, np.int8)
    for voice, pitches in enumerate(self.pitches):
      table[list(pitches)] = voice
    table.setflags(write=False)
    return table

  @functools.cached_property
  def code_of_pitch(self) -> np.ndarray:
    """The step code of each pitch alone, uint16 `[128]`, 0 for none."""
    voice = self.voice_of_pitch.astype(np.int64)
    table = np.where(voice < 0, 0, 1 << np.maximum(voice, 0)).astype(np.uint16)
    table.setflags(write=False)
    return table

  @functools.cached_property
  def written_pitches(self) -> tuple[int | None, ...]:
    """For each voice the pitch it is written as, `None` for none."""
    return tuple(
        None if target == NO_VOICE else self.pitches[target][0]
        for target in self.write_as
    )

  @functools.cached_property
  def exemplars(self) -> tuple[int | None, ...]:
    """For each voice its own first pitch, `None` for a voice it lacks."""
    return tuple(row[0] if row else None for row in self.pitches)

  @functools.cached_property
  def keeps_all(self) -> bool:
    """Whether every voice is written as itself."""
    return tuple(self.write_as) == tuple(range(len(self.write_as)))

  @functools.cached_property
  def exemplar_array(self) -> np.ndarray:
    """`exemplars` with 0 for `None`, int8 `[14]`."""
    table = np.array([pitch or 0 for pitch in self.exemplars], np.int8)
    table.setflags(write=False)
    return table

  def folded(self, hits: np.ndarray) -> np.ndarray:
    """Returns the hits that are left after writing and reading in this map.

    Args:
      hits: bool `[..., 14]`.

    Returns:
      bool `[..., 14]`, what a reader with this map sees of `hits`; written with
      `exemplars`.
    """
    if self.keeps_all:
      return hits.copy()
    result = np.zeros_like(hits)
    for voice, target in enumerate(self.write_as):
      if target != NO_VOICE:
        result[..., target] |= hits[..., voice]
    return result


def _build(name: str, table: Mapping, origin: str) -> DrumMap:
  """Checks one table of a TOML file and makes the map of it."""
  known = set(voices.NAMES) | {'write_as', 'source', 'name'}
  for key in table:
    if key not in known:
      raise errors.DrumMapError(
          f'{origin}: unknown voice {errors.shown(key)}.'
          + suggestions.did_you_mean(key, voices.NAMES)
      )
  owner: dict[int, str] = {}
  rows = []
  for voice in voices.NAMES:
    row = table.get(voice, [])
    if not isinstance(row, list) or not all(
        type(pitch) is int and 0 <= pitch <= 127 for pitch in row
    ):
      raise errors.DrumMapError(
          f'{origin}: {voice} must be a list of MIDI pitches 0 to 127, '
          f'got {errors.shown(row)}.'
      )
    for pitch in row:
      if pitch in owner:
        raise errors.DrumMapError(
            f'{origin}: pitch {pitch} stands for {owner[pitch]} and {voice}; '
            'a pitch can stand for one voice only.'
        )
      owner[pitch] = voice
    rows.append(tuple(row))
  if not owner:
    raise errors.DrumMapError(
        f'{origin}: no voice has a pitch. Write lines such as '
        '"kick = [36, 35]".'
    )
  return DrumMap(
      name=name, pitches=tuple(rows),
      write_as=_targets(table.get('write_as', {}), rows, origin),
  )


def _targets(write_as: Mapping, rows: list, origin: str) -> tuple[int, ...]:
  """Returns for each voice the voice whose pitch it is written as."""
  if not isinstance(write_as, dict):
    raise errors.DrumMapError(
        f'{origin}: write_as must be a table of voice = "voice".'
    )
  targets = [v if row else NO_VOICE for v, row in enumerate(rows)]
  for source, target in write_as.items():
    if source not in voices.INDEX or target not in voices.NAMES:
      raise errors.DrumMapError(
          f'{origin}: write_as {errors.on_one_line(source)} = '
          f'{errors.shown(target)}: both must be among '
          f'{", ".join(voices.NAMES)}.'
      )
    if not rows[voices.INDEX[target]]:
      raise errors.DrumMapError(
          f'{origin}: write_as {source} = {errors.shown(target)}, but {target} '
          'has no pitch in this map.'
      )
    targets[voices.INDEX[source]] = voices.INDEX[target]
  return tuple(targets)


@functools.cache
def builtin_maps() -> Mapping[str, DrumMap]:
  """The maps that come with the package, by name, `gm14` first."""
  text = (
      importlib.resources.files('drumspace_ext.patterns')
      .joinpath('drum_maps.toml')
      .read_text(encoding='utf-8')
  )
  gm14 = {name: list(pitches) for name, pitches in voices.PITCHES.items()}
  tables = {GM14: gm14} | tomllib.loads(text)
  return {
      name: _build(name, table, f'drum map {name}')
      for name, table in tables.items()
  }


def load(name_or_path: str) -> DrumMap:
  """Returns a drum map by its name, or from a user's TOML file.

  Args:
    name_or_path: A key of `builtin_maps`, or the path of a TOML file that
      holds one map, at its top level or in one table.

  Raises:
    DrumMapError: If there is no such map, or the file holds none.
  """
  maps = builtin_maps()
  if name_or_path in maps:
    return maps[name_or_path]
  try:
    path = local_paths.expand(name_or_path)
    is_file = path.is_file()
  except errors.InputError:
    is_file = False
  if not is_file:
    raise errors.DrumMapError(
        f'{name_or_path[:80]!r} is neither a drum map ({", ".join(maps)}) '
        f'nor a file.{suggestions.did_you_mean(name_or_path, maps)}'
    )
  try:
    if path.stat().st_size > _MAX_FILE_BYTES:
      raise errors.DrumMapError(f'{path} is too large to be a drum map.')
    table = tomllib.loads(path.read_text(encoding='utf-8'))
  except (OSError, ValueError, RecursionError) as e:
    raise errors.DrumMapError(
        f'{path} is no readable TOML file: {reader_faults.said(e)}'
    ) from e
  inner = [
      key for key, value in table.items()
      if isinstance(value, dict) and key != 'write_as'
  ]
  if len(inner) == 1 and len(table) == 1:
    return _build(inner[0], table[inner[0]], str(path))
  name = table.get('name', path.stem)
  if not isinstance(name, str):
    raise errors.DrumMapError(
        f'{path}: name must be a text, got {errors.shown(name)}.'
    )
  return _build(name, table, str(path))
