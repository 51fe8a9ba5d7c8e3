"""Tests for midi_sequences."""

import hashlib
import itertools
import resource
import sys
import tarfile

import builders
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import midi_sequences

_EVERY = 100
_AGREE_SHARE = 0.6


def _note_on(tick, channel, pitch, velocity=100):
  return tick, 1, bytes((0x90 | channel, pitch, velocity))


def _note_off(tick, channel, pitch):
  return tick, 0, bytes((0x80 | channel, pitch, 0))


def _track(messages):
  """Lays (tick, order, bytes) out as a track."""
  events, now = [], 0
  for tick, _, body in sorted(messages, key=lambda message: message[:2]):
    events.append(builders.event(tick - now, *body))
    now = tick
  return builders.track(*events)


def _meta(tick, kind, body):
  return tick, -2, bytes((0xFF, kind, len(body))) + body


@st.composite
def _files(draw):
  """MIDI files with nothing odd in them: their bytes."""
  division = draw(st.sampled_from((1, 24, 96, 120, 480, 960, 32767)))
  ticks = st.integers(0, 20 * division)
  head = [_meta(0, 0x03, b'conductor')]
  changes = {0: 500_000} | draw(
      st.dictionaries(ticks, st.integers(100_000, 0xFFFFFF), max_size=4)
  )
  last = None
  for tick in sorted(changes):
    # note_seq leaves a repeated tempo out.
    if changes[tick] != last and (tick or draw(st.booleans())):
      head.append(_meta(tick, 0x51, changes[tick].to_bytes(3, 'big')))
    last = changes[tick]
  for tick, (numerator, power) in draw(st.dictionaries(
      ticks, st.tuples(st.integers(1, 12), st.integers(1, 4)), max_size=3
  )).items():
    head.append(_meta(tick, 0x58, bytes((numerator, power, 24, 8))))
  for tick, sharps in draw(
      st.dictionaries(ticks, st.integers(-7, 7), max_size=2)
  ).items():
    head.append(_meta(tick, 0x59, bytes((sharps & 0xFF, 0))))
  tracks = [_track(head)]
  # One channel a track, as sequencers write them.
  for channel in draw(st.lists(
      st.sampled_from((9, 0, 1, 15)), unique=True, min_size=1, max_size=3
  )):
    messages = [(0, -1, bytes((0xC0 | channel, 5 * (channel != 9))))]
    for pitch in draw(st.lists(
        st.integers(0, 127), unique=True, min_size=1, max_size=4
    )):
      # No two notes of one pitch overlap: readers pair those differently.
      ends = sorted(draw(st.lists(
          ticks, unique=True, min_size=2, max_size=8
      )))
      for start, end in zip(ends[::2], ends[1::2]):
        velocity = draw(st.integers(1, 127))
        messages += [
            _note_on(start, channel, pitch, velocity),
            _note_off(end, channel, pitch),
        ]
    for tick, number, value in draw(st.lists(
        st.tuples(ticks, st.integers(1, 119), st.integers(0, 127)), max_size=3,
        unique_by=lambda control: control[:2],
    )):
      messages.append((tick, 2, bytes((0xB0 | channel, number, value))))
    for tick, low, high in draw(st.lists(
        st.tuples(ticks, st.integers(0, 127), st.integers(0, 127)), max_size=3,
        unique_by=lambda bend: bend[0],
    )):
      messages.append((tick, 3, bytes((0xE0 | channel, low, high))))
    tracks.append(_track(messages))
  return builders.midi(*tracks, division=division)


def _note_rows(sequence, *fields):
  """Returns (what a note is, its times), sorted so that noise moves none."""
  rows = sorted(
      (n.pitch, n.velocity, n.is_drum, *(getattr(n, f) for f in fields))
      for n in sequence.notes
  )
  return [row[:3] for row in rows], np.array([row[3:] for row in rows])


