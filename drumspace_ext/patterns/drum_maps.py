"""Drum maps: MIDI pitches into the 14 voices, and the voices out into pitches.

`voices` holds the one table that patterns are made of. A *drum map* says how
another kit or host names the same voices: which pitches are read as a voice,
and which pitch a voice is written as. `gm14` is the table itself. The others
stand in `drum_maps.toml`, whose head describes the form that a user's file has
as well. A voice that a map lacks may be written as another one (`write_as`);
otherwise its hits can't be written in that map.

A map whose pitches lie some semitones off has their number behind its name:
`gm14-12` reads a kit that was written an octave low. `auto` is read as `gm14`
where nothing chooses a map by the pitches of an input, as `map_fit` does.
"""

from collections.abc import Mapping
import dataclasses
import functools
import re

import numpy as np

from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.patterns import map_table
from drumspace_ext.patterns import voices

GM14 = map_table.GM14
NO_VOICE = -1
_SHIFTED = re.compile(r'(\w+)([+-][1-9]\d?)')


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class DrumMap:
  """One drum map.

  Attributes:
    name: What it is called in flags and reports.
    pitches: For each of the 14 voices the pitches read as it, the written one
      first; empty for a voice that the map lacks.
    write_as: For each of the 14 voices the voice it is written as, itself
      included; `NO_VOICE` where it can't be written.
    source: Where it is published, if that is known.
    is_kit: Whether it is that of a kit that people own.
    chooses: Whether it stands for what explains an input; see `map_fit`.
  """

  name: str
  pitches: tuple[tuple[int, ...], ...]
  write_as: tuple[int, ...]
  source: str = ''
  is_kit: bool = False
  chooses: bool = False

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

  def shifted(self, semitones: int) -> 'DrumMap':
    """Returns it with all pitches so much higher, within 0..127."""
    rows = tuple(
        tuple(p + semitones for p in row if 0 <= p + semitones <= 127)
        for row in self.pitches
    )
    return dataclasses.replace(
        self, name=f'{self.name}{semitones:+d}', pitches=rows,
        write_as=tuple(
            v if v != NO_VOICE and rows[v] else NO_VOICE for v in self.write_as
        ),
    )

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
  known = set(voices.NAMES) | {
      map_table.WRITE_AS, map_table.SOURCE, map_table.NAME, map_table.KIT
  }
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
      write_as=_targets(table.get(map_table.WRITE_AS, {}), rows, origin),
      source=str(table.get(map_table.SOURCE, '')),
      is_kit=table.get(map_table.KIT) is True,
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
  gm14 = {name: list(pitches) for name, pitches in voices.PITCHES.items()}
  tables = {GM14: gm14} | map_table.tables()
  return {
      name: _build(name, table, f'drum map {name}')
      for name, table in tables.items()
  }


@functools.cache
def _known(name: str) -> DrumMap | None:
  """Returns a map that comes along, shifted ones and `auto` among them."""
  maps = builtin_maps()
  if name == map_table.AUTO:
    return dataclasses.replace(maps[GM14], name=name, chooses=True)
  if match := _SHIFTED.fullmatch(name):
    moved = match[1] in maps and maps[match[1]].shifted(int(match[2]))
    return moved if moved and any(moved.pitches) else None
  return maps.get(name)


def load_to_write(name_or_path: str) -> DrumMap:
  """Returns a drum map to write with, as `load` does.

  Raises:
    DrumMapError: If there is no such drum map, or it is `auto`.
  """
  found = load(name_or_path)
  if found.chooses:
    raise errors.DrumMapError(
        f'{found.name} is a way to read: it takes a drum map by the pitches of '
        f'an input. Write with one of {", ".join(builtin_maps())}.'
    )
  return found


def load(name_or_path: str) -> DrumMap:
  """Returns a drum map by its name, or from a user's TOML file.

  Args:
    name_or_path: A key of `builtin_maps`, also with semitones behind it
      (`gm14-12`), `auto`, or the path of a TOML file that holds one map, at its
      top level or in one table.

  Raises:
    DrumMapError: If there is no such map, or the file holds none.
  """
  if known := _known(name_or_path):
    return known
  path = map_table.file_of(name_or_path)
  if path is None:
    names = *map_table.names(), map_table.AUTO
    raise errors.DrumMapError(
        f'{name_or_path[:80]!r} is neither a drum map ({", ".join(names)}) '
        f'nor a file.{suggestions.did_you_mean(name_or_path, names)}'
    )
  return _build(*map_table.read(path), str(path))
