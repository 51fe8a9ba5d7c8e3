"""Flags of how hits are played, for all that writes or sounds patterns.

They combine in the order that `patterns.dynamics` describes.
"""

import typing

from absl import flags

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.patterns import genre_swings


class _StrengthParser(flags.ArgumentParser):
  """Takes a number, or two with a comma between them."""

  syntactic_help = 'a number, or two with a comma between them'

  def parse(self, argument: object) -> float | tuple[float, ...]:
    try:
      values = tuple(map(float, str(argument).split(',')))
    except ValueError:
      values = ()
    if len(values) not in (1, 2):
      raise ValueError(f'expected {self.syntactic_help}')
    return values if len(values) > 1 else values[0]

  def flag_type(self) -> str:
    return 'float or two'


class _StrengthSerializer(flags.ArgumentSerializer):

  def serialize(self, value: float | tuple[float, ...]) -> str:
    return ','.join(map(str, value)) if isinstance(value, tuple) else str(value)


class _SwingParser(flags.ArgumentParser):
  """Takes a number, or the name of a swing by genre."""

  syntactic_help = f'a number or {genre_swings.AUTO}'

  def parse(self, argument: object) -> float | str:
    if argument == genre_swings.AUTO:
      return genre_swings.AUTO
    try:
      return float(str(argument))
    except ValueError:
      raise ValueError(f'expected {self.syntactic_help}') from None

  def flag_type(self) -> str:
    return f'float or {genre_swings.AUTO}'


ACCENTS = flags.DEFINE_bool('accents', False, 'Velocities by place and voice.')
SWING = flags.DEFINE(
    _SwingParser(), 'swing', 0.0,
    'How late every second sixteenth comes; 1 makes triplets, auto is by genre '
    '(where beats have one: convert, generate).',
    serializer=flags.ArgumentSerializer(),
)
HUMANIZE = flags.DEFINE_float('humanize', 0.0, 'How much hits vary, 0 to 1.')
GROOVE = flags.DEFINE_string(
    'groove', defaults.GROOVE,
    'How hits are played: none; shipped:groove, a run_dir of its config or a '
    'GrooVAE; a MIDI file to play like; a dataset, FOLDER:GENRE, FOLDER:LINE. '
    'Where a dataset is made, none or own.',
)
GROOVE_STRENGTH = flags.DEFINE(
    _StrengthParser(), 'groove_strength', defaults.GROOVE_STRENGTH,
    'Share of --groove, 0 to 1; two, as 0.8,0.3, are of velocity and timing.',
    serializer=_StrengthSerializer(),
)
GROOVE_DRAWN = flags.DEFINE_bool(
    'groove_drawn', False, 'One of many grooves of a model, by --seed.'
)
ALL = ACCENTS, SWING, HUMANIZE, GROOVE, GROOVE_STRENGTH, GROOVE_DRAWN
drumspace_flags.MODULES.append(__name__)


def values() -> dict[str, typing.Any]:
  """Returns the values of `ALL` by name, as verbs take them.

  Raises:
    InputError: If something is said of a groove, and nothing which, not even
      that there is none.
  """
  if not GROOVE.present and (GROOVE_STRENGTH.present or GROOVE_DRAWN.value):
    raise errors.InputError(
        f'--{GROOVE_STRENGTH.name} and --{GROOVE_DRAWN.name} say how a groove '
        f'is played: name one with --{GROOVE.name}, as shipped:groove.'
    )
  return {holder.name: holder.value for holder in ALL}
