"""Tests for dataset.creation: whole runs, from inputs to files."""

import collections
import contextlib
import dataclasses
import gc
import gzip
import json
import multiprocessing
import os
import pathlib
import random
import signal
import subprocess
import sys
import zipfile

import builders
import hanging
import hypothesis
from hypothesis import strategies as st
import mixed_inputs
import plain_reading
import pytest
import synthetic_songs
import told_steps

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.dataset import collection as collection_lib
from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import merging
from drumspace_ext.dataset import report as report_lib
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import reading
from drumspace_ext.extraction import recipes
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import music_proto
from drumspace_ext.patterns import step_codes

_NAMES = {
    'dataset.tsv', 'provenance.tsv', 'patterns.tfrecord', 'rejected.tsv',
    'report.json', 'report.html', 'manifest.json', 'groove.tsv',
}
_SONGS = mixed_inputs.SONGS
_create = mixed_inputs.create_here
_write_midi = mixed_inputs.write_midi


def _files(folder):
  if not folder.exists():
    return {}
  return {
      path.name: path.read_bytes() if path.is_file() else b''
      for path in folder.iterdir()
  }


def _rows(created, name):
  """The lines of a TSV with a header, as dictionaries."""
  lines = created.paths[name].read_text('utf-8').splitlines()
  header = lines[0].split('\t')
  return [dict(zip(header, line.split('\t'), strict=True))
          for line in lines[1:]]


def _write_records(path, records, compress=False):
  content = b''.join(map(tfrecords.frame, records))
  path.write_bytes(gzip.compress(content) if compress else content)
  return path


def _sequence_example():
  """What drums_rnn trains on: a SequenceExample with the list `inputs`."""
  # FeatureList{feature: Feature{int64_list: {value: [5]}}}
  features = builders.field(
      1, builders.field(3, builders.field(1, b'\5'))
  )
  lists = builders.feature_map(['inputs', 'labels'], features)
  return builders.field(2, lists)


# The same bytes, however the inputs come


def _records():
  """NoteSequences of all sorts: named, nameless, alike, without drums."""
  records = []
  for number, song in enumerate(_SONGS):
    fields = [
        {'id': f'/id/{number}'}, {'filename': f'rock/{number}.mid'}, {},
        {'id': 'shared', 'genres': ['Jazz'] if number % 2 else []},
    ][number % 4]
    records.append(synthetic_songs.to_record(song, **fields))
  records += records[:3]
  records.append(synthetic_songs.to_record(synthetic_songs.Song(()), id='no'))
  return records


@pytest.fixture(scope='module')
def record_files(tmp_path_factory):
  """The files that the records give from a single shard, in order."""
  folder = tmp_path_factory.mktemp('records')
  _write_records(folder / 'all.tfrecord', _records())
  created = _create([folder / 'all.tfrecord'], folder / 'out')
  report = created.report
  assert report['inputs'] == len(_records())
  assert report['patterns'] > 10 and report['rejected']
  files = _files(folder / 'out')
  assert set(files) == _NAMES
  assert min(map(len, files.values())) > 100
  return files


@hypothesis.given(
    order=st.permutations(range(len(_SONGS) + 4)),
    cuts=st.lists(st.integers(0, len(_SONGS) + 4), max_size=4),
    compressed=st.integers(0, 31),
    num_workers=st.sampled_from((0, 0, 1, 2)),
    as_folder=st.booleans(),
)
@hypothesis.settings(max_examples=20)
def test_sharding_and_workers_change_no_byte(
    order, cuts, compressed, num_workers, as_folder, tmp_path_factory,
    record_files,
):
  folder = tmp_path_factory.mktemp('shards')
  records = _records()
  shuffled = [records[i] for i in order]
  cuts = sorted(cuts)
  shards = list(zip([0, *cuts], [*cuts, len(records)]))
  paths = []
  for number, (start, end) in enumerate(shards):
    paths.append(_write_records(
        folder / f'x.tfrecord-{number:05}-of-{len(shards):05}',
        shuffled[start:end], compress=compressed >> number & 1,
    ))
  random.Random(len(cuts)).shuffle(paths)
  created = _create(
      [folder] if as_folder else paths, folder / 'out',
      num_workers=num_workers,
  )
  assert _files(folder / 'out') == record_files
  assert set(created.paths) == _NAMES


