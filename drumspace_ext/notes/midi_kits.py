"""Percussion kits: which channels of a MIDI file are one, and when.

Channel 10 is a kit from the start. Others become one, and stop being one, by
bank select (General MIDI 2 and XG) or by system exclusive messages (GS and XG);
GS and XG can also make channel 10 an ordinary part. A system reset undoes all
of it. What a message says holds from there on, on all tracks.

Bank 126 or 127 alone is no kit: GS and older devices have other sounds there.
It is one in XG, or with the program of a kit.
"""

from collections.abc import Sequence
import dataclasses
import itertools
import typing

import numpy as np

DRUM_CHANNEL = 9
# The status byte of its note-ons.
DRUM_NOTE_ON = 0x90 | DRUM_CHANNEL
# A Yamaha style has rhythm on channels 9 and 10.
STYLE_CHANNELS = (8, DRUM_CHANNEL)
# Bank select MSB of a rhythm kit: GM2 120; XG 126 (SFX) and 127 (drums).
KIT_BANKS = frozenset((120, 126, 127))
# Bank select MSB of a melody part in GM2, on channel 10 too.
MELODY_BANK = 121
# Programs of the kits of GM2 and of XG (MU series), 0 to 127.
KIT_PROGRAMS = frozenset((*range(10), *range(16, 18), *range(24, 34), 40, 41,
                          48, 56))

BANK, PROGRAM, PART, MODE = 'bank', 'program', 'part', 'mode'
_GM1, _GM2, _GS, _XG = range(1, 5)
_ALL_CHANNELS = -1
GM2_RESET = b'\x7e\x7f\x09\x03'
_RESETS = (
    (b'\x7e\x7f\x09\x01', _GM1), (GM2_RESET, _GM2),
)
_GS_ADDRESS, _GS_RESET = b'\x42\x12', b'\x40\x00\x7f'
_XG_RESET, _XG_PART, _XG_PART_MODE = b'\x4c\x00\x00\x7e', b'\x4c\x08', 0x07


class Message(typing.NamedTuple):
  """Something that may make a channel a kit.

  Attributes:
    tick: When it is sent.
    track: On which track.
    number: How many notes of the file have been read before it.
    kind: `BANK`, `PROGRAM`, `PART` or `MODE`.
    channel: Of which channel, 0 to 15; -1 for all.
    value: The bank, the program, 1 if the part is a kit, or the system.
  """

  tick: int
  track: int
  number: int
  kind: str
  channel: int
  value: int


def of_sysex(body: bytes) -> tuple[str, int, int] | None:
  """Returns (kind, channel, value) of a system exclusive message, or None.

  Args:
    body: Its bytes behind F0 and the length.
  """
  for reset, mode in _RESETS:
    if body.startswith(reset):
      return MODE, _ALL_CHANNELS, mode
  if body[:1] == b'\x41' and body[2:4] == _GS_ADDRESS and len(body) >= 8:
    if body[4:7] == _GS_RESET:
      return MODE, _ALL_CHANNELS, _GS
    # "Use for rhythm part": 41 dev 42 12 40 1p 15 mm.
    if body[4] == 0x40 and body[5] & 0xF0 == 0x10 and body[6] == 0x15:
      part = body[5] & 0x0F
      # GS part 0 is channel 10; parts 1-9 are channels 1-9; then 11-16.
      channel = 9 if part == 0 else part - 1 if part <= 9 else part
      return PART, channel, int(body[7] in (1, 2))
  if body[:1] == b'\x43' and len(body) >= 7:
    if body[2:6] == _XG_RESET:
      return MODE, _ALL_CHANNELS, _XG
    # "Part mode": 43 1n 4C 08 pp 07 mm; 0 is an ordinary part.
    if body[2:4] == _XG_PART and body[4] < 16 and body[5] == _XG_PART_MODE:
      return PART, body[4], int(body[6] > 0)
  return None


