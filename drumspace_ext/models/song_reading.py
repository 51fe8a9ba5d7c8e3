"""Song reading: the inputs of a next-step model for a whole song at once.

See `song_contexts` for the words. Of each place it is asked what the song
played in the same context before: places are sorted by context, and running
sums inside of each do the rest.
"""

import dataclasses

import numpy as np

from drumspace_ext.models import song_contexts
from drumspace_ext.patterns import step_codes

_VOICES = step_codes.NUM_VOICES
_NUMBERS = np.arange(_VOICES)
_BELOW = (1 << _NUMBERS) - 1
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Told:
  """Voices of steps, in the order in which they are told.

  Attributes:
    steps: int64 `[num_told]`.
    voices: int64 `[num_told]`.
    told: Step code of the voices told before, int64 `[num_told]`.
    hits: Whether they are struck, bool `[num_told]`.
  """

  steps: np.ndarray
  voices: np.ndarray
  told: np.ndarray
  hits: np.ndarray

  def chosen(self, places: np.ndarray) -> 'Told':
    """Returns some of them, by number or as a mask."""
    return Told(
        steps=self.steps[places], voices=self.voices[places],
        told=self.told[places], hits=self.hits[places],
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class SongReading:
  """A song, read.

  Attributes:
    step_inputs: float64 `[num_steps, NUM_STEP_INPUTS]`.
    played: Voices that were played before.
    counts: What was found of them: rests, strikes and runs, int32
      `[3, num_told, NUM_CONTEXTS]`.
    entries: Voices that may enter.
  """

  step_inputs: np.ndarray
  played: Told
  counts: np.ndarray
  entries: Told

  def played_inputs(
      self, places: np.ndarray | slice = slice(None)
  ) -> np.ndarray:
    """Returns inputs of played voices, float64 `[n, NUM_PLAYED_INPUTS]`."""
    return np.concatenate([
        song_contexts.count_inputs(*self.counts[:, places]),
        song_contexts.voice_inputs(
            self.played.voices[places], self.played.told[places]
        ),
    ], axis=1)

  def entry_inputs(
      self, places: np.ndarray | slice = slice(None)
  ) -> np.ndarray:
    """Returns inputs of entering voices, float64 `[n, NUM_ENTRY_INPUTS]`."""
    return song_contexts.voice_inputs(
        self.entries.voices[places], self.entries.told[places]
    )


def read(codes: np.ndarray) -> SongReading:
  """Reads a song.

  Args:
    codes: Step codes, integer `[num_steps]`, at least one.
  """
  codes = np.asarray(codes, np.int64)
  hits = song_contexts.rows(codes).astype(bool)
  seen = np.maximum.accumulate(hits, axis=0)
  known = _before(seen, 1)
  known_codes = np.where(known, hits, False) @ (1 << _NUMBERS)
  played, entries, counted = _told(codes, hits, seen, known, known_codes)
  keys = [_keys(context, codes) for context in song_contexts.STEP_CONTEXTS]
  found = [
      _found(_numbered(key)[counted.steps] << _VOICES + 1 | (
          1 << counted.voices | counted.told
      ), counted.hits) for key in keys
  ]
  for context in song_contexts.VOICE_CONTEXTS:
    own = np.stack([
        _keys(context, hits[:, voice].astype(np.int64)) for voice in _NUMBERS
    ], axis=1)[counted.steps, counted.voices]
    found.append(
        _found(_numbered(own) << _VOICES | 1 << counted.voices, counted.hits)
    )
  was_known = known[counted.steps, counted.voices]
  return SongReading(
      step_inputs=_step_inputs(codes, keys, seen, known), played=played,
      counts=np.stack(found, axis=-1)[:, was_known], entries=entries,
  )


def _told(codes, hits, seen, known, known_codes) -> tuple[Told, Told, Told]:
  """Returns (played voices, entering ones, those that are remembered)."""
  told_known = known_codes[:, None] & _BELOW
  told_new = known_codes[:, None] | codes[:, None] & ~known_codes[:, None] & (
      _BELOW
  )

  def of(mask, told):
    steps, voices = np.nonzero(mask)
    return Told(
        steps=steps, voices=voices, told=told[steps, voices],
        hits=hits[steps, voices],
    )

  return of(known, told_known), of(~known, told_new), of(seen, told_known)


def _before(values: np.ndarray, lag: int) -> np.ndarray:
  """Returns what was so many steps before; 0 before the beginning."""
  moved = np.zeros_like(values)
  moved[lag:] = values[:max(len(values) - lag, 0)]
  return moved


def _keys(context: song_contexts.Context, codes: np.ndarray) -> np.ndarray:
  """Returns a hash of each step's context, uint64 `[num_steps]`."""
  key = (np.arange(len(codes)) % context.period).astype(np.uint64)
  for lag in context.lags:
    key = (key + np.uint64(1)) * _FACTOR
    key ^= key >> _SHIFT
    key ^= _before(codes, lag).astype(np.uint64)
  return key


def _numbered(keys: np.ndarray) -> np.ndarray:
  """Returns small numbers in place of hashes."""
  return np.unique(keys, return_inverse=True)[1]


def _sorted(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """Returns (order, whether another key begins), of each in that order."""
  order = np.argsort(keys, kind='stable')
  begins = np.ones(len(keys), bool)
  begins[1:] = keys[order][1:] != keys[order][:-1]
  return order, begins


def _found(keys: np.ndarray, hits: np.ndarray) -> np.ndarray:
  """Returns what was found under each key before: int32 `[3, n]`."""
  order, begins = _sorted(keys)
  struck, index = hits[order].astype(np.int32), np.arange(len(keys))
  first = np.maximum.accumulate(np.where(begins, index, 0))
  sums = np.cumsum(struck) - struck
  strikes = sums - sums[first]
  changes = begins.copy()
  changes[1:] |= struck[1:] != struck[:-1]
  since = np.maximum.accumulate(np.where(changes, index, 0))
  runs = np.zeros(len(keys), np.int32)
  runs[1:] = np.where(
      begins[1:], 0, (index[:-1] - since[:-1] + 1) * (2 * struck[:-1] - 1)
  )
  found = np.empty((3, len(keys)), np.int32)
  found[:, order] = index - first - strikes, strikes, runs
  return found


def _recent(good: np.ndarray, width: int) -> np.ndarray:
  """Returns the share of good ones among the last steps before each."""
  sums = np.concatenate([[0], np.cumsum(good)])
  steps = np.arange(len(good))
  counts = np.minimum(steps, width)
  return song_contexts.rates(sums[steps] - sums[steps - counts], counts)


def _followed(key: np.ndarray, codes: np.ndarray) -> np.ndarray:
  """Returns whether a step is what it was last time in its context."""
  order, begins = _sorted(key)
  same = np.zeros(len(codes), bool)
  same[order[1:]] = ~begins[1:] & (codes[order][1:] == codes[order][:-1])
  return same


def _step_inputs(codes, keys, seen, known) -> np.ndarray:
  steps = np.arange(len(codes))
  columns = [
      _recent(_followed(key, codes), song_contexts.FOLLOWED_STEPS)
      for key in keys
  ]
  for lag in song_contexts.REPEAT_LAGS:
    good = (_before(codes, lag) == codes) & (steps >= lag)
    columns += [_recent(good, width) for width in song_contexts.REPEAT_STEPS]
    bad = np.maximum.accumulate(np.where(good, 0, steps + 1))
    columns.append(song_contexts.agreement_inputs(steps - _before(bad, 1)))
  entered = (seen & ~known).any(axis=1)
  last = _before(np.maximum.accumulate(np.where(entered, steps + 1, 0)), 1)
  return np.concatenate([
      np.stack(columns, axis=1), song_contexts.place_inputs(steps, last),
      *(song_contexts.rows(_before(codes, lag))
        for lag in song_contexts.SHOWN_LAGS),
      known,
  ], axis=1)
