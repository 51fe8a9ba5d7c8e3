"""Tests that stages find the drums of a MIDI file as create_dataset does."""

import builders
import numpy as np
import pytest

from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import recipes
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences
from drumspace_ext.pipelines import pattern_stages
from drumspace_ext.pipelines import running

_BEAT = [
    (1920 * bar + tick, pitch) for bar in range(8) for tick, pitch in
    ((0, 36), (480, 38), (720, 36), (1080, 36), (1440, 38), (1680, 42))
]
_FILL = [(1920 * bar + 120 * bar, 49) for bar in range(8)]
_BANK_127 = b'\xb1\x00\x7f'
_XG = b'\xf0\x08\x43\x10\x4c\x00\x00\x7e\x00\xf7'


def _song(tmp_path, *tracks):
  path = tmp_path / 'in' / 'song.mid'
  path.parent.mkdir()
  path.write_bytes(builders.midi(*tracks))
  return path


def _melody(channel=0):
  return builders.track(builders.notes(
      [(240 * n, 60 + n % 5) for n in range(60)], channel=channel
  ))


def _classes(path, **reading):
  result = one_input.extract_midi(
      path.read_bytes(), path.name, recipes.of_arguments(**reading)
  )
  return {loop.canonical for loop in result.loop_counts}, result


@pytest.mark.parametrize('reading', [
    {'drum_channels': [4]}, {'drum_tracks': ['Kit*']},
])
def test_channels_are_those_of_midi(tmp_path, reading):
  named = builders.track(
      builders.meta(0, 3, b'Kit 1'), builders.notes(_BEAT, channel=3)
  )
  path = _song(tmp_path, _melody(), named)
  assert _classes(path, **reading)[0]
  made = running.run_pipeline(
      [str(path)], tmp_path / 'out', ['loops'], **reading
  )
  assert made.report['outputs'] == 1
  # Without the flag there are none, and the hint names them.
  none = running.run_pipeline([str(path)], tmp_path / 'none', ['loops'])
  assert none.report['outputs'] == 0
  assert '--drum_tracks' in (tmp_path / 'none' / 'rejected.tsv').read_text()


def test_instruments_are_those_of_a_note_sequence(tmp_path):
  sequence = note_sequences.from_patterns(
      np.random.default_rng(0).random((32, 14)) < 0.2, repeats=4
  )
  for note in sequence.notes:
    note.is_drum, note.instrument = False, 5
  path = tmp_path / 'a.tfrecord'
  path.write_bytes(tfrecords.frame(sequence.SerializeToString()))
  for channel, outputs in ((6, 1), (5, 0)):
    made = running.run_pipeline(
        [str(path)], tmp_path / str(channel), ['loops'],
        drum_channels=[channel],
    )
    assert made.report['outputs'] == outputs


@pytest.mark.parametrize('reading', [
    {}, {'min_velocity': 2}, {'assume_drums': True},
])
def test_a_second_kit_plays_with_channel_10_and_without(tmp_path, reading):
  second = builders.track(
      builders.event(0, *_XG), builders.event(0, *_BANK_127),
      builders.notes(_FILL, channel=1),
  )
  path = _song(
      tmp_path, second, builders.track(builders.notes(_BEAT, channel=9))
  )
  expected, result = _classes(path, **reading)
  # The fill moves from bar to bar: only channel 10 alone repeats.
  assert bool(expected) == ('assume_drums' not in reading)
  sequence = midi_sequences.to_note_sequence(path.read_bytes())
  parsed = note_sequences.parse(sequence.SerializeToString())
  found = one_input.extract_sequence(
      parsed, '', recipes.of_arguments(**reading)
  )
  assert {loop.canonical for loop in found.loop_counts} == expected
  assert found.reason == result.reason


def test_bars_are_cut_without_the_lateness():
  rng = np.random.default_rng(1)
  hits = rng.random((32, 14)) < 0.3
  sequence = note_sequences.from_patterns(hits, repeats=2)
  late = 0.4 * 60 / 120 / 4
  for note in sequence.notes:
    note.start_time += late + 0.002 * rng.standard_normal()
  cut = [
      pattern_stages.BarCutter(one_input.Recipe(align=align)).transform(sequence)
      for align in (False, True)
  ]
  late, aligned = (
      [note_sequences.to_patterns(bars)[0] for bars in each] for each in cut
  )
  assert all((two_bars == hits).all() for two_bars in aligned)
  assert len(aligned) == len(late) == 2


def test_bars_are_late_without_the_flag():
  hits = np.random.default_rng(1).random((32, 14)) < 0.3
  sequence = note_sequences.from_patterns(hits)
  for note in sequence.notes:
    note.start_time += 0.6 * 60 / 120 / 4
  (bars,) = pattern_stages.BarCutter().transform(sequence)[:1]
  assert (note_sequences.to_patterns(bars)[0] != hits).any()
