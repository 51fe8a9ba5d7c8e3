"""Tests for meters."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import grids
from drumspace_ext.notes import meters
from drumspace_ext.notes import onsets as onsets_lib


@given(numerator=st.integers(0, 64), power=st.integers(0, 6))
def test_a_meter_counts_as_what_lasts_as_long(numerator, power):
  denominator = 2**power
  quarters = 4 * numerator / denominator
  meter = meters.usual(numerator, denominator)
  assert (meter == meters.COMMON) == (quarters == 4)
  assert (meter == meters.HALF) == (quarters == 2)
  assert 4 * meter[0] / meter[1] == quarters
  read = meters.as_read(numerator, denominator, meters.DEFAULT)
  assert read == (meter if quarters == 4 else (numerator, denominator))


def test_names_are_those_of_meters_that_fit():
  assert meters.of_names(['4/4']) == meters.DEFAULT
  assert meters.of_names(['4/8', ' 2/2']) == ((4, 4), (2, 4))


@pytest.mark.parametrize('name', ['3/4', '', '4', 'x/y', '0/0', '-4/-4'])
def test_others_are_refused(name):
  with pytest.raises(errors.InputError, match=f'4/4,2/4 .* got {name!r}'):
    meters.of_names([name])
  with pytest.raises(errors.InputError, match='meters is empty'):
    meters.of_names([])


def test_the_hint_names_what_would_be_read():
  assert meters.hint(['2/4', '3/4']) == '--meters=4/4,2/4 reads 2/4'
  assert meters.hint(['3/4']) == ''


@pytest.mark.parametrize(('meter', 'kept', 'kept_with_halves'), [
    ((4, 4), 9, 9), ((2, 2), 9, 9), ((16, 16), 9, 9), ((2, 4), 0, 9),
    ((4, 8), 0, 9), ((3, 4), 0, 0), ((12, 8), 0, 0),
])
def test_a_section_is_kept_by_the_length_of_its_bars(
    meter, kept, kept_with_halves
):
  onsets = onsets_lib.DrumOnsets(
      quarters=np.arange(9.0), pitches=np.full(9, 36, np.uint8),
      meters=[(0.0, *meter)],
  )
  code_of_pitch = np.ones(128, np.uint16)
  for accepted, count in (
      (meters.DEFAULT, kept), ((meters.COMMON, meters.HALF), kept_with_halves)
  ):
    pieces = grids.cut(onsets, code_of_pitch, accepted=accepted)
    assert len(pieces.steps) == count
    assert bool(pieces.other_meters) == (not count)


def test_a_change_of_name_is_no_change_of_meter():
  onsets = onsets_lib.DrumOnsets(
      quarters=np.arange(40.0), pitches=np.full(40, 36, np.uint8),
      meters=[(0.0, 4, 4), (10.0, 2, 2), (20.0, 4, 4)],
  )
  assert len(grids.cut(onsets, np.ones(128, np.uint16)).starts) == 1