def test_near_repeats_are_the_same_by_any_order_and_workers(tmp_path):
  recipe = recipes.Recipe(max_flips=4, recurring=True, loop_bars=(1, 2, 4))
  played = synthetic_songs.beat(kick_steps=(0, 5, 10, 16, 27))
  # A note more each time, of which no two bars are alike.
  more = tuple(((35 * i + 1) * synthetic_songs.STEP, 38) for i in range(4))
  played = dataclasses.replace(played, notes=tuple(sorted(played.notes + more)))
  records = [*_records(), synthetic_songs.to_record(played)]
  created = []
  for number, (order, num_workers) in enumerate(((1, 0), (-1, 2))):
    path = _write_records(tmp_path / f'{number}.tfrecord', records[::order])
    created.append(_create(
        [path], tmp_path / f'out{number}', num_workers=num_workers,
        recipe=recipe,
    ))
  assert _files(tmp_path / 'out0') == _files(tmp_path / 'out1')
  plain = _create([path], tmp_path / 'plain')
  digests = [
      set(step_codes.class_digests(dataset_tsv.read(made.paths['dataset.tsv'])
                                      .codes).tolist())
      for made in (plain, created[0])
  ]
  assert digests[0] < digests[1]
  for row in _rows(created[0], 'provenance.tsv'):
    assert 0 <= int(row['near_loops']) <= int(row['loops'])
    assert 0 <= int(row['near_repeats']) <= int(row['repeats'])
    assert 0 <= float(row['mean_flips']) <= int(row['max_flips'])
  loaded = examples.load(created[0].paths['dataset.tsv'])
  assert len(loaded) == created[0].num_patterns
  exact = created[0].report['patterns_with_exact_loops']
  assert (~loaded.only_near).sum() == exact >= plain.num_patterns
  assert examples.load(plain.paths['dataset.tsv']).only_near is None
  assert created[0].report['recipe']['max_flips'] == 4


@pytest.mark.parametrize('seed, num_workers, rows_of_process', [
    (0, 0, 1), (1, 1, 1), (2, 2, 1000), (3, 2, 1), (4, 5, 1),
])
def test_order_and_place_of_files_change_no_byte(
    tmp_path, tmp_path_factory, monkeypatch, seed, num_workers, rows_of_process
):
  def fill(root):
    _write_midi(root / 'rock', _SONGS[:8])
    _write_midi(root / 'deep' / 'jazz', _SONGS[8:16])
    (root / 'rock' / 'notes.txt').write_bytes(b'')
    (root / 'rock' / 'bad.mid').write_bytes(b'junk')
    (root / 'rock' / 'gone.mid').symlink_to(root / 'nowhere')
    with zipfile.ZipFile(root / 'pack.zip', 'w') as archive:
      for number, song in enumerate(_SONGS[16:]):
        archive.writestr(f'{number}.mid', synthetic_songs.to_midi(song))
    _write_records(root / 'x.tfrecord', _records())
    return ['rock', 'deep', 'pack.zip', 'x.tfrecord']

  here, there = tmp_path / 'in', tmp_path_factory.mktemp('else') / 'far' / 'in'
  values = fill(here)
  _create([here / v for v in values], tmp_path / 'out', recursive=True)
  expected = _files(tmp_path / 'out')
  report = json.loads(expected['report.json'])
  assert report['inputs'] == 2 * len(_SONGS) + 6
  assert report['rejected']['not_midi'] == report['rejected']['unreadable'] == 1
  assert report['skipped_files'] == {'.txt': 1}
  fill(there)
  monkeypatch.setattr(merging, 'ROWS_OF_PROCESS', rows_of_process)
  random.Random(seed).shuffle(values)
  _create(
      [there / v for v in values], tmp_path / 'again', recursive=True,
      num_workers=num_workers,
  )
  assert _files(tmp_path / 'again') == expected


# The same patterns as the plain reading


def _check_against_plain_reading(created, songs, **options):
  found = [synthetic_songs.plain_loops(song, **options) for song in songs]
  kept = plain_reading.unique(found)
  rows = dataset_rows(created)
  assert sorted(map(tuple, rows)) == sorted(kept.values())
  report = created.report
  entropies = [
      plain_reading.entropy(pattern) for loops in found for pattern, _ in loops
  ]
  assert report['loops'] == len(entropies)
  assert report['trivial'] == sum(entropy < 0.9 for entropy in entropies)
  classes = collections.defaultdict(list)
  for number, loops in enumerate(found):
    for pattern, repeats in loops:
      classes[plain_reading.canonical(pattern)].append((number, repeats))
  for row, line in zip(
      rows, _rows(created, 'provenance.tsv'), strict=True
  ):
    members = classes[plain_reading.canonical(row)]
    assert int(line['loops']) == len(members)
    assert int(line['repeats']) == sum(repeats for _, repeats in members)
    assert int(line['inputs']) == len({number for number, _ in members})
  return len(kept)


def dataset_rows(created):
  if not created.report['patterns']:
    assert created.paths['dataset.tsv'].read_bytes() == b''
    return []
  return dataset_tsv.read(created.paths['dataset.tsv']).codes.tolist()


