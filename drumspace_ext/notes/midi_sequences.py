"""MIDI files as whole NoteSequences, as Magenta's convert_dir makes them.

`extraction` never needs this: it goes from ticks to the grid. Here all of a
file becomes a NoteSequence, all instruments, 25 times as fast as in note_seq,
with a bound on memory (note_seq takes 6 GB for a 37-byte file with one huge
delta), and with the drum notes that lack note-offs.
"""

import collections
import hashlib
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.files import local_paths
from drumspace_ext.notes import drum_parts
from drumspace_ext.notes import midi_kits
from drumspace_ext.notes import midi_parsing
from drumspace_ext.notes import midi_parts
from drumspace_ext.notes import music_proto
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.notes import sequence_drums
from drumspace_ext.notes import song_limits

if typing.TYPE_CHECKING:
  import note_seq

# A note-on without a note-off lasts a sixteenth note.
_BARE_NOTE_QUARTERS = 0.25
_MICROS_PER_MINUTE = 60e6


def sequence_id(collection_name: str, filename: str) -> str:
  """Returns the id that Magenta gives to a MIDI file of a collection."""
  digest = hashlib.sha1(filename.encode('utf-8', 'backslashreplace'))
  return f'/id/midi/{collection_name}/{digest.hexdigest()}'


class _Seconds:
  """Ticks to seconds through a tempo map."""

  def __init__(self, tempos: list[tuple[int, float]], resolution: int):
    changes = dict(sorted(tempos, key=lambda change: change[0]))
    changes.setdefault(0, _MICROS_PER_MINUTE / onsets_lib.DEFAULT_QPM)
    self.ticks = np.array(sorted(changes), np.int64)
    self.micros = np.array([changes[t] for t in self.ticks.tolist()])
    seconds = np.diff(self.ticks) * self.micros[:-1] / (resolution * 1e6)
    self.starts = np.concatenate([[0.0], np.cumsum(seconds)])
    self._resolution = resolution

  def __call__(self, ticks) -> np.ndarray:
    ticks = np.asarray(ticks, np.int64)
    i = np.searchsorted(self.ticks, ticks, side='right') - 1
    return self.starts[i] + (ticks - self.ticks[i]) * self.micros[i] / (
        self._resolution * 1e6
    )


def to_note_sequence(
    data: bytes, *, filename: str = '', collection_name: str = '',
    parts: drum_parts.DrumParts = drum_parts.MARKED,
) -> 'note_seq.NoteSequence':
  """Reads a MIDI file as a NoteSequence.

  Args:
    data: The whole file.
    filename: Goes into the NoteSequence, and into its id.
    collection_name: Likewise.
    parts: Those whose notes become drums, if any are named; no others do then.

  Returns:
    A NoteSequence with notes, tempos, time and key signatures, control changes,
    pitch bends and track names. Drums of a kit beside channel 10 are told from
    its own (`sequence_drums.SECOND_KIT`).

  Raises:
    RejectedInputError: If the file can't be read.
  """
  header, score, scan = midi_parsing.parse(data, parts)
  resolution = header.ticks_per_quarter
  if score is None and not (scan and scan.num_notes):
    raise errors.RejectedInputError('damaged_midi', 'no note could be read')
  _check_size(score, scan)
  filename = local_paths.in_utf_8(filename)
  sequence = music_proto.note_sequence_class()(
      filename=filename, collection_name=collection_name,
      ticks_per_quarter=resolution,
  )
  if filename:
    sequence.id = sequence_id(collection_name, filename)
  info = sequence.source_info
  info.source_type = info.SCORE_BASED
  info.encoding_type = info.MIDI
  tempos: list[tuple[int, float]] = []
  meters: list[tuple[int, int, int]] = []
  if score is not None:
    tempos = [(t.time, float(t.mspq) or 1.0) for t in score.tempos]
    meters = [
        (m.time, m.numerator, m.denominator) for m in score.time_signatures
    ]
  if scan is not None:
    meters, _ = scan.one_meter_a_tick()
    if score is None:
      tempos = [(tick, float(max(micros, 1))) for tick, micros in scan.tempos]
  seconds = _Seconds(tempos, resolution)
  for time, micros in zip(seconds.starts.tolist(), seconds.micros.tolist()):
    sequence.tempos.add(time=time, qpm=_MICROS_PER_MINUTE / micros)
  for tick, numerator, denominator in meters:
    if numerator > 0:
      sequence.time_signatures.add(
          time=float(seconds(tick)), numerator=numerator,
          denominator=denominator,
      )
  instruments: dict[midi_parts.Key, midi_parts.Part] = {}
  if score is not None and scan is not None:
    instruments = midi_parts.of_score(score, scan)
  if score is not None:
    _add_score(sequence, score, seconds, instruments, with_notes=scan is None)
  if scan is not None:
    _add_scan(
        sequence, scan, seconds, resolution, instruments, is_all=score is None
    )
  return sequence


