"""Tests for midi_writing."""

import collections
import io
import itertools

import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import mido
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import tempo_maps
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics

_QPMS = st.integers(4, 1000) | st.floats(4, 1000)
_BEAT = drawn_patterns.hits_of(kick=(0, 16), snare=(8, 24))


def _mido(data):
  return mido.MidiFile(file=io.BytesIO(data))


def _events(data, kind):
  """Returns (tick, message) of all messages of a kind, track by track."""
  found = []
  for track in _mido(data).tracks:
    tick = 0
    for message in track:
      tick += message.time
      if message.type == kind:
        found.append((tick, message))
  return found


def _lengths(data):
  """Returns the ticks of each track up to its end."""
  return [sum(m.time for m in track) for track in _mido(data).tracks]


@given(
    hits=drawn_patterns.hits(), qpm=_QPMS, velocity=st.integers(1, 127),
    drum_map=drawn_patterns.MAPS, repeats=st.integers(1, 3),
)
@settings(max_examples=60)
def test_patterns_come_back_from_their_midi_file(
    hits, qpm, velocity, drum_map, repeats
):
  data = midi_writing.patterns_to_midi(
      hits, qpm=qpm, velocity=velocity, drum_map=drum_map, repeats=repeats
  )
  expected = drawn_patterns.without_silent_end(
      np.tile(drum_map.folded(hits), (repeats, 1, 1))
  )
  for sequence in (
      note_seq.midi_to_note_sequence(data),
      midi_sequences.to_note_sequence(data),
  ):
    got = note_sequences.to_patterns(sequence, drum_map=drum_map)
    np.testing.assert_array_equal(got, expected)
    assert {note.velocity for note in sequence.notes} <= {velocity}
    assert all(note.is_drum for note in sequence.notes)
    (tempo,) = sequence.tempos
    # A MIDI file has whole microseconds a quarter.
    assert 60e6 / tempo.qpm == pytest.approx(60e6 / qpm, abs=0.51)
    (meter,) = sequence.time_signatures
    assert (meter.numerator, meter.denominator) == (4, 4)


@given(hits=drawn_patterns.hits(), qpm=_QPMS, drum_map=drawn_patterns.MAPS)
@settings(max_examples=40)
def test_patterns_come_back_from_the_midi_file_that_note_seq_writes(
    hits, qpm, drum_map
):
  sequence = note_sequences.from_patterns(hits, qpm=qpm, drum_map=drum_map)
  # What sequence_proto_to_midi_file does, but that leaves its file open.
  stream = io.BytesIO()
  note_seq.note_sequence_to_pretty_midi(sequence).write(stream)
  back = note_seq.midi_to_note_sequence(stream.getvalue())
  np.testing.assert_array_equal(
      note_sequences.to_patterns(back, drum_map=drum_map),
      drawn_patterns.without_silent_end(drum_map.folded(hits)),
  )


@given(
    hits=drawn_patterns.hits(), repeats=st.integers(1, 3),
    drum_map=drawn_patterns.MAPS,
)
@settings(max_examples=40)
def test_file_of_patterns_ends_with_its_last_bar(hits, repeats, drum_map):
  data = midi_writing.patterns_to_midi(
      hits, repeats=repeats, drum_map=drum_map
  )
  file = _mido(data)
  assert (file.type, file.ticks_per_beat) == (1, 480)
  assert _lengths(data) == [len(hits) * repeats * 2 * 4 * 480]
  messages = file.tracks[0]
  assert [m.type for m in messages].count('end_of_track') == 1
  assert messages[-1].type == 'end_of_track'
  assert {m.channel for m in messages if not m.is_meta} <= {9}
  # Every note is as long as its step, and none is left on.
  ons, offs = (
      [(tick, m.note) for tick, m in _events(data, kind)]
      for kind in ('note_on', 'note_off')
  )
  assert sorted((tick + 120, note) for tick, note in ons) == sorted(offs)
  assert len(ons) == repeats * int(drum_map.folded(hits).sum())


