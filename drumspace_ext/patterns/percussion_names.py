"""Percussion names: what General MIDI calls the pitches of its drum channel.

Pitches 35 to 81 are those of General MIDI 1, the others around them of General
MIDI 2. The fourteen voices of patterns are in `voices`; this is
for people who read which notes stand for none of them.
"""

from drumspace_ext.patterns import voices

_FIRST = 27
GM1_PITCHES = range(35, 82)
_NAMES = (
    'High Q', 'Slap', 'Scratch Push', 'Scratch Pull', 'Sticks',
    'Square Click', 'Metronome Click', 'Metronome Bell',
    'Acoustic Bass Drum', 'Bass Drum 1', 'Side Stick', 'Acoustic Snare',
    'Hand Clap', 'Electric Snare', 'Low Floor Tom', 'Closed Hi-Hat',
    'High Floor Tom', 'Pedal Hi-Hat', 'Low Tom', 'Open Hi-Hat', 'Low-Mid Tom',
    'Hi-Mid Tom', 'Crash Cymbal 1', 'High Tom', 'Ride Cymbal 1',
    'Chinese Cymbal', 'Ride Bell', 'Tambourine', 'Splash Cymbal', 'Cowbell',
    'Crash Cymbal 2', 'Vibraslap', 'Ride Cymbal 2', 'Hi Bongo', 'Low Bongo',
    'Mute Hi Conga', 'Open Hi Conga', 'Low Conga', 'High Timbale',
    'Low Timbale', 'High Agogo', 'Low Agogo', 'Cabasa', 'Maracas',
    'Short Whistle', 'Long Whistle', 'Short Guiro', 'Long Guiro', 'Claves',
    'Hi Wood Block', 'Low Wood Block', 'Mute Cuica', 'Open Cuica',
    'Mute Triangle', 'Open Triangle', 'Shaker', 'Jingle Bell', 'Bell Tree',
    'Castanets', 'Mute Surdo', 'Open Surdo',
)
GM2_PITCHES = range(_FIRST, _FIRST + len(_NAMES))


def named(pitch: int | str) -> str:
  """Returns a drum pitch with its name, `69 Cabasa`; alone if it has none."""
  number = int(pitch) - _FIRST if str(pitch).isdecimal() else -1
  if 0 <= number < len(_NAMES):
    return f'{pitch} {_NAMES[number]}'
  return str(pitch)


def of_no_voice(pitch: int) -> str:
  """Returns a drum pitch, with its name where it stands for no voice."""
  known = any(pitch in pitches for pitches in voices.PITCHES.values())
  return str(pitch) if known else named(pitch)
