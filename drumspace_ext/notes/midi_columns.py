"""Columns of MIDI events: many tracks cut into events all at once.

numpy takes longer to begin than to do what one track needs, so that the tracks
of many files are read as one array of bytes. Whether a byte above 127 is a
*status* or goes on with a *delta time* follows from the byte of that kind
before it and from how many bytes stand between the two: behind a status of two
data bytes, running on or not, events are of three bytes (pitch, velocity,
delta), so that the next such byte is a status if their number is divisible by
3, and a delta time if 2 are left over. So each says of the next what it is, or
that it is what itself is, or is not: that is carried on over all tracks in a
few passes.

A track that breaks these rules anywhere, or is unusual (running status behind
a program or a meta event, say), is not *sound*, and nothing that
is said here of its events is to be believed. Those that are sound are read
right: what a byte is was derived from what stands before it, from the start of
the track on.
"""

from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext.notes import midi_long_events

_at = midi_long_events.at
# Bytes of a delta time beyond the last.
_MAX_MORE = 3

# Kinds of bytes above 127, if they are a status: a message of two data bytes,
# of one, an event that has no running status, or nothing that is read.
_TWO, _ONE, _ALONE, _NONE = range(4)
_KIND = np.full(256, _NONE, np.uint8)
_KIND[0x80:0xF0] = _TWO
_KIND[0xC0:0xE0] = _ONE
# How many bytes below 128 follow: 0 to 3, or more by the rest of a division by
# 3. A key is 8 * kind + this, and 32 more for a delta time.
_MORE, _OF_DELTA = 4, 32
# A delta time stands behind such a status, and the other way round.
_TURN = 8 * _ONE + 1


class _Rules(typing.NamedTuple):
  """What is said of the next byte above 127, by key.

  Attributes:
    settles: Whether it is one thing, whatever this byte is.
    is_delta: Which: a delta time, or a status.
    is_sound: Whether such a thing may be, by key of a status or delta time.
  """

  settles: np.ndarray
  is_delta: np.ndarray
  is_sound: np.ndarray


def _rules() -> _Rules:
  settles, is_delta = (np.zeros(_OF_DELTA, np.bool_) for _ in range(2))
  is_sound = np.zeros(2 * _OF_DELTA, np.bool_)
  for kind in range(4):
    for number in range(_MORE + 3):
      key = 8 * kind + number
      rest = number % 3 if number < _MORE else number - _MORE
      # Behind a delta time: its last byte, then events without a status.
      is_sound[_OF_DELTA + key] = rest != 2 and kind != _ALONE
      settles[key], is_delta[key] = rest != 0, rest == 2
      if kind == _TWO:
        is_sound[key] = rest != 1 and number > 0
      elif kind == _ONE:
        is_sound[key] = number in (1, 2)
        # It settles what a turn is as well, once that is known of itself.
        settles[key], is_delta[key] = True, rest == 0
      elif kind == _ALONE:
        is_sound[key] = number in (2, 3)
        settles[key], is_delta[key] = True, number == 2
  return _Rules(settles, is_delta, is_sound)


_RULES = _rules()


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


class _HighBytes(typing.NamedTuple):
  """Bytes above 127 that are not inside of long events, in their order.

  Attributes:
    places: Where they are, int32 `[num_high]`.
    values: What they are, uint8 `[num_high]`.
    counts: How many bytes below 128 follow each, int32 `[num_high]`; two for
      what is inside of a long event.
    starts: Which of them begin tracks, int64 `[num_tracks + 1]`.
    long_events: Which of them begin long events, int64 `[num_long]`.
  """

  places: np.ndarray
  values: np.ndarray
  counts: np.ndarray
  starts: np.ndarray
  long_events: np.ndarray


def _high_bytes(
    values: np.ndarray, places: np.ndarray, starts: np.ndarray,
    events: midi_long_events.LongEvents,
) -> _HighBytes:
  """Returns them.

  Args:
    values: All bytes, none above 127 inside of an event.
    places: Where those above 127 are.
    starts: Where tracks begin.
    events: The long events.
  """
  numbers = np.searchsorted(places, events.places)
  places = places.astype(np.int32)
  counts = np.empty_like(places)
  np.subtract(places[1:], places[:-1], out=counts[:-1])
  counts[-1] = len(values) - places[-1]
  counts -= 1
  counts[numbers] = places[numbers + 1] - events.ends + 2
  return _HighBytes(
      places, _at(values, places), counts,
      np.searchsorted(places, starts + midi_long_events.START_AT), numbers,
  )


