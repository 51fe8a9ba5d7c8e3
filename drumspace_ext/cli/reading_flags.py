"""Flags of how inputs are read, for entry points that look for loops in them.

Each is a field of `recipes.Recipe`, which says more of it.
"""

import typing

from absl import flags

from drumspace_ext import defaults
from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import list_flags
from drumspace_ext.cli import playing_flags

if typing.TYPE_CHECKING:
  from drumspace_ext.dataset import creation as dataset_creation
  from drumspace_ext.extraction import recipes

MAX_FLIPS = flags.DEFINE_integer(
    'max_flips', defaults.MAX_FLIPS,
    'Two bars still count as those before them if they differ in so many hits. '
    '4 finds most of what people play.', lower_bound=0, upper_bound=32,
)
MIN_REPEATS = flags.DEFINE_integer(
    'min_repeats', defaults.MIN_REPEATS,
    'Times in a row that a loop is played at least; 1 takes every two bars, '
    'from bar line to bar line.', lower_bound=1, upper_bound=1000,
)
LOOP_BARS = list_flags.define(
    'loop_bars',
    'Lengths of loops, of 1,2,4; two bars are always among them. One bar is '
    'taken twice, four bars give their halves.',
    default=defaults.LOOP_BARS,
)
RECURRING = flags.DEFINE_bool(
    'recurring', False,
    'Also take two bars that come back from bar lines anywhere in a piece, '
    'without being in a row.',
)
METERS = list_flags.define(
    'meters',
    'Meters that are read: 4/4 (and 2/2, 8/8, 16/16), and 2/4 as half-bars.',
    default=['4/4'],
)
DRUM_CHANNELS = list_flags.define(
    'drum_channels',
    'Channels (1 to 16) that hold the drums, in place of those that are marked '
    'so; of a NoteSequence, instruments counted from 1.',
)
DRUM_TRACKS = list_flags.define(
    'drum_tracks',
    'Names or globs of tracks that hold the drums, such as EZdrummer, '
    'likewise.',
)
MIN_VELOCITY = flags.DEFINE_integer(
    'min_velocity', 1, 'Leave out softer notes, such as ghost notes.',
    lower_bound=1, upper_bound=127,
)
ALIGN = flags.DEFINE_bool(
    'align', False,
    'Take out a constant lateness, as of a recording with latency, where all '
    'of a piece has it; swing stays.',
)
ALL = (
    drumspace_flags.STEPS_PER_QUARTER, drumspace_flags.GAP_STEPS,
    drumspace_flags.ASSUME_DRUMS, drumspace_flags.VOICES_IN, MAX_FLIPS,
    MIN_REPEATS, LOOP_BARS, RECURRING, METERS,
    DRUM_CHANNELS, DRUM_TRACKS, MIN_VELOCITY, ALIGN,
)
# What all ways to make a dataset take.
FOR_DATASETS = (
    drumspace_flags.INPUT, drumspace_flags.RECURSIVE, *ALL,
    drumspace_flags.GENRES, drumspace_flags.TILE, playing_flags.GROOVE,
    drumspace_flags.STRICT,
)
drumspace_flags.MODULES.append(__name__)


def values() -> 'recipes.Reading':
  """Returns the values of `ALL` by name, for `recipes.of_arguments`."""
  return typing.cast(
      'recipes.Reading', {holder.name: holder.value for holder in ALL}
  )


def for_datasets() -> 'dataset_creation.Arguments':
  """Returns the values that all verbs that make a dataset take, by name."""
  return {
      'recursive': drumspace_flags.RECURSIVE.value,
      'genres': drumspace_flags.GENRES.value,
      'tile': drumspace_flags.TILE.value,
      'groove': playing_flags.GROOVE.value,
      **values(),
  }


def report(created: 'dataset_creation.DatasetAnywhere') -> int:
  """Prints what was made; returns the exit status.

  Raises:
    InputError: If --strict is not met.
  """
  print(created)
  if drumspace_flags.STRICT.value:
    created.check_strict()
  return 0
