"""Near loops: beats that come back with a few differences, or in other lengths.

Two stretches *differ in k flips* if k of their cells (a voice on a step) are
struck in one and not in the other: 448 cells in two bars. In a padded piece
with step codes `x` and a period of P steps, the windows `x[t:t + P]` and
`x[t + P:t + 2 * P]` are alike if they differ in at most K flips. A maximal run
of n starts t whose windows are all alike is a near loop, played
`(n + 2 * P - 1) // P` times; it needs `min_repeats` plays. With K = 0 and
P = 32 this is the definition of `loops`, word for word. K is `max_flips` for
two bars, half of it for one, twice for four.

A *play* is P steps from where the plays differ least from one to the next, the
first such step of the run from which as many fit, and every P steps on: a run
reaches into what stands before and behind the beat by as many hits as may
differ, and of two plays each must be whole. The *consensus* has a hit where
more than half of the plays have one: what just half of them have, as two halves
of a phrase, is left out. What a consensus stands for must not depend on how
long the run is: where a play differs from it in more than K flips the beat has
*drifted* (each play is like the one before it, the last is not like the first).
Then the run is cut in the middle, the first part with the odd play, and its
parts in turn, as long as both are long enough. A part that can't be cut loses
its last plays one by one, and is no loop with too few of them.

From the consensus, phase and length are made as in `loops`: two bars from the
first bar line. One bar is taken twice. Four bars give their two halves, and
need one play less than others, but two: eight bars are more than six.
"""

from collections.abc import Iterator
from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext.extraction import loops
from drumspace_ext.notes import grids
from drumspace_ext.patterns import step_codes

LOOP_BARS = (1, 2, 4)

_PERIOD = step_codes.NUM_STEPS
_BAR = step_codes.STEPS_PER_BAR
# More than any `max_flips`: a window must not reach into the next piece.
_NOT_ALIKE = step_codes.NUM_STEPS * step_codes.NUM_VOICES + 1


class NearLoop(typing.NamedTuple):
  """Two bars that are played several times, more or less.

  Attributes:
    codes: The consensus from a bar line, uint16 `[32]`.
    plays: What is played, each time from the same step, uint16 `[n, 32]`.
    steps: The step of `grids.Pieces` at which each play begins, int64 `[n]`,
      to within a bar.
    turn: How many steps later its first bar line stands, where the steps
      before that bar line are played at its end.
    other_half: Where what is played at its end begins, in steps from a play;
      0 if at the play: the other two bars of four, or a bar taken twice.
    piece: The piece that it lies in.
    quarters: Stretches in which it is played, as the places of their first
      and last hits.
  """

  codes: np.ndarray
  plays: np.ndarray
  steps: np.ndarray
  piece: int
  quarters: tuple[tuple[float, float], ...]
  turn: int = 0
  other_half: int = 0

  def stretches(
      self, chosen: Sequence[bool]
  ) -> Iterator[tuple[int, int, int]]:
    """Yields the steps in a row of some plays; see `loop_classes.Stretch`."""
    early = _PERIOD - self.turn
    for step in self.steps[chosen].tolist():
      yield step + self.turn, early, 0
      if self.turn:
        # The first steps of a run stand for its last, or for those of the
        # other two bars.
        yield step + self.other_half, self.turn, early


class _Part(typing.NamedTuple):
  """A part of a run.

  Attributes:
    layout: What it lies in.
    start: Its index into that.
    plays: Its plays, uint16 `[n, period]`.
    codes: Their consensus, uint16 `[period]`.
  """

  layout: loops.Layout
  start: int
  plays: np.ndarray
  codes: np.ndarray


def scaled(max_flips: int, period: int) -> int:
  """Returns the flips that are allowed in a period, of those in two bars."""
  return max_flips * period // _PERIOD


def plays_needed(period: int, min_repeats: int) -> int:
  """Returns how often a loop of a period must be played, 2 or more."""
  return max(2, min_repeats - (period > _PERIOD))


def consensus(plays: np.ndarray) -> np.ndarray:
  """Returns what more than half of the plays have, cell by cell.

  Args:
    plays: Step codes, uint16 `[n, num_steps]`, n > 0.

  Returns:
    uint16 `[num_steps]`.
  """
  # As most are, in a fifth of the time.
  if len(plays) == 3:
    one, two, three = plays
    return one & two | three & (one | two)
  if len(plays) == 4:
    one, two, three, four = plays
    return one & two & (three | four) | three & four & (one | two)
  hits = step_codes.step_codes_to_rows(plays)
  twice = 2 * np.count_nonzero(hits, axis=0)
  return step_codes.rows_to_step_codes(twice > len(plays))


def flips(left: np.ndarray, right: np.ndarray) -> np.ndarray:
  """Returns in how many cells step codes `[..., n]` differ, int64 `[...]`."""
  return np.bitwise_count(left ^ right).sum(axis=-1, dtype=np.int64)


