"""Two bars of drums as 32 steps x 14 voices, and what maps to them.

Decisions:

Toms of nine-class maps: note_seq's low, mid and high tom are our floor, low
and high tom, so that all three survive both ways. Magenta's own table puts 41,
43 and 45 into one class, so that gm14 pitches written unconverted lose one.

Drum map `groovae9`: MusicVAE's GrooVAE has a table of its own
(ROLAND_DRUM_PITCH_CLASSES). `note_seq9` loses a tom in it, pitches of our
`gm14` that it lacks (56, 60 to 64) are a KeyError in its GrooveConverter.

Nearest patterns by a bound: hits of a voice on even and odd steps keep their
numbers under rotation; one matrix product bounds all distances, and few pairs
are compared bit by bit.

The 14 rows, their order and their pitches (`gm14`) stand in `voices`; all
other maps in `drum_maps.toml`. What is said of pitches that no voice has is
said by General MIDI's names (`percussion_names`).
"""

import typing

from drumspace_ext import faces

_NAMES = {
    'DrumMap': 'drum_maps',
    'Dynamics': 'dynamics',
    'NearestPatterns': 'nearest',
    'canonical': 'step_codes',
    'hits_to_step_codes': 'step_codes',
    'rotate': 'step_codes',
    'step_codes_to_hits': 'step_codes',
    'to_text': 'text_grids',
}

if typing.TYPE_CHECKING:
  from drumspace_ext.patterns.drum_maps import DrumMap as DrumMap
  from drumspace_ext.patterns.dynamics import Dynamics as Dynamics
  from drumspace_ext.patterns.nearest import NearestPatterns as NearestPatterns
  from drumspace_ext.patterns.step_codes import canonical as canonical
  from drumspace_ext.patterns.step_codes import (
      hits_to_step_codes as hits_to_step_codes,
  )
  from drumspace_ext.patterns.step_codes import rotate as rotate
  from drumspace_ext.patterns.step_codes import (
      step_codes_to_hits as step_codes_to_hits,
  )
  from drumspace_ext.patterns.text_grids import to_text as to_text
else:
  __getattr__, __dir__ = faces.of(__name__, _NAMES)
