"""Colours as people see them: contrast, and differences with and without
colour blindness (Machado et al. 2009, severity 1; CIEDE2000)."""

import numpy as np

_SEEN = {
    'all colours': np.eye(3),
    'protanopia': np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]),
    'deuteranopia': np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]),
    'tritanopia': np.array([
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ]),
}
_XYZ = np.array([
    [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
])
_WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colours: list[str]) -> np.ndarray:
  """Returns linear RGB of colours like #rrggbb, float64 `[n, 3]`."""
  rgb = np.array([
      [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)] for colour in colours
  ])
  return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055)**2.4)


def contrasts(colours: list[str], ground: str) -> np.ndarray:
  """Returns the contrast of colours to a ground (WCAG 2)."""
  light = linear([*colours, ground]) @ _XYZ[1]
  own, behind = light[:-1] + 0.05, light[-1] + 0.05
  return np.maximum(own, behind) / np.minimum(own, behind)


def _lab(rgb: np.ndarray) -> np.ndarray:
  xyz = np.clip(rgb, 0, 1) @ _XYZ.T / _WHITE
  f = np.where(
      xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116
  )
  return np.stack([
      116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])
  ], axis=1)


def ciede2000(one: np.ndarray, two: np.ndarray) -> np.ndarray:
  """Returns the difference of colours in CIELAB, `[..., 3]` each."""
  (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(two, -1, 0)
  mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
  stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
  c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
  h1 = np.degrees(np.arctan2(b1, a1 * stretch)) % 360
  h2 = np.degrees(np.arctan2(b2, a2 * stretch)) % 360
  turn = (h2 - h1 + 180) % 360 - 180
  hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
  light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
  middle = np.where(abs(h1 - h2) > 180, h1 + h2 + 360, h1 + h2) / 2
  t = (
      1 - 0.17 * np.cos(np.radians(middle - 30))
      + 0.24 * np.cos(np.radians(2 * middle))
      + 0.32 * np.cos(np.radians(3 * middle + 6))
      - 0.20 * np.cos(np.radians(4 * middle - 63))
  )
  by_light = (l2 - l1) / (
      1 + 0.015 * (light - 50)**2 / np.sqrt(20 + (light - 50)**2)
  )
  by_chroma = (c2 - c1) / (1 + 0.045 * chroma)
  by_hue = hue / (1 + 0.015 * chroma * t)
  rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(
      np.radians(60 * np.exp(-((middle - 275) / 25)**2))
  )
  return np.sqrt(
      by_light**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue
  )


def least_differences(colours: list[str]) -> dict[str, float]:
  """Returns the least difference between two colours, by who looks."""
  pairs = np.triu_indices(len(colours), 1)
  found = {}
  for name, seen in _SEEN.items():
    lab = _lab(linear(colours) @ seen.T)
    found[name] = float(ciede2000(lab[pairs[0]], lab[pairs[1]]).min())
  return found
