"""Tests for beam.creation, with transforms and runners, on Beam."""

import json
import multiprocessing
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import zipfile

from apache_beam.runners.portability.fn_api_runner import execution
import beam_runs
import hypothesis
from hypothesis import strategies as st
import mixed_inputs
import numpy as np
import pytest
import synthetic_songs

from drumspace_ext import errors
from drumspace_ext.beam import creation as beam_creation
from drumspace_ext.dataset import report
from drumspace_ext.dataset import writing as dataset_writing
from drumspace_ext.extraction import near_hints
from drumspace_ext.extraction import one_input
from drumspace_ext.extraction import recipes
from drumspace_ext.files import result_names
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import text_grids

_SONGS = mixed_inputs.SONGS
_BEAT = synthetic_songs.beat()
_PATTERN = text_grids.from_rows([
    'open_hat     .... .... .... .... | .... .... .... ..x.',
    'closed_hat   x.x. x.x. x.x. x.x. | x.x. x.x. x.x. x...',
    'snare        .... x... .... x... | .... x... .... x...',
    'kick         x... ...x ..x. .... | x... .... ..xx ....',
])
_create_here = mixed_inputs.create_here
_files = mixed_inputs.files
_mixture = mixed_inputs.mixture
_write_midi = mixed_inputs.write_midi
_records = mixed_inputs.records
_write_records = mixed_inputs.write_records


# The same bytes


@hypothesis.given(
    order=st.permutations(range(len(_SONGS) + 4)),
    cuts=st.lists(st.integers(0, len(_SONGS) + 4), max_size=4),
    num_files=st.integers(0, 12),
)
@hypothesis.settings(max_examples=5)
def test_any_sharding_gives_the_bytes_of_the_local_run(
    order, cuts, num_files, tmp_path_factory
):
  folder = tmp_path_factory.mktemp('shards')
  records = [_records()[i] for i in order]
  cuts = sorted(cuts)
  shards = list(zip([0, *cuts], [*cuts, len(records)]))
  values = []
  for number, (start, end) in enumerate(shards):
    suffix = '.gz' if number % 2 else ''
    values.append(_write_records(
        folder / f'x.tfrecord-{number:05}-of-{len(shards):05}{suffix}',
        records[start:end],
    ))
  if num_files:
    values.append(_write_midi(folder / 'midi', _SONGS[:num_files]))
  random.Random(num_files).shuffle(values)
  created = beam_runs.create(values, folder / 'beam', protected=False)
  _write_records(folder / 'all.tfrecord', _records())
  _create_here(
      [folder / 'all.tfrecord', *([folder / 'midi'] if num_files else [])],
      folder / 'here',
  )
  assert created.report['inputs'] == len(records) + num_files
  assert _files(folder / 'beam') == _files(folder / 'here')


@pytest.mark.parametrize('mode', sorted(beam_runs.MODES))
def test_every_mode_gives_the_bytes_of_the_local_run(tmp_path, mode):
  created = beam_runs.assert_same(
      _mixture(tmp_path), tmp_path, mode, recursive=True
  )
  assert set(created.report['rejected']) >= {
      'not_midi', 'empty', 'unreadable', 'bad_zip_member', 'tfrecord_crc',
      'tfrecord_truncated', 'no_drum_notes',
  }
  assert created.report['skipped_files'] == {'.me': 1, '.txt': 1}
  assert created.report['patterns'] > 10
  assert set(created.paths) == set(dataset_writing.NAMES)


def test_pipeline_passes_through_a_job_server(tmp_path):
  """As on Flink and Spark: as a message, to a server and its workers."""
  values = _mixture(tmp_path)
  beam_creation.create(
      list(map(str, values)), tmp_path / 'beam', recursive=True,
      runner='PortableRunner', pipeline_options=[
          '--job_endpoint=embed', '--environment_type=LOOPBACK',
      ],
  )
  _create_here(values, tmp_path / 'here', recursive=True)
  assert _files(tmp_path / 'beam') == _files(
      tmp_path / 'here'
  )