@hypothesis.given(seed=st.integers(0, 2**32))
@hypothesis.settings(max_examples=25)
def test_patterns_are_those_of_the_plain_reading(seed, tmp_path_factory):
  folder = tmp_path_factory.mktemp('plain')
  songs = [synthetic_songs.random_song(seed + i) for i in range(3)]
  _write_midi(folder / 'midi', songs)
  _write_records(
      folder / 'x.tfrecord',
      [synthetic_songs.to_record(song, id=str(i))
       for i, song in enumerate(songs)],
  )
  for value in ('midi', 'x.tfrecord'):
    created = _create([folder / value], folder / f'out_{value}')
    _check_against_plain_reading(created, songs)


def test_whole_corpus_is_read_as_plainly(tmp_path):
  _write_midi(tmp_path / 'midi', _SONGS)
  created = _create([tmp_path / 'midi'], tmp_path / 'out', num_workers=2)
  assert _check_against_plain_reading(created, _SONGS) > 10
  assert created.report['trivial'] > 0
  assert created.report['dropped_pitches']['27'] > 0
  assert created.report['sections_in_other_meters']['3/4'] > 0
  assert any(len(song.tempos) > 1 for song in _SONGS)


@pytest.mark.parametrize('option, value', [
    ('steps_per_quarter', 3), ('steps_per_quarter', 6), ('gap_steps', 8),
])
def test_recipe_is_followed(tmp_path, option, value):
  _write_midi(tmp_path / 'midi', _SONGS)
  created = _create(
      [tmp_path / 'midi'], tmp_path / 'out',
      recipe=one_input.Recipe(**{option: value}),
  )
  _check_against_plain_reading(created, _SONGS, **{option: value})
  assert created.report['recipe'][option] == value


# By hand


def test_one_beat_gives_one_pattern(tmp_path):
  song = synthetic_songs.beat(repeats=5, micros=500_000)
  (tmp_path / 'Rock').mkdir()
  path = tmp_path / 'Rock' / 'a.mid'
  path.write_bytes(synthetic_songs.to_midi(song))
  created = _create([path], tmp_path / 'out')
  assert dataset_rows(created) == [synthetic_songs.codes_of(song)]
  assert _rows(created, 'provenance.tsv') == [{
      'loops': '1', 'repeats': '5', 'inputs': '1', 'min_qpm': '120',
      'max_qpm': '120', 'genres': 'rock:1', 'input_ids': '["Rock/a.mid"]',
      'file_names': '[]',
  }]
  assert _rows(created, 'rejected.tsv') == []
  assert created.report['kept'] == created.report['inputs'] == 1


def test_played_twice_is_no_loop(tmp_path):
  for repeats in (2, 3):
    path = tmp_path / f'{repeats}.mid'
    path.write_bytes(
        synthetic_songs.to_midi(synthetic_songs.beat(repeats=repeats))
    )
  created = _create([tmp_path], tmp_path / 'out')
  assert created.report['patterns'] == 1
  (line,) = _rows(created, 'provenance.tsv')
  assert json.loads(line['input_ids']) == [f'{tmp_path.name}/3.mid']


def test_rejected_inputs_are_listed_with_reason_and_hint(tmp_path):
  folder = tmp_path / 'in'
  folder.mkdir()
  song = synthetic_songs.beat()
  (folder / 'piano.mid').write_bytes(synthetic_songs.to_midi(song, channel=0))
  (folder / 'tab\there.mid').write_bytes(b'')
  (folder / 'gone.mid').symlink_to(tmp_path / 'nowhere')
  created = _create([folder], tmp_path / 'out')
  assert created.report['rejected'] == {
      'empty': 1, 'no_drum_notes': 1, 'unreadable': 1
  }
  gone, piano, tab = _rows(created, 'rejected.tsv')
  assert (gone['input_id'], gone['reason']) == ('in/gone.mid', 'unreadable')
  assert (tab['input_id'], tab['reason']) == ('in/tab\\there.mid', 'empty')
  assert piano['detail'].startswith(
      'channel 1 holds pitches 36 to 42: --drum_channels=1'
  )
  assert '--assume_drums' in piano['hint']
  assert created.paths['dataset.tsv'].read_bytes() == b''
  created = _create(
      [folder], tmp_path / 'out', recipe=one_input.Recipe(assume_drums=True)
  )
  assert created.report['kept'] == 1


def test_second_run_replaces_the_files_of_the_first(tmp_path):
  first = _write_midi(tmp_path / 'one', _SONGS[:4])
  second = _write_midi(tmp_path / 'two', _SONGS[4:8])
  _create([first], tmp_path / 'out')
  before = _files(tmp_path / 'out')
  _create([second], tmp_path / 'out')
  after = _files(tmp_path / 'out')
  assert set(after) == _NAMES
  assert after['dataset.tsv'] != before['dataset.tsv']
  _create([first], tmp_path / 'out')
  assert _files(tmp_path / 'out') == before


