"""Parts: which instrument of a NoteSequence a note of a MIDI file belongs to.

symusic makes an instrument of each program of each channel of each track, and
says neither channel nor track. Where a tolerant reading gives the notes, they
find their instrument again by being its notes.
"""

import collections
import typing

from drumspace_ext.notes import midi_events
from drumspace_ext.notes import midi_kits
from drumspace_ext.notes import note_sequences

if typing.TYPE_CHECKING:
  import symusic


class Key(typing.NamedTuple):
  """What the notes of one part have in common; channels count from 0."""

  track: int
  channel: int
  program: int
  is_drum: bool


class Part(typing.NamedTuple):
  """An instrument of a NoteSequence."""

  instrument: int
  program: int
  is_drum: bool


def keys(scan: midi_events.Scan) -> list[Key]:
  """Returns for each note what part it belongs to.

  As in symusic and note_seq, a program holds for a channel of one track.
  """
  programs: dict[tuple[int, int], int] = {}
  changes = iter([
      message for message in scan.messages
      if message.kind == midi_kits.PROGRAM
  ])
  change = next(changes, None)
  found, are_drums = [], scan.are_drums.tolist()
  bounds = [*scan.track_starts[1:], len(scan.notes)]
  for track, (start, end) in enumerate(zip(scan.track_starts, bounds)):
    for i in range(start, end):
      while change is not None and (
          change.track < track or change.track == track and change.number <= i
      ):
        programs[change.track, change.channel] = change.value
        change = next(changes, None)
      channel = scan.notes[i][1]
      found.append(Key(
          track, channel, programs.get((track, channel), 0), are_drums[i]
      ))
  return found


def of_score(
    score: 'symusic.Score', scan: midi_events.Scan
) -> dict[Key, Part]:
  """Finds the instruments of the parts of a file.

  Args:
    score: What symusic reads of it; instruments are its tracks.
    scan: The tolerant reading of it.

  Returns:
    The instrument of each part. Parts that are drums beside melodies of one
    instrument, or have none, get numbers of their own behind the others.
  """
  notes_of: dict[Key, collections.Counter[tuple[int, int, int]]] = (
      collections.defaultdict(collections.Counter)
  )
  for key, (tick, _, pitch, velocity) in zip(keys(scan), scan.notes):
    notes_of[key][tick, pitch, velocity] += 1
  parts: dict[Key, Part] = {}
  for number, track in enumerate(score.tracks):
    columns = track.notes.numpy()
    own = collections.Counter(zip(
        columns['time'].tolist(), columns['pitch'].tolist(),
        columns['velocity'].tolist(),
    ))
    fitting = [
        ((own & notes_of[key]).total(), key) for key in sorted(notes_of)
        if key not in parts and key.program == track.program
        and (key.channel == midi_kits.DRUM_CHANNEL) == track.is_drum
    ]
    if not fitting:
      continue
    shared, best = max(fitting, key=lambda fit: fit[0])
    if shared:
      parts[best] = Part(number, best.program, best.is_drum)
  free = len(score.tracks)
  for key in sorted(notes_of.keys() - parts.keys()):
    if key.is_drum and free <= note_sequences.DRUM_INSTRUMENT:
      parts[key] = without_score(key)
    else:
      parts[key] = Part(free, key.program, key.is_drum)
      free += 1
  return parts


def without_score(key: Key) -> Part:
  """Returns the instrument of a part where symusic has none: its channel."""
  if key.is_drum:
    return Part(note_sequences.DRUM_INSTRUMENT, 0, True)
  return Part(key.channel, 0, False)
