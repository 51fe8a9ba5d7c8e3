"""Take features: what is known when the next hit of a pattern is played.

A *take* is one playing of a pattern. Its hits are played one after another, by
step and then by voice, and each has two whole numbers: a MIDI velocity, and how
late it is in ticks of a step. Either is often one that was there before, so
some *earlier* hits are looked at by name: the last ones of the same voice,
those of the voice that number of steps before, the last ones of any voice. How
often each of them has told the truth so far is the manner of the take.
"""

import numpy as np

from drumspace_ext.patterns import step_codes

TICKS = 120  # of a step, as in the MIDI files that are written
LEAST = (1, -TICKS // 2)
NUM_VALUES = (127, TICKS + 1)
_OF_VOICE, _OF_ALL = 3, 2
_LAGS = (
    step_codes.STEPS_PER_QUARTER, 2 * step_codes.STEPS_PER_QUARTER,
    step_codes.STEPS_PER_BAR,
)
NUM_EARLIER = _OF_VOICE + len(_LAGS) + _OF_ALL
_AROUND = (-16, -8, -4, -3, -2, -1, 1, 2, 3, 4, 8, 16)
_NEAR = (-2, -1, 1, 2)
_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
_BAR, _QUARTER = step_codes.STEPS_PER_BAR, step_codes.STEPS_PER_QUARTER
_SCALES = np.array([20.0, 10.0])
_FIRST_MEAN = np.array([80.0, 0.0])
_MOST = 16


def places(hits: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  """Returns (pattern, step, voice) of all hits, int64 `[num_hits]` each.

  Args:
    hits: bool `[num_patterns, 32, 14]`.
  """
  patterns, steps, of_voice = np.nonzero(hits)
  return patterns, steps, of_voice


def of_hits(hits: np.ndarray) -> np.ndarray:
  """Returns what stands around each hit, float32 `[num_hits, n]`.

  Args:
    hits: bool `[num_patterns, 32, 14]`.
  """
  patterns, steps, of_voice = places(hits)
  struck = hits.astype(np.float32)
  columns = [
      np.eye(_BAR)[steps % _BAR], steps[:, None] >= _BAR,
      np.eye(_VOICES)[of_voice], struck[patterns, steps],
      struck.sum(1)[patterns] / 8, struck.sum((1, 2))[patterns, None] / 32,
      (hits[:, :_BAR] == hits[:, _BAR:]).all(2).mean(1)[patterns, None],
  ]
  columns += [
      struck[patterns, (steps + lag) % _STEPS, of_voice][:, None]
      for lag in _AROUND
  ]
  anything = struck.max(2)
  columns += [
      anything[patterns, (steps + lag) % _STEPS][:, None] for lag in _NEAR
  ]
  columns += [
      struck[:, place::_QUARTER].sum(1)[patterns, of_voice][:, None] / 8
      for place in range(_QUARTER)
  ]
  return np.concatenate(columns, 1, dtype=np.float32, casting='same_kind')


class Played:
  """What has been played of patterns so far."""

  def __init__(self, num_patterns: int):
    """Begins; nothing has been played."""
    n = num_patterns
    self.values = np.zeros((n, 2, _STEPS, _VOICES), np.int16)
    self._there = np.zeros((n, _STEPS, _VOICES), np.bool_)
    # The last steps of each voice, steps and voices of all: -1 is none.
    self._last = np.full((n, _VOICES, _OF_VOICE), -1)
    self._latest = np.full((n, _OF_ALL, 2), -1)
    # How often an earlier hit was there, and how often its values came again.
    self._asked = np.zeros((n, 1, NUM_EARLIER))
    self._true = np.zeros((n, 2, NUM_EARLIER))
    self._voice_asked = np.zeros((n, _VOICES, 1))
    self._voice_true = np.zeros((n, _VOICES, 2))
    self._count = np.zeros((n, 1))
    self._sums = np.zeros((n, 2, 2))
    self._ends = np.zeros((n, 2, 2))
    self._zeros = np.zeros((n, 2))

  def earlier(
      self, rows: np.ndarray, steps: np.ndarray, of_voice: np.ndarray
  ) -> tuple[np.ndarray, np.ndarray]:
    """Looks at earlier hits, before the next one of some patterns is played.

    Args:
      rows: Which patterns, int64 `[n]`.
      steps: Of their next hits.
      of_voice: Of their next hits.

    Returns:
      (values, int16 `[n, 2, NUM_EARLIER]`; whether there is such a hit, bool
      `[n, NUM_EARLIER]`).
    """
    at = [(self._last[rows, of_voice, i], of_voice) for i in range(_OF_VOICE)]
    at += [(steps - lag, of_voice) for lag in _LAGS]
    at += [tuple(self._latest[rows, i].T) for i in range(_OF_ALL)]
    there = [(step >= 0) & self._there[rows, step, v] for step, v in at]
    found = [self.values[rows, :, step, v] for step, v in at]
    return np.stack(found, 2), np.stack(there, 1)

  def mean(self, rows: np.ndarray) -> np.ndarray:
    """Returns the mean values so far, float64 `[n, 2]`."""
    count = self._count[rows]
    return np.where(
        count > 0, self._sums[rows, :, 0] / np.maximum(count, 1), _FIRST_MEAN
    )

  def features(
      self, rows: np.ndarray, steps: np.ndarray, of_voice: np.ndarray,
      found: tuple[np.ndarray, np.ndarray],
  ) -> np.ndarray:
    """Returns how the take has gone so far, float32 `[n, m]`.

    Args:
      rows: Which patterns.
      steps: Of their next hits.
      of_voice: Of their next hits.
      found: What `earlier` says of these.
    """
    (values, there), mean = found, self.mean(rows)
    count = np.maximum(self._count[rows], 1)
    spread = np.sqrt(np.maximum(
        self._sums[rows, :, 1] / count - (self._sums[rows, :, 0] / count)**2, 0
    ))
    apart = (values - mean[:, :, None]) / _SCALES[:, None]
    flat = len(rows), -1
    voice_asked = self._voice_asked[rows, of_voice]
    return np.concatenate([
        there, (np.clip(apart, -3, 3) * there[:, None]).reshape(flat),
        ((self._true[rows] + 0.5) / (self._asked[rows] + 1)).reshape(flat),
        (self._voice_true[rows, of_voice] + 0.5) / (voice_asked + 1),
        np.minimum(voice_asked, 4) / 4, mean / (64, 10), spread / _SCALES,
        (self._ends[rows] / np.array([[64], [10]])).reshape(flat),
        self._zeros[rows] / count,
        (self._latest[rows, 0, 0] == steps)[:, None],
        np.minimum(self._count[rows], _MOST) / _MOST,
    ], 1, dtype=np.float32, casting='same_kind')

  def play(
      self, rows: np.ndarray, steps: np.ndarray, of_voice: np.ndarray,
      values: np.ndarray, found: tuple[np.ndarray, np.ndarray],
  ) -> None:
    """Plays a hit of each of some patterns.

    Args:
      rows: Which patterns, each once.
      steps: Of their hits.
      of_voice: Of their hits.
      values: Velocities and ticks, int16 `[n, 2]`.
      found: What `earlier` said of these.
    """
    true = (found[0] == values[:, :, None]) & found[1][:, None]
    self._true[rows] += true
    self._asked[rows] += found[1][:, None]
    self._voice_true[rows, of_voice] += true[:, :, 0]
    self._voice_asked[rows, of_voice] += found[1][:, :1]
    self.values[rows, :, steps, of_voice] = values
    self._there[rows, steps, of_voice] = True
    self._last[rows, of_voice, 1:] = self._last[rows, of_voice, :-1]
    self._last[rows, of_voice, 0] = steps
    self._latest[rows, 1:] = self._latest[rows, :-1]
    self._latest[rows, 0] = np.stack([steps, of_voice], 1)
    self._sums[rows] += np.stack([values, values.astype(np.float64)**2], 2)
    first = self._count[rows] == 0
    for end, choose in enumerate((np.minimum, np.maximum)):
      before = self._ends[rows, :, end]
      self._ends[rows, :, end] = np.where(
          first, values, choose(before, values)
      )
    self._zeros[rows] += values == 0
    self._count[rows] += 1


def velocity_apart(values: np.ndarray, mean: np.ndarray) -> np.ndarray:
  """Returns what the lateness of a hit depends on beside `features`.

  Args:
    values: Its velocity, `[n]`.
    mean: Mean values before it, `[n, 2]`.

  Returns:
    float32 `[n, 2]`.
  """
  apart = (values - mean[:, 0]) / _SCALES[0]
  return np.stack([apart, np.abs(apart)], 1).astype(np.float32)