@given(
    hits=drawn_patterns.hits(), swing=st.floats(0, 1),
    humanize=st.floats(0, 1), accents=st.booleans(), seed=st.integers(0, 99),
)
@settings(max_examples=40)
def test_played_patterns_come_back_too_and_are_as_long(
    hits, swing, humanize, accents, seed
):
  played = dynamics.Dynamics(
      swing=swing, humanize=humanize, accents=accents, seed=seed
  )
  data = midi_writing.patterns_to_midi(hits, dynamics=played)
  assert _lengths(data) == [len(hits) * 3840]
  np.testing.assert_array_equal(
      note_sequences.to_patterns(note_seq.midi_to_note_sequence(data)),
      drawn_patterns.without_silent_end(hits),
  )


def test_swung_notes_of_a_voice_do_not_overlap():
  hats = drawn_patterns.hits_of(closed_hat=range(32))
  data = midi_writing.patterns_to_midi(
      hats, dynamics=dynamics.Dynamics(swing=1)
  )
  ons, offs = (
      [tick for tick, _ in _events(data, kind)]
      for kind in ('note_on', 'note_off')
  )
  assert ons[:3] == [0, 160, 240]
  assert all(off <= on for off, on in zip(offs, ons[1:]))
  lengths = {
      round((n.end_time - n.start_time) * 960)
      for n in note_seq.midi_to_note_sequence(data).notes
  }
  assert min(lengths) >= 80


def _whole_sequences():
  """Draws (NoteSequence in seconds, the same events in ticks)."""
  micros = st.lists(
      st.tuples(st.integers(1, 4000), st.integers(200_000, 2_000_000)),
      max_size=4,
  )
  notes = st.dictionaries(
      # No two notes of one pitch overlap: nobody could tell their ends.
      st.tuples(
          st.integers(0, 3), st.sampled_from((0, 36, 60, 127)),
          st.integers(0, 40),
      ),
      st.tuples(st.integers(0, 120), st.integers(1, 120), st.integers(1, 127)),
      max_size=25,
  )
  events = st.lists(
      st.tuples(
          st.integers(0, 3), st.integers(0, 10_000), st.integers(1, 119),
          st.integers(0, 127), st.integers(-8192, 8191),
      ),
      max_size=8, unique_by=lambda event: event[:3],
  )
  return st.builds(_sequence_of, micros, notes, events, st.integers(0, 9000))


def _sequence_of(tempos, notes, events, extra_ticks):
  changes = [(0, 500_000)]
  for gap, micros in tempos:
    changes.append((changes[-1][0] + gap, micros))

  def seconds(tick):
    total = 0.0
    for (start, micros), (end, _) in itertools.pairwise(
        [*changes, (float('inf'), 0)]
    ):
      if tick > start:
        total += (min(tick, end) - start) * micros / 480e6
    return total

  sequence = note_seq.NoteSequence(ticks_per_quarter=480)
  for tick, micros in changes:
    sequence.tempos.add(time=seconds(tick), qpm=60e6 / micros)
  expected, end = [], 0
  for (instrument, pitch, slot), (late, length, velocity) in notes.items():
    start = slot * 240 + late
    end = max(end, start + length)
    sequence.notes.add(
        instrument=instrument, program=_program(instrument), pitch=pitch,
        velocity=velocity, is_drum=instrument == 3, start_time=seconds(start),
        end_time=seconds(start + length),
    )
    expected.append((instrument, pitch, velocity, start, start + length))
  for instrument, tick, number, value, bend in events:
    common = {
        'time': seconds(tick), 'instrument': instrument,
        'program': _program(instrument), 'is_drum': instrument == 3,
    }
    sequence.control_changes.add(
        control_number=number, control_value=value, **common
    )
    sequence.pitch_bends.add(bend=bend, **common)
  last = max([end, *(event[1] for event in events)])
  sequence.total_time = seconds(last + extra_ticks)
  return sequence, changes, expected, events, last + extra_ticks


