"""The parts of a MIDI file, for those that name the ones with drums."""

import typing

from drumspace_ext.notes import drum_parts
from drumspace_ext.notes import midi_events


class Part(typing.NamedTuple):
  """What one track plays on one channel.

  Attributes:
    track: The name of the track, or ''.
    channel: From 1.
    notes: (tick, channel from 0, pitch, velocity).
  """

  track: str
  channel: int
  notes: list[tuple[int, int, int, int]]


def parts(scan: midi_events.Scan) -> list[Part]:
  """Returns the parts of a MIDI file, in its order."""
  found = []
  ends = [*scan.track_starts[1:], len(scan.notes)]
  for number, (start, end) in enumerate(zip(scan.track_starts, ends)):
    by_channel: dict[int, list[tuple[int, int, int, int]]] = {}
    for note in scan.notes[start:end]:
      by_channel.setdefault(note[1], []).append(note)
    name = scan.track_names.get(number, '').strip()
    found += [
        Part(name, channel + 1, own) for channel, own in by_channel.items()
    ]
  return found


def are_chosen(
    scan: midi_events.Scan, chosen: drum_parts.DrumParts
) -> list[bool]:
  """Says of each note whether a part that is named plays it."""
  flags: list[bool] = []
  ends = [*scan.track_starts[1:], len(scan.notes)]
  for number, (start, end) in enumerate(zip(scan.track_starts, ends)):
    name = scan.track_names.get(number, '')
    own = {
        channel for channel in {note[1] for note in scan.notes[start:end]}
        if chosen.have(channel + 1, name)
    }
    flags += [note[1] in own for note in scan.notes[start:end]]
  return flags


def notes(
    scan: midi_events.Scan, assume_drums: bool, chosen: drum_parts.DrumParts,
    min_velocity: int,
) -> list[tuple[int, int, int, int]]:
  """Returns the drum notes of a MIDI file as `Part` has them.

  Args:
    scan: The file.
    assume_drums: Take all notes.
    chosen: The parts that hold drums; those that are marked if none are named.
    min_velocity: Notes of less are left out.

  Raises:
    RejectedInputError: If all drum notes are softer.
  """
  if assume_drums:
    found = scan.notes
  elif chosen:
    found = [
        note for note, is_drum in zip(scan.notes, are_chosen(scan, chosen))
        if is_drum
    ]
  else:
    found = [
        note for note, is_drum in zip(scan.notes, scan.are_drums.tolist())
        if is_drum
    ]
  loud = [note for note in found if note[3] >= min_velocity]
  if found and not loud:
    raise drum_parts.too_soft(min_velocity, max(note[3] for note in found))
  return loud


def hint(scan: midi_events.Scan) -> str:
  """Says which part looks most like drums, and how to read it; or ''."""
  found = parts(scan)
  if not found:
    return ''

  def likeness(part: Part) -> tuple[float, int]:
    return drum_parts.drum_share(n[2] for n in part.notes), len(part.notes)

  best = max(found, key=likeness)
  name = f'channel {best.channel}'
  if best.track:
    name = f'track {best.track!r}, {name},'
  is_alone = [part.channel for part in found].count(best.channel) == 1
  return drum_parts.hint(
      name, [note[2] for note in best.notes],
      best.channel if is_alone or not best.track else None, best.track,
  )
