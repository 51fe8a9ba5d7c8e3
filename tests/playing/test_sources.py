"""Tests of what names of grooves mean, and of its digests."""

import hashlib

import played_datasets
import pytest

from drumspace_ext import errors
from drumspace_ext.files import result_names
from drumspace_ext.models import checkpoints
from drumspace_ext.playing import players
from drumspace_ext.playing import sources


@pytest.fixture(scope='module', name='dataset')
def _dataset(tmp_path_factory):
  return played_datasets.make(tmp_path_factory.mktemp('played'), 3)


@pytest.fixture(name='song')
def _song(dataset):
  return dataset.parent / 'songs' / '000.mid'


def _digest(path):
  return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_groove_is_read_from_a_file_if_it_is_one(dataset, song):
  assert sources.files(song) == [str(song)]
  for name in ('none', 'shipped:groove', dataset, f'{dataset}:jazz', 'no.mid'):
    assert sources.files(name) == []


def test_names_mean_models_datasets_and_files(dataset, song, tmp_path):
  (tmp_path / 'train').mkdir()
  model = tmp_path / result_names.BEST
  model.write_bytes(checkpoints.find('shipped:groove').read_bytes())
  table = dataset / result_names.DATASET
  for name, kind, path, part in (
      ('shipped:groove', sources.Kind.MODEL,
       checkpoints.find('shipped:groove'), ''),
      (tmp_path, sources.Kind.MODEL, model, ''),
      (model, sources.Kind.MODEL, model, ''),
      (song, sources.Kind.FILE, song, ''),
      (dataset, sources.Kind.DATASET, dataset, ''),
      (table, sources.Kind.DATASET, dataset, ''),
      (f'{dataset}:jazz', sources.Kind.DATASET, dataset, 'jazz'),
      (f'{table}:2', sources.Kind.DATASET, dataset, '2'),
  ):
    assert sources.of_name(name) == sources.Source(
        kind=kind, name=str(name), path=path, part=part
    )
  assert sources.of_name('none') is None


def test_a_checkpoint_of_tensorflow_is_named_as_it_names_it(tmp_path):
  index = tmp_path / 'model.ckpt-7.index'
  index.touch()
  source = sources.of_name(tmp_path / 'model.ckpt-7')
  assert (source.kind, source.path) == (sources.Kind.MODEL, index)


def test_what_is_not_there_is_told_and_what_there_is(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  for name, message in (
      ('no.mid', "no.mid can't be read: there is no such thing. Name a groove"),
      ('no_folder:jazz', "no_folder:jazz can't be read"),
      ('', '--groove is empty. Name a groove model, a MIDI file'),
      ('None', "None can't be read: .* Did you mean 'none'"),
      ('groove', "Did you mean 'shipped:groove'"),
      ('/dev/zero', "/dev/zero can't be read: it is no file"),
      ('own', '--groove=own is for drumspace_create_dataset, .* name its fold'),
  ):
    with pytest.raises(errors.InputError, match=message):
      players.player(name)
    with pytest.raises(errors.InputError, match=message):
      sources.digests(name)
  # Who has something of that name may name it.
  (tmp_path / 'own').write_bytes(b'MThd')
  assert sources.of_name('own').kind is sources.Kind.FILE


def test_digests_are_of_all_that_plays(dataset, song, tmp_path):
  shipped = _digest(checkpoints.find('shipped:groove'))
  assert sources.digests('none') == {}
  assert sources.digests('shipped:groove') == {'groove': shipped}
  assert sources.digests(song) == {
      'groove': _digest(song), 'groove_of_others': shipped
  }
  whole = sources.digests(dataset)
  assert whole == {
      'groove': _digest(dataset / result_names.GROOVE),
      'groove_patterns': _digest(dataset / result_names.DATASET),
      'groove_of_others': shipped,
  }
  assert sources.digests(dataset / result_names.DATASET) == whole
  assert sources.digests(f'{dataset}:jazz') == whole | {
      'groove_genres': _digest(dataset / result_names.PROVENANCE)
  }
