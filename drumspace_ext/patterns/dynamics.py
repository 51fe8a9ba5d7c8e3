"""Dynamics: velocities, swing and human imprecision for what is written.

A pattern has none of these. They are put on at the very end, on request, and
off by default, so that what is read back is what was drawn. They combine in
this order: velocities are all alike, or accents; a groove takes their place as
far as its strength says, and moves hits off the grid; swing moves every second
sixteenth on from there; then humanize varies both. Whatever they say together,
a hit stays within half a step of its own, and none comes before the start.

A swing that is `auto` is that of the beat's genre (`genre_swings`), less what
the groove makes of it already: how much later its own second sixteenths come
on the mean than the others. A groove knows of swing what hits tell, and a genre
what they don't; both in full would be more than anybody plays.
"""

from collections.abc import Sequence
import dataclasses
import numbers
import types

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext import seeds
from drumspace_ext.patterns import genre_swings
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes

MAX_HUMAN_VELOCITY = 18
# A tight drummer's spread is 10 ms or so; at 120 qpm a sixteenth is 125 ms.
MAX_HUMAN_STEP = 0.12
# Least and most of what is no velocity.
RANGES = types.MappingProxyType({'swing': (0.0, 1.0), 'humanize': (0.0, 1.0)})
GROOVE_STRENGTHS = (0.0, 1.0)
# How much of a groove is taken: one number, or those of velocity and timing.
Strength = float | Sequence[float]
# How late second sixteenths come: a number, or `auto`.
Swing = float | str
# In triplets the second of two sixteenths comes a third of a step late.
_PARTS = 3
# A tick at 480 a quarter short of half a step, which would be the next one's.
MAX_DELAY = 59 / 120


def strengths(value: Strength) -> tuple[float, float]:
  """Returns how much of a groove's velocities and timing is taken.

  Raises:
    InputError: If it is neither a number from 0 to 1 nor two of them.
  """
  # A text is a sequence of texts, which are no numbers.
  found = list(value) if isinstance(value, Sequence) else [value]
  least, most = GROOVE_STRENGTHS
  if len(found) not in (1, 2) or not all(
      _is_within(x, GROOVE_STRENGTHS) for x in found
  ):
    raise errors.InputError(
        f'groove_strength must be in [{least:g}, {most:g}], or two such, of '
        f'velocity and of timing, got {errors.shown(value)}.'
    )
  return float(found[0]), float(found[-1])


