"""Tests for dask.creation, on a scheduler and two workers."""

import contextlib
import functools
import logging
import tarfile

import builders
import dask_clusters
import mixed_inputs
import pytest
import synthetic_songs
import told_steps

from drumspace_ext import errors
from drumspace_ext.dask import creation as dask_creation
from drumspace_ext.extraction import recipes

_BEAT = synthetic_songs.beat()


@pytest.fixture(scope='module', name='scheduler')
def _scheduler(tmp_path_factory):
  with dask_clusters.cluster(tmp_path_factory.mktemp('work')) as address:
    yield address


def _create(values, output_dir, scheduler, **options):
  return dask_creation.create(
      [str(value) for value in values], output_dir, scheduler=scheduler,
      **options
  )


def _assert_same(values, folder, scheduler, **options):
  """Checks Dask against the local run; returns what Dask made."""
  mixed_inputs.create_here(values, folder / 'here', **options)
  created = _create(values, folder / 'dask', scheduler, **options)
  assert mixed_inputs.files(folder / 'dask') == mixed_inputs.files(
      folder / 'here'
  )
  return created


# The same bytes


def test_inputs_of_every_kind_give_the_bytes_of_the_local_run(
    tmp_path, scheduler
):
  created = _assert_same(
      mixed_inputs.mixture(tmp_path), tmp_path, scheduler, recursive=True,
      tile=4, groove='own',
      genre_table={'rock/000.mid': frozenset(('polka',))},
      recipe=recipes.Recipe(max_flips=4, gap_steps=8),
  )
  assert set(created.report['rejected']) >= {
      'not_midi', 'empty', 'unreadable', 'bad_zip_member', 'tfrecord_crc',
      'tfrecord_truncated', 'no_drum_notes',
  }
  assert created.report['skipped_files'] == {'.me': 1, '.txt': 1}
  assert created.report['patterns'] > 10


@pytest.mark.skipif(
    not builders.DATA_DIR.is_dir(), reason=f'no data in {builders.DATA_DIR}'
)
def test_real_files_give_the_bytes_of_the_local_run(tmp_path, scheduler):
  with tarfile.open(builders.DATA_DIR / 'midi_corpus.tar.xz') as archive:
    archive.extractall(tmp_path / 'corpus', filter='data')
  created = _assert_same(
      [tmp_path / 'corpus', builders.DATA_DIR / 'notesequences.tfrecord.gz'],
      tmp_path, scheduler, recursive=True,
  )
  assert created.report['inputs'] == 4938 + 290


def test_inputs_that_take_their_reader_down_cost_themselves(
    tmp_path, scheduler
):
  mixed_inputs.write_midi(tmp_path / 'in', mixed_inputs.SONGS[:6])
  expected = mixed_inputs.create_here([tmp_path / 'in'], tmp_path / 'here')
  for name in ('crash', 'hang'):
    (tmp_path / 'in' / f'{name}.mid').write_bytes(
        synthetic_songs.to_midi(_BEAT)
    )
  created = _create(
      [tmp_path / 'in'], tmp_path / 'out', scheduler,
      run_task=mixed_inputs.hostile,
      task_timeout_s=30.0,
  )
  rejected = dict(created.report['rejected'])
  assert rejected.pop('reader_crashed') == rejected.pop('reader_timeout') == 1
  assert rejected == expected.report['rejected']
  assert created.report['patterns'] == expected.report['patterns'] > 0


def test_a_worker_that_is_lost_changes_no_byte(tmp_path, scheduler):
  values = mixed_inputs.mixture(tmp_path)
  (tmp_path / 'rock' / f'{mixed_inputs.CULPRIT}.mid').write_bytes(
      synthetic_songs.to_midi(_BEAT)
  )
  mixed_inputs.create_here(values, tmp_path / 'here', recursive=True)
  marker = tmp_path / 'killed'
  _create(
      values, tmp_path / 'dask', scheduler, recursive=True,
      run_task=functools.partial(dask_clusters.killing, marker=marker),
  )
  assert marker.exists()
  assert mixed_inputs.files(tmp_path / 'dask') == mixed_inputs.files(
      tmp_path / 'here'
  )


# On the way


def test_progress_is_told_of_every_byte_and_input(tmp_path, scheduler):
  steps = told_steps.ToldSteps()
  created = _create(
      mixed_inputs.mixture(tmp_path), tmp_path / 'out', scheduler,
      recursive=True, on_step=steps,
  )
  steps.check()
  reading, *last = steps.jobs()
  assert len(reading) > 3
  assert reading[-1][2] == f'reading, {created.report["inputs"]} inputs'
  assert [job[-1][2] for job in last] == [
      'merging', 'writing patterns', 'writing rejected inputs'
  ]


def test_a_scheduler_without_workers_is_waited_for_aloud(tmp_path):
  values = mixed_inputs.mixture(tmp_path)
  mixed_inputs.create_here(values, tmp_path / 'here', recursive=True)
  said = []
  with contextlib.ExitStack() as stack:

    class Listener(logging.Handler):

      def emit(self, record):
        said.append(record.getMessage())
        stack.enter_context(dask_clusters.workers(address, tmp_path / 'w', 1))

    address = stack.enter_context(dask_clusters.scheduler())
    logger, listener = logging.getLogger(dask_creation.__name__), Listener()
    logger.addHandler(listener)
    stack.callback(logger.removeHandler, listener)
    _create(values, tmp_path / 'dask', address, recursive=True)
  assert len(said) == 1
  assert 'no worker yet' in said[0] and f'dask worker {address}' in said[0]
  assert mixed_inputs.files(tmp_path / 'dask') == mixed_inputs.files(
      tmp_path / 'here'
  )


# What goes wrong


def test_job_that_fails_is_one_line_and_leaves_nothing(tmp_path, scheduler):
  mixed_inputs.write_midi(tmp_path / 'in', [_BEAT])
  with pytest.raises(
      errors.PipelineError, match='failed on Dask:.*no reader at all'
  ) as raised:
    _create(
        [tmp_path / 'in'], tmp_path / 'out', scheduler, protected=False,
        run_task=dask_clusters.broken,
    )
  assert '\n' not in str(raised.value)
  assert not (tmp_path / 'out').exists()


def test_work_that_its_scheduler_drops_is_said_to_be_lost(
    tmp_path, scheduler
):
  distributed = pytest.importorskip('distributed')
  values = mixed_inputs.mixture(tmp_path)
  with distributed.Client(scheduler, set_as_default=False) as client:

    def drop(done, total, what):
      del done, total, what
      client.cancel([
          distributed.Future(key, client) for key in list(client.futures)
      ])

    with pytest.raises(errors.PipelineError, match='lost on Dask') as raised:
      _create(
          values, tmp_path / 'out', client, recursive=True, on_step=drop
      )
  assert '\n' not in str(raised.value)
  assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize('name, message', [
    ('none.mid', 'does not exist'),
    ('', 'no MIDI file, TFRecord or zip in it'),
])
def test_nothing_to_read_is_what_the_local_run_says(
    tmp_path, scheduler, name, message
):
  (tmp_path / 'in').mkdir()
  said = []
  there = functools.partial(_create, scheduler=scheduler)
  for create in (mixed_inputs.create_here, there):
    with pytest.raises(errors.InputError, match=message) as raised:
      create([f'{tmp_path}/in/{name}'], tmp_path / 'out')
    said.append(str(raised.value))
    assert not (tmp_path / 'out').exists()
  assert said[0] == said[1]