@pytest.mark.parametrize('tile', [1, 4])
def test_patterns_are_written_as_note_sequences(tmp_path, tile):
  _write_midi(tmp_path / 'rock', _SONGS)
  created = _create([tmp_path / 'rock'], tmp_path / 'out', tile=tile)
  rows = dataset_rows(created)
  records = list(tfrecords.read(created.paths['patterns.tfrecord']))
  assert len(records) == len(rows) > 10
  for row, record in zip(rows, records):
    sequence = music_proto.note_sequence_class().FromString(record)
    hits = sum(bin(code).count('1') for code in row)
    assert len(sequence.notes) == tile * hits
    (tempo,) = sequence.tempos
    assert sequence.total_time == pytest.approx(tile * 8 * 60 / tempo.qpm)
    assert list(sequence.sequence_metadata.genre) == ['rock']


def test_tiled_patterns_give_the_same_patterns_again(tmp_path):
  _write_midi(tmp_path / 'midi', _SONGS)
  created = _create([tmp_path / 'midi'], tmp_path / 'out', tile=4)
  again = _create([created.paths['patterns.tfrecord']], tmp_path / 'again')
  assert again.report['inputs'] == again.report['kept'] > 10
  assert set(map(plain_reading.canonical, dataset_rows(again))) == set(
      map(plain_reading.canonical, dataset_rows(created))
  )


def test_progress_is_told_of_every_byte_and_input(tmp_path):
  _write_midi(tmp_path / 'midi', _SONGS)
  _write_records(tmp_path / 'x.tfrecord', _records())
  steps = told_steps.ToldSteps()
  created = _create(
      [tmp_path / 'midi', tmp_path / 'x.tfrecord'], tmp_path / 'out',
      on_step=steps,
  )
  steps.check()
  reading, *last = steps.jobs()
  assert reading[-1][2] == f'reading, {created.report["inputs"]} inputs'
  # What is left to do is told of too, each row of it.
  words = ['merging', 'writing patterns', 'writing rejected inputs']
  assert [(job[0][2], job[-1][2]) for job in last] == [
      ('sorting', word) for word in words
  ]
  totals = [job[-1][1] for job in last]
  assert totals[1:] == [
      created.num_patterns, sum(created.report['rejected'].values())
  ]
  assert totals[0] >= created.num_patterns > 0


@pytest.mark.parametrize('num_workers', [0, 2])
def test_progress_of_the_last_step_leaves_out_what_there_is_none_of(
    tmp_path, monkeypatch, num_workers
):
  monkeypatch.setattr(merging, 'ROWS_OF_PROCESS', 1)
  (tmp_path / 'a.mid').write_bytes(b'no MIDI')
  steps = told_steps.ToldSteps()
  _create(
      [tmp_path / 'a.mid'], tmp_path / 'out', on_step=steps,
      num_workers=num_workers,
  )
  steps.check()
  assert [job[-1][2] for job in steps.jobs()] == [
      'reading, 1 inputs', 'writing rejected inputs'
  ]


# The verb and its result


def test_verb_takes_one_path_or_several_and_makes_the_same(tmp_path):
  _write_midi(tmp_path / 'midi', _SONGS[:6])
  verb = drumspace_ext.create_dataset
  one = verb(tmp_path / 'midi', tmp_path / 'one', num_workers=0)
  two = verb([str(tmp_path / 'midi')], str(tmp_path / 'two'), num_workers=1)
  assert _files(one.output_dir) == _files(two.output_dir)
  assert set(one.paths) == set(_files(one.output_dir))
  assert one.num_patterns == len(dataset_rows(one)) > 0


def test_result_is_a_line_and_as_text_what_the_console_prints(tmp_path):
  _write_midi(tmp_path / 'midi', _SONGS[:6])
  (tmp_path / 'midi' / 'bad.mid').write_bytes(b'MThd')
  created = _create([tmp_path / 'midi'], tmp_path / 'out')
  assert repr(created) == (
      f"CreatedDataset('{tmp_path}/out', inputs=7, "
      f'patterns={created.num_patterns})'
  )
  lines = str(created).splitlines()
  assert lines[0].split() == ['inputs', '7']
  assert lines[-len(created.paths):] == [
      f'  {path}' for path in created.paths.values()
  ]
  assert created.num_damaged == 1
  with pytest.raises(errors.InputError, match='--strict: 1 inputs are damaged'):
    created.check_strict()


# Genre table


def test_genre_table_labels_by_id_and_by_file_name(tmp_path):
  table = tmp_path / 'genres.tsv'
  table.write_text(
      '# id, TAB, genres\n\nin/000.mid\tJazz, Gypsy Swing\n'
      'songs/x.mid\thip-hop\nnobody\tpolka\n'
  )
  labels = dataset_creation.read_genre_table(table)
  assert labels == {
      'in/000.mid': {'jazz', 'swing'}, 'songs/x.mid': {'hip_hop'},
      'nobody': {'polka'},
  }
  _write_midi(tmp_path / 'in', [synthetic_songs.beat()])
  _write_records(tmp_path / 'x.tfrecord', [synthetic_songs.to_record(
      synthetic_songs.beat(), id='other', filename='songs/x.mid'
  )])
  created = _create(
      [tmp_path / 'in', tmp_path / 'x.tfrecord'], tmp_path / 'out',
      genre_table=labels,
  )
  (line,) = _rows(created, 'provenance.tsv')
  assert line['genres'] == 'hip_hop:1|jazz:1|swing:1'
  assert line['file_names'] == '["songs/x.mid"]'