def _is_within(value: object, limits: tuple[float, float]) -> bool:
  """Says whether something is a number within limits."""
  return isinstance(value, numbers.Real) and (
      limits[0] <= float(value) <= limits[1]
  )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Dynamics:
  """How hits are played.

  Attributes:
    velocity: MIDI velocity of every hit, where `accents` is off.
    accents: Velocities by place in the bar and by voice: the means of what
      people play, see `grooves`.
    swing: How late the second and fourth sixteenth of a beat come: 0 is even,
      1 makes triplets of them; `auto` is what suits the genre.
    humanize: From 0 to 1: how much times and velocities vary.
    seed: Of what varies.
    groove: What plays patterns otherwise, if anything.
    groove_strength: How much of its way of playing is taken, 0 to 1; or two
      such, of velocity and of timing.
    genres: Of each pattern that is played, in turn, for `auto`; one is that of
      all. An empty one has no swing.
  """

  velocity: int = 100
  accents: bool = False
  swing: Swing = 0.0
  humanize: float = 0.0
  seed: int = 0
  groove: grooves.Player | None = None
  groove_strength: Strength = defaults.GROOVE_STRENGTH
  genres: Sequence[str] = ('',)

  def __post_init__(self):
    if not _is_within(self.velocity, (1, 127)):
      raise errors.InputError(
          f'velocity must be in [1, 127], got {errors.shown(self.velocity)}.'
      )
    strengths(self.groove_strength)
    seeds.check(self.seed)
    for name, (least, most) in RANGES.items():
      value = getattr(self, name)
      if name == 'swing' and isinstance(value, str) and self.swings_by_genre:
        continue
      if not _is_within(value, (least, most)):
        also = f', or {genre_swings.AUTO}' if name == 'swing' else ''
        raise errors.InputError(
            f'{name} must be in [{least:g}, {most:g}]{also}, got '
            f'{errors.shown(value)}.'
        )

  @property
  def swings_by_genre(self) -> bool:
    """Whether each pattern swings as its genre does."""
    return self.swing == genre_swings.AUTO

  def of_genres(self, genres: Sequence[str]) -> 'Dynamics':
    """Returns the same for patterns of genres, in turn."""
    return dataclasses.replace(self, genres=tuple(genres) or ('',))

  def foresee(self, hits: np.ndarray) -> None:
    """Has the groove of patterns made that will be played next.

    Many at once are a groove's in a tenth of the time that it takes for one by
    one.

    Args:
      hits: bool `[num_patterns, 32, 14]`.
    """
    if isinstance(self.groove, grooves.Remembered):
      self.groove.foresee(hits)

  def velocities(self, steps: np.ndarray, struck: np.ndarray) -> np.ndarray:
    """Returns the velocity of each hit, int64.

    Args:
      steps: Step of each hit, int64 `[num_hits]`.
      struck: Its voice, int64 `[num_hits]`.
    """
    if self.accents:
      result = grooves.accents()[steps % step_codes.STEPS_PER_BAR, struck]
    else:
      result = np.full(len(steps), self.velocity)
    if self.groove is not None:
      played = self._played(steps, struck, self.groove).velocities
      strength, _ = strengths(self.groove_strength)
      result = result + strength * (played - result)
    if self.humanize:
      rng = np.random.default_rng([self.seed, 0])
      spread = self.humanize * MAX_HUMAN_VELOCITY
      result = result + np.rint(rng.uniform(-spread, spread, len(steps)))
    return np.clip(np.rint(result), 1, 127).astype(np.int64)

  def _played(
      self, steps: np.ndarray, struck: np.ndarray, groove: grooves.Player
  ) -> grooves.Groove:
    """Returns the groove of some hits, in float64 `[num_hits]`."""
    num_patterns = int(steps.max(initial=0)) // step_codes.NUM_STEPS + 1
    shape = num_patterns, step_codes.NUM_STEPS, step_codes.NUM_VOICES
    hits = np.zeros(shape, np.bool_)
    where = steps // step_codes.NUM_STEPS, steps % step_codes.NUM_STEPS, struck
    hits[where] = True
    # Loops are often played several times: each is asked for once, in order of
    # its hits. `np.unique` of rows takes a millisecond even for one.
    packed = np.packbits(hits.reshape(num_patterns, -1), axis=1)
    keys = [row.tobytes() for row in packed]
    at = {key: row for row, key in enumerate(keys)}
    different = sorted(at)
    number = {key: row for row, key in enumerate(different)}
    played = groove(hits[[at[key] for key in different]])
    where = np.array([number[key] for key in keys])[where[0]], *where[1:]
    return grooves.Groove(
        velocities=played.velocities[where], offsets=played.offsets[where]
    )

  def _swings(self, steps: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """Returns the swing at each hit, float64, beside what the groove does."""
    if not isinstance(self.swing, str):
      return np.full(len(steps), float(self.swing))
    pattern, is_odd = steps // step_codes.NUM_STEPS, steps % 2 == 1
    count = int(pattern.max(initial=0)) + 1

    def mean(chosen):
      hits = np.bincount(pattern[chosen], minlength=count)
      sums = np.bincount(pattern[chosen], moved[chosen], minlength=count)
      return sums / np.maximum(hits, 1)

    whole = np.array([
        genre_swings.of_genre(self.genres[i % len(self.genres)])
        for i in range(count)
    ])
    own = _PARTS * (mean(is_odd) - mean(~is_odd))
    return np.maximum(whole - np.maximum(own, 0.0), 0.0)[pattern]

  def delays(
      self, steps: np.ndarray, struck: np.ndarray | None = None
  ) -> np.ndarray:
    """Returns how late each hit comes, in steps, float64; early is negative.

    Args:
      steps: Step of each hit, int64 `[num_hits]`.
      struck: Its voice, int64 `[num_hits]`; needed for a groove.
    """
    moved: np.ndarray = np.zeros(len(steps))
    if self.groove is not None and struck is not None:
      _, strength = strengths(self.groove_strength)
      moved = strength * self._played(steps, struck, self.groove).offsets
    swing = self._swings(steps, moved)
    result = np.where(steps % 2 == 1, swing / _PARTS, 0.0) + moved
    if self.humanize:
      rng = np.random.default_rng([self.seed, 1])
      spread = self.humanize * MAX_HUMAN_STEP
      result = result + rng.uniform(-spread, spread, len(steps))
    result = np.clip(result, -MAX_DELAY, MAX_DELAY)
    # Nothing comes before the file begins.
    return np.where(steps == 0, np.maximum(result, 0.0), result)
