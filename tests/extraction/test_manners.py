"""Tests for the manner of a MIDI file."""

import builders
import drawn_patterns
import numpy as np
import played_datasets
import pytest

from drumspace_ext import errors
from drumspace_ext.extraction import manners
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import grooves
from drumspace_ext.patterns import voices

_HAT = voices.NAMES.index('closed_hat')


def _file(tmp_path, *, odd=50, even=110, late=0.2, times=4):
  """Hats in eighths, every other one softer and late."""
  hits = np.zeros((32, 14), np.bool_)
  hits[::2, _HAT] = True
  velocities = np.full((32, 14), float(even))
  velocities[2::4] = odd
  offsets = np.zeros((32, 14))
  offsets[2::4] = late
  path = tmp_path / 'a.mid'
  path.write_bytes(played_datasets.midi(hits, velocities, offsets, times))
  return path, hits


def test_a_beat_is_played_as_the_file(tmp_path):
  path, hits = _file(tmp_path)
  played = grooves.Manner(manners.read(path))(hits[None])
  loud, soft = played.velocities[0, ::4, _HAT], played.velocities[0, 2::4, _HAT]
  assert np.abs(loud - 110).max() < 4
  assert np.abs(soft - 50).max() < 4
  assert np.abs(played.offsets[0, 2::4, _HAT] - 0.2).max() < 0.02
  assert np.abs(played.offsets[0, ::4, _HAT]).max() < 0.02


def test_what_the_file_leaves_out_follows_its_habit(tmp_path):
  path, _ = _file(tmp_path)
  manner = grooves.Manner(manners.read(path))
  velocities = manner(np.ones((1, 32, 14), np.bool_)).velocities
  # Sixteenths of hats that it does not play are like its hats on the whole.
  assert velocities[0, 1, _HAT] < 110


def test_a_file_of_another_kit_is_read_with_the_map_that_explains_it(tmp_path):
  velocities = np.full((32, 14), 90.0)
  hits = drawn_patterns.hits_of(
      kick=(0, 8, 16, 24), snare=(4, 12, 20, 28), closed_hat=range(0, 32, 2)
  )
  low = drum_maps.load('gm14-12')
  path = tmp_path / 'low.mid'
  path.write_bytes(midi_writing.patterns_to_midi(
      hits, repeats=4, drum_map=low,
      dynamics=played_datasets.dynamics_of(velocities, 0 * velocities),
  ))
  by_itself, named = (
      manners.read(path, drum_map)
      for drum_map in (drum_maps.load('auto'), low)
  )
  np.testing.assert_array_equal(by_itself, named)
  np.testing.assert_array_equal(named[0], 4 * hits)
  assert (manners.read(path)[0] != named[0]).any()


@pytest.mark.parametrize(('content', 'said'), [
    (None, "can't be read"), (b'text', 'gives no groove: not_midi'),
    (builders.midi(builders.track(builders.notes([(0, 36)], channel=0))),
     'gives no groove: no_drum_notes'),
    (builders.midi(builders.track(builders.notes([(0, 99)]))),
     'holds no drums in 4/4'),
])
def test_what_gives_no_groove_is_named(tmp_path, content, said):
  path = tmp_path / 'a.mid'
  if content is not None:
    path.write_bytes(content)
  with pytest.raises(errors.InputError, match=said):
    manners.read(path)
