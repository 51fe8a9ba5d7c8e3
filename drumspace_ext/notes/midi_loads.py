"""Loads of MIDI files: the drum onsets of many usual ones, all at once.

Most files are sound, play their drums on channel 10 alone and end each note.
Such are read together by `midi_columns`; what is unusual about a file leaves it
to `midi_reading`, which looks closer, and gives the same for these.
"""

from collections.abc import Sequence
import itertools
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.notes import midi_columns
from drumspace_ext.notes import midi_events
from drumspace_ext.notes import midi_excerpts
from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_kit_doubts
from drumspace_ext.notes import midi_kits
from drumspace_ext.notes import onsets as onsets_lib

# Columns take ten times as much memory as the bytes; symusic takes less.
_MAX_BYTES = 1 << 17
_NOTE_OFF = 0x80 | midi_kits.DRUM_CHANNEL
_TEMPO_BYTES, _METER_BYTES = 3, 4
# Ticks of symusic have 32 bits.
_MAX_TICK = 2**31 - 1
_MAX_METER_POWER = 6


class _File(typing.NamedTuple):
  """What is to be read of a file.

  Attributes:
    number: Which it is.
    ticks_per_quarter: Its resolution.
    tracks: Those that matter to the drums, without the heads of their chunks.
  """

  number: int
  ticks_per_quarter: int
  tracks: list[bytes]


def usual_onsets(
    files: Sequence[bytes],
) -> list[onsets_lib.DrumOnsets | None]:
  """Reads the drum notes of MIDI files.

  Args:
    files: Their bytes. Those of some 250 kB together take 1 MB; of more at once
      a worker would be larger.

  Returns:
    Of each its onsets, as `midi_reading.read_onsets` does; None if it is not
    one of the usual.
  """
  found: list[onsets_lib.DrumOnsets | None] = [None] * len(files)
  usual = [
      file for file in map(_file, range(len(files)), files) if file is not None
  ]
  kits = midi_kit_doubts.of_each([files[file.number] for file in usual])
  # Without notes of other channels there is no other kit.
  usual = [
      file for file, channels in zip(usual, kits)
      if not midi_kit_doubts.with_notes(files[file.number], channels)
  ]
  if usual:
    _read(usual, found)
  return found


def _file(number: int, data: bytes) -> _File | None:
  """Returns what is to be read of a file, or None if it is unusual."""
  try:
    header = midi_header.read(data)
  except errors.RejectedInputError:
    return None
  tracks = midi_excerpts.drum_tracks(data, header)
  if not tracks or sum(map(len, tracks)) > _MAX_BYTES:
    return None
  return _File(number, header.ticks_per_quarter, tracks)


class _Notes(typing.NamedTuple):
  """Drum notes, file by file.

  Attributes:
    bounds: Where those of each file begin, int `[num_files + 1]`.
    ticks: int64 `[num_notes]`.
    pitches: uint8 `[num_notes]`.
    velocities: uint8 `[num_notes]`.
    num_missing_offs: Of each file, int `[num_files]`.
  """

  bounds: list[int]
  ticks: np.ndarray
  pitches: np.ndarray
  velocities: np.ndarray
  num_missing_offs: list[int]


def _read(
    files: Sequence[_File], found: list[onsets_lib.DrumOnsets | None]
) -> None:
  """Reads some files and puts what is found where it belongs."""
  events = midi_columns.of_tracks(
      [track for file in files for track in file.tracks]
  )
  tracks = np.cumsum([0, *(len(file.tracks) for file in files)])
  starts = events.ticks[events.bounds]
  is_usual = np.logical_and.reduceat(
      events.is_sound & (np.diff(starts) <= _MAX_TICK), tracks[:-1]
  )
  notes = _notes(events, tracks, starts)
  scales = np.array([file.ticks_per_quarter for file in files])
  tempos, meters = _tempos_and_meters(
      events, tracks, starts, scales, is_usual
  )
  for i, file in enumerate(files):
    start, end = notes.bounds[i:i + 2]
    if not is_usual[i] or start == end or _disagree(meters[i]):
      continue
    missing = notes.num_missing_offs[i]
    found[file.number] = onsets_lib.DrumOnsets(
        quarters=notes.ticks[start:end] / file.ticks_per_quarter,
        pitches=notes.pitches[start:end],
        velocities=notes.velocities[start:end],
        meters=meters[i],
        tempos=tempos[i],
        remarks=(
            midi_events.without_offs(missing, end - start),
        ) if missing else (),
    )


