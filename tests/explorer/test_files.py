"""Tests for explorer.files."""

import dataclasses
import json

import numpy as np
import pytest
import written_files

from drumspace_ext import errors
from drumspace_ext.conversion import origins
from drumspace_ext.dataset import examples as training_sets
from drumspace_ext.dataset import provenance
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.explorer import files as map_files
from drumspace_ext.latent_map import building as map_building
from drumspace_ext.latent_map import data as map_data
from drumspace_ext.models import trained_model

_STARTER = training_sets.load_or_starter(None)


@pytest.fixture(scope='module', name='model')
def _model():
  return trained_model.TrainedModel('shipped:acai')


@pytest.fixture(scope='module', name='built')
def _built(model):
  built = map_building.build(
      training_sets.make(_STARTER.codes[:20]), model, seed=0, num_samples=3
  )
  region = map_data.Region(
      genre='drum\t& <b>', center=np.array([0.1, -2.0]),
      outline=np.zeros((3, 2)), count=9, inside=5, expected=1.25, p_value=0.01,
  )
  return dataclasses.replace(built, latent_map=dataclasses.replace(
      built.latent_map, regions=[region]
  ))


def _write(folder, built, model, **options):
  return map_files.write(folder, built, model, {'seed': 0}, {'x': 'y'},
                         **options)


def _write_dataset(folder, codes, *, with_provenance=True):
  folder.mkdir(parents=True, exist_ok=True)
  written_files.dataset(folder / 'dataset.tsv', codes)
  if with_provenance:
    lines = ['\t'.join(provenance.HEADER)] + [
        f'1\t3\t1\t90\t90\trock:1\t["song {i}"]\t["a"]'
        for i in range(len(codes))
    ]
    (folder / 'provenance.tsv').write_text('\n'.join(lines) + '\n')
  return folder


def test_files_hold_the_map_as_it_is(tmp_path, built, model):
  paths = _write(tmp_path / 'out', built, model)
  assert sorted(paths) == sorted((tmp_path / 'out').iterdir())
  assert paths[0].name == 'map.html'
  made = built.latent_map
  for name, layer in (
      ('dataset.tsv', made.training), ('generated.tsv', made.generated[0]),
  ):
    read = dataset_tsv.read(tmp_path / 'out' / name)
    assert (read.codes == layer.codes).all()
    assert (read.latents == layer.latents).all()
    assert (read.coordinates == layer.coordinates).all()
  report = json.loads((tmp_path / 'out' / 'map.json').read_text('utf-8'))
  assert report == built.report
  header, line = (tmp_path / 'out' / 'regions.tsv').read_text().splitlines()
  assert tuple(header.split('\t')) == map_files.REGIONS_HEADER
  assert line == 'drum\\t& <b>\t0.01\t9\t5\t1.25\t0.1\t-2.0'
  manifest = json.loads((tmp_path / 'out' / 'manifest.json').read_text())
  assert manifest['arguments'] == {'seed': 0}
  assert manifest['digests'] == {'x': 'y'}


def test_map_can_be_read_again_by_folder_and_by_file(tmp_path, built, model):
  _write(tmp_path, built, model)
  for value in (tmp_path, tmp_path / 'dataset.tsv'):
    existing = map_files.read_existing(str(value))
    assert (
        existing.coordinates == built.latent_map.training.coordinates
    ).all()
  with pytest.raises(errors.InputError, match='does not exist. Make a map'):
    map_files.read_existing(str(tmp_path / 'nowhere'))


def test_provenance_comes_along_and_the_folder_is_a_dataset(
    tmp_path, built, model
):
  examples = _write_dataset(tmp_path / 'in', _STARTER.codes[:20])
  for given in (examples, examples / 'dataset.tsv'):
    _write(tmp_path / 'out', built, model, examples=given)
    loaded = training_sets.load(tmp_path / 'out')
    assert loaded.genres[3] == {'rock': 1}
    assert loaded.input_ids[3] == ('song 3',)