@pytest.mark.parametrize('content, message', [
    (b'a\trock\nno tab here\n', "line 2: expected .* got 'no tab here'"),
    (b'a\t \n', 'line 1: expected an input id, TAB and genres'),
    (b'\xff\trock\n', "can't be read as text"),
    (None, "can't be read as text: .*No such file"),
])
def test_bad_genre_table_is_said_so(tmp_path, content, message):
  if content is not None:
    (tmp_path / 'g.tsv').write_bytes(content)
  with pytest.raises(errors.InputError, match=f'g.tsv.*{message}'):
    dataset_creation.read_genre_table(tmp_path / 'g.tsv')


# Damage is counted and the run goes on


def _five_records():
  return [
      synthetic_songs.to_record(synthetic_songs.beat((0, step)), id=str(step))
      for step in (3, 5, 7, 9, 11)
  ]


@pytest.mark.parametrize('reason, kept, damage', [
    ('tfrecord_crc', '01_34', lambda data, start, end: (
        data[:start + 40] + bytes([data[start + 40] ^ 4]) + data[start + 41:]
    )),
    ('tfrecord_crc', '01_34', lambda data, start, end: (
        data[:end - 1] + bytes([data[end - 1] ^ 128]) + data[end:]
    )),
    ('tfrecord_length', '01', lambda data, start, end: (
        data[:start] + bytes([data[start] ^ 1]) + data[start + 1:]
    )),
    ('tfrecord_length', '01', lambda data, start, end: (
        data[:start] + b'\xff' * 8 + data[start + 8:]
    )),
    ('tfrecord_truncated', '01', lambda data, start, end: data[:end - 1]),
    ('tfrecord_truncated', '01', lambda data, start, end: data[:start + 5]),
])
@pytest.mark.parametrize('compress', [False, True])
def test_damaged_records_cost_themselves_only(
    tmp_path, reason, kept, damage, compress
):
  frames = [tfrecords.frame(record) for record in _five_records()]
  start = len(frames[0]) + len(frames[1])
  data = damage(b''.join(frames), start, start + len(frames[2]))
  path = tmp_path / 'x.tfrecord'
  path.write_bytes(gzip.compress(data) if compress else data)
  created = _create([path], tmp_path / 'out')
  assert created.report['rejected'] == {reason: 1}
  ids = [
      json.loads(line['input_ids'])
      for line in _rows(created, 'provenance.tsv')
  ]
  steps = ['3', '5', '7', '9', '11']
  assert sorted(ids) == sorted([steps[int(k)]] for k in kept.replace('_', ''))
  (line,) = _rows(created, 'rejected.tsv')
  assert line['input_id'] == f'{tmp_path.name}/x.tfrecord'
  assert line['detail'].startswith('record 2: ')


def test_rejected_inputs_are_told_what_is_left_to_try(tmp_path):
  _write_midi(tmp_path / 'in', [synthetic_songs.beat(repeats=1)])
  created = _create(
      [tmp_path / 'in'], tmp_path / 'out', recipe=recipes.Recipe(min_repeats=2)
  )
  (line,) = _rows(created, 'rejected.tsv')
  assert line['reason'] == 'too_short'
  hint = 'twice in a row; --min_repeats=1 takes every two bars'
  assert hint in line['hint']
  assert hint in report_lib.summary(created.report)


def test_cut_gzip_keeps_what_came_before(tmp_path):
  path = _write_records(tmp_path / 'x.tfrecord.gz', _five_records(), True)
  path.write_bytes(path.read_bytes()[:-12])
  created = _create([path], tmp_path / 'out')
  assert created.report['rejected'] == {'tfrecord_truncated': 1}
  assert 0 < created.report['kept'] < 5


def test_record_that_is_no_note_sequence_is_named_by_its_place(tmp_path):
  records = _five_records()
  records[1:1] = [b'\xff\xff\xff']
  created = _create(
      [_write_records(tmp_path / 'x.tfrecord', records)], tmp_path / 'out'
  )
  (line,) = _rows(created, 'rejected.tsv')
  assert line['input_id'] == f'{tmp_path.name}/x.tfrecord#1'
  assert line['reason'] == 'not_note_sequence'
  assert created.report['kept'] == 5


