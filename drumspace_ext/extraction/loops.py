"""Loops: two bars that are played at least three times in a row.

In a piece with step codes `x`, every maximal run of steps with
`x[t] == x[t + 32]` of length 64 or more is one loop, played
`run // 32 + 1 >= 3` times (published: 32 steps, at least 3 times in a row). All
windows of a run are rotations of each other, so that a run gives exactly one
rotation class. This is exact and complete, where the article used hashes and a
greedy search. A piece is padded with 32 silent steps at both ends, so that a
loop that begins or ends in silence is not missed.
"""

import dataclasses

import numpy as np

from drumspace_ext.notes import grids
from drumspace_ext.patterns import step_codes

MIN_REPEATS = 3

_PERIOD = step_codes.NUM_STEPS
_MIN_RUN = (MIN_REPEATS - 1) * _PERIOD
# A hit of a loop comes back twice: it lies in a piece of at least this length.
_MIN_PIECE = _MIN_RUN + 1


@dataclasses.dataclass(frozen=True, kw_only=True)
class Loops:
  """The loops of one input.

  Attributes:
    codes: Each loop from the first bar line inside its run, uint16
      `[num_loops, 32]`.
    repeats: How many times in a row it is played, int64 `[num_loops]`.
    start_quarters: Where its run begins, float64 `[num_loops]`.
    end_quarters: Where its last repeat ends, float64 `[num_loops]`.
    first_hit_quarters: Where its first hit stands: a run may begin in silence,
      or in the padding; float64 `[num_loops]`.
    last_hit_quarters: Where its last hit stands, float64 `[num_loops]`.
    num_pieces: Pieces that were searched, short ones included.
    num_short_pieces: Pieces too short to hold a loop.
    num_pieces_without_loop: Pieces that were long enough and hold none.
  """

  codes: np.ndarray
  repeats: np.ndarray
  start_quarters: np.ndarray
  end_quarters: np.ndarray
  first_hit_quarters: np.ndarray
  last_hit_quarters: np.ndarray
  num_pieces: int
  num_short_pieces: int
  num_pieces_without_loop: int


def _dense(pieces: grids.Pieces, keep: np.ndarray):
  """Lays the kept pieces out step by step, each with its padding.

  Returns:
    (x, piece_starts, first_steps): step codes uint16 `[num_steps]`, the index
    in `x` of each padded piece, and the step that stands there.
  """
  ends = np.append(pieces.starts[1:], len(pieces.steps))
  first_steps = pieces.steps[pieces.starts] - _PERIOD
  sizes = pieces.steps[ends - 1] + 1 + _PERIOD - first_steps
  counts = (ends - pieces.starts)[keep]
  first_steps, sizes = first_steps[keep], sizes[keep]
  piece_starts = np.cumsum(sizes) - sizes
  x = np.zeros(int(sizes.sum()), np.uint16)
  if keep.all():
    steps, codes = pieces.steps, pieces.codes
  else:
    inside = np.repeat(keep, ends - pieces.starts)
    steps, codes = pieces.steps[inside], pieces.codes[inside]
  x[steps + np.repeat(piece_starts - first_steps, counts)] = codes
  return x, piece_starts, first_steps


def find(pieces: grids.Pieces) -> Loops:
  """Finds every loop in the pieces of one input."""
  num_pieces = len(pieces.starts)
  ends = np.append(pieces.starts[1:], len(pieces.steps))
  keep = np.zeros(0, np.bool_)
  if num_pieces:
    spans = pieces.steps[ends - 1] - pieces.steps[pieces.starts] + 1
    keep = spans >= _MIN_PIECE
  num_long = int(keep.sum())
  if not num_long:
    return Loops(
        codes=np.zeros((0, _PERIOD), np.uint16),
        repeats=np.zeros(0, np.int64),
        start_quarters=np.zeros(0),
        end_quarters=np.zeros(0),
        first_hit_quarters=np.zeros(0),
        last_hit_quarters=np.zeros(0),
        num_pieces=num_pieces,
        num_short_pieces=num_pieces,
        num_pieces_without_loop=0,
    )
  x, piece_starts, first_steps = _dense(pieces, keep)
  same = np.zeros(len(x) + 1, np.bool_)
  same[1:-_PERIOD] = x[:-_PERIOD] == x[_PERIOD:]
  # The last 32 steps of a piece have no step 32 later in the same piece.
  tails = piece_starts[1:, None] - np.arange(_PERIOD)
  same[tails] = False
  edges = np.flatnonzero(same[1:] != same[:-1])
  run_starts, run_ends = edges[::2], edges[1::2]
  long_runs = run_ends - run_starts >= _MIN_RUN
  run_starts, run_ends = run_starts[long_runs], run_ends[long_runs]

  piece = np.searchsorted(piece_starts, run_starts, side='right') - 1
  step = run_starts - piece_starts[piece] + first_steps[piece]
  bar_lines = run_starts + (-step) % step_codes.STEPS_PER_BAR
  offset = pieces.quarter_offsets[keep][piece]
  spq = pieces.steps_per_quarter
  struck = np.flatnonzero(x)
  first_hits = struck[np.searchsorted(struck, run_starts)]
  last_hits = struck[np.searchsorted(struck, run_ends + _PERIOD) - 1]
  return Loops(
      codes=x[bar_lines[:, None] + np.arange(_PERIOD)],
      repeats=(run_ends - run_starts) // _PERIOD + 1,
      start_quarters=offset + step / spq,
      end_quarters=offset + (step + run_ends - run_starts + _PERIOD) / spq,
      first_hit_quarters=offset + (step + first_hits - run_starts) / spq,
      last_hit_quarters=offset + (step + last_hits - run_starts) / spq,
      num_pieces=num_pieces,
      num_short_pieces=num_pieces - num_long,
      num_pieces_without_loop=num_long - len(np.unique(piece)),
  )
