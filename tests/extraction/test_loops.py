"""Tests for loops."""

import collections
import fractions
import math
import random

import builders
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import plain_reading
import pytest

from drumspace_ext.extraction import loops
from drumspace_ext.notes import grids
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import drum_maps

_CODES = drum_maps.load('gm14').code_of_pitch


def _find(notes, meters=(), **kwargs):
  """Finds loops in notes of (quarter, pitch)."""
  onsets = onsets_lib.DrumOnsets(
      quarters=np.array([float(quarter) for quarter, _ in notes]),
      pitches=np.array([pitch for _, pitch in notes], np.uint8),
      meters=[(float(quarter), n, d) for quarter, n, d in meters],
  )
  return loops.find(grids.cut(onsets, _CODES, **kwargs))


def _as_multiset(found):
  return collections.Counter(
      (tuple(codes), repeats)
      for codes, repeats in zip(found.codes.tolist(), found.repeats.tolist())
  )


def _played(steps, *, times, start=0, pitch=36):
  """Notes of a pattern that strikes `steps`, played so many times in a row."""
  return [
      ((start + 32 * i + step) / 4, pitch) for i in range(times)
      for step in steps
  ]


@given(
    rng=st.randoms(use_true_random=False),
    steps_per_quarter=st.sampled_from([4, 4, 4, 1, 3, 12]),
    gap_steps=st.sampled_from([32, 32, 32, 8, 16, 31, 33, 100]),
)
@example(random.Random(3), 4, 32)
@settings(max_examples=500)
def test_loops_are_those_of_the_plain_reading(
    rng, steps_per_quarter, gap_steps
):
  song = builders.song(rng, steps_per_quarter=steps_per_quarter)
  kwargs = {'steps_per_quarter': steps_per_quarter, 'gap_steps': gap_steps}
  expected = plain_reading.loops(
      song.exact_notes(), song.exact_meters(), **kwargs
  )
  found = _find(song.exact_notes(), song.exact_meters(), **kwargs)
  assert _as_multiset(found) == collections.Counter(expected)


