"""Mixing: hits that begin on given samples, as audio in blocks of bounded size.

The blocks of a mix, one after the other, are the same samples as if all were
mixed in one piece; an hour in stereo would take 2 GB so.
"""

from collections.abc import Iterator
import functools
import math

import numpy as np

from drumspace_ext import defaults
from drumspace_ext.sound import kit as drum_kit
from drumspace_ext.sound import synthesis

_BLOCK_S = 10
_HARDEST = 127


@functools.cache
def _stroke(
    kit: str, voice: int, stroke: int, sample_rate: int
) -> tuple[np.ndarray, np.ndarray | None]:
  """Returns a stroke of a voice at its hardest and softest; see `kit`."""
  sound = drum_kit.load(kit).voices[voice]
  bright = synthesis.render_voice(sound, sample_rate, stroke)
  if not sound.dark_hz:
    return bright, None
  return bright, synthesis.darkened(bright, sound.dark_hz, sample_rate)


# Of a song's hits many are alike.
@functools.lru_cache(256)
def _struck(
    kit: str, voice: int, stroke: int, velocity: int, sample_rate: int
) -> np.ndarray:
  """Returns what a hit sounds like, before its gain, float32 `[n, 2]`."""
  bright, dark = _stroke(kit, voice, stroke, sample_rate)
  if dark is not None:
    bright = dark + np.float32(velocity / _HARDEST) * (bright - dark)
  pan = drum_kit.pan_gains(drum_kit.load(kit).voices[voice].pan)
  return bright[:, None] * np.array(pan, np.float32)


def num_samples_of_voices(kit: str, sample_rate: int) -> np.ndarray:
  """Returns how long each voice of a kit sounds, in samples, int64 `[14]`."""
  return np.array([
      math.ceil(voice.length_s * sample_rate)
      for voice in drum_kit.load(kit).voices
  ])


def _turns(kit: str, struck: np.ndarray, loops: np.ndarray) -> np.ndarray:
  """Returns which stroke each hit is, int64 `[num_hits]`: they come in turn.

  The turns begin anew with each loop, so that it is the same each time.
  """
  turns = np.zeros(len(struck), np.int64)
  for voice, sound in enumerate(drum_kit.load(kit).voices):
    own = np.flatnonzero(struck == voice)
    first = np.searchsorted(loops[own], loops[own])
    turns[own] = (np.arange(len(own)) - first) % sound.strokes
  return turns


def limited(samples: np.ndarray) -> np.ndarray:
  """Returns samples under the master's limiter.

  What is below the knee stays as it is, what is above bends towards the
  ceiling and never reaches it.

  Args:
    samples: float `[...]`.
  """
  master = drum_kit.load().master
  room = master.ceiling - master.knee
  over = np.abs(samples) - master.knee
  if not (over > 0).any():
    return samples
  bent = np.sign(samples) * (master.knee + room * np.tanh(over / room))
  return np.where(over > 0, bent, samples)


def _ends(
    starts: np.ndarray, struck: np.ndarray, num_samples: int, loop: bool,
    kit: str,
) -> np.ndarray:
  """Returns where each hit is choked, float64 `[num_hits]`; inf for nowhere."""
  ends = np.full(len(starts), np.inf)
  chokes = [voice.choke for voice in drum_kit.load(kit).voices]
  for group in sorted(set(chokes) - {''}):
    own = np.flatnonzero([chokes[voice] == group for voice in struck])
    if len(own):
      times = np.unique(starts[own])
      after = np.append(times, times[0] + num_samples if loop else np.inf)
      ends[own] = after[np.searchsorted(times, starts[own], side='right')]
  return ends


