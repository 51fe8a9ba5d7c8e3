"""Tests over small inputs after public reports, where they are at hand.

They lie beside the repository and are no part of it. Each file plays the beat
of `00_plain.mid`; what is right for it is written here once more.
"""

import builders
import pytest

from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import recipes
from drumspace_ext.notes import midi_sequences
from drumspace_ext.patterns import step_codes

_FOLDER = builders.DATA_DIR / 'reports'

pytestmark = pytest.mark.skipif(
    not _FOLDER.is_dir(), reason='no inputs after public reports here'
)


def _extracted(name, **reading):
  data = (_FOLDER / name).read_bytes()
  recipe = recipes.of_arguments(**reading)
  return one_input.extract_midi(data, name, recipe)


@pytest.mark.parametrize(('name', 'repeats', 'remark'), [
    ('00_plain.mid', 4, ''),
    ('d1_hats_without_offs.mid', 4, '60 of 104 drum notes have no note-off'),
    ('d3_offs_at_end_only.mid', 4, '100 of 104 drum notes'),
    ('d5_choke_off_of_another_pitch.mid', 4, '44 of 104 drum notes'),
    ('d7_every_second_off.mid', 4, '52 of 104 drum notes'),
    ('g2_meter_0_0.mid', 4, ''),
    ('g7_4_4_at_tick_1_after_3_4.mid', 3, ''),
    ('r1_xg_kit_on_1_melody_on_2.mid', 4, 'drum kits on channel 1'),
    ('r5_kit_then_melody_on_the_same_channel.mid', 4, 'kits on channel 1'),
    ('r6_gs_block_A_is_channel_11.mid', 4, 'drum kits on channel 11'),
    ('t1_150qpm_ends_in_silence.mid', 4, ''),
    ('t6_tempo_change_at_loop_start.mid', 4, ''),
    ('x1_other_meter_in_melody_track.mid', 4, "first track's counts"),
])
def test_the_plain_class_is_found(name, repeats, remark):
  (plain,) = _extracted('00_plain.mid').loop_counts
  result = _extracted(name)
  (loop,) = result.loop_counts
  assert loop.canonical == plain.canonical
  assert loop.num_repeats == repeats
  assert remark in result.detail
  assert bool(remark) == bool(result.detail)
  if name.startswith('t'):
    assert (loop.min_qpm, loop.max_qpm) == (150, 150)


@pytest.mark.parametrize(('name', 'reading'), [
    ('03_named_drums_ch4.mid', {'drum_channels': [4]}),
    ('03_named_drums_ch4.mid', {'drum_tracks': ['EZdrummer']}),
    ('c1_ch16_only_named.mid', {'drum_channels': [16]}),
    ('06_2_4.mid', {'meters': ['4/4', '2/4']}),
    ('10_latency_half_step.mid', {'align': True}),
    ('13_ghost_one_differs.mid', {'max_flips': 1}),
])
def test_the_plain_class_is_found_on_request(name, reading):
  (plain,) = _extracted('00_plain.mid').loop_counts
  (loop,) = _extracted(name, **reading).loop_counts
  assert loop.canonical == plain.canonical


def test_lateness_is_named():
  remarks = _extracted('10_latency_half_step.mid').remarks
  assert remarks == {'off_the_grid': '0.50 of a step late'}


def test_a_phrase_of_four_bars_gives_one_of_its_halves():
  for max_flips in (2, 4):
    assert len(_extracted(
        '22_four_bar_loop.mid', max_flips=max_flips
    ).loop_counts) == 1


def test_a_second_kit_plays_with_the_first():
  (loop,) = _extracted('04_xg_second_kit_ch11_plus_10.mid').loop_counts
  # The plain beat, with the kick on every half note instead.
  codes = step_codes.bytes_to_codes(loop.phase)
  assert (codes & 1).nonzero()[0].tolist() == [0, 8, 16, 24]
  assert loop.num_repeats == 4


@pytest.mark.parametrize(('name', 'reason', 'words'), [
    ('b1_format2_two_patterns.mid', 'format_2', ['2 tracks']),
    ('c1_ch16_only_named.mid', 'no_drum_notes',
     ["track 'Drums', channel 16, holds pitches 36 to 46",
      '--drum_channels=16']),
    ('03_named_drums_ch4.mid', 'no_drum_notes',
     ["track 'EZdrummer', channel 4,", '--drum_tracks=EZdrummer',
      '--drum_channels=4']),
    ('06_2_4.mid', 'not_in_4_4', ['2/4', '--meters=4/4,2/4']),
    ('16_12_8.mid', 'not_in_4_4', ['12/8']),
    ('i1_smpte_25x40_ms.mid', 'smpte_division', []),
    ('k1_gs_low_kick_high_snare.mid', 'lost_voices',
     ['40 of 104', '12 (24)', '101 (16)']),
    ('l1_octave_low.mid', 'lost_voices',
     ['88 of 104', 'an octave up fits all 104 notes']),
])
def test_the_reason_is_true_and_helps(name, reason, words):
  result = _extracted(name)
  assert result.reason == reason
  for word in words:
    assert word in result.detail


@pytest.mark.parametrize(('name', 'notes', 'drums'), [
    ('r1_xg_kit_on_1_melody_on_2.mid', 168, 104),
    ('r5_kit_then_melody_on_the_same_channel.mid', 136, 104),
    ('r6_gs_block_A_is_channel_11.mid', 168, 104),
    ('04_xg_second_kit_ch11_plus_10.mid', 96, 96),
    ('d3_offs_at_end_only.mid', 104, 104),
    ('d7_every_second_off.mid', 104, 104),
])
def test_each_note_is_converted_once(name, notes, drums):
  data = (_FOLDER / name).read_bytes()
  sequence = midi_sequences.to_note_sequence(data)
  assert len(sequence.notes) == notes
  assert sum(note.is_drum for note in sequence.notes) == drums
