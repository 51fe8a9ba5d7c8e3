"""Tests for listing."""

import gzip
import io
import os
import pathlib
import random
import shutil
import zipfile

import hypothesis
from hypothesis import strategies as st
import pytest
import synthetic_songs

from drumspace_ext import errors
from drumspace_ext.files import tfrecords
from drumspace_ext.inputs import folders
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.inputs import tasks as input_tasks

# A regular file that nobody can read, root included.
_UNREADABLE = pathlib.Path('/proc/self/mem')
_needs_proc = pytest.mark.skipif(
    not _UNREADABLE.exists(), reason='needs /proc/self/mem'
)
_MIDI = b'MThd\0\0\0\6\0\0\0\1\1\xe0MTrk\0\0\0\4\0\xff\x2f\0'
_RECORD = tfrecords.frame(b'record')


def _names(values, **options):
  listing = inputs.list_inputs([str(value) for value in values], **options)
  return [source.name for source in inputs.source_files(listing)]


def _ids(values, **options):
  """The ids of all inputs, in no order; problems as (name, reason)."""
  listing = inputs.list_inputs([str(value) for value in values], **options)
  ids = []
  for task in input_tasks.tasks(listing):
    if isinstance(task, input_tasks.Task):
      ids += [item[0] for item in task.items]
    else:
      ids.append((task[0], task[1].reason))
  return sorted(ids, key=str)


def _fill(folder, names, content=_MIDI):
  for name in names:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
  return folder


def _zip(path, members):
  path.parent.mkdir(parents=True, exist_ok=True)
  with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
    for name, content in members.items():
      archive.writestr(name, content)
  return path


# Properties


@hypothesis.given(
    records=st.lists(st.binary(max_size=300), min_size=1, max_size=600),
    compress=st.booleans(),
)
@hypothesis.settings(max_examples=30)
def test_tasks_hold_every_record_once_and_every_byte(
    records, compress, tmp_path_factory
):
  path = tmp_path_factory.mktemp('in') / 'a.tfrecord'
  content = b''.join(map(tfrecords.frame, records))
  path.write_bytes(gzip.compress(content, mtime=0) if compress else content)
  tasks = list(input_tasks.tasks(inputs.list_inputs([str(path)])))
  items = [item for task in tasks for item in task.items]
  prefix = f'{path.parent.name}/a.tfrecord#'
  assert items == [(f'{prefix}{n}', r) for n, r in enumerate(records)]
  assert sum(task.size for task in tasks) == path.stat().st_size
  assert max(len(task.items) for task in tasks) <= 300


def test_progress_of_a_file_that_unpacks_to_more_ends_at_its_size(tmp_path):
  path = tmp_path / 'a.tfrecord.gz'
  path.write_bytes(gzip.compress(tfrecords.frame(bytes(100)) * 1000))
  tasks = list(input_tasks.tasks(inputs.list_inputs([str(path)])))
  assert len(tasks) > 2
  assert min(task.size for task in tasks) >= 0
  assert sum(task.size for task in tasks) == path.stat().st_size


def test_tasks_hold_every_file_and_member_once(tmp_path):
  names = [f'{i:03}.mid' for i in range(150)]
  folder = _fill(tmp_path / 'songs', names)
  archive = _zip(tmp_path / 'more.zip', dict.fromkeys(names, _MIDI))
  listing = inputs.list_inputs([str(folder), str(archive)])
  tasks = list(input_tasks.tasks(listing))
  ids = [item[0] for task in tasks for item in task.items]
  parent = tmp_path.name
  assert sorted(ids) == sorted(
      [f'songs/{name}' for name in names]
      + [f'{parent}/more.zip/{name}' for name in names]
  )
  assert 1 < max(len(task.items) for task in tasks) <= 100
  assert {
      t.archive.path for t in tasks if t.kind == input_kinds.ZIP
  } == {archive}
  midi_bytes = sum(t.size for t in tasks if t.kind == input_kinds.MIDI)
  assert midi_bytes == 150 * len(_MIDI)
  assert sum(task.size for task in tasks) <= listing.num_bytes
  assert listing.num_bytes == midi_bytes + archive.stat().st_size
  assert listing.num_files == 151


