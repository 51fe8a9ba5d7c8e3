"""Latents: arithmetic on latent vectors, in numpy.

A *path* is a list of latent vectors; interpolation is the act of making one.
"""

import numpy as np

# Below this angle between two vectors, in radians, slerp is lerp.
_SMALL_ANGLE = 1e-4


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
