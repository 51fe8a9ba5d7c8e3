"""Tests for drum_parts, of MIDI files and of NoteSequences."""

import builders
from hypothesis import given
from hypothesis import strategies as st
import note_seq
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import drum_parts
from drumspace_ext.notes import midi_drum_parts
from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_parsing
from drumspace_ext.notes import midi_reading
from drumspace_ext.notes import note_sequences

_KIT, _MELODY = [(0, 36), (120, 42)], [(0, 60), (240, 64), (480, 67)]


def _track(name, onsets, channel):
  return builders.track(
      builders.meta(0, 3, name), builders.notes(onsets, channel=channel)
  )


def _midi():
  return builders.midi(
      builders.track(builders.tempo(0, 500_000)),
      _track(b'Melody', _MELODY, 0), _track(b'EZdrummer', _KIT, 3),
  )


def _pitches(data, **parts):
  onsets = midi_reading.read_onsets(
      data, parts=drum_parts.of_arguments(**parts)
  )
  return sorted(onsets.pitches.tolist())


@given(channels=st.sets(st.integers(1, 16), min_size=1))
def test_the_parts_of_the_channels_named_are_drums_and_no_others(channels):
  tracks = [
      _track(b'x', [(0, 30 + channel)], channel) for channel in range(16)
  ]
  assert _pitches(builders.midi(*tracks), channels=channels) == [
      29 + channel for channel in sorted(channels)
  ]


@pytest.mark.parametrize('parts', [
    {'channels': ['4']}, {'tracks': ['EZdrummer']}, {'tracks': ['ez*']},
    {'channels': [4], 'tracks': ['EZdrummer']},
])
def test_a_part_is_named_by_channel_or_by_track(parts):
  data = _midi()
  assert _pitches(data, **parts) == [36, 42]
  both = [(part.track, part.channel) for part in _parts(data)]
  assert both == [('Melody', 1), ('EZdrummer', 4)]


def _parts(data):
  return midi_drum_parts.parts(
      midi_parsing.scan(data, midi_header.read(data))
  )


def test_the_hint_names_track_and_channel():
  with pytest.raises(
      errors.RejectedInputError,
      match="track 'EZdrummer', channel 4, holds pitches 36 to 42: "
      '--drum_tracks=EZdrummer or --drum_channels=4',
  ):
    midi_reading.read_onsets(_midi())
  with pytest.raises(errors.RejectedInputError, match='no_drum_notes'):
    _pitches(_midi(), channels=[5])


def test_a_track_that_ends_early_keeps_what_it_has():
  whole = _midi()
  assert [part.channel for part in _parts(whole[:-12])] == [1, 4]


def test_instruments_of_a_note_sequence_are_named_likewise():
  sequence = note_seq.NoteSequence()
  for instrument, pitch in ((0, 60), (9, 36), (9, 42)):
    sequence.notes.add(
        instrument=instrument, pitch=pitch, velocity=50, end_time=1
    )
  sequence.instrument_infos.add(instrument=9, name='Kit')
  for parts in ({'channels': [10]}, {'tracks': ['kit']}):
    onsets = note_sequences.to_onsets(
        sequence, parts=drum_parts.of_arguments(**parts)
    )
    assert onsets.pitches.tolist() == [36, 42]


def test_soft_notes_are_left_out_on_request():
  sequence = note_seq.NoteSequence()
  for velocity in (9, 10, 11):
    sequence.notes.add(
        pitch=30 + velocity, velocity=velocity, end_time=1, is_drum=True
    )
  onsets = note_sequences.to_onsets(sequence, min_velocity=10)
  assert onsets.pitches.tolist() == [40, 41]
  data = builders.midi(builders.track(builders.notes(_KIT)))
  assert len(midi_reading.read_onsets(data, min_velocity=100).quarters) == 2
  for read in (
      lambda: note_sequences.to_onsets(sequence, min_velocity=12),
      lambda: midi_reading.read_onsets(data, min_velocity=101),
  ):
    with pytest.raises(
        errors.RejectedInputError,
        match=r'^soft_notes: none of velocity 1\d+ or more, the loudest has 1',
    ):
      read()


@pytest.mark.parametrize('channel', [0, 17, '-1', 'x', ''])
def test_a_channel_that_is_none_is_refused(channel):
  with pytest.raises(errors.InputError, match='numbers from 1 to 16, got'):
    drum_parts.of_arguments(channels=[channel])
