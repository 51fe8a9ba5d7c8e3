"""Long events of MIDI tracks side by side: meta and system exclusive events.

They hold any bytes, and say how many. Each is looked for by its first byte,
which a delta time can have as well: whoever cuts the tracks into events sees
whether there was to be an event.
"""

from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext.notes import midi_tokens

META, META_END = midi_tokens.META, midi_tokens.META_END
SYSTEM = 0xF0
# Stands before each track, behind a delta time of 0; as a status it is none
# that a file has.
START = 0xF5
BEFORE = bytes((0, START, 0, 0))
START_AT = BEFORE.index(START)

# Kinds of meta events. Others are not looked for: most that seem to be some
# stand in delta times.
_IS_KIND = np.zeros(256, np.bool_)
_IS_KIND[[*range(0x10), 0x20, 0x21, META_END, 0x51, 0x54, 0x58, 0x59, 0x7F]] = 1
_SYSTEM_END = 0xF7


class Tracks:
  """Tracks as one array of bytes, and which of them are found to be unsound.

  Attributes:
    values: The bytes, `BEFORE` before each track and behind the last.
    starts: Where `BEFORE` stands, int64 `[num_tracks + 1]`.
    ends: Where each track ends, int64 `[num_tracks]`.
    is_sound: bool `[num_tracks + 1]`; the last is of what stands behind them.
  """

  def __init__(self, tracks: Sequence[bytes]):
    """Puts them one after the other."""
    self.values = np.frombuffer(BEFORE.join((b'', *tracks, b'')), np.uint8)
    lengths = [0, *map(len, tracks)]
    self.starts = np.cumsum(lengths) + len(BEFORE) * np.arange(len(lengths))
    self.ends = self.starts[1:]
    self.is_sound = np.ones(len(lengths), np.bool_)

  def track_of(self, places: np.ndarray) -> np.ndarray:
    """Returns the tracks that places are in."""
    return np.searchsorted(self.starts, places, side='right') - 1

  def blame(self, places: np.ndarray) -> None:
    """Notes that something is wrong at some places."""
    self.is_sound[self.track_of(places)] = False


class LongEvents(typing.NamedTuple):
  """Meta and system exclusive events.

  Attributes:
    places: Where they are, int64 `[num_long]`.
    bodies: Where what follows their sizes begins, likewise.
    ends: Where that ends, likewise.
  """

  places: np.ndarray
  bodies: np.ndarray
  ends: np.ndarray


def at(values: np.ndarray, places: np.ndarray) -> np.ndarray:
  """Returns values at places that are there: by brackets it takes thrice."""
  return values.take(places, mode='clip')


def find(tracks: Tracks, places: np.ndarray) -> LongEvents:
  """Finds such events, and blames tracks that don't end with an end of track.

  Args:
    tracks: The tracks.
    places: Where they have the first bytes of such events, int64.
  """
  values, own_ends = tracks.values, tracks.ends[tracks.track_of(places)]
  is_meta = values[places] == META
  bodies = places + 2 + is_meta
  sizes = at(values, bodies - 1).astype(np.int32)
  second = at(values, bodies)
  goes_on = sizes >= 0x80
  is_long = goes_on & (second < 0x80)
  sizes[is_long] = (sizes[is_long] & 0x7F) << 7 | second[is_long]
  bodies += is_long
  ends = bodies + sizes
  # Others are taken for bytes of delta times.
  chosen = (ends <= own_ends) & (is_long | ~goes_on) & np.where(
      is_meta, at(_IS_KIND, at(values, places + 1)),
      at(values, ends - 1) == _SYSTEM_END,
  )
  places, bodies, ends = (x.compress(chosen) for x in (places, bodies, ends))
  places, bodies, ends = _apart(places, bodies, ends)
  is_end = (values[places] == META) & (values[places + 1] == META_END)
  at_end = is_end & (bodies == tracks.ends[tracks.track_of(places)])
  tracks.blame(places[is_end & ~at_end])
  has_end = np.zeros(len(tracks.is_sound), np.bool_)
  has_end[tracks.track_of(places[at_end])] = True
  tracks.is_sound &= has_end
  return LongEvents(places, bodies, ends)


def _apart(
    places: np.ndarray, bodies: np.ndarray, ends: np.ndarray
) -> LongEvents:
  """Returns those events, in their order, that are not inside of others."""
  (overlap,) = (places[1:] < np.maximum.accumulate(ends)[:-1]).nonzero()
  if len(overlap):
    begins, until = places.tolist(), ends.tolist()
    is_kept = np.ones(len(places), np.bool_)
    for number in (overlap + 1).tolist():
      if begins[number] < until[number - 1]:
        is_kept[number] = False
        until[number] = until[number - 1]
    places, bodies, ends = (
        x.compress(is_kept) for x in (places, bodies, ends)
    )
  return LongEvents(places, bodies, ends)


def ranges(firsts: np.ndarray, ends: np.ndarray) -> np.ndarray:
  """Returns all numbers of some ranges, one range after the other, int64."""
  counts = ends - firsts
  sums = counts.cumsum()
  before = firsts - sums + counts
  return before.repeat(counts) + np.arange(sums[-1] if len(sums) else 0)
