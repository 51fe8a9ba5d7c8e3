"""Tests for grooves on disk."""

import dataclasses
import re

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.dataset import groove_tsv
from drumspace_ext.patterns import groove_sums

_CODES = np.zeros((2, 32), np.uint16)
_CODES[0, [0, 4, 8]] = 1, 3, 1
_CODES[1, 31] = 1 << 13


def _text(played):
  joined = groove_sums.Played(**{
      field.name: np.concatenate(
          [np.zeros(0, np.int64)] + [getattr(p, field.name) for p in played]
      ) for field in dataclasses.fields(groove_sums.Played)
  })
  lines = groove_tsv.format_lines(joined, [len(p.plays) for p in played])
  return groove_tsv.header_lines() + ''.join(lines)


def _made(num_hits, plays=2):
  return groove_sums.Played(
      plays=np.full(num_hits, plays), velocities=np.full(num_hits, 90.5),
      velocity_spreads=np.full(num_hits, 0.5),
      offsets=np.linspace(-0.5, 0.5, num_hits),
      offset_spreads=np.zeros(num_hits),
  )


@given(data=st.data(), codes=st_numpy.arrays(
    np.uint16, (3, 32), elements=st.integers(0, 16383)
))
def test_what_is_written_comes_back(tmp_path_factory, data, codes):
  played = []
  for row in codes:
    shape = (int(np.bitwise_count(row).sum()),)

    def some(low, high, shape=shape):
      return data.draw(st_numpy.arrays(
          np.float64, shape, elements=st.floats(low, high)
      ))

    played.append(groove_sums.Played(
        plays=some(0, 1000).astype(np.int64), velocities=some(1, 127),
        velocity_spreads=some(0, 63), offsets=some(-0.5, 0.5),
        offset_spreads=some(0, 0.5),
    ))
  path = tmp_path_factory.mktemp('groove') / groove_tsv.FILE_NAME
  path.write_text(_text(played), encoding='utf-8')
  for ours, back in zip(played, groove_tsv.read(path, codes), strict=True):
    assert back.plays.tolist() == ours.plays.tolist()
    for name in ('velocities', 'velocity_spreads', 'offsets', 'offset_spreads'):
      np.testing.assert_allclose(
          getattr(back, name), getattr(ours, name), rtol=1e-5
      )


def test_a_line_by_hand():
  played = groove_sums.Played(
      plays=np.array([2000000, 3, 3]), velocities=np.array([90.5, 90.5, 100]),
      velocity_spreads=np.zeros(3), offsets=np.array([-0.25, 0, 1 / 3]),
      offset_spreads=np.array([1e-7, 2, 2]),
  )
  assert groove_tsv.format_lines(played, [1, 0, 2]) == [
      '2000000\t90.5\t0\t-0.25\t1e-07\n', '\t\t\t\t\n',
      '3,3\t90.5,100\t0,0\t0,0.333333\t2,2\n',
  ]


@pytest.mark.parametrize(('old', 'new', 'said'), [
    ('format 1', 'format 2', 'expected a first line'),
    ('90.5', '128', 'line 3: expected 4 numbers from 1? ?'),
    ('90.5', 'nan', 'line 3: expected 4 numbers'),
    ('90.5,', '', 'line 3: expected 4 numbers'),
    ('\t', ' ', 'first line'),
    ('0.5,0.5', '0.5\t0.5', 'line 3: expected 5 columns'),
])
def test_what_does_not_fit_is_named(tmp_path, old, new, said):
  path = tmp_path / groove_tsv.FILE_NAME
  path.write_text(_text([_made(4), _made(1)]).replace(old, new))
  said = re.compile(said.replace('1? ?', '0 to 127'))
  with pytest.raises(errors.InputError, match=said):
    list(groove_tsv.read(path, _CODES))


@pytest.mark.parametrize('count', [0, 1, 3])
def test_another_number_of_lines_is_named(tmp_path, count):
  path = tmp_path / groove_tsv.FILE_NAME
  path.write_text(_text([_made(4), _made(1), _made(1)][:count]))
  with pytest.raises(errors.InputError, match='again together'):
    list(groove_tsv.read(path, _CODES))


def test_a_missing_file_is_an_input_error(tmp_path):
  with pytest.raises(errors.InputError, match="can't be read"):
    list(groove_tsv.read(tmp_path / groove_tsv.FILE_NAME, _CODES))