@given(rng=st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_a_loop_lasts_from_its_start_to_its_end_and_no_step_longer(rng):
  song = builders.song(rng)
  pieces = grids.cut(
      onsets_lib.DrumOnsets(
          quarters=np.array([tick / song.resolution for tick, _ in song.notes]),
          pitches=np.array([pitch for _, pitch in song.notes], np.uint8),
      ),
      _CODES,
  )
  steps = pieces.steps + np.repeat(
      np.rint(4 * pieces.quarter_offsets).astype(int),
      np.diff(np.append(pieces.starts, len(pieces.steps))),
  )
  grid = dict(zip(steps.tolist(), pieces.codes.tolist()))
  edges = [
      (int(piece[0]) - 32, int(piece[-1]) + 32)
      for piece in np.split(steps, pieces.starts[1:]) if len(piece)
  ]
  found = loops.find(pieces)
  for codes, repeats, start_quarter, end_quarter in zip(
      found.codes.tolist(), found.repeats, found.start_quarters,
      found.end_quarters,
  ):
    start, end = int(4 * start_quarter), int(4 * end_quarter)
    (first, last), = (e for e in edges if e[0] <= start and end <= e[1] + 1)
    window = [grid.get(step, 0) for step in range(start, end)]
    assert window[32:] == window[:-32]
    assert (end - start) // 32 == repeats >= 3
    bar_line = -start % 16
    assert window[bar_line:bar_line + 32] == codes
    # A step more at either end is another beat, or outside the padded piece.
    assert start == first or grid.get(start - 1, 0) != grid.get(start + 31, 0)
    assert end == last + 1 or grid.get(end - 32, 0) != grid.get(end, 0)


def test_the_songs_of_the_properties_hold_loops():
  rng = random.Random(5)
  counts = collections.Counter()
  for _ in range(200):
    song = builders.song(rng)
    found = plain_reading.loops(song.exact_notes(), song.exact_meters())
    counts['songs with a loop'] += bool(found)
    counts['songs with several'] += len(found) > 1
    counts['songs without'] += not found
    counts['loops played more than three times'] += any(
        repeats > 3 for _, repeats in found
    )
  assert min(counts.values()) > 15 and len(counts) == 4


@pytest.mark.parametrize(('times', 'count'), [(2, 0), (3, 1), (4, 1), (9, 1)])
def test_a_loop_is_played_three_times_or_more(times, count):
  found = _find(_played([0, 4, 10, 31], times=times))
  assert len(found.codes) == count
  if count:
    assert found.repeats.tolist() == [times]
    assert np.flatnonzero(found.codes[0]).tolist() == [0, 4, 10, 31]
    assert found.start_quarters.tolist() == [0]
    assert found.end_quarters.tolist() == [8 * times]


def test_one_step_short_of_three_times_is_no_loop():
  notes = _played([0, 4, 10, 31], times=3)
  assert len(_find(notes).codes) == 1
  assert len(_find(notes[:-1]).codes) == 0
  assert len(_find(notes[1:]).codes) == 0


def test_a_loop_that_begins_or_ends_in_silence_is_not_missed():
  found = _find(_played([13], times=3))
  assert found.repeats.tolist() == [3]
  # From 31 steps before the first hit to 31 behind the last: 127 steps.
  assert found.start_quarters.tolist() == [(13 - 31) / 4]
  assert found.end_quarters.tolist() == [(13 + 64 + 32) / 4]
  assert found.first_hit_quarters.tolist() == [13 / 4]
  assert found.last_hit_quarters.tolist() == [(13 + 64) / 4]
  # The bar line at step -16 is the first inside.
  assert np.flatnonzero(found.codes[0]).tolist() == [29]


@given(rng=st.randoms(use_true_random=False))
def test_the_first_and_last_hit_are_the_outermost_inside_the_run(rng):
  song = builders.song(rng)
  found = _find(song.exact_notes())
  struck = sorted({
      math.floor(4 * quarter + fractions.Fraction(1, 2)) / 4
      for quarter, pitch in song.exact_notes() if _CODES[pitch]
  })
  for start, end, first, last in zip(
      found.start_quarters, found.end_quarters, found.first_hit_quarters,
      found.last_hit_quarters,
  ):
    inside = [quarter for quarter in struck if start <= quarter < end]
    assert (first, last) == (inside[0], inside[-1])


def test_the_phase_is_the_first_bar_line_inside_the_run():
  # Something else on step 5; from step 6 on the loop holds.
  found = _find([(5 / 4, 38), *_played([6, 20, 37], times=3)])
  assert found.start_quarters.tolist() == [6 / 4]
  assert np.flatnonzero(found.codes[0]).tolist() == [
      (20 - 16), (37 - 16), (6 + 32 - 16)
  ]


def test_a_bar_line_counts_from_the_meter_change():
  meters = [(0, 3, 4), (3.25, 4, 4)]
  found = _find(_played([0, 9, 31], times=3, start=13), meters)
  assert found.start_quarters.tolist() == [3.25]
  assert found.end_quarters.tolist() == [3.25 + 24]
  assert np.flatnonzero(found.codes[0]).tolist() == [0, 9, 31]


def test_a_change_of_the_beat_gives_two_loops_with_a_phase_each():
  first = _played([0, 10, 31], times=3)
  second = _played([0, 12, 31], times=4, start=96, pitch=38)
  found = _find(first + second)
  assert found.repeats.tolist() == [3, 4]
  assert found.codes[:, [0, 10, 12, 31]].tolist() == [
      [1, 1, 0, 1], [2, 0, 2, 2],
  ]
  assert found.num_pieces == 1


def test_a_pause_or_a_meter_between_the_repeats_breaks_a_loop():
  together = _played([0, 10, 31], times=4)
  apart = _played([0, 10, 31], times=2) + _played(
      [0, 10, 31], times=2, start=64 + 32
  )
  assert len(_find(together).codes) == 1
  assert len(_find(apart).codes) == 0
  assert len(_find(together, [(16, 3, 4), (19, 4, 4)]).codes) == 0


def test_loops_of_several_sections_are_found_in_one_pass():
  notes = _played([0, 31], times=3) + _played([0, 30, 31], times=3, start=108)
  found = _find(notes, [(24, 3, 4), (27, 4, 4)])
  assert found.codes.sum(axis=1).tolist() == [2, 3]
  assert found.start_quarters.tolist() == [0, 27]
  assert found.num_pieces == 2


def test_every_piece_is_counted_once():
  short = [(0, 36)]
  without = [(100 + i * i / 4, 36) for i in range(12)]
  with_loop = _played([0, 31], times=3, start=4000)
  cases = {
      (3, 1, 1): short + without + with_loop,
      (2, 1, 1): short + without,
      (2, 0, 1): without + with_loop,
      (1, 1, 0): short,
      (0, 0, 0): [],
  }
  for (pieces, num_short, num_without), notes in cases.items():
    found = _find(notes)
    assert found.num_pieces == pieces
    assert found.num_short_pieces == num_short
    assert found.num_pieces_without_loop == num_without
    assert len(found.codes) == pieces - num_short - num_without


def test_a_piece_of_65_steps_is_long_enough_and_one_of_64_is_not():
  assert _find(_played([7], times=3)).num_short_pieces == 0
  assert len(_find(_played([7], times=3)).codes) == 1
  shorter = [(0, 36), (31 / 4, 36), (63 / 4, 36)]
  assert _find(shorter).num_short_pieces == 1


def test_no_loop_has_the_shape_of_loops():
  found = _find([])
  assert found.codes.shape == (0, 32)
  assert found.codes.dtype == np.uint16
  assert len(found.repeats) == len(found.start_quarters) == 0
  assert len(found.end_quarters) == 0
  assert len(found.first_hit_quarters) == len(found.last_hit_quarters) == 0
