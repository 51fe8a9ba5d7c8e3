"""Page constants: what the package knows and its page needs, as an ES module.

The page's scripts import them from `constants.js`, which lies in no folder: it
is written here, from the values of the modules that have them.
"""

import json

from drumspace_ext import defaults
from drumspace_ext.conversion import files as conversion_files
from drumspace_ext.explorer import page_data
from drumspace_ext.files import midi_kinds
from drumspace_ext.notes import grids
from drumspace_ext.notes import midi_header
from drumspace_ext.notes import midi_kits
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import descriptors
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import genre_swings
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices
from drumspace_ext.sound import kit as drum_kit

FILE_NAME = 'constants.js'


def values() -> dict[str, object]:
  """Returns the constants, by name; each is what JSON can hold."""
  plain = dynamics.Dynamics()
  return {
      'DEFAULTS': {
          'qpm': defaults.QPM, 'swing': plain.swing,
          'humanize': plain.humanize, 'seed': defaults.SEED,
          'threshold': defaults.THRESHOLD,
          'groove_strength': defaults.GROOVE_STRENGTH,
          'kit': drum_kit.NAMES.index(defaults.KIT),
      },
      'DRUMS': descriptors.DRUMS,
      'DRUM_CHANNEL': midi_kits.DRUM_CHANNEL,
      'GENRE_SWINGS': dict(genre_swings.OF_GENRE),
      'GAP_STEPS': defaults.GAP_STEPS,
      'KIT_BANKS': sorted(midi_kits.KIT_BANKS),
      'KITS': list(drum_kit.NAMES),
      'KIT_PROGRAMS': sorted(midi_kits.KIT_PROGRAMS),
      'MELODY_BANK': midi_kits.MELODY_BANK,
      'MIDI_EXTENSIONS': list(midi_kinds.EXTENSIONS),
      'MIN_REPEATS': defaults.MIN_REPEATS,
      'MOST_STEPS': grids.MAX_GRID_STEPS,
      'NO_GENRE': page_data.NO_GENRE,
      'NUM_STEPS': step_codes.NUM_STEPS,
      'NUM_VOICES': step_codes.NUM_VOICES,
      'PACK_FILES': {
          form: conversion_files.WHAT[form]
          for form in (conversion_files.MIDI, conversion_files.WAV)
      },
      'RANGES': {
          'groove_strength': list(dynamics.GROOVE_STRENGTHS),
          **{name: list(ends) for name, ends in dynamics.RANGES.items()},
      },
      'SAMPLE_RATE': drum_kit.SAMPLE_RATE,
      'SEARCH_BYTES': midi_header.SEARCH_BYTES,
      'SLACK_STEPS': grids.SLACK_STEPS,
      'STEP_WEIGHTS': descriptors.STEP_WEIGHTS.tolist(),
      'STEPS_PER_BAR': step_codes.STEPS_PER_BAR,
      'STEPS_PER_QUARTER': step_codes.STEPS_PER_QUARTER,
      'STYLE_CHANNELS': list(midi_kits.STYLE_CHANNELS),
      'STYLE_CHUNK': midi_header.STYLE_CHUNK.decode('ascii'),
      'TEMPO_PARTS': page_data.TEMPO_PARTS,
      'TICKS_PER_QUARTER': note_sequences.TICKS_PER_QUARTER,
      'VOICES': list(voices.NAMES),
  }


def module() -> str:
  """Returns the ES module that exports them."""
  lines = [
      f'export const {name} = {json.dumps(value)};'
      for name, value in values().items()
  ]
  return '\n'.join(['/** What the package knows. */', *lines]) + '\n'
