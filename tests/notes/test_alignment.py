"""Tests for alignment."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import recipes
from drumspace_ext.notes import alignment
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import step_codes

_PITCHES = (36, 38, 42)


def _performance(rng, *, late=0.0, jitter=0.0, swing=0.0, times=8):
  """Returns (onsets of a two-bar beat, its step codes)."""
  codes = np.zeros(32, np.uint16)
  codes[::2] |= 4
  codes[4::8] |= 2
  codes[rng.choice(32, 7, replace=False)] |= 1
  rows = step_codes.step_codes_to_rows(np.tile(codes, times))
  steps, voices = np.nonzero(rows)
  # A bar of silence first: nobody plays before the beginning.
  places = 16 + steps + late + rng.normal(0, jitter, len(steps))
  places = places + swing * (steps % 2)
  return onsets_lib.DrumOnsets(
      quarters=places / 4,
      pitches=np.array(_PITCHES, np.uint8)[voices],
  ), codes


def _classes(onsets, **recipe):
  result = one_input.extract(onsets, 'x', recipes.Recipe(**recipe))
  return {count.canonical for count in result.loop_counts}, result


def _canonical(codes):
  return step_codes.canonical_bytes(step_codes.codes_to_bytes(codes))


def test_a_late_human_performance_gives_back_its_pattern():
  found = 0
  for seed in range(100):
    rng = np.random.default_rng(seed)
    late = rng.uniform(-0.45, 0.45)
    onsets, codes = _performance(rng, late=late, jitter=0.1)
    classes, _ = _classes(onsets, align=True, max_flips=4)
    found += _canonical(codes) in classes
  assert found >= 95


@given(
    late=st.floats(-0.4, 0.5), seed=st.integers(0, 99),
)
@settings(max_examples=50)
def test_lateness_is_told_to_a_twentieth_of_a_step(late, seed):
  onsets, _ = _performance(
      np.random.default_rng(seed), late=late, jitter=0.05
  )
  told = alignment.lateness(onsets.quarters, 4)
  if abs(late) > alignment.MIN_LATENESS + 0.05:
    assert told == pytest.approx(late, abs=0.05)
  if abs(late) < alignment.MIN_LATENESS - 0.05:
    assert told == 0


@given(
    seed=st.integers(0, 99), jitter=st.sampled_from([0, 0.02, 0.1]),
    swing=st.sampled_from([0, 0.1, 0.2, 1 / 3, 0.4]),
)
@settings(max_examples=50)
def test_without_lateness_nothing_changes_swing_or_not(seed, jitter, swing):
  onsets, _ = _performance(
      np.random.default_rng(seed), jitter=jitter, swing=swing
  )
  assert alignment.lateness(onsets.quarters, 4) == 0
  plain, result = _classes(onsets, max_flips=4)
  aligned, _ = _classes(onsets, max_flips=4, align=True)
  assert plain == aligned
  assert 'off_the_grid' not in result.remarks


@given(
    seed=st.integers(0, 99), jitter=st.sampled_from([0, 0.02, 0.05]),
    swing=st.floats(0.15, 0.35), late=st.floats(0.25, 0.45),
)
@settings(max_examples=50)
def test_what_swings_and_is_late_gives_back_its_pattern(
    seed, jitter, swing, late
):
  onsets, codes = _performance(
      np.random.default_rng(seed), late=late, jitter=jitter, swing=swing
  )
  told = alignment.lateness(onsets.quarters, 4)
  # A little swing may be unsteadiness, and is then part of the lateness.
  assert told == pytest.approx(late, abs=0.1 if swing < 0.25 else 0.05)
  classes, result = _classes(onsets, align=True, max_flips=4)
  assert _canonical(codes) in classes and 'aligned' in result.remarks


def test_swung_sixteenths_thirty_milliseconds_late_are_put_right():
  # At 120 quarter notes a minute: 0.24 of a step.
  steps = np.arange(64)
  quarters = (steps + steps % 2 / 3 + 0.24) / 4
  assert alignment.lateness(quarters, 4) == pytest.approx(0.24)
  assert alignment.lateness(quarters - 0.06, 4) == 0


def test_what_lies_half_a_step_late_is_named_and_put_right():
  rng = np.random.default_rng(3)
  onsets, codes = _performance(rng, late=0.5, jitter=0.02)
  classes, result = _classes(onsets)
  assert _canonical(codes) not in classes
  assert result.remarks == {'off_the_grid': '0.50 of a step late'}
  classes, result = _classes(onsets, align=True)
  assert classes == {_canonical(codes)}
  assert result.remarks == {'aligned': '0.50 of a step late'}


def test_swung_eighths_are_triplets_and_not_late():
  quarters = np.concatenate([np.arange(64), np.arange(64) + 2 / 3])
  assert alignment.lateness(quarters, 4) == 0
  assert alignment.triplet_share(quarters) == 0.5
  assert alignment.triplet_share(np.arange(64) / 4) == 0


def test_a_few_onsets_are_not_enough():
  assert alignment.lateness(np.arange(15) / 4 + 0.1, 4) == 0
  assert alignment.lateness(np.arange(16) / 4 + 0.1, 4) == pytest.approx(0.4)
  assert alignment.lateness(np.zeros(0), 4) == 0
  assert alignment.triplet_share(np.zeros(0)) == 0


@given(
    inputs=st.lists(st.tuples(
        st.integers(0, 99), st.floats(-0.5, 0.5), st.floats(0, 0.2),
        st.floats(0, 1), st.booleans(),
    ), min_size=1, max_size=4), steps_per_quarter=st.sampled_from((3, 4, 6)),
)
@settings(max_examples=150)
def test_a_glance_at_all_leaves_out_nothing(inputs, steps_per_quarter):
  quarters = []
  for seed, late, jitter, swing, on_triplets in inputs:
    onsets, _ = _performance(
        np.random.default_rng(seed), late=late, jitter=jitter, swing=swing
    )
    third = np.arange(len(onsets.quarters)) % 3 / 3 * on_triplets
    quarters.append(onsets.quarters + third)
  quarters += [np.zeros(0), np.array([np.nan, 1.0]), np.array([1e300] * 20)]
  late, triplets = alignment.worth_a_look(quarters, steps_per_quarter)
  for own, may_be_late, may_be_triplets in zip(
      quarters, late.tolist(), triplets.tolist(), strict=True
  ):
    assert may_be_late or not alignment.lateness(own, steps_per_quarter)
    assert may_be_triplets or not alignment.triplet_share(own)


def test_a_glance_passes_over_what_is_on_the_grid():
  steady, _ = _performance(np.random.default_rng(0))
  late, _ = _performance(np.random.default_rng(0), late=0.3)
  looks = alignment.worth_a_look([steady.quarters, late.quarters], 4)
  assert [look.tolist() for look in looks] == [[False, True], [False, False]]