def test_sequence_examples_are_refused_if_named(tmp_path):
  folder = tmp_path / 'in'
  folder.mkdir()
  path = _write_records(folder / 'x.tfrecord', [_sequence_example()] * 3)
  with pytest.raises(
      errors.InputError, match='holds SequenceExamples.*no NoteSequences'
  ) as raised:
    _create([path], tmp_path / 'out')
  assert '\n' not in str(raised.value)
  assert not (tmp_path / 'out').exists()


def test_sequence_examples_in_a_folder_are_no_note_sequences(tmp_path):
  folder = tmp_path / 'in'
  folder.mkdir()
  _write_records(folder / 'x.tfrecord', [_sequence_example()] * 3)
  created = _create([folder], tmp_path / 'out')
  assert created.report['rejected'] == {'not_note_sequence': 3}


def test_members_of_one_name_are_each_accounted_for(tmp_path):
  path = tmp_path / 'pack.zip'
  with zipfile.ZipFile(path, 'w') as archive:
    archive.writestr(
        'a.mid', synthetic_songs.to_midi(synthetic_songs.beat())
    )
    with pytest.warns(UserWarning, match='Duplicate'):
      archive.writestr('a.mid', b'junk')
  created = _create([path], tmp_path / 'out')
  assert created.report['inputs'] == 2


def test_extension_that_is_no_text_does_not_stop_the_run(tmp_path):
  folder = _write_midi(tmp_path / 'in', [synthetic_songs.beat()])
  pathlib.Path(os.fsdecode(os.fsencode(folder) + b'/a.\xff')).touch()
  pathlib.Path(os.fsdecode(os.fsencode(folder) + b'/\xff.mid')).touch()
  created = _create([folder], tmp_path / 'out')
  assert created.report['rejected'] == {'empty': 1}
  assert created.report['skipped_files'] == {'.\\xff': 1} or (
      created.report['skipped_files'] == {'.\\udcff': 1}
  )


@pytest.mark.parametrize('reason', ['reader_crashed', 'reader_timeout'])
def test_input_that_takes_a_worker_down_is_named(
    tmp_path, monkeypatch, reason
):
  _write_midi(tmp_path / 'in', _SONGS[:6])
  expected = _create([tmp_path / 'in'], tmp_path / 'out').report
  real = reading.midi_files

  def hostile(inputs, recipe):
    if any(input_id == 'in/evil.mid' for input_id, _ in inputs):
      if reason == 'reader_timeout':
        hanging.hang()
      os.kill(os.getpid(), signal.SIGKILL)
    return real(inputs, recipe)

  (tmp_path / 'in' / 'evil.mid').write_bytes(b'MThd')
  monkeypatch.setattr(reading, 'midi_files', hostile)
  hanging.put_clock(monkeypatch)
  created = _create([tmp_path / 'in'], tmp_path / 'out', num_workers=2)
  assert created.report['inputs'] == 7
  assert created.report['rejected'].pop(reason) == 1
  assert created.report['rejected'] == expected['rejected']
  assert created.report['patterns'] == expected['patterns'] > 0
  assert ('in/evil.mid', reason) in [
      (line['input_id'], line['reason'])
      for line in _rows(created, 'rejected.tsv')
  ]


def test_lost_input_stops_the_run(tmp_path, monkeypatch):
  _write_midi(tmp_path / 'in', _SONGS[:2])
  real = collection_lib.Collection.add

  def forgetful(collection, *args):
    real(collection, *args)
    collection.totals.num_inputs += 1

  monkeypatch.setattr(collection_lib.Collection, 'add', forgetful)
  with pytest.raises(RuntimeError, match='an input was lost'):
    _create([tmp_path / 'in'], tmp_path / 'out')
  assert not _files(tmp_path / 'out')


# A caller's mistake leaves nothing


def test_zip_without_midi_alone_is_a_mistake(tmp_path):
  with zipfile.ZipFile(tmp_path / 'pack.zip', 'w') as archive:
    archive.writestr('a.txt', b'hello')
  with pytest.raises(errors.InputError, match='no MIDI file and no record'):
    _create([tmp_path / 'pack.zip'], tmp_path / 'out')
  assert not _files(tmp_path / 'out')


def test_mistake_leaves_no_process(tmp_path):
  with pytest.raises(errors.InputError, match='does not exist'):
    dataset_creation.create(
        [str(tmp_path / 'gone')], tmp_path / 'out', num_workers=2
    )
  assert not multiprocessing.active_children()
  assert not (tmp_path / 'out').exists()


def test_files_of_archives_that_are_not_read_are_counted(tmp_path):
  _write_midi(tmp_path / 'in', [synthetic_songs.beat()])
  with zipfile.ZipFile(tmp_path / 'in' / 'pack.zip', 'w') as archive:
    archive.writestr('a.txt', b'hello')
  created = _create([tmp_path / 'in'], tmp_path / 'out')
  assert created.report['skipped_files'] == {'.txt': 1}


