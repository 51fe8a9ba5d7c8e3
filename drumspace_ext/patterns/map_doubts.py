"""Map doubts: whether the drum map in use may be the wrong one for an input.

A *reading* is what a map makes of all drum notes of an input, 32 or more. The
map is *in doubt* if one of these holds:

- pitches without a voice that General MIDI 2 has no name for are 5 % of the
  notes or more;
- its reading lacks a kick, a snare (under 1 %) or hats (under 2 %, tambourines
  apart), and two or more doubtful pitches make 20 % of the notes. *Doubtful*
  are those without a voice and name, a bongo or conga without its pair (under
  a tenth of it), crashes where they are more than 15 %, and, where there is
  neither kick nor snare, toms and whatever has no voice and no name in General
  MIDI 1.

A pitch counts there from 2 % on. `map_fit` looks for a better map then.
"""

import functools

import numpy as np

from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import percussion_names
from drumspace_ext.patterns import voices

_KICK, _SNARE, _CRASH = (
    voices.INDEX[name] for name in ('kick', 'snare', 'crash')
)
HATS = [voices.INDEX[name] for name in ('closed_hat', 'open_hat')]
_TOMS = [voices.INDEX[f'{name}_tom'] for name in ('floor', 'low', 'high')]
_PAIRED = ('high_bongo', 'low_bongo', 'conga', 'low_conga')
_TAMBOURINE = 54

_MIN_NOTES = 32
_SOME, _ABSENT, _NO_HATS = 0.02, 0.01, 0.02
_NAMELESS, _DOUBTFUL, _MIN_DOUBTFUL = 0.05, 0.2, 2
_CRASHES, _LONE = 0.15, 0.1


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
  hats = np.isin(voice, HATS)
  hats[_TAMBOURINE] = False
  rows = np.stack([
      voice == _KICK, voice == _SNARE, hats, nameless, voice == _CRASH,
      solo | np.isin(voice, _TOMS),
      *(voice == voices.INDEX[name] for name in _PAIRED),
  ])
  return rows, rows.T.astype(float)


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


def in_doubt(drum_map: drum_maps.DrumMap, counts: np.ndarray) -> list[int]:
  """Returns for which inputs a map is in doubt.

  Args:
    drum_map: The map in use.
    counts: Notes of each pitch in each input, int `[num_inputs, 128]`.
  """
  _, numbers = _counted(drum_map)
  counted, totals = counts @ numbers, counts.sum(axis=1)
  return [
      i for i in _may_be_in_doubt(counted, totals).nonzero()[0].tolist()
      if _is_in_doubt(drum_map, counts[i], int(totals[i]), counted[i])
  ]