def _program(instrument):
  return 0 if instrument == 3 else 10 * instrument + 1


def _ticks_of(sequence):
  """Returns a function from seconds to ticks, through the tempos read."""
  tempo_map = tempo_maps.TempoMap(sequence)
  return lambda seconds: int(np.rint(
      tempo_map.quarters(np.array([seconds]))[0] * 480
  ))


@given(drawn=_whole_sequences())
@settings(max_examples=60)
def test_whole_note_sequence_comes_back_from_its_midi_file(drawn):
  sequence, changes, notes, events, length = drawn
  before = sequence.SerializeToString(deterministic=True)
  data = midi_writing.note_sequence_to_midi(sequence)
  assert sequence.SerializeToString(deterministic=True) == before
  for read in (
      note_seq.midi_to_note_sequence, midi_sequences.to_note_sequence
  ):
    back = read(data)
    ticks = _ticks_of(back)
    kinds = {(n.program, n.is_drum) for n in back.notes}
    assert kinds <= {(1, False), (11, False), (21, False), (0, True)}
    assert sorted(
        (_program_index(n), n.pitch, n.velocity, ticks(n.start_time),
         ticks(n.end_time))
        for n in back.notes
    ) == sorted(notes)
  assert [round(60e6 / tempo.qpm) for tempo in back.tempos] == [
      micros for _, micros in changes
  ]
  # Readers drop the tracks without notes.
  events = [event for event in events if event[0] in {n[0] for n in notes}]
  assert sorted(
      (_program_index(c), ticks(c.time), c.control_number, c.control_value)
      for c in back.control_changes
  ) == sorted((i, tick, number, value) for i, tick, number, value, _ in events)
  assert collections.Counter(
      (_program_index(b), ticks(b.time), b.bend) for b in back.pitch_bends
  ) == collections.Counter((i, tick, bend) for i, tick, _, _, bend in events)
  assert max(_lengths(data)) == max(length, max(tick for tick, _ in changes))


def _program_index(event):
  return 3 if event.is_drum else event.program // 10


def test_rock_beat_by_hand():
  data = midi_writing.patterns_to_midi(_BEAT, qpm=100, velocity=90, name='rock')
  assert _events(data, 'set_tempo')[0][1].tempo == 600_000
  (tick, meter), = _events(data, 'time_signature')
  assert (tick, meter.numerator, meter.denominator) == (0, 4, 4)
  assert [m.name for _, m in _events(data, 'track_name')] == ['rock']
  assert [
      (tick, m.note, m.velocity) for tick, m in _events(data, 'note_on')
  ] == [(0, 36, 90), (960, 38, 90), (1920, 36, 90), (2880, 38, 90)]
  assert [tick for tick, _ in _events(data, 'note_off')] == [
      120, 1080, 2040, 3000
  ]
  assert _lengths(data) == [3840]
  assert _mido(data).length == pytest.approx(8 * 0.6)


def test_silence_is_two_bars_long():
  data = midi_writing.patterns_to_midi(np.zeros((32, 14), np.bool_))
  assert not _events(data, 'note_on')
  assert _lengths(data) == [3840]


def test_voice_without_pitch_in_the_map_is_left_out():
  lstmetallica = drum_maps.load('lstmetallica9')
  hits = drawn_patterns.hits_of(kick=(0,), conga=(8,))
  assert len(_events(midi_writing.patterns_to_midi(hits), 'note_on')) == 2
  ((_, message),) = _events(
      midi_writing.patterns_to_midi(hits, drum_map=lstmetallica), 'note_on'
  )
  assert message.note == 36


def test_silent_end_of_a_note_sequence_does_not_shorten_it():
  for total_time, length in ((0, 480), (0.5, 480), (0.75, 720), (4, 3840)):
    sequence = note_sequences.from_patterns(_BEAT[:, :])
    del sequence.notes[1:]
    sequence.notes[0].end_time = 0.5
    sequence.total_time = total_time
    data = midi_writing.note_sequence_to_midi(sequence)
    assert _lengths(data) == [length]


