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
  beam            the same dataset on Apache Beam
  training        patterns to a trained model
  conversion      any form of beats into any other
  generation      new beats of a model
  evaluation      how good beats are
  continuation    what follows a beat
  pipelines       stages of a workflow, ours or inside Magenta
  latent_map      the map's mathematics
  explorer        the map's page
  cli             console scripts

A package's `help()` has its decisions; BUILD_NOTES.md has what crosses them.

The names below are the public ones; they are imported when first used, so that
`import drumspace_ext` costs nothing.
"""

import importlib

__version__ = '0.1.0'

# Public name: (module, name in it).
_PUBLIC = {
    'DrumMap': ('patterns.drum_maps', 'DrumMap'),
    'DrumspaceError': ('errors', 'DrumspaceError'),
    'PatternConverter': ('pipelines.pattern_converter', 'PatternConverter'),
    'PatternSet': ('dataset.tsv', 'PatternSet'),
    'Recipe': ('extraction.one_input', 'Recipe'),
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
    'train': ('training.training', 'train'),
}

__all__ = sorted(_PUBLIC)  # noqa: PLE0605 (a list, though not a literal)


def __getattr__(name: str):
  if name not in _PUBLIC:
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
  module, attribute = _PUBLIC[name]
  return getattr(importlib.import_module(f'{__name__}.{module}'), attribute)


def __dir__() -> list[str]:
  return sorted({*globals(), *_PUBLIC})