def test_runner_may_stand_among_the_options(tmp_path):
  """As Magenta's own script has it."""
  _write_midi(tmp_path / 'in', [_BEAT])
  for number, (runner, options) in enumerate((
      (None, ['--runner=FnApiRunner']), ('FnApiRunner', []), (None, []),
      ('DirectRunner', ['--runner=NoSuchRunner']),
  )):
    created = beam_creation.create(
        [str(tmp_path / 'in')], tmp_path / str(number), runner=runner,
        pipeline_options=options, protected=False,
    )
    assert created.report['patterns'] == 1


def test_recipe_genres_tile_and_groove_are_followed(tmp_path):
  _write_midi(tmp_path / 'in', _SONGS)
  options = {
      'recipe': one_input.Recipe(steps_per_quarter=3, gap_steps=8),
      'genre_table': {'in/000.mid': frozenset(('polka',))}, 'tile': 4,
      'groove': 'own',
  }
  beam_runs.assert_same([tmp_path / 'in'], tmp_path, **options)
  plain = beam_runs.create([tmp_path / 'in'], tmp_path / 'plain')
  assert plain.report['recipe']['steps_per_quarter'] == 4


def test_a_drum_map_is_chosen_for_each_input_as_here(tmp_path):
  folder = _write_midi(tmp_path / 'in', _SONGS)
  moved = drum_maps.load(drum_maps.GM14).shifted(-12)
  (folder / 'moved.mid').write_bytes(midi_writing.patterns_to_midi(
      _PATTERN[None], drum_map=moved, repeats=4
  ))
  created = beam_runs.assert_same(
      [folder], tmp_path, 'two_threads',
      recipe=recipes.of_arguments(voices_in='auto'),
  )
  assert created.report['read_with']['gm14-12'] == 1


def test_tries_of_inputs_without_a_loop_are_those_of_here(
    tmp_path, monkeypatch
):
  monkeypatch.setattr(near_hints, 'SAMPLE', 3)
  folder = tmp_path / 'in'
  folder.mkdir()
  for number in range(8):
    codes = np.tile(step_codes.hits_to_step_codes(_PATTERN), (3, 1))
    codes[:, 8 + number] ^= np.array([1, 2, 4], np.uint16)
    (folder / f'{number}.mid').write_bytes(midi_writing.patterns_to_midi(
        step_codes.step_codes_to_hits(codes)
    ))
  created = beam_runs.assert_same([folder], tmp_path, 'two_threads')
  assert created.report[report.TRIED]['tried'] == 3
  assert created.report['rejected'] == {'no_loop': 8}


def test_two_inputs_in_two_phases_are_merged_by_rotation_class(tmp_path):
  later = synthetic_songs.Song(
      tuple((tick + 4 * synthetic_songs.STEP, pitch)
            for tick, pitch in _BEAT.notes)
  )
  _write_midi(tmp_path / 'rock', [_BEAT, later])
  created = beam_runs.assert_same([tmp_path / 'rock'], tmp_path)
  assert created.report['patterns'] == 1
  (line,) = created.paths['provenance.tsv'].read_text().splitlines()[1:]
  assert json.loads(line.split('\t')[6]) == ['rock/000.mid', 'rock/001.mid']
  assert line.split('\t')[5] == 'rock:2'


def test_counters_are_those_of_the_report(tmp_path):
  created = beam_runs.create(
      _mixture(tmp_path), tmp_path / 'out', 'two_threads', recursive=True
  )
  report = created.report
  assert created.counters == {
      'inputs': report['inputs'], 'kept': report['kept'],
      **{f'rejected_{r}': n for r, n in report['rejected'].items()},
  }


# One poisoned input