def test_silent_end_does_not_shorten_a_file_of_several_tracks():
  sequence = note_sequences.from_patterns(_BEAT)
  sequence.notes.add(
      start_time=0, end_time=1, pitch=60, velocity=90, instrument=0, program=5
  )
  sequence.total_time = 20
  data = midi_writing.note_sequence_to_midi(sequence)
  assert len(_mido(data).tracks) == 2
  assert max(_lengths(data)) == 20 * 2 * 480
  assert _mido(data).length == pytest.approx(20)


def test_note_sequence_without_notes_keeps_tempos_meters_and_length():
  sequence = note_seq.NoteSequence(ticks_per_quarter=480, total_time=10)
  sequence.tempos.add(time=0, qpm=120)
  sequence.tempos.add(time=2, qpm=60)
  sequence.time_signatures.add(time=2, numerator=3, denominator=4)
  data = midi_writing.note_sequence_to_midi(sequence)
  assert [(tick, m.tempo) for tick, m in _events(data, 'set_tempo')] == [
      (0, 500_000), (1920, 1_000_000)
  ]
  ((tick, meter),) = _events(data, 'time_signature')
  assert (tick, meter.numerator, meter.denominator) == (1920, 3, 4)
  assert _lengths(data) == [1920 + 8 * 480]


def test_note_sequence_without_resolution_gets_480_ticks():
  sequence = note_seq.NoteSequence()
  assert _mido(midi_writing.note_sequence_to_midi(sequence)).ticks_per_beat == (
      480
  )
  sequence.ticks_per_quarter = 96
  assert _mido(midi_writing.note_sequence_to_midi(sequence)).ticks_per_beat == (
      96
  )


def test_tracks_have_the_names_of_their_instruments():
  sequence = note_sequences.from_patterns(_BEAT)
  sequence.instrument_infos.add(instrument=9, name='Kit')
  data = midi_writing.note_sequence_to_midi(sequence)
  assert [m.name for _, m in _events(data, 'track_name')] == ['Kit']


def test_many_instruments_stay_off_the_drum_channel():
  sequence = note_seq.NoteSequence()
  for number in range(40):
    sequence.notes.add(
        start_time=number, end_time=number + 1, pitch=60, velocity=90,
        instrument=number, program=number,
    )
  data = midi_writing.note_sequence_to_midi(sequence)
  channels = {m.channel for _, m in _events(data, 'note_on')}
  assert len(channels) == 15
  assert 9 not in channels
  back = note_seq.midi_to_note_sequence(data)
  assert [note.program for note in back.notes] == list(range(40))


def test_notes_that_midi_does_not_have_are_left_out():
  sequence = note_sequences.from_patterns(_BEAT)
  for pitch, velocity in ((128, 90), (-1, 90), (36, 0), (36, 128)):
    sequence.notes.add(
        start_time=1, end_time=2, pitch=pitch, velocity=velocity,
        instrument=9, is_drum=True,
    )
  data = midi_writing.note_sequence_to_midi(sequence)
  assert [m.note for _, m in _events(data, 'note_on')] == [36, 38, 36, 38]


def test_tempo_beyond_midi_is_the_nearest_that_it_has():
  for qpm, micros in ((1, 0xFFFFFF), (1e9, 1)):
    sequence = note_seq.NoteSequence()
    sequence.tempos.add(qpm=qpm)
    data = midi_writing.note_sequence_to_midi(sequence)
    assert _events(data, 'set_tempo')[0][1].tempo == micros


@pytest.mark.parametrize('hits', [
    np.ones((32, 13), np.bool_), np.ones((31, 14), np.bool_),
    np.ones((32, 14)),
])
def test_what_is_no_pattern_is_refused(hits):
  with pytest.raises(errors.PatternError, match='patterns (are|have)'):
    midi_writing.patterns_to_midi(hits)


