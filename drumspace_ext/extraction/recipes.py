"""Recipes: how inputs are read, from their notes to their loops.

The recipe that nothing is said of is the published one. What is said beside it
reaches music that it leaves out; each field says what that is.
"""

from collections.abc import Iterable
import dataclasses
import typing

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.extraction import near_loops
from drumspace_ext.notes import drum_parts as parts_lib
from drumspace_ext.notes import grids
from drumspace_ext.notes import meters as meters_lib
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import map_fit
from drumspace_ext.patterns import step_codes

# A fifteenth of the cells of two bars: more than any beat's variations.
MAX_FLIPS = 32
MAX_MIN_REPEATS = 1000
_MAX_GAP_STEPS = 4096


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Recipe:
  """How inputs are read; as text, what is not as published.

  Attributes:
    steps_per_quarter: Steps of a quarter note; a bar has 16 steps all the same.
    gap_steps: Silent steps in a row that make a pause.
    assume_drums: Take all notes as drums.
    drum_map: Which pitches are which voices; `auto` chooses for each input.
    max_flips: Cells in which two bars may differ from those before them and
      still count as the same; see `near_loops`.
    min_repeats: Times in a row that a loop is played at least. 1 takes every
      two bars, from bar line to bar line.
    loop_bars: Lengths of loops; two bars are always among them. One bar is
      taken twice, with `min_repeats` of 1 also where nothing else is played;
      four bars give their halves.
    recurring: Take beats that come back anywhere in a piece too; see
      `recurring_loops`.
    meters: Meters that are read: 4/4, and 2/4 as half-bars of it; see
      `meters`.
    drum_parts: Parts of an input that hold its drums, in place of those that
      are marked; see `drum_parts`.
    min_velocity: Notes of less are left out, such as ghost notes.
    align: Take out a constant lateness of an input; see `alignment`.
  """

  steps_per_quarter: int = step_codes.STEPS_PER_QUARTER
  gap_steps: int = grids.GAP_STEPS
  assume_drums: bool = False
  drum_map: drum_maps.DrumMap = dataclasses.field(
      default_factory=lambda: drum_maps.load(drum_maps.GM14)
  )
  max_flips: int = defaults.MAX_FLIPS
  min_repeats: int = defaults.MIN_REPEATS
  loop_bars: tuple[int, ...] = defaults.LOOP_BARS
  recurring: bool = False
  meters: tuple[meters_lib.Meter, ...] = meters_lib.DEFAULT
  drum_parts: parts_lib.DrumParts = parts_lib.MARKED
  min_velocity: int = 1
  align: bool = False

  def __post_init__(self):
    if not set(self.loop_bars) <= set(near_loops.LOOP_BARS):
      raise errors.InputError(
          f'loop_bars must be some of {_listed(near_loops.LOOP_BARS)}, got '
          f'{_listed(self.loop_bars)}.'
      )
    object.__setattr__(
        self, 'loop_bars', tuple(sorted({*self.loop_bars, *defaults.LOOP_BARS}))
    )
    for name, low, high in (
        ('steps_per_quarter', 1, 96),
        # Pieces are laid out step by step, with the pauses inside them.
        ('gap_steps', 1, _MAX_GAP_STEPS),
        ('max_flips', 0, MAX_FLIPS),
        ('min_repeats', 1, MAX_MIN_REPEATS),
        ('min_velocity', 1, 127),
    ):
      value = getattr(self, name)
      if not low <= value <= high:
        raise errors.InputError(
            f'{name} must be in [{low}, {high}], got {value}.'
        )

  def __repr__(self) -> str:
    published = Recipe()
    said = ', '.join(
        f'{field.name}={getattr(self, field.name)!r}'
        for field in dataclasses.fields(self)
        if getattr(self, field.name) != getattr(published, field.name)
    )
    return f'Recipe({said})'

  def for_pitches(self, pitches: np.ndarray) -> 'Recipe':
    """Returns the recipe for an input with such drum notes.

    Args:
      pitches: Those of all of them, integer `[num_notes]`.

    Returns:
      Itself; with one drum map in place of `auto`, see `map_fit.chosen`.
    """
    drum_map = map_fit.chosen(self.drum_map, pitches)
    if drum_map is self.drum_map:
      return self
    return dataclasses.replace(self, drum_map=drum_map)

  def for_patterns(self) -> 'Recipe':
    """Returns the recipe for patterns that are written here, in `gm14`.

    Which loops are taken is as here, which notes are read as published.
    """
    return Recipe(
        gap_steps=self.gap_steps, max_flips=self.max_flips,
        min_repeats=self.min_repeats, loop_bars=self.loop_bars,
        recurring=self.recurring,
    )

  @property
  def has_near_loops(self) -> bool:
    """Whether it takes loops that are none by the published recipe."""
    return self.reach() != _PUBLISHED

  def notes(self) -> dict[str, object]:
    """Returns what says which notes are read, where it is not as published."""
    said: dict[str, object] = {}
    if self.meters != meters_lib.DEFAULT:
      said['meters'] = [meters_lib.to_text(meter) for meter in self.meters]
    if self.drum_parts.channels:
      said['drum_channels'] = list(self.drum_parts.channels)
    if self.drum_parts.tracks:
      said['drum_tracks'] = list(self.drum_parts.tracks)
    if self.min_velocity > 1:
      said['min_velocity'] = self.min_velocity
    if self.align:
      said['align'] = True
    return said

  def drums(self) -> 'Drums':
    """Returns what readers are told of which notes are drums."""
    return {
        'assume_drums': self.assume_drums, 'parts': self.drum_parts,
        'min_velocity': self.min_velocity,
    }

  def reach(self) -> dict[str, object]:
    """Returns what says which loops are taken, as plain values by name."""
    return {
        'max_flips': self.max_flips,
        'min_repeats': self.min_repeats,
        'loop_bars': list(self.loop_bars),
        'recurring': self.recurring,
    }

  def for_hints(self) -> dict[str, object]:
    """Returns both, as `rejections.hint` takes them."""
    return {**self.notes(), **self.reach()}


