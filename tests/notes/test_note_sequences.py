"""Tests for note_sequences."""

import fractions
import math

import builders
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import grids
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

_PATTERNS = st.integers(1, 3).flatmap(
    lambda count: hnp.arrays(np.bool_, (count, 32, 14))
)


def _sequence(*times, pitch=36, **kwargs):
  """A NoteSequence of drum notes at times in seconds."""
  sequence = note_seq.NoteSequence()
  for time in times:
    note = {'velocity': 80, 'is_drum': True, 'end_time': time + 0.1}
    sequence.notes.add(start_time=time, pitch=pitch, **(note | kwargs))
  return sequence


def _quantized(sequence, steps_per_quarter):
  return note_seq.quantize_note_sequence(sequence, steps_per_quarter)


@given(
    hits=_PATTERNS, qpm=st.floats(1, 1000), repeats=st.integers(1, 3),
    velocity=st.integers(1, 127),
)
@settings(max_examples=60)
def test_patterns_come_back_from_their_note_sequence(
    hits, qpm, repeats, velocity
):
  sequence = note_sequences.from_patterns(
      hits, qpm=qpm, repeats=repeats, velocity=velocity
  )
  assert {note.velocity for note in sequence.notes} <= {velocity}
  assert len(sequence.notes) == hits.sum() * repeats
  back = note_sequences.to_patterns(
      note_sequences.parse(sequence.SerializeToString())
  )
  np.testing.assert_array_equal(back, np.tile(hits, (repeats, 1, 1)))
  assert back.dtype == np.bool_


@given(hits=_PATTERNS, qpm=st.floats(20, 400))
@settings(max_examples=30)
def test_note_seq_quantizes_every_hit_to_its_step(hits, qpm):
  quantized = _quantized(note_sequences.from_patterns(hits, qpm=qpm), 4)
  back = np.zeros((32 * len(hits), 14), np.bool_)
  for note in quantized.notes:
    voice = voices.EXEMPLAR_PITCHES.index(note.pitch)
    back[note.quantized_start_step, voice] = True
    assert note.quantized_end_step == note.quantized_start_step + 1
  np.testing.assert_array_equal(back.reshape(hits.shape), hits)
  assert quantized.total_quantized_steps == 32 * len(hits)
  np.testing.assert_array_equal(note_sequences.to_patterns(quantized), hits)


@given(
    ticks=st.lists(st.integers(0, 20_000), min_size=1, max_size=20),
    tempos=st.lists(
        st.tuples(st.integers(0, 20_000), st.integers(20, 300)), max_size=5,
        unique_by=lambda change: change[0],
    ),
    resolution=st.sampled_from([96, 100, 480]),
)
@settings(max_examples=100)
def test_a_tempo_map_moves_nothing(ticks, tempos, resolution):
  changes = sorted({0: 120, **dict(tempos)}.items())

  def seconds(tick):
    total = fractions.Fraction(0)
    for i, (start, qpm) in enumerate(changes):
      end = changes[i + 1][0] if i + 1 < len(changes) else tick
      if tick > start:
        total += fractions.Fraction(min(end, tick) - start, resolution) * (
            fractions.Fraction(60, qpm)
        )
    return float(total)

  sequence = _sequence(*map(seconds, ticks))
  for tick, qpm in reversed(tempos):
    sequence.tempos.add(time=seconds(tick), qpm=qpm)
  sequence.time_signatures.add(
      time=seconds(ticks[0]), numerator=3, denominator=4
  )
  onsets = note_sequences.to_onsets(sequence)
  expected = np.array(ticks) / resolution
  np.testing.assert_allclose(onsets.quarters, expected, atol=1e-9)
  np.testing.assert_allclose(
      onsets.tempos, [(tick / resolution, qpm) for tick, qpm in changes],
      atol=1e-9,
  )
  np.testing.assert_allclose(onsets.meters, [(expected[0], 3, 4)], atol=1e-9)
  steps = [math.floor(fractions.Fraction(4 * t, resolution) + (
      fractions.Fraction(1, 2))) for t in ticks]
  codes = grids.hit_grid(onsets, drum_maps.load('gm14').code_of_pitch)
  assert set(np.flatnonzero(codes)) == set(steps)


@given(data=st.binary(max_size=60))
@settings(max_examples=100)
def test_any_bytes_are_a_note_sequence_or_rejected(data):
  try:
    sequence = note_sequences.parse(data)
  except errors.RejectedInputError as e:
    assert e.reason == 'not_note_sequence'
  else:
    assert isinstance(sequence, note_seq.NoteSequence)