@pytest.mark.parametrize('mode, culprits', [
    ('one_thread', {'crash': 'reader_crashed', 'hang': 'reader_timeout'}),
    ('two_processes', {'crash': 'reader_crashed'}),
])
def test_inputs_that_take_their_reader_down_cost_themselves(
    tmp_path, monkeypatch, mode, culprits
):
  _write_midi(tmp_path / 'in', _SONGS[:6])
  expected = _create_here([tmp_path / 'in'], tmp_path / 'here').report
  for name in culprits:
    path = tmp_path / 'in' / f'{name}.mid'
    path.write_bytes(synthetic_songs.to_midi(_BEAT))
  # Workers in processes of their own import the reader too.
  monkeypatch.setenv('PYTHONPATH', str(mixed_inputs.FOLDER))
  created = beam_runs.create(
      [tmp_path / 'in'], tmp_path / 'out', mode,
      run_task=mixed_inputs.hostile, task_timeout_s=30.0,
  )
  rejected = dict(created.report['rejected'])
  for reason in culprits.values():
    assert rejected.pop(reason) == 1
    assert created.counters[f'rejected_{reason}'] == 1
  assert rejected == expected['rejected']
  assert created.report['inputs'] == 6 + len(culprits)
  assert created.report['patterns'] == expected['patterns'] > 0
  lines = created.paths['rejected.tsv'].read_text().splitlines()
  assert [line.split('\t')[:2] for line in lines if 'reader_' in line] == [
      [f'in/{name}.mid', reason] for name, reason in culprits.items()
  ]
  assert not multiprocessing.active_children()


# A run that was killed


_KILLED = """
import os, signal, sys
from drumspace_ext.beam import creation
from drumspace_ext.{package} import {module}
real = {target}
def killed(*args, **kwargs):
  os.kill(os.getpid(), signal.SIGKILL)
{target} = killed
creation.create([sys.argv[1]], sys.argv[2], protected=False)
"""


