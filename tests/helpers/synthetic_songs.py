"""Songs made for tests: planted loops, pauses, tempo and meter changes.

A song is integers only (ticks, pitches, microseconds), so that what it holds
can be worked out exactly. It is written as a MIDI file with mido, or as a
NoteSequence whose seconds go through the whole tempo map.
"""

import dataclasses
import fractions
import io
import random

import mido
import plain_reading

from drumspace_ext.notes import music_proto
from drumspace_ext.patterns import voices

TICKS = 480
STEP = TICKS // 4


@dataclasses.dataclass(frozen=True)
class Song:
  """Drum notes (tick, pitch), meters (tick, n, d), tempos (tick, micros)."""

  notes: tuple
  meters: tuple = ()
  tempos: tuple = ((0, 500_000),)


def beat(kick_steps=(0, 6, 8, 16, 22, 24, 30), repeats=4, micros=500_000):
  """Hats on eighths, snare on 2 and 4, kicks where they are wanted."""
  notes = []
  for start in range(0, 32 * repeats, 32):
    notes += [((start + s) * STEP, 42) for s in range(0, 32, 2)]
    notes += [((start + s) * STEP, 38) for s in range(4, 32, 8)]
    notes += [((start + s) * STEP, 36) for s in kick_steps]
  return Song(tuple(sorted(notes)), tempos=((0, micros),))


def random_song(seed):
  """A song of loops, improvisation and pauses, off the grid here and there."""
  rng = random.Random(seed)
  notes, meters, tempos = set(), [], [(0, rng.randrange(300_000, 900_000))]
  tick = 0
  for _ in range(rng.randint(2, 7)):
    if rng.random() < 0.3:
      # Anywhere, also between two steps.
      tick += rng.choice((0, 0, 60, 77, STEP * 5))
      meters.append((tick, *rng.choice(((4, 4), (4, 4), (3, 4), (6, 8)))))
    if rng.random() < 0.4:
      tempos.append((tick + 1, rng.randrange(300_000, 900_000)))
    tick = _add_stretch(rng, notes, tick)
    tick += STEP * rng.choice((0, 0, 3, 16, 31, 32, 33, 64))
  by_tick = {meter[0]: meter for meter in meters}
  return Song(tuple(sorted(notes)), tuple(by_tick.values()), tuple(tempos))


def _add_stretch(rng, notes, tick):
  """Adds a loop, or steps of no order; returns where it ends."""
  pitches = rng.sample((35, 36, 38, 39, 42, 46, 49, 51, 56, 64), 4) + [27]
  density = rng.choice((0.04, 0.3, 0.6))
  pattern = [
      [p for p in pitches if rng.random() < density] for _ in range(32)
  ]
  if rng.random() < 0.2:
    pattern = [[36] if s % 4 == 0 else [] for s in range(32)]
  steps = 32 * rng.choice((1, 3, 3, 4, 5)) + rng.choice((0, 0, -7, 5))
  is_loop = rng.random() < 0.8
  # -60 is a tie between two steps, and goes up.
  deviations = rng.choice(((0,), (0,), (0, 0, 0, -60, -59, 13, 59)))
  for step in range(steps):
    row = pattern[step % 32] if is_loop else rng.choice(pattern)
    for pitch in row:
      late = rng.choice(deviations)
      notes.add((max(tick + step * STEP + late, 0), pitch))
  return tick + steps * STEP


def plain_loops(song, **options):
  """What the plain reading finds in a song."""
  def quarter(tick):
    return fractions.Fraction(tick, TICKS)

  return plain_reading.loops(
      [(quarter(tick), pitch) for tick, pitch in song.notes],
      [(quarter(tick), n, d) for tick, n, d in song.meters],
      **options,
  )


def to_midi(song, channel=9):
  """Returns the bytes of a MIDI file."""
  events = [
      (tick, 0, mido.MetaMessage('set_tempo', tempo=micros))
      for tick, micros in song.tempos
  ] + [
      (tick, 0, mido.MetaMessage('time_signature', numerator=n, denominator=d))
      for tick, n, d in song.meters
  ]
  for tick, pitch in song.notes:
    on = mido.Message('note_on', channel=channel, note=pitch, velocity=90)
    off = mido.Message('note_off', channel=channel, note=pitch)
    events += [(tick, 2, on), (tick + 1, 1, off)]
  track, now = mido.MidiTrack(), 0
  for tick, _, message in sorted(events, key=lambda event: event[:2]):
    track.append(message.copy(time=tick - now))
    now = tick
  stream = io.BytesIO()
  mido.MidiFile(ticks_per_beat=TICKS, tracks=[track]).save(file=stream)
  return stream.getvalue()


def to_record(song, **fields):
  """Returns the bytes of a NoteSequence; `fields` such as id, filename."""
  genres = fields.pop('genres', ())
  sequence = music_proto.note_sequence_class()(
      ticks_per_quarter=TICKS, **fields
  )
  sequence.sequence_metadata.genre.extend(genres)

  def seconds(tick):
    total = 0.0
    for i, (start, micros) in enumerate(song.tempos):
      if start >= tick:
        break
      end = min([tick, *(t for t, _ in song.tempos[i + 1:i + 2])])
      total += (end - start) * micros / 1e6 / TICKS
    return total

  for tick, micros in song.tempos:
    sequence.tempos.add(time=seconds(tick), qpm=60e6 / micros)
  for tick, n, d in song.meters:
    sequence.time_signatures.add(
        time=seconds(tick), numerator=n, denominator=d
    )
  for tick, pitch in song.notes:
    sequence.notes.add(
        start_time=seconds(tick), end_time=seconds(tick + 30), pitch=pitch,
        velocity=90, is_drum=True, instrument=9,
    )
  return sequence.SerializeToString(deterministic=True)


def codes_of(song, start_step=0):
  """Returns the 32 step codes of a song from a step on."""
  codes = [0] * 32
  for tick, pitch in song.notes:
    step = (tick + STEP // 2) // STEP - start_step
    if 0 <= step < 32:
      (voice,) = (
          v for v, name in enumerate(voices.NAMES)
          if pitch in voices.PITCHES[name]
      )
      codes[step] |= 1 << voice
  return codes