@pytest.mark.parametrize('steps_per_quarter', [4, 8, 12, 24])
def test_a_quantized_sequence_is_used_as_it_is(steps_per_quarter):
  hits = np.zeros((1, 32, 14), np.bool_)
  hits[0, [0, 7, 31], [0, 1, 2]] = True
  sequence = _quantized(
      note_sequences.from_patterns(hits, qpm=97), steps_per_quarter
  )
  for note in sequence.notes:
    note.start_time = 0
  np.testing.assert_array_equal(note_sequences.to_patterns(sequence), hits)


def test_steps_finer_than_sixteenths_are_rounded_ties_up():
  sequence = _sequence(0, 0)
  sequence.quantization_info.steps_per_quarter = 8
  sequence.notes[1].quantized_start_step = 5
  onsets = note_sequences.to_onsets(sequence)
  assert onsets.quarters.tolist() == [0, 0.625]
  back = note_sequences.to_patterns(sequence)
  assert np.flatnonzero(back[0, :, 0]).tolist() == [0, 3]


@pytest.mark.parametrize(
    ('field', 'value', 'message'),
    [
        ('steps_per_quarter', 3, 'other_grid: 3 steps a quarter'),
        ('steps_per_quarter', 6, 'other_grid: 6 steps a quarter'),
        ('steps_per_second', 100, 'other_grid: 100 steps a second'),
    ],
)
def test_another_grid_is_rejected(field, value, message):
  sequence = _sequence(0)
  setattr(sequence.quantization_info, field, value)
  for read in (note_sequences.to_onsets, note_sequences.to_patterns):
    with pytest.raises(errors.RejectedInputError, match=message):
      read(sequence)


def test_notes_stand_in_order_and_last_a_step():
  hits = np.zeros((32, 14), np.bool_)
  hits[4, [1, 0]] = True
  hits[0, 13] = True
  sequence = note_sequences.from_patterns(
      hits, qpm=60, velocity=77, sequence_id='a', genres=['rock', 'my own']
  )
  found = [
      (note.start_time, note.end_time, note.pitch) for note in sequence.notes
  ]
  assert found == [(0, 0.25, 64), (1, 1.25, 36), (1, 1.25, 38)]
  note = sequence.notes[0]
  assert (note.velocity, note.instrument, note.is_drum) == (77, 9, True)
  assert sequence.id == 'a'
  assert list(sequence.sequence_metadata.genre) == ['rock', 'my own']
  assert sequence.ticks_per_quarter == 480
  assert [(t.time, t.qpm) for t in sequence.tempos] == [(0, 60)]
  (meter,) = sequence.time_signatures
  assert (meter.time, meter.numerator, meter.denominator) == (0, 4, 4)
  assert note_sequences.to_onsets(sequence).genres == ('rock', 'my own')


@pytest.mark.parametrize(('qpm', 'repeats'), [(120, 1), (60, 4), (97.3, 3)])
def test_a_silent_end_keeps_the_exact_length(qpm, repeats):
  hits = np.zeros((2, 32, 14), np.bool_)
  hits[0, 0, 0] = True
  for pattern in (hits, np.zeros_like(hits)):
    sequence = note_sequences.from_patterns(pattern, qpm=qpm, repeats=repeats)
    assert sequence.total_time == pytest.approx(
        2 * repeats * 8 * 60 / qpm, rel=1e-15
    )
  single = note_sequences.from_patterns(hits[0], qpm=60)
  assert single.total_time == 8


def test_a_drum_map_reads_and_writes():
  hits = np.zeros((1, 32, 14), np.bool_)
  hits[0, 0, [0, 9, 10]] = True  # kick, cowbell, high bongo
  drum_map = drum_maps.load('note_seq9')
  sequence = note_sequences.from_patterns(hits, drum_map=drum_map)
  assert [note.pitch for note in sequence.notes] == [36, 38, 48]
  back = note_sequences.to_patterns(sequence, drum_map=drum_map)
  np.testing.assert_array_equal(back, drum_map.folded(hits))
  none = note_sequences.from_patterns(
      hits, drum_map=drum_maps.load('lstmetallica9')
  )
  assert [note.pitch for note in none.notes] == [36]


def test_only_drums_with_a_velocity_count_unless_all_are_assumed():
  sequence = _sequence(0, velocity=1)
  sequence.notes.extend(_sequence(1, velocity=0).notes)
  sequence.notes.extend(_sequence(2, is_drum=False, velocity=1).notes)
  sequence.notes.extend(_sequence(3, is_drum=False, velocity=0).notes)
  quantized = _quantized(sequence, 4)
  for read in (sequence, quantized):
    assert note_sequences.to_onsets(read).quarters.tolist() == [0]
    assert note_sequences.to_onsets(
        read, assume_drums=True
    ).quarters.tolist() == [0, 4]
  assert note_sequences.to_patterns(sequence, assume_drums=True).sum() == 2
  assert note_sequences.to_patterns(sequence).sum() == 1


