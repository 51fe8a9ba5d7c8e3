"""Grooves of many items are made at once, and are those of each alone."""

import numpy as np
import pytest
import tiny_grooves
import written_files

import drumspace_ext
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import step_codes
from drumspace_ext.playing import players

_HITS = np.concatenate([
    tiny_grooves.pattern((0, 0), (4, 1), (8, 0), (step, 2), (step + 3, 2))
    for step in range(1, 9)
])


@pytest.fixture(name='asked')
def _asked(monkeypatch):
  """Has all grooves made by a player that counts what it is asked for."""
  asked = []

  def play(hits):
    asked.append(len(hits))
    place = np.arange(hits[0].size).reshape(hits.shape[1:])
    count = (hits * place).sum((1, 2), keepdims=True)
    return grooves.Groove(
        velocities=1.0 + (place + count) % 127,
        offsets=(place + count) % 90 / 100 - 0.45,
    )

  monkeypatch.setattr(players, 'player', lambda *_, **__: play)
  return asked


@pytest.mark.parametrize('form', ['midi', 'wav', 'tfrecord', 'h2song'])
def test_patterns_are_asked_for_at_once_and_written_as_alone(
    asked, tmp_path, monkeypatch, form
):
  dataset = written_files.dataset(
      tmp_path / 'dataset.tsv', step_codes.hits_to_step_codes(_HITS)
  )

  def converted(name):
    drumspace_ext.convert(
        dataset, output_dir=tmp_path / name, to=form, groove='any'
    )
    return {
        path.relative_to(tmp_path / name).as_posix(): path.read_bytes()
        for path in (tmp_path / name).rglob('*')
        if path.is_file() and path.suffix not in ('.json', '.txt')
    }

  at_once = converted('at_once')
  assert asked == [len(_HITS)]
  with monkeypatch.context() as patched:
    patched.setattr(grooves.Remembered, 'foresee', lambda *_: None)
    alone = converted('alone')
  assert asked[1:] == [1] * len(_HITS)
  assert at_once and at_once == alone


def test_a_song_of_many_patterns_asks_for_itself(asked, tmp_path):
  song = tmp_path / 'song.mid'
  drumspace_ext.convert(
      written_files.dataset(
          tmp_path / 'dataset.tsv', step_codes.hits_to_step_codes(_HITS[:1])
      ), song, groove='any', tile=12,
  )
  assert asked == [1]
  drumspace_ext.convert(song, tmp_path / 'again.mid', groove='any', tile=1)
  assert asked == [1, 1]
