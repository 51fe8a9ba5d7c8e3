"""Kits: what the 14 voices sound like, as the files in `kits/` say it.

A file is the one description of its sounds. `synthesis` computes them here, and
`sound/kit.js` by the same mathematics, sample by sample, in the page, which
gets the description as JSON (`Kit.to_json`).

A voice is a sum of layers. A layer is a *source*, an envelope and filters:

  tone   partials i at `frequency_hz * ratios[i]`, of level `ratio ** tilt`. The
         frequency falls from `sweep_ratio` times that by `exp(-t / sweep_s)`.
         `edge` bends the sine towards a square: `tanh(edge * sine)`. A partial
         decays by 60 dB in `decay_s / ratio ** damping`.
  noise  white, from a counter and `seed`: see `noise`.

Then come the filters, in their order, each `[kind, hertz, q]`, a peak with its
gain in dB: second-order sections by R. Bristow-Johnson's "Audio EQ Cookbook".
Then a straight rise over `attack_s`. The sum of the layers is bent by `drive`
(`tanh(drive * x)`), freed of its mean (a high-pass filter of 20 Hz), put into a
short room (`room`, `room_s`), faded at its end, and scaled to the peak `level`.

A drummer strikes no drum twice alike: a voice has `strokes`, which come in
turn. Another stroke has other noise, and tones that lie up to 10 cents higher.
A soft hit is darker, not only softer: of a hit at velocity v the share v / 127
is the sound itself, the rest the sound behind a low-pass filter of `dark_hz`.

The table `[every]` of a file has what holds for each voice that does not say
otherwise itself.
"""

import dataclasses
import functools
import importlib.resources
import math
import tomllib
import typing

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.patterns import voices

SAMPLE_RATE = 44_100
NAMES = 'acoustic', 'electronic', 'soft'
_FILTERS = ('highpass', 'lowpass', 'bandpass', 'peak')


@dataclasses.dataclass(frozen=True, kw_only=True)
class Layer:
  """One part of a sound; the module's docstring says what each value does."""

  source: str
  level: float
  decay_s: float
  attack_s: float = 0.0
  frequency_hz: float = 0.0
  ratios: tuple[float, ...] = (1.0,)
  tilt: float = 0.0
  sweep_ratio: float = 1.0
  sweep_s: float = 1.0
  edge: float = 0.0
  damping: float = 0.0
  seed: int = 0
  filters: tuple[tuple, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Voice:
  """One sound.

  Attributes:
    layers: What it is the sum of.
    level: Its peak.
    length_s: How long it is, in seconds.
    pan: Where it stands, from -1 (left) to 1 (right).
    drive: How much it is bent.
    choke: Its group; a hit ends what sounds of its group. Empty for none.
    fade_s: How long its last fade is.
    strokes: How many ways it sounds, in turn.
    dark_hz: Where the low-pass filter of its softest hit stands; 0 for none.
    room: How loud the room is.
    room_s: How long the room sounds, to -60 dB.
  """

  layers: tuple[Layer, ...]
  level: float
  length_s: float
  pan: float = 0.0
  drive: float = 0.0
  choke: str = ''
  fade_s: float = 0.012
  strokes: int = 1
  dark_hz: float = 0.0
  room: float = 0.0
  room_s: float = 0.3


@dataclasses.dataclass(frozen=True, kw_only=True)
class Master:
  """What holds for all voices together; the files say what each value is."""

  gain: float
  knee: float
  ceiling: float
  velocity_power: float
  choke_s: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kit:
  """A kit.

  Attributes:
    master: What holds for all voices.
    voices: The sounds, in the order of `voices.NAMES`.
  """

  master: Master
  voices: tuple[Voice, ...]

  def to_json(self) -> dict[str, object]:
    """Returns the kit as what JSON can hold; nothing is left out."""
    return dataclasses.asdict(self)


_Table = typing.TypeVar('_Table', Layer, Voice, Master)


def _tuples(value):
  return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _build(kind: type[_Table], table: dict, where: str) -> _Table:
  """Makes a dataclass of a table of the file, and checks its keys."""
  fields = {field.name: field.type for field in dataclasses.fields(kind)}
  wrong = sorted(set(table) - set(fields))
  if wrong:
    raise errors.ConfigError(f'{where}: unknown key {wrong[0]!r}.')
  table = {key: _tuples(value) for key, value in table.items()}
  try:
    return kind(**table)
  except TypeError as e:
    raise errors.ConfigError(f'{where}: {e}') from e


def parse(text: str) -> Kit:
  """Reads a kit in the form of the files in `kits/`.

  Args:
    text: TOML.

  Raises:
    ConfigError: If a voice is missing, or a key, source or filter is unknown.
  """
  tables = tomllib.loads(text)
  master = _build(Master, tables.pop('master', {}), 'master')
  every = tables.pop('every', {})
  if set(tables) != set(voices.NAMES):
    wrong = sorted(set(tables) ^ set(voices.NAMES))
    raise errors.ConfigError(
        f'a kit has one table for each voice; missing or unknown: {wrong}.'
    )
  sounds = []
  for name in voices.NAMES:
    rows = tables[name].pop('layers', [])
    layers = tuple(
        _build(Layer, row, f'{name}, layer {number}')
        for number, row in enumerate(rows, 1)
    )
    for layer in layers:
      if layer.source not in ('tone', 'noise'):
        raise errors.ConfigError(
            f'{name}: source must be tone or noise, got {layer.source!r}.'
        )
      for row in layer.filters:
        if row[0] not in _FILTERS or len(row) != 3 + (row[0] == 'peak'):
          raise errors.ConfigError(f'{name}: no such filter: {list(row)}.')
    sounds.append(_build(
        Voice, {**every, **tables[name], 'layers': list(layers)}, name
    ))
  return Kit(master=master, voices=tuple(sounds))


@functools.cache
def load(name: str = defaults.KIT) -> Kit:
  """Returns a kit of this package.

  Args:
    name: One of `NAMES`.

  Raises:
    InputError: If there is no such kit.
  """
  suggestions.one_of('--kit', name, NAMES)
  folder = importlib.resources.files('drumspace_ext.sound') / 'kits'
  return parse((folder / f'{name}.toml').read_text(encoding='utf-8'))


def pan_gains(pan: float) -> tuple[float, float]:
  """Returns the gains (left, right) of a voice: equal power, as the Web has."""
  angle = (pan + 1) * math.pi / 4
  return math.cos(angle), math.sin(angle)
