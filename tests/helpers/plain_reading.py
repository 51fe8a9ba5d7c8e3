"""A plain, slow reading of the recipe, to hold the fast one against.

It follows the text of the recipe sentence by sentence, with dictionaries and
exact fractions, and shares no code with the package but the voice table.
"""

import collections
import fractions
import itertools
import math

from drumspace_ext.patterns import voices

_VOICE = {
    pitch: bit
    for bit, name in enumerate(voices.NAMES)
    for pitch in voices.PITCHES[name]
}
HALF = fractions.Fraction(1, 2)


def rotations(pattern):
  return [tuple(pattern[i:] + pattern[:i]) for i in range(32)]


def canonical(pattern):
  return min(rotations(tuple(pattern)))


def entropy(pattern):
  counts = collections.Counter(pattern)
  return -sum(c / 32 * math.log(c / 32) for c in counts.values())


def sections_of(meters, steps_per_quarter=4):
  """Returns [(start quarter, is 4/4)], repeated meters joined.

  A meter that holds for less than a step gives way to the next, which begins
  in its place; one of no beats is none.
  """
  sections = [(0, (4, 4))]
  for quarter, numerator, denominator in sorted(meters, key=lambda m: m[0]):
    if not numerator or not denominator:
      continue
    quarter = max(quarter, 0)
    if numerator == denominator:
      # 2/2, 8/8 and 16/16 last as long.
      numerator = denominator = 4
    if (quarter - sections[-1][0]) * steps_per_quarter < 1:
      quarter, _ = sections.pop()
    if sections and sections[-1][1] == (numerator, denominator):
      continue
    sections.append((quarter, (numerator, denominator)))
  return [(quarter, meter == (4, 4)) for quarter, meter in sections]


def loops(notes, meters, steps_per_quarter=4, gap_steps=32):
  """Returns [(pattern from its first bar line, repeats)] of one input.

  Args:
    notes: (quarter, pitch) of each drum note; quarters are Fractions.
    meters: (quarter, numerator, denominator).
    steps_per_quarter: Steps of a quarter note.
    gap_steps: Silent steps in a row that make a pause.
  """
  found = []
  for grid, piece in pieces(notes, meters, steps_per_quarter, gap_steps):
    found += _loops_of_piece(grid, piece[0] - 32, piece[-1] + 32, piece)
  return found


def pieces(notes, meters, steps_per_quarter=4, gap_steps=32):
  """Returns [(grid of its section by step, its struck steps)] of each piece."""
  sections = sections_of(meters, steps_per_quarter)
  grids = [collections.defaultdict(int) for _ in sections]
  for quarter, pitch in notes:
    if pitch not in _VOICE:
      continue
    s = max(i for i, section in enumerate(sections)
            if section[0] <= quarter or i == 0)
    while True:
      position = (quarter - sections[s][0]) * steps_per_quarter
      step = math.floor(position + HALF)
      if s + 1 == len(sections):
        break
      if sections[s][0] + fractions.Fraction(step, steps_per_quarter) < (
          sections[s + 1][0]):
        break
      s += 1
    grids[s][step] |= 1 << _VOICE[pitch]
  found = []
  for grid, (_, is_4_4) in zip(grids, sections):
    if not is_4_4 or not grid:
      continue
    struck = sorted(grid)
    own = [[struck[0]]]
    for before, step in itertools.pairwise(struck):
      if step - before - 1 >= gap_steps:
        own.append([])
      own[-1].append(step)
    found += [(grid, piece) for piece in own]
  return found


