"""Map fit: whether another drum map explains the pitches of an input better.

A *reading* is what a map makes of all drum notes of an input, 32 or more; a
voice's *share* is that of these notes. The map in use is *in doubt* if one of
these holds:

- pitches without a voice that General MIDI 2 has no name for are 5 % of the
  notes or more;
- its reading lacks a kick, a snare (under 1 %) or hats (under 2 %, tambourines
  apart), and two or more doubtful pitches make 20 % of the notes. *Doubtful*
  are those without a voice and name, a bongo or conga without its pair (under
  a tenth of it), crashes where they are more than 15 %, and, where there is
  neither kick nor snare, toms and whatever has no voice and no name in General
  MIDI 1.

A pitch counts there from 2 % on. Another map *explains* the input if 95 % of
the notes are on the nine voices of a drum set, kick and snare 5 % or more each,
hats 5 %, hats and rides 20 %. Candidates are the map in use by octaves, `gm14`
and the kits (`is_kit`), and these an octave off, but none that is moved where
bongos, congas and cowbells are more than 10 %: percussion has all sorts of
pitches. Of those that explain it the one with the likeliest voices is better,
that with the least mean surprise by `_FREQUENCIES`; a kit must gain a tenth of
a nat a note on octaves of the map in use, and half a nat if it is moved itself.
All of this is decided by how often each pitch is played, and nothing else.
"""

from collections.abc import Sequence
import dataclasses
import functools

import numpy as np

from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import percussion_names
from drumspace_ext.patterns import voices

_NUM_VOICES = voices.NUM_VOICES
_NUM_PITCHES = 128
_KICK, _SNARE, _CRASH, _RIDE = (
    voices.INDEX[name] for name in ('kick', 'snare', 'crash', 'ride')
)
_HATS = [voices.INDEX[name] for name in ('closed_hat', 'open_hat')]
_TOMS = [voices.INDEX[f'{name}_tom'] for name in ('floor', 'low', 'high')]
_PAIRED = ('high_bongo', 'low_bongo', 'conga', 'low_conga')
# The first nine voices are those of a drum set.
_SET = slice(0, _RIDE + 1)
_PERCUSSION = slice(_RIDE + 1, _NUM_VOICES)
_TAMBOURINE = 54

_MIN_NOTES = 32
_SOME, _ABSENT, _NO_HATS = 0.02, 0.01, 0.02
_NAMELESS, _DOUBTFUL, _MIN_DOUBTFUL = 0.05, 0.2, 2
_CRASHES, _LONE = 0.15, 0.1
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


# What is counted of an input.
_COUNTED = ('kick', 'snare', 'hats', 'nameless', 'crash', 'solo', *_PAIRED)
_ROW = {name: row for row, name in enumerate(_COUNTED)}


@functools.lru_cache(maxsize=64)
def _counted(drum_map: drum_maps.DrumMap) -> tuple[np.ndarray, np.ndarray]:
  """Returns which pitches count as each of `_COUNTED`, and as numbers.

  Nameless are those without voice and name, solo those that are doubtful where
  there is neither kick nor snare.

  Returns:
    (bool `[10, 128]`, float `[128, 10]`).
  """
  voice = drum_map.voice_of_pitch
  nameless, solo = (voice == drum_maps.NO_VOICE for _ in range(2))
  nameless[list(percussion_names.GM2_PITCHES)] = False
  solo[list(percussion_names.GM1_PITCHES)] = False
  hats = np.isin(voice, _HATS)
  hats[_TAMBOURINE] = False
  rows = np.stack([
      voice == _KICK, voice == _SNARE, hats, nameless, voice == _CRASH,
      solo | np.isin(voice, _TOMS),
      *(voice == voices.INDEX[name] for name in _PAIRED),
  ])
  return rows, rows.T.astype(float)


@functools.lru_cache(maxsize=64)
def _candidates(
    drum_map: drum_maps.DrumMap,
) -> list[tuple[float, bool, drum_maps.DrumMap, np.ndarray]]:
  """Returns (handicap, whether it is moved, map, matrix) of the candidates."""
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
  return [(*candidate, _matrix(candidate[2])) for candidate in found]


