"""Tests for registry."""

import dataclasses

from absl import flags
import pytest

from drumspace_ext import errors
from drumspace_ext.cli import run_pipeline
from drumspace_ext.extraction import recipes
from drumspace_ext.patterns import drum_maps
from drumspace_ext.pipelines import kinds
from drumspace_ext.pipelines import model_stages
from drumspace_ext.pipelines import pattern_stages
from drumspace_ext.pipelines import registry as stage_registry
from drumspace_ext.pipelines import stages

_FULL = stage_registry.Options(checkpoint='shipped:vae')


@pytest.mark.parametrize('kind', stage_registry.KINDS)
def test_every_kind_makes_a_stage_of_its_name(kind):
  (stage,) = stage_registry.make([kind], _FULL)
  assert isinstance(stage, stages.Stage)
  assert stage.name == kind
  assert kinds.WHAT[kind]


def test_every_stage_of_note_sequences_has_a_kind():
  made = {
      type(stage) for kind in stage_registry.KINDS
      for stage in stage_registry.make([kind], _FULL)
  }
  every = {
      cls for module in (pattern_stages, model_stages)
      for cls in vars(module).values()
      if isinstance(cls, type) and issubclass(cls, stages.Stage)
      and not cls.__abstractmethods__
  }
  # DrumTracks can't be written to a TFRecord; the mapper is --voices_out.
  assert every - made == {
      pattern_stages.DrumTrackExtractor, pattern_stages.VoiceMapper,
  }


def test_help_of_the_script_is_made_of_the_kinds():
  assert list(kinds.WHAT) == list(stage_registry.KINDS)
  text = flags.FLAGS['stages'].help
  assert text.splitlines()[1:] == kinds.lines()
  for what in kinds.WHAT.values():
    assert what[:20] not in run_pipeline.__doc__


def test_a_kind_that_comes_twice_has_two_names():
  chain = stage_registry.make(['loops', 'filter', 'vary', 'filter'], _FULL)
  assert [stage.name for stage in chain] == [
      'loops', 'filter', 'vary', 'filter_4',
  ]


def test_drum_map_is_written_last():
  options = stage_registry.Options(voices_out=drum_maps.load('note_seq9'))
  chain = stage_registry.make(['loops', 'filter'], options)
  assert [stage.name for stage in chain] == ['loops', 'filter', 'voices']
  assert isinstance(chain[-1], pattern_stages.VoiceMapper)


def test_novel_knows_the_examples_or_else_the_model():
  (by_model,) = stage_registry.make(['novel'], _FULL)
  assert isinstance(by_model, model_stages.ModelFilter)
  options = stage_registry.Options(checkpoint='shipped:vae', examples_path='x')
  (by_examples,) = stage_registry.make(['novel'], options)
  assert type(by_examples) is pattern_stages.PatternFilter


@pytest.mark.parametrize('kinds, options, match', [
    ([], {}, 'there are loops, bars'),
    (['lops'], {}, "unknown stage 'lops'.*Did you mean 'loops'"),
    (['vary'], {}, 'vary needs a model'),
    (['encode'], {}, 'encode needs a model'),
    (['reconstruct'], {}, 'reconstruct needs a model'),
    (['novel'], {}, 'needs to know what is known'),
    (['drums_rnn', 'filter'], {}, 'comes last'),
    (['drums_rnn'], {'voices_out': drum_maps.load('roland')}, 'comes last'),
])
def test_mistake_is_named(kinds, options, match):
  with pytest.raises(errors.InputError, match=match):
    stage_registry.make(kinds, stage_registry.Options(**options))


@pytest.mark.parametrize('kinds, option, match', [
    (['bars'], {'max_flips': 4}, '--max_flips .* only with the stage loops'),
    (['filter'], {'align': True}, '--align .* the stages loops or bars'),
    (['filter'], {'repeats': 4}, '--tile .* loops or bars or drums_rnn'),
    (['loops'], {'checkpoint': 'shipped:vae'}, '--checkpoint_file has no use'),
    (['loops'], {'examples_path': 'x'}, '--examples_path .* the stage novel'),
    (['loops'], {'num_outputs': 9}, '--num_outputs .* vary or continue'),
    (['encode'], {'temperature': 0.5}, '--temperature .* vary or continue'),
])
def test_what_no_stage_heeds_is_refused(kinds, option, match):
  recipe = {
      key: value for key, value in option.items()
      if key in {field.name for field in dataclasses.fields(recipes.Recipe)}
  }
  options = stage_registry.Options(recipe=recipes.Recipe(**recipe), **{
      key: value for key, value in option.items() if key not in recipe
  })
  with pytest.raises(errors.InputError, match=match):
    stage_registry.check_use(kinds, options)
  stage_registry.check_use([*kinds, *stage_registry.KINDS], options)


@pytest.mark.parametrize('kind', stage_registry.KINDS)
def test_what_is_as_where_nothing_is_said_is_heeded_by_all(kind):
  stage_registry.check_use([kind], stage_registry.Options())
