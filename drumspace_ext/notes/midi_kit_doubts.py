"""Doubts about kits: channels of MIDI files that may be other than they seem.

Most readers know no kit but channel 10. These looks at the bytes alone find all
files with others, and some without; many files are looked at in one pass.
"""

from collections.abc import Sequence

import numpy as np

from drumspace_ext.notes import midi_kits

_MELODY_CHANNELS = [c for c in range(16) if c != midi_kits.DRUM_CHANNEL]
_SYSTEM = 0xF0
_IS_KIT_BANK = np.isin(np.arange(256), list(midi_kits.KIT_BANKS))
_MELODY_ON_10 = bytes(
    (0xB0 | midi_kits.DRUM_CHANNEL, 0, midi_kits.MELODY_BANK)
)
# What stands before control 0: a status, or with running status a delta time,
# hardly longer than 0.
_MAY_PRECEDE = np.array(
    [byte < 0x10 or byte & 0xF0 == 0xB0 for byte in range(256)]
)
_MAX_RUNNING_BYTES = 100
# Behind each file: neither such a byte, nor a 0, nor a bank.
_END = b'\xff'


def of_each(files: Sequence[bytes]) -> list[set[int]]:
  """Returns of each file the channels that may be other than they seem.

  They may be kits beside channel 10; or it is 10, which may be none.
  """
  found = _selected_kits(files)
  for channels, data in zip(found, files):
    if _SYSTEM in data:
      channels |= _set_parts(data)
  return found


def of(data: bytes) -> set[int]:
  """Returns the channels of one file; see `of_each`."""
  return of_each([data])[0]


def with_notes(data: bytes, channels: set[int]) -> set[int]:
  """Returns those of some channels that may have notes in a file."""
  return {channel for channel in channels if 0x90 | channel in data}


def first_bytes(channels: set[int]) -> bytes:
  """Returns bytes of which one is in every track that says of these channels.

  Drum notes and system exclusive messages are such as well.
  """
  return bytes((midi_kits.DRUM_NOTE_ON, _SYSTEM)) + bytes(
      kind | channel for channel in channels for kind in (0x90, 0xB0, 0xC0)
  )


def _selected_kits(files: Sequence[bytes]) -> list[set[int]]:
  """Looks for bank select (control 0) with the bank of a kit."""
  found: list[set[int]] = [set() for _ in files]
  values = np.frombuffer(_END.join((*files, b'')), np.uint8)
  # 0x78 to 0x7F behind a 0: few places are left then.
  is_bank = values.view(np.int8)[2:] >= 0x78
  is_bank &= values[1:-1] == 0
  (places,) = is_bank.nonzero()
  places = places[
      _MAY_PRECEDE[values[places]] & _IS_KIT_BANK[values[places + 2]]
  ]
  starts = np.cumsum([0, *(len(data) + len(_END) for data in files)])
  owners = (np.searchsorted(starts, places, side='right') - 1).tolist()
  for place, owner in zip(places.tolist(), owners):
    data = files[owner]
    channel = _control_channel(data, place - int(starts[owner]))
    # On channel 10 a bank makes no kit.
    if (
        channel is not None and channel != midi_kits.DRUM_CHANNEL
        and _has_controls(data)
    ):
      found[owner].add(channel)
  return found


def _has_controls(data: bytes) -> bool:
  """Says whether a channel but 10 may have notes and controls."""
  return any(
      0x90 | channel in data and 0xB0 | channel in data
      for channel in _MELODY_CHANNELS
  )


def _control_channel(data: bytes, place: int) -> int | None:
  """Returns the channel of a control whose number follows a place, or None.

  With running status an event is three bytes behind the one before, as long as
  delta times are of one byte.
  """
  for at in range(place, max(place - _MAX_RUNNING_BYTES, -1), -1):
    if data[at] >= 0x80:
      is_control = data[at] & 0xF0 == 0xB0 and (place - at) % 3 == 0
      return data[at] & 0x0F if is_control else None
  return None


def _set_parts(data: bytes) -> set[int]:
  """Looks for system exclusive messages that set a part otherwise."""
  channels = set()
  place = data.find(_SYSTEM)
  while place >= 0:
    # Its length is one byte.
    found = midi_kits.of_sysex(data[place + 2:place + 14])
    if found and found[0] == midi_kits.PART and (
        found[2] != (found[1] == midi_kits.DRUM_CHANNEL)
    ):
      channels.add(found[1])
    # To look for such bytes anywhere in a file takes 18 us.
    if data.startswith(midi_kits.GM2_RESET, place + 2) and (
        _MELODY_ON_10 in data
    ):
      channels.add(midi_kits.DRUM_CHANNEL)
    place = data.find(_SYSTEM, place + 1)
  return channels