def _may_be_in_doubt(counted: np.ndarray, totals: np.ndarray) -> np.ndarray:
  """Says of which inputs `_is_in_doubt` is to be asked: of a few.

  Args:
    counted: Notes of each that count as each of `_COUNTED`, float `[n, 10]`.
    totals: Notes of each, int `[n]`.

  Returns:
    bool `[n]`.
  """
  kick, snare, hats, nameless, crash, solo, *paired = counted.T
  most = nameless + crash * (crash > _CRASHES * totals)
  most += solo * (np.maximum(kick, snare) < _ABSENT * totals)
  for first, second in (paired[:2], paired[2:]):
    is_lone = np.minimum(first, second) < _LONE * np.maximum(first, second)
    most += (first + second) * is_lone
  return (totals >= _MIN_NOTES) & (
      (nameless >= _NAMELESS * totals)
      | ((most >= _DOUBTFUL * totals) & _lacks(kick, snare, hats, totals))
  )


def _lacks(kick, snare, hats, total):
  """Says whether kick, snare or hats are missing, of one input or of many."""
  return (np.minimum(kick, snare) < _ABSENT * total) | (hats < _NO_HATS * total)


def _is_in_doubt(
    drum_map: drum_maps.DrumMap, counts: np.ndarray, total: int,
    counted: np.ndarray,
) -> bool:
  """Says whether a map may be the wrong one, as the module's head has it.

  Args:
    drum_map: The map in use.
    counts: Notes of each pitch, int `[128]`.
    total: Their sum, at least one.
    counted: Notes that count as each of `_COUNTED`, float `[10]`.
  """
  rows, _ = _counted(drum_map)
  kick, snare, hats, nameless, crash, _, *paired = counted.tolist()
  if nameless >= _NAMELESS * total:
    often = counts >= _SOME * total
    if counts[rows[_ROW['nameless']] & often].sum() >= _NAMELESS * total:
      return True
  if not _lacks(kick, snare, hats, total):
    return False
  doubtful = ['nameless']
  if crash > _CRASHES * total:
    doubtful.append('crash')
  if max(kick, snare) < _ABSENT * total:
    doubtful.append('solo')
  for first in (0, 2):
    pair = paired[first:first + 2]
    if min(pair) < _LONE * max(pair):
      doubtful += _PAIRED[first:first + 2]
  which = rows[[_ROW[name] for name in doubtful]].any(axis=0)
  which &= counts >= _SOME * total
  return bool(
      which.sum() >= _MIN_DOUBTFUL
      and counts[which].sum() >= _DOUBTFUL * total
  )


def _explains(by_voice: np.ndarray) -> bool:
  hats = by_voice[_HATS].sum()
  return bool(
      by_voice[_SET].sum() >= _MIN_SET
      and min(by_voice[_KICK], by_voice[_SNARE], hats) >= _MIN_DRUM
      and hats + by_voice[_RIDE] >= _MIN_TIME
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
  _, numbers = _counted(drum_map)
  counted = counts @ numbers
  found: list[Fit | None] = [None] * len(inputs)
  for i in _may_be_in_doubt(counted, totals).nonzero()[0].tolist():
    total = int(totals[i])
    if _is_in_doubt(drum_map, counts[i], total, counted[i]):
      found[i] = _better(drum_map, counts[i], total)
  return found


def _better(
    drum_map: drum_maps.DrumMap, counts: np.ndarray, total: int
) -> Fit | None:
  """Returns the best of all candidates for an input whose map is in doubt."""
  shares = counts / total
  by_voice = shares @ _matrix(drum_map)
  best, least = None, np.inf
  for handicap, is_moved, candidate, matrix in _candidates(drum_map):
    read = shares @ matrix
    if is_moved and by_voice[_PERCUSSION].sum() > _MAX_PERCUSSION:
      continue
    surprise = float(read @ _SURPRISE) + handicap
    # Sums of equal terms may differ in their last bits.
    if _explains(read) and surprise < least - 1e-9:
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