def test_task_splits_into_its_items():
  task = input_tasks.Task(
      input_kinds.ZIP, (('a', 'x'), ('b', 'y')), 'archive', size=9
  )
  assert [(part.kind, part.items, part.archive) for part in task.split()] == [
      (input_kinds.ZIP, (('a', 'x'),), 'archive'),
      (input_kinds.ZIP, (('b', 'y'),), 'archive'),
  ]


@pytest.mark.parametrize('seed', range(5))
def test_order_of_arguments_and_place_do_not_matter(tmp_path, seed):
  here = tmp_path / 'here'
  _fill(here / 'rock', ['a.mid', 'deep/b.kar', 'deep/er/c.MID'])
  _fill(here / 'jazz', ['a.mid'])
  _fill(here / 'set', ['x.tfrecord', 'y.tfrecord-0-of-1.gz'], _RECORD)
  _zip(here / 'packs' / 'pack.zip', {'in/a.mid': _MIDI})
  there = tmp_path / 'far' / 'away' / 'there'
  shutil.copytree(here, there)
  values = ['rock', 'jazz', 'set', 'packs/pack.zip', 'jazz/*.mid']
  expected = _ids([here / value for value in values], recursive=True)
  # The file of the glob is one of the folder.
  assert len(expected) == 7
  random.Random(seed).shuffle(values)
  assert _ids([there / v for v in values], recursive=True) == expected


# By hand


def test_ids_begin_with_the_folder_given(tmp_path, monkeypatch):
  _fill(tmp_path / 'rock', ['a.mid', 'deep/b.mid'])
  monkeypatch.chdir(tmp_path)
  every = ['rock/a.mid', 'rock/deep/b.mid']
  assert _names([tmp_path / 'rock'], recursive=True) == every
  assert _names(['rock'], recursive=True) == every
  assert _names(['rock/'], recursive=True) == every
  assert _names(['./rock'], recursive=True) == every
  assert _names(['rock/**/*.mid']) == every
  assert _names(['rock/a.mid']) == ['rock/a.mid']
  assert _names(['rock/deep/b.mid']) == ['deep/b.mid']
  monkeypatch.chdir('rock')
  assert _names(['.'], recursive=True) == every
  assert _names(['a.mid']) == ['rock/a.mid']
  assert _names(['*.mid']) == ['rock/a.mid']


def test_id_does_not_depend_on_how_a_folder_is_spelled(tmp_path):
  _fill(tmp_path / 'rock', ['a.mid', 'deep/b.mid'])
  assert _names([tmp_path / 'rock' / 'deep' / '..']) == ['rock/a.mid']


def test_two_folders_of_one_name_keep_apart(tmp_path):
  first = _fill(tmp_path / 'x' / 'midi', ['a.mid'])
  second = _fill(tmp_path / 'y' / 'midi', ['a.mid'])
  assert _names([first, second]) == [f'{first}/a.mid', f'{second}/a.mid']
  assert _names([second, first]) == _names([first, second])


@pytest.mark.parametrize('order', [(0, 1), (1, 0)])
def test_link_to_a_folder_is_the_folder(tmp_path, order):
  folder = _fill(tmp_path / 'rock', ['a.mid'])
  (tmp_path / 'link').symlink_to(folder)
  values = [folder, tmp_path / 'link']
  assert _names([values[i] for i in order]) == ['rock/a.mid']


@pytest.mark.parametrize('values', [
    ['rock/a.mid', 'rock/a.mid'], ['rock', 'rock/'], ['rock', 'rock/a.mid'],
    ['rock/a.mid', 'rock'], ['rock/*.mid', 'rock'], ['rock/*', 'rock/a.*'],
])
def test_file_that_is_named_twice_is_read_once(tmp_path, values, monkeypatch):
  _fill(tmp_path / 'rock', ['a.mid'])
  monkeypatch.chdir(tmp_path)
  assert _ids(values) == ['rock/a.mid']


def test_folder_in_a_folder_is_read_once(tmp_path):
  _fill(tmp_path / 'rock', ['deep/a.mid'])
  values = [tmp_path / 'rock', tmp_path / 'rock' / 'deep']
  assert len(_ids(values, recursive=True)) == 1


