"""Events of MIDI tracks, drawn by Hypothesis."""

import builders
from hypothesis import strategies as st

BYTE = st.integers(0, 127)
STATUS = st.integers(0x80, 0xBF) | st.integers(0xE0, 0xEF)


def usual(deltas: st.SearchStrategy[int]) -> st.SearchStrategy[bytes]:
  """Draws messages of channels, with running status too, tempos and meters."""
  return st.one_of(
      st.builds(builders.event, deltas, STATUS, BYTE, BYTE),
      st.builds(builders.event, deltas, BYTE, BYTE),
      st.builds(builders.event, deltas, st.integers(0xC0, 0xDF), BYTE),
      st.builds(builders.tempo, deltas, st.integers(0, 1 << 23)),
      st.builds(builders.meter, deltas, st.integers(0, 9), st.just(4)),
  )