def _steady(
    plays: np.ndarray, first: int, max_flips: int, needed: int
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
  """Yields (first play, plays, their consensus) of the parts of a run."""
  while len(plays) >= needed:
    codes = consensus(plays)
    if flips(plays, codes).max() <= max_flips:
      yield first, plays, codes
      return
    if len(plays) >= 2 * needed:
      middle = (len(plays) + 1) // 2
      yield from _steady(plays[:middle], first, max_flips, needed)
      first, plays = first + middle, plays[middle:]
    else:
      plays = plays[:-1]


def _runs(
    layout: loops.Layout, period: int, max_flips: int, needed: int
) -> Iterator[tuple[int, int]]:
  """Yields (index into the layout, plays) of the runs that are long enough."""
  x = layout.codes
  changes = np.bitwise_count(x[:-period] ^ x[period:]).astype(np.int64)
  # The last steps of a piece have no step a period later in the same piece.
  changes[layout.starts[1:, None] - 1 - np.arange(period)] = _NOT_ALIKE
  sums = np.zeros(len(changes) + 1, np.int64)
  np.cumsum(changes, out=sums[1:])
  num_windows = len(sums) - period
  alike = np.zeros(num_windows + 2, np.bool_)
  alike[1:-1] = sums[period:] - sums[:-period] <= max_flips
  starts, ends = loops.runs_of(alike)
  keep = ends - starts > (needed - 2) * period
  if period == _PERIOD:
    # What does not differ at all is a loop of `loops`.
    keep &= sums[ends + period - 1] > sums[starts]
  for start, end in zip(starts[keep].tolist(), ends[keep].tolist()):
    num_plays, spare = divmod(end - start + 2 * period - 1, period)
    first = sums[start:start + spare + 1]
    last = sums[start + (num_plays - 1) * period:][:spare + 1]
    yield start + int(np.argmin(last - first)), num_plays


def find(
    pieces: grids.Pieces, *, bars: int = 2, max_flips: int = 0,
    min_repeats: int = loops.MIN_REPEATS,
) -> list[NearLoop]:
  """Finds the near loops in the pieces of one input; see `find_many`."""
  return find_many(
      [pieces], bars=bars, max_flips=max_flips, min_repeats=min_repeats
  )[0]


def find_many(
    inputs: Sequence[grids.Pieces], *, bars: int = 2, max_flips: int = 0,
    min_repeats: int = loops.MIN_REPEATS,
) -> list[list[NearLoop]]:
  """Finds the near loops of one length in the pieces of some inputs.

  Args:
    inputs: The pieces of each, all with the same steps of a quarter note; one
      at least.
    bars: Length of a loop, one of `LOOP_BARS`. Of two bars those that do not
      differ at all are left to `loops.find`.
    max_flips: Flips that are allowed in two bars, K above.
    min_repeats: Times in a row that a loop is played at least, 2 or more.
  """
  first_pieces = np.cumsum([0, *(len(p.starts) for p in inputs[:-1])])
  found: list[list[NearLoop]] = [[] for _ in inputs]
  parts = list(_parts(
      grids.joined(inputs), bars, max_flips, min_repeats
  ))
  for owner, loop in _as_two_bars(parts, first_pieces):
    found[owner].append(loop)
  return found


def two_bars(
    pieces: grids.Pieces, *, max_flips: int, min_repeats: int
) -> Iterator[np.ndarray]:
  """Yields the step codes of what `find` returns for two bars, in any phase."""
  for part in _parts(pieces, 2, max_flips, min_repeats):
    yield part.codes


def _parts(
    pieces: grids.Pieces, bars: int, max_flips: int, min_repeats: int
) -> Iterator[_Part]:
  """Yields the parts of runs, all of one layout."""
  period = bars * _BAR
  needed = plays_needed(period, min_repeats)
  allowed = scaled(max_flips, period)
  layout = loops.lay_out(pieces, period, (needed - 1) * period + 1)
  if layout is None:
    return
  for start, num_plays in _runs(layout, period, allowed, needed):
    steps = layout.codes[start:start + num_plays * period]
    for first, plays, codes in _steady(
        steps.reshape(num_plays, period), 0, allowed, needed
    ):
      yield _Part(layout, start + first * period, plays, codes)


def _as_two_bars(
    parts: Sequence[_Part], first_pieces: np.ndarray
) -> Iterator[tuple[int, NearLoop]]:
  """Yields (input, near loop of two bars) that parts of one layout stand for.

  Args:
    parts: The parts.
    first_pieces: The first piece of each input, int64 `[num_inputs]`.
  """
  if not parts:
    return
  layout = parts[0].layout
  starts = np.array([part.start for part in parts])
  # All at once, for a call of each takes longer than what it does.
  pieces, steps = layout.places(starts)
  ends = starts + [part.plays.size for part in parts]
  firsts, lasts = layout.hit_quarters(starts, ends)
  numbers = layout.numbers[pieces]
  owners = np.searchsorted(first_pieces, numbers, side='right') - 1
  own = numbers - first_pieces[owners]
  for part, owner, piece, step, *hits in zip(
      parts, owners.tolist(), own.tolist(), steps.tolist(), firsts.tolist(),
      lasts.tolist(),
  ):
    for loop in _of_part(part, piece, step, tuple(hits)):
      yield owner, loop


def _of_part(
    part: _Part, piece: int, step: int, hits: tuple[float, float]
) -> Iterator[NearLoop]:
  """Yields the near loops of a part, which begins at a step of a piece."""
  plays, codes = part.plays, part.codes
  num_plays, period = plays.shape
  turn = -step % _BAR
  if period < _PERIOD:
    codes = np.tile(codes, _PERIOD // period)
    fit = _PERIOD // period
    plays = plays[:num_plays // fit * fit].reshape(-1, _PERIOD)
  # `np.roll` takes four times as long.
  turned = np.concatenate([plays[:, turn:], plays[:, :turn]], axis=1)
  codes = np.concatenate([codes[turn:], codes[:turn]])
  stride = max(period, _PERIOD)
  for half in range(0, stride, _PERIOD):
    yield NearLoop(
        codes=codes[half:half + _PERIOD],
        plays=turned[:, half:half + _PERIOD],
        steps=step + half + stride * np.arange(len(turned)),
        piece=piece,
        quarters=(hits,),
        turn=turn,
        other_half=(_PERIOD - 2 * half) * (stride > _PERIOD),
    )