def test_folders_in_folders_are_searched_only_if_asked(tmp_path):
  _fill(tmp_path / 'rock', ['a.mid', 'deep/b.mid', 'deep/er/c.mid'])
  listing = inputs.list_inputs([str(tmp_path / 'rock')])
  assert (listing.num_files, listing.unsearched_folders) == (1, 1)
  listing = inputs.list_inputs([str(tmp_path / 'rock')], recursive=True)
  assert (listing.num_files, listing.unsearched_folders) == (3, 0)


def test_links_to_folders_are_not_searched_but_counted(tmp_path):
  _fill(tmp_path, ['rock/a.mid', 'elsewhere/b.mid'])
  for name, target in (('link', '../elsewhere'), ('round', '.')):
    (tmp_path / 'rock' / name).symlink_to(target)
  listing = inputs.list_inputs([str(tmp_path / 'rock')], recursive=True)
  assert (listing.num_files, listing.unsearched_folders) == (1, 2)
  named = inputs.list_inputs([str(tmp_path / 'rock' / 'link')])
  assert (named.num_files, named.unsearched_folders) == (1, 0)


@pytest.mark.parametrize('recursive', [False, True])
def test_the_folder_of_results_is_none_that_songs_are_missed_in(
    tmp_path, recursive
):
  _fill(tmp_path / 'rock', ['a.mid', 'out/b.mid'])
  listing = inputs.list_inputs(
      [str(tmp_path / 'rock')], recursive=recursive,
      excluded=tmp_path / 'rock' / 'out',
  )
  assert (listing.num_files, listing.unsearched_folders) == (1, 0)


@pytest.mark.parametrize('name', ['a,b.mid', 'one, two.mid'])
def test_a_name_with_a_comma_that_was_cut_is_named(tmp_path, name):
  _fill(tmp_path, [name])
  values = [part.strip() for part in str(tmp_path / name).split(',')]
  with pytest.raises(
      errors.InputError, match=f'{name}.*has a comma: give it without --input'
  ):
    inputs.list_inputs(values)
  with pytest.raises(errors.InputError, match='Check the path'):
    inputs.list_inputs([*values, 'other.mid'])


@hypothesis.given(
    names=st.sets(st.builds(
        '{}{}.{}'.format, st.sampled_from(('', 'deep/', 'deep/er/', 'é/')),
        st.text('abé_', min_size=1, max_size=3),
        st.sampled_from(('mid', 'zip', 'tfrecord', 'txt')),
    ), max_size=12),
    max_kept=st.integers(0, 4), together=st.integers(1, 4),
    recursive=st.booleans(),
)
@hypothesis.settings(max_examples=40)
def test_what_is_kept_is_what_folders_hold(
    names, max_kept, together, recursive, tmp_path_factory
):
  """However many names are kept and looked at at once."""
  folder = _fill(tmp_path_factory.mktemp('in'), ['always.mid', *names])
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(folders, '_TOGETHER', together)
    patch.setattr(inputs, '_MAX_KEPT', max_kept)
    listing = inputs.list_inputs([str(folder)], recursive=recursive)
  expected = [
      file for file in folder.rglob('*')
      if file.is_file() and file.suffix != '.txt'
      and (recursive or file.parent == folder)
  ]
  sources = list(inputs.source_files(listing))
  assert sorted(source.path for source in sources) == sorted(map(str, expected))
  assert (listing.kept is not None) == (len(sources) <= max_kept)
  listing.kept = None
  assert list(inputs.source_files(listing)) == sources
  assert listing.num_files == len(sources)
  assert listing.num_bytes == sum(source.size for source in sources)
  assert listing.skipped.total() == sum(
      name.endswith('.txt') and (recursive or '/' not in name)
      for name in names
  )