def _loops_of_piece(grid, first, last, piece):
  own = set(piece)
  x = {t: grid[t] if t in own else 0 for t in range(first, last + 1)}
  found = []
  t = first
  while t + 32 <= last:
    run = 0
    while t + run + 32 <= last and x[t + run] == x[t + run + 32]:
      run += 1
    if run >= 64:
      bar = next(b for b in range(t, t + run) if b % 16 == 0)
      found.append((tuple(x[bar + i] for i in range(32)), run // 32 + 1))
    t += run + 1
  return found


def flips(left, right):
  return sum((a ^ b).bit_count() for a, b in zip(left, right, strict=True))


def consensus(plays):
  """What more than half of the plays have, cell by cell."""
  return tuple(
      sum(
          1 << voice for voice in range(14)
          if 2 * sum(play[step] >> voice & 1 for play in plays) > len(plays)
      )
      for step in range(len(plays[0]))
  )


def near_loops(grid, piece, *, bars=2, max_flips=0, min_repeats=3):
  """Returns [(two bars from a bar line, plays)] of a piece's near loops."""
  period = 16 * bars
  allowed = max_flips * period // 32
  needed = max(2, min_repeats - (bars == 4))
  if piece[-1] - piece[0] + 1 < (needed - 1) * period + 1:
    return []
  first, end = piece[0] - period, piece[-1] + period + 1
  own = set(piece)
  x = {t: grid[t] if t in own else 0 for t in range(first, end)}

  def window(t):
    return tuple(x[t + i] for i in range(period))

  alike = [
      t for t in range(first, end - 2 * period + 1)
      if flips(window(t), window(t + period)) <= allowed
  ]
  runs = []
  for t in alike:
    if not runs or runs[-1][-1] != t - 1:
      runs.append([])
    runs[-1].append(t)
  found = []
  for run in runs:
    num_plays = (len(run) + 2 * period - 1) // period
    if num_plays < needed:
      continue
    if bars == 2 and all(window(t) == window(t + 32) for t in run):
      continue
    spare = (len(run) + 2 * period - 1) % period
    starts = {}
    for t in range(run[0], run[0] + spare + 1):
      plays = [window(t + period * i) for i in range(num_plays)]
      starts.setdefault(
          sum(flips(a, b) for a, b in itertools.pairwise(plays)), (t, plays)
      )
    first, plays = starts[min(starts)]
    found += [
        loop for start, part in _steady(first, plays, allowed, needed)
        for loop in _two_bars(start, part)
    ]
  return found


def _steady(start, plays, allowed, needed):
  if len(plays) < needed:
    return []
  if max(flips(play, consensus(plays)) for play in plays) <= allowed:
    return [(start, plays)]
  if len(plays) < 2 * needed:
    return _steady(start, plays[:-1], allowed, needed)
  half = (len(plays) + 1) // 2
  later = start + half * len(plays[0])
  return (
      _steady(start, plays[:half], allowed, needed)
      + _steady(later, plays[half:], allowed, needed)
  )


def _two_bars(start, plays):
  codes, turn = consensus(plays), -start % 16

  def turned(steps):
    return steps[turn:] + steps[:turn]

  if len(codes) == 16:
    pairs = [a + b for a, b in zip(plays[::2], plays[1::2])]
    return [(turned(codes + codes), [turned(pair) for pair in pairs])]
  return [
      (turned(codes)[i:i + 32], [turned(play)[i:i + 32] for play in plays])
      for i in range(0, len(codes), 32)
  ]


def recurring(grid, piece, *, max_flips=0, min_repeats=3):
  """Returns [(consensus, plays)] of what recurs from bar lines in a piece."""
  if piece[-1] - piece[0] + 1 < (min_repeats - 1) * 32 + 1:
    return []
  own = set(piece)
  lines = [
      t for t in range(piece[0] - 32, piece[-1] + 32 - 31 + 1) if t % 16 == 0
  ]
  windows = {
      t: tuple(grid[t + i] if t + i in own else 0 for i in range(32))
      for t in lines
  }

  def like(window):
    return [t for t in lines if flips(windows[t], window) <= max_flips]

  different = list(dict.fromkeys(windows[t] for t in lines))
  different.sort(key=lambda window: -len(like(window)))
  taken, found = set(), []
  for leader in different:
    if leader in taken:
      continue
    followers = [t for t in like(leader) if windows[t] not in taken]
    plays, free = [], followers[0]
    for t in followers:
      if t >= free:
        plays.append(windows[t])
        free = t + 32
    if len(plays) >= min_repeats:
      taken |= {windows[t] for t in followers}
      found.append((consensus(plays), plays))
  return found


def unique(loops_of_inputs):
  """Returns {canonical: kept phase} over the loops of all inputs."""
  phases = collections.defaultdict(collections.Counter)
  for found in loops_of_inputs:
    for pattern, _ in found:
      if entropy(pattern) >= 0.9:
        phases[canonical(pattern)][pattern] += 1
  return {
      key: min(counter, key=lambda p: (-counter[p], p))
      for key, counter in phases.items()
  }
