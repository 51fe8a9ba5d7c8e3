"""Tests for how loops are played."""

import collections
import random

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest
import step_songs

from drumspace_ext.dataset import sums as sums_lib
from drumspace_ext.extraction import near_loops
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import readings
from drumspace_ext.notes import grids
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import step_codes

# (step, pitch) of a beat that is no plain pulse.
_BEAT = ((0, 36), (4, 38), (6, 42), (10, 36), (12, 38), (20, 38), (26, 42),
         (30, 41), (31, 42))
_REACHES = (
    one_input.Recipe(),
    one_input.Recipe(max_flips=4, loop_bars=(1, 2, 4), recurring=True),
    one_input.Recipe(min_repeats=1),
)


def _onsets(notes):
  """Onsets of (step, how late in steps, pitch, velocity)."""
  return onsets_lib.DrumOnsets(
      quarters=np.array([(step + late) / 4 for step, late, _, _ in notes]),
      pitches=np.array([note[2] for note in notes], np.uint8),
      velocities=np.array([note[3] for note in notes], np.uint8),
  )


def _sums(loop):
  return groove_sums.in_phase(loop.groove, loop.canonical, loop.phase)


def _extracted(notes, recipe=_REACHES[0]):
  return one_input.extract(_onsets(notes), 'a', recipe).loop_counts


def test_means_and_spreads_of_a_beat_by_hand():
  notes = [
      (32 * play + step, [0.25, 0.0, -0.25, 0.0][play] * (step == 6),
       pitch, [60, 70, 80, 110][play] if step == 4 else 90)
      for play in range(4) for step, pitch in _BEAT
  ]
  (loop,) = _extracted(notes)
  played = groove_sums.played(_sums(loop))
  assert played.plays.tolist() == [4] * 9
  assert played.velocities.tolist() == [90, 80, *[90] * 7]
  assert played.velocity_spreads[1] == pytest.approx(np.sqrt(350))
  assert not played.velocity_spreads[[0, *range(2, 9)]].any()
  assert not played.offsets.any()
  assert played.offset_spreads[2] == pytest.approx(np.sqrt(1 / 32))


def test_loudest_note_of_a_cell_counts_and_of_those_the_earliest():
  # 38 and 40 are both the snare.
  notes = [
      (32 * play + step, 0.0, pitch, 90) for play in range(3)
      for step, pitch in _BEAT
  ]
  notes += [(32 * play + 4, 0.3, 40, 110) for play in range(3)]
  notes += [(32 * play + 12, late, 40, 90) for play in range(3)
            for late in (0.2, -0.4)]
  (loop,) = _extracted(notes)
  played = groove_sums.played(_sums(loop))
  assert played.velocities[1] == 110
  assert played.offsets[1] == pytest.approx(0.3, abs=1 / groove_sums.UNITS)
  assert played.velocities[4] == 90
  assert played.offsets[4] == pytest.approx(-0.4, abs=1 / groove_sums.UNITS)


@st.composite
def _performances(draw):
  """Notes of a song with some repeats, each with its velocity and offset."""
  rng = random.Random(draw(st.integers(0, 2**32)))
  codes = step_songs.noisy_song(rng, rng.choice((1, 2, 4)))
  pitches = (36, 38, 42, 46)
  return [
      (step, rng.choice((0, 0, rng.randrange(-1900, 1901))) / groove_sums.UNITS,
       pitches[voice], rng.randint(1, 127))
      for step, code in enumerate(codes) for voice in range(4)
      if code >> voice & 1
  ]


def _brute_force(notes, recipe):
  """Sums by phase, cell by cell, of the plays that readings count."""
  onsets = _onsets(notes)
  pieces = grids.cut(
      onsets, recipe.drum_map.code_of_pitch, accepted=recipe.meters
  )
  at = {}
  for step, late, pitch, velocity in notes:
    code = int(recipe.drum_map.code_of_pitch[pitch])
    at[step, code.bit_length() - 1] = (
        velocity, round(late * groove_sums.UNITS)
    )
  result = collections.defaultdict(lambda: np.zeros((5, 32, 14), np.int64))
  for loop in readings.find(pieces, recipe).sightings:
    total = result[loop.phase]
    for first, size, row in loop.stretches:
      for i in range(size):
        for voice in range(14):
          if (first + i, voice) in at:
            velocity, offset = at[first + i, voice]
            total[:, (row + i) % 32, voice] += (
                1, velocity, velocity**2, offset, offset**2
            )
  return result