@pytest.mark.parametrize('option', [
    {'steps_per_quarter': 0}, {'steps_per_quarter': 97}, {'gap_steps': 0},
])
def test_recipe_out_of_range_is_named(option):
  (name,) = option
  with pytest.raises(errors.InputError, match=name):
    one_input.Recipe(**option)


# A full disk, a killed run


@contextlib.contextmanager
def _small_disk(path, num_bytes):
  """A file system of its own at `path`; needs the rights to mount one."""
  path.mkdir()
  try:
    done = subprocess.run(
        ['mount', '-t', 'tmpfs', '-o', f'size={num_bytes}', 'tmpfs', path],
        capture_output=True,
    )
  except FileNotFoundError:
    pytest.skip('no mount command')
  if done.returncode:
    pytest.skip('no right to mount a file system')
  try:
    yield path
  finally:
    subprocess.run(['umount', '--lazy', path], check=True)


@pytest.mark.parametrize('num_workers', [0, 2])
def test_disk_that_fills_up_leaves_nothing(tmp_path, monkeypatch, num_workers):
  monkeypatch.setattr(merging, 'ROWS_OF_PROCESS', 1)
  _write_midi(tmp_path / 'in', [*_SONGS, synthetic_songs.Song(())])
  _create([tmp_path / 'in'], tmp_path / 'out')
  expected = _files(tmp_path / 'out')
  outcomes = []
  with _small_disk(tmp_path / 'disk', 1 << 18) as disk:
    for used in range(256, -1, -8):
      # A file that is deleted but still open takes room.
      gc.collect()
      (disk / 'ballast').write_bytes(bytes(used << 10))
      try:
        _create([tmp_path / 'in'], disk / 'out', num_workers=num_workers)
      except errors.OutputError as e:
        outcomes.append('full')
        assert '\n' not in str(e)
        assert 'Make room' in str(e) or 'make room' in str(e)
        assert not _files(disk / 'out')
      else:
        outcomes.append('written')
        assert _files(disk / 'out') == expected
        for path in (disk / 'out').iterdir():
          path.unlink()
  assert outcomes == sorted(outcomes)
  assert outcomes.count('full') > 5 and outcomes.count('written') > 5


@pytest.mark.parametrize('kilobytes', [0, 1, 4, 12])
def test_files_that_may_not_grow_leave_nothing(tmp_path, kilobytes):
  """As on a full disk, in a process of its own that may write so much."""
  _write_midi(tmp_path / 'in', _SONGS)
  script = 'from drumspace_ext.cli import create_dataset as d\n'
  script += 'd.console_entry_point()'
  done = subprocess.run(
      ['bash', '-c', f'ulimit -f {kilobytes}; exec "$@"', 'bash',
       sys.executable, '-c', script, tmp_path / 'in',
       f'--output_dir={tmp_path / "out"}'],
      capture_output=True, text=True, timeout=300,
  )
  assert done.returncode == 1
  assert len(done.stderr.splitlines()) == 1, done.stderr
  assert 'room' in done.stderr
  assert not _files(tmp_path / 'out')


def _interrupted(target, nth, action):
  """A program that does `action` at the nth call of `target`, in a run."""
  return f"""
import errno, os, pathlib, signal, sys
from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.dataset import merging
from drumspace_ext.dataset import report as report_lib
from drumspace_ext import errors
from drumspace_ext.extraction import one_input as extraction
from drumspace_ext.dataset import report_html
from drumspace_ext.files import tfrecords
process, kill = os.getpid(), os.kill
# In a container every run may have the same number.
os.getpid = lambda: 7
owner, name = {target}
real, left = getattr(owner, name), {nth}
def interrupted(*args, **kwargs):
  global left
  left -= 1
  if not left:
    {action}
  return real(*args, **kwargs)
setattr(owner, name, interrupted)
try:
  dataset_creation.create([sys.argv[1]], pathlib.Path(sys.argv[2]),
                          recipe=extraction.Recipe(), num_workers=2)
except errors.OutputError as e:
  sys.exit(str(e))
"""


def _run_interrupted(tmp_path, target, nth, action):
  return subprocess.run(
      [sys.executable, '-c', _interrupted(target, nth, action),
       tmp_path / 'in', tmp_path / 'out'],
      capture_output=True, text=True, timeout=300,
  )


_STAGES = [
    ("(merging, 'merge')", 1),
    ("(tfrecords, 'frame')", 3),
    ("(report_html, 'render')", 1),
    ("(os, 'replace')", 1),
]


@pytest.mark.parametrize('target, nth', _STAGES)
def test_killed_run_leaves_nothing_under_a_final_name(tmp_path, target, nth):
  _write_midi(tmp_path / 'in', _SONGS)
  done = _run_interrupted(
      tmp_path, target, nth, 'kill(process, signal.SIGKILL)'
  )
  assert done.returncode == -signal.SIGKILL
  left = _files(tmp_path / 'out')
  assert left and all(name.startswith('.drumspace-') for name in left)
  # What it left is no obstacle to the next run.
  done = _run_interrupted(tmp_path, "(os, 'nice')", 1, 'pass')
  assert (done.returncode, done.stderr) == (0, '')
  assert _NAMES <= set(_files(tmp_path / 'out'))


