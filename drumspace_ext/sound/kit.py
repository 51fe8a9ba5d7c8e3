"""The kit: what the 14 voices sound like, computed from `kit.toml`.

The file is the one description of the sounds. `render_voice` computes them
here, and `sound/kit.js` by the same mathematics, sample by sample, in the
page, which gets the description as JSON (`Kit.to_json`).

A voice is a sum of layers. A layer is a *source*, an envelope and filters:

  tone   partials i at `frequency_hz * ratios[i]`, of level `ratio ** tilt`. The
         frequency falls from `sweep_ratio` times that by `exp(-t / sweep_s)`.
         `edge` bends the sine towards a square: `tanh(edge * sine)`. A partial
         decays by 60 dB in `decay_s / ratio ** damping`.
  noise  white, from a counter and `seed`: see `noise`.

Then come the filters, in their order, each `[kind, hertz, q]`, a peak with its
gain in dB: second-order sections by R. Bristow-Johnson's "Audio EQ Cookbook".
Then a straight rise over `attack_s`. The sum of the layers is bent by `drive`
(`tanh(drive * x)`), freed of its mean (a high-pass filter of 20 Hz), faded at
its end, and scaled to the peak `level`.
"""

import dataclasses
import functools
import importlib.resources
import math
import tomllib
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.patterns import voices

SAMPLE_RATE = 44_100
# Filters stand at up to 12.5 kHz.
_MIN_SAMPLE_RATE = 32_000
# `exp(-_DECAY)` is -60 dB.
_DECAY = math.log(1000)
# Partials start at places of the circle that are far apart.
_GOLDEN = (math.sqrt(5) - 1) / 2
_MEAN_FREE = ('highpass', 20.0, math.sqrt(0.5))
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
  """

  layers: tuple[Layer, ...]
  level: float
  length_s: float
  pan: float = 0.0
  drive: float = 0.0
  choke: str = ''
  fade_s: float = 0.012


@dataclasses.dataclass(frozen=True, kw_only=True)
class Master:
  """What holds for all voices together; `kit.toml` says what each value is."""

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
  """Reads a kit in the form of `kit.toml`.

  Args:
    text: TOML.

  Raises:
    ConfigError: If a voice is missing, or a key, source or filter is unknown.
  """
  tables = tomllib.loads(text)
  master = _build(Master, tables.pop('master', {}), 'master')
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
    sounds.append(_build(Voice, {**tables[name], 'layers': list(layers)}, name))
  return Kit(master=master, voices=tuple(sounds))


@functools.cache
def load() -> Kit:
  """Returns the kit of this package."""
  return parse(
      importlib.resources.files('drumspace_ext.sound').joinpath('kit.toml')
      .read_text(encoding='utf-8')
  )


def noise(seed: int, num_samples: int) -> np.ndarray:
  """Returns white noise, the same everywhere, float64 `[num_samples]`.

  Sample n is a hash of the counter `seed * 2**20 + n`, in unsigned 32-bit
  arithmetic: times 0x9E3779B9 (the golden ratio), then the finalizer of
  MurmurHash3 (A. Appleby), x ^= x >> 16; x *= 0x85EBCA6B; x ^= x >> 13;
  x *= 0xC2B2AE35; x ^= x >> 16. The result is `x / 2**31 - 1`, in [-1, 1).

  Args:
    seed: Which noise.
    num_samples: How much, at most 2**20.
  """
  x = np.arange(num_samples, dtype=np.uint32) + np.uint32(seed << 20)
  x *= np.uint32(0x9E3779B9)
  x ^= x >> np.uint32(16)
  x *= np.uint32(0x85EBCA6B)
  x ^= x >> np.uint32(13)
  x *= np.uint32(0xC2B2AE35)
  x ^= x >> np.uint32(16)
  return x / 2.0 ** 31 - 1


def _coefficients(row: tuple, sample_rate: float) -> tuple[list, list]:
  """Returns the (b, a) of a filter, of the cookbook."""
  kind, hertz, q = row[:3]
  omega = 2 * math.pi * hertz / sample_rate
  alpha, cosine = math.sin(omega) / (2 * q), math.cos(omega)
  a = [1 + alpha, -2 * cosine, 1 - alpha]
  if kind == 'highpass':
    b = [(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2]
  elif kind == 'lowpass':
    b = [(1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2]
  elif kind == 'bandpass':
    b = [alpha, 0.0, -alpha]
  else:
    gain = 10 ** (row[3] / 40)
    b = [1 + alpha * gain, -2 * cosine, 1 - alpha * gain]
    a = [1 + alpha / gain, -2 * cosine, 1 - alpha / gain]
  return b, a


def _filtered(
    samples: np.ndarray, row: tuple, sample_rate: float
) -> np.ndarray:
  from scipy import signal

  return signal.lfilter(*_coefficients(row, sample_rate), samples)


def _tone(layer: Layer, seconds: np.ndarray) -> np.ndarray:
  sweep = (layer.sweep_ratio - 1) * layer.sweep_s
  cycles = layer.frequency_hz * (
      seconds + sweep * (1 - np.exp(-seconds / layer.sweep_s))
  )
  result = np.zeros_like(seconds)
  for number, ratio in enumerate(layer.ratios):
    wave = np.sin(2 * math.pi * (ratio * cycles + number * _GOLDEN))
    if layer.edge:
      wave = np.tanh(layer.edge * wave)
    rate = _DECAY * ratio ** layer.damping / layer.decay_s
    result += ratio ** layer.tilt * np.exp(-rate * seconds) * wave
  return result


def render_voice(
    voice: str | Voice, sample_rate: int = SAMPLE_RATE
) -> np.ndarray:
  """Computes one sound, without its panning, float32 `[num_samples]`.

  Args:
    voice: A name of `voices.NAMES`, or a sound of another kit.
    sample_rate: Samples a second, at least 32,000.

  Raises:
    InputError: If the rate is too low for what the sounds hold.
  """
  if sample_rate < _MIN_SAMPLE_RATE:
    raise errors.InputError(
        f'the kit needs {_MIN_SAMPLE_RATE:,} samples a second or more, got '
        f'{sample_rate:,}.'
    )
  sound = (
      load().voices[voices.INDEX[voice]] if isinstance(voice, str) else voice
  )
  num_samples = math.ceil(sound.length_s * sample_rate)
  seconds = np.arange(num_samples) / sample_rate
  total = np.zeros(num_samples)
  for layer in sound.layers:
    if layer.source == 'tone':
      part = _tone(layer, seconds)
    else:
      part = noise(layer.seed, num_samples) * np.exp(
          -_DECAY / layer.decay_s * seconds
      )
    for row in layer.filters:
      part = _filtered(part, row, sample_rate)
    if layer.attack_s:
      part = part * np.minimum(seconds / layer.attack_s, 1)
    total += layer.level * part
  if sound.drive:
    total = np.tanh(sound.drive * total)
  total = _filtered(total, _MEAN_FREE, sample_rate)
  left = np.minimum((num_samples - 1) / sample_rate - seconds, sound.fade_s)
  total *= 0.5 - 0.5 * np.cos(math.pi * left / sound.fade_s)
  return (total * (sound.level / np.abs(total).max())).astype(np.float32)


def pan_gains(pan: float) -> tuple[float, float]:
  """Returns the gains (left, right) of a voice: equal power, as the Web has."""
  angle = (pan + 1) * math.pi / 4
  return math.cos(angle), math.sin(angle)
