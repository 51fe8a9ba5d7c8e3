"""Map fit: whether another drum map explains the pitches of an input better.

A *reading* is what a map makes of all drum notes of an input, 32 or more; a
voice's *share* is that of these notes. Where the map in use is in doubt
(`map_doubts`), others are tried. One *explains* the input if 95 % of the notes
are on the nine voices of a drum set, kick and snare 5 % or more each, hats 5 %,
hats and rides 20 %. Candidates are the map in use by octaves, `gm14` and the
kits (`is_kit`), and these an octave off, but none that is moved where bongos,
congas and cowbells are more than 10 %: percussion has all sorts of pitches. Of
those that explain it the one with the likeliest voices is better, that with the
least mean surprise by `_FREQUENCIES`; a kit must gain a tenth of a nat a note
on octaves of the map in use, and half a nat if it is moved itself. All of this
is decided by how often each pitch is played, and nothing else.
"""

from collections.abc import Sequence
import dataclasses
import functools

import numpy as np

from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import map_doubts
from drumspace_ext.patterns import voices

_NUM_VOICES = voices.NUM_VOICES
_NUM_PITCHES = 128
_KICK, _SNARE, _RIDE = (
    voices.INDEX[name] for name in ('kick', 'snare', 'ride')
)
# The first nine voices are those of a drum set.
_SET = slice(0, _RIDE + 1)
_PERCUSSION = slice(_RIDE + 1, _NUM_VOICES)

_MIN_SET, _MIN_DRUM, _MIN_TIME, _MAX_PERCUSSION = 0.95, 0.05, 0.2, 0.1

# Shares of the voices over 4,938 drum files, rounded; no voice stands last.
_FREQUENCIES = (
    0.18, 0.25, 0.26, 0.03, 0.02, 0.04, 0.03, 0.02, 0.08, 0.005, 0.003, 0.003,
    0.01, 0.007, 0.01,
)
_SURPRISE = -np.log(_FREQUENCIES)
_OCTAVES = (-12, 12, -24, 24, -36, 36)
# What is less simple must be likelier by so many nats a note.
_MOVED, _KIT, _MOVED_KIT = 0.0, 0.1, 0.5
_SLACK = 1e-9


@dataclasses.dataclass(frozen=True)
class Fit:
  """Another map that explains an input better.

  Attributes:
    drum_map: That map.
    num_notes: Notes that it reads as those of a drum set.
    num_before: Notes that the map in use does.
    total: Notes of the input.
  """

  drum_map: drum_maps.DrumMap
  num_notes: int
  num_before: int
  total: int

  def said(self) -> str:
    """Says it in words, with the flag that takes it."""
    return (
        f'{self.drum_map.name} reads {self.num_notes:,} of {self.total:,} drum '
        f'notes as those of a drum set, {self.num_before:,} are so now: '
        f'--voices_in={self.drum_map.name}'
    )


def _matrix(drum_map: drum_maps.DrumMap) -> np.ndarray:
  """Returns which voice each pitch is, bool `[128, 15]`, the last for none."""
  # In floats those of all candidates would take 600 kB of each worker.
  voice = drum_map.voice_of_pitch.astype(np.int64)
  return np.eye(_NUM_VOICES + 1, dtype=np.bool_)[voice]


@functools.lru_cache(maxsize=64)
def _candidates(
    drum_map: drum_maps.DrumMap,
) -> tuple[list[tuple[float, bool, drum_maps.DrumMap]], np.ndarray]:
  """Returns (handicap, whether it is moved, map) of each candidate, and voices.

  The voices are those of each pitch, 15 a candidate, one after the other.
  """
  kits = [
      kit for kit in drum_maps.builtin_maps().values()
      if (kit.is_kit or kit.name == drum_maps.GM14) and kit != drum_map
  ]
  # A user's own map has no name that could say how far it is moved.
  own = drum_maps.builtin_maps().get(drum_map.name) == drum_map
  found = [
      (_MOVED, True, drum_map.shifted(by)) for by in _OCTAVES if own
  ]
  found += [(_KIT, False, kit) for kit in kits]
  found += [(_MOVED_KIT, True, kit.shifted(by))
            for kit in kits for by in _OCTAVES[:2]]
  size = _NUM_VOICES + 1
  return found, np.concatenate([
      size * i + kit.voice_of_pitch.astype(np.int64) % size
      for i, (*_, kit) in enumerate(found)
  ])