def test_run_that_is_killed_while_renaming_leaves_whole_files(tmp_path):
  _write_midi(tmp_path / 'in', _SONGS)
  _create([tmp_path / 'in'], tmp_path / 'expected')
  expected = _files(tmp_path / 'expected')
  done = _run_interrupted(
      tmp_path, "(os, 'replace')", 4, 'kill(process, signal.SIGKILL)'
  )
  assert done.returncode == -signal.SIGKILL
  files = _files(tmp_path / 'out')
  finals = {n: b for n, b in files.items() if not n.startswith('.drumspace-')}
  assert len(finals) == 3
  assert finals.items() <= expected.items()


@pytest.mark.parametrize('target, nth', _STAGES)
def test_write_error_is_one_line_and_leaves_nothing(tmp_path, target, nth):
  _write_midi(tmp_path / 'in', _SONGS)
  done = _run_interrupted(
      tmp_path, target, nth, 'raise OSError(errno.ENOSPC, "No space left")'
  )
  assert done.returncode == 1
  assert len(done.stderr.splitlines()) == 1, done.stderr
  assert "can't write" in done.stderr and 'No space left' in done.stderr
  assert not _files(tmp_path / 'out')


# Results among the inputs


def test_results_of_an_earlier_run_are_not_read_as_songs(tmp_path):
  _write_midi(tmp_path / 'in', _SONGS)
  first = _create([tmp_path / 'in'], tmp_path / 'in' / 'out')
  assert first.report['patterns'] > 0
  again = _create([tmp_path / 'in'], tmp_path / 'other', recursive=True)
  assert again.report == first.report | {
      'skipped_files': again.report['skipped_files']
  }
  assert again.report['skipped_files']['.tfrecord'] == 1


def test_results_may_go_beside_the_inputs(tmp_path):
  _write_midi(tmp_path / 'in', _SONGS)
  first = _create([tmp_path / 'in'], tmp_path / 'in')
  assert first.report['patterns'] > 0
  assert _create([tmp_path / 'in'], tmp_path / 'in').report['inputs'] == (
      first.report['inputs']
  )


def test_own_input_is_not_overwritten(tmp_path):
  _write_midi(tmp_path / 'in', _SONGS)
  _create([tmp_path / 'in'], tmp_path / 'out')
  before = _files(tmp_path / 'out')
  with pytest.raises(errors.InputError, match='would be overwritten'):
    _create([tmp_path / 'out' / 'patterns.tfrecord'], tmp_path / 'out')
  assert _files(tmp_path / 'out') == before


def test_a_map_is_not_left_with_another_dataset(tmp_path):
  _write_midi(tmp_path / 'in', _SONGS)
  _create([tmp_path / 'in'], tmp_path / 'out')
  (tmp_path / 'out' / 'map.json').write_text('{}')
  # As one of its own folder has it.
  (tmp_path / 'out' / 'manifest.json').write_text(
      '{"maker": "drumspace_build_map"}'
  )
  before = _files(tmp_path / 'out')
  with pytest.raises(errors.InputError, match='holds a map'):
    _create([tmp_path / 'in'], tmp_path / 'out')
  assert _files(tmp_path / 'out') == before


# Inside processes that may start no other


# Run as a program of its own: a pool's worker must be able to import what it is
# to do, and it waits for ever for what it can't.
_CREATE_TWICE = '''
import multiprocessing
import sys

import drumspace_ext


def create_twice():
  for name in ('one', 'two'):
    created = drumspace_ext.create_dataset('in', name, num_workers=2)
    assert created.report['patterns'] > 0


if __name__ == '__main__':
  with multiprocessing.get_context(sys.argv[1]).Pool(1) as pool:
    pool.apply(create_twice)
'''


@pytest.mark.parametrize('method', ['fork', 'spawn'])
def test_daemonic_process_reads_alone_and_says_so_once(tmp_path, method):
  _write_midi(tmp_path / 'in', _SONGS)
  _create([tmp_path / 'in'], tmp_path / 'expected', num_workers=2)
  (tmp_path / 'create_twice.py').write_text(_CREATE_TWICE)
  run = subprocess.run(
      [sys.executable, 'create_twice.py', method], cwd=tmp_path, check=False,
      capture_output=True, text=True, timeout=300,
  )
  assert run.returncode == 0, run.stderr
  for name in ('one', 'two'):
    assert _files(tmp_path / name) == _files(tmp_path / 'expected')
  assert run.stderr.count('daemonic') == 1
  assert 'read in it' in run.stderr