def test_files_that_are_kept_are_not_looked_at_again(tmp_path):
  folder = _fill(tmp_path / 'rock', ['a.mid', 'b/c.zip'])
  listing = inputs.list_inputs([str(folder)], recursive=True)
  shutil.rmtree(folder)
  assert [
      (source.name, source.kind, source.size, source.named)
      for source in inputs.source_files(listing)
  ] == [
      ('rock/a.mid', input_kinds.MIDI, len(_MIDI), False),
      ('rock/b/c.zip', input_kinds.ZIP, len(_MIDI), False),
  ]


def test_other_files_in_a_folder_are_counted(tmp_path):
  folder = _fill(tmp_path / 'rock', [
      'a.mid', '._a.mid', 'b.txt', 'c.TXT', 'README', 'd.tfrecord.bak',
  ])
  listing = inputs.list_inputs([str(folder)])
  assert listing.num_files == 1
  assert listing.skipped == {
      '.mid': 1, '.txt': 2, 'without extension': 1, '.bak': 1,
  }
  list(input_tasks.tasks(listing))
  assert listing.skipped.total() == 5


@pytest.mark.parametrize('name, kind', [
    ('a.mid', input_kinds.MIDI),
    ('A.MIDI', input_kinds.MIDI),
    ('a.kar', input_kinds.MIDI),
    ('a.rmi', input_kinds.MIDI),
    ('a.zip', input_kinds.ZIP),
    ('A.ZIP', input_kinds.ZIP),
    ('a.tfrecord', input_kinds.TFRECORD),
    ('a.tfrecords', input_kinds.TFRECORD),
    ('a.TFRecord.gz', input_kinds.TFRECORD),
    ('a.tfrecord.gzip', input_kinds.TFRECORD),
    ('a.tfrecord-00000-of-00010', input_kinds.TFRECORD),
    ('a.tfrecord-00000-of-00010.gz', input_kinds.TFRECORD),
    ('a-00000-of-00010.tfrecord', input_kinds.TFRECORD),
    ('a.tfrecord.txt', None),
    ('tfrecord', None),
    ('mid', None),
    ('a.mid.txt', None),
    ('a.gz', None),
])
def test_files_of_a_folder_are_known_by_their_names(tmp_path, name, kind):
  folder = _fill(tmp_path / 'folder', [name, 'always.mid'])
  listing = inputs.list_inputs([str(folder)])
  kinds = {
      pathlib.Path(source.path).name: source.kind
      for source in inputs.source_files(listing)
  }
  assert kinds.get(name) == kind
  assert kinds['always.mid'] == input_kinds.MIDI


def _zip_bytes():
  stream = io.BytesIO()
  with zipfile.ZipFile(stream, 'w') as archive:
    archive.writestr('a.mid', _MIDI)
  return stream.getvalue()


def _empty_zip_bytes():
  stream = io.BytesIO()
  zipfile.ZipFile(stream, 'w').close()
  return stream.getvalue()


@pytest.mark.parametrize('name, content, kind', [
    ('song', _MIDI, input_kinds.MIDI),
    ('song.tfrecord', _MIDI, input_kinds.MIDI),
    ('song.dat', b'RIFF\0\0\0\0RMID', input_kinds.MIDI),
    ('sound.wav', b'RIFF\0\0\0\0WAVE', None),
    ('song.mid', b'junk', input_kinds.MIDI),
    ('empty.mid', b'', input_kinds.MIDI),
    ('song.mid', _zip_bytes(), input_kinds.MIDI),
    ('data.bin', _RECORD, input_kinds.TFRECORD),
    ('data.mid', _RECORD, input_kinds.TFRECORD),
    ('data.bin', gzip.compress(_RECORD, mtime=0), input_kinds.TFRECORD),
    ('a.tfrecord', b'junk', input_kinds.TFRECORD),
    ('a.tfrecord', b'', input_kinds.TFRECORD),
    ('a.tfrecord.gz', gzip.compress(b'junk', mtime=0), input_kinds.TFRECORD),
    (
        'a.tfrecord.gz', gzip.compress(_RECORD, mtime=0)[:9],
        input_kinds.TFRECORD,
    ),
    ('a.gz', gzip.compress(b'junk', mtime=0), None),
    ('a.gz', gzip.compress(_RECORD, mtime=0)[:9], None),
    ('song.mid.gz', gzip.compress(_MIDI, mtime=0), None),
    ('pack', _zip_bytes(), input_kinds.ZIP),
    ('pack.zip', _empty_zip_bytes(), input_kinds.ZIP),
    ('text.txt', b'hello', None),
    ('empty', b'', None),
    ('PK.txt', b'PK is no zip', None),
])
def test_file_is_known_by_its_bytes(tmp_path, name, content, kind):
  (tmp_path / name).write_bytes(content)
  assert input_kinds.kind_of_file(tmp_path / name) == kind


