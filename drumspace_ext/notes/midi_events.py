"""Events of a MIDI file, as a tolerant reading finds them.

Here they become notes: which are drums, which end where, which of two meters
counts.
"""

import collections
from collections.abc import Sequence
import dataclasses
import functools

import numpy as np

from drumspace_ext.notes import midi_kits

Note = tuple[int, int, int, int]
Off = tuple[int, int, int, int, int]
_Parts = list[list | np.ndarray]

META_TEMPO, META_METER = 0x51, 0x58
_META_NAME, _MAX_NAME = 0x03, 128
MAX_MESSAGES = 200_000
NUM_PITCHES = 128
_NUM_KEYS = 16 * NUM_PITCHES


@dataclasses.dataclass
class Scan:
  """What a tolerant reading found; times are MIDI ticks.

  Attributes:
    is_style: Whether the file is a Yamaha style.
    notes_by_part: Note-ons as (tick, channel 0..15, pitch, velocity), in parts:
      lists, or arrays `[num_notes, 4]`.
    num_notes: How many these are.
    offs_by_part: Note-offs as (tick, channel, pitch, how many notes were read
      before, track), likewise, `[num_offs, 5]`.
    num_offs: How many these are.
    tempos: (tick, microseconds per quarter).
    meters: (tick, numerator, denominator, track).
    messages: What makes channels kits.
    track_starts: The number of the first note of each track.
    track_names: The first name of each track that has one, by its number.
    damage: How often something had to be skipped.
    chosen: Says of each note whether it is a drum, where parts are named.
  """

  is_style: bool = False
  notes_by_part: _Parts = dataclasses.field(default_factory=list)
  num_notes: int = 0
  offs_by_part: _Parts = dataclasses.field(default_factory=list)
  num_offs: int = 0
  tempos: list[tuple[int, int]] = dataclasses.field(default_factory=list)
  meters: list[tuple[int, int, int, int]] = dataclasses.field(
      default_factory=list
  )
  messages: list[midi_kits.Message] = dataclasses.field(default_factory=list)
  track_starts: list[int] = dataclasses.field(default_factory=list)
  track_names: dict[int, str] = dataclasses.field(default_factory=dict)
  damage: int = 0
  chosen: list[bool] | None = None

  def add_part(
      self, notes: list[Note] | np.ndarray, offs: list[Off] | np.ndarray
  ) -> None:
    """Adds what was read of a track."""
    self.notes_by_part.append(notes)
    self.offs_by_part.append(offs)
    self.num_notes += len(notes)
    self.num_offs += len(offs)

  def add_meta(self, tick: int, kind: int, body: bytes) -> None:
    """Notes a meta event of the last track."""
    track = len(self.track_starts) - 1
    if kind == META_TEMPO and len(body) >= 3:
      self.tempos.append((tick, int.from_bytes(body[:3], 'big')))
    elif kind == _META_NAME:
      name = body[:_MAX_NAME].decode('utf-8', 'replace')
      self.track_names.setdefault(track, name)
    elif kind == META_METER and len(body) >= 2 and body[1] < 16:
      self.meters.append((tick, body[0], 1 << body[1], track))

  def add_message(
      self, tick: int, kind: str, channel: int, value: int, number: int
  ) -> None:
    """Notes what may make a channel a kit.

    Args:
      tick: When it is sent, on the last track.
      kind: See `midi_kits.Message`, as for the others.
      channel: Of which channel.
      value: What is sent.
      number: How many notes were read before it.

    Raises:
      IndexError: If there are too many.
    """
    if len(self.messages) >= MAX_MESSAGES:
      raise IndexError
    self.messages.append(midi_kits.Message(
        tick, len(self.track_starts) - 1, number, kind, channel, value
    ))

  @functools.cached_property
  def notes(self) -> list[Note]:
    """All notes, when all is read."""
    return _rows(self.notes_by_part)

  @functools.cached_property
  def offs(self) -> list[Off]:
    """All note-offs, when all is read."""
    return _rows(self.offs_by_part)

  @functools.cached_property
  def are_drums(self) -> np.ndarray:
    """Whether the channel of each note is a kit when it is struck, bool.

    Where parts are named: whether these play it.
    """
    if self.chosen is not None:
      return np.array(self.chosen, np.bool_)
    return midi_kits.are_drums(
        self.table, self.track_starts, self.messages, is_style=self.is_style
    )

  @functools.cached_property
  def table(self) -> np.ndarray:
    """All notes, when all is read, int64 `[num_notes, 4]`."""
    return np.concatenate([
        np.asarray(part, np.int64).reshape(-1, 4)
        for part in ([], *self.notes_by_part)
    ])

  @functools.cached_property
  def drum_table(self) -> np.ndarray:
    """The drum notes, likewise."""
    return self.table[self.are_drums.nonzero()[0]]

  @functools.cached_property
  def drum_channels(self) -> set[int]:
    """The channels that drum notes are on."""
    # numpy's unique imports its masked arrays, 1 MB of each worker.
    return set(self.drum_table[:, 1].tolist())

  @functools.cached_property
  def num_missing_offs(self) -> int:
    """How many drum notes have no note-off, by pitch and channel."""
    balance = _by_key(self.drum_table)
    for part in self.offs_by_part:
      balance -= _by_key(part)
    return int(np.maximum(balance, 0).sum())

  @functools.cached_property
  def ends(self) -> list[int | None]:
    """The tick at which each note ends, or None.

    The first note-off of a pitch ends the first note, as in symusic; where that
    leaves a note without one, a note-off ends all that sound, as in note_seq,
    which so keeps the more. Tracks and channels stand apart.
    """
    ends: list[int | None] = [None] * self.num_notes
    bounds = [*self.track_starts[1:], self.num_notes]
    offs = iter(self.offs_by_track())
    for start, end in zip(self.track_starts, bounds):
      ons_of, offs_of = collections.defaultdict(list), next(offs)
      for i in range(start, end):
        ons_of[self.notes[i][1:3]].append(i)
      for key, ons in ons_of.items():
        paired = _first_in_first_out(self.notes, ons, offs_of.get(key, ()))
        if len(paired) < len(ons):
          paired = _all_at_once(self.notes, ons, offs_of.get(key, ()))
        for i, tick in paired.items():
          ends[i] = tick
    return ends

  @property
  def num_kept(self) -> int:
    """How many notes are drums or end somewhere."""
    return sum(
        is_drum or end is not None
        for is_drum, end in zip(self.are_drums.tolist(), self.ends)
    )

  def offs_by_track(self) -> list[dict[tuple[int, int], list]]:
    """Returns for each track its (tick, number) by (channel, pitch)."""
    by_track: list[dict[tuple[int, int], list]] = [
        collections.defaultdict(list) for _ in self.track_starts
    ]
    for tick, channel, pitch, number, track in self.offs:
      by_track[track][channel, pitch].append((tick, number))
    return by_track

  def num_tracks_with_drums(self, assume_drums: bool) -> int:
    """Counts the tracks with drum notes, or with notes if all are drums."""
    ends = [*self.track_starts[1:], self.num_notes]
    return sum(
        end > start if assume_drums else bool(self.are_drums[start:end].any())
        for start, end in zip(self.track_starts, ends)
    )

  def one_meter_a_tick(self) -> tuple[list[tuple[int, int, int]], set[int]]:
    """Returns the meters, and the ticks at which tracks disagreed.

    There the first track's counts: editors write it to the first, and others
    are left over from a paste. Of two in one track the later holds.
    """
    chosen: dict[int, tuple[int, int, int, int]] = {}
    disagreed = set()
    for meter in self.meters:
      tick, track = meter[0], meter[3]
      if meter[1] < 1:
        continue
      known = chosen.setdefault(tick, meter)
      if known[3] == track:
        chosen[tick] = meter
      elif known[1:3] != meter[1:3]:
        disagreed.add(tick)
    return [chosen[tick][:3] for tick in sorted(chosen)], disagreed

  def remarks(self) -> list[str]:
    """Says what a person should know of a tolerant reading."""
    remarks = []
    if self.damage:
      remarks.append(f'damaged in {self.damage} places')
    if self.is_style:
      remarks.append('a Yamaha style: its sections stand one after the other')
    kits = self.drum_channels
    if kits - {midi_kits.DRUM_CHANNEL}:
      remarks.append(
          'drum kits on channel ' + ', '.join(str(c + 1) for c in sorted(kits))
      )
    if self.num_missing_offs:
      remarks.append(without_offs(self.num_missing_offs, len(self.drum_table)))
    disagreed = self.one_meter_a_tick()[1]
    if disagreed:
      remarks.append(
          f'two meters on tick {min(disagreed)}: the first track\'s counts'
      )
    return remarks


