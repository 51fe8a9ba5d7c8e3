"""Tests for spark.creation, on a cluster of two workers."""

import functools
import shutil
import tarfile

import builders
import mixed_inputs
import pytest
import spark_clusters
import synthetic_songs
import told_steps

from drumspace_ext import errors
from drumspace_ext.extraction import recipes
from drumspace_ext.spark import creation as spark_creation
from drumspace_ext.spark import job_steps

_BEAT = synthetic_songs.beat()
# PySpark leaves the sockets of jobs that failed to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    'ignore::pytest.PytestUnraisableExceptionWarning',
    'ignore:unclosed:ResourceWarning',
)


def _create(values, output_dir, **options):
  return spark_creation.create(
      [str(value) for value in values], output_dir, **options
  )


def _assert_same(values, folder, **options):
  """Checks Spark against the local run; returns what Spark made."""
  mixed_inputs.create_here(values, folder / 'here', **options)
  created = _create(values, folder / 'spark', **options)
  assert mixed_inputs.files(folder / 'spark') == mixed_inputs.files(
      folder / 'here'
  )
  return created


def _lose_a_machine(values, folder, cluster, **options):
  """Makes a dataset in `lost`, and kills a worker of the cluster meanwhile."""
  marker = folder / 'killed'
  _create(
      values, folder / 'lost', protected=False,
      run_task=functools.partial(spark_clusters.killing, marker=marker),
      **options,
  )
  assert marker.exists()
  ended = [w for w in cluster.workers if w.process.poll() is not None]
  assert len(ended) == 1
  cluster.fill()


# The same bytes


@pytest.mark.usefixtures('running')
def test_inputs_of_every_kind_give_the_bytes_of_the_local_run(tmp_path):
  created = _assert_same(
      mixed_inputs.mixture(tmp_path), tmp_path, recursive=True, tile=4,
      groove='own',
      genre_table={'rock/000.mid': frozenset(('polka',))},
      recipe=recipes.Recipe(max_flips=4, gap_steps=8),
  )
  assert set(created.report['rejected']) >= {
      'not_midi', 'empty', 'unreadable', 'bad_zip_member', 'tfrecord_crc',
      'tfrecord_truncated', 'no_drum_notes',
  }
  assert created.report['skipped_files'] == {'.me': 1, '.txt': 1}
  assert created.report['patterns'] > 10


@pytest.mark.usefixtures('running')
@pytest.mark.skipif(
    not builders.DATA_DIR.is_dir(), reason=f'no data in {builders.DATA_DIR}'
)
@pytest.mark.parametrize('max_flips', [0, 4])
def test_real_files_give_the_bytes_of_the_local_run(
    tmp_path, cluster, max_flips
):
  with tarfile.open(builders.DATA_DIR / 'midi_corpus.tar.xz') as archive:
    archive.extractall(tmp_path / 'corpus', filter='data')
  values = [
      tmp_path / 'corpus', builders.DATA_DIR / 'notesequences.tfrecord.gz'
  ]
  # One more, so that a machine can be lost over it.
  files = sorted((tmp_path / 'corpus').rglob('*.mid'))
  middle = files[len(files) // 2]
  shutil.copy(middle, middle.with_name(f'{mixed_inputs.CULPRIT}.mid'))
  options = {'recursive': True, 'recipe': recipes.Recipe(max_flips=max_flips)}
  created = _assert_same(values, tmp_path, **options)
  assert created.report['inputs'] == 4938 + 1 + 290

  _lose_a_machine(values, tmp_path, cluster, **options)
  assert mixed_inputs.files(tmp_path / 'lost') == mixed_inputs.files(
      tmp_path / 'here'
  )


@pytest.mark.usefixtures('running')
def test_inputs_that_take_their_reader_down_cost_themselves(tmp_path):
  mixed_inputs.write_midi(tmp_path / 'in', mixed_inputs.SONGS[:6])
  expected = mixed_inputs.create_here([tmp_path / 'in'], tmp_path / 'here')
  for name in ('crash', 'hang'):
    (tmp_path / 'in' / f'{name}.mid').write_bytes(
        synthetic_songs.to_midi(_BEAT)
    )
  created = _create(
      [tmp_path / 'in'], tmp_path / 'out', run_task=mixed_inputs.hostile,
      task_timeout_s=30.0,
  )
  rejected = dict(created.report['rejected'])
  assert rejected.pop('reader_crashed') == rejected.pop('reader_timeout') == 1
  assert rejected == expected.report['rejected']
  assert created.report['patterns'] == expected.report['patterns'] > 0


@pytest.mark.usefixtures('running')
def test_a_machine_that_is_lost_changes_no_byte(tmp_path, cluster):
  values = mixed_inputs.mixture(tmp_path)
  (tmp_path / 'rock' / f'{mixed_inputs.CULPRIT}.mid').write_bytes(
      synthetic_songs.to_midi(_BEAT)
  )
  mixed_inputs.create_here(values, tmp_path / 'here', recursive=True)
  _lose_a_machine(values, tmp_path, cluster, recursive=True)
  assert mixed_inputs.files(tmp_path / 'lost') == mixed_inputs.files(
      tmp_path / 'here'
  )


# On the way


def test_progress_is_told_of_every_partition(tmp_path, running, monkeypatch):
  running.setLocalProperty('spark.jobGroup.id', 'of the user')
  monkeypatch.setattr(job_steps, '_POLL_S', 0.01)
  steps = told_steps.ToldSteps()
  _create(
      mixed_inputs.mixture(tmp_path), tmp_path / 'out', recursive=True,
      on_step=steps,
  )
  steps.check()
  reading, *last = steps.jobs()
  assert {what for *_, what in reading} == {'reading'}
  # Some are done while others are still read.
  assert len({done for done, *_ in reading}) > 2
  assert [job[-1][2] for job in last] == [
      'writing patterns', 'writing rejected inputs'
  ]
  assert running.getLocalProperty('spark.jobGroup.id') == 'of the user'
  running.setLocalProperty('spark.jobGroup.id', None)


# What goes wrong


@pytest.mark.usefixtures('running')
def test_job_that_fails_is_one_line_and_leaves_nothing(tmp_path):
  mixed_inputs.write_midi(tmp_path / 'in', [_BEAT])
  with pytest.raises(
      errors.PipelineError, match='failed on spark:.*no reader at all'
  ) as raised:
    _create(
        [tmp_path / 'in'], tmp_path / 'out', protected=False,
        run_task=spark_clusters.broken, on_step=told_steps.ToldSteps(),
    )
  assert '\n' not in str(raised.value)
  assert not (tmp_path / 'out').exists()


@pytest.mark.usefixtures('running')
@pytest.mark.parametrize('name, message', [
    ('none.mid', 'does not exist'),
    ('', 'no MIDI file, TFRecord or zip in it'),
])
def test_nothing_to_read_is_what_the_local_run_says(tmp_path, name, message):
  (tmp_path / 'in').mkdir()
  said = []
  for create in (mixed_inputs.create_here, _create):
    with pytest.raises(errors.InputError, match=message) as raised:
      create([f'{tmp_path}/in/{name}'], tmp_path / 'out')
    said.append(str(raised.value))
    assert not (tmp_path / 'out').exists()
  assert said[0] == said[1]
