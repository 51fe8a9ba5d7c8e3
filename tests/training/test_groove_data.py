"""Tests of what groove models learn from: what patterns count."""

import numpy as np
import played_datasets
import pytest

from drumspace_ext.dataset import creation
from drumspace_ext.notes import midi_writing
from drumspace_ext.training import groove_data


def _beat(*kicks):
  hits = np.zeros((32, 14), np.bool_)
  hits[::2, 2] = hits[4::8, 1] = hits[list(kicks), 0] = True
  hits[(6, 15, 23, 29), (3, 4, 5, 6)] = True
  return hits


def _song(folder, name, beats, accent):
  """Writes (beat, times) in a row, hats louder on beats by so much."""
  velocities = np.full((32, 14), 60.0)
  velocities[::4] += accent
  (folder / name).write_bytes(midi_writing.patterns_to_midi(
      np.concatenate([np.repeat(beat[None], n, 0) for beat, n in beats]),
      dynamics=played_datasets.dynamics_of(velocities, np.zeros((32, 14))),
  ))


def _read(folder):
  """Returns the patterns, and their places by how many kicks they have."""
  played, ids = groove_data.read(
      creation.create_dataset([str(folder)], folder / 'ds').output_dir
  )
  kicks = played.hits.reshape(-1, 32, 14)[:, :, 0].sum(1).astype(int)
  return played, ids, {count: i for i, count in enumerate(kicks.tolist())}


def test_what_is_played_again_counts_and_a_fill_hardly(tmp_path):
  one, two, three = _beat(0), _beat(0, 10), _beat(0, 10, 26)
  # 20 plays count as 16; the pause between the beats keeps them apart.
  pause = np.zeros((32, 14), np.bool_), 2
  _song(tmp_path, 'a.mid', [(two, 20), pause, (three, 3)], 30)
  _song(tmp_path, 'b.mid', [(one, 4)], 30)
  _song(tmp_path, 'c.mid', [(one, 4)], 30)
  played, ids, place = _read(tmp_path)
  assert [len(ids[place[kicks]]) for kicks in (1, 2, 3)] == [2, 1, 1]
  assert played.plays[place[1]] == 4 and played.plays[place[2]] == 20
  # All of an input count as the 3/4 power of the squares of its plays.
  of_a = 16**2 + 3**2
  np.testing.assert_allclose(
      played.weights[[place[1], place[2], place[3]]],
      [2 * 16**0.75, 16**2 / of_a**0.25, 9 / of_a**0.25], rtol=1e-5
  )


@pytest.mark.parametrize('accent, is_own', [(30, True), (60, False)])
def test_a_mean_of_unlike_performances_is_nobodys(tmp_path, accent, is_own):
  beat = _beat(0, 10)
  _song(tmp_path, 'a.mid', [(beat, 4)], 30)
  _song(tmp_path, 'b.mid', [(beat, 4)], accent)
  _song(tmp_path, 'c.mid', [(_beat(0), 4)], accent)
  played, _, place = _read(tmp_path)
  assert played.own[place[2]] == is_own and played.own[place[1]]


def test_a_pattern_that_all_play_alike_and_on_the_grid_counts_nothing(tmp_path):
  _song(tmp_path, 'a.mid', [(_beat(0, 10), 4)], 0)
  _song(tmp_path, 'b.mid', [(_beat(0), 4)], 30)
  played, _, place = _read(tmp_path)
  assert played.weights[place[2]] == 0 < played.weights[place[1]]


def test_a_file_with_most_of_the_patterns_is_for_training_by_any_seed(tmp_path):
  """It was drawn for validation, and then more files were asked for."""
  pause = np.zeros((32, 14), np.bool_), 2
  beats = [_beat(0, 2 * i + 1, 2 * j + 1) for i in range(4) for j in range(i)]
  _song(tmp_path, 'a.mid', [
      part for beat in beats for part in ((beat, 4), pause)
  ], 30)
  for number in range(3):
    _song(tmp_path, f'{number}.mid', [(_beat(0, 8 + 2 * number), 4)], 30)
  dataset = creation.create_dataset([str(tmp_path)], tmp_path / 'ds').output_dir
  for seed in range(20):
    data = groove_data.load(dataset, valid_share=0.1, seed=seed)
    assert 1 <= len(data.valid) <= 3 and len(data.train) >= len(beats)
