"""Tests for grids."""

import fractions
import math
import random

import builders
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import grids
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import drum_maps

_HALF = fractions.Fraction(1, 2)
_CODES = drum_maps.load('gm14').code_of_pitch


def _onsets(notes, meters=()):
  """Onsets of (quarter, pitch), in the order given."""
  return onsets_lib.DrumOnsets(
      quarters=np.array([float(quarter) for quarter, _ in notes]),
      pitches=np.array([pitch for _, pitch in notes], np.uint8),
      meters=[(float(quarter), n, d) for quarter, n, d in meters],
  )


def _cut(notes, meters=(), **kwargs):
  return grids.cut(_onsets(notes, meters), _CODES, **kwargs)


def _by_piece(pieces):
  """Returns [{quarter: code}] of each piece, by the fields of `Pieces`."""
  bounds = [*pieces.starts.tolist(), len(pieces.steps)]
  found = []
  for first, end, offset in zip(bounds, bounds[1:], pieces.quarter_offsets):
    quarters = offset + pieces.steps[first:end] / pieces.steps_per_quarter
    found.append(dict(zip(quarters.tolist(), pieces.codes[first:end].tolist())))
  return found


def _steps_struck(step_of_note):
  """Returns {step: code} of (step, pitch)."""
  struck = {}
  for step, pitch in step_of_note:
    if _CODES[pitch]:
      struck[step] = struck.get(step, 0) | int(_CODES[pitch])
  return struck


@given(
    times=st.lists(
        st.tuples(st.floats(0, 60), st.sampled_from(builders.PITCHES)),
        min_size=1, max_size=30,
    ),
    qpm=st.floats(20, 300), has_tempo=st.booleans(),
)
@settings(max_examples=100)
def test_the_grid_of_one_tempo_is_that_of_note_seq(times, qpm, has_tempo):
  qpm = qpm if has_tempo else 120.0
  sequence = note_seq.NoteSequence()
  if has_tempo:
    sequence.tempos.add(qpm=qpm)
  for seconds, pitch in times:
    steps = seconds * qpm / 15
    if abs(steps % 1 - 0.5) > 1e-5:  # ties are ours to decide
      sequence.notes.add(
          start_time=seconds, end_time=seconds + 0.1, pitch=pitch,
          velocity=80, is_drum=True,
      )
  if not sequence.notes:
    return
  quantized = note_seq.quantize_note_sequence(sequence, steps_per_quarter=4)
  expected = _steps_struck(
      (note.quantized_start_step, note.pitch) for note in quantized.notes
  )
  codes = grids.hit_grid(note_sequences.to_onsets(sequence), _CODES)
  assert len(codes) == max(expected) + 1
  assert {step: codes[step] for step in np.flatnonzero(codes)} == expected


@given(
    rng=st.randoms(use_true_random=False),
    steps_per_quarter=st.sampled_from([1, 3, 4, 12]),
    gap_steps=st.sampled_from([1, 8, 31, 32, 33, 100]),
)
@settings(max_examples=100)
def test_pieces_are_the_hits_between_pauses(rng, steps_per_quarter, gap_steps):
  song = builders.song(rng, steps_per_quarter=steps_per_quarter)
  struck = _steps_struck(
      (math.floor(quarter * steps_per_quarter + _HALF), pitch)
      for quarter, pitch in song.exact_notes()
  )
  expected = []
  for step in sorted(struck):
    if not expected or step - max(expected[-1]) - 1 >= gap_steps:
      expected.append({})
    expected[-1][step] = struck[step]
  pieces = _cut(
      song.exact_notes(), steps_per_quarter=steps_per_quarter,
      gap_steps=gap_steps,
  )
  found = [
      {round(quarter * steps_per_quarter): code for quarter, code in p.items()}
      for p in _by_piece(pieces)
  ]
  assert found == expected
  unknown = [p for _, p in song.notes if not _CODES[p]]
  assert pieces.dropped_pitches.total() == len(unknown)
  assert set(pieces.dropped_pitches) == set(unknown)
  assert not pieces.other_meters
  codes = grids.hit_grid(
      _onsets(song.exact_notes()), _CODES, steps_per_quarter=steps_per_quarter
  )
  assert {step: codes[step] for step in np.flatnonzero(codes)} == struck


