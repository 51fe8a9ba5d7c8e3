"""Interpolation: from one latent vector, or one beat, to another.

`lerp`, `slerp` and `grid` are arithmetic on latent vectors; `between` leads
from one beat to another in small steps, by way of a decoder.

A straight line in the latent space decodes to jumps: long stretches of one
pattern, then many bits at once. So the line is decoded at many points, the
jumps are taken apart into single flips of bits, and the steps of the path are
cut so that each has as many flips as the others. The ends are exact, though a
decoder seldom gives back just what was encoded: the bits it gets wrong change
over along the way.
"""

from collections.abc import Callable
import itertools

import numpy as np

# Below this angle between two vectors, in radians, slerp is lerp.
_SMALL_ANGLE = 1e-4
_NUM_FRAMES = 256
# A detour of more flips than this many times the distance of the ends is cut
# short: no step is then longer than a third of that distance at 15 steps.
_MAX_DETOUR = 4.0


def lerp(start: np.ndarray, end: np.ndarray, share: np.ndarray) -> np.ndarray:
  """Returns points on the straight line between two vectors.

  Args:
    start: float `[z_size]`.
    end: float `[z_size]`.
    share: Where on the way, 0 is `start` and 1 is `end`; float `[n]`.

  Returns:
    float `[n, z_size]`; the ends are exact.
  """
  share = np.asarray(share, np.float64)[:, None]
  return start * (1 - share) + end * share


def slerp(start: np.ndarray, end: np.ndarray, share: np.ndarray) -> np.ndarray:
  """Returns points on the arc between two vectors, as MusicVAE interpolates.

  Lengths are interpolated on a line and directions on a circle. Vectors of one
  direction, or of no length, are interpolated on the line (MusicVAE's own slerp
  gives NaN there).

  Args:
    start: float `[z_size]`.
    end: float `[z_size]`.
    share: Where on the way, 0 is `start` and 1 is `end`; float `[n]`.

  Returns:
    float `[n, z_size]`.
  """
  lengths = np.linalg.norm(start), np.linalg.norm(end)
  if not min(lengths):
    return lerp(start, end, share)
  cosine = np.clip(start @ end / (lengths[0] * lengths[1]), -1, 1)
  angle = np.arccos(cosine)
  if angle < _SMALL_ANGLE or np.pi - angle < _SMALL_ANGLE:
    return lerp(start, end, share)
  share = np.asarray(share, np.float64)[:, None]
  direction = (
      np.sin((1 - share) * angle) * start / lengths[0]
      + np.sin(share * angle) * end / lengths[1]
  ) / np.sin(angle)
  return direction * (lengths[0] * (1 - share) + lengths[1] * share)


def grid(corners: np.ndarray, size: int) -> np.ndarray:
  """Blends four latent vectors over a square.

  Args:
    corners: float `[4, z_size]`: top left, top right, bottom left, bottom
      right.
    size: Points along a side, at least 2.

  Returns:
    float `[size, size, z_size]`, rows from top to bottom.
  """
  share = np.linspace(0, 1, size)
  left = lerp(corners[0], corners[2], share)
  right = lerp(corners[1], corners[3], share)
  return np.stack([lerp(a, b, share) for a, b in zip(left, right)])


def _corrected(
    frames: np.ndarray, start: np.ndarray, end: np.ndarray
) -> np.ndarray:
  """Leads decoded frames, bool `[n, 448]`, from exact start to exact end.

  A bit that the decoder gets wrong at an end keeps the end's own value for a
  while, each bit for another one, up to the middle of the way.
  """
  share = np.linspace(0, 1, len(frames))[:, None]
  order = np.arange(frames.shape[1])
  # Odd multiples of the golden ratio spread the moments evenly over bits.
  until = 0.5 * ((order * 0.6180339887498949) % 1.0)
  result = np.where((share <= until) & (frames[0] != start), start, frames)
  result = np.where((share >= 1 - until) & (frames[-1] != end), end, result)
  result[0], result[-1] = start, end
  return result


def _flips(frames: np.ndarray) -> list[int]:
  """Returns the bits that flip from frame to frame, in order."""
  changed = frames[1:] != frames[:-1]
  return np.nonzero(changed)[1].tolist()


def _without_detours(flips: list[int], most: int) -> list[int]:
  """Takes out pairs of flips of one bit, the closest first, down to `most`."""
  while len(flips) > most:
    last: dict[int, int] = {}
    pairs = []
    for place, bit in enumerate(flips):
      if bit in last:
        pairs.append((place - last[bit], last[bit], place))
      last[bit] = place
    if not pairs:
      return flips
    gone: set[int] = set()
    for _, first, second in sorted(pairs):
      if len(flips) - len(gone) <= most:
        break
      if first not in gone and second not in gone:
        gone |= {first, second}
    flips = [bit for place, bit in enumerate(flips) if place not in gone]
  return flips


def between(
    start: np.ndarray, end: np.ndarray, z_start: np.ndarray,
    z_end: np.ndarray, num_steps: int,
    decode: Callable[[np.ndarray], np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
  """Leads from one pattern to another.

  Args:
    start: bool `[32, 14]`.
    end: bool `[32, 14]`.
    z_start: Latent vector of `start`, float `[z_size]`.
    z_end: Latent vector of `end`.
    num_steps: Patterns on the path, the ends among them; at least 2.
    decode: From float `[n, z_size]` to bool `[n, 32, 14]`; deterministic.

  Returns:
    (z, hits): float `[num_steps, z_size]` on the straight line, and bool
    `[num_steps, 32, 14]`.
  """
  line = lerp(z_start, z_end, np.linspace(0, 1, _NUM_FRAMES))
  frames = decode(line).reshape(_NUM_FRAMES, -1)
  a, b = start.reshape(-1), end.reshape(-1)
  distance = int((a != b).sum())
  flips = _without_detours(
      _flips(_corrected(frames, a, b)), int(_MAX_DETOUR * distance)
  )
  cuts = np.rint(np.linspace(0, len(flips), num_steps)).astype(int)
  path = [a.copy()]
  for first, last in itertools.pairwise(cuts):
    hits = path[-1].copy()
    for bit in flips[first:last]:
      hits[bit] = ~hits[bit]
    path.append(hits)
  z = lerp(z_start, z_end, np.linspace(0, 1, num_steps))
  return z, np.stack(path).reshape(num_steps, *start.shape)
