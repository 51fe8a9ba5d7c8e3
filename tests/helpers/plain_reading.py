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


def sections_of(meters):
  """Returns [(start quarter, is 4/4)], repeated meters joined."""
  at = {}
  for quarter, numerator, denominator in meters:
    at[max(quarter, 0)] = (numerator, denominator)
  sections, current = [(0, (4, 4))], (4, 4)
  for quarter in sorted(at):
    if at[quarter] == current:
      continue
    current = at[quarter]
    if sections[-1][0] == quarter:
      sections.pop()
      if sections and sections[-1][1] == current:
        continue
    sections.append((quarter, current))
  return [(quarter, meter == (4, 4)) for quarter, meter in sections]


def loops(notes, meters, steps_per_quarter=4, gap_steps=32):
  """Returns [(pattern from its first bar line, repeats)] of one input.

  Args:
    notes: (quarter, pitch) of each drum note; quarters are Fractions.
    meters: (quarter, numerator, denominator).
    steps_per_quarter: Steps of a quarter note.
    gap_steps: Silent steps in a row that make a pause.
  """
  sections = sections_of(meters)
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
    pieces = [[struck[0]]]
    for before, step in itertools.pairwise(struck):
      if step - before - 1 >= gap_steps:
        pieces.append([])
      pieces[-1].append(step)
    for piece in pieces:
      found += _loops_of_piece(grid, piece[0] - 32, piece[-1] + 32, piece)
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
