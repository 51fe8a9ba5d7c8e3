"""Bytes above 127 in MIDI tracks side by side, and what each of them is.

Whether such a byte is a *status* or goes on with a *delta time* follows from
the one of that kind before it and from how many bytes stand between the two:
behind a status of two data bytes, running on or not, events are of three bytes
(pitch, velocity, delta), so that the next such byte is a status if their number
is divisible by 3, and a delta time if 2 are left over. So each says of the next
what it is, or that it is what itself is, or is not: that is carried on over all
tracks in a few passes. Few bytes are of delta times, and few settle what the
next one is: these are gone through by their places.
"""

from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext.notes import midi_long_events

# Kinds of bytes above 127, if they are a status: a message of two data bytes,
# of one, an event that has no running status, or nothing that is read.
_TWO, _ONE, _ALONE, _NONE = range(4)
_KIND = bytes(
    _NONE if byte not in range(0x80, 0xF0)
    else _ONE if byte in range(0xC0, 0xE0) else _TWO for byte in range(256)
)
# How many bytes below 128 follow: 0 to 3, or more by the rest of a division by
# 3. A key is 8 * kind + this, and 32 more for a delta time.
_MORE, _OF_DELTA = 4, 32
_MAX_COUNT = 255
_NUMBERS = bytes(
    count if count < _MORE else _MORE + count % 3
    for count in range(_MAX_COUNT + 1)
)
_EIGHT_KINDS = bytes(8 * kind for kind in _KIND)
# A delta time stands behind such a status, and the other way round.
_TURN = 8 * _ONE + 1


class _Rules(typing.NamedTuple):
  """What is said of the next byte above 127, by key; 256 flags each.

  Attributes:
    settles: Whether it is one thing, whatever this byte is.
    is_delta: Which: a delta time, or a status.
    is_wrong: Whether no such thing may be, by key of a status or delta time.
  """

  settles: bytes
  is_delta: bytes
  is_wrong: bytes


def _rules() -> _Rules:
  settles, is_delta, is_sound = bytearray(256), bytearray(256), bytearray(256)
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
  return _Rules(
      bytes(settles), bytes(is_delta), bytes(not sound for sound in is_sound)
  )


_RULES = _rules()


def _mapped(values: np.ndarray, table: bytes) -> np.ndarray:
  """Returns what a table says of bytes: `take` needs thrice the time."""
  return np.frombuffer(values.tobytes().translate(table), np.uint8)


class HighBytes(typing.NamedTuple):
  """Bytes above 127 that are not inside of long events, in their order.

  Attributes:
    places: Where they are, int64 `[num_high]`.
    counts: How many bytes below 128 follow each, int32 `[num_high]`; two for
      what is inside of a long event.
    statuses: The status that holds at each, running on too, uint8 `[num_high]`.
    starts: Which of them begin tracks, int64 `[num_tracks + 1]`.
    long_events: Which of them begin long events, int64 `[num_long]`.
    deltas: Which are of delta times, int64 `[num_deltas]`.
    wrong: Which may not be where they are, int64, in any order.
  """

  places: np.ndarray
  counts: np.ndarray
  statuses: np.ndarray
  starts: np.ndarray
  long_events: np.ndarray
  deltas: np.ndarray
  wrong: np.ndarray


def of_bytes(
    values: np.ndarray, starts: np.ndarray, events: midi_long_events.LongEvents
) -> HighBytes:
  """Returns them.

  Args:
    values: All bytes, none above 127 inside of an event.
    starts: Where tracks begin.
    events: The long events.
  """
  (places,) = (values.view(np.int8) < 0).nonzero()
  long_events = places.searchsorted(events.places)
  starts = places.searchsorted(starts + midi_long_events.START_AT)
  counts = np.empty(len(places), np.int32)
  np.subtract(places[1:], places[:-1], out=counts[:-1], casting='unsafe')
  counts[-1] = len(values) - places[-1]
  counts -= 1
  counts[long_events] = places[long_events + 1] - events.ends + 2
  high = midi_long_events.at(values, places)

  keys = _keys(high, counts, (starts, long_events))
  deltas = _deltas(keys, starts)
  statuses = _with_running(high, deltas)
  # Only messages of two data bytes have running status here.
  wrong = deltas[
      (counts[deltas] > 1) & (_mapped(statuses[deltas], _KIND) != _TWO)
  ]
  keys[deltas] += _OF_DELTA
  return HighBytes(
      places, counts, statuses, starts, long_events, deltas,
      np.append(wrong, _mapped(keys, _RULES.is_wrong).nonzero()[0]),
  )


def _keys(
    values: np.ndarray, counts: np.ndarray, alone: Sequence[np.ndarray]
) -> np.ndarray:
  """Returns the key of each, as if it were a status, uint8 `[num_high]`.

  Args:
    values: The bytes.
    counts: How many bytes below 128 follow each.
    alone: Which of them are `_ALONE`.
  """
  (many,) = (counts > _MAX_COUNT).nonzero()
  if len(many):
    counts = counts.copy()
    counts[many] = _MAX_COUNT - 3 + counts[many] % 3
  keys = _mapped(counts.astype(np.uint8), _NUMBERS) + _mapped(
      values, _EIGHT_KINDS
  )
  for which in alone:
    keys[which] = 8 * _ALONE + np.minimum(counts[which], _MORE)
  return keys


def _deltas(keys: np.ndarray, starts: np.ndarray) -> np.ndarray:
  """Returns which bytes above 127 are of delta times, int64.

  Args:
    keys: Of each; the first begins a track.
    starts: Which of them begin tracks: none of these is, whatever was before.
  """
  (settled,) = _mapped(keys, _RULES.settles).nonzero()
  settling = keys[settled]
  # What each of those that settle it says of the next.
  says = _mapped(settling, _RULES.is_delta) != 0
  for turn in (settling == _TURN).nonzero()[0].tolist():
    says[turn] = not says[turn - 1]
  # It holds up to the next that settles it.
  firsts, lasts = settled, np.append(settled[1:], len(keys) - 1)
  result = np.zeros(len(keys), np.bool_)
  result[midi_long_events.ranges(firsts[says] + 1, lasts[says] + 1)] = True
  result[starts] = False
  return result.nonzero()[0]


def _with_running(values: np.ndarray, deltas: np.ndarray) -> np.ndarray:
  """Returns the status that holds at each byte above 127.

  Args:
    values: These bytes.
    deltas: Which are of delta times, not the first.
  """
  statuses = values.copy()
  # Those in a row have what is before the first of them.
  is_first = np.ones(len(deltas), np.bool_)
  np.not_equal(deltas[1:], deltas[:-1] + 1, out=is_first[1:])
  before = statuses[deltas[is_first] - 1]
  statuses[deltas] = before[is_first.cumsum() - 1]
  return statuses