@given(noise=st.lists(st.floats(-5e-8, 5e-8), min_size=40, max_size=40))
@settings(max_examples=30)
def test_float_noise_moves_no_tie_and_no_meter(noise):
  # Every second onset is a tie between two steps; the meter begins at one.
  exact = [(fractions.Fraction(i, 8), builders.KICK) for i in range(40)]
  noisy = [(q + fractions.Fraction(e), p) for (q, p), e in zip(exact, noise)]
  for meters in ((), [(fractions.Fraction(17, 8), 4, 4)],
                 [(0, 3, 4), (fractions.Fraction(17, 8), 4, 4)]):
    want, got = _cut(exact, meters), _cut(noisy, meters)
    np.testing.assert_array_equal(got.steps, want.steps)
    assert got.other_meters == want.other_meters


def test_the_songs_of_the_properties_hold_what_they_are_for():
  rng = random.Random(11)
  songs = [builders.song(rng) for _ in range(200)]
  cuts = [_cut(s.exact_notes(), s.exact_meters()) for s in songs]
  assert sum(len(pieces.starts) > 1 for pieces in cuts) > 50
  assert sum(pieces.other_meters.total() > 0 for pieces in cuts) > 50
  assert sum(pieces.dropped_pitches.total() > 0 for pieces in cuts) > 25


def test_a_tie_goes_up():
  pieces = _cut([(0.125, 36), (0.124, 38), (0.25 + 0.126, 42)])
  assert pieces.steps.tolist() == [0, 1, 2]
  assert pieces.codes.tolist() == [2, 1, 4]


def test_hits_on_one_step_are_one_code_whatever_their_order():
  pieces = _cut([(1.0, 42), (0.0, 36), (1.01, 38), (0.99, 35), (1.0, 42)])
  assert pieces.steps.tolist() == [0, 4]
  assert pieces.codes.tolist() == [1, 7]
  assert pieces.codes.dtype == np.uint16


@pytest.mark.parametrize(('silent', 'count'), [(31, 1), (32, 2), (33, 2)])
def test_a_pause_is_32_silent_steps(silent, count):
  pieces = _cut([(0, 36), ((silent + 1) / 4, 36)])
  assert len(pieces.starts) == count
  pieces = _cut([(0, 36), ((silent + 1) / 4, 36)], gap_steps=silent)
  assert len(pieces.starts) == 2


def test_notes_of_pitches_that_are_no_voice_are_counted_by_pitch():
  pieces = _cut([(0, 27), (1, 36), (2, 90), (3, 27)])
  assert pieces.dropped_pitches == {27: 2, 90: 1}
  assert _by_piece(pieces) == [{1.0: 1}]


def test_only_sections_in_4_4_are_used_and_the_others_counted():
  meters = [(4, 3, 4), (7, 4, 4), (11, 7, 8), (14.5, 4, 4), (20, 3, 4)]
  notes = [(q, 36) for q in (0, 3.5, 4, 6.5, 7, 8, 12, 14.5)]
  pieces = _cut(notes, meters)
  # The last 3/4 holds no drums.
  assert pieces.other_meters == {'3/4': 1, '7/8': 1}
  assert _by_piece(pieces) == [{0.0: 1, 3.5: 1}, {7.0: 1, 8.0: 1}, {14.5: 1}]
  # Steps count from the section: its first hit stands on a bar line.
  assert (pieces.steps[pieces.starts] % 32).tolist() == [0, 0, 0]


def test_a_meter_that_is_said_again_changes_nothing():
  notes = [(q, 36) for q in (0, 3.5, 4.25, 5)]
  plain = _cut(notes)
  again = _cut(notes, [(0, 4, 4), (1.3, 4, 4), (4, 4, 4)])
  assert _by_piece(again) == _by_piece(plain) == [
      {0.0: 1, 3.5: 1, 4.25: 1, 5.0: 1}
  ]


