"""Tests on real files: Beam gives the bytes of the local run."""

import tarfile

import beam_runs
import builders
import mixed_inputs
import pytest

pytestmark = pytest.mark.skipif(
    not builders.DATA_DIR.is_dir(), reason=f'no data in {builders.DATA_DIR}'
)
_MODES = ['two_threads', 'two_processes']


@pytest.fixture(scope='module', name='corpus')
def _corpus(tmp_path_factory):
  folder = tmp_path_factory.mktemp('midi_corpus')
  with tarfile.open(builders.DATA_DIR / 'midi_corpus.tar.xz') as archive:
    archive.extractall(folder, filter='data')
  mixed_inputs.create_here(
      [folder], folder.parent / 'corpus_here', recursive=True
  )
  return folder, mixed_inputs.files(folder.parent / 'corpus_here')


@pytest.mark.parametrize('mode', sorted(beam_runs.MODES))
def test_corpus_gives_the_bytes_of_the_local_run(tmp_path, corpus, mode):
  folder, expected = corpus
  created = beam_runs.create([folder], tmp_path / 'out', mode, recursive=True)
  assert created.report['inputs'] == 4938
  assert created.report['patterns'] == 2002
  assert mixed_inputs.files(tmp_path / 'out') == expected


@pytest.mark.parametrize('mode', sorted(beam_runs.MODES))
def test_records_give_the_bytes_of_the_local_run(tmp_path, mode):
  source = builders.DATA_DIR / 'notesequences.tfrecord.gz'
  created = beam_runs.assert_same([source], tmp_path, mode)
  assert created.report['inputs'] == 290


def test_odd_files_give_the_bytes_of_the_local_run(tmp_path):
  with tarfile.open(builders.DATA_DIR / 'odd_midi.tar.xz') as archive:
    archive.extractall(tmp_path / 'odd', filter='data')
  created = beam_runs.assert_same(
      [tmp_path / 'odd'], tmp_path, 'two_threads', recursive=True
  )
  assert created.report['inputs'] == 179