def test_pitches_that_midi_does_not_have_stand_for_no_voice():
  sequence = _sequence(0, pitch=36 + 256)
  sequence.notes.extend(_sequence(1, pitch=-1).notes)
  sequence.notes.extend(_sequence(2, pitch=127).notes)
  sequence.notes.extend(_sequence(3, pitch=128).notes)
  onsets = note_sequences.to_onsets(sequence)
  assert onsets.pitches.tolist() == [127]
  assert onsets.remarks == ('3 notes of no MIDI pitch',)
  assert not note_sequences.to_patterns(sequence).any()


def test_meters_are_placed_in_quarters():
  sequence = _sequence(0)
  sequence.tempos.add(qpm=60)
  sequence.time_signatures.add(numerator=4, denominator=4)
  sequence.time_signatures.add(time=5, numerator=6, denominator=8)
  assert note_sequences.to_onsets(sequence).meters == [(0, 4, 4), (5, 6, 8)]
  assert not note_sequences.to_onsets(_sequence(0)).meters


def test_the_tempo_is_120_before_the_first():
  sequence = _sequence(1, 3)
  sequence.tempos.add(time=2, qpm=60)
  onsets = note_sequences.to_onsets(sequence)
  assert onsets.tempos == [(0, 120), (4, 60)]
  assert onsets.quarters.tolist() == [2, 5]


def test_a_note_before_the_beginning_stands_on_the_first_step():
  back = note_sequences.to_patterns(_sequence(-1, 1))
  assert np.flatnonzero(back[0, :, 0]).tolist() == [0, 8]


def test_other_steps_a_quarter_may_be_asked_for():
  sequence = _sequence(0, 0.5, 1)
  back = note_sequences.to_patterns(sequence, steps_per_quarter=3)
  assert np.flatnonzero(back[0, :, 0]).tolist() == [0, 3, 6]


def test_a_sequence_without_drums_is_one_silent_pattern():
  for sequence in (note_seq.NoteSequence(), _sequence(1, is_drum=False)):
    back = note_sequences.to_patterns(sequence)
    assert back.shape == (1, 32, 14)
    assert not back.any()


@pytest.mark.parametrize(
    ('total_time', 'count'),
    # At 120 quarter notes a minute two bars last four seconds.
    [(0, 1), (3.9, 1), (4, 1), (7.9, 1), (8, 2), (8.1, 1), (12, 3),
     (36_000, 9000), (36_004, 1)],
)
def test_a_silent_end_counts_where_it_ends_with_two_bars(total_time, count):
  sequence = _sequence(0)
  sequence.total_time = total_time
  back = note_sequences.to_patterns(sequence)
  assert back.shape == (count, 32, 14)
  assert back.sum() == 1
  late = _sequence(5)
  late.total_time = 4  # it lies: the music goes on
  assert len(note_sequences.to_patterns(late)) == 2


@pytest.mark.parametrize('total_time', [math.nan, math.inf])
def test_an_end_at_no_time_gives_no_patterns(total_time):
  sequence = _sequence(0)
  sequence.total_time = total_time
  with pytest.raises(errors.RejectedInputError, match='bad_times'):
    note_sequences.to_patterns(sequence)


@pytest.mark.parametrize(
    ('length', 'count'), [(0, 1), (1, 1), (32, 1), (33, 2), (64, 2)]
)
def test_a_grid_is_cut_into_patterns_and_its_end_padded(length, count):
  codes = np.full(length, 5, np.uint16)
  back = note_sequences.cut_patterns(codes)
  assert back.shape == (count, 32, 14)
  joined = step_codes.hits_to_step_codes(back).reshape(-1)
  assert joined[:length].tolist() == [5] * length
  assert not joined[length:].any()


@pytest.mark.parametrize(
    ('sequence', 'message'),
    [
        (note_seq.NoteSequence(), 'no_drum_notes: it holds no note at all'),
        (_sequence(0, pitch=40, is_drum=False),
         '1 notes, pitches 40-40, none of them is_drum: try --assume_drums'),
        (_sequence(0, pitch=26, is_drum=False), 'none of them is_drum$'),
        (_sequence(0, pitch=88, is_drum=False), 'none of them is_drum$'),
        (_sequence(math.nan), 'bad_times: a note starts at no time'),
        (_sequence(0, math.inf), 'bad_times: a note starts at no time'),
    ],
)
def test_what_gives_no_onsets_is_rejected_in_words(sequence, message):
  with pytest.raises(errors.RejectedInputError, match=message):
    note_sequences.to_onsets(sequence)


