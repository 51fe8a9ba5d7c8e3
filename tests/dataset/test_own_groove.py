"""Tests of datasets whose patterns are written as their inputs play them."""

import json

import builders
from hypothesis import given
from hypothesis import strategies as st
import numpy as np
import played_datasets
import pytest

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.conversion import converting
from drumspace_ext.dataset import creation
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import groove_tsv
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import music_proto

_BEAT = np.zeros((32, 14), np.bool_)
_BEAT[::4, 2] = _BEAT[[4, 12, 20, 28], 1] = True
_BEAT[[0, 7, 10, 16, 25, 26], 0] = True


def _sequences(created):
  return [
      music_proto.note_sequence_class().FromString(record)
      for record in tfrecords.read(created.paths['patterns.tfrecord'])
  ]


def _grooves(created):
  codes = examples.load(created.output_dir).codes
  return list(groove_tsv.read(created.paths['groove.tsv'], codes))


@given(seed=st.integers(0, 999), tile=st.integers(3, 4))
def test_what_is_written_is_played_like_the_inputs(
    tmp_path_factory, seed, tile
):
  folder, rng = tmp_path_factory.mktemp('own'), np.random.default_rng(seed)
  (folder / 'in').mkdir()
  for number in range(3):
    hits = _BEAT | (rng.random((32, 14)) < 0.05)
    velocities = rng.integers(1, 128, hits.shape)
    offsets = rng.integers(-50, 51, hits.shape) / 120
    offsets[0] = np.abs(offsets[0])  # nothing comes before a file begins
    (folder / 'in' / f'{number}.mid').write_bytes(
        played_datasets.midi(hits, velocities, offsets)
    )
  first = creation.create_dataset(
      folder / 'in', folder / 'first', groove='own', tile=tile
  )
  again = creation.create_dataset(
      first.paths['patterns.tfrecord'], folder / 'again'
  )
  # Of loops that are shifted, the phase that is seen most may be another.
  own, back = (
      sorted(
          (sorted(played.velocities), sorted(played.offsets))
          for played in _grooves(created)
      ) for created in (first, again)
  )
  assert 0 < first.num_patterns == len(own) == len(back)
  for ours, theirs in zip(own, back):
    for some, others in zip(ours, theirs):
      np.testing.assert_allclose(some, others, atol=2e-3)


@given(seed=st.integers(0, 999), options=st.fixed_dictionaries({
    'max_flips': st.sampled_from([0, 2, 4]),
    'min_repeats': st.sampled_from([1, 2, 3]),
    'loop_bars': st.sampled_from([(2,), (1, 2, 4)]),
    'recurring': st.booleans(),
}))
def test_what_repeats_exactly_is_the_same_by_every_recipe(
    tmp_path_factory, seed, options
):
  folder, rng = tmp_path_factory.mktemp('own'), np.random.default_rng(seed)
  hits = _BEAT | (rng.random((32, 14)) < 0.1)
  offsets = rng.integers(-50, 51, hits.shape) / 120
  offsets[0] = np.abs(offsets[0])  # nothing comes before a file begins
  (folder / 'a.mid').write_bytes(played_datasets.midi(
      hits, rng.integers(1, 128, hits.shape), offsets
  ))
  published, near = (
      creation.create_dataset(
          folder / 'a.mid', folder / name, groove='own', num_workers=0, **said
      ) for name, said in (('published', {}), ('near', options))
  )
  for name in ('dataset.tsv', 'patterns.tfrecord'):
    assert published.paths[name].read_bytes() == near.paths[name].read_bytes()


@pytest.fixture(name='folder')
def _folder(tmp_path):
  """A beat: hats that get louder, a snare a quarter of a step late."""
  velocities, offsets = np.full((32, 14), 40.0), np.zeros((32, 14))
  velocities[::4, 2] = range(50, 130, 10)
  offsets[:, 1] = 0.25
  (tmp_path / 'in').mkdir()
  (tmp_path / 'in' / 'beat.mid').write_bytes(
      played_datasets.midi(_BEAT, velocities, offsets)
  )
  return tmp_path


