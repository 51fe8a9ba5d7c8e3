"""Tests for parquet: patterns beside provenance, as others read them."""

import importlib.util
import json

import builders
import drawn_patterns
import numpy as np
import pytest

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.conversion import parquet
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

_needs_pyarrow = pytest.mark.skipif(
    importlib.util.find_spec('pyarrow') is None, reason='needs pyarrow'
)
_BEATS = np.stack([
    drawn_patterns.hits_of(kick=(0, 16), snare=(8, 24), closed_hat=(n, n + 2))
    for n in range(1, 4)
])


@pytest.fixture(name='dataset')
def _dataset(tmp_path):
  codes = step_codes.hits_to_step_codes(_BEATS)
  (tmp_path / 'd').mkdir()
  (tmp_path / 'd' / 'dataset.tsv').write_text(
      ''.join(map(dataset_tsv.format_line, codes))
  )
  (tmp_path / 'd' / 'provenance.tsv').write_text(
      'loops\trepeats\tinputs\tmin_qpm\tmax_qpm\tgenres\tinput_ids\tfile_names'
      '\n' + '1\t6\t2\t96\t98\trock:1|pop:2\t["/id/a", "/id/b"]\t["x y.mid"]\n'
      + '1\tmany\t1\tnan\t98\t\t["/id/c"]\t[]\n' * 2
  )
  return tmp_path / 'd'


def _rows(path):
  from pyarrow import parquet as pq
  return pq.read_table(path).to_pylist()


@_needs_pyarrow
def test_patterns_stand_beside_what_is_known_of_them(tmp_path, dataset):
  path = tmp_path / 'o.parquet'
  converted = drumspace_ext.convert(dataset, path)
  assert (converted.count, converted.form) == (3, 'parquet')
  first, second, _ = rows = _rows(path)
  np.testing.assert_array_equal([row['pattern'] for row in rows], _BEATS)
  np.testing.assert_array_equal(
      [row['step_codes'] for row in rows],
      step_codes.hits_to_step_codes(_BEATS),
  )
  assert [row['number'] for row in rows] == [1, 2, 3]
  known = {
      'name': 'dataset_000001', 'qpm': 97.0, 'loops': 1, 'repeats': 6,
      'inputs': 2, 'min_qpm': 96.0, 'max_qpm': 98.0, 'genres': ['rock', 'pop'],
      'genre_inputs': [1, 2], 'input_ids': ['/id/a', '/id/b'],
      'file_names': ['x y.mid'], 'sources': ['x y.mid'], 'model': None,
      'near_loops': None, 'drum_maps': None,
  }
  assert {key: first[key] for key in known} == known
  # What is no number is not known.
  assert (second['repeats'], second['min_qpm'], second['qpm']) == (
      None, None, 120.0
  )
  assert second['sources'] == ['/id/c']


@_needs_pyarrow
def test_pandas_opens_it(tmp_path, dataset):
  import pandas

  drumspace_ext.convert(dataset, tmp_path / 'o.parquet')
  table = pandas.read_parquet(tmp_path / 'o.parquet')
  assert len(table) == 3
  np.testing.assert_array_equal(
      [np.stack(pattern) for pattern in table['pattern']], _BEATS
  )
  assert list(table['genres'][0]) == ['rock', 'pop']


@_needs_pyarrow
def test_metadata_names_the_voices_and_bytes_are_the_same(tmp_path, dataset):
  from pyarrow import parquet as pq

  for name in ('a.parquet', 'b.parquet'):
    drumspace_ext.convert(dataset, tmp_path / name)
  first, second = tmp_path / 'a.parquet', tmp_path / 'b.parquet'
  assert first.read_bytes() == second.read_bytes()
  schema = pq.read_schema(first)
  assert json.loads(schema.metadata[b'voices']) == list(voices.NAMES)
  assert str(schema.field('pattern').type).count('fixed_size_list') == 2


@_needs_pyarrow
def test_made_beats_have_model_and_verdict_and_songs_their_patterns(tmp_path):
  made = drumspace_ext.generate(
      'shipped:vae', tmp_path / 'made', num_outputs=2
  )
  (tmp_path / 'song.mid').write_bytes(builders.midi(builders.track(
      builders.notes([(480 * beat, 36) for beat in range(16)])
  )))
  drumspace_ext.convert(
      [made.output_dir, tmp_path / 'song.mid'], tmp_path / 'o.parquet'
  )
  rows = _rows(tmp_path / 'o.parquet')
  np.testing.assert_array_equal(
      [row['pattern'] for row in rows[:2]], made.hits
  )
  assert {row['model'] for row in rows[:2]} == {'vae'}
  assert all(row['distance'] > 0 and row['sources'] for row in rows[:2])
  # Sixteen beats are two patterns of one song.
  assert [row['number'] for row in rows] == [1, 2, 3, 3]
  assert rows[2]['model'] is None


@_needs_pyarrow
def test_many_rows_are_written_in_parts(tmp_path, dataset, monkeypatch):
  monkeypatch.setattr(parquet, '_ROWS_AT_ONCE', 2)
  drumspace_ext.convert(dataset, tmp_path / 'o.parquet')
  assert len(_rows(tmp_path / 'o.parquet')) == 3


def test_without_pyarrow_one_line_says_what_to_install(
    tmp_path, dataset, monkeypatch
):
  monkeypatch.setattr(importlib.util, 'find_spec', lambda name: None)
  with pytest.raises(errors.InputError, match=r'pyarrow.*\[parquet\]') as found:
    drumspace_ext.convert(dataset, tmp_path / 'o.parquet')
  assert '\n' not in str(found.value)
  assert not (tmp_path / 'o.parquet').exists()