def _disagree(meters: Sequence[tuple[float, int, int]]) -> bool:
  """Says whether there are several meters on a tick."""
  return len(meters) > 1 and any(
      a[0] == b[0] and a != b for a, b in itertools.pairwise(meters)
  )


def _notes(
    events: midi_columns.Events, tracks: np.ndarray, starts: np.ndarray
) -> _Notes:
  """Returns the drum notes.

  Args:
    events: The events of all tracks.
    tracks: Where those of each file begin.
    starts: The tick at which each track begins.
  """
  (places,) = ((events.statuses & 0xEF) == _NOTE_OFF).nonzero()
  seconds = events.seconds.take(places)
  is_off = (events.statuses.take(places) == _NOTE_OFF) | (seconds == 0)
  # Note-offs of a pitch count apart.
  keys = events.firsts.take(places) | is_off.view(np.uint8) << 7
  (ons,) = (~is_off).nonzero()
  own = places.take(ons)
  of_tracks = np.searchsorted(own, events.bounds)
  ticks = events.ticks.take(own)
  ticks -= np.repeat(starts[:-1], np.diff(of_tracks))
  bounds = np.searchsorted(places, events.bounds[tracks])
  counts = np.array([
      np.bincount(keys[start:end], minlength=2 * midi_events.NUM_PITCHES)
      for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist())
  ])
  num_pitches = midi_events.NUM_PITCHES
  missing = counts[:, :num_pitches] - counts[:, num_pitches:]
  return _Notes(
      of_tracks[tracks].tolist(), ticks, keys.take(ons), seconds.take(ons),
      np.maximum(missing, 0).sum(axis=1).tolist(),
  )


def _tempos_and_meters(
    events: midi_columns.Events, tracks: np.ndarray, starts: np.ndarray,
    scales: np.ndarray, is_usual: np.ndarray,
) -> tuple[
    list[list[tuple[float, float]]], list[list[tuple[float, int, int]]]
]:
  """Returns of each file (quarter, qpm) and (quarter, numerator, denominator).

  Args:
    events: The events of all tracks.
    tracks: Where those of each file begin.
    starts: The tick at which each track begins.
    scales: The ticks a quarter of each file.
    is_usual: Gets False for files with others than such.
  """
  (chosen,) = (
      (events.kinds == midi_events.META_TEMPO)
      | (events.kinds == midi_events.META_METER)
  ).nonzero()
  metas = events.long_events[chosen]
  track = np.searchsorted(events.bounds, metas, side='right') - 1
  file = np.searchsorted(tracks, track, side='right') - 1
  ticks = events.ticks[metas] - starts[track]
  # By time, and at one tick in their order.
  order = np.lexsort((ticks, file))
  chosen, file, ticks = chosen[order], file[order], ticks[order]
  is_tempo = events.kinds[chosen] == midi_events.META_TEMPO
  first, second, third = (
      events.data[events.bodies[chosen] + i].astype(np.int64) for i in range(3)
  )
  micros = first << 16 | second << 8 | third
  is_usual[file[np.where(
      is_tempo, (events.sizes[chosen] != _TEMPO_BYTES) | (micros == 0),
      (events.sizes[chosen] != _METER_BYTES) | (first == 0)
      | (second > _MAX_METER_POWER),
  )]] = False
  tempos: list[list[tuple[float, float]]] = [[] for _ in scales]
  meters: list[list[tuple[float, int, int]]] = [[] for _ in scales]
  for number, says_tempo, quarter, qpm, numerator, power in zip(
      file.tolist(), is_tempo.tolist(), (ticks / scales[file]).tolist(),
      (60e6 / np.maximum(micros, 1)).tolist(), first.tolist(), second.tolist(),
  ):
    if says_tempo:
      tempos[number].append((quarter, qpm))
    else:
      meters[number].append((quarter, numerator, 1 << power))
  return tempos, meters
