"""Song baselines: what any model that continues beats has to be better than.

They play as a model does (`song_players.Player`) and know no more of music
than that a bar is mostly like the one before. `Frequencies` plays steps as
often as training songs do; `CopyMixture` copies the step 16, 32, 8, 4 or 64
steps back or plays one by frequency, each at a weight fitted on training songs;
`Loop` plays the primer's last two bars again and again. None has a temperature.
"""

from collections.abc import Sequence

import numpy as np

from drumspace_ext.models import next_step
from drumspace_ext.patterns import step_codes

LAGS = (16, 32, 8, 4, 64)
_ROUNDS = 100
# Six weights need no more steps than these.
_MAX_FITTED_STEPS = 1 << 19


class Loop:
  """The primer's last two bars, for ever."""

  name = 'the last two bars again'

  def nats(self, songs: Sequence[np.ndarray]) -> None:
    """Says nothing of songs: what it does not expect it holds impossible."""

  def continue_codes(
      self, primer: np.ndarray, *, num_steps: int, temperature: float,
      seed: int,
  ) -> np.ndarray:
    """Plays on behind a primer; see `song_players.Player`."""
    del temperature, seed
    return np.resize(primer[-step_codes.NUM_STEPS:], num_steps)


class Frequencies:
  """Steps as often as in training songs.

  A code that these lack is as probable as codes were new there, evenly among
  all (Witten and Bell 1991).

  Attributes:
    shares: Of each step code, float64 `[NUM_CODES]`.
  """

  name = 'frequencies of steps'

  def __init__(self, songs: Sequence[np.ndarray]):
    """Counts the steps of songs, uint16 `[num_steps]` each."""
    counts = np.bincount(
        np.concatenate(songs), minlength=step_codes.NUM_CODES
    ).astype(np.float64)
    kinds = np.count_nonzero(counts)
    self.shares = (counts + kinds / len(counts)) / (counts.sum() + kinds)

  def nats(self, songs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Returns how surprising steps are; see `song_players.Player`."""
    return [-np.log(self.shares[codes]) for codes in songs]

  def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draws step codes, uint16 `[count]`."""
    sums = np.cumsum(self.shares)
    drawn = np.searchsorted(sums, rng.random(count) * sums[-1], side='right')
    return np.minimum(drawn, len(sums) - 1).astype(np.uint16)

  def continue_codes(
      self, primer: np.ndarray, *, num_steps: int, temperature: float,
      seed: int,
  ) -> np.ndarray:
    """Plays on behind a primer; see `song_players.Player`."""
    del primer, temperature
    return self.draw(num_steps, np.random.default_rng(seed))


def _copied(codes: np.ndarray) -> np.ndarray:
  """Returns whether steps are as those before, bool `[num_steps, num_lags]`.

  Steps whose earlier one lies before the beginning are not.
  """
  same = np.zeros((len(codes), len(LAGS)), np.bool_)
  for column, lag in enumerate(LAGS):
    same[lag:, column] = codes[lag:] == codes[:-lag]
  return same


class CopyMixture:
  """Copies of earlier steps, mixed with frequencies.

  Attributes:
    weights: Of each lag of `LAGS` and, last, of frequencies, float64 `[6]`.
  """

  name = 'copying 16, 32, 8, 4 or 64 back'

  def __init__(self, songs: Sequence[np.ndarray], frequencies: Frequencies):
    """Fits the weights by expectation and maximization.

    Args:
      songs: Training songs, uint16 `[num_steps]` each.
      frequencies: Of these.
    """
    self._frequencies = frequencies
    every = max(1, sum(map(len, songs)) // _MAX_FITTED_STEPS)
    chances = np.concatenate([
        self._chances(codes)[next_step.PRIMER_STEPS:]
        for codes in songs[::every]
    ])
    self.weights = np.full(len(LAGS) + 1, 1 / (len(LAGS) + 1))
    for _ in range(_ROUNDS if len(chances) else 0):
      shares = chances * self.weights
      self.weights = (shares / shares.sum(1, keepdims=True)).mean(0)

  def _chances(self, codes: np.ndarray) -> np.ndarray:
    """Returns how probable steps are to each part, float64 `[n, 6]`."""
    return np.concatenate([
        _copied(codes), self._frequencies.shares[codes][:, None]
    ], axis=1)

  def nats(self, songs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Returns how surprising steps are; see `song_players.Player`."""
    return [-np.log(self._chances(codes) @ self.weights) for codes in songs]

  def continue_codes(
      self, primer: np.ndarray, *, num_steps: int, temperature: float,
      seed: int,
  ) -> np.ndarray:
    """Plays on behind a primer; see `song_players.Player`."""
    del temperature
    rng = np.random.default_rng(seed)
    others = self._frequencies.draw(num_steps, rng)
    parts = rng.choice(len(self.weights), num_steps, p=self.weights)
    codes = np.concatenate([primer, others])
    for step, part in enumerate(parts.tolist(), len(primer)):
      # Behind the first lags of a short primer.
      if part < len(LAGS) and step >= LAGS[part]:
        codes[step] = codes[step - LAGS[part]]
    return codes[len(primer):]
