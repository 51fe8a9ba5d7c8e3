"""Tests for one_input."""

import collections
import hashlib
import random

import builders
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import note_seq
import numpy as np
import plain_reading
import pytest

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import reading
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes

_RECIPE = one_input.Recipe()
# Steps of a beat that is no plain pulse: 1.28 nats in 32 steps.
_BEAT = ((0, 36), (4, 38), (6, 42), (10, 36), (12, 38), (20, 38), (26, 42),
         (30, 41), (31, 42))


def _onsets(notes, meters=(), tempos=(), **kwargs):
  """Onsets of (quarter, pitch)."""
  return onsets_lib.DrumOnsets(
      quarters=np.array([float(quarter) for quarter, _ in notes]),
      pitches=np.array([pitch for _, pitch in notes], np.uint8),
      meters=meters, tempos=tempos, **kwargs,
  )


def _played(beat=_BEAT, *, times=3, start=0):
  return [
      ((start + 32 * i + step) / 4, pitch) for i in range(times)
      for step, pitch in beat
  ]


def _codes(beat=_BEAT, *, shift=0):
  codes = np.zeros(32, np.uint16)
  code_of_pitch = drum_maps.load('gm14').code_of_pitch
  for step, pitch in beat:
    codes[(step + shift) % 32] |= code_of_pitch[pitch]
  return codes


def _extract(notes, meters=(), recipe=_RECIPE, **kwargs):
  return one_input.extract(_onsets(notes, meters, **kwargs), 'a', recipe)


def _midi(notes=None, **kwargs):
  ticks = [(round(480 * q), pitch) for q, pitch in notes or _played()]
  return builders.midi(builders.track(builders.notes(ticks, **kwargs)))


def _sequence(**kwargs):
  hits = step_codes.step_codes_to_hits(_codes())
  sequence = note_sequences.from_patterns(hits, qpm=100, repeats=3)
  for name, value in kwargs.items():
    setattr(sequence, name, value)
  return sequence


def _check_sums(result, num_notes):
  """The counts of one verdict add up, whatever it is."""
  counts = result.counts
  kept = sum(count.num_loops for count in result.loop_counts)
  assert counts['with_drums'] == 1
  assert counts['loops'] == counts['trivial'] + kept
  assert counts['in_4_4'] == (counts['pieces'] > 0)
  with_loop = (
      counts['pieces'] - counts['pieces_too_short']
      - counts['pieces_without_loop']
  )
  assert (with_loop > 0) == (counts['loops'] > 0)
  assert 0 <= with_loop <= counts['loops']
  assert counts['sections_in_other_meters'] == sum(result.other_meters.values())
  assert sum(result.dropped_pitches.values()) <= num_notes
  assert (result.reason is None) == (kept > 0)
  assert result.reason is None or result.reason in rejections.REASONS