def _check_size(score, scan) -> None:
  """Raises RejectedInputError before a file takes too much memory."""
  count = scan.num_notes if scan is not None else 0
  if score is not None:
    count += len(score.tempos) + len(score.time_signatures) + sum(
        len(track.notes) + len(track.controls) + len(track.pitch_bends)
        for track in score.tracks
    )
  song_limits.check(count, song_limits.MAX_EVENTS, 'notes and controls')


def _add_score(sequence, score, seconds, parts, *, with_notes: bool) -> None:
  for key in score.key_signatures:
    sequence.key_signatures.add(
        time=float(seconds(key.time)),
        # Sharps are fifths; a minor key's tonic is the sixth of the major.
        key=(key.key * 7 + (9 if key.tonality else 0)) % 12,
        mode=sequence.KeySignature.MINOR if key.tonality
        else sequence.KeySignature.MAJOR,
    )
  kits = {part.instrument for part in parts.values() if part.is_drum}
  for number, track in enumerate(score.tracks):
    if track.name:
      name = track.name.encode('utf-8', 'replace').decode('utf-8')
      sequence.instrument_infos.add(instrument=number, name=name)
    common = {
        'instrument': number, 'program': track.program,
        'is_drum': track.is_drum or number in kits,
    }
    columns = track.notes.numpy()
    if (columns['time'] < 0).any():
      raise errors.RejectedInputError('too_large', 'it lasts over 2^31 ticks')
    if with_notes:
      starts = seconds(columns['time'])
      ends = seconds(columns['time'].astype(np.int64) + columns['duration'])
      _add_notes(
          sequence, starts.tolist(), ends.tolist(),
          columns['pitch'].tolist(), columns['velocity'].tolist(), common,
      )
    for control in track.controls:
      sequence.control_changes.add(
          time=float(seconds(control.time)), control_number=control.number,
          control_value=control.value, **common,
      )
    for bend in track.pitch_bends:
      sequence.pitch_bends.add(
          time=float(seconds(bend.time)), bend=bend.value, **common
      )


def _add_scan(sequence, scan, seconds, resolution, parts, *, is_all) -> None:
  """Adds the notes of a tolerant reading.

  Args:
    sequence: What they are added to.
    scan: The reading.
    seconds: Ticks to seconds.
    resolution: Ticks a quarter.
    parts: The instruments that symusic made of it, if it could.
    is_all: Whether notes without a note-off count that are no drums; all notes
      are as short as these then.
  """
  bare = max(1, int(_BARE_NOTE_QUARTERS * resolution))
  kits = scan.drum_channels if scan.chosen is None else set()
  has_second = len(kits) > 1 and midi_kits.DRUM_CHANNEL in kits
  if has_second:
    sequence_drums.add_second_kit(sequence)
  members = collections.defaultdict(list)
  for i, key in enumerate(midi_parts.keys(scan)):
    if is_all or key.is_drum or scan.ends[i] is not None:
      members[key].append(i)
  for key, numbers in sorted(members.items()):
    notes = [scan.notes[i] for i in numbers]
    ends = [
        note[0] + bare if is_all or scan.ends[i] is None else scan.ends[i]
        for i, note in zip(numbers, notes)
    ]
    part = parts.get(key) or midi_parts.without_score(key)
    common = part._asdict()
    if has_second and key.is_drum and key.channel != midi_kits.DRUM_CHANNEL:
      common['part'] = sequence_drums.SECOND_PART
    _add_notes(
        sequence, seconds([note[0] for note in notes]).tolist(),
        seconds(ends).tolist(), [note[2] for note in notes],
        [note[3] for note in notes], common,
    )


def _add_notes(sequence, starts, ends, pitches, velocities, common) -> None:
  add = sequence.notes.add
  for start, end, pitch, velocity in zip(starts, ends, pitches, velocities):
    add(start_time=start, end_time=end, pitch=pitch, velocity=velocity,
        **common)
  if ends:
    sequence.total_time = max(sequence.total_time, max(ends))
