"""Tests of what --groove names."""

import numpy as np
import played_datasets
import pytest

from drumspace_ext import errors
from drumspace_ext.dataset import creation
from drumspace_ext.files import result_names
from drumspace_ext.models import groove_model
from drumspace_ext.playing import players


def _hits(*steps, voice=2):
  hits = np.zeros((32, 14), np.bool_)
  hits[list(steps), voice] = True
  hits[::8, 0] = True
  return hits


def _song(path, hits, loud, soft):
  velocities = np.full((32, 14), float(soft))
  velocities[::4] = loud
  path.parent.mkdir(exist_ok=True)
  path.write_bytes(
      played_datasets.midi(hits, velocities, np.zeros((32, 14)))
  )
  return path


@pytest.fixture(scope='module', name='dataset')
def _dataset(tmp_path_factory):
  folder = tmp_path_factory.mktemp('songs')
  _song(folder / 'rock' / 'a.mid', _hits(*range(0, 32, 2)), 120, 90)
  _song(folder / 'jazz' / 'b.mid', _hits(*range(0, 32, 3)), 60, 30)
  return creation.create_dataset(
      [str(folder)], folder / 'ds', recursive=True
  ).output_dir


def test_names_of_models_are_models():
  assert players.player('none') is None
  model = players.player('shipped:groove')
  assert isinstance(model, groove_model.GrooveModel)
  hits = _hits(0, 2, 4)[None]
  drawn = players.player('shipped:groove', drawn=True, seed=4)
  np.testing.assert_array_equal(
      drawn(hits).velocities, model.drawn(hits, seed=4).velocities
  )


def test_a_file_is_followed_and_the_model_fills_the_rest(tmp_path):
  hits = _hits(*range(0, 32, 2))
  player = players.player(_song(tmp_path / 'a.mid', hits, 120, 70))
  played = player(hits[None]).velocities[0]
  assert np.abs(played[::4, 2] - 120).max() < 15
  assert np.abs(played[2::4, 2] - 70).max() < 15
  other = _hits(1, 5, voice=1)
  assert player(other[None]).velocities[0][other].std() > 0


def test_a_pattern_of_a_dataset_is_played_as_it_was(dataset):
  hits = _hits(*range(0, 32, 2))
  played = players.player(dataset)(hits[None]).velocities[0]
  assert played[::4, 2].tolist() == [120] * 8
  assert played[2::4, 2].tolist() == [90] * 8


def test_a_dataset_is_named_by_its_file_as_well(dataset):
  other = _hits(0, 7, 12)[None]
  for part in ('', ':jazz', ':2'):
    by_folder, by_file = (
        players.player(f'{name}{part}')(other).velocities
        for name in (dataset, dataset / result_names.DATASET)
    )
    np.testing.assert_array_equal(by_folder, by_file)


def test_a_genre_or_a_line_of_a_dataset_is_a_manner(dataset):
  other = _hits(0, 7, 12)[None]
  loud, soft = (
      players.player(f'{dataset}:{genre}')(other).velocities[other].mean()
      for genre in ('rock', 'jazz')
  )
  assert loud > soft + 20
  lines = [
      players.player(f'{dataset}:{line}')(other).velocities[other].mean()
      for line in (1, 2)
  ]
  assert sorted(lines) == pytest.approx([soft, loud])


def test_what_says_nothing_of_grooves_is_refused(dataset, tmp_path):
  with pytest.raises(errors.InputError, match="genres jazz, rock, not 'ska'"):
    players.player(f'{dataset}:ska')
  with pytest.raises(errors.InputError, match="2 patterns, not '3'"):
    players.player(f'{dataset}:3')
  with pytest.raises(errors.InputError, match='neither a groove model nor'):
    players.player(tmp_path)
  with pytest.raises(errors.CheckpointError, match='continues beats and does'):
    players.player('shipped:continue')
  (tmp_path / result_names.DATASET).write_bytes(
      (dataset / result_names.DATASET).read_bytes()
  )
  with pytest.raises(errors.InputError, match='has no groove.tsv'):
    players.player(tmp_path)
  text = (dataset / result_names.GROOVE).read_text(encoding='utf-8')
  for wrong in (text + text.splitlines(keepends=True)[-1],
                ''.join(text.splitlines(keepends=True)[:-1])):
    (tmp_path / result_names.GROOVE).write_text(wrong, encoding='utf-8')
    with pytest.raises(errors.InputError, match='Make them again together'):
      players.player(tmp_path)
