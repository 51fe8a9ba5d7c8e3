"""Song memory: the inputs of a next-step model, while a song goes on.

See `song_contexts` for the words, and `song_reading` for the same of a whole
song. A memory grows with each step that is told to it.
"""

import itertools

import numpy as np

from drumspace_ext.models import song_contexts
from drumspace_ext.patterns import step_codes

_VOICES = step_codes.NUM_VOICES
_NOTHING = (0, 0, 0)


class SongMemory:
  """What a song has played so far.

  Attributes:
    codes: Its step codes.
    known: Step code of all voices that it has played.
  """

  def __init__(self) -> None:
    """Begins a song."""
    self.codes: list[int] = []
    self.known = 0
    # A number of each context that was met, what was found under it, and what
    # was played when it was met last.
    self._numbers: dict[tuple, int] = {}
    self._found: dict[int, tuple[int, int, int]] = {}
    self._last: dict[int, int] = {}
    self._followed: list[list[bool]] = []
    self._repeated: list[list[bool]] = []
    self._agreements = [0] * len(song_contexts.REPEAT_LAGS)
    self._last_entry = 0
    self._open()

  def copy(self) -> 'SongMemory':
    """Returns a memory of the same that can go on by itself."""
    other = SongMemory.__new__(SongMemory)
    for name, value in vars(self).items():
      setattr(other, name, value if isinstance(value, int) else value.copy())
    return other

  def _open(self) -> None:
    """Looks up the contexts of the next step."""
    step, numbers = len(self.codes), self._numbers
    lately = self.codes[:-song_contexts.MAX_LAG - 1:-1]
    lately += [0] * (song_contexts.MAX_LAG - len(lately))
    self._lately = lately
    self._keys = [
        numbers.setdefault(
            (place, step % context.period,
             *[lately[lag - 1] for lag in context.lags]), len(numbers),
        ) << _VOICES + 1
        for place, context in enumerate(song_contexts.STEP_CONTEXTS)
    ]

  def _voice_keys(self, voice: int, told: int) -> list[int]:
    """Returns where a voice is looked up."""
    step, numbers = len(self.codes), self._numbers
    return [key | 1 << voice | told for key in self._keys] + [
        numbers.setdefault(
            (-1 - place, voice, step % context.period,
             *[self._lately[lag - 1] >> voice & 1 for lag in context.lags]),
            len(numbers),
        ) << _VOICES + 1
        for place, context in enumerate(song_contexts.VOICE_CONTEXTS)
    ]

  def count_inputs(self, voice: int, told: int) -> np.ndarray:
    """Returns what was found of a voice, float64 `[3 * NUM_CONTEXTS]`.

    Args:
      voice: Its number.
      told: Step code of the played voices before it.
    """
    found = self._found
    return song_contexts.count_inputs(*np.array([
        found.get(key, _NOTHING) for key in self._voice_keys(voice, told)
    ]).T)

  def step_inputs(self) -> np.ndarray:
    """Returns the inputs of the next step, float64 `[NUM_STEP_INPUTS]`."""
    step = len(self.codes)
    columns = [_recent(
        self._followed, song_contexts.FOLLOWED_STEPS,
        len(song_contexts.STEP_CONTEXTS),
    )]
    repeated = np.stack([
        *(_recent(self._repeated, width, len(song_contexts.REPEAT_LAGS))
          for width in song_contexts.REPEAT_STEPS),
        song_contexts.agreement_inputs(np.array(self._agreements)),
    ], axis=1)
    return np.concatenate([
        *columns, repeated.reshape(-1),
        song_contexts.place_inputs(np.array(step), np.array(self._last_entry)),
        *(song_contexts.rows(np.array(self._lately[lag - 1]))
          for lag in song_contexts.SHOWN_LAGS),
        song_contexts.rows(np.array(self.known)),
    ])

  def append(self, code: int) -> None:
    """Adds the step that is played next."""
    step, seen = len(self.codes), self.known | code
    played = code & self.known
    for voice in range(_VOICES):
      if seen >> voice & 1:
        self._count(voice, played & (1 << voice) - 1, bool(code >> voice & 1))
    last = self._last
    self._followed.append([last.get(key) == code for key in self._keys])
    last.update(zip(self._keys, itertools.repeat(code)))
    good = [
        step >= lag and self._lately[lag - 1] == code
        for lag in song_contexts.REPEAT_LAGS
    ]
    self._repeated.append(good)
    self._agreements = [
        length + 1 if same else 0
        for length, same in zip(self._agreements, good)
    ]
    if code & ~self.known:
      self._last_entry = step + 1
    self.known = seen
    self.codes.append(code)
    self._open()

  def _count(self, voice: int, told: int, struck: bool) -> None:
    """Remembers whether a voice was struck."""
    found = self._found
    for key in self._voice_keys(voice, told):
      rests, strikes, run = found.get(key, _NOTHING)
      if struck:
        found[key] = rests, strikes + 1, max(run, 0) + 1
      else:
        found[key] = rests + 1, strikes, min(run, 0) - 1


def _recent(good: list[list[bool]], width: int, count: int) -> np.ndarray:
  """Returns the share of good ones among the last steps, of each column."""
  rows = np.array(good[-width:], bool).reshape(-1, count)
  return song_contexts.rates(rows.sum(axis=0), np.array(len(rows)))
