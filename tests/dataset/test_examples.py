"""Tests for examples."""

import json

import builders
import drawn_patterns
import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import provenance
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes


def _random_codes(count, seed=0):
  """Step codes of different rotation classes, uint16 `[count, 32]`."""
  rng = np.random.default_rng(seed)
  return rng.integers(0, 1 << 14, (count, 32)).astype(np.uint16)


def _write_dataset(folder, codes, *, columns=1, ids=None, genres=''):
  folder.mkdir(exist_ok=True)
  path = folder / 'dataset.tsv'
  path.write_text(''.join(
      dataset_tsv.format_line(
          row, [0.5] * 4 if columns > 1 else None,
          [1.0, 2.0] if columns > 2 else None,
      ) for row in codes
  ))
  if ids:
    lines = [
        '\t'.join((
            '1', '3', str(len(i)), '120', '120', genres, json.dumps(i), '[]'
        )) for i in ids
    ]
    text = '\n'.join(['\t'.join(provenance.HEADER), *lines, ''])
    (folder / 'provenance.tsv').write_text(text)
  return path


def _write_records(path, sequences):
  records = [sequence.SerializeToString() for sequence in sequences]
  path.write_bytes(b''.join(map(tfrecords.frame, records)))
  return path


@hypothesis.given(drawn_patterns.codes(1, 4), st.integers(0, 31))
def test_digests_are_equal_exactly_within_a_rotation_class(codes, shift):
  digests = step_codes.class_digests(codes)
  assert digests.dtype == np.uint64 and digests.shape == (len(codes),)
  rotated = step_codes.class_digests(step_codes.rotate(codes, shift))
  assert np.array_equal(digests, rotated)
  classes = {row.tobytes() for row in step_codes.canonical(codes)}
  assert len(set(digests.tolist())) == len(classes)


@hypothesis.given(
    drawn_patterns.codes(1, 6), st.randoms(use_true_random=False)
)
def test_set_holds_each_class_once_and_its_digest_knows_no_order(codes, rng):
  made = examples.make(codes)
  digests = step_codes.class_digests(made.codes)
  assert len(made) == len(set(digests.tolist()))
  assert set(digests.tolist()) == set(
      step_codes.class_digests(codes).tolist()
  )
  order = list(range(len(codes)))
  rng.shuffle(order)
  shuffled = step_codes.rotate(codes[order], rng.randrange(32))
  assert examples.make(shuffled).digest == made.digest
  more = np.concatenate([codes, _random_codes(1)])
  assert examples.make(more).digest != made.digest


def test_first_of_a_class_is_kept_with_the_origin_of_all():
  codes = _random_codes(2)
  three = np.stack([codes[0], np.roll(codes[0], 5), codes[1]])
  made = examples.make(
      three, [{'rock': 1}, {'pop': 1}, {}], [('a',), ('b',), ('c',)]
  )
  assert np.array_equal(made.codes, codes)
  assert made.genres == [{'rock': 1, 'pop': 1}, {}]
  assert made.input_ids == [('a', 'b'), ('c',)]


@pytest.mark.parametrize('columns', [1, 2, 3])
@pytest.mark.parametrize('name', ['folder', 'dataset.tsv', 'sampled10k'])
def test_folder_dataset_and_published_files_give_the_same_patterns(
    tmp_path, columns, name
):
  codes = _random_codes(4)
  path = _write_dataset(tmp_path / 'made', codes, columns=columns)
  if name == 'folder':
    path = path.parent
  elif name != path.name:
    path = path.rename(path.with_name(name))
  read = examples.load(str(path))
  assert np.array_equal(read.codes, codes) and read.codes.dtype == np.uint16
  assert (read.genres, read.input_ids) == ([{}] * 4, None)
  assert read.digest == examples.make(codes).digest


def test_provenance_beside_a_dataset_is_read(tmp_path):
  codes = _random_codes(2)
  path = _write_dataset(
      tmp_path / 'made', codes, ids=[['a', 'é b'], ['c']],
      genres='rock:3|pop:1',
  )
  read = examples.load(path.parent)
  assert read.input_ids == [('a', 'é b'), ('c',)]
  assert read.genres == [{'rock': 3, 'pop': 1}] * 2
  # It speaks of the dataset beside it alone.
  lone = path.with_name('sampled.tsv')
  lone.write_bytes(path.read_bytes())
  assert examples.load(lone).input_ids is None


