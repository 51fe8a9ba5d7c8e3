"""MIDI writing: patterns and NoteSequences as MIDI files that a DAW accepts.

A file has tempo, meter, note-offs, drums on channel 10 and an end of track that
stands exactly where the music ends: a silent end does not shorten a loop.
Patterns are written with 480 ticks a quarter, NoteSequences with their own.
symusic writes 30,000 and more small files a second, note_seq 900.
"""

import struct
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.notes import sequence_times
from drumspace_ext.notes import symusic_core
from drumspace_ext.notes import tempo_maps
from drumspace_ext.notes import written_hits
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  import note_seq

_TRACK_END = b'\xff\x2f\x00'
# The tempo of a MIDI file has 24 bits of microseconds a quarter.
_QPM_LIMITS = (60e6 / 0xFFFFFF, 60e6)
_MAX_TICK = (1 << 28) - 1
_MAX_RESOLUTION = (1 << 15) - 1
_DENOMINATORS = frozenset(1 << power for power in range(8))


def _variable_length(value: int) -> bytes:
  parts = [value & 0x7F]
  while value := value >> 7:
    parts.append(value & 0x7F | 0x80)
  return bytes(reversed(parts))


def _with_end(data: bytes, last_tick: int, end_tick: int) -> bytes:
  """Moves the end of the tracks: symusic puts it a tick behind the last event.

  Args:
    data: A file as symusic writes it.
    last_tick: Where the last event of the last track stands.
    end_tick: Where that track is to end.
  """
  chunks, position = [data[:14]], 14
  while position < len(data):
    (length,) = struct.unpack_from('>I', data, position + 4)
    body = data[position + 8:position + 8 + length]
    position += 8 + length
    delta = max(end_tick - last_tick, 0) if position >= len(data) else 0
    body = body[:-len(_TRACK_END) - 1] + _variable_length(delta) + _TRACK_END
    chunks.append(b'MTrk' + struct.pack('>I', len(body)) + body)
  return b''.join(chunks)


def _notes(ticks, durations, pitches, velocities):
  return symusic_core.module().NoteTickList.from_numpy(
      np.ascontiguousarray(ticks, np.int32),
      np.ascontiguousarray(durations, np.int32),
      np.ascontiguousarray(pitches, np.int8),
      np.ascontiguousarray(velocities, np.int8),
  )


def patterns_to_midi(
    hits: np.ndarray,
    *,
    qpm: float = onsets_lib.DEFAULT_QPM,
    velocity: int = note_sequences.DEFAULT_VELOCITY,
    dynamics: dynamics_lib.Dynamics | None = None,
    drum_map: drum_maps.DrumMap | None = None,
    repeats: int = 1,
    name: str = 'drums',
) -> bytes:
  """Writes patterns, one after the other, as a MIDI file.

  Args:
    hits: bool `[32, 14]` or `[num_patterns, 32, 14]`.
    qpm: Tempo in quarter notes per minute.
    velocity: MIDI velocity of every note, 1 to 127, without `dynamics`.
    dynamics: How hits are played; all alike and on the grid if None.
    drum_map: How voices are written; `gm14` if None.
    repeats: How many times the whole is played.
    name: Name of the track.

  Returns:
    The bytes of the file: format 1, one track, 480 ticks a quarter, exactly as
    long as its bars.

  Raises:
    PatternError: If `hits` are not patterns.
    ValueError: If `qpm`, `velocity` or `repeats` is out of range.
  """
  step_codes.validate(hits)
  return rows_to_midi(
      hits.reshape(-1, step_codes.NUM_VOICES), qpm=qpm, velocity=velocity,
      dynamics=dynamics, drum_map=drum_map, repeats=repeats, name=name,
  )


def rows_to_midi(
    rows: np.ndarray, *, qpm: float = onsets_lib.DEFAULT_QPM,
    velocity: int = note_sequences.DEFAULT_VELOCITY,
    dynamics: dynamics_lib.Dynamics | None = None,
    drum_map: drum_maps.DrumMap | None = None, repeats: int = 1,
    name: str = 'drums',
) -> bytes:
  """Writes steps of any number, bool `[num_steps, 14]`, as a MIDI file.

  For the rest see `patterns_to_midi`.
  """
  core = symusic_core.module()
  note_sequences.validate_playing(qpm=qpm, velocity=velocity, repeats=repeats)
  drum_map = drum_map or drum_maps.load(drum_maps.GM14)
  if repeats > 1:
    rows = np.tile(rows, (repeats, 1))
  notes = written_hits.of_rows(
      rows, drum_map=drum_map, velocity=velocity, dynamics=dynamics
  )
  ticks_per_step = note_sequences.TICKS_PER_QUARTER // (
      step_codes.STEPS_PER_QUARTER
  )
  score = core.ScoreTick(note_sequences.TICKS_PER_QUARTER)
  score.tempos.append(core.TempoTick(0, max(qpm, _QPM_LIMITS[0])))
  score.time_signatures.append(core.TimeSignatureTick(0, 4, 4))
  track = core.TrackTick(name, 0, True)
  starts, ends = notes.starts * ticks_per_step, notes.ends * ticks_per_step
  if dynamics is not None:
    starts, ends = np.rint(starts), np.rint(ends)
  track.notes = _notes(
      starts, ends - starts, drum_map.exemplar_array[notes.voices],
      notes.velocities,
  )
  score.tracks.append(track)
  last = int(ends.max()) if len(ends) else 0
  return _with_end(score.dumps_midi(), last, len(rows) * ticks_per_step)