@given(rng=st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_loops_of_a_song_are_counted_as_in_the_plain_reading(rng):
  song = builders.song(rng)
  result = _extract(
      song.exact_notes(),
      [(float(quarter), n, d) for quarter, n, d in song.exact_meters()],
  )
  _check_sums(result, len(song.notes))
  found = plain_reading.loops(song.exact_notes(), song.exact_meters())
  expected = collections.defaultdict(lambda: [0, 0])
  trivial = 0
  for pattern, repeats in found:
    if plain_reading.entropy(pattern) < 0.9:
      trivial += 1
      continue
    expected[plain_reading.canonical(pattern), pattern][0] += 1
    expected[plain_reading.canonical(pattern), pattern][1] += repeats
  ours = {
      tuple(
          tuple(step_codes.bytes_to_codes(packed).tolist())
          for packed in (count.canonical, count.phase)
      ): [count.num_loops, count.num_repeats]
      for count in result.loop_counts
  }
  assert ours == dict(expected)
  assert len(ours) == len(result.loop_counts)
  assert result.counts['trivial'] == trivial
  unknown = collections.Counter(
      pitch for _, pitch in song.notes if pitch in (27, 90)
  )
  assert result.dropped_pitches == dict(unknown)


@given(rows=st.lists(
    st.lists(st.sampled_from([0, 1, 255, 256, 511, 16383]), min_size=32,
             max_size=32), min_size=1, max_size=5,
))
@settings(max_examples=50)
def test_packed_codes_come_back_and_order_like_codes(rows):
  packed = [step_codes.codes_to_bytes(np.array(row)) for row in rows]
  assert all(len(row) == 64 for row in packed)
  back = [step_codes.bytes_to_codes(row) for row in packed]
  assert [row.tolist() for row in back] == rows
  assert back[0].dtype == np.uint16
  in_order = [step_codes.bytes_to_codes(row).tolist() for row in sorted(packed)]
  assert in_order == sorted(rows)
  for row, codes in zip(packed, back):
    smallest = step_codes.canonical_bytes(row)
    np.testing.assert_array_equal(
        step_codes.bytes_to_codes(smallest), step_codes.canonical(codes)
    )


def test_the_songs_of_the_property_give_most_verdicts():
  rng = random.Random(2)
  reasons = collections.Counter()
  for _ in range(300):
    song = builders.song(rng)
    reasons[_extract(
        song.exact_notes(),
        [(float(quarter), n, d) for quarter, n, d in song.exact_meters()],
    ).reason] += 1
  assert set(reasons) >= {None, 'only_trivial_loops', 'no_loop', 'too_short'}
  assert reasons[None] > 30


def test_a_loop_is_kept_with_its_phase_repeats_and_tempo():
  notes = _played(times=4)
  result = _extract(
      notes, tempos=[(0, 90), (8, 110), (31.75, 80), (31.8, 200)],
      genres=('Hip-Hop', 'my own'), remarks=('odd',),
  )
  assert result.reason is None
  assert result.input_id == 'a'
  assert result.detail == 'odd'
  assert result.genres == ('hip_hop', 'my_own')
  (count,) = result.loop_counts
  assert count.phase == step_codes.codes_to_bytes(_codes())
  assert count.canonical == step_codes.codes_to_bytes(
      step_codes.canonical(_codes())
  )
  assert (count.num_loops, count.num_repeats) == (1, 4)
  assert (count.min_qpm, count.max_qpm) == (80, 110)
  assert result.counts == {
      'with_drums': 1, 'in_4_4': 1, 'sections_in_other_meters': 0,
      'pieces': 1, 'pieces_too_short': 0, 'pieces_without_loop': 0,
      'loops': 1, 'trivial': 0,
  }


def _tempo_range(notes, tempos):
  (count,) = _extract(notes, tempos=tempos).loop_counts
  return count.min_qpm, count.max_qpm


def test_the_tempo_is_that_of_the_hits_and_not_of_the_silence_around_them():
  # The loop ends in silence, so that its run begins before the piece.
  ends_early = [*_BEAT[:-1], (2, 42)]
  assert _tempo_range(_played(ends_early), [(0, 150)]) == (150, 150)
  later = _played(ends_early, start=32)
  assert _tempo_range(later, [(0, 90), (8, 150)]) == (150, 150)
  assert _tempo_range(later, [(8, 150)]) == (150, 150)
  assert _tempo_range(later, [(0, 90), (8.5, 150)]) == (90, 150)
  # The last hit is on step 30 of the last time.
  last = (32 + 64 + 30) / 4
  assert _tempo_range(later, [(0, 90), (last, 150)]) == (90, 150)
  assert _tempo_range(later, [(0, 90), (last + 0.01, 150)]) == (90, 90)


def test_a_hit_beside_its_step_has_the_tempo_of_the_moment_it_is_struck():
  notes = [(quarter + 0.1, pitch) for quarter, pitch in _played(start=32)]
  assert _tempo_range(notes, [(0, 90), (8.05, 150)]) == (150, 150)
  notes = [(quarter - 0.1, pitch) for quarter, pitch in _played(start=32)]
  assert _tempo_range(notes, [(0, 90), (8, 150)]) == (90, 150)


@given(rng=st.randoms(use_true_random=False))
def test_no_loop_has_a_tempo_that_is_not_in_the_input(rng):
  song = builders.song(rng)
  notes = song.exact_notes()
  places = sorted(quarter for quarter, _ in notes)
  tempos = [(0.0, 100.0)] + [
      (float(rng.choice(places)), rng.choice((50.0, 70.0, 200.0)))
      for _ in range(rng.randint(0, 3))
  ]
  tempos.sort(key=lambda change: change[0])
  values = {qpm for _, qpm in tempos}
  result = _extract(notes, song.exact_meters(), tempos=tempos)
  for count in result.loop_counts:
    assert {count.min_qpm, count.max_qpm} <= values


def test_runs_of_one_phase_are_summed_and_other_phases_stand_apart():
  # Twice from the same bar line, once half a bar later.
  notes = (
      _played(times=3) + _played(times=5, start=256)
      + _played(times=3, start=512 + 8)
  )
  result = _extract(notes, tempos=[(0, 60), (64, 180)])
  by_phase = {count.phase: count for count in result.loop_counts}
  first, later = (
      by_phase[step_codes.codes_to_bytes(_codes(shift=shift))]
      for shift in (0, 24)
  )
  assert (first.num_loops, first.num_repeats) == (2, 8)
  assert (first.min_qpm, first.max_qpm) == (60, 180)
  assert (later.num_loops, later.num_repeats) == (1, 3)
  assert (later.min_qpm, later.max_qpm) == (180, 180)
  assert first.canonical == later.canonical
  assert [c.phase for c in result.loop_counts] == sorted(by_phase)


_PULSE = tuple((step, 36) for step in range(0, 32, 4))


@pytest.mark.parametrize(
    ('notes', 'meters', 'reason', 'detail'),
    [
        ([(0, 27), (1, 90), (2, 27)], (), 'no_known_voice',
         '3 notes of pitch 27, 90'),
        ([(0, pitch) for pitch in range(90, 110)], (), 'no_known_voice',
         '20 notes of pitch 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101'),
        (_played(), [(0, 3, 4)], 'not_in_4_4', 'drums in 3/4'),
        (_played(), [(0, 3, 4), (8, 7, 8)], 'not_in_4_4', 'drums in 3/4, 7/8'),
        (_played(times=1), (), 'too_short', '1 short stretches of drums'),
        ([(0, 36), (50, 36)], (), 'too_short', '2 short stretches of drums'),
        (_played(times=2) + [(20, 36)], (), 'no_loop',
         '1 long stretches of drums'),
        (_played(times=2) + [(20, 36), (60, 36)], (), 'no_loop',
         '1 long stretches of drums'),
        (_played(_PULSE), (), 'only_trivial_loops', '1 loops'),
        (_played(_PULSE) + _played(_PULSE, start=400), (),
         'only_trivial_loops', '2 loops'),
        (_played(_PULSE) + _played(start=400), (), None, ''),
        (_played() + [(0, 27)], (), None, ''),
        (_played(start=64) + [(0, 36)], [(0, 3, 4), (3, 4, 4)], None, ''),
    ],
)
def test_the_verdict_on_onsets(notes, meters, reason, detail):
  result = _extract(notes, meters)
  assert (result.reason, result.detail) == (reason, detail)
  assert bool(result.loop_counts) == (reason is None)
  _check_sums(result, len(notes))


def test_a_verdict_keeps_the_remarks_before_what_was_seen():
  result = _extract([(0, 27)], remarks=('damaged in 2 places', 'odd'))
  assert result.detail == 'damaged in 2 places; odd; 1 notes of pitch 27'


def test_meters_and_dropped_pitches_are_counted_by_name():
  result = _extract(
      _played() + [(25, 36), (26, 27), (29, 36), (32, 99)],
      [(24, 3, 4), (27, 4, 4), (28, 3, 4)],
  )
  assert result.reason is None
  assert result.other_meters == {'3/4': 2}
  assert result.dropped_pitches == {27: 1, 99: 1}
  assert result.counts['sections_in_other_meters'] == 2


def test_the_recipe_says_how_an_input_is_read():
  thirds = [(quarter * 4 / 3, pitch) for quarter, pitch in _played()]
  assert _extract(thirds).reason is not None
  coarse = _extract(thirds, recipe=one_input.Recipe(steps_per_quarter=3))
  assert [c.phase for c in coarse.loop_counts] == [
      step_codes.codes_to_bytes(_codes())
  ]
  gaps = one_input.Recipe(gap_steps=8)
  assert _extract(_played(((0, 36), (6, 38), (12, 42), (30, 41)))).counts[
      'pieces'] == 1
  assert _extract(
      _played(((0, 36), (6, 38), (12, 42), (30, 41))), recipe=gaps
  ).counts['pieces'] == 4
  roland = one_input.Recipe(drum_map=drum_maps.load('roland'))
  assert _extract([(0, 58)], recipe=roland).reason == 'too_short'
  assert _extract([(0, 58)]).reason == 'no_known_voice'


def test_a_midi_file_gives_its_loops():
  result = one_input.extract_midi(_midi(), 'b.mid', _RECIPE)
  assert result.input_id == 'b.mid'
  assert [c.phase for c in result.loop_counts] == [
      step_codes.codes_to_bytes(_codes())
  ]
  assert result.loop_counts[0].num_repeats == 3
  quiet = one_input.extract_midi(_midi(channel=3), 'b.mid', _RECIPE)
  assert quiet.reason == 'no_drum_notes'
  recipe = one_input.Recipe(assume_drums=True)
  assumed = one_input.extract_midi(_midi(channel=3), 'b.mid', recipe)
  assert assumed.loop_counts == result.loop_counts


@pytest.mark.parametrize(
    ('data', 'reason', 'detail'),
    [
        (b'', 'empty', ''),
        (b'<html>', 'not_midi', 'it looks like a web page'),
        (builders.midi(division=0), 'bad_division', 'division 0'),
        (builders.midi(division=0xE728), 'smpte_division', '25 frames'),
        (builders.midi(b'MTrk\0\0\0\x09\0\x99'), 'damaged_midi', 'no note'),
        (builders.midi(builders.track()), 'no_drum_notes', '0 notes'),
        (_midi([(0, 27)]), 'no_known_voice', '1 notes of pitch 27'),
        (_midi([(0, 36)]), 'too_short', '1 short'),
    ],
)
def test_the_verdict_on_midi_bytes(data, reason, detail):
  result = one_input.extract_midi(data, 'c.mid', _RECIPE)
  assert result.input_id == 'c.mid'
  assert result.reason == reason
  assert detail in result.detail
  assert not result.loop_counts


def test_a_record_gives_its_loops_genres_and_tempo():
  sequence = _sequence()
  sequence.sequence_metadata.genre.append('Bossa Nova')
  result = one_input.extract_record(
      sequence.SerializeToString(), 'x.tfrecord:3', _RECIPE
  )
  assert result.reason is None
  assert result.genres == ('bossa_nova',)
  (count,) = result.loop_counts
  assert count.phase == step_codes.codes_to_bytes(_codes())
  assert (count.num_repeats, count.min_qpm, count.max_qpm) == (3, 100, 100)


@pytest.mark.parametrize(
    ('fields', 'input_id', 'file_name'),
    [
        ({'id': '/id/1', 'filename': 'b.mid'}, '/id/1', 'b.mid'),
        ({'filename': 'b.mid', 'collection_name': 'c'}, 'c/b.mid', 'c/b.mid'),
        ({'filename': 'rock/b.mid'}, 'rock/b.mid', 'rock/b.mid'),
        ({'collection_name': 'c'}, 'c', 'c'),
        ({}, None, ''),
    ],
)
def test_a_record_is_named_by_what_does_not_change_with_its_place(
    fields, input_id, file_name
):
  record = _sequence(**fields).SerializeToString()
  digest = hashlib.sha1(record).hexdigest()
  silent = note_seq.NoteSequence(**fields).SerializeToString()
  for data in (record, silent):
    result = one_input.extract_record(data, 'x.tfrecord:3', _RECIPE)
    if input_id is not None:
      assert result.input_id == input_id
    assert result.file_name == file_name
    assert result.reason == (None if data == record else 'no_drum_notes')
  if input_id is None:
    result = one_input.extract_record(record, 'x.tfrecord:3', _RECIPE)
    assert result.input_id == f'sha1:{digest}'


@pytest.mark.parametrize(
    ('change', 'reason'),
    [
        (lambda s: s.notes.add(start_time=float('nan'), velocity=1,
                               is_drum=True), 'bad_times'),
        (lambda s: s.tempos.add(time=1, qpm=0), 'bad_times'),
        (lambda s: setattr(s.quantization_info, 'steps_per_quarter', 6),
         'other_grid'),
        (lambda s: s.ClearField('notes'), 'no_drum_notes'),
    ],
)
def test_the_verdict_on_a_record(change, reason):
  sequence = _sequence(id='i', filename='f.mid')
  change(sequence)
  result = one_input.extract_record(
      sequence.SerializeToString(), 'x.tfrecord:3', _RECIPE
  )
  assert result.reason == reason
  assert (result.input_id, result.file_name) == ('i', 'f.mid')
  assert not result.loop_counts


def test_a_record_that_is_junk_is_named_by_its_place():
  result = one_input.extract_record(b'\xff', 'x.tfrecord:3', _RECIPE)
  assert result.input_id == 'x.tfrecord:3'
  assert result.reason == 'not_note_sequence'


@pytest.mark.parametrize('kind', ['Example', 'SequenceExample'])
def test_a_record_of_another_kind_is_told_and_named_by_its_place(kind):
  features = builders.feature_map(['inputs'])
  record = builders.field(1 if kind == 'Example' else 2, features)
  result = one_input.extract_record(record, 'x.tfrecord:3', _RECIPE)
  assert result.input_id == 'x.tfrecord:3'
  assert result.reason == 'not_note_sequence'
  assert result.detail == f'it looks like {kind}'


def test_an_onset_beyond_all_counting_is_the_verdict_on_its_input():
  for quarter in (1e19, -1e300):
    result = _extract([*_played(), (quarter, 36)], remarks=('odd',))
    assert result.reason == 'bad_times'
    assert 'quarters in' in result.detail
    assert not result.loop_counts
  assert _extract([*_played(), (1e12, 36)]).reason is None


@pytest.mark.parametrize(
    ('bad', 'message'),
    [
        ({'steps_per_quarter': 0}, r'in \[1, 96\], got 0'),
        ({'steps_per_quarter': 97}, r'in \[1, 96\], got 97'),
        ({'gap_steps': 0}, r'gap_steps must be in \[1, 4096\], got 0'),
    ],
)
def test_a_recipe_out_of_range_is_refused(bad, message):
  with pytest.raises(errors.InputError, match=message):
    one_input.Recipe(**bad)
  one_input.Recipe(steps_per_quarter=96, gap_steps=1)


@given(
    starts=st.lists(st.integers(0, 40), max_size=5), noise=st.integers(0, 99),
    max_flips=st.sampled_from((0, 4)),
)
@settings(max_examples=50)
def test_inputs_extracted_together_are_those_extracted_alone(
    starts, noise, max_flips
):
  rng = random.Random(noise)
  recipe = one_input.Recipe(max_flips=max_flips)
  inputs = []
  for i, start in enumerate(starts):
    notes = _played(times=rng.randint(1, 5), start=start) + [
        (rng.uniform(0, 50), rng.choice(builders.PITCHES))
        for _ in range(rng.randint(0, 3))
    ]
    meters = [(0.0, rng.choice((3, 4)), 4), (20.0, 4, 4)][:rng.randint(0, 2)]
    tempos = [(rng.uniform(0, 40), rng.uniform(60, 180)) for _ in range(2)]
    inputs.append((f'{i}', _onsets(notes, meters, sorted(tempos))))
  inputs.append(('huge', _onsets([(1e300, 36)])))
  together = one_input.extract_many(inputs, recipe)
  assert together == [
      one_input.extract(onsets, name, recipe) for name, onsets in inputs
  ]


def test_a_mistake_over_one_input_costs_no_other(monkeypatch):
  judge = one_input._judge

  def failing(result, *args):
    if result.input_id == 'b':
      raise KeyError('of ours')
    judge(result, *args)

  monkeypatch.setattr(one_input, '_judge', failing)
  reads = [reading.midi(_midi(), name, _RECIPE) for name in 'abc']
  reads.insert(1, reading.midi(b'', 'empty', _RECIPE))
  results = one_input.extract_reads(reads, _RECIPE)
  assert [(r.input_id, r.reason) for r in results] == [
      ('a', None), ('empty', 'empty'), ('b', 'reader_failed'), ('c', None),
  ]


def test_inputs_are_read_in_portions_of_so_many_notes(monkeypatch):
  monkeypatch.setattr(one_input, '_PORTION_NOTES', 3)
  read, sizes = [], []
  extract_many = one_input.extract_many

  def noting(inputs, *args):
    sizes.append((len(inputs), len(read)))
    return extract_many(inputs, *args)

  def reads():
    for name, num_notes in zip('abcd', (1, 2, 5, 1)):
      read.append(name)
      yield reading.Read(name, _onsets([(i, 36) for i in range(num_notes)]))

  monkeypatch.setattr(one_input, 'extract_many', noting)
  results = one_input.extract_reads(reads(), _RECIPE)
  assert [result.input_id for result in results] == list('abcd')
  # (inputs together, inputs read by then): what comes later is not yet held.
  assert sizes == [(2, 2), (1, 3), (1, 4)]