def test_of_several_meters_at_one_tick_the_last_one_holds():
  notes = [(q, 36) for q in (0, 4, 5)]
  kept = _cut(notes, [(4, 3, 4), (4, 4, 4)])
  assert _by_piece(kept) == [{0.0: 1, 4.0: 1, 5.0: 1}]
  lost = _cut(notes, [(4, 4, 4), (4, 3, 4)])
  assert _by_piece(lost) == [{0.0: 1}]
  assert lost.other_meters == {'3/4': 1}


def test_a_meter_of_no_beats_is_none():
  notes = [(q, 36) for q in range(24)]
  for none in ((0, 0, 1), (0, 0, 4), (8, 0, 4), (8, 3, 0)):
    pieces = _cut(notes, [none])
    assert pieces.steps.tolist() == _cut(notes).steps.tolist()
    assert not pieces.other_meters


def test_a_default_meter_for_one_tick_gives_way_to_the_real_one():
  notes = [(q, 36) for q in range(24)]
  tick = 1 / 480
  plain = _cut(notes)
  for meters in ([(0, 3, 4), (tick, 4, 4)], [(8, 3, 4), (8 + tick, 4, 4)]):
    pieces = _cut(notes, meters)
    assert pieces.steps.tolist() == plain.steps.tolist()
    assert not pieces.other_meters
  # The other way round, the real meter begins with the piece.
  assert _cut(notes, [(0, 4, 4), (tick, 3, 4)]).other_meters == {'3/4': 1}
  # From a step on it is a section.
  kept = _cut(notes, [(0, 3, 4), (1 / 4, 4, 4)])
  assert kept.other_meters == {'3/4': 1}


def test_meters_need_not_be_in_order_nor_begin_at_zero():
  notes = [(q, 36) for q in (0, 4, 8)]
  pieces = _cut(notes, [(8, 4, 4), (4, 3, 4), (-1, 4, 4)])
  assert _by_piece(pieces) == [{0.0: 1}, {8.0: 1}]
  first = _cut(notes, [(-2, 3, 4), (4, 4, 4)])
  assert _by_piece(first) == [{4.0: 1, 8.0: 1}]
  assert first.other_meters == {'3/4': 1}


def test_a_hit_belongs_to_the_section_in_which_its_rounded_step_falls():
  # 3.9 is nearer to the bar line of the next section than to step 15.
  pieces = _cut([(3.9, 36), (3.8, 38)], [(4, 3, 4), (7, 4, 4)])
  assert pieces.other_meters == {'3/4': 1}
  assert _by_piece(pieces) == [{3.75: 2}]
  pieces = _cut([(6.9, 36)], [(4, 3, 4), (7, 4, 4)])
  assert not pieces.other_meters
  assert _by_piece(pieces) == [{7.0: 1}]


def test_a_section_may_begin_between_two_steps():
  # The section of 4/4 begins a third of a quarter late; so do its steps.
  start = 4 + 1 / 3
  notes = [(start, 36), (start + 0.25, 38), (start + 0.4, 42)]
  pieces = _cut(notes, [(4, 3, 4), (start, 4, 4)])
  assert (pieces.steps % 32).tolist() == [0, 1, 2]
  assert pieces.codes.tolist() == [1, 2, 4]
  assert pieces.quarter_offsets + pieces.steps[0] / 4 == pytest.approx(start)


def test_a_note_before_the_beginning_stands_on_the_first_step():
  pieces = _cut([(-3.0, 36), (1, 38)])
  assert _by_piece(pieces) == [{0.0: 1, 1.0: 2}]
  pieces = _cut([(-3.0, 36), (1, 38)], [(8, 3, 4), (11, 4, 4)])
  assert _by_piece(pieces) == [{0.0: 1, 1.0: 2}]


def test_no_known_note_gives_no_piece():
  for notes in ([], [(1, 27)]):
    pieces = _cut(notes)
    assert len(pieces.starts) == len(pieces.steps) == len(pieces.codes) == 0
    assert len(pieces.quarter_offsets) == 0
    assert pieces.dropped_pitches.total() == len(notes)


