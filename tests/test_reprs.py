"""Tests that what a person meets is one line where Python shows it."""

import map_builders
import numpy as np
import pytest

import drumspace_ext
from drumspace_ext.dataset import examples
from drumspace_ext.explorer import building

_MODEL = 'shipped:acai'


@pytest.fixture(scope='module', name='shown')
def _shown(tmp_path_factory):
  """What Python shows of one object of each kind, by what made it."""
  folder = tmp_path_factory.mktemp('reprs')
  starter = drumspace_ext.load_starter_patterns()
  song = np.repeat([beat.hits for beat in starter[:3]], 4, axis=0)
  (folder / 'song.mid').write_bytes(
      drumspace_ext.patterns_to_midi(song, qpm=120)
  )
  made = drumspace_ext.create_dataset(
      folder / 'song.mid', folder / 'dataset', num_workers=0
  )
  model = drumspace_ext.TrainedModel(_MODEL)
  drawn_map = map_builders.starter_map(model, count=40)
  objects = {
      'create_dataset': made,
      'build_map': building.BuiltMap(
          output_dir=folder, latent_map=drawn_map, report={}, left_out=[],
          paths={},
      ),
      'its map': drawn_map, 'a layer': drawn_map.training,
      'a region': drawn_map.regions[0],
      'generate': drumspace_ext.generate(
          _MODEL, folder / 'beats', num_outputs=2
      ),
      'convert': drumspace_ext.convert(
          folder / 'song.mid', folder / 'song.tsv'
      ),
      'run_pipeline': drumspace_ext.run_pipeline(
          folder / 'dataset', folder / 'chain', stages='filter'
      ),
      'inspect': drumspace_ext.inspect(folder / 'dataset'),
      'show_map': drumspace_ext.show_map(drawn_map, model),
      'read_dataset': drumspace_ext.read_dataset(folder / 'dataset'),
      'a training set': examples.load(folder / 'dataset'),
      'a model': model, 'its sampler': model.sampler,
      'draws': model.draw(3, seed=0), 'weights': model.weights(),
      'a starter pattern': starter[0],
      'a drum map': drumspace_ext.load_drum_map('gm14'),
      'a recipe': drumspace_ext.Recipe(assume_drums=True),
      'a converter': drumspace_ext.PatternConverter(),
  }
  return {name: repr(value) for name, value in objects.items()}


def test_every_object_is_one_short_line(shown):
  assert {
      name: text for name, text in shown.items()
      if '\n' in text or len(text) > 160 or ' object at ' in text
  } == {}


def test_reprs_say_what_was_made(shown):
  assert shown['a model'] == "TrainedModel('shipped:acai', z_size=4)"
  assert shown['a recipe'] == 'Recipe(assume_drums=True)'
  assert shown['a drum map'] == "DrumMap('gm14', voices=14)"
  assert shown['read_dataset'].startswith('PatternSet(patterns=3, ')
  assert shown['draws'].startswith('Samples(draws=3, passing=')