def _event_rows(events, *fields):
  rows = sorted((*(getattr(e, f) for f in fields), e.time) for e in events)
  return [row[:-1] for row in rows], [row[-1] for row in rows]


_EVENT_FIELDS = {
    'time_signatures': ('numerator', 'denominator'),
    'key_signatures': ('key', 'mode'),
    'control_changes': (
        'control_number', 'control_value', 'program', 'is_drum', 'instrument'
    ),
    'pitch_bends': ('bend', 'program', 'is_drum', 'instrument'),
}


def _assert_same_events(got, expected, *names):
  for name in names:
    same, times = _event_rows(getattr(got, name), *_EVENT_FIELDS[name])
    want, expected_times = _event_rows(
        getattr(expected, name), *_EVENT_FIELDS[name]
    )
    assert same == want, name
    np.testing.assert_allclose(
        times, expected_times, rtol=0, atol=1e-6, err_msg=name
    )


def _assert_same_tempos(got, expected):
  np.testing.assert_allclose(_tempos(got), _tempos(expected), rtol=1e-9)


def _tempos(sequence):
  """Returns (time, qpm) where the tempo changes; note_seq has no others."""
  changes = [(t.time, t.qpm) for t in sequence.tempos]
  return changes[:1] + [
      new for old, new in itertools.pairwise(changes)
      if abs(new[1] - old[1]) > 1e-9
  ]


@given(data=_files())
@settings(max_examples=80)
def test_well_formed_file_reads_as_note_seq_reads_it(data):
  got = midi_sequences.to_note_sequence(data)
  expected = note_seq.midi_to_note_sequence(data)
  assert isinstance(got, note_seq.NoteSequence)
  fields = 'program', 'start_time', 'end_time'
  same, times = _note_rows(got, *fields)
  want, want_times = _note_rows(expected, *fields)
  assert same == want
  np.testing.assert_allclose(times, want_times, rtol=0, atol=1e-6)
  _assert_same_events(got, expected, *_EVENT_FIELDS)
  _assert_same_tempos(got, expected)
  assert got.ticks_per_quarter == expected.ticks_per_quarter
  assert got.total_time == pytest.approx(expected.total_time, abs=1e-6)
  assert {n.instrument for n in got.notes} == {
      n.instrument for n in expected.notes
  }


@pytest.mark.skipif(
    not (builders.DATA_DIR / 'midi_corpus.tar.xz').is_file(),
    reason='the corpus is not here',
)
def test_real_files_read_as_note_seq_reads_them():
  """Where both find the same number of notes; overlaps pair differently."""
  compared = seen = notes = ends_apart = 0
  with tarfile.open(builders.DATA_DIR / 'midi_corpus.tar.xz') as archive:
    number = 0
    for member in archive:
      if not member.name.lower().endswith(('.mid', '.midi')):
        continue
      number += 1
      if number % _EVERY:
        continue
      data = archive.extractfile(member).read()
      try:
        expected = note_seq.midi_to_note_sequence(data)
      except note_seq.MIDIConversionError:
        continue
      seen += 1
      got = midi_sequences.to_note_sequence(data)
      if len(got.notes) != len(expected.notes):
        continue
      compared += 1
      same, starts = _note_rows(got, 'start_time')
      want, want_starts = _note_rows(expected, 'start_time')
      assert same == want, member.name
      np.testing.assert_allclose(
          starts, want_starts, rtol=0, atol=1e-6, err_msg=member.name
      )
      _, ends = _note_rows(got, 'start_time', 'end_time')
      _, want_ends = _note_rows(expected, 'start_time', 'end_time')
      notes += len(ends)
      ends_apart += int((abs(ends - want_ends) > 1e-6).any(axis=1).sum())
      _assert_same_events(got, expected, 'time_signatures')
      _assert_same_tempos(got, expected)
  assert seen >= 40
  assert compared >= _AGREE_SHARE * seen
  assert ends_apart < 0.01 * notes


