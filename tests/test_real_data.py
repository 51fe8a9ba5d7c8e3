"""Tests on real files; skipped where the data is not at hand.

The folder is `shared/data` beside the repository, or DRUMSPACE_DATA; its README
says what each file is and where it comes from.
"""

import gzip
import json
import tarfile

import builders
import mixed_inputs
import pytest

from drumspace_ext import rejections
from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import one_input
from drumspace_ext.files import tfrecords
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes

_CORPUS_CLASSES = 2002

pytestmark = pytest.mark.skipif(
    not builders.DATA_DIR.is_dir(), reason=f'no data in {builders.DATA_DIR}'
)


def _create(values, output_dir, **options):
  options.setdefault('recipe', one_input.Recipe())
  return dataset_creation.create(
      [str(value) for value in values], output_dir, recursive=True, **options
  )


@pytest.fixture(scope='module', name='unpacked')
def _unpacked(tmp_path_factory):
  """Unpacks an archive of the data once; returns its folder."""
  folders = {}

  def unpack(name):
    if name not in folders:
      folders[name] = tmp_path_factory.mktemp(name.split('.')[0])
      with tarfile.open(builders.DATA_DIR / name) as archive:
        archive.extractall(folders[name], filter='data')
    return folders[name]

  return unpack


@pytest.mark.parametrize('num_workers', [0, 2])
def test_odd_files_are_all_accounted_for(tmp_path, unpacked, num_workers):
  folder = unpacked('odd_midi.tar.xz')
  created = _create([folder], tmp_path / 'out', num_workers=num_workers)
  report = created.report
  assert report['inputs'] == 179
  assert report['kept'] + sum(report['rejected'].values()) == 179
  assert 0 < report['kept'] < 179
  assert not {'reader_crashed', 'reader_timeout'} & set(report['rejected'])
  lines = created.paths['rejected.tsv'].read_text('utf-8').splitlines()[1:]
  rejected = {line.split('\t')[0]: line.split('\t')[1] for line in lines}
  assert set(rejected.values()) <= set(rejections.REASONS)
  kept = set()
  provenance = created.paths['provenance.tsv'].read_text('utf-8')
  for line in provenance.splitlines()[1:]:
    kept.update(json.loads(line.split('\t')[6]))
  assert not kept & set(rejected)
  paths = {
      f'{folder.name}/{path.relative_to(folder).as_posix()}'
      for path in folder.rglob('*') if path.is_file()
  }
  assert kept | set(rejected) == paths


def test_odd_files_give_the_same_with_any_number_of_workers(
    tmp_path, unpacked
):
  folder = unpacked('odd_midi.tar.xz')
  for num_workers in (0, 2):
    _create([folder], tmp_path / str(num_workers), num_workers=num_workers)
  one, two = (mixed_inputs.files(tmp_path / name) for name in ('0', '2'))
  assert one == two


def test_corpus_gives_the_patterns_of_the_plain_reading(tmp_path, unpacked):
  # 1,985 by the onsets of a fast library; the others come of files whose drum
  # notes have no note-offs, of kits on other channels, and of bars of four
  # quarters that are called 2/2.
  created = _create([unpacked('midi_corpus.tar.xz')], tmp_path / 'out')
  report = created.report
  assert report['inputs'] == 4938
  assert report['patterns'] == _CORPUS_CLASSES
  codes = dataset_tsv.read(created.paths['dataset.tsv']).codes
  assert len(codes) == _CORPUS_CLASSES
  canonical = step_codes.canonical(codes)
  assert len({row.tobytes() for row in canonical}) == _CORPUS_CLASSES
  assert not entropy.is_trivial(codes).any()
  for genre in ('jazz', 'rock', 'latin', 'funk', 'videogame'):
    assert report['genres'][genre] > 10


def test_sharding_of_real_records_changes_no_byte(tmp_path):
  source = builders.DATA_DIR / 'notesequences.tfrecord.gz'
  created = _create([source], tmp_path / 'out')
  # Its README says 291; the framing holds 290.
  assert created.report['inputs'] == 290
  assert created.report['patterns'] > 50
  plain = tmp_path / 'plain.tfrecord'
  plain.write_bytes(gzip.decompress(source.read_bytes()))
  records = list(tfrecords.read(source))
  shards = []
  for number in range(3):
    path = tmp_path / f'x.tfrecord-{number:05}-of-00003'
    # Every third record, last first.
    part = b''.join(map(tfrecords.frame, records[number::3][::-1]))
    path.write_bytes(gzip.compress(part) if number == 1 else part)
    shards.append(path)
  _create([plain], tmp_path / 'out_plain', num_workers=0)
  _create(shards[::-1], tmp_path / 'out_shards', num_workers=2)
  expected = mixed_inputs.files(tmp_path / 'out')
  assert len(expected) == 8
  assert mixed_inputs.files(tmp_path / 'out_plain') == expected
  assert mixed_inputs.files(tmp_path / 'out_shards') == expected


@pytest.mark.parametrize('name, count', [
    ('sampled10k_acai_raw', 10_000), ('sampled10k_acai_filtered', 5_581),
])
def test_published_samples_are_read(name, count):
  published = dataset_tsv.read(builders.DATA_DIR / 'drum_space' / name)
  assert len(published) == count
  assert published.latents.shape == (count, 4)
  assert published.coordinates is None
  trivial = entropy.is_trivial(published.codes).sum()
  assert (trivial > 0) == name.endswith('raw')


def test_published_midi_pack_holds_loops(tmp_path):
  # Its step is a third of a quarter, its notes have no note-offs, and each
  # pattern is played three times.
  created = _create(
      [builders.DATA_DIR / 'drum_space' / 'midi_pack_200.zip'],
      tmp_path / 'out', recipe=one_input.Recipe(steps_per_quarter=3),
  )
  assert created.report['inputs'] == created.report['kept'] == 200
  published = dataset_tsv.read(
      builders.DATA_DIR / 'drum_space' / 'sampled10k_acai_filtered'
  )
  known = {row.tobytes() for row in step_codes.canonical(published.codes)}
  codes = dataset_tsv.read(created.paths['dataset.tsv']).codes
  assert {row.tobytes() for row in step_codes.canonical(codes)} <= known