class Mix:
  """Hits that are to be mixed."""

  def __init__(
      self, starts: np.ndarray, struck: np.ndarray, velocities: np.ndarray,
      num_samples: int, *, loop: bool, sample_rate: int,
      kit: str = defaults.KIT, loops: np.ndarray | None = None,
  ):
    """Takes hits that begin on given samples.

    Args:
      starts: First sample of each hit, int64 `[num_hits]`, not negative.
      struck: Its voice, int64 `[num_hits]`.
      velocities: Its MIDI velocity, int64 `[num_hits]`.
      num_samples: Length of the result.
      loop: Let the end sound on at the beginning; otherwise it is faded out.
      sample_rate: Samples a second.
      kit: One of `kit.NAMES`.
      loops: In which loop each hit is, int64 `[num_hits]`, rising; all in one
        if None.
    """
    self.num_samples = num_samples
    self.sample_rate = sample_rate
    self._loop = loop
    self._struck = struck
    self._kit = kit
    self._velocities = velocities
    self._turns = _turns(
        kit, struck, np.zeros_like(struck) if loops is None else loops
    )
    self._tail = int(num_samples_of_voices(kit, sample_rate).max())
    master = drum_kit.load(kit).master
    self._fade = max(round(master.choke_s * sample_rate), 1)
    self._gains = master.gain * (
        (velocities / _HARDEST) ** master.velocity_power
    )
    self._lengths = _ends(starts, struck, num_samples, loop, kit) - starts
    self._starts = starts % num_samples if loop and num_samples else starts

  def _sound(self, hit: int) -> np.ndarray:
    """Returns what a hit sounds like, until it is choked."""
    sound, fade = _struck(
        self._kit, int(self._struck[hit]), int(self._turns[hit]),
        int(self._velocities[hit]), self.sample_rate,
    ), self._fade
    if len(sound) <= self._lengths[hit]:
      return sound
    length = max(int(min(self._lengths[hit] + fade, len(sound))), 0)
    ramp = (self._lengths[hit] + fade - np.arange(length)) / fade
    return sound[:length] * np.minimum(ramp, 1)[:, None]

  def _sum(self, first: int, last: int) -> np.ndarray:
    """Sums what sounds from sample `first` to `last`, float64 `[n, 2]`."""
    buffer = np.zeros((last - first, 2))
    near = (self._starts < last) & (self._starts + self._tail > first)
    for hit in np.flatnonzero(near).tolist():
      start = int(self._starts[hit]) - first
      sound = self._sound(hit)[max(-start, 0):]
      start = max(start, 0)
      sound = sound[:len(buffer) - start]
      buffer[start:start + len(sound)] += self._gains[hit] * sound
    return buffer

  def blocks(self) -> Iterator[np.ndarray]:
    """Yields the mix, float32 `[num_samples of the block, 2]`."""
    size = _BLOCK_S * self.sample_rate
    # Whole turns of a loop, so that what is late folds back on the beginning.
    turns = -(-self._tail // max(self.num_samples, 1)) + 1
    if self._loop and self.num_samples <= size:
      buffer = self._sum(0, turns * self.num_samples)
      buffer = buffer.reshape(turns, self.num_samples, 2).sum(0)
      yield limited(buffer).astype(np.float32)
      return
    for first in range(0, self.num_samples, size):
      last = min(first + size, self.num_samples)
      if self._loop:
        block = np.stack([
            self._sum(first + turn * self.num_samples,
                      last + turn * self.num_samples)
            for turn in range(turns)
        ]).sum(0)
      else:
        block = self._sum(first, last)
        self._fade_out(block, first)
      yield limited(block).astype(np.float32)

  def _fade_out(self, block: np.ndarray, first: int) -> None:
    """Fades the end of the mix, as far as it lies in a block."""
    fade = min(self._fade, self.num_samples)
    left = self.num_samples - first - np.arange(len(block))
    ramp = (left - 1) / self._fade
    block[left <= fade] *= ramp[left <= fade, None]

  def samples(self) -> np.ndarray:
    """Returns the whole mix, float32 `[num_samples, 2]`."""
    return np.concatenate([np.zeros((0, 2), np.float32), *self.blocks()])
