"""Drum patterns from latent space, for the note-seq / Magenta ecosystem.

The data's journey, package by package; each uses those above it:

  files           bytes kept safe: paths, records, zips, result folders
  patterns        two bars of drums as 32 steps x 14 voices
  notes           NoteSequences and MIDI, and the grid of their hits
  magenta_models  Magenta's trained drum models, without TensorFlow
  inputs          what `--input` means
  sound           patterns and NoteSequences made audible
  starter         classic beats by genre, and songs of them
  models          networks, and how trained ones are used
  extraction      inputs to their loops, or the reasons why not
  dataset         unique patterns on disk, with where each comes from
  playing         how patterns are played: what --groove names
  spreading       the same dataset by many machines
  beam            on Apache Beam
  spark           on Apache Spark
  dask            on Dask
  training        patterns to a trained model
  conversion      any form of beats into any other
  generation      new beats of a model
  continuation    what follows a beat
  evaluation      how good beats are
  pipelines       stages of a workflow, ours or inside Magenta
  latent_map      the map's mathematics
  explorer        the map's page
  cli             console scripts

A package's `help()` has its decisions; BUILD_NOTES.md has what crosses them.

The names below are the public ones; they are imported when first used, so that
`import drumspace_ext` costs nothing.
"""

import importlib
import typing

__version__ = '0.1.0'

# Public name: (module, name in it). Tests hold the other two lists to it.
_PUBLIC = {
    'DrumMap': ('patterns.drum_maps', 'DrumMap'),
    'DrumspaceError': ('errors', 'DrumspaceError'),
    'PatternConverter': ('pipelines.pattern_converter', 'PatternConverter'),
    'PatternSet': ('dataset.tsv', 'PatternSet'),
    'Recipe': ('extraction.recipes', 'Recipe'),
    'TrainedModel': ('models.trained_model', 'TrainedModel'),
    'build_map': ('explorer.building', 'build_map'),
    'continue_beats': ('continuation.continuing', 'continue_beats'),
    'convert': ('conversion.converting', 'convert'),
    'create_dataset': ('dataset.creation', 'create_dataset'),
    'evaluate': ('evaluation.judging', 'evaluate'),
    'generate': ('generation.generating', 'generate'),
    'hits_to_step_codes': ('patterns.step_codes', 'hits_to_step_codes'),
    'inspect': ('conversion.inspecting', 'inspect'),
    'load_drum_map': ('patterns.drum_maps', 'load'),
    'load_starter_patterns': ('starter.beats', 'load'),
    'midi_to_note_sequence': ('notes.midi_sequences', 'to_note_sequence'),
    'note_sequence_to_midi': ('notes.midi_writing', 'note_sequence_to_midi'),
    'note_sequence_to_patterns': ('notes.note_sequences', 'to_patterns'),
    'patterns_to_midi': ('notes.midi_writing', 'patterns_to_midi'),
    'patterns_to_note_sequence': ('notes.note_sequences', 'from_patterns'),
    'read_dataset': ('dataset.tsv', 'read'),
    'read_tfrecords': ('files.tfrecords', 'read'),
    'run_pipeline': ('pipelines.running', 'run_pipeline'),
    'show_map': ('explorer.notebook', 'show_map'),
    'step_codes_to_hits': ('patterns.step_codes', 'step_codes_to_hits'),
    'stream_beats': ('continuation.streaming', 'stream_beats'),
    'train': ('training.training', 'train'),
}

# Written out, for what reads the source and runs nothing.
__all__ = [
    'DrumMap', 'DrumspaceError', 'PatternConverter', 'PatternSet', 'Recipe',
    'TrainedModel', 'build_map', 'continue_beats', 'convert', 'create_dataset',
    'evaluate', 'generate', 'hits_to_step_codes', 'inspect', 'load_drum_map',
    'load_starter_patterns', 'midi_to_note_sequence', 'note_sequence_to_midi',
    'note_sequence_to_patterns', 'patterns_to_midi',
    'patterns_to_note_sequence', 'read_dataset', 'read_tfrecords',
    'run_pipeline', 'show_map', 'step_codes_to_hits', 'stream_beats', 'train',
]

if typing.TYPE_CHECKING:
  from drumspace_ext.continuation.continuing import continue_beats
  from drumspace_ext.continuation.streaming import stream_beats
  from drumspace_ext.conversion.converting import convert
  from drumspace_ext.conversion.inspecting import inspect
  from drumspace_ext.dataset.creation import create_dataset
  from drumspace_ext.dataset.tsv import PatternSet
  from drumspace_ext.dataset.tsv import read as read_dataset
  from drumspace_ext.errors import DrumspaceError
  from drumspace_ext.evaluation.judging import evaluate
  from drumspace_ext.explorer.building import build_map
  from drumspace_ext.explorer.notebook import show_map
  from drumspace_ext.extraction.recipes import Recipe
  from drumspace_ext.files.tfrecords import read as read_tfrecords
  from drumspace_ext.generation.generating import generate
  from drumspace_ext.models.trained_model import TrainedModel
  from drumspace_ext.notes.midi_sequences import (
    to_note_sequence as midi_to_note_sequence,
  )
  from drumspace_ext.notes.midi_writing import note_sequence_to_midi
  from drumspace_ext.notes.midi_writing import patterns_to_midi
  from drumspace_ext.notes.note_sequences import (
    from_patterns as patterns_to_note_sequence,
  )
  from drumspace_ext.notes.note_sequences import (
    to_patterns as note_sequence_to_patterns,
  )
  from drumspace_ext.patterns.drum_maps import DrumMap
  from drumspace_ext.patterns.drum_maps import load as load_drum_map
  from drumspace_ext.patterns.step_codes import hits_to_step_codes
  from drumspace_ext.patterns.step_codes import step_codes_to_hits
  from drumspace_ext.pipelines.pattern_converter import PatternConverter
  from drumspace_ext.pipelines.running import run_pipeline
  from drumspace_ext.starter.beats import load as load_starter_patterns
  from drumspace_ext.training.training import train
else:
  # Hidden from type checkers, to whom else any name would be one.
  def __getattr__(name: str):
    if name not in _PUBLIC:
      raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    module, attribute = _PUBLIC[name]
    return getattr(importlib.import_module(f'{__name__}.{module}'), attribute)


def __dir__() -> list[str]:
  return sorted({*globals(), *_PUBLIC})