def without_offs(number: int, total: int) -> str:
  """Says how many of all drum notes have no note-off."""
  return f'{number} of {total} drum notes have no note-off'


def _rows(parts: Sequence[list | np.ndarray]) -> list:
  """Returns the rows of all parts as tuples."""
  rows: list = []
  for part in parts:
    rows += map(tuple, part.tolist()) if isinstance(part, np.ndarray) else part
  return rows


def _by_key(rows: Sequence[Sequence[int]] | np.ndarray) -> np.ndarray:
  """Counts notes or note-offs by channel and pitch, int64 `[2048]`."""
  if not len(rows):
    return np.zeros(_NUM_KEYS, np.int64)
  table = np.asarray(rows, np.int64)
  return np.bincount(
      table[:, 1] * NUM_PITCHES + table[:, 2], minlength=_NUM_KEYS
  )


def _first_in_first_out(notes, ons, offs) -> dict[int, int]:
  """Pairs the first note-off behind a note-on with the first such note-on.

  Args:
    notes: All notes.
    ons: The numbers of those of one pitch.
    offs: (tick, number of notes read before) of its note-offs.

  Returns:
    The tick at which a note ends, by its number.
  """
  del notes
  ends: dict[int, int] = {}
  for tick, number in offs:
    if len(ends) < len(ons) and ons[len(ends)] < number:
      ends[ons[len(ends)]] = tick
  return ends


def _all_at_once(notes, ons, offs) -> dict[int, int]:
  """Ends all notes that sound at a note-off; see `_first_in_first_out`.

  A note of its own tick goes on where it ends others.
  """
  ends: dict[int, int] = {}
  sounding: list[int] = []
  waiting = collections.deque(ons)
  for tick, number in offs:
    while waiting and waiting[0] < number:
      sounding.append(waiting.popleft())
    older = [i for i in sounding if notes[i][0] != tick]
    for i in older or sounding:
      ends[i] = tick
    sounding = [i for i in sounding if i not in ends]
  return ends