def test_counted_file_is_read(tmp_path):
  codes = _random_codes(2)
  path = tmp_path / 'train.tsv'
  path.write_text(''.join(
      dataset_tsv.format_line(row).strip() + f'\t3\t9\t{genres}\n'
      for row, genres in zip(codes, ('rock:3|hip hop:1', ''))
  ))
  read = examples.load(path)
  assert np.array_equal(read.codes, codes)
  assert read.genres == [{'rock': 3, 'hip hop': 1}, {}]
  assert read.input_ids is None


@pytest.mark.parametrize('repeats', [1, 4])
def test_records_are_read_with_their_ids_and_genres(tmp_path, repeats):
  codes = _random_codes(3)
  path = _write_records(tmp_path / 'patterns.tfrecord', [
      note_sequences.from_patterns(
          hits, sequence_id=f'id {i}', genres=['rock', 'pop'][:i],
          repeats=repeats,
      ) for i, hits in enumerate(step_codes.step_codes_to_hits(codes))
  ])
  read = examples.load(path)
  assert np.array_equal(read.codes, codes)
  assert read.sources == [('id 0',), ('id 1',), ('id 2',)]
  assert read.genres == [{}, {'rock': 1}, {'rock': 1, 'pop': 1}]


@pytest.mark.parametrize('names, ids', [
    (['/id/drumspace/0', '/id/drumspace/1', '/id/drumspace/2'], None),
    (['song/loop/1', 'song/loop/2', 'other/loop/1'], None),
    (['', 'a', 'a'], None),
    (['song', 'song', 'other'], [('song',), ('song',), ('other',)]),
])
def test_records_that_are_all_named_apart_have_unknown_inputs(
    tmp_path, names, ids
):
  codes = _random_codes(3)
  path = _write_records(tmp_path / 'patterns.tfrecord', [
      note_sequences.from_patterns(hits, sequence_id=name)
      for name, hits in zip(names, step_codes.step_codes_to_hits(codes))
  ])
  assert examples.load(path).input_ids == ids


@pytest.mark.skipif(
    not builders.DATA_DIR.is_dir(), reason=f'no data in {builders.DATA_DIR}'
)
def test_published_file_is_read():
  path = builders.DATA_DIR / 'drum_space' / 'sampled10k_acai_filtered'
  read = examples.load(path)
  # Spec section 6: 5,581 pass, 5,067 of them distinct up to rotation.
  assert len(read) == 5067


def test_starter_collection_stands_in_for_a_missing_set(tmp_path):
  starter = examples.load_or_starter(None)
  assert len(starter) > 300
  assert starter.digest == examples.load_or_starter('').digest
  assert len(starter.input_ids) == len(starter.genres) == len(starter)
  assert all(i[0].startswith('starter/') for i in starter.input_ids)
  path = _write_dataset(tmp_path / 'made', _random_codes(2))
  assert len(examples.load_or_starter(path)) == 2


@pytest.mark.parametrize('text, genres', [
    ('', {}), ('rock:3', {'rock': 3}), ('rock:3|pop:1', {'rock': 3, 'pop': 1}),
    ('a:b:2', {'a:b': 2}), ('rock', {}), (':3', {}), ('rock:-1|pop:2', {
        'pop': 2,
    }), ('rock:x|', {}),
])
def test_genres_of_another_form_are_left_out(text, genres):
  assert provenance.parse_genres(text) == genres


@pytest.mark.parametrize('old, new, message', [
    ('120\t120\t\t["a"]\t[]', '', r'provenance.tsv can.t be read'),
    ('["a"]', '["a"', 'provenance.tsv, line 2: expected a JSON list'),
    ('["a"]', '7', 'provenance.tsv, line 2: expected a JSON list'),
    ('["b"]\t[]\n', '["b"]\t[]\n' * 2, None),
])
def test_provenance_that_does_not_fit_is_named(tmp_path, old, new, message):
  path = _write_dataset(tmp_path / 'x', _random_codes(2), ids=[['a'], ['b']])
  assert examples.load(path).input_ids == [('a',), ('b',)]
  provenance = path.with_name('provenance.tsv')
  text = provenance.read_text()
  if message is None:
    lines = text.splitlines(keepends=True)
    text, message = ''.join(lines[:-1]), 'has 1 lines, dataset.tsv .* has 2'
  else:
    assert old in text
    text = text.replace(old, new, 1)
  provenance.write_text(text)
  with pytest.raises(errors.InputError, match=message):
    examples.load(path)


