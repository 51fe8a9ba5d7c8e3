"""Groove sums: how a pattern was played, added up over all its plays.

All of it is whole numbers, so that the sum of many inputs depends on neither
their order nor their grouping: velocities as in MIDI, and offsets from the grid
in `UNITS` of a step, in which ticks at all usual resolutions are whole.

*Sums* are int64 `[5, num_hits]`: for each hit of a pattern, by step and then by
voice, its plays, the sum of its velocities and of their squares, the sum of its
offsets and of their squares. An offset is how late a hit is, in steps, from
-0.5 (early) to 0.5.
"""

import dataclasses
import zlib

import numpy as np

from drumspace_ext.patterns import step_codes

# The ticks of a step at 960 and at 1,024 ticks a quarter are whole in it.
UNITS = 3840
NUM_ROWS = 5
_PLAYS, _VELOCITY, _VELOCITY_2, _OFFSET, _OFFSET_2 = range(NUM_ROWS)
# Most are the same again and again; the fastest level finds that too.
_LEVEL = 1
# Sums that are unpacked at once: as large until then as what they add up to.
_TOGETHER = 8


@dataclasses.dataclass(frozen=True, kw_only=True)
class Played:
  """How the hits of a pattern were played, float64 `[num_hits]` each.

  Attributes:
    plays: Plays of each hit, int64 `[num_hits]`.
    velocities: Mean velocities, 1 to 127.
    velocity_spreads: Standard deviations of these over the plays.
    offsets: Mean offsets, in steps.
    offset_spreads: Standard deviations of these.
  """

  plays: np.ndarray
  velocities: np.ndarray
  velocity_spreads: np.ndarray
  offsets: np.ndarray
  offset_spreads: np.ndarray


def pack(sums: np.ndarray) -> bytes:
  """Returns sums as bytes, the same on every machine of one zlib."""
  return zlib.compress(sums.astype('<i8').tobytes(), _LEVEL)


def unpack(packed: bytes) -> np.ndarray:
  """Returns what `pack` was given, int64 `[5, num_hits]`."""
  values = np.frombuffer(bytearray(zlib.decompress(packed)), '<i8')
  return values.reshape(NUM_ROWS, -1).astype(np.int64, copy=False)


class Total:
  """Packed sums that are added up; they are unpacked when they are several."""

  __slots__ = ('_parts', '_sums')

  def __init__(self, packed: bytes = b''):
    """Begins with packed sums; none are `b''`."""
    self._parts = [packed] if packed else []
    self._sums: np.ndarray | None = None

  def add(self, packed: bytes) -> None:
    """Adds packed sums of the same pattern; none are `b''`."""
    if packed:
      self._parts.append(packed)
      if len(self._parts) >= _TOGETHER:
        self._whole()

  def _whole(self) -> np.ndarray:
    """Returns the sum of what there is, and keeps it in place of its parts."""
    if self._parts:
      values = np.frombuffer(
          b''.join(map(zlib.decompress, self._parts)), '<i8'
      ).reshape(len(self._parts), NUM_ROWS, -1).sum(axis=0)
      self._sums = values if self._sums is None else self._sums + values
      self._parts = []
    return none() if self._sums is None else self._sums

  def packed(self) -> bytes:
    """Returns the sum, packed."""
    if self._sums is None and len(self._parts) < 2:
      return b''.join(self._parts)
    return pack(self._whole())


def in_phase(packed: bytes, canonical: bytes, phase: bytes) -> np.ndarray:
  """Unpacks the sums of a pattern in another phase.

  Args:
    packed: Sums of its canonical phase, or `b''`.
    canonical: Its canonical step codes, packed.
    phase: Its step codes, packed.

  Returns:
    int64 `[5, num_hits]`; no plays if nothing was packed.
  """
  if not packed:
    return none()
  # Back the way it came: a beat of one bar has two ways.
  turn = -step_codes.turn_to(phase, canonical) % step_codes.NUM_STEPS
  # Hits stand by step, so that a rotation of steps is one of hits.
  before = step_codes.num_hits(canonical, turn)
  sums = unpack(packed)
  return np.concatenate([sums[:, before:], sums[:, :before]], axis=1)


def none() -> np.ndarray:
  """Returns the sums of a pattern of no hits."""
  return np.zeros((NUM_ROWS, 0), np.int64)


def no_cells() -> np.ndarray:
  """Returns the sums of no plays by cell, int64 `[5, 32, 14]`."""
  return np.zeros(
      (NUM_ROWS, step_codes.NUM_STEPS, step_codes.NUM_VOICES), np.int64
  )


def played(sums: np.ndarray) -> Played:
  """Returns means and spreads of sums, int64 `[5, num_hits]`."""
  plays = np.maximum(sums[_PLAYS], 1)
  velocity, offset = means = sums[[_VELOCITY, _OFFSET]] / plays
  # Exactly 0 of plays that are all alike: both are whole numbers then.
  variances = sums[[_VELOCITY_2, _OFFSET_2]] / plays - means * means
  velocity_spread, offset_spread = np.sqrt(np.maximum(variances, 0.0))
  return Played(
      plays=sums[_PLAYS],
      velocities=velocity,
      velocity_spreads=velocity_spread,
      offsets=offset / UNITS,
      offset_spreads=offset_spread / UNITS,
  )


def once(played: Played) -> np.ndarray:
  """Returns what was played on the whole as sums of one play.

  Args:
    played: Means and spreads.

  Returns:
    int64 `[5, num_hits]`; no plays of what was never played.
  """
  velocities = np.rint(played.velocities).astype(np.int64)
  offsets = np.rint(played.offsets * UNITS).astype(np.int64)
  return np.array([
      np.ones_like(velocities), velocities, velocities**2, offsets, offsets**2
  ]) * (played.plays > 0)
