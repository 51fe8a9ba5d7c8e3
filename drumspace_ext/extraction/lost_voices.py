"""Lost voices: drum notes whose pitches stand for no voice of a drum map.

A kit with a map of its own, or a file that is an octave off, loses so many
notes that what is left says little. Then the pitches are named, and an octave
that fits.
"""

import collections

import numpy as np

from drumspace_ext.patterns import voices

# By semitones, the nearest first; as the report has them.
OCTAVES = {12: 'up', -12: 'down', 24: 'two_up', -24: 'two_down'}

# From this share of lost notes on a loop may be too simple for want of them;
# from the other on they are most of the input, whatever its verdict.
_MANY, _MOST = 0.25, 0.5
_MAX_PITCHES = 12
# A transposition is worth naming if it leaves hardly a note without a voice.
_FITTING_SHARE = 0.95
_BACKBEAT = (1 << voices.NAMES.index('kick'), 1 << voices.NAMES.index('snare'))


def many(
    dropped: collections.Counter, num_notes: int, *, is_simple: bool
) -> bool:
  """Says whether so many notes have no voice that it is worth saying.

  Args:
    dropped: Notes without a voice, by pitch.
    num_notes: All notes.
    is_simple: Whether what is left is a plain pulse.
  """
  share = _MANY if is_simple else _MOST
  return dropped.total() >= max(share * num_notes, 1)


def said(dropped: collections.Counter, num_notes: int) -> str:
  """Returns how many notes have no voice, and their pitches with counts."""
  most = sorted(dropped.items(), key=lambda item: (-item[1], item[0]))
  pitches = ', '.join(
      f'{pitch} ({count})' for pitch, count in sorted(most[:_MAX_PITCHES])
  )
  if len(most) > _MAX_PITCHES:
    pitches += f' and {len(most) - _MAX_PITCHES} more'
  return (
      f'{dropped.total()} of {num_notes} drum notes stand for no voice: '
      f'pitches {pitches}'
  )


def fitting_octave(
    pitches: np.ndarray, code_of_pitch: np.ndarray
) -> tuple[int, int]:
  """Returns (semitones, notes with a voice) of an octave that fits, or (0, 0).

  It fits if it gives nearly all notes a voice, and makes a kick and a snare of
  what has not both: percussion has voices an octave off by chance.

  Args:
    pitches: Of all drum notes, uint8 `[num_notes]`.
    code_of_pitch: The step code of each pitch, uint16 `[128]`, 0 for none.
  """
  if set(_BACKBEAT) <= set(code_of_pitch[pitches].tolist()):
    return 0, 0
  for semitones in OCTAVES:
    moved = pitches.astype(np.int64) + semitones
    codes = code_of_pitch[moved[(moved >= 0) & (moved < len(code_of_pitch))]]
    count = int(np.count_nonzero(codes))
    if count >= _FITTING_SHARE * len(pitches) and (
        set(_BACKBEAT) <= set(codes.tolist())
    ):
      return semitones, count
  return 0, 0


def octave_words(name: str) -> str:
  """Returns one of `OCTAVES` as words, such as "an octave up"."""
  number, _, direction = name.rpartition('_')
  return f'{number} octaves {direction}' if number else f'an octave {direction}'


def octave_said(semitones: int, count: int, num_notes: int) -> str:
  """Returns which octave fits how many notes."""
  of_all = 'all ' if count == num_notes else ''
  return f'{octave_words(OCTAVES[semitones])} fits {of_all}{count} notes'
