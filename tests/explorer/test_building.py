"""Tests for explorer.building; cli/test_build_map.py: what a folder holds."""

import json

import pytest
import told_steps

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.starter import beats as starter_beats


@pytest.fixture(name='beats', scope='module')
def _beats(tmp_path_factory):
  folder = tmp_path_factory.mktemp('maps')
  starter = starter_beats.load()
  for name, part in (('known.tsv', starter[:30]), ('mine.tsv', starter[40:45])):
    (folder / name).write_text(''.join(
        ','.join(map(str, drumspace_ext.hits_to_step_codes(beat.hits))) + '\n'
        for beat in part
    ))
  return folder


def test_map_is_built_and_shown_alike(beats, tmp_path):
  steps = told_steps.ToldSteps()
  built = drumspace_ext.build_map(
      'shipped:acai', tmp_path / 'map', examples_path=beats / 'known.tsv',
      num_outputs=3, seed=1, on_step=steps,
  )
  steps.check(to_the_end=False)
  assert len(steps.jobs()) == 1
  shown = drumspace_ext.show_map(
      beats / 'known.tsv', 'shipped:acai', num_outputs=3, seed=1
  )
  assert shown.page == built.page.read_text(encoding='utf-8')
  assert shown == drumspace_ext.show_map(built.output_dir)
  assert repr(built) == f"BuiltMap('{tmp_path}/map', patterns=30, generated=3)"
  assert str(built).startswith('30 patterns on the map\n3 of new beats of acai')
  assert str(built).endswith(f'  {built.paths["manifest.json"]}')


def test_layers_are_called_as_the_caller_says(beats, tmp_path):
  examples, mine = beats / 'known.tsv', beats / 'mine.tsv'
  built = drumspace_ext.build_map(
      'shipped:acai', tmp_path, examples_path=examples, input_values=mine,
      names={str(mine): 'mine', str(examples): 'theirs'}, num_outputs=1,
  )
  made = built.latent_map
  assert made.training.name == 'theirs'
  assert [layer.name for layer in made.generated] == [
      'mine', 'new beats of acai'
  ]
  noted = json.loads(built.paths['manifest.json'].read_text())['arguments']
  assert noted['examples_path'] == str(examples)


def test_mistake_is_named_and_writes_nothing(tmp_path):
  with pytest.raises(errors.InputError, match='nowhere does not exist'):
    drumspace_ext.build_map(
        'shipped:acai', tmp_path / 'out', examples_path='nowhere'
    )
  assert not (tmp_path / 'out').exists()
