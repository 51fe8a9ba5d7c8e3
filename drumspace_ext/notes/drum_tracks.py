"""DrumTracks and drums_rnn primers: note_seq's and Magenta's own drum forms.

A `note_seq.DrumTrack` is a list of frozensets of MIDI pitches, one a step. A
primer is the string that `drums_rnn_generate --primer_drums` takes: a Python
list of tuples of pitches, such as `[(36, 42), (), (42,)]`. Both are grids of
any length here; `note_sequences.cut_patterns` makes patterns of them.
"""

import ast
from collections.abc import Collection
from collections.abc import Iterable
import typing
import warnings

import numpy as np

from drumspace_ext import errors
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import map_fit
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  import note_seq

MAX_PRIMER_CHARS = 1 << 17


def codes_to_events(
    codes: np.ndarray, drum_map: drum_maps.DrumMap | None = None
) -> list[frozenset[int]]:
  """Returns a set of MIDI pitches for each step.

  Args:
    codes: Step codes, integer `[num_steps]`.
    drum_map: How voices are written; `gm14` if None.
  """
  drum_map = drum_map or drum_maps.load(drum_maps.GM14)
  rows = drum_map.folded(step_codes.step_codes_to_rows(np.asarray(codes)))
  return [frozenset(drum_map.exemplar_array[row].tolist()) for row in rows]


def events_to_codes(
    events: Iterable[Collection[int]], drum_map: drum_maps.DrumMap | None = None
) -> np.ndarray:
  """Returns a step code for each set of MIDI pitches.

  Args:
    events: An iterable of sets of pitches; a `DrumTrack` is one.
    drum_map: How pitches are read; `gm14` if None. Pitches without a voice are
      left out.

  Returns:
    uint16 `[num_steps]`.

  Raises:
    PatternError: If a pitch is not in 0..127.
  """
  drum_map = drum_map or drum_maps.load(drum_maps.GM14)
  if drum_map.chooses:
    events = list(events)
    drum_map = map_fit.chosen(drum_map, np.array(
        [p for event in events for p in event if 0 <= p <= 127], np.int64
    ))
  table = drum_map.code_of_pitch
  codes = []
  for step, event in enumerate(events):
    code = 0
    for pitch in event:
      if not 0 <= pitch <= 127:
        raise errors.PatternError(
            f'step {step} has pitch {pitch}; MIDI pitches are 0 to 127.'
        )
      code |= int(table[pitch])
    codes.append(code)
  return np.array(codes, np.uint16)


def to_drum_track(
    codes: np.ndarray, drum_map: drum_maps.DrumMap | None = None
) -> 'note_seq.DrumTrack':
  """Returns a `note_seq.DrumTrack` of some step codes, integer `[num_steps]`.

  It has 4 steps a quarter and 16 a bar, and all its steps, silent ones at the
  end too (`DrumTrack.to_sequence` cuts those off).
  """
  import note_seq

  return note_seq.DrumTrack(
      codes_to_events(codes, drum_map),
      steps_per_bar=step_codes.STEPS_PER_BAR,
      steps_per_quarter=step_codes.STEPS_PER_QUARTER,
  )


def format_primer(
    codes: np.ndarray, drum_map: drum_maps.DrumMap | None = None
) -> str:
  """Writes step codes, integer `[num_steps]`, as a drums_rnn primer."""
  events = codes_to_events(codes, drum_map)
  return repr([tuple(sorted(event)) for event in events])


def parse_primer(text: str) -> list[frozenset[int]]:
  """Reads a drums_rnn primer; nothing in it is evaluated.

  Raises:
    InputError: If it is no list of tuples of MIDI pitches.
  """
  if len(text) > MAX_PRIMER_CHARS:
    raise errors.InputError(
        f'a primer of {len(text)} characters; at most {MAX_PRIMER_CHARS} are '
        'read.'
    )
  try:
    with warnings.catch_warnings():
      # Of "1is" and the like, which is no value anyway.
      warnings.simplefilter('ignore')
      steps = ast.literal_eval(text.strip())
  except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
    steps = None
  if not isinstance(steps, (list, tuple)) or not steps or not all(
      isinstance(step, (list, tuple, set, frozenset))
      and all(type(pitch) is int and 0 <= pitch <= 127 for pitch in step)
      for step in steps
  ):
    raise errors.InputError(
        f'expected a drums_rnn primer such as "[(36, 42), (), (42,)]", got '
        f'{text.strip()[:60]!r}.'
    )
  return [frozenset(step) for step in steps]