def test_a_beat_by_hand(folder):
  straight, own = (
      creation.create_dataset(folder / 'in', folder / groove, groove=groove)
      for groove in ('none', 'own')
  )
  (even,), (played,) = _sequences(straight), _sequences(own)
  assert {note.velocity for note in even.notes} == {100}
  step = 60 / played.tempos[0].qpm / 4
  hats, snares = (
      [(round(note.start_time / step, 3), note.velocity)
       for note in played.notes if note.pitch == pitch] for pitch in (42, 38)
  )
  assert hats == [(4.0 * i, 50 + 10 * i) for i in range(8)]
  assert snares == [(step + 0.25, 40) for step in (4, 12, 20, 28)]
  # All else is the same, and the manifest says what differs.
  for name in set(own.paths) - {'patterns.tfrecord', 'manifest.json'}:
    assert own.paths[name].read_bytes() == straight.paths[name].read_bytes()
  said = [
      json.loads(made.paths['manifest.json'].read_text(encoding='utf-8'))
      for made in (straight, own)
  ]
  assert 'own' not in str(said[0]) and "'groove': 'own'" in str(said[1])


def test_a_dataset_plays_its_own_patterns_so_too(folder):
  own = creation.create_dataset(folder / 'in', folder / 'own', groove='own')
  path = folder / 'played.tfrecord'
  converting.convert(own.output_dir, path, groove=own.output_dir)
  (by_convert,) = map(
      music_proto.note_sequence_class().FromString, tfrecords.read(path)
  )
  assert by_convert.notes == _sequences(own)[0].notes


def test_what_nobody_played_is_straight(folder):
  beats = creation.create_dataset(folder / 'in', folder / 'ds', tile=4)
  again = creation.create_dataset(
      beats.paths['patterns.tfrecord'], folder / 'again', groove='own'
  )
  # All alike and on the grid is how these are played.
  (played,) = _sequences(again)
  assert {note.velocity for note in played.notes} == {100}


@pytest.mark.parametrize('name', ['owns', 'shipped:groove', 'x.mid', ''])
def test_other_grooves_are_for_convert(folder, name):
  with pytest.raises(errors.InputError, match='drumspace_convert --input=DATA'):
    creation.create_dataset(folder / 'in', folder / 'ds', groove=name)
  assert not (folder / 'ds').exists()


def test_triplets_come_back_as_the_remark_on_them_says(tmp_path):
  thirds = [quarter + third / 3 for quarter in range(32) for third in range(3)]
  hats = [(round(480 * at), 42) for at in thirds]
  backbeat = [(480 * i, 38 if i % 2 else 36) for i in range(32)]
  (tmp_path / 'shuffle.mid').write_bytes(
      builders.midi(builders.track(builders.notes(hats + backbeat)))
  )
  made = creation.create_dataset(
      tmp_path / 'shuffle.mid', tmp_path / 'ds', groove='own'
  )
  assert list(made.report['remarks']) == ['triplets']
  assert '--groove=own' in rejections.REMARKS['triplets'][1]
  (played,) = _sequences(made)
  quarter = 60 / played.tempos[0].qpm
  starts = [note.start_time for note in played.notes if note.pitch == 42]
  assert np.array(starts) == pytest.approx(
      quarter * np.array(thirds[:24]), abs=quarter / 480
  )


def test_three_steps_a_quarter_are_no_way_to_read_triplets():
  # Two bars of 4/4 are 24 of them, which no 32 steps hold: on 4,938 files
  # --steps_per_quarter=3 found no pattern.
  words = {**rejections.REASONS, **rejections.REMARKS}.values()
  assert not [hint for _, hint in words if 'steps_per_quarter=3' in hint]
