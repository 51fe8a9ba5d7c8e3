"""What is played in a MIDI file of one track, for the tests."""

import io

import mido
import numpy as np


def notes(content: bytes) -> np.ndarray:
  """Returns (tick, pitch, velocity) of its notes, by pitch and then by tick."""
  tick, found = 0, []
  for message in mido.MidiFile(file=io.BytesIO(content)).tracks[0]:
    tick += message.time
    if message.type == 'note_on' and message.velocity:
      found.append((tick, message.note, message.velocity))
  return np.array(sorted(found, key=lambda note: (note[1], note[0])))
