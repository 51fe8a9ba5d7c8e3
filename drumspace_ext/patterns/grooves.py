"""Grooves: how hard and how late each hit of a pattern is played.

A *player* makes the groove of patterns; what it is made of is its own matter. A
`Manner` is the player that plays as somebody else did: the mean by step and
voice (`accents.toml`, all on the grid), and what a performance does otherwise.
That is taken over from coarse to fine: for all hits, a voice, a voice on a
place in the beat, in the bar, in the two bars. Of times the coarsest level is
all hits on a place in the beat, for all voices swing together, and hits on the
beat have no part in it. At each level the mean of what is left counts as much
as the hits are that it rests on, against `PRIOR_HITS` hits that do nothing of
the kind; so a single odd hit says little, and a voice's habit goes over to
steps on which the performance does not have it. Among the loops of one file,
one is told from the others so: see `tests/benchmarks/groove_manner.py`.
"""

from collections.abc import Mapping
import dataclasses
import functools
import importlib.resources
import tomllib
import typing

import numpy as np

from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

# Measured as the benchmark does, on a fifth of the files: 0.5, 1 and 2 give R2
# 0.54, 0.55 and 0.57 where loops differ by 8 hits or more.
PRIOR_HITS = 2.0
# A cell's velocity hardly varies over the repeats of a loop (a standard
# deviation of 1.3), so that more plays than these say the same again.
MAX_PLAYS = 4
# What all voices do is common to so many steps, of times.
BEAT = step_codes.STEPS_PER_QUARTER
# Steps to which a level is common.
_PERIODS = (1, step_codes.STEPS_PER_QUARTER, step_codes.STEPS_PER_BAR,
            step_codes.NUM_STEPS)
_SHAPE = step_codes.NUM_STEPS, step_codes.NUM_VOICES


@dataclasses.dataclass(frozen=True, kw_only=True)
class Groove:
  """How patterns are played; what stands where no hit is says nothing.

  Attributes:
    velocities: MIDI velocities, 1 to 127, float64 `[..., 32, 14]`.
    offsets: How late hits are, in steps, -0.5 to 0.5, float64 `[..., 32, 14]`.
  """

  velocities: np.ndarray
  offsets: np.ndarray


class Player(typing.Protocol):
  """What makes the groove of patterns."""

  def __call__(self, hits: np.ndarray) -> Groove:
    """Returns how patterns, bool `[num_patterns, 32, 14]`, are played."""


@functools.cache
def accents() -> np.ndarray:
  """Returns the mean velocity by step of a bar and voice, int64 `[16, 14]`."""
  text = (
      importlib.resources.files('drumspace_ext.patterns') / 'accents.toml'
  ).read_text(encoding='utf-8')
  table = tomllib.loads(text)
  result = np.array([table[name] for name in voices.NAMES], np.int64).T
  result.setflags(write=False)
  return result


