"""Tempo maps: seconds and quarter notes by the tempos of a NoteSequence."""

import math
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.notes import onsets

if typing.TYPE_CHECKING:
  import note_seq


class TempoMap:
  """The tempos of one NoteSequence; 120 before the first."""

  def __init__(self, sequence: 'note_seq.NoteSequence'):
    """Reads the tempos.

    Raises:
      RejectedInputError: If a tempo or its time is no usable number.
    """
    changes = sorted(
        ((tempo.time, tempo.qpm) for tempo in sequence.tempos),
        key=lambda change: change[0],
    )
    if not changes or changes[0][0] > 0:
      changes.insert(0, (0.0, onsets.DEFAULT_QPM))
    for time, qpm in changes:
      if not (0 <= time < math.inf and 0 < qpm < math.inf):
        raise errors.RejectedInputError(
            'bad_times', f'tempo {qpm} qpm at {time} seconds'
        )
    self._times = np.array([time for time, _ in changes])
    self._qpms = np.array([qpm for _, qpm in changes])
    with np.errstate(over='ignore', invalid='ignore'):
      spans = np.diff(self._times) * (self._qpms[:-1] / 60)
      self._quarters = np.concatenate([[0.0], np.cumsum(spans)])
    self._check(self._quarters)

  def _check(self, quarters: np.ndarray) -> None:
    if not np.isfinite(quarters).all():
      raise errors.RejectedInputError(
          'bad_times', 'something happens later than there are numbers'
      )

  def quarters(self, seconds: np.ndarray) -> np.ndarray:
    """Returns positions in quarter notes for times in seconds, float64.

    Raises:
      RejectedInputError: If one is no number, or beyond all numbers.
    """
    i = np.searchsorted(self._times, seconds, side='right') - 1
    i = np.maximum(i, 0)
    with np.errstate(over='ignore', invalid='ignore'):
      passed = (seconds - self._times[i]) * (self._qpms[i] / 60)
      result = self._quarters[i] + passed
    self._check(result)
    return result

  def seconds(self, quarters: np.ndarray) -> np.ndarray:
    """Returns times in seconds for positions in quarter notes, float64.

    Raises:
      RejectedInputError: If one is no number, or beyond all numbers.
    """
    i = np.searchsorted(self._quarters, quarters, side='right') - 1
    i = np.maximum(i, 0)
    with np.errstate(over='ignore', invalid='ignore'):
      passed = (quarters - self._quarters[i]) * (60 / self._qpms[i])
      result = self._times[i] + passed
    self._check(result)
    return result

  def changes(self) -> list[tuple[float, float]]:
    """Returns (quarter, qpm) of each tempo."""
    return list(zip(self._quarters.tolist(), self._qpms.tolist()))
