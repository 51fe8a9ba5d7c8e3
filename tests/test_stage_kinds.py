"""Tests for stage_kinds."""

import ast
import pathlib

import pytest

from drumspace_ext import drum_maps
from drumspace_ext import errors
from drumspace_ext import model_stages
from drumspace_ext import pattern_stages
from drumspace_ext import stage_kinds
from drumspace_ext import stages

_FULL = stage_kinds.Options(checkpoint='shipped:vae')


@pytest.mark.parametrize('kind', stage_kinds.KINDS)
def test_every_kind_makes_a_stage_of_its_name(kind):
  (stage,) = stage_kinds.make([kind], _FULL)
  assert isinstance(stage, stages.Stage)
  assert stage.name == kind
  assert stage_kinds.KINDS[kind][0]


def test_every_stage_of_note_sequences_has_a_kind():
  made = {
      type(stage) for kind in stage_kinds.KINDS
      for stage in stage_kinds.make([kind], _FULL)
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


def test_usage_of_the_script_names_every_kind():
  path = pathlib.Path(stage_kinds.__file__).parent / 'drumspace_run_pipeline.py'
  usage = ast.get_docstring(ast.parse(path.read_text(encoding='utf-8')))
  for kind in stage_kinds.KINDS:
    assert f'\n  {kind} ' in usage, kind


def test_a_kind_that_comes_twice_has_two_names():
  chain = stage_kinds.make(['loops', 'filter', 'vary', 'filter'], _FULL)
  assert [stage.name for stage in chain] == [
      'loops', 'filter', 'vary', 'filter_4',
  ]


def test_drum_map_is_written_last():
  options = stage_kinds.Options(voices_out=drum_maps.load('note_seq9'))
  chain = stage_kinds.make(['loops', 'filter'], options)
  assert [stage.name for stage in chain] == ['loops', 'filter', 'voices']
  assert isinstance(chain[-1], pattern_stages.VoiceMapper)


def test_novel_knows_the_examples_or_else_the_model():
  (by_model,) = stage_kinds.make(['novel'], _FULL)
  assert isinstance(by_model, model_stages.ModelFilter)
  options = stage_kinds.Options(checkpoint='shipped:vae', examples_path='x')
  (by_examples,) = stage_kinds.make(['novel'], options)
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
    stage_kinds.make(kinds, stage_kinds.Options(**options))