def note_sequence_to_midi(sequence: 'note_seq.NoteSequence') -> bytes:
  """Writes a whole NoteSequence, all instruments, as a MIDI file.

  Notes, tempos, meters, keys, control changes and pitch bends are written, in a
  track for each instrument and program. The file ends at `total_time`. A meter
  that MIDI can't write is left out.

  Args:
    sequence: A NoteSequence, by its seconds or its steps (`sequence_times`).

  Raises:
    RejectedInputError: If its tempos or times are unusable.
  """
  core = symusic_core.module()
  sequence = sequence_times.in_seconds(sequence)
  resolution = sequence.ticks_per_quarter
  if not 0 < resolution <= _MAX_RESOLUTION:
    resolution = note_sequences.TICKS_PER_QUARTER
  tempo_map = tempo_maps.TempoMap(sequence)

  def ticks(seconds) -> np.ndarray:
    quarters = tempo_map.quarters(np.array(seconds, np.float64))
    result = np.rint(quarters * resolution)
    if not np.all(result <= _MAX_TICK):
      raise errors.RejectedInputError(
          'bad_times', 'something happens later than a MIDI file can be long'
      )
    return np.maximum(result, 0).astype(np.int64)

  score = core.ScoreTick(resolution)
  for quarter, qpm in tempo_map.changes():
    score.tempos.append(core.TempoTick(
        min(round(max(quarter, 0) * resolution), _MAX_TICK),
        min(max(qpm, _QPM_LIMITS[0]), _QPM_LIMITS[1]),
    ))
  for meter in sequence.time_signatures:
    if not (1 <= meter.numerator <= 255 and meter.denominator in _DENOMINATORS):
      continue
    score.time_signatures.append(core.TimeSignatureTick(
        int(ticks([meter.time])[0]), meter.numerator, meter.denominator
    ))
  for key in sequence.key_signatures:
    is_minor = key.mode == key.MINOR
    # Sharps are fifths; a minor key has its tonic on the sixth of the major.
    sharps = ((key.key - (9 if is_minor else 0)) * 7 + 5) % 12 - 5
    score.key_signatures.append(core.KeySignatureTick(
        int(ticks([key.time])[0]), sharps, int(is_minor)
    ))
  last_tick = 0
  for track in _tracks(sequence, ticks):
    score.tracks.append(track)
    last_tick = track.end()
  if not len(score.tracks):
    score.tracks.append(core.TrackTick('', 0, True))
  if len(score.tracks) == 1:
    # Tempos and meters go into the first track.
    last_tick = max(
        [last_tick] + [t.time for t in score.tempos]
        + [m.time for m in score.time_signatures]
        + [k.time for k in score.key_signatures]
    )
  end = int(ticks([sequence.total_time])[0])
  return _with_end(score.dumps_midi(), last_tick, end)


def _tracks(sequence, ticks):
  """Yields a symusic track for each instrument, program and drum flag."""
  core = symusic_core.module()
  names = {info.instrument: info.name for info in sequence.instrument_infos}
  keys: dict[tuple[int, int, bool], tuple[list, list, list]] = {}
  for part in (sequence.notes, sequence.control_changes, sequence.pitch_bends):
    for event in part:
      key = event.instrument, event.program, event.is_drum
      keys.setdefault(key, ([], [], []))
  def of(events, index):
    for event in events:
      key = event.instrument, event.program, event.is_drum
      keys[key][index].append(event)
  of(sequence.notes, 0)
  of(sequence.control_changes, 1)
  of(sequence.pitch_bends, 2)
  for key in sorted(keys):
    instrument, program, is_drum = key
    notes, controls, bends = keys[key]
    notes = [
        n for n in notes if 0 < n.velocity < 128 and 0 <= n.pitch < 128
    ]
    track = core.TrackTick(
        names.get(instrument, ''), min(max(program, 0), 127), is_drum
    )
    starts = ticks([n.start_time for n in notes])
    ends = ticks([n.end_time for n in notes])
    track.notes = _notes(
        starts, np.maximum(ends - starts, 1), [n.pitch for n in notes],
        [n.velocity for n in notes],
    )
    for c, tick in zip(controls, ticks([c.time for c in controls]).tolist()):
      track.controls.append(core.ControlChangeTick(
          tick, c.control_number & 127, c.control_value & 127
      ))
    for b, tick in zip(bends, ticks([b.time for b in bends]).tolist()):
      track.pitch_bends.append(core.PitchBendTick(
          tick, min(max(b.bend, -8192), 8191)
      ))
    yield track