_PUBLISHED = Recipe().reach()


class Drums(typing.TypedDict):
  """What readers are told of which notes are drums."""

  assume_drums: bool
  parts: parts_lib.DrumParts
  min_velocity: int


class Reading(typing.TypedDict, total=False):
  """The arguments of `of_arguments`: those of `Recipe`, as flags give them."""

  steps_per_quarter: int
  gap_steps: int
  assume_drums: bool
  voices_in: str
  max_flips: int
  min_repeats: int
  loop_bars: Iterable[int | str]
  recurring: bool
  meters: Iterable[str]
  drum_channels: Iterable[int | str]
  drum_tracks: Iterable[str]
  min_velocity: int
  align: bool


def of_arguments(**reading: typing.Unpack[Reading]) -> Recipe:
  """Returns the recipe of plain arguments, as entry points have them.

  Args:
    **reading: Fields of `Recipe`, `voices_in` (a drum map's name or TOML file)
      for its drum map; lists may hold text.

  Raises:
    InputError: If one is out of range.
    DrumMapError: If there is no such drum map.
  """
  fields: dict[str, typing.Any] = dict(reading)
  voices_in = fields.pop('voices_in', defaults.VOICES_IN)
  if 'loop_bars' in fields:
    try:
      fields['loop_bars'] = tuple(int(bars) for bars in fields['loop_bars'])
    except ValueError:
      raise errors.InputError(
          f'loop_bars must be some of {_listed(near_loops.LOOP_BARS)}, got '
          f'{_listed(fields["loop_bars"])}.'
      ) from None
  if 'meters' in fields:
    fields['meters'] = meters_lib.of_names(fields['meters'])
  fields['drum_parts'] = parts_lib.of_arguments(
      fields.pop('drum_channels', ()), fields.pop('drum_tracks', ())
  )
  return Recipe(drum_map=drum_maps.load(voices_in), **fields)


def _listed(values: Iterable[object]) -> str:
  return ','.join(map(str, values))
