"""Tests of training on songs."""

import json

import next_step_models
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.continuation import continuers
from drumspace_ext.extraction import songs as songs_lib
from drumspace_ext.models import checkpoints
from drumspace_ext.models import next_step_configs
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import step_codes
from drumspace_ext.training import loop
from drumspace_ext.training import song_batches
from drumspace_ext.training import song_trainer
from drumspace_ext.training import training

_SMALL = (
    'hidden_sizes=[8,6],entry_hidden_sizes=[6,4],num_train_steps={},'
    'eval_steps=20,block_songs=2,valid_share=0.3,learning_rate=0.01'
)


def _config(num_train_steps=60):
  return next_step_configs.load('continue', _SMALL.format(num_train_steps))


def _songs(count=20):
  return [
      songs_lib.Song(
          f'{i:02}', next_step_models.song(seed=i, num_bars=6 + i % 5)
      ) for i in range(count)
  ]


def _trainer(folder, songs=None, **options):
  config = _config(**options)
  data = song_batches.split(songs or _songs(), config.training, seed=0)
  return song_trainer.SongTrainer(config, data, folder, seed=0)


def _train(trainer, on_step=lambda *_: None):
  return loop.train(trainer, on_step=on_step, on_evaluation=lambda _: None)


def test_it_learns_and_its_model_plays(tmp_path):
  trainer = _trainer(tmp_path)
  line = _train(trainer)
  first, *_, last = trainer.lines
  assert last['nats'] < first['nats']
  assert last == line
  continuer = continuers.load(checkpoints.find(str(tmp_path)))
  codes = continuer.continue_codes(
      np.array([1, 0], np.uint16), num_steps=9, num_outputs=2, temperature=1.0,
      seed=0,
  )
  assert codes.shape == (2, 9)
  assert song_trainer.evaluate_best(tmp_path, _songs()) == {
      **min(trainer.lines, key=lambda line: line['nats'])
  }
  with pytest.raises(errors.CheckpointError, match='other songs'):
    song_trainer.evaluate_best(tmp_path, _songs(19))


def test_interrupted_run_ends_in_the_same_bytes(tmp_path):
  _train(_trainer(tmp_path / 'whole'))

  def interrupt(done, total, what):
    del total, what
    if done == 33:
      raise KeyboardInterrupt

  with pytest.raises(KeyboardInterrupt):
    _train(_trainer(tmp_path / 'parts'), interrupt)
  assert _trainer(tmp_path / 'parts').train_step == 33
  _train(_trainer(tmp_path / 'parts'))
  for name in (checkpoints.BEST, checkpoints.LAST, loop.STATE, loop.METRICS):
    assert (tmp_path / 'parts' / name).read_bytes() == (
        tmp_path / 'whole' / name
    ).read_bytes()
  with pytest.raises(errors.CheckpointError, match='another config: training'):
    _trainer(tmp_path / 'whole', num_train_steps=61)


def test_neighbors_are_on_one_side():
  config = _config().training
  songs = _songs(40)
  data = song_batches.split(songs, config, seed=0)
  sides = {
      song.name: any(song.codes is codes for codes in data.valid)
      for song in songs
  }
  assert len(data.train) + len(data.valid) == 40
  for i in range(0, 40, 2):
    assert sides[f'{i:02}'] == sides[f'{i + 1:02}']
  assert any(sides.values()) and not all(sides.values())
  with pytest.raises(errors.InputError, match='2 songs of 32 steps and more'):
    song_batches.split(songs[:2], config, seed=0)


def test_a_train_step_depends_on_its_number_alone():
  config = _config().training
  songs = [song.codes for song in _songs()]
  batches = [song_batches.SongBatches(songs, config, seed=0) for _ in 'ab']
  for step in (45, 3, 21):
    one = batches[0].batch(step)
  other = batches[1].batch(21)
  for first, second in zip((*one.played, *one.entries, one.step_inputs),
                           (*other.played, *other.entries, other.step_inputs)):
    np.testing.assert_array_equal(first, second)
  # Rests that are left out are made up for.
  told = one.played.weights.sum() + one.entries.weights.sum()
  assert 0.8 < told / (14 * len(one.step_inputs)) < 1.2


def test_the_verb_trains_on_midi_files(tmp_path):
  folder = tmp_path / 'songs'
  folder.mkdir()
  for song in _songs(8):
    (folder / f'{song.name}.mid').write_bytes(midi_writing.rows_to_midi(
        step_codes.step_codes_to_rows(song.codes)
    ))
  said = []
  hparams = _SMALL.format(20) + ',valid_share=0.5'
  run = training.train(
      folder, tmp_path / 'run', config='continue', hparams=hparams, seed=1,
      on_start=said.append,
  )
  assert 'songs to train on' in said[0]
  assert run.checkpoint.is_file()
  words = training.in_words(run.evaluation)
  assert 'nats a step behind the first 64' in words
  again = training.validate(folder, tmp_path / 'run')
  lines = (tmp_path / 'run' / loop.METRICS).read_text().splitlines()
  assert again == json.loads(lines[-1])