def test_id_and_names_are_those_of_magenta():
  data = builders.midi(builders.track(builders.notes([(0, 36)])))
  sequence = midi_sequences.to_note_sequence(
      data, filename='rock/beat é.mid', collection_name='songs'
  )
  # magenta: '/id/%s/%s/%s' % (source_type.lower(), collection_name, digest)
  digest = hashlib.sha1('rock/beat é.mid'.encode()).hexdigest()
  assert sequence.id == f'/id/midi/songs/{digest}'
  assert sequence.filename == 'rock/beat é.mid'
  assert sequence.collection_name == 'songs'
  assert midi_sequences.sequence_id('songs', 'a.mid') == (
      '/id/midi/songs/d7e0e2b60e4b6b124e635f12edb60e23f3e87903'
  )


def test_file_without_a_name_has_no_id():
  data = builders.midi(builders.track(builders.notes([(0, 36)])))
  sequence = midi_sequences.to_note_sequence(data)
  assert (sequence.id, sequence.filename) == ('', '')
  assert sequence.source_info.encoding_type == sequence.source_info.MIDI


def test_ticks_become_seconds_through_two_tempos_by_hand():
  data = builders.midi(builders.track(
      builders.tempo(0, 500_000), builders.event(0, 0x99, 36, 90),
      builders.event(480, 0x89, 36, 0), builders.tempo(0, 1_000_000),
      builders.event(240, 0x99, 38, 80), builders.event(240, 0x89, 38, 0),
  ), division=480)
  sequence = midi_sequences.to_note_sequence(data)
  assert [
      (n.start_time, n.end_time, n.pitch, n.velocity) for n in sequence.notes
  ] == [(0, 0.5, 36, 90), (1.0, 1.5, 38, 80)]
  assert [(t.time, t.qpm) for t in sequence.tempos] == [(0, 120), (0.5, 60)]
  assert sequence.total_time == 1.5


def test_tempo_is_120_until_the_first_one():
  data = builders.midi(builders.track(
      builders.tempo(480, 250_000), builders.notes([(480, 36)]),
  ), division=480)
  sequence = midi_sequences.to_note_sequence(data)
  assert [(t.time, t.qpm) for t in sequence.tempos] == [(0, 120), (0.5, 240)]
  assert sequence.notes[0].start_time == 0.75


@pytest.mark.parametrize('sharps', range(-7, 8))
def test_major_key_has_its_tonic(sharps):
  data = builders.midi(builders.track(
      builders.meta(0, 0x59, bytes((sharps & 0xFF, 0))),
      builders.notes([(0, 36)]),
  ))
  (key,) = midi_sequences.to_note_sequence(data).key_signatures
  assert (key.key, key.mode) == (sharps * 7 % 12, key.MAJOR)
  assert note_seq.midi_to_note_sequence(data).key_signatures[0] == key


@pytest.mark.parametrize('sharps', range(-7, 8))
def test_minor_key_has_its_tonic(sharps):
  """No sharps in minor is A minor, 9."""
  data = builders.midi(builders.track(
      builders.meta(0, 0x59, bytes((sharps & 0xFF, 1))),
      builders.notes([(0, 36)]),
  ))
  (key,) = midi_sequences.to_note_sequence(data).key_signatures
  assert (key.key, key.mode) == ((sharps * 7 + 9) % 12, key.MINOR)
  assert note_seq.midi_to_note_sequence(data).key_signatures[0] == key


def test_drum_notes_without_note_offs_come_in():
  data = builders.midi(builders.track(
      builders.notes([(0, 36), (480, 38)], offs=False)
  ), division=480)
  assert not note_seq.midi_to_note_sequence(data).notes
  sequence = midi_sequences.to_note_sequence(data)
  # A sixteenth note each.
  assert [
      (n.start_time, n.end_time, n.pitch, n.is_drum, n.instrument)
      for n in sequence.notes
  ] == [(0, 0.125, 36, True, 9), (0.5, 0.625, 38, True, 9)]