@pytest.mark.parametrize('recipe', _REACHES, ids=('loops', 'near', 'all'))
@given(notes=_performances())
@settings(max_examples=60)
def test_sums_are_those_of_counting_cell_by_cell(recipe, notes):
  if not notes:
    return
  expected = _brute_force(notes, recipe)
  found = _extracted(notes, recipe)
  assert {loop.phase for loop in found} == set(expected)
  for loop in found:
    codes = step_codes.bytes_to_codes(loop.phase)
    cells = expected[loop.phase][:, step_codes.step_codes_to_rows(codes)]
    ours = _sums(loop)
    assert ours.tolist() == cells.tolist()
    if not loop.num_near_repeats:
      assert set(ours[0].tolist()) == {loop.num_repeats}
    assert ours[0].max() <= loop.num_repeats


@given(rng=st.randoms(use_true_random=False), bars=st.sampled_from((1, 2, 4)))
@settings(max_examples=60)
def test_stretches_of_near_loops_hold_what_their_plays_hold(rng, bars):
  pieces = step_songs.pieces(step_songs.noisy_song(rng, bars))
  grid = dict(zip(pieces.steps.tolist(), pieces.codes.tolist()))
  for loop in near_loops.find(pieces, bars=bars, max_flips=4):
    every = np.ones(len(loop.steps), np.bool_)
    counts = np.zeros((32, 14), int)
    for first, size, row in loop.stretches(every):
      for i in range(size):
        code = grid.get(first + i, 0)
        counts[(row + i) % 32] += [code >> voice & 1 for voice in range(14)]
    expected = step_codes.step_codes_to_rows(loop.plays).sum(axis=0)
    assert counts.tolist() == expected.tolist()


@given(
    performances=st.lists(_performances(), min_size=1, max_size=4),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=30)
def test_sums_of_many_inputs_depend_on_no_order_or_grouping(
    performances, order
):
  rows = [
      row for number, notes in enumerate(performances) if notes
      for row in sums_lib.occurrences(
          one_input.extract(_onsets(notes), f'{number % 2}', _REACHES[1]), ()
      )
  ]
  totals = []
  for _ in range(2):
    parts = [collections.defaultdict(sums_lib.ClassSum) for _ in range(2)]
    for row in rows:
      order.choice(parts)[row[0]].add(row)
    merged = collections.defaultdict(sums_lib.ClassSum)
    for part in parts:
      for canonical, total in part.items():
        merged[canonical].merge(sums_lib.ClassSum.of_plain(total.as_plain()))
    totals.append({key: total.row(key) for key, total in merged.items()})
    order.shuffle(rows)
  assert totals[0] == totals[1]


@given(performances=st.lists(_performances(), min_size=1, max_size=5))
@settings(max_examples=30)
def test_inputs_of_a_load_are_played_as_each_alone(performances):
  named = [(f'{i}', _onsets(notes)) for i, notes in enumerate(performances)]
  for recipe in _REACHES:
    together = one_input.extract_many(named, recipe)
    assert together == [
        one_input.extract(onsets, name, recipe) for name, onsets in named
    ]


def test_pieces_without_notes_have_no_groove():
  notes = [(32 * play + step, 0.0, pitch, 90) for play in range(3)
           for step, pitch in _BEAT]
  pieces = step_songs.pieces([1, 0, 2, 4] * 40)
  from drumspace_ext.extraction import played_grooves

  with pytest.raises(ValueError, match='without their notes'):
    played_grooves.cells(
        [played_grooves.Input(_onsets(notes), pieces, [(0, 32, 0, 0)])], 1
    )
