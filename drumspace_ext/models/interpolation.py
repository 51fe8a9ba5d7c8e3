"""Paths: from one beat to another in small steps, by way of a decoder.

A straight line in the latent space decodes to jumps: long stretches of one
pattern, then many bits at once. Here the line is decoded at many points, the
jumps are taken apart into single flips of bits, and the steps of the path are
cut so that each has as many flips as the others. The ends are exact, though a
decoder seldom gives back just what was encoded: the bits it gets wrong change
over along the way.
"""

from collections.abc import Callable
import itertools

import numpy as np

from drumspace_ext.models import latents

_NUM_FRAMES = 256
# A detour of more flips than this many times the distance of the ends is cut
# short: no step is then longer than a third of that distance at 15 steps.
_MAX_DETOUR = 4.0


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
  line = latents.lerp(z_start, z_end, np.linspace(0, 1, _NUM_FRAMES))
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
  z = latents.lerp(z_start, z_end, np.linspace(0, 1, num_steps))
  return z, np.stack(path).reshape(num_steps, *start.shape)