def test_what_is_known_of_the_starter_collection_comes_along(tmp_path, model):
  built = map_building.build(_STARTER, model, seed=0, num_samples=3)
  for _ in range(2):
    _write(tmp_path, built, model)
  loaded = training_sets.load(tmp_path)
  assert (loaded.codes == _STARTER.codes).all()
  assert loaded.genres == _STARTER.genres
  assert loaded.sources == _STARTER.sources
  np.testing.assert_array_equal(loaded.tempos, _STARTER.tempos)
  origin = origins.of_dataset(tmp_path / 'dataset.tsv', len(loaded))[1]
  assert (origin.genre, origin.qpm) == ('afrobeat', 112)


def test_origins_of_a_dataset_are_not_lost_to_the_starter_collection(
    tmp_path, model
):
  built = map_building.build(_STARTER, model, seed=0, num_samples=3)
  own = _write_dataset(tmp_path / 'in', _STARTER.codes)
  _write(tmp_path / 'out', built, model, examples=own)
  with pytest.raises(errors.InputError, match='holds another dataset'):
    _write(tmp_path / 'out', built, model)
  assert training_sets.load(tmp_path / 'out').input_ids[3] == ('song 3',)


def test_a_dataset_gets_its_columns_in_its_own_folder(tmp_path, built, model):
  examples = _write_dataset(tmp_path / 'in', _STARTER.codes[:20])
  for _ in range(2):
    _write(examples, built, model, examples=examples)
  assert dataset_tsv.read(examples / 'dataset.tsv').coordinates is not None
  assert training_sets.load(examples).input_ids[3] == ('song 3',)


@pytest.mark.parametrize('with_provenance', [False, True])
def test_another_dataset_is_not_written_over(
    tmp_path, built, model, with_provenance
):
  other = _write_dataset(
      tmp_path / 'other', _STARTER.codes[50:70],
      with_provenance=with_provenance,
  )
  before = {path: path.read_bytes() for path in other.iterdir()}
  own = _write_dataset(tmp_path / 'in', _STARTER.codes[:20])
  for examples in (None, own):
    with pytest.raises(errors.InputError, match='drumspace_build_map'):
      _write(other, built, model, examples=examples)
  assert before == {path: path.read_bytes() for path in other.iterdir()}


def test_file_with_rotations_does_not_lose_them(tmp_path, built, model):
  codes = np.concatenate(
      [_STARTER.codes[:20], np.roll(_STARTER.codes[:2], 3, axis=1)]
  )
  own = _write_dataset(tmp_path / 'in', codes, with_provenance=False)
  with pytest.raises(errors.InputError, match='22 patterns, of which 20 are'):
    _write(own, built, model, examples=own / 'dataset.tsv')
  _write(tmp_path / 'out', built, model, examples=own / 'dataset.tsv')


def test_patterns_are_called_by_what_they_were_read_from(tmp_path):
  name = map_files.name_of
  assert name(None) == 'starter collection'
  assert name(tmp_path / 'my' / 'dataset.tsv') == 'my'
  assert name(tmp_path / 'my') == 'my'
  assert name(tmp_path / 'my' / 'other.tsv') == 'other.tsv'


def test_summary_says_how_many_and_how_good(built):
  text = map_files.summary(built.latent_map, built.report)
  assert text.startswith('20 patterns on the map\n3 of new beats of acai\n')
  assert 'trustworthiness 0.' in text
  assert '1 of 0 genres gather somewhere: drum' in text


def test_map_of_another_dataset_is_not_written_over(tmp_path, built, model):
  own = _write_dataset(tmp_path / 'own', _STARTER.codes[:20])
  _write(own, built, model, examples=own)
  other = dataclasses.replace(built, latent_map=dataclasses.replace(
      built.latent_map, training=dataclasses.replace(
          built.latent_map.training, codes=_STARTER.codes[20:40]
      )
  ))
  examples = _write_dataset(tmp_path / 'in', _STARTER.codes[20:40])
  before = {path: path.read_bytes() for path in own.iterdir()}
  with pytest.raises(errors.InputError, match='20 of its patterns would be'):
    _write(own, other, model, examples=examples)
  assert before == {path: path.read_bytes() for path in own.iterdir()}
