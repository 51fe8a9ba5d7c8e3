"""Drum parts: which notes are drums, where a file does not say it.

A *part* is what one track plays on one channel of a MIDI file, or one
instrument of a NoteSequence, whose number counts from 0 where channels count
from 1. `DrumParts` names parts by channel, by the name of a track, or both; a
part that either names holds drums, all others do not, channel 10 among them.
"""

from collections.abc import Iterable
import dataclasses
import fnmatch
import re
import shlex

from drumspace_ext import errors

NUM_CHANNELS = 16
_DRUM_PITCHES = range(22, 60)
_DRUM_SHARE = 0.8
_NAME = re.compile(r'drum|perc|kit|beat', re.IGNORECASE)


@dataclasses.dataclass(frozen=True, kw_only=True)
class DrumParts:
  """The parts that hold drums; falsy where none are named.

  Attributes:
    channels: MIDI channels, 1 to 16.
    tracks: Names of tracks, or globs of them, in any case.
  """

  channels: tuple[int, ...] = ()
  tracks: tuple[str, ...] = ()

  def __bool__(self) -> bool:
    return bool(self.channels or self.tracks)

  def have(self, channel: int, track: str) -> bool:
    """Says whether a part holds drums.

    Args:
      channel: From 1.
      track: The name of its track, or ''.
    """
    name = track.strip().casefold()
    return channel in self.channels or any(
        fnmatch.fnmatchcase(name, glob.strip().casefold())
        for glob in self.tracks
    )


# No part is named: those that are marked as drums are drums.
MARKED = DrumParts()


def of_arguments(
    channels: Iterable[int | str] = (), tracks: Iterable[str] = ()
) -> DrumParts:
  """Returns the parts of plain arguments.

  Raises:
    InputError: If a channel is none.
  """
  numbers = []
  for channel in channels:
    if not str(channel).strip().isdecimal() or not (
        1 <= int(channel) <= NUM_CHANNELS
    ):
      raise errors.InputError(
          f'drum_channels must be numbers from 1 to {NUM_CHANNELS}, got '
          f'{channel!r}.'
      )
    numbers.append(int(channel))
  return DrumParts(
      channels=tuple(sorted(set(numbers))),
      tracks=tuple(name for name in tracks if name.strip()),
  )


def drum_share(pitches: Iterable[int]) -> float:
  """Returns the share of notes with a pitch that drum kits have."""
  pitches = list(pitches)
  return sum(pitch in _DRUM_PITCHES for pitch in pitches) / len(pitches)


def look_like_drums(pitches: Iterable[int]) -> bool:
  """Says whether most notes have a pitch that drum kits have."""
  return drum_share(pitches) > _DRUM_SHARE


def too_soft(min_velocity: int, loudest: int) -> errors.RejectedInputError:
  """Returns the verdict on drum notes that are all softer than asked for."""
  return errors.RejectedInputError(
      'soft_notes',
      f'none of velocity {min_velocity} or more, the loudest has {loudest}',
  )


def is_called_drums(name: str) -> bool:
  """Says whether the name of a track is one of drums."""
  return bool(_NAME.search(name))


def hint(
    part: str, pitches: list[int], channel: int | None, track: str = ''
) -> str:
  """Names a part, and how to read it if it looks like drums.

  Args:
    part: What it is called.
    pitches: Those of its notes.
    channel: Its channel, from 1; None where it does not tell it from others.
    track: The name of its track, or ''; likewise.
  """
  said = f'{part} holds pitches {min(pitches)} to {max(pitches)}'
  ways = []
  if track.strip() and ',' not in track:
    ways.append(f'--drum_tracks={shlex.quote(track.strip())}')
  if channel is not None:
    ways.append(f'--drum_channels={channel}')
  if not ways or not look_like_drums(pitches):
    return said
  return f'{said}: {" or ".join(ways)}'