def _explains(by_voice: np.ndarray, slack: float = 0.0) -> np.ndarray:
  """Says which readings explain an input.

  Args:
    by_voice: The share of each voice in each, float `[15, ...]`.
    slack: By how much they may fail to.
  """
  hats = by_voice[map_doubts.HATS].sum(axis=0)
  least = np.minimum(np.minimum(by_voice[_KICK], by_voice[_SNARE]), hats)
  return (
      (by_voice[_SET].sum(axis=0) >= _MIN_SET - slack)
      & (least >= _MIN_DRUM - slack)
      & (hats + by_voice[_RIDE] >= _MIN_TIME - slack)
  )


def better(drum_map: drum_maps.DrumMap, pitches: np.ndarray) -> Fit | None:
  """Returns the map that explains an input better than the one in use, if any.

  Args:
    drum_map: The map in use.
    pitches: Those of all drum notes of the input, integer `[num_notes]`.
  """
  return better_of_each(drum_map, [pitches])[0]


def better_of_each(
    drum_map: drum_maps.DrumMap, inputs: Sequence[np.ndarray]
) -> list[Fit | None]:
  """Returns what `better` does, of each of some inputs.

  Args:
    drum_map: The map in use.
    inputs: The pitches of each.
  """
  if not inputs:
    return []
  totals = np.array([len(pitches) for pitches in inputs])
  size = _NUM_PITCHES
  keys = np.concatenate(inputs) + np.repeat(
      size * np.arange(len(inputs)), totals
  )
  counts = np.bincount(keys, minlength=size * len(inputs)).reshape(-1, size)
  found: list[Fit | None] = [None] * len(inputs)
  for i in map_doubts.in_doubt(drum_map, counts):
    found[i] = _better(drum_map, counts[i], int(totals[i]))
  return found


def _better(
    drum_map: drum_maps.DrumMap, counts: np.ndarray, total: int
) -> Fit | None:
  """Returns the best of all candidates for an input whose map is in doubt."""
  shares = counts / total
  by_voice = shares @ _matrix(drum_map)
  candidates, voice = _candidates(drum_map)
  # Few explain it: these are looked at once more, as exactly as the others.
  rough = np.bincount(
      voice, np.tile(shares, len(candidates)),
      len(candidates) * (_NUM_VOICES + 1),
  ).reshape(len(candidates), -1)
  best, least = None, np.inf
  for i in _explains(rough.T, _SLACK).nonzero()[0].tolist():
    handicap, is_moved, candidate = candidates[i]
    if is_moved and by_voice[_PERCUSSION].sum() > _MAX_PERCUSSION:
      continue
    matrix = _matrix(candidate)
    read = shares @ matrix
    surprise = float(read @ _SURPRISE) + handicap
    # Sums of equal terms may differ in their last bits.
    if _explains(read) and surprise < least - _SLACK:
      best, least = (candidate, matrix), surprise
  if best is None:
    return None
  return Fit(
      best[0], round(float((counts @ best[1])[_SET].sum())),
      round(float(by_voice[_SET].sum() * total)), total,
  )


def chosen(
    drum_map: drum_maps.DrumMap, pitches: np.ndarray
) -> drum_maps.DrumMap:
  """Returns the map to read an input with: `drum_map`, unless it is `auto`.

  Args:
    drum_map: The map in use; `auto` stands for `gm14` or what is `better`.
    pitches: As for `better`.
  """
  if not drum_map.chooses:
    return drum_map
  usual = drum_maps.load(drum_maps.GM14)
  fit = better(usual, pitches)
  return fit.drum_map if fit else usual