def test_glob_leaves_out_what_it_matches_by_chance(tmp_path):
  folder = _fill(tmp_path / 'rock', ['a.mid', 'deep/b.mid'])
  _fill(folder, ['a.txt'], b'hello')
  listing = inputs.list_inputs([str(folder / '*')])
  sources = list(inputs.source_files(listing))
  assert [(s.name, s.named) for s in sources] == [('rock/a.mid', False)]
  assert listing.skipped == {'.txt': 1}


def test_name_with_magic_characters_is_a_name_first(tmp_path):
  _fill(tmp_path / 'rock', ['[1].mid', '1.mid'])
  assert _names([tmp_path / 'rock' / '[1].mid']) == ['rock/[1].mid']
  assert _names([tmp_path / 'rock' / '[1]?mid']) == ['rock/1.mid']


def test_home_is_expanded(tmp_path, monkeypatch):
  _fill(tmp_path / 'rock', ['a.mid'])
  monkeypatch.setenv('HOME', str(tmp_path))
  assert _names(['~/rock']) == ['rock/a.mid']
  assert _names(['~/rock/*.mid']) == ['rock/a.mid']


def test_zip_with_two_members_of_one_name_holds_two_inputs(tmp_path):
  path = tmp_path / 'pack.zip'
  with zipfile.ZipFile(path, 'w') as archive:
    archive.writestr('a.mid', b'first')
    with pytest.warns(UserWarning, match='Duplicate'):
      archive.writestr('a.mid', b'second')
  assert len(_ids([path])) == 2


def test_records_carry_their_place(tmp_path):
  song = synthetic_songs.to_record(synthetic_songs.beat())
  (tmp_path / 'a.tfrecord').write_bytes(tfrecords.frame(song) * 2)
  assert _ids([tmp_path / 'a.tfrecord']) == [
      f'{tmp_path.name}/a.tfrecord#0', f'{tmp_path.name}/a.tfrecord#1',
  ]


# Damage in a folder is counted; in a file that was named it stops the run.


def test_dangling_link_in_a_folder_is_still_an_input(tmp_path):
  folder = _fill(tmp_path / 'rock', ['a.mid'])
  (folder / 'gone.mid').symlink_to(tmp_path / 'nowhere')
  (folder / 'gone.tfrecord').symlink_to(tmp_path / 'nowhere')
  (folder / 'gone.zip').symlink_to(tmp_path / 'nowhere')
  assert _ids([folder]) == sorted([
      'rock/a.mid', 'rock/gone.mid', ('rock/gone.tfrecord', 'unreadable'),
      ('rock/gone.zip', 'bad_zip_member'),
  ], key=str)


def test_damaged_records_come_as_problems(tmp_path):
  content = bytearray(_RECORD * 3)
  content[len(_RECORD) + 13] ^= 1
  (tmp_path / 'a.tfrecord').write_bytes(content)
  name = f'{tmp_path.name}/a.tfrecord'
  assert _ids([tmp_path / 'a.tfrecord']) == sorted(
      [f'{name}#0', f'{name}#2', (name, 'tfrecord_crc')], key=str
  )


def test_bad_zip_stops_the_run_only_if_it_was_named(tmp_path):
  folder = _fill(tmp_path / 'rock', ['a.mid'])
  path = _zip(folder / 'bad.zip', {'../a.mid': _MIDI})
  assert _ids([folder]) == sorted(
      ['rock/a.mid', ('rock/bad.zip', 'bad_zip_member')], key=str
  )
  assert _ids([folder / '*.zip']) == [('rock/bad.zip', 'bad_zip_member')]
  with pytest.raises(errors.InputError, match='leads out of the archive'):
    _ids([path])


