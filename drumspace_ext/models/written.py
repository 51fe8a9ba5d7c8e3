"""What is written: what a stepwise decoder knows before each step of a beat.

That is all earlier steps, by their distance, and for each voice how far it has
so far differed from itself a beat, half a bar and a bar earlier. Hits are float
0 or 1.
"""

import torch
from torch.nn import functional

from drumspace_ext.patterns import step_codes

_STEPS, _VOICES = step_codes.NUM_STEPS, step_codes.NUM_VOICES
_LOOKBACK = _STEPS - 1
REPEAT_LAGS = (4, 8, 16)
# Counts of differences are divided by it, to be as large as the other inputs.
COUNT_SCALE = 8.0
NUM_PAST_INPUTS = _LOOKBACK * _VOICES
NUM_REPEAT_INPUTS = 2 * len(REPEAT_LAGS) * _VOICES


def _repeat_inputs(counts: torch.Tensor) -> torch.Tensor:
  """Returns inputs made of counts of differences.

  Args:
    counts: float `[..., 3, 14]`, by lag and voice.

  Returns:
    float `[..., 84]`: whether there is a difference, and how many there are.
  """
  both = torch.stack([(counts > 0).float(), counts / COUNT_SCALE], dim=-2)
  return both.flatten(-3)


def _differences(rows: torch.Tensor) -> torch.Tensor:
  """Counts where voices differ from themselves some steps earlier.

  Args:
    rows: Hits, float `[batch, 32, 14]`.

  Returns:
    float `[batch, 32, 3, 14]`: before each step, by lag and voice.
  """
  counts = []
  for lag in REPEAT_LAGS:
    differs = (rows[:, lag:] - rows[:, :-lag]).abs()
    # None of the first `lag` steps has an earlier one; no step counts itself.
    counts.append(functional.pad(
        differs.cumsum(1)[:, :-1], (0, 0, lag + 1, 0)
    ))
  return torch.stack(counts, dim=2)


def pasts(rows: torch.Tensor) -> torch.Tensor:
  """Returns what is known before each step of hits `[batch, 32, 14]`.

  Returns:
    float `[batch, 32, 518]`: the 31 steps before, by voice and then from the
    most distant to the last, and the `_repeat_inputs`.
  """
  silence = torch.zeros(len(rows), _LOOKBACK, _VOICES, device=rows.device)
  padded = torch.cat([silence, rows[:, :-1]], dim=1)
  past = padded.unfold(1, _LOOKBACK, 1)  # [batch, 32, 14, 31]
  return torch.cat([
      past.reshape(len(rows), _STEPS, -1), _repeat_inputs(_differences(rows))
  ], dim=-1)


class Written:
  """The steps written so far, of a batch of beats."""

  def __init__(self, count: int, device: torch.device):
    # The past stands behind 31 silent steps, and grows as it is written.
    self._rows = torch.zeros(count, _LOOKBACK + _STEPS, _VOICES, device=device)
    self._counts = torch.zeros(
        count, len(REPEAT_LAGS), _VOICES, device=device
    )
    self._step = 0

  def inputs(self) -> torch.Tensor:
    """Returns what `pasts` says before the next step, `[batch, 518]`."""
    past = self._rows[:, self._step:self._step + _LOOKBACK]
    return torch.cat([
        past.transpose(1, 2).flatten(1), self.differences()
    ], dim=-1)

  def so_far(self) -> torch.Tensor:
    """Returns the steps written so far, `[batch, 14 * steps]`."""
    return self._rows[:, _LOOKBACK:_LOOKBACK + self._step].flatten(1)

  def differences(self) -> torch.Tensor:
    """Returns the `_repeat_inputs` before the next step, `[batch, 84]`."""
    return _repeat_inputs(self._counts)

  def earlier(self, lag: int) -> torch.Tensor:
    """Returns what is so many steps before the next one, `[batch, 14]`."""
    return self._rows[:, _LOOKBACK + self._step - lag]

  def add(self, row: torch.Tensor) -> None:
    """Adds a step, float `[batch, 14]`."""
    self._rows[:, _LOOKBACK + self._step] = row
    for index, lag in enumerate(REPEAT_LAGS):
      if self._step >= lag:
        self._counts[:, index] += (row - self.earlier(lag)).abs()
    self._step += 1

  def hits(self) -> torch.Tensor:
    """Returns the patterns, bool `[batch, 448]`."""
    return self._rows[:, _LOOKBACK:].flatten(1) > 0.5