def test_hit_grid_ends_with_the_last_hit_or_at_its_limit():
  onsets = _onsets([(0, 36), (2, 38), (0.6, 42), (9, 27)], [(1, 3, 4)])
  codes = grids.hit_grid(onsets, _CODES)
  assert codes.tolist() == [1, 0, 4, 0, 0, 0, 0, 0, 2]
  assert codes.dtype == np.uint16
  assert grids.hit_grid(onsets, _CODES, max_steps=8).tolist() == [1, 0, 4]
  eighths = grids.hit_grid(onsets, _CODES, steps_per_quarter=2)
  assert eighths.tolist() == [1, 4, 0, 0, 2]
  assert grids.hit_grid(_onsets([]), _CODES).tolist() == []


def test_hours_of_silence_cost_nothing():
  pieces = _cut([(0, 36), (1e12, 38)])
  assert len(pieces.steps) == 2
  assert _by_piece(pieces) == [{0.0: 1}, {1e12: 2}]


@pytest.mark.parametrize('quarter', [2.0**45, -1e300, 1e19, np.inf, np.nan])
def test_an_onset_beyond_all_counting_is_rejected(quarter):
  with pytest.raises(errors.RejectedInputError, match='bad_times: a note'):
    _cut([(0, 36), (quarter, 36)])
  with pytest.raises(errors.RejectedInputError, match='bad_times: a note'):
    grids.hit_grid(_onsets([(quarter, 36)], [(4, 3, 4)]), _CODES)


def test_a_grid_that_is_laid_out_step_by_step_is_bounded():
  ten_hours = 120 * 600
  codes = grids.hit_grid(_onsets([(ten_hours - 0.25, 36)]), _CODES)
  assert len(codes) == 4 * ten_hours
  with pytest.raises(errors.RejectedInputError, match='too_large: it has'):
    grids.hit_grid(_onsets([(ten_hours, 36)]), _CODES)
  onsets = _onsets([(0, 36), (ten_hours, 36)])
  assert grids.hit_grid(onsets, _CODES, max_steps=99).tolist() == [1]


_METER = st.tuples(
    st.floats(-1, 40), st.sampled_from((0, 2, 3, 4)), st.sampled_from((2, 4))
)
_INPUT = st.builds(
    _onsets, st.lists(st.tuples(
        st.floats(-1, 90) | st.sampled_from((1e15, float('nan'))),
        st.sampled_from(builders.PITCHES) | st.integers(0, 127),
    ), max_size=20), st.lists(_METER, max_size=3),
)


@given(
    inputs=st.lists(_INPUT, min_size=1, max_size=5),
    gap_steps=st.sampled_from((1, 16, 32)),
    steps_per_quarter=st.sampled_from((3, 4)),
)
@settings(max_examples=200)
def test_inputs_cut_together_are_those_cut_alone(inputs, **kwargs):
  found = grids.cut_many(inputs, [_CODES] * len(inputs), **kwargs)
  for onsets, together in zip(inputs, found, strict=True):
    try:
      alone = grids.cut(onsets, _CODES, **kwargs)
    except errors.RejectedInputError as e:
      assert (e.reason, e.detail) == (together.reason, together.detail)
      continue
    for name in (
        'steps', 'codes', 'starts', 'quarter_offsets', 'dropped_pitches',
        'other_meters',
    ):
      np.testing.assert_array_equal(
          getattr(together, name), getattr(alone, name), name
      )
    for ours, theirs in zip(together.notes, alone.notes, strict=True):
      np.testing.assert_array_equal(ours, theirs)


@given(inputs=st.lists(_INPUT, min_size=1, max_size=4))
def test_joined_pieces_are_those_of_all(inputs):
  own = [p for p in grids.cut_many(inputs, [_CODES] * len(inputs))
         if isinstance(p, grids.Pieces)]
  if own:
    assert _by_piece(grids.joined(own)) == [
        piece for pieces in own for piece in _by_piece(pieces)
    ]
