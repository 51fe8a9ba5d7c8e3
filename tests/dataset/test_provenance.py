"""Tests for provenance."""

import json

import builders
import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.dataset import collection
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import provenance
from drumspace_ext.dataset import tsv as dataset_tsv

_NAMES = st.lists(st.text(st.characters(codec='utf-8')), max_size=4)
_CODES = ','.join(['1', '2'] * 16)


def _line(ids='["a"]', names='[]', genres='rock:3', low='120', high='120'):
  return '\t'.join(('1', '3', '1', low, high, genres, ids, names)) + '\n'


@hypothesis.given(rows=st.lists(st.tuples(_NAMES, _NAMES), max_size=4))
def test_what_is_written_comes_back(tmp_path_factory, rows):
  path = tmp_path_factory.mktemp('provenance') / 'provenance.tsv'
  with path.open('w', encoding='utf-8', newline='\n') as stream:
    stream.write(provenance.header_line())
    for ids, names in rows:
      stream.write(provenance.format_line(collection.UniquePattern(
          codes=np.zeros(32, np.uint16), num_inputs=2, num_loops=3,
          num_repeats=9, min_qpm=90.0, max_qpm=120.5,
          genres={'rock': 3, 'pop': 1},
          input_ids_json=dataset_tsv.to_json(ids),
          file_names_json=dataset_tsv.to_json(names),
      )))
  assert provenance.read(path, len(rows)) == (
      [{'rock': 3, 'pop': 1}] * len(rows),
      [tuple(ids) for ids, _ in rows], [tuple(names) for _, names in rows],
      [(90.0, 120.5)] * len(rows), None,
  )


@hypothesis.given(loops=st.lists(st.integers(1, 9).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, n))
), max_size=4))
def test_patterns_of_near_loops_alone_are_told(tmp_path_factory, loops):
  path = tmp_path_factory.mktemp('provenance') / 'provenance.tsv'
  path.write_text(provenance.header_line(near=True) + ''.join(
      provenance.format_line(collection.UniquePattern(
          codes=np.zeros(32, np.uint16), num_inputs=1, num_loops=count,
          num_repeats=3 * count, min_qpm=120.0, max_qpm=120.0, genres={},
          input_ids_json='["a"]', file_names_json='[]', num_near_loops=near,
      ), near=True) for count, near in loops
  ))
  assert provenance.read(path, len(loops)).only_near == [
      near == count for count, near in loops
  ]


@pytest.mark.parametrize('value', [
    'true', 'null', '1', '"a"', '{"a": 1}', '[true]', '[[]]', '[null, "a"]',
    '[{"a": 1}]', 'nan', '', '[', '[' * 100_000, '["' + '9' * 10_000,
    '9' * 10_000, '[' * 5000 + ']' * 5000,
])
@pytest.mark.parametrize('column', ['ids', 'names'])
def test_what_is_no_list_of_names_is_one_line(tmp_path, value, column):
  (tmp_path / 'dataset.tsv').write_text(f'{_CODES}\n')
  (tmp_path / 'provenance.tsv').write_text(
      provenance.header_line() + _line(**{column: value})
  )
  with pytest.raises(
      errors.InputError, match='line 2: expected a JSON list of strings as '
  ) as raised:
    examples.load(tmp_path)
  assert '\n' not in str(raised.value) and len(str(raised.value)) < 400


@pytest.mark.parametrize('low, high', [
    ('', ''), ('fast', '120'), ('nan', 'nan'), ('0', '120'), ('-1', '120'),
    ('130', '120'), ('120', 'inf'),
])
def test_tempo_of_another_form_is_not_known(tmp_path, low, high):
  path = tmp_path / 'provenance.tsv'
  path.write_text(provenance.header_line() + _line(low=low, high=high))
  assert np.isnan(provenance.read(path, 1).tempos).all()


@pytest.mark.parametrize('genres', [
    'rock:²', f'rock:{"9" * 5000}', 'rock:-1', 'rock', ':3', 'rock:',
])
def test_genre_of_another_form_is_left_out(genres):
  assert provenance.parse_genres(f'{genres}|pop:1') == {'pop': 1}


def test_half_a_character_can_be_written_again(tmp_path):
  path = tmp_path / 'provenance.tsv'
  path.write_text(provenance.header_line() + _line(ids='["\\ud800"]'))
  name, = provenance.read(path, 1).input_ids[0]
  assert json.loads(json.dumps(name, ensure_ascii=False).encode()) == '\\ud800'


def test_wrong_number_of_columns_or_lines_is_named(tmp_path):
  path = tmp_path / 'provenance.tsv'
  path.write_text(provenance.header_line() + 'a\tb\n')
  with pytest.raises(errors.InputError, match='line 2 has 2 columns, not 8'):
    provenance.read(path, 1)
  path.write_text(provenance.header_line() + _line())
  with pytest.raises(errors.InputError, match='has 1 lines, .* has 2'):
    provenance.read(path, 2)


@pytest.mark.parametrize('name', ['bool', 'deep', 'lists'])
def test_hostile_files_are_one_line(tmp_path, name):
  path = builders.DATA_DIR / 'reports' / 'fuzz' / f'provenance_{name}.tsv'
  if not path.is_file():
    pytest.skip('needs the shared data')
  count = len([line for line in path.read_text().split('\n')[1:] if line])
  (tmp_path / 'dataset.tsv').write_text(f'{_CODES}\n' * count)
  (tmp_path / 'provenance.tsv').write_bytes(path.read_bytes())
  with pytest.raises(errors.InputError, match='provenance.tsv, line '):
    examples.load(tmp_path)
