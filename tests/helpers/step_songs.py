"""Songs as plain step codes from step 0, and what readings find in them."""

import collections

import numpy as np

from drumspace_ext.notes import grids


def pieces(codes):
  """Pieces of step codes from step 0, each cut at 32 silent steps."""
  codes = np.array(codes, np.uint16)
  steps = np.flatnonzero(codes)
  starts = np.flatnonzero(np.diff(steps, prepend=-100) > 32)
  return grids.Pieces(
      steps=steps, codes=codes[steps], starts=starts,
      quarter_offsets=np.zeros(len(starts)), steps_per_quarter=4,
      dropped_pitches=collections.Counter(),
      other_meters=collections.Counter(),
  )


def plain(codes, reader, **options):
  grid = collections.defaultdict(int, enumerate(codes))
  found = []
  steps = [step for step, code in enumerate(codes) if code]
  cuts = [i for i in range(1, len(steps)) if steps[i] - steps[i - 1] > 32]
  for first, last in zip([0, *cuts], [*cuts, len(steps)]):
    if first < last:
      found += reader(grid, steps[first:last], **options)
  return found


def multiset_of_loops(found):
  return collections.Counter(
      (tuple(loop.codes.tolist()), tuple(map(tuple, loop.plays.tolist())))
      for loop in found
  )


def multiset_of(found):
  return collections.Counter(
      (codes, tuple(plays)) for codes, plays in found
  )


def noisy_song(rng, bars=2):
  """Step codes of loops with a few flips, a drift and pauses."""
  codes = [0] * rng.choice((0, 0, 3, 16, 40))
  for _ in range(rng.randint(1, 3)):
    length = 16 * bars
    beat = [rng.choice((0, 0, 1, 2, 4, 5)) for _ in range(length)]
    for _ in range(rng.randint(1, 7)):
      play = list(beat)
      for _ in range(rng.choice((0, 0, 1, 1, 2, 3, 6))):
        play[rng.randrange(length)] ^= 1 << rng.randrange(4)
      if rng.random() < 0.3:
        beat = play
      codes += play[:rng.choice((length, length, length, length - 3))]
    codes += [0] * rng.choice((0, 0, 7, 31, 32, 33, 64))
  return codes