@dataclasses.dataclass(slots=True)
class _Channel:
  """What one channel is set to."""

  is_kit: bool
  bank: int | None = None
  program: int = 0
  part: int | None = None

  def sounds_as_kit(self, channel: int, mode: int, defaults) -> bool:
    """Says whether its notes are drums by what it is set to."""
    if self.part is not None:
      return bool(self.part)
    if channel == DRUM_CHANNEL:
      return not (mode == _GM2 and self.bank == MELODY_BANK)
    if self.bank is None or mode == _GS:
      return channel in defaults
    return self.bank in KIT_BANKS and (
        mode in (_XG, _GM2) or self.program in KIT_PROGRAMS
        or channel in defaults
    )


def _changes(
    messages: Sequence[Message], defaults
) -> dict[int, list[tuple[Message, bool]]]:
  """Returns, by channel, the messages at which it becomes a kit or stops."""
  channels = {n: _Channel(n in defaults) for n in range(16)}
  changes: dict[int, list[tuple[Message, bool]]] = {}
  mode = 0
  # At one tick, what resets all channels goes before what sets one up.
  for message in sorted(
      messages, key=lambda m: (m.tick, m.kind != MODE, m.track, m.number)
  ):
    if message.kind == MODE:
      mode = message.value
      affected = list(range(16))
      for n in affected:
        channels[n] = _Channel(channels[n].is_kit)
    else:
      affected = [message.channel]
      state = channels[message.channel]
      setattr(state, message.kind, message.value)
      if message.kind == BANK and mode == _XG:
        # In XG the later of part mode and bank holds.
        state.part = None
    for n in affected:
      is_kit = channels[n].sounds_as_kit(n, mode, defaults)
      if is_kit != channels[n].is_kit:
        channels[n].is_kit = is_kit
        changes.setdefault(n, []).append((message, is_kit))
  return changes


def are_drums(
    notes: np.ndarray | Sequence[Sequence[int]], track_starts: Sequence[int],
    messages: Sequence[Message], *, is_style: bool = False,
) -> np.ndarray:
  """Says of each note whether its channel is a kit when it is struck.

  Within a track the order of the file decides; what another track says at the
  same tick goes before.

  Args:
    notes: (tick, channel, pitch, velocity), track by track, `[num_notes, 4]`.
    track_starts: The number of the first note of each track.
    messages: What sets kits up.
    is_style: Whether the file is a Yamaha style.

  Returns:
    bool `[num_notes]`.
  """
  defaults = STYLE_CHANNELS if is_style else (DRUM_CHANNEL,)
  ticks, channels, *_ = np.asarray(notes, np.int64).reshape(-1, 4).T
  flags = np.zeros(len(ticks), np.bool_)
  for channel in defaults:
    flags |= channels == channel
  for channel, said in _changes(messages, defaults).items():
    (own,) = (channels == channel).nonzero()
    bounds = np.searchsorted(own, [*track_starts, len(ticks)])
    for track, (start, end) in enumerate(itertools.pairwise(bounds.tolist())):
      numbers = own[start:end]
      if not len(numbers):
        continue
      # -1 is before all notes of the tick.
      places = [
          (m.tick, m.number if m.track == track else -1) for m, _ in said
      ]
      at, are_kits = _last_before(
          np.array(places, np.int64), [is_kit for _, is_kit in said],
          ticks[numbers], numbers,
      )
      flags[numbers[at]] = are_kits
  return flags


def _last_before(
    places: np.ndarray, said: Sequence[bool], ticks: np.ndarray,
    numbers: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
  """Returns which notes have something said before them, and the last of it.

  Args:
    places: (tick, number of notes before) of what is said, in any order.
    said: What is said there.
    ticks: Those of the notes.
    numbers: Their numbers.
  """
  count = len(places)
  # Of one tick and number what is said goes before the note.
  order = np.lexsort((
      np.arange(count + len(ticks)) >= count,
      np.append(places[:, 1], numbers), np.append(places[:, 0], ticks),
  ))
  is_said = order < count
  last = np.cumsum(is_said)
  (chosen,) = (~is_said & (last > 0)).nonzero()
  return order[chosen] - count, np.array(said)[order[is_said]][last[chosen] - 1]