def test_bare_drum_notes_stand_beside_a_melody_that_is_complete():
  data = builders.midi(
      builders.track(builders.notes([(0, 60)], channel=0)),
      builders.track(builders.notes([(0, 36), (240, 38)], offs=False)),
      builders.track(builders.notes([(0, 72)], channel=3, offs=False)),
  )
  sequence = midi_sequences.to_note_sequence(data)
  assert sorted((n.pitch, n.is_drum) for n in sequence.notes) == [
      (36, True), (38, True), (60, False)
  ]


def test_file_that_symusic_refuses_is_read_as_far_as_it_goes():
  whole = builders.midi(builders.track(
      builders.tempo(0, 250_000), builders.meter(0, 3, 4),
      builders.notes([(480 * i, 36 + i % 3) for i in range(8)]),
      builders.notes([(0, 60)], channel=4),
  ), division=480)
  cut = whole[:-12]
  sequence = midi_sequences.to_note_sequence(cut)
  assert len([n for n in sequence.notes if n.is_drum]) == 8
  assert [t.qpm for t in sequence.tempos] == [240]
  assert [(m.numerator, m.denominator) for m in sequence.time_signatures] == [
      (3, 4)
  ]
  assert [n.start_time for n in sequence.notes if n.is_drum] == [
      i * 0.25 for i in range(8)
  ]


def test_names_of_tracks_come_in_whatever_their_letters():
  data = builders.midi(
      builders.track(
          builders.meta(0, 0x03, 'Schlägel'.encode()),
          builders.notes([(0, 36)]),
      ),
      builders.track(
          builders.meta(0, 0x03, b'\xff\xfe'),
          builders.notes([(0, 60)], channel=0),
      ),
  )
  sequence = midi_sequences.to_note_sequence(data)
  assert sequence.instrument_infos[0].name == 'Schlägel'
  note_seq.NoteSequence.FromString(sequence.SerializeToString())


def _calls(data):
  """Reads a file; returns it and how many calls of functions that took."""
  events = []
  sys.setprofile(lambda frame, event, argument: events.append(event))
  try:
    sequence = midi_sequences.to_note_sequence(data)
  finally:
    sys.setprofile(None)
  return sequence, len(events)


def test_huge_delta_costs_little():
  """note_seq takes 6 GB and 22 s for this file of 37 bytes."""
  small, data = (
      builders.midi(builders.track(
          builders.event(delta, 0x99, 36, 100), builders.event(1, 0x89, 36, 0)
      ), division=1) for delta in (1, 0x0FFFFFFF)
  )
  assert len(data) == 37
  _, few = _calls(small)
  before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
  sequence, calls = _calls(data)
  assert calls < few + 100
  assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
  assert sequence.notes[0].start_time == 0x0FFFFFFF / 2


def test_more_ticks_than_32_bits_are_refused():
  data = builders.midi(builders.track(
      *[builders.event(0x0FFFFFFF, 0xB9, 7, 100)] * 9,
      builders.event(0, 0x99, 36, 100), builders.event(1, 0x89, 36, 0),
  ))
  with pytest.raises(errors.RejectedInputError, match='too_large: it lasts'):
    midi_sequences.to_note_sequence(data)


@pytest.mark.parametrize('data, match', [
    (b'', 'empty'), (b'hello', 'not_midi: it looks like text'),
    (builders.midi(division=0x8000 | 25 << 8 | 40), 'smpte_division'),
    (builders.midi(division=0), 'bad_division'),
    (b'MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\x09\0\x99', 'damaged_midi'),
])
def test_what_is_no_midi_file_is_refused_in_words(data, match):
  with pytest.raises(errors.RejectedInputError, match=match):
    midi_sequences.to_note_sequence(data)
