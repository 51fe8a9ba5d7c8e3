"""Tests for midi_parts."""

import builders

from drumspace_ext.notes import midi_sequences

_ONSETS = [(0, 36), (480, 38), (960, 36)]


def _instruments(*tracks):
  sequence = midi_sequences.to_note_sequence(builders.midi(*tracks))
  found = {}
  for note in sequence.notes:
    key = note.instrument, note.program, note.is_drum
    found.setdefault(key, []).append(note.pitch)
  return {key: sorted(pitches) for key, pitches in found.items()}


def test_a_kit_on_another_channel_comes_once_and_as_drums():
  melody = builders.track(
      builders.event(0, 0xC1, 40), builders.notes([(0, 60)], channel=1)
  )
  kit = builders.track(
      builders.event(0, 0xB0, 0, 127), builders.event(0, 0xC0, 0),
      builders.notes(_ONSETS, channel=0),
  )
  assert _instruments(kit, melody) == {
      (0, 0, True): [36, 36, 38], (1, 40, False): [60],
  }
  assert _instruments(melody, kit) == {
      (0, 40, False): [60], (1, 0, True): [36, 36, 38],
  }


def test_a_melody_behind_a_kit_on_its_channel_is_an_instrument_of_its_own():
  both = builders.track(
      builders.event(0, 0xB0, 0, 127), builders.notes(_ONSETS, channel=0),
      builders.event(0, 0xB0, 0, 0), builders.notes([(0, 72)], channel=0),
  )
  found = _instruments(both)
  assert sorted(found.values()) == [[36, 36, 38], [72]]
  assert {key[2]: pitches for key, pitches in found.items()} == {
      True: [36, 36, 38], False: [72],
  }


def test_lost_notes_come_back_into_their_instrument():
  piano = builders.track(
      builders.event(0, 0xC0, 5), builders.event(0, 0x90, 60, 90),
      builders.event(9, 0x90, 60, 80), builders.event(9, 0x80, 60, 0),
      builders.event(9, 0x90, 62, 80),
  )
  drums = builders.track(
      builders.notes(_ONSETS), builders.event(0, 0x99, 42, 90)
  )
  assert _instruments(piano, drums) == {
      # The last one never ends, and is none to note_seq either.
      (0, 5, False): [60, 60], (1, 0, True): [36, 36, 38, 42],
  }