def _keys(high: _HighBytes) -> np.ndarray:
  """Returns the key of each, as if it were a status, uint8 `[num_high]`."""
  counts = high.counts
  keys = (counts - 3 * (counts // 3)).astype(np.uint8)
  keys += (counts > 3).view(np.uint8) * np.uint8(_MORE)
  keys += (counts == 3).view(np.uint8) * np.uint8(3)
  keys += _at(8 * _KIND, high.values)
  for alone in (high.starts, high.long_events):
    keys[alone] = 8 * _ALONE + np.minimum(counts[alone], _MORE)
  return keys


def _last(flags: np.ndarray) -> np.ndarray:
  """Returns for each place which of the flagged ones is the last so far, int64.

  A running maximum takes twenty times as long as a running sum.

  Args:
    flags: bool `[num_places]`; the first is True.
  """
  last = np.cumsum(flags)
  last -= 1
  return last


def _are_deltas(keys: np.ndarray, starts: np.ndarray) -> np.ndarray:
  """Says which bytes above 127 are of delta times, bool `[num_high]`.

  Args:
    keys: Of each; the first begins a track.
    starts: Which of them begin tracks: none of these is, whatever was before.
  """
  settles = _at(_RULES.settles, keys)
  last = _last(settles)
  # What each of those that settle it says of the next.
  says = _at(_RULES.is_delta, keys.compress(settles))
  for turn in last.compress(keys == _TURN).tolist():
    says[turn] = not says[turn - 1]
  result = np.zeros(len(keys), np.bool_)
  result[1:] = _at(says, last[:-1])
  result[starts] = False
  return result


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
  place = firsts - 1
  place -= _at(values, place) >> 7
  deltas = _at(values, place).astype(np.int64)
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
  places = (values.view(np.int8) < 0).nonzero()[0]
  byte = _at(values, places)
  long_events = midi_long_events.find(tracks, places[(
      (byte == midi_long_events.META) | (byte == midi_long_events.SYSTEM)
  ).nonzero()[0]])
  inside = midi_long_events.inside(places, long_events)
  # The last of them would look like a part of a delta time.
  values = values.copy()
  values[places[inside]] = 0
  high = _high_bytes(
      values, np.delete(places, inside), tracks.starts, long_events
  )

  keys = _keys(high)
  is_delta = _are_deltas(keys, high.starts)
  is_status = ~is_delta
  statuses = _at(high.values.compress(is_status), _last(is_status))
  keys += is_delta.view(np.uint8) * np.uint8(_OF_DELTA)
  # Only messages of two data bytes have running status here.
  is_wrong = is_delta & (high.counts > 1) & (_at(_KIND, statuses) != _TWO)
  is_wrong |= ~_at(_RULES.is_sound, keys)
  tracks.blame(high.places[is_wrong])

  num_events = (high.counts + 2 * is_status.view(np.int8)) // 3
  after = np.cumsum(num_events, dtype=np.int32)
  before = after - num_events
  owners = np.repeat(np.arange(len(keys), dtype=np.int32), num_events)
  firsts = _at(high.places + is_delta + 1 - 3 * before, owners)
  firsts += np.arange(0, 3 * len(firsts), 3, dtype=np.int32)
  # Behind the last such byte of a delta time stands its end.
  (ends,) = (is_delta & (high.counts > 0)).nonzero()
  deltas, too_long = _delta_times(
      values, firsts, _at(before, ends), _at(high.places, ends)
  )
  tracks.blame(too_long)
  kinds = values[long_events.places + 1]
  kinds[values[long_events.places] != midi_long_events.META] = (
      midi_long_events.SYSTEM
  )
  return Events(
      bounds=before[high.starts],
      is_sound=tracks.is_sound[:-1],
      ticks=np.cumsum(deltas),
      statuses=_at(statuses, owners),
      firsts=_at(values, firsts),
      seconds=_at(values, firsts + 1),
      long_events=after[high.long_events] - 1,
      kinds=kinds,
      bodies=long_events.bodies,
      sizes=long_events.ends - long_events.bodies,
      data=tracks.values,
  )
