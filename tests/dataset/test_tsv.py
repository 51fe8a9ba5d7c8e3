"""Tests for dataset.tsv."""

import json
import re

import hypothesis
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.patterns import voices

_CODES = ','.join(map(str, range(32)))
_floats = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def _pattern_sets(draw):
  count = draw(st.integers(1, 5))
  columns = draw(st.integers(1, 3))
  codes = draw(hnp.arrays(
      np.uint16, (count, 32), elements=st.integers(0, 16383)
  ))
  z_size = draw(st.integers(1, 6))
  latents = draw(hnp.arrays(np.float64, (count, z_size), elements=_floats))
  coordinates = draw(hnp.arrays(np.float64, (count, 2), elements=_floats))
  return dataset_tsv.PatternSet(
      codes=codes, latents=latents if columns > 1 else None,
      coordinates=coordinates if columns > 2 else None,
  )


def _saved(path, pattern_set):
  with path.open('w', encoding='utf-8', newline='\n') as stream:
    dataset_tsv.write(stream, pattern_set)
  return path


def _same(one, other):
  if one is None or other is None:
    return one is other
  return one.dtype == other.dtype and np.array_equal(one, other)


@hypothesis.given(pattern_set=_pattern_sets())
def test_all_three_forms_come_back_to_the_last_bit(
    pattern_set, tmp_path_factory
):
  folder = tmp_path_factory.mktemp('dataset')
  path = _saved(folder / 'dataset.tsv', pattern_set)
  back = dataset_tsv.read(path)
  assert len(back) == len(pattern_set) == len(path.read_text().splitlines())
  assert back.codes.dtype == np.uint16
  assert _same(back.codes, pattern_set.codes)
  assert _same(back.latents, pattern_set.latents)
  assert _same(back.coordinates, pattern_set.coordinates)
  again = _saved(folder / 'again.tsv', back)
  assert again.read_bytes() == path.read_bytes()


@hypothesis.given(text=st.text() | st.text('\\tnr\t\n\r'))
def test_escaped_text_fits_a_column_and_can_be_undone(text):
  escaped = dataset_tsv.escape(text)
  assert not set(escaped) & set('\t\n\r')
  plain = {'\\': '\\', 't': '\t', 'n': '\n', 'r': '\r'}
  assert re.sub(
      r'\\(.)', lambda match: plain[match[1]], escaped
  ) == text


def test_lines_have_the_published_form(tmp_path):
  path = _saved(tmp_path / 'x.tsv', dataset_tsv.PatternSet(
      codes=np.array([[16383] + [0] * 31], np.uint16),
      latents=np.array([[0.1, -2.0, 1e-30]]),
      coordinates=np.array([[3.5, 1e300]]),
  ))
  zeros = ',0' * 31
  assert path.read_text() == f'16383{zeros}\t0.1,-2.0,1e-30\t3.5,1e+300\n'
  assert dataset_tsv.format_line([1, 2]) == '1,2\n'
  assert dataset_tsv.format_line([1], coordinates=[0.5, np.float32(0.5)]) == (
      '1\t0.5,0.5\n'
  )


def test_line_ends_of_windows_and_a_last_line_without_end_are_read(tmp_path):
  path = tmp_path / 'x.tsv'
  path.write_bytes(f'{_CODES}\t1\r\n{_CODES}\t2'.encode())
  back = dataset_tsv.read(path)
  assert back.codes.tolist() == [list(range(32))] * 2
  assert back.latents.tolist() == [[1.0], [2.0]]


def test_step_codes_are_read_alone():
  codes = dataset_tsv.parse_codes(f' {_CODES}\n')
  assert codes.dtype == np.uint16
  assert codes.tolist() == list(range(32))
  with pytest.raises(errors.InputError, match='^--pattern: a pattern is 32'):
    dataset_tsv.parse_codes('1,2', '--pattern')


