"""Columns of MIDI events: many tracks cut into events all at once.

numpy takes longer to begin than to do what one track needs, so that the tracks
of many files are read as one array of bytes. `midi_high_bytes` says which bytes
are statuses; from these on events are of three bytes.

A track that breaks the rules there anywhere, or is unusual (running status
behind a program or a meta event, say), is not *sound*, and nothing that
is said here of its events is to be believed. Those that are sound are read
right: what a byte is was derived from what stands before it, from the start of
the track on.
"""

from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext.notes import midi_high_bytes
from drumspace_ext.notes import midi_long_events

_at = midi_long_events.at
# Bytes of a delta time beyond the last.
_MAX_MORE = 3
# Where an event is and its status, as one number.
_PLACE_BITS = 48


class Events(typing.NamedTuple):
  """The events of some tracks, one track after the other.

  Attributes:
    bounds: Which event begins each track, and which stands behind the last,
      int64 `[num_tracks + 1]`; what begins a track is no event of the file.
    is_sound: Which tracks were read as they are, bool `[num_tracks]`.
    ticks: When, from any start; a track is at tick 0 where it begins, int64
      `[num_events]`.
    statuses: Status bytes, running ones too, uint8 `[num_events]`.
    firsts: What follows each, uint8 `[num_events]`.
    seconds: What follows that, likewise.
    long_events: Which are meta or system exclusive events, int64 `[num_long]`.
    kinds: The kinds of meta events, 0xF0 for others, uint8 `[num_long]`.
    bodies: Where what follows the size of each begins in `data`, int64
      `[num_long]`.
    sizes: How much that is, likewise.
    data: All bytes, uint8.
  """

  bounds: np.ndarray
  is_sound: np.ndarray
  ticks: np.ndarray
  statuses: np.ndarray
  firsts: np.ndarray
  seconds: np.ndarray
  long_events: np.ndarray
  kinds: np.ndarray
  bodies: np.ndarray
  sizes: np.ndarray
  data: np.ndarray


def _delta_times(
    values: np.ndarray, firsts: np.ndarray, long_ones: np.ndarray,
    more: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
  """Returns the delta time before each event.

  Args:
    values: All bytes, none above 127 inside of an event.
    firsts: Where what follows the status of each is.
    long_ones: Which have delta times of several bytes.
    more: Where the last but one of these bytes is.

  Returns:
    (delta times, int64 `[num_events]`; places of those that are too long).
  """
  deltas = firsts - 1
  deltas -= _at(values, deltas) >> 7
  deltas[:] = _at(values, deltas)
  for number in range(1, _MAX_MORE + 1):
    deltas[long_ones] += (
        _at(values, more) & 0x7F
    ).astype(np.int64) << 7 * number
    more = more - 1
    goes_on = _at(values, more) >= 0x80
    long_ones, more = long_ones.compress(goes_on), more.compress(goes_on)
  return deltas, more


def of_tracks(chunks: Sequence[bytes]) -> Events:
  """Reads tracks.

  Args:
    chunks: What stands behind the head of the chunk of each.
  """
  tracks = midi_long_events.Tracks(chunks)
  values = tracks.values
  long_events = midi_long_events.find(tracks, (
      (values == midi_long_events.META) | (values == midi_long_events.SYSTEM)
  ).nonzero()[0])
  # The last byte above 127 in one would look like a part of a delta time.
  values = values.copy()
  values[
      midi_long_events.ranges(long_events.places + 1, long_events.ends)
  ] &= 0x7F
  high = midi_high_bytes.of_bytes(values, tracks.starts, long_events)
  tracks.blame(high.places[high.wrong])
  deltas, follow = high.deltas, high.counts[high.deltas]
  # Behind the last such byte of a delta time stands its end.
  ends = deltas[follow > 0]
  more = high.places[ends]

  # In place, for these arrays are the most that a worker needs.
  num_events = high.counts
  num_events += 2
  num_events[deltas] = follow
  num_events //= 3
  after = num_events.cumsum(dtype=np.int32)
  before = after - num_events
  firsts = high.places
  firsts += 1
  firsts[deltas] += 1
  firsts -= 3 * before
  firsts += high.statuses.astype(np.int64) << _PLACE_BITS
  # To lay out one array takes half as long as two.
  firsts = firsts.repeat(num_events)
  firsts += np.arange(0, 3 * len(firsts), 3)
  statuses = (firsts >> _PLACE_BITS).astype(np.uint8)
  firsts &= (1 << _PLACE_BITS) - 1
  ticks, too_long = _delta_times(values, firsts, before[ends], more)
  tracks.blame(too_long)
  first_bytes = _at(values, firsts)
  firsts += 1
  kinds = values[long_events.places + 1]
  kinds[values[long_events.places] != midi_long_events.META] = (
      midi_long_events.SYSTEM
  )
  return Events(
      bounds=before[high.starts],
      is_sound=tracks.is_sound[:-1],
      ticks=ticks.cumsum(out=ticks),
      statuses=statuses,
      firsts=first_bytes,
      seconds=_at(values, firsts),
      long_events=after[high.long_events] - 1,
      kinds=kinds,
      bodies=long_events.bodies,
      sizes=long_events.ends - long_events.bodies,
      data=tracks.values,
  )
