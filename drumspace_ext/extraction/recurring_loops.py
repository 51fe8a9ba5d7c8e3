"""Recurring loops: two bars that come back anywhere in a piece.

Here a *window* is two bars from any bar line of a padded piece. A beat *recurs*
if `min_repeats` windows that do not overlap are alike (see `near_loops`),
wherever they lie: a verse comes back after the chorus, a fill stands in every
fourth bar.

With flips allowed, windows are gathered around *leaders*: windows that differ,
in the order of how many windows of the piece are like them, those that come
first before others. A leader takes all windows that are like it and that no
leader before it took, if enough of them do not overlap (the first, then the
next that does not overlap it, and so on: these are the plays). Else they are
left to others. Leaders that were taken themselves do not lead. The beat is the
consensus of the plays. Without flips allowed every window is its own leader,
and all of it does not depend on any order.

A piece of more than `MAX_BARS` bars is searched part by part.
"""

import numpy as np

from drumspace_ext.extraction import loops
from drumspace_ext.extraction import near_loops
from drumspace_ext.notes import grids
from drumspace_ext.patterns import step_codes

# An hour at 120 quarter notes a minute; all windows are compared with all.
MAX_BARS = 1800

_PERIOD = step_codes.NUM_STEPS
_BAR = step_codes.STEPS_PER_BAR


def _alike(windows: np.ndarray, max_flips: int) -> np.ndarray:
  """Says which windows, uint16 `[n, 32]`, are alike, bool `[n, n]`."""
  if not max_flips:
    return np.eye(len(windows), dtype=np.bool_)
  hits = step_codes.step_codes_to_rows(windows).reshape(len(windows), -1)
  hits = hits.astype(np.float32)
  sizes = hits.sum(axis=1)
  differ = sizes[:, None] + sizes - 2 * (hits @ hits.T)
  return differ <= max_flips + 0.5


def _apart(bars: np.ndarray) -> np.ndarray:
  """Returns those of ascending windows that overlap none before them."""
  chosen, free = [], -1
  for bar in bars.tolist():
    if bar >= free:
      chosen.append(bar)
      free = bar + _PERIOD // _BAR
  return np.array(chosen, np.int64)


def _gather(
    windows: np.ndarray, max_flips: int, min_repeats: int
) -> list[np.ndarray]:
  """Returns the plays of each recurring beat, as indices into windows."""
  different, first, number = np.unique(
      windows.astype('>u2').view(f'S{2 * _PERIOD}')[:, 0],
      return_index=True, return_inverse=True,
  )
  counts = np.bincount(number, minlength=len(different))
  alike = _alike(windows[first], max_flips)
  support = alike @ counts
  taken = np.zeros(len(different), np.bool_)
  found = []
  for leader in np.lexsort((first, -support)).tolist():
    if support[leader] < min_repeats:
      break
    if taken[leader]:
      continue
    followers = alike[leader] & ~taken
    plays = _apart(np.flatnonzero(followers[number]))
    if len(plays) >= min_repeats:
      taken |= followers
      found.append(plays)
  return found


def find(
    pieces: grids.Pieces, *, max_flips: int = 0,
    min_repeats: int = loops.MIN_REPEATS,
) -> list[near_loops.NearLoop]:
  """Finds the beats that recur in the pieces of one input.

  Args:
    pieces: Its pieces.
    max_flips: Flips that are allowed between windows.
    min_repeats: Windows that must be alike, 2 or more.
  """
  layout = loops.lay_out(pieces, _PERIOD, (min_repeats - 1) * _PERIOD + 1)
  if layout is None:
    return []
  found = []
  ends = np.append(layout.starts[1:], len(layout.codes))
  for piece, (start, end) in enumerate(zip(layout.starts.tolist(), ends)):
    bar_line = start + int(-layout.first_steps[piece] % _BAR)
    indices = np.arange(bar_line, end - _PERIOD + 1, _BAR)
    for part in range(0, len(indices), MAX_BARS):
      found += _of_part(
          layout, piece, indices[part:part + MAX_BARS], max_flips, min_repeats
      )
  return found


def _of_part(
    layout: loops.Layout, piece: int, indices: np.ndarray, max_flips: int,
    min_repeats: int,
) -> list[near_loops.NearLoop]:
  windows = layout.codes[indices[:, None] + np.arange(_PERIOD)]
  return [
      _near_loop(layout, piece, indices[chosen], windows[chosen])
      for chosen in _gather(windows, max_flips, min_repeats)
  ]


def every_two_bars(
    pieces: grids.Pieces, *, twice: bool = False
) -> list[near_loops.NearLoop]:
  """Returns all two bars of the pieces of one input, each as played once.

  They are counted from the bar line at or before the first hit of a piece; the
  last ones may end in silence.

  Args:
    pieces: Its pieces.
    twice: Take a piece that lies within a single bar twice.
  """
  layout = loops.lay_out(pieces, _PERIOD, 1)
  if layout is None:
    return []
  found = []
  ends = np.append(layout.starts[1:], len(layout.codes))
  for piece, (start, end) in enumerate(zip(layout.starts.tolist(), ends)):
    first_hit = start + _PERIOD
    bar_line = first_hit - int(layout.first_steps[piece] % _BAR)
    if twice and end - _PERIOD <= bar_line + _BAR:
      found.append(_bar_twice(layout, piece, bar_line))
      continue
    for index in range(bar_line, int(end) - _PERIOD, _PERIOD):
      window = layout.codes[index:index + _PERIOD]
      found.append(
          _near_loop(layout, piece, np.array([index]), window[None])
      )
  return found


def _bar_twice(
    layout: loops.Layout, piece: int, bar_line: int
) -> near_loops.NearLoop:
  bar = layout.codes[bar_line:bar_line + _BAR]
  loop = _near_loop(
      layout, piece, np.array([bar_line]), np.tile(bar, _PERIOD // _BAR)[None]
  )
  # Its stretches are the same steps for both halves.
  return loop._replace(
      steps=loop.steps - _BAR, turn=_BAR, other_half=_BAR
  )


def _near_loop(
    layout: loops.Layout, piece: int, indices: np.ndarray, plays: np.ndarray
) -> near_loops.NearLoop:
  firsts, lasts = layout.hit_quarters(indices, indices + _PERIOD)
  return near_loops.NearLoop(
      codes=near_loops.consensus(plays), plays=plays,
      steps=indices - layout.starts[piece] + layout.first_steps[piece],
      piece=int(layout.numbers[piece]),
      quarters=tuple(zip(firsts.tolist(), lasts.tolist())),
  )
