"""Synthesis: the sounds of a kit, computed sample by sample.

`kit` says what each value of a voice does; `sound/kit.js` has the same
mathematics for the page.
"""

import math

import numpy as np

from drumspace_ext import errors
from drumspace_ext.patterns import voices
from drumspace_ext.sound import kit as drum_kit

# Filters stand at up to 12.5 kHz.
_MIN_SAMPLE_RATE = 32_000
# `exp(-_DECAY)` is -60 dB.
_DECAY = math.log(1000)
# Partials start at places of the circle that are far apart.
_GOLDEN = (math.sqrt(5) - 1) / 2
_MEAN_FREE = ('highpass', 20.0, math.sqrt(0.5))
# Seeds of a kit's layers are smaller, so that each stroke has noise of its own.
_SEEDS = 64
_DETUNED = 0.006
# The room, after M. R. Schroeder (1962): what it takes of a sound, combs side
# by side and all-pass filters behind them, in seconds.
_ROOM_FILTERS = (('highpass', 250.0, 0.7), ('lowpass', 4500.0, 0.7))
_COMBS_S = (0.0113, 0.0147, 0.0179, 0.0211)
_ALLPASSES_S = (0.0047, 0.0016)
_ALLPASS_GAIN = 0.6


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


def _tone(
    layer: drum_kit.Layer, seconds: np.ndarray, detuned: float
) -> np.ndarray:
  sweep = (layer.sweep_ratio - 1) * layer.sweep_s
  cycles = layer.frequency_hz * detuned * (
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


def _delayed(
    samples: np.ndarray, delay: int, *, direct: float, back: float
) -> np.ndarray:
  """Returns `y[n] = direct * x[n] + x[n - delay] + back * y[n - delay]`."""
  result = direct * samples
  for first in range(delay, len(samples), delay):
    block = slice(first, first + delay)
    size = len(result[block])
    before = slice(first - delay, first - delay + size)
    result[block] += samples[before] + back * result[before]
  return result


def _room(samples: np.ndarray, room_s: float, sample_rate: int) -> np.ndarray:
  """Returns what a short room gives back of a sound."""
  heard = samples
  for row in _ROOM_FILTERS:
    heard = _filtered(heard, row, sample_rate)
  wet = np.zeros_like(samples)
  for seconds in _COMBS_S:
    delay = round(seconds * sample_rate)
    wet += _delayed(
        heard, delay, direct=0.0, back=math.exp(-_DECAY * seconds / room_s)
    ) / len(_COMBS_S)
  for seconds in _ALLPASSES_S:
    wet = _delayed(
        wet, round(seconds * sample_rate), direct=-_ALLPASS_GAIN,
        back=_ALLPASS_GAIN,
    )
  return wet


def _sum_of_layers(
    sound: drum_kit.Voice, num_samples: int, sample_rate: int, stroke: int
) -> np.ndarray:
  seconds = np.arange(num_samples) / sample_rate
  total = np.zeros(num_samples)
  # Far from each other for a few strokes, and 0 for the first.
  detuned = 1 + _DETUNED * (stroke * _GOLDEN % 1)
  for layer in sound.layers:
    if layer.source == 'tone':
      part = _tone(layer, seconds, detuned)
    else:
      part = noise(layer.seed + _SEEDS * stroke, num_samples) * np.exp(
          -_DECAY / layer.decay_s * seconds
      )
    for row in layer.filters:
      part = _filtered(part, row, sample_rate)
    if layer.attack_s:
      part = part * np.minimum(seconds / layer.attack_s, 1)
    total += layer.level * part
  return total


def render_voice(
    voice: str | drum_kit.Voice, sample_rate: int = drum_kit.SAMPLE_RATE,
    stroke: int = 0,
) -> np.ndarray:
  """Computes one sound, without its panning, float32 `[num_samples]`.

  Args:
    voice: A name of `voices.NAMES`, or a sound of another kit.
    sample_rate: Samples a second, at least 32,000.
    stroke: Which of its ways to sound.

  Raises:
    InputError: If the rate is too low for what the sounds hold.
  """
  if sample_rate < _MIN_SAMPLE_RATE:
    raise errors.InputError(
        f'the kit needs {_MIN_SAMPLE_RATE:,} samples a second or more, got '
        f'{sample_rate:,}.'
    )
  sound = (
      drum_kit.load().voices[voices.INDEX[voice]] if isinstance(voice, str)
      else voice
  )
  num_samples = math.ceil(sound.length_s * sample_rate)
  total = _sum_of_layers(sound, num_samples, sample_rate, stroke)
  if sound.drive:
    total = np.tanh(sound.drive * total)
  total = _filtered(total, _MEAN_FREE, sample_rate)
  if sound.room:
    total += sound.room * _room(total, sound.room_s, sample_rate)
  seconds = np.arange(num_samples) / sample_rate
  left = np.minimum((num_samples - 1) / sample_rate - seconds, sound.fade_s)
  total *= 0.5 - 0.5 * np.cos(math.pi * left / sound.fade_s)
  return (total * (sound.level / np.abs(total).max())).astype(np.float32)


def darkened(
    samples: np.ndarray, dark_hz: float,
    sample_rate: int = drum_kit.SAMPLE_RATE,
) -> np.ndarray:
  """Returns what the softest hit sounds like, float32 `[num_samples]`.

  Args:
    samples: The sound of the hardest.
    dark_hz: Where the filter stands.
    sample_rate: Samples a second.
  """
  row = 'lowpass', dark_hz, 0.5
  return _filtered(samples, row, sample_rate).astype(np.float32)
