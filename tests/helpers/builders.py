"""Builders for the tests: bytes of MIDI files and records, and whole songs.

Nothing here shares code with the package, so that a test that holds the package
against these bytes holds it against the formats themselves.
"""

import dataclasses
import fractions
import os
import pathlib
import random
import struct

# The first four voices, a folded pitch, and two pitches that are no voice.
KICK, SNARE, HAT, TOM, FOLDED, UNKNOWN, ABSENT = 36, 38, 42, 41, 35, 27, 90
PITCHES = (KICK, SNARE, HAT, TOM, FOLDED)

DATA_DIR = pathlib.Path(
    os.environ.get('DRUMSPACE_DATA', '')
    or pathlib.Path(__file__).resolve().parents[3] / 'shared' / 'data'
)


# MIDI files.


def variable_length(value: int) -> bytes:
  """A number as MIDI writes it: seven bits a byte, the last one below 128."""
  parts = [value & 0x7F]
  while value := value >> 7:
    parts.append(value & 0x7F | 0x80)
  return bytes(reversed(parts))


def event(delta: int, *data: int) -> bytes:
  """One event: its delta time, then its bytes as they are."""
  return variable_length(delta) + bytes(data)


def meta(delta: int, kind: int, body: bytes) -> bytes:
  return event(delta, 0xFF, kind) + variable_length(len(body)) + body


def tempo(delta: int, micros: int) -> bytes:
  return meta(delta, 0x51, micros.to_bytes(3, 'big'))


def meter(delta: int, numerator: int, denominator: int) -> bytes:
  power = denominator.bit_length() - 1
  return meta(delta, 0x58, bytes((numerator, power, 24, 8)))


def sysex(delta: int, body: bytes) -> bytes:
  return event(delta, 0xF0) + variable_length(len(body)) + body


def chunk(name: bytes, body: bytes, *, length: int | None = None) -> bytes:
  size = len(body) if length is None else length
  return name + struct.pack('>I', size) + body


def track(*events: bytes, length: int | None = None, end: bool = True) -> bytes:
  """A track of events; `length` is what it says of itself."""
  body = b''.join(events) + (meta(0, 0x2F, b'') if end else b'')
  return chunk(b'MTrk', body, length=length)


def midi(*tracks: bytes, division: int = 480, file_format: int = 1) -> bytes:
  header = struct.pack('>HHH', file_format, len(tracks), division)
  return chunk(b'MThd', header) + b''.join(tracks)


def notes(onsets, *, length: int = 10, channel: int = 9, offs: bool = True):
  """Events of notes that are given as (tick, pitch)."""
  timed = [(tick, 1, pitch) for tick, pitch in onsets]
  if offs:
    timed += [(tick + length, 0, pitch) for tick, pitch in onsets]
  events, now = [], 0
  for tick, is_on, pitch in sorted(timed):
    status = (0x90 if is_on else 0x80) | channel
    events.append(event(tick - now, status, pitch, 100))
    now = tick
  return b''.join(events)


# Protobuf wire bytes and TFRecord framing.


def field(number: int, body: bytes) -> bytes:
  """A length-delimited protobuf field; short ones only."""
  assert number < 16 and len(body) < 128 * 128
  size = len(body)
  length = (size,) if size < 128 else (size & 127 | 128, size >> 7)
  return bytes((number << 3 | 2, *length)) + body


def feature_map(names, body: bytes = b'') -> bytes:
  """A map of features (or feature lists): name to message."""
  return b''.join(
      field(1, field(1, name.encode()) + field(2, body)) for name in names
  )


def crc32c(data: bytes) -> int:
  """CRC32C bit by bit, as its polynomial says it (RFC 3720)."""
  crc = 0xFFFFFFFF
  for byte in data:
    crc ^= byte
    for _ in range(8):
      crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
  return crc ^ 0xFFFFFFFF


def masked(crc: int) -> int:
  rotated = (crc >> 15 | crc << 17) & 0xFFFFFFFF
  return (rotated + 0xA282EAD8) & 0xFFFFFFFF


# Songs: drum onsets on ticks, with loops planted.


@dataclasses.dataclass
class Song:
  """Drum onsets in ticks.

  Attributes:
    resolution: Ticks a quarter.
    notes: (tick, pitch).
    meters: (tick, numerator, denominator).
  """

  resolution: int
  notes: list
  meters: list

  def quarters(self, tick: int) -> fractions.Fraction:
    return fractions.Fraction(tick, self.resolution)

  def exact_notes(self) -> list:
    return [(self.quarters(tick), pitch) for tick, pitch in self.notes]

  def exact_meters(self) -> list:
    return [(self.quarters(tick), n, d) for tick, n, d in self.meters]


RESOLUTIONS = (1, 4, 7, 24, 48, 96, 100, 120, 384, 480, 960, 32767)


def song(rng: random.Random, *, steps_per_quarter: int = 4) -> Song:
  """Draws a song of loops, noise, pauses and meter changes."""
  resolution = rng.choice(RESOLUTIONS)
  placed, meters = [], []

  def tick_of(step, jitter=0):
    return max(0, step * resolution // steps_per_quarter + jitter)

  def jitter():
    # Half a step is a tie where the resolution has one.
    tie = resolution // (2 * steps_per_quarter)
    return rng.choice((0, 0, 0, tie, -tie, 1, -1))

  step = rng.choice((0, 0, 1, 7, 16, 40))
  for _ in range(rng.randint(1, 3)):
    hits = [
        (rng.randrange(32), rng.choice(PITCHES), jitter())
        for _ in range(rng.choice((1, 2, 4, 12, 20)))
    ]
    length = 32 * rng.choice((1, 2, 3, 3, 4)) + rng.choice((0, 0, 0, 5, 31))
    for start in range(0, length, 32):
      for s, pitch, shift in hits:
        if start + s < length:
          placed.append((tick_of(step + start + s, shift), pitch))
    if rng.random() < 0.3:
      placed.append((
          tick_of(step + rng.randrange(length), jitter()),
          rng.choice((*PITCHES, UNKNOWN, ABSENT)),
      ))
    step += length
    kind = rng.random()
    if kind < 0.4:
      step += rng.choice((1, 16, 30, 31, 32, 33, 64))
    elif kind < 0.7:
      tick = tick_of(step, rng.choice((0, 0, jitter())))
      meters.append((tick, *rng.choice(((3, 4), (4, 4), (2, 2), (7, 8)))))
      if rng.random() < 0.5:
        # At the same tick, at an odd place, or later as a return to 4/4.
        later = rng.choice((0, 1, resolution, 3 * resolution + 1))
        meters.append((tick + later, *rng.choice(((4, 4), (4, 4), (3, 4)))))
  if rng.random() < 0.3:
    meters.insert(0, (0, *rng.choice(((4, 4), (3, 4)))))
  rng.shuffle(placed)
  return Song(resolution, placed, meters)