@pytest.mark.parametrize('package, module, target', [
    ('extraction', 'reading', 'reading.midi_files'),
    ('beam', 'rows', 'rows.row_to_json'),
    ('dataset', 'collection', 'collection.Collection.add'),
    ('dataset', 'report_html', 'report_html.render'),
])
def test_killed_run_leaves_no_half_files_and_the_next_is_whole(
    tmp_path, package, module, target
):
  _write_midi(tmp_path / 'in', _SONGS)
  done = subprocess.run(
      [sys.executable, '-W', 'ignore', '-c',
       _KILLED.format(package=package, module=module, target=target),
       tmp_path / 'in', tmp_path / 'beam'],
      capture_output=True, text=True, timeout=300,
  )
  assert done.returncode == -signal.SIGKILL, done.stderr
  left = [path.name for path in (tmp_path / 'beam').iterdir()]
  assert left and all(name.startswith('.drumspace-') for name in left)
  beam_runs.create([tmp_path / 'in'], tmp_path / 'beam')
  _create_here([tmp_path / 'in'], tmp_path / 'here')
  made, expected = (
      {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
      for name in ('beam', 'here')
  )
  assert made == expected and made.keys() == {*result_names.OF_DATASET}


def test_second_run_replaces_the_files_of_the_first(tmp_path):
  _write_midi(tmp_path / 'one', _SONGS[:4])
  _write_midi(tmp_path / 'two', _SONGS[4:8])
  beam_runs.create([tmp_path / 'one'], tmp_path / 'beam')
  beam_runs.assert_same([tmp_path / 'two'], tmp_path)


def test_results_inside_the_inputs_are_not_read(tmp_path):
  _write_midi(tmp_path / 'in', _SONGS[:6])
  expected = _create_here([tmp_path / 'in'], tmp_path / 'here').report
  # What a killed run left there is no input either.
  left = tmp_path / 'in' / '.drumspace-left'
  left.mkdir()
  _write_midi(left, _SONGS[6:8])
  for output in ('in', 'in', 'in/out'):
    created = beam_runs.create(
        [tmp_path / 'in'], tmp_path / output, recursive=True
    )
    assert created.report['inputs'] == 6
    assert created.report['patterns'] == expected['patterns']


# Other filesystems


@pytest.fixture(name='shelf')
def _shelf(tmp_path, monkeypatch):
  monkeypatch.setenv('SHELF', str(tmp_path / 'shelf'))
  return tmp_path / 'shelf'


def test_inputs_and_results_on_another_filesystem(tmp_path, shelf):
  root = shelf / 'bucket'
  root.mkdir(parents=True)
  values = _mixture(root)
  (root / 'rock' / 'gone.mid').unlink()
  urls = [str(v).replace(f'{shelf}/', 'shelf://') for v in values]
  _create_here(values, tmp_path / 'here', recursive=True)
  for output in ('shelf://bucket/out', 'shelf://bucket/out', tmp_path / 'out'):
    created = beam_runs.create(urls, output, 'two_threads', recursive=True)
  expected = _files(tmp_path / 'here')
  assert _files(root / 'out') == expected
  # Not even the folder that workers wrote into.
  assert {path.name for path in (root / 'out').iterdir()} == set(expected)
  assert _files(tmp_path / 'out') == expected
  assert created.report['inputs'] > 50


def test_folders_below_are_searched_if_recursive_there_too(tmp_path, shelf):
  _write_midi(shelf / 'b' / 'in', _SONGS[:2])
  _write_midi(shelf / 'b' / 'in' / 'deep' / 'er', _SONGS[2:5])
  for recursive in (False, True):
    created = beam_runs.create(
        ['shelf://b/in'], tmp_path / str(recursive), recursive=recursive
    )
    _create_here(
        [shelf / 'b' / 'in'], tmp_path / f'here{recursive}',
        recursive=recursive,
    )
    assert created.report['inputs'] == (5 if recursive else 2)
    assert _files(tmp_path / str(recursive)) == _files(
        tmp_path / f'here{recursive}'
    )


@pytest.mark.parametrize('value, message', [
    ('shelf://b/none.mid', 'shelf://b/none.mid does not exist'),
    ('shelf://b/*.mid', r'shelf://b/\*.mid matches no file'),
    ('nofs://b/x.mid', "nofs://b/x.mid can't be listed"),
])
def test_missing_remote_input_is_one_line(tmp_path, shelf, value, message):
  (shelf / 'b').mkdir(parents=True)
  with pytest.raises(errors.InputError, match=message) as raised:
    beam_runs.create([value], tmp_path / 'out')
  assert '\n' not in str(raised.value)
  assert not (tmp_path / 'out').exists()


def test_remote_output_that_is_unknown_is_one_line(tmp_path):
  _write_midi(tmp_path / 'in', [_BEAT])
  with pytest.raises(errors.OutputError, match="can't write nofs://b/out"):
    beam_runs.create([tmp_path / 'in'], 'nofs://b/out')


@pytest.mark.parametrize('output', ['a [b]', 'c*', 'd?e'])
def test_output_that_beam_takes_for_a_glob_is_refused(tmp_path, output):
  _write_midi(tmp_path / 'in', [_BEAT])
  with pytest.raises(errors.OutputError, match="Beam can't write to"):
    beam_runs.create([tmp_path / 'in'], tmp_path / output)
  assert not (tmp_path / output).exists()


def test_inputs_whose_names_look_like_globs_are_read(tmp_path):
  _write_midi(tmp_path / 'in [b]', _SONGS[:4])
  (tmp_path / 'in [b]' / '000.mid').rename(tmp_path / 'in [b]' / '*?[0].mid')
  created = beam_runs.assert_same([tmp_path / 'in [b]'], tmp_path)
  assert created.report['inputs'] == 4


def _broken(task, recipe):
  raise ZeroDivisionError('no reader at all')


def test_pipeline_that_fails_is_one_line_and_leaves_nothing(tmp_path):
  _write_midi(tmp_path / 'in', [_BEAT])
  with pytest.raises(
      errors.PipelineError, match='failed on DirectRunner: .*no reader at all'
  ) as raised:
    beam_runs.create(
        [tmp_path / 'in'], tmp_path / 'out', run_task=_broken, protected=False
    )
  assert '\n' not in str(raised.value)
  assert not (tmp_path / 'out').exists()


def test_what_the_runner_loses_is_noticed_and_nothing_is_left(
    tmp_path, monkeypatch
):
  _write_midi(tmp_path / 'in', _SONGS[:6])
  real = execution.GroupingBuffer.append

  def forgetful(buffer, chunk):
    if b'in/000.mid' not in chunk:
      real(buffer, chunk)

  monkeypatch.setattr(execution.GroupingBuffer, 'append', forgetful)
  with pytest.raises(
      errors.PipelineError, match='6 files went into .* and 0 came out'
  ):
    beam_runs.create([tmp_path / 'in'], tmp_path / 'out', protected=False)
  assert not (tmp_path / 'out').exists()


# A caller's mistake leaves nothing


def _bad_zip(path):
  (path / 'x.zip').write_bytes(b'PK\3\4 is no archive')


def _no_midi(path):
  with zipfile.ZipFile(path / 'x.zip', 'w') as archive:
    archive.writestr('a.txt', b'hello')


@pytest.mark.parametrize('make, value, message', [
    (None, 'none.mid', 'does not exist'),
    (None, '*.mid', 'matches no file'),
    (None, '', 'no MIDI file, TFRecord or zip in it'),
    (lambda p: (p / 'a.txt').touch(), '', 'Other files there: 1 .txt'),
    (lambda p: (p / 'deep').mkdir(), '', '1 folders below were not searched'),
    (lambda p: (p / 'a.txt').touch(), 'a.txt', 'is no NoteSequence TFRecord'),
    (_bad_zip, 'x.zip', "can't be read as a zip archive"),
    (_no_midi, 'x.zip', 'no MIDI file and no record'),
    (lambda p: (p / 'x.tfrecord').touch(), 'x.tfrecord', 'no MIDI file and no'),
])
def test_nothing_to_read_is_what_the_local_run_says(
    tmp_path, make, value, message
):
  (tmp_path / 'in').mkdir()
  if make:
    make(tmp_path / 'in')
  path = f'{tmp_path}/in/{value}'
  said = []
  for create in (_create_here, beam_runs.create):
    with pytest.raises(errors.InputError, match=message) as raised:
      create([path], tmp_path / 'out')
    said.append(str(raised.value))
    assert not (tmp_path / 'out').exists()
  assert said[0] == said[1]


def test_no_input_at_all_is_refused(tmp_path):
  with pytest.raises(errors.InputError, match='no input given'):
    beam_runs.create([], tmp_path / 'out')


def test_own_results_are_refused_as_inputs(tmp_path):
  _write_midi(tmp_path / 'in', [_BEAT])
  created = beam_runs.create([tmp_path / 'in'], tmp_path / 'out')
  with pytest.raises(errors.InputError, match='would be overwritten'):
    beam_runs.create([created.paths['patterns.tfrecord']], tmp_path / 'out')


@pytest.mark.parametrize('runner, flags, message', [
    ('NoSuchRunner', [], "--runner=NoSuchRunner: Beam can't use it"),
    ('DaskRunner', [], 'several, drops all .* drumspace_dask_create_dataset'),
    (None, ['--runner=NoSuchRunner'], 'pipeline runner: NoSuchRunner'),
    ('DirectRunner', ['direct_num_workers=2'], 'each option begins with --'),
    ('DirectRunner', ['--direct_num_workers=two'], "Beam can't use it"),
])
def test_unknown_runner_or_option_is_one_line(
    tmp_path, capfd, runner, flags, message
):
  _write_midi(tmp_path / 'in', [_BEAT])
  with pytest.raises(errors.InputError, match=message) as raised:
    beam_creation.create(
        [str(tmp_path / 'in')], tmp_path / 'out', runner=runner,
        pipeline_options=flags,
    )
  assert '\n' not in str(raised.value)
  assert not (tmp_path / 'out').exists()
  capfd.readouterr()


def test_workers_who_share_no_disk_are_noticed(tmp_path, monkeypatch):
  _write_midi(tmp_path / 'in', [_BEAT])
  elsewhere = tmp_path / 'elsewhere'
  elsewhere.mkdir()
  real = tempfile.mkdtemp

  def other_disk(*names, **options):
    folder = pathlib.Path(real(*names, **options))
    folder.rmdir()
    folder.symlink_to(elsewhere)
    return str(folder)

  monkeypatch.setattr(tempfile, 'mkdtemp', other_disk)
  monkeypatch.setattr(beam_creation.os, 'listdir', lambda path: [])
  with pytest.raises(errors.InputError, match='left nothing in .* all workers'):
    beam_runs.create([tmp_path / 'in'], tmp_path / 'out')
