"""Strategies for patterns and drum maps, and patterns made by hand."""

from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np

from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

# Few different codes shrink well; all of them are drawn as well.
_CODES = st.sampled_from((0, 0, 0, 1, 2, 4, 7, 16383)) | st.integers(0, 16383)
_ROWS = (
    st.lists(_CODES, min_size=32, max_size=32)
    | st.sampled_from(([0] * 32, [16383] * 32, [0] * 31 + [1]))
)

# Shapes of batches, empty ones and none too.
BATCHES = hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3)
_DTYPES = ('u2', 'i2', 'i4', 'i8', 'u8', '>u2')

MAPS = st.sampled_from(sorted(drum_maps.builtin_maps())).map(drum_maps.load)


def code_arrays(batches=BATCHES, *, largest=step_codes.NUM_CODES - 1):
  """Step codes; few different ones, so that steps and rotations repeat."""
  elements = st.integers(0, largest) | st.sampled_from([0, 1, 255, 256])
  return st.tuples(batches, st.sampled_from(_DTYPES)).flatmap(
      lambda drawn: hnp.arrays(drawn[1], (*drawn[0], 32), elements=elements)
  )


def codes(min_size: int = 1, max_size: int = 3):
  """Step codes, uint16 `[num_patterns, 32]`."""
  return st.lists(_ROWS, min_size=min_size, max_size=max_size).map(
      lambda rows: np.array(rows, np.uint16).reshape(-1, 32)
  )


def hits(min_size: int = 1, max_size: int = 3):
  """Patterns, bool `[num_patterns, 32, 14]`."""
  return codes(min_size, max_size).map(step_codes.step_codes_to_hits)


def without_silent_end(drawn: np.ndarray) -> np.ndarray:
  """Patterns up to the last one that sounds: silence is not in the notes."""
  sounding = np.flatnonzero(drawn.any(axis=(1, 2)))
  return drawn[:sounding[-1] + 1] if len(sounding) else drawn[:1]


def hits_of(**steps) -> np.ndarray:
  """One pattern, bool `[32, 14]`, from the steps of voices by name."""
  drawn = np.zeros((32, 14), np.bool_)
  for name, struck in steps.items():
    drawn[list(struck), voices.INDEX[name]] = True
  return drawn
