"""Hydrogen: patterns as a song of the drum machine Hydrogen (`.h2song`).

A song holds every pattern under its name, plays them in their order, each at
its own tempo (Hydrogen's timeline), and uses the kit that comes with the
program (GMRockKit). That has no hand drums: its toms stand in, tuned up. The
form is that of Hydrogen 1.2, which 1.0 to 1.2 read
(https://github.com/hydrogen-music/hydrogen, `src/core/Basics/Song.cpp`); what a
song leaves out has defaults there.
"""

from collections.abc import Iterator
import html
import typing

import numpy as np

from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

VERSION = '1.2.0'
# It draws every pattern in one list; more than a person could look through.
MAX_PATTERNS = 4096
TICKS_PER_STEP = 12
_KIT = 'GMRockKit'
_STRENGTHS = ('Softest', 'Soft', 'Med', 'Hard', 'Hardest')
# Of each voice: name of its samples, volume in that kit, semitones up.
_SAMPLES = {
    'kick': ('Kick', 1.0, 0), 'snare': ('Snare', 1.02, 0),
    'closed_hat': ('HatClosed', 0.69, 0), 'floor_tom': ('TomFloor', 1.05, 0),
    'low_tom': ('Tom2', 1.0, 0), 'open_hat': ('HatOpen', 0.7, 0),
    'high_tom': ('Tom1', 1.0, 0), 'crash': ('Crash', 0.52, 0),
    'ride': ('Ride', 0.63, 0), 'cowbell': ('Cowbell', 0.57, 0),
    'high_bongo': ('Tom1', 0.8, 12), 'low_bongo': ('Tom1', 0.8, 8),
    'conga': ('Tom1', 0.9, 5), 'low_conga': ('Tom1', 0.9, 2),
}
_HATS = ('closed_hat', 'open_hat')


def _layers(samples: str, semitones: int) -> Iterator[str]:
  """Yields the samples of an instrument, from the softest on."""
  for number, strength in enumerate(_STRENGTHS):
    yield (
        f'<layer><filename>{samples}-{strength}.wav</filename>'
        f'<min>{number / len(_STRENGTHS):g}</min>'
        f'<max>{(number + 1) / len(_STRENGTHS):g}</max>'
        f'<gain>1</gain><pitch>{semitones}</pitch></layer>'
    )


def _instruments() -> Iterator[str]:
  """Yields an instrument for each voice."""
  for number, name in enumerate(voices.NAMES):
    samples, volume, semitones = _SAMPLES[name]
    yield (
        f'<instrument><id>{number}</id><name>{name.replace("_", " ")}</name>'
        # A system kit: 1 would be one that the person has installed.
        f'<drumkit>{_KIT}</drumkit><drumkitLookup>2</drumkitLookup>'
        f'<volume>{volume}</volume><isMuted>false</isMuted><pan>0</pan>'
        '<gain>1</gain><applyVelocity>true</applyVelocity>'
        '<Attack>0</Attack><Decay>0</Decay><Sustain>1</Sustain>'
        '<Release>1000</Release>'
        f'<muteGroup>{0 if name in _HATS else -1}</muteGroup>'
        '<midiOutChannel>-1</midiOutChannel>'
        f'<midiOutNote>{voices.EXEMPLAR_PITCHES[number]}</midiOutNote>'
        '<instrumentComponent><component_id>0</component_id><gain>1</gain>'
    )
    yield from _layers(samples, semitones)
    yield '</instrumentComponent></instrument>'


def _notes(
    hits: np.ndarray, dynamics: dynamics_lib.Dynamics
) -> Iterator[str]:
  """Yields the notes of a pattern, bool `[32, 14]`."""
  steps, struck = np.nonzero(hits)
  ticks = np.rint(
      (steps + dynamics.delays(steps, struck)) * TICKS_PER_STEP
  ).astype(int)
  rows = zip(
      ticks.tolist(), struck.tolist(),
      dynamics.velocities(steps, struck).tolist(),
  )
  for tick, voice, velocity in sorted(rows):
    yield (
        f'<note><position>{tick}</position><leadlag>0</leadlag>'
        f'<velocity>{velocity / 127:.4f}</velocity><pan>0</pan>'
        '<pitch>0</pitch><probability>1</probability><key>C0</key>'
        f'<length>-1</length><instrument>{voice}</instrument>'
        '<note_off>false</note_off></note>'
    )


class Writer:
  """A song that is being written."""

  def __init__(self, stream: typing.BinaryIO):
    """Takes an open file."""
    self._stream = stream
    self._names: list[str] = []
    self._tempos: list[float] = []
    self._patterns: list[str] = []

  def write(
      self, title: str, hits: np.ndarray, qpm: float,
      dynamics: dynamics_lib.Dynamics | None = None,
  ) -> None:
    """Adds patterns.

    Args:
      title: What they are called.
      hits: bool `[num_patterns, 32, 14]`.
      qpm: Their tempo.
      dynamics: How they are played; all hits alike if None.

    Raises:
      InputError: If there are too many.
    """
    dynamics = dynamics or dynamics_lib.Dynamics()
    for beat in hits:
      if len(self._names) == MAX_PATTERNS:
        raise errors.InputError(
            f'a song of Hydrogen is to have at most {MAX_PATTERNS:,} patterns. '
            'Name fewer, or single ones as my_dataset:12.'
        )
      name = f'{len(self._names) + 1:04} {title}'
      ticks = step_codes.NUM_STEPS * TICKS_PER_STEP
      # Any letter that XML can't hold is none of a name.
      shown = ''.join(c if c.isprintable() else ' ' for c in name)
      self._names.append(html.escape(shown, quote=False))
      self._tempos.append(qpm)
      self._patterns.append(
          f'<pattern><name>{self._names[-1]}</name><category>drumspace'
          f'</category><size>{ticks}</size><denominator>4</denominator>'
          f'<noteList>{"".join(_notes(beat, dynamics))}</noteList>'
          '</pattern>'
      )

  def finish(self) -> None:
    """Writes the song; one of no patterns is refused by who asked for it."""
    first = self._tempos[0] if self._tempos else defaults.QPM
    timeline = ''.join(
        f'<newBPM><BAR>{bar}</BAR><BPM>{qpm:.6g}</BPM></newBPM>'
        for bar, qpm in enumerate(self._tempos)
    )
    self._stream.write('\n'.join([
        '<?xml version="1.0" encoding="UTF-8"?>', '<song>',
        f'<version>{VERSION}</version><bpm>{first:.6g}</bpm>',
        '<volume>0.5</volume><metronomeVolume>0.5</metronomeVolume>',
        '<name>drumspace</name><author></author><notes></notes>',
        '<loopEnabled>false</loopEnabled><patternModeMode>true'
        '</patternModeMode><mode>song</mode>',
        '<isTimelineActivated>true</isTimelineActivated>',
        '<humanize_time>0</humanize_time><humanize_velocity>0'
        '</humanize_velocity><swing_factor>0</swing_factor>',
        '<componentList><drumkitComponent><id>0</id><name>Main</name>'
        '<volume>1</volume></drumkitComponent></componentList>',
        '<instrumentList>', *_instruments(), '</instrumentList>',
        '<patternList>', *self._patterns, '</patternList>',
        '<virtualPatternList/>', '<patternSequence>', *(
            f'<group><patternID>{name}</patternID></group>'
            for name in self._names
        ), '</patternSequence>',
        f'<BPMTimeLine>{timeline}</BPMTimeLine>', '</song>', '',
    ]).encode('utf-8', 'replace'))