@pytest.mark.parametrize('sequence', [_sequence(math.nan)])
def test_unusable_times_give_no_patterns_either(sequence):
  with pytest.raises(errors.RejectedInputError, match='bad_times'):
    note_sequences.to_patterns(sequence)


@pytest.mark.parametrize(
    ('time', 'qpm'),
    [(0, 0), (0, -60), (0, math.nan), (3, math.inf), (math.nan, 60)],
)
def test_an_unusable_tempo_is_rejected(time, qpm):
  sequence = _sequence(0)
  sequence.tempos.add(time=time, qpm=qpm)
  with pytest.raises(errors.RejectedInputError, match='bad_times: tempo .*qpm'):
    note_sequences.to_onsets(sequence)


@pytest.mark.parametrize(('time', 'qpm'), [(1e19, 120), (1, 1e300)])
def test_times_without_bounds_are_rejected(time, qpm):
  sequence = _sequence(0, time)
  sequence.tempos.add(qpm=qpm)
  with pytest.raises(errors.RejectedInputError, match='bad_times|too_large'):
    grids.cut(
        note_sequences.to_onsets(sequence),
        drum_maps.load('gm14').code_of_pitch,
    )


@pytest.mark.parametrize(
    ('tempos', 'meter_time'),
    [([(0, 1e308), (1e300, 1e308)], 0), ([(0, 1e300)], 1e300),
     ([(0, 120)], 1e308)],
)
def test_a_tempo_map_without_bounds_is_rejected(tempos, meter_time):
  sequence = _sequence(0)
  for time, qpm in tempos:
    sequence.tempos.add(time=time, qpm=qpm)
  sequence.time_signatures.add(time=meter_time, numerator=4, denominator=4)
  with pytest.raises(errors.RejectedInputError, match='bad_times'):
    note_sequences.to_onsets(sequence)


def test_a_meter_at_no_time_is_rejected():
  sequence = _sequence(0)
  sequence.time_signatures.add(time=math.nan, numerator=3, denominator=4)
  with pytest.raises(errors.RejectedInputError, match='bad_times'):
    note_sequences.to_onsets(sequence)


def test_a_sequence_too_long_for_patterns_is_rejected():
  # 2**48 steps: more than there are addresses, so that nothing is reserved.
  with pytest.raises(errors.RejectedInputError, match='bad_times|too_large'):
    note_sequences.to_patterns(_sequence(0, 2.0**45))
  ten_hours = 36_000
  with pytest.raises(errors.RejectedInputError, match='too_large: .* steps'):
    note_sequences.to_patterns(_sequence(0, ten_hours))
  assert len(note_sequences.to_patterns(_sequence(0, ten_hours - 1))) == 9000


@pytest.mark.parametrize(
    'record', [b'\xff', b'\x0a\x05abc', b'hello', builders.field(1, b'\xff')]
)
def test_bytes_that_are_no_note_sequence_are_rejected(record):
  with pytest.raises(errors.RejectedInputError, match='not_note_sequence'):
    note_sequences.parse(record)


@pytest.mark.parametrize(
    ('hits', 'message'),
    [
        (np.zeros((32, 14)), 'patterns are bool'),
        (np.zeros((14, 32), np.bool_), r'got \[14, 32\]'),
        (np.zeros((1, 1, 32, 14), np.bool_), r'\[n, 32, 14\], got \[1, 1, 32'),
    ],
)
def test_what_are_no_patterns_is_refused(hits, message):
  with pytest.raises(errors.PatternError, match=message):
    note_sequences.from_patterns(hits)


@pytest.mark.parametrize(
    'bad',
    [
        {'qpm': 0}, {'qpm': 0.99}, {'qpm': 1000.1}, {'qpm': math.nan},
        {'velocity': 0}, {'velocity': 128}, {'repeats': 0},
    ],
)
def test_an_argument_out_of_range_is_named(bad):
  ((name, value),) = bad.items()
  with pytest.raises(ValueError, match=f'{name} must be .*, got {value}'):
    note_sequences.from_patterns(np.zeros((32, 14), np.bool_), **bad)


@pytest.mark.parametrize('tempos, expected', [
    ((), 120), ((90,), 90), ((90, 140), 90), ((0,), 1), ((1e9,), 1000),
])
def test_tempo_is_the_first_one_within_limits(tempos, expected):
  sequence = note_seq.NoteSequence(tempos=[{'qpm': qpm} for qpm in tempos])
  assert note_sequences.qpm_of(sequence) == expected
  assert note_sequences.qpm_of(note_seq.NoteSequence(), 77) == 77