def taken_over(
    sums: np.ndarray, counts: np.ndarray, prior: float = PRIOR_HITS,
    shared: int = 1,
) -> np.ndarray:
  """Returns what cells do, from coarse to fine; see the head of this module.

  Args:
    sums: Sums over what was seen, float64 `[32, 14]`.
    counts: How much was seen, float64 `[32, 14]`.
    prior: What counts against it, in the same unit.
    shared: Steps to which what all voices do is common, `BEAT` for times.

  Returns:
    float64 `[32, 14]`, 0 where nothing was seen.
  """
  overall = [
      sums[place::shared].sum() / (counts[place::shared].sum() + prior)
      for place in range(shared)
  ]
  result = np.tile(
      np.array(overall)[:, None], (_SHAPE[0] // shared, _SHAPE[1])
  )
  for period in _PERIODS:
    left = (sums - counts * result).reshape(-1, period, _SHAPE[1]).sum(axis=0)
    seen = counts.reshape(-1, period, _SHAPE[1]).sum(axis=0)
    result = result + np.tile(
        left / (seen + prior), (step_codes.NUM_STEPS // period, 1)
    )
  return result


class Manner:
  """Plays as in one performance, as far as that tells; see `Player`.

  What the performance does not have is played as another player would, moved
  by the performance's habits.

  Attributes:
    velocities: Of the performance alone, float64 `[32, 14]`.
    offsets: Likewise, in steps.
    unknown: How far a cell is left to the other player, 0 to 1.
    default: The other player, if any.
  """

  def __init__(self, cells: np.ndarray, default: Player | None = None):
    """Takes a performance.

    Args:
      cells: Its sums, int64 `[5, 32, 14]`, see `groove_sums`.
      default: Plays what it does not have; `accents` on the grid if None.
    """
    plays, velocities, _, offsets, _ = cells.astype(np.float64)
    counts = np.minimum(plays, MAX_PLAYS)
    share = counts / np.maximum(plays, 1)
    self._plain = _plain()
    self.velocities = self._plain + taken_over(
        velocities * share - self._plain * counts, counts
    )
    self.offsets = taken_over(
        offsets * share / groove_sums.UNITS, counts, shared=BEAT
    )
    self.unknown = PRIOR_HITS / (counts + PRIOR_HITS)
    self.default = default

  def __call__(self, hits: np.ndarray) -> Groove:
    """Returns how patterns, bool `[num_patterns, 32, 14]`, are played."""
    shape = len(hits), *_SHAPE
    velocities = np.broadcast_to(self.velocities, shape)
    offsets = np.broadcast_to(self.offsets, shape)
    if self.default is not None:
      other = self.default(hits)
      velocities = velocities + self.unknown * _centred(
          other.velocities - self._plain, hits
      )
      offsets = offsets + self.unknown * _centred(other.offsets, hits)
    return Groove(
        velocities=np.clip(velocities, 1, 127),
        offsets=np.clip(offsets, -0.5, 0.5),
    )


def _plain() -> np.ndarray:
  """Returns the accents of two bars, float64 `[32, 14]`."""
  bars = step_codes.NUM_STEPS // step_codes.STEPS_PER_BAR
  return np.tile(accents(), (bars, 1)).astype(np.float64)


def _centred(values: np.ndarray, hits: np.ndarray) -> np.ndarray:
  """Takes the mean over the hits of each pattern out."""
  counts = np.maximum(hits.sum((1, 2)), 1)
  means = np.where(hits, values, 0).sum((1, 2)) / counts
  return values - means[:, None, None]


class Remembered:
  """Plays as another player, which is asked once for the same; see `Player`.

  Velocities and times of patterns are asked for one after the other, and a
  drawn groove takes a while, for many at once a tenth of it each.
  """

  def __init__(self, player: Player):
    self._player = player
    self._last: tuple[bytes, Groove] | None = None
    self._foreseen: dict[bytes, np.ndarray] = {}

  def foresee(self, hits: np.ndarray) -> None:
    """Asks for what will be played next, and forgets what was foreseen.

    Args:
      hits: bool `[num_patterns, 32, 14]`.
    """
    if getattr(self._player, 'draws_in_turn', False):
      return
    different = np.unique(hits, axis=0)
    groove = self._player(different)
    # Of hits alone, for there may be many patterns.
    self._foreseen = {
        np.packbits(struck).tobytes(): np.stack([velocity, offset])[:, struck]
        for struck, velocity, offset in zip(
            different, groove.velocities, groove.offsets
        )
    }

  def __call__(self, hits: np.ndarray) -> Groove:
    """Returns how patterns, bool `[num_patterns, 32, 14]`, are played."""
    key = np.packbits(hits).tobytes()
    if self._last is None or self._last[0] != key:
      known = [self._foreseen.get(np.packbits(row).tobytes()) for row in hits]
      found = [row for row in known if row is not None]
      groove = (
          _of_hits(hits, found) if found and len(found) == len(hits)
          else self._player(hits)
      )
      self._last = key, groove
    return self._last[1]


def _of_hits(hits: np.ndarray, played: list[np.ndarray]) -> Groove:
  """Puts velocities and offsets, float64 `[2, num_hits]`, on their hits."""
  values = np.zeros((2, *hits.shape))
  for row, struck in enumerate(hits):
    values[:, row, struck] = played[row]
  return Groove(velocities=values[0], offsets=values[1])


class Known:
  """Plays patterns that somebody has played as they were; see `Player`.

  Of a near repeat there may be hits that no play has on its step: these are as
  by the default.

  Attributes:
    played: What is known, by the bytes of a pattern's step codes, uint16.
    default: Plays all others.
  """

  def __init__(
      self, played: Mapping[bytes, groove_sums.Played], default: Player
  ):
    """Takes what is known; see the attributes."""
    self.played, self.default = played, default

  def __call__(self, hits: np.ndarray) -> Groove:
    """Returns how patterns, bool `[num_patterns, 32, 14]`, are played."""
    groove = self.default(hits)
    velocities, offsets = groove.velocities.copy(), groove.offsets.copy()
    codes = step_codes.hits_to_step_codes(hits)
    for row, code in enumerate(codes):
      played = self.played.get(code.tobytes())
      if played is None:
        continue
      there = hits[row].copy()
      there[hits[row]] = counted = played.plays > 0
      velocities[row, there] = played.velocities[counted]
      offsets[row, there] = played.offsets[counted]
    return Groove(velocities=velocities, offsets=offsets)
