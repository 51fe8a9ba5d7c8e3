"""Loops: two bars that are played at least three times in a row.

In a piece with step codes `x`, every maximal run of steps with
`x[t] == x[t + 32]` of length 64 or more is one loop, played
`run // 32 + 1 >= 3` times (published: 32 steps, at least 3 times in a row). All
windows of a run are rotations of each other, so that a run gives exactly one
rotation class. This is exact and complete, where the article used hashes and a
greedy search. A piece is padded with 32 silent steps at both ends, so that a
loop that begins or ends in silence is not missed.

Loops of other lengths and with differences are those of `near_loops`, beats
that come back without being in a row those of `recurring_loops`.
"""

from collections.abc import Sequence
import dataclasses
import functools
import typing

import numpy as np

from drumspace_ext import defaults
from drumspace_ext.notes import grids
from drumspace_ext.patterns import step_codes

MIN_REPEATS = defaults.MIN_REPEATS

_PERIOD = step_codes.NUM_STEPS


class Loops(typing.NamedTuple):
  """The loops of one input.

  Attributes:
    codes: Each loop from the first bar line inside its run, uint16
      `[num_loops, 32]`.
    repeats: How many times in a row it is played, int64 `[num_loops]`.
    pieces: The piece that it lies in, int64 `[num_loops]`.
    start_steps: The step of `grids.Pieces` at which its run begins, int64
      `[num_loops]`.
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
  pieces: np.ndarray
  start_steps: np.ndarray
  start_quarters: np.ndarray
  end_quarters: np.ndarray
  first_hit_quarters: np.ndarray
  last_hit_quarters: np.ndarray
  num_pieces: int
  num_short_pieces: int
  num_pieces_without_loop: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Layout:
  """Pieces step by step, each with silence of one period at both ends.

  Attributes:
    codes: Step codes, uint16 `[num_steps]`.
    starts: Index into `codes` of each padded piece, int64 `[num_pieces]`.
    first_steps: The step of `grids.Pieces` that stands there, int64
      `[num_pieces]`.
    quarter_offsets: The quarter of step 0, float64 `[num_pieces]`.
    steps_per_quarter: Steps of a quarter note.
    numbers: Which piece of all each of them is, int64 `[num_pieces]`.
  """

  codes: np.ndarray
  starts: np.ndarray
  first_steps: np.ndarray
  quarter_offsets: np.ndarray
  steps_per_quarter: int
  numbers: np.ndarray

  @functools.cached_property
  def _struck(self) -> np.ndarray:
    # Of numbers themselves it takes thrice the time.
    return np.flatnonzero(self.codes != 0)

  def places(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns (piece, step of `grids.Pieces`) of indices into `codes`."""
    piece = np.searchsorted(self.starts, indices, side='right') - 1
    return piece, indices - self.starts[piece] + self.first_steps[piece]

  def quarters(self, piece: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Returns the quarters of steps of `grids.Pieces`, given their pieces."""
    return self.quarter_offsets[piece] + steps / self.steps_per_quarter

  def hit_quarters(
      self, starts: np.ndarray, ends: np.ndarray
  ) -> tuple[np.ndarray, np.ndarray]:
    """Returns where the first and last hit of stretches of `codes` stand.

    Args:
      starts: Indices into `codes`, int64 `[n]`.
      ends: The index behind each stretch, int64 `[n]`. Where one is silent,
        the hits beside it are taken.
    """
    struck = self._struck
    firsts = struck[
        np.minimum(np.searchsorted(struck, starts), len(struck) - 1)
    ]
    lasts = struck[np.maximum(np.searchsorted(struck, ends) - 1, 0)]
    return (
        self.quarters(*self.places(firsts)), self.quarters(*self.places(lasts))
    )


def lay_out(
    pieces: grids.Pieces, period: int, min_steps: int
) -> Layout | None:
  """Lays pieces out step by step.

  Args:
    pieces: The pieces of one input, or `grids.joined` of several.
    period: Steps of silence at both ends.
    min_steps: Steps from the first hit to the last that a piece must have.

  Returns:
    The pieces that are long enough, or None if none is.
  """
  if not len(pieces.starts):
    return None
  ends = np.append(pieces.starts[1:], len(pieces.steps))
  firsts = pieces.steps[pieces.starts]
  spans = pieces.steps[ends - 1] - firsts + 1
  keep = spans >= min_steps
  if not keep.any():
    return None
  first_steps = firsts[keep] - period
  sizes = spans[keep] + 2 * period
  counts = (ends - pieces.starts)[keep]
  piece_starts = np.cumsum(sizes) - sizes
  x = np.zeros(int(sizes.sum()), np.uint16)
  if keep.all():
    steps, codes = pieces.steps, pieces.codes
  else:
    inside = np.repeat(keep, ends - pieces.starts)
    steps, codes = pieces.steps[inside], pieces.codes[inside]
  x[steps + np.repeat(piece_starts - first_steps, counts)] = codes
  return Layout(
      codes=x, starts=piece_starts, first_steps=first_steps,
      quarter_offsets=pieces.quarter_offsets[keep],
      steps_per_quarter=pieces.steps_per_quarter,
      numbers=np.flatnonzero(keep),
  )


def runs_of(flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """Returns (starts, ends) of the runs of True in `flags`.

  Args:
    flags: bool `[n + 2]`; the first and the last are False.
  """
  edges = np.flatnonzero(flags[1:] != flags[:-1])
  return edges[::2], edges[1::2]


def find(pieces: grids.Pieces, *, min_repeats: int = MIN_REPEATS) -> Loops:
  """Finds every loop in the pieces of one input; see `find_many`."""
  return find_many([pieces], min_repeats=min_repeats)[0]


def find_many(
    inputs: Sequence[grids.Pieces], *, min_repeats: int = MIN_REPEATS
) -> list[Loops]:
  """Finds every loop in the pieces of some inputs, in one pass of numpy.

  Args:
    inputs: The pieces of each, all with the same steps of a quarter note.
    min_repeats: Times in a row that a loop is played at least, 2 or more.
  """
  if not inputs:
    return []
  first_pieces = np.cumsum([0, *(len(p.starts) for p in inputs)])
  found = _find(grids.joined(inputs), min_repeats)
  if found is None:
    return [_no_loops(len(p.starts)) for p in inputs]
  loops, long_pieces = found
  num_long = np.diff(np.searchsorted(long_pieces, first_pieces)).tolist()
  has_loop = np.bincount(loops.pieces, minlength=first_pieces[-1]) > 0
  with_loop = has_loop.nonzero()[0]
  num_with = np.diff(np.searchsorted(with_loop, first_pieces)).tolist()
  ends = np.searchsorted(loops.pieces, first_pieces).tolist()
  result = []
  for i, pieces in enumerate(inputs):
    # Most inputs have none.
    columns = _NO_COLUMNS
    if ends[i] < ends[i + 1]:
      own = slice(ends[i], ends[i + 1])
      columns = (
          loops.codes[own], loops.repeats[own],
          loops.pieces[own] - first_pieces[i], loops.start_steps[own],
          loops.start_quarters[own], loops.end_quarters[own],
          loops.first_hit_quarters[own], loops.last_hit_quarters[own],
      )
    num_pieces = len(pieces.starts)
    result.append(Loops(
        *columns, num_pieces=num_pieces,
        num_short_pieces=num_pieces - num_long[i],
        num_pieces_without_loop=num_long[i] - num_with[i],
    ))
  return result


def _find(
    pieces: grids.Pieces, min_repeats: int
) -> tuple[Loops, np.ndarray] | None:
  """Returns all loops, and the numbers of pieces that may hold one; or None."""
  min_run = (min_repeats - 1) * _PERIOD
  # A hit of a loop comes back: it lies in a piece of at least this length.
  layout = lay_out(pieces, _PERIOD, min_run + 1)
  if layout is None:
    return None
  x = layout.codes
  same = np.zeros(len(x) + 1, np.bool_)
  same[1:-_PERIOD] = x[:-_PERIOD] == x[_PERIOD:]
  # The last 32 steps of a piece have no step 32 later in the same piece.
  tails = layout.starts[1:, None] - np.arange(_PERIOD)
  same[tails] = False
  run_starts, run_ends = runs_of(same)
  long_runs = run_ends - run_starts >= min_run
  run_starts, run_ends = run_starts[long_runs], run_ends[long_runs]

  piece, step = layout.places(run_starts)
  first_hits, last_hits = layout.hit_quarters(run_starts, run_ends + _PERIOD)
  end = step + run_ends - run_starts + _PERIOD
  bar_lines = run_starts + (-step) % step_codes.STEPS_PER_BAR
  return Loops(
      codes=x[bar_lines[:, None] + np.arange(_PERIOD)],
      repeats=(run_ends - run_starts) // _PERIOD + 1,
      pieces=layout.numbers[piece],
      start_steps=step,
      start_quarters=layout.quarters(piece, step),
      end_quarters=layout.quarters(piece, end),
      first_hit_quarters=first_hits,
      last_hit_quarters=last_hits,
      num_pieces=len(pieces.starts),
      num_short_pieces=len(pieces.starts) - len(layout.starts),
      num_pieces_without_loop=len(layout.starts)
      - int(np.count_nonzero(np.bincount(piece))),
  ), layout.numbers


def _no_loops(num_pieces: int) -> Loops:
  """Returns the loops of an input whose pieces are all too short."""
  return Loops(
      *_NO_COLUMNS, num_pieces=num_pieces, num_short_pieces=num_pieces,
      num_pieces_without_loop=0,
  )


_NO_INTS, _NO_FLOATS = np.zeros(0, np.int64), np.zeros(0)
# The arrays of `Loops`.
_NO_COLUMNS = (
    np.zeros((0, _PERIOD), np.uint16), _NO_INTS, _NO_INTS, _NO_INTS,
    _NO_FLOATS, _NO_FLOATS, _NO_FLOATS, _NO_FLOATS,
)