@pytest.mark.parametrize('first, second, message', [
    (_CODES, _CODES + ',1', '32 step codes, got 33'),
    (_CODES, '1,2,3', '32 step codes, got 3'),
    (_CODES, '', "expected 32 step codes .* got ''"),
    (_CODES, 'kick,snare', "got 'kick,snare'"),
    (_CODES, _CODES.replace('31', '1.5'), 'expected 32 step codes'),
    (_CODES, _CODES.replace('31', ''), 'expected 32 step codes'),
    (_CODES, _CODES.replace('31', '16384'),
     r'step code 16384 is outside \[0, 16384\)'),
    (_CODES, _CODES.replace('31', '-1'), 'step code -1 is outside'),
    (_CODES, _CODES + '\t1,2', 'expected 1 columns .* got 2'),
    (_CODES + '\t1', _CODES, 'expected 2 columns .* got 1'),
    (_CODES + '\t1\t1,2', _CODES + '\t1', 'expected 3 columns .* got 2'),
    (_CODES + '\t1\t1,2', _CODES + '\t1\t1,2\t3',
     'expected 3 columns .* got 4'),
    (_CODES + '\t1,2', _CODES + '\t1', 'expected 2 latent numbers, got 1'),
    (_CODES + '\t1', _CODES + '\tx', "a latent vector as numbers .* got 'x'"),
    (_CODES + '\t1', _CODES + '\t', "a latent vector as numbers .* got ''"),
    (_CODES + '\t1', _CODES + '\tnan', 'a latent vector holds a value that is'),
    (_CODES + '\t1', _CODES + '\tinf', 'a latent vector holds a value that is'),
    (_CODES + '\t1\t1,2', _CODES + '\t1\t1,2,3', 'two map coordinates, got 3'),
    (_CODES + '\t1\t1,2', _CODES + '\t1\t1', 'two map coordinates, got 1'),
    (_CODES + '\t1\t1,2', _CODES + '\t1\t1,y', "coordinates as .* got '1,y'"),
    (_CODES + '\t1\t1,2', _CODES + '\t1\t1,nan', 'coordinates holds a value'),
    (_CODES, '1' * (dataset_tsv.MAX_LINE_CHARS + 1),
     'more than 65536 characters'),
])
def test_bad_line_is_named_by_its_number(tmp_path, first, second, message):
  path = tmp_path / 'x.tsv'
  path.write_text(f'{first}\n{first}\n')
  assert len(dataset_tsv.read(path)) == 2
  path.write_text(f'{first}\n{second}\n')
  with pytest.raises(errors.InputError, match=message) as raised:
    dataset_tsv.read(path)
  assert str(raised.value).startswith(f'{path}, line 2')
  assert len(str(raised.value)) < len(str(path)) + 200


def test_four_columns_are_too_many_from_the_start(tmp_path):
  (tmp_path / 'x.tsv').write_text(f'{_CODES}\t1\t1,2\t3\n')
  with pytest.raises(errors.InputError, match='line 1: expected 3 .* got 4'):
    dataset_tsv.read(tmp_path / 'x.tsv')


@pytest.mark.parametrize('content, message', [
    (b'', 'holds no pattern. rejected.tsv beside it may say why'),
    (b'\xff\xfe1\0,\0', 'is no text file'),
    (None, "can't be read: No such file"),
])
def test_file_that_is_no_dataset_is_said_so(tmp_path, content, message):
  if content is not None:
    (tmp_path / 'x.tsv').write_bytes(content)
  with pytest.raises(errors.InputError, match=f'x.tsv {message}'):
    dataset_tsv.read(tmp_path / 'x.tsv')


def test_folder_is_no_dataset(tmp_path):
  with pytest.raises(errors.InputError, match="can't be read: Is a directory"):
    dataset_tsv.read(tmp_path)


def test_dataset_of_another_voice_table_is_refused(tmp_path):
  path = tmp_path / 'dataset.tsv'
  path.write_text(_CODES + '\n')
  report = tmp_path / 'report.json'
  report.write_text(json.dumps({'voice_table': voices.table_digest()}))
  dataset_tsv.check_voices(path)
  assert len(dataset_tsv.read(path)) == 1
  report.write_text(json.dumps({'voice_table': '0123456789abcdef'}))
  message = f"0123456789abcdef', this version has {voices.table_digest()}"
  with pytest.raises(errors.InputError, match=message):
    dataset_tsv.check_voices(path)
  with pytest.raises(errors.InputError, match='drumspace_create_dataset'):
    dataset_tsv.read(path)


@pytest.mark.parametrize('report', [
    None, '{}', '{"voice_table": null}', '[]', 'no JSON', '',
])
def test_dataset_without_a_recorded_table_is_taken_as_published(
    tmp_path, report
):
  path = tmp_path / 'dataset.tsv'
  path.write_text(_CODES + '\n')
  if report is not None:
    (tmp_path / 'report.json').write_text(report)
  assert len(dataset_tsv.read(path)) == 1


def test_report_speaks_of_the_dataset_beside_it_alone(tmp_path):
  (tmp_path / 'report.json').write_text('{"voice_table": "another"}')
  (tmp_path / 'sampled.tsv').write_text(_CODES + '\n')
  assert len(dataset_tsv.read(tmp_path / 'sampled.tsv')) == 1


def test_repr_is_a_line():
  made = dataset_tsv.PatternSet(codes=np.ones((3, 32), np.uint16))
  assert repr(made) == (
      'PatternSet(patterns=3, z_size=0, has_coordinates=False)'
  )