@pytest.mark.parametrize('line, message', [
    ('1,2\t1\t1\t', 'line 2: a pattern is 32 step codes, got 2'),
    ('1\t1\t1', r'line 2: expected 4 columns .* got 3'),
    ('', r'line 2: expected 4 columns .* got 1'),
    (','.join(['16384'] * 32) + '\t1\t1\t', 'line 2: .*16384 is outside'),
])
def test_bad_line_of_a_counted_file_is_named(tmp_path, line, message):
  path = tmp_path / 'train.tsv'
  first = dataset_tsv.format_line(range(32)).strip() + '\t1\t1\trock:1\n'
  path.write_text(first)
  assert len(examples.load(path)) == 1
  path.write_text(first + line + '\n')
  with pytest.raises(errors.InputError, match=message):
    examples.load(path)


def test_damaged_record_is_said_so(tmp_path):
  hits = step_codes.step_codes_to_hits(_random_codes(1))[0]
  path = _write_records(
      tmp_path / 'x.tfrecord', [note_sequences.from_patterns(hits)]
  )
  content = path.read_bytes()
  assert len(examples.load(path)) == 1
  path.write_bytes(content[:-3])
  with pytest.raises(errors.InputError, match='x.tfrecord: '):
    examples.load(path)
  path.write_bytes(tfrecords.frame(b'\xff\xff'))
  with pytest.raises(errors.InputError, match='x.tfrecord: '):
    examples.load(path)


@pytest.mark.parametrize('name', ['', 'missing.tsv'])
def test_missing_set_is_said_so(tmp_path, name):
  message = 'does not exist. Make a dataset with drumspace_create_dataset'
  with pytest.raises(errors.InputError, match=message):
    examples.load(tmp_path / name)


def test_bytes_that_are_no_text_are_said_so(tmp_path):
  (tmp_path / 'x.tsv').write_bytes(b'\xff\t\t\t\n')
  with pytest.raises(errors.InputError, match='x.tsv'):
    examples.load(tmp_path / 'x.tsv')


def test_provenance_line_with_a_column_too_few_is_named(tmp_path):
  path = _write_dataset(tmp_path / 'x', _random_codes(1), ids=[['a']])
  provenance = path.with_name('provenance.tsv')
  provenance.write_text(provenance.read_text().replace('\n1\t3', '\n3'))
  with pytest.raises(errors.InputError, match='provenance.tsv'):
    examples.load(path)


def test_sources_are_files_where_they_are_known_and_ids_elsewhere(tmp_path):
  codes = _random_codes(2)
  path = _write_dataset(tmp_path / 'in', codes, ids=[['/id/a'], ['/id/b']])
  assert examples.load(path).sources == [('/id/a',), ('/id/b',)]
  provenance = path.parent / 'provenance.tsv'
  head, first, second = provenance.read_text().splitlines()
  first = first.removesuffix('[]') + '["rock/ROCK12.mid"]'
  provenance.write_text('\n'.join([head, first, second, '']))
  loaded = examples.load(path)
  assert loaded.sources == [('rock/ROCK12.mid',), ('/id/b',)]
  # Splits go by ids still.
  assert loaded.input_ids == [('/id/a',), ('/id/b',)]
  assert examples.make(codes).sources == [(), ()]


def test_records_of_songs_are_no_training_set(tmp_path):
  two = step_codes.step_codes_to_hits(_random_codes(2))
  path = tmp_path / 'songs.tfrecord'
  _write_records(path, [note_sequences.from_patterns(two)])
  with pytest.raises(
      errors.InputError, match='songs.*drumspace_create_dataset'
  ):
    examples.load(path)