@_needs_proc
def test_unreadable_file_stops_the_run_only_if_it_was_named(tmp_path):
  folder = _fill(tmp_path / 'rock', ['a.mid'])
  (folder / 'b.mid').symlink_to(_UNREADABLE)
  (folder / 'b.tfrecord').symlink_to(_UNREADABLE)
  assert _ids([folder]) == sorted([
      'rock/a.mid', 'rock/b.mid', ('rock/b.tfrecord', 'unreadable'),
  ], key=str)
  assert 'rock/b.mid' in _ids([folder / '*.mid'])
  with pytest.raises(errors.InputError, match="can't be read: .*permissions"):
    _ids([folder / 'b.mid'])


def test_folder_without_permission_is_said_so(tmp_path, monkeypatch):
  folder = _fill(tmp_path / 'rock', ['a.mid'])
  # Root may read everything.
  monkeypatch.setattr(os, 'access', lambda path, mode: False)
  with pytest.raises(errors.InputError, match="rock can't be read. Check its"):
    inputs.list_inputs([str(folder)])


@pytest.mark.parametrize('value, message', [
    ('nowhere', 'nowhere does not exist. Check the path'),
    ('a.mid/x', 'a.mid/x does not exist'),
    ('*.nothing', r'\*.nothing matches no file. Quote it'),
    ('empty/*', 'matches no file'),
    ('text.txt', 'text.txt is no NoteSequence TFRecord, no MIDI file and no'),
    ('empty', 'empty: no MIDI file, TFRecord or zip in it.$'),
    ('texts', 'texts: .* Other files there: 2 .txt, 1 .md'),
    ('outer', 'outer: .* 1 folders below were not searched: --recursive'),
    ('x' * 5000, 'xxxxx'),
    ('~no_such_user_here/a.mid', 'no_such_user_here/a.mid'),
])
def test_callers_mistake_is_one_line(tmp_path, monkeypatch, value, message):
  monkeypatch.chdir(_fill(tmp_path / 'in', [
      'text.txt', 'texts/a.txt', 'texts/b.txt', 'texts/c.md', 'outer/in/a.mid',
  ], b'hello'))
  _fill(tmp_path / 'in', ['a.mid'])
  (tmp_path / 'in' / 'empty').mkdir()
  with pytest.raises(errors.InputError, match=message) as raised:
    inputs.list_inputs([value])
  assert '\n' not in str(raised.value)


def test_no_input_at_all_is_said_so():
  with pytest.raises(errors.InputError, match='no input given.*--input'):
    inputs.list_inputs([])


def test_named_dangling_link_does_not_exist(tmp_path):
  (tmp_path / 'gone.mid').symlink_to(tmp_path / 'nowhere')
  with pytest.raises(errors.InputError, match='gone.mid does not exist'):
    inputs.list_inputs([str(tmp_path / 'gone.mid')])


@pytest.mark.parametrize('where', ['pipe.mid', ''], ids=['named', 'folder'])
def test_pipe_is_not_waited_for(tmp_path, where, monkeypatch):
  folder = _fill(tmp_path / 'rock', ['a.mid'])
  os.mkfifo(folder / 'pipe.mid')

  def open_path(path, *args, **kwargs):
    assert not path.is_fifo(), 'opening a pipe waits for ever'
    return io.open(path, *args, **kwargs)  # noqa: UP020 (`open` is patched)

  monkeypatch.setattr(pathlib.Path, 'open', open_path)
  if where:
    with pytest.raises(errors.InputError, match='pipe.mid'):
      inputs.list_inputs([str(folder / where)])
  else:
    listing = inputs.list_inputs([str(folder)])
    ids = [
        item[0] for task in input_tasks.tasks(listing) for item in task.items
    ]
    assert ids == ['rock/a.mid']
    assert listing.skipped.total() == 1


def test_folder_of_a_dataset_is_called_one(tmp_path):
  (tmp_path / 'dataset.tsv').write_text('x')
  with pytest.raises(errors.InputError, match='is a dataset; name the songs'):
    inputs.list_inputs([str(tmp_path)])