@pytest.mark.parametrize('qpm', [1, 2, 3.5])
def test_slowest_tempo_of_patterns_is_the_slowest_of_midi(qpm):
  data = midi_writing.patterns_to_midi(_BEAT, qpm=qpm)
  assert _events(data, 'set_tempo')[0][1].tempo == 0xFFFFFF


@pytest.mark.parametrize('wrong', [
    {'velocity': 0}, {'velocity': 128}, {'velocity': 300}, {'qpm': 0},
    {'qpm': -1}, {'qpm': float('nan')}, {'repeats': 0},
], ids=str)
def test_values_out_of_range_are_refused_as_for_note_sequences(wrong):
  for function in (note_sequences.from_patterns, midi_writing.patterns_to_midi):
    with pytest.raises(ValueError, match=f'{next(iter(wrong))} must be'):
      function(_BEAT, **wrong)


@pytest.mark.parametrize(('numerator', 'denominator'), [
    (300, 4), (-1, 4), (4, -1), (4, 1 << 20),
])
def test_meter_that_midi_does_not_have_does_no_harm(numerator, denominator):
  sequence = note_sequences.from_patterns(_BEAT)
  sequence.time_signatures.add(
      time=1, numerator=numerator, denominator=denominator
  )
  assert len(_events(_written_or_none(sequence), 'note_on')) in (0, 4)


def test_tempo_beyond_all_ticks_does_no_harm():
  sequence = note_sequences.from_patterns(_BEAT)
  sequence.tempos.add(time=1e8, qpm=90)
  assert len(_events(_written_or_none(sequence), 'note_on')) in (0, 4)


@pytest.mark.parametrize('time', [float('nan'), float('inf'), 1e300])
def test_note_at_no_time_is_refused(time):
  sequence = note_sequences.from_patterns(_BEAT)
  sequence.notes[0].start_time = time
  with pytest.raises(errors.RejectedInputError, match='bad_times'):
    midi_writing.note_sequence_to_midi(sequence)


@pytest.mark.parametrize('resolution', [32_768, 100_000, -5])
def test_resolution_beyond_midi_moves_no_note(resolution):
  sequence = note_sequences.from_patterns(_BEAT)
  sequence.ticks_per_quarter = resolution
  data = midi_writing.note_sequence_to_midi(sequence)
  per_quarter = _mido(data).ticks_per_beat
  assert 0 < per_quarter < 1 << 15
  assert [
      round(tick / per_quarter) for tick, _ in _events(data, 'note_on')
  ] == [0, 2, 4, 6]


def test_all_keys_come_back_from_the_midi_file():
  sequence = note_sequences.from_patterns(_BEAT)
  keys = [
      (number / 4, number % 12, number // 12) for number in range(24)
  ]
  for time, tonic, mode in keys:
    sequence.key_signatures.add(time=time, key=tonic, mode=mode)
  data = midi_writing.note_sequence_to_midi(sequence)
  for read in (
      note_seq.midi_to_note_sequence, midi_sequences.to_note_sequence
  ):
    assert [
        (k.time, k.key, k.mode) for k in read(data).key_signatures
    ] == keys


def _written_or_none(sequence):
  """Returns a MIDI file; an empty one where the sequence is refused."""
  try:
    return midi_writing.note_sequence_to_midi(sequence)
  except errors.RejectedInputError:
    return midi_writing.note_sequence_to_midi(note_seq.NoteSequence())


@pytest.mark.parametrize('qpm', [0, -1, float('nan'), float('inf')])
def test_tempo_that_is_none_is_refused(qpm):
  sequence = note_sequences.from_patterns(_BEAT)
  sequence.tempos[0].qpm = qpm
  with pytest.raises(errors.RejectedInputError, match='bad_times: tempo'):
    midi_writing.note_sequence_to_midi(sequence)
