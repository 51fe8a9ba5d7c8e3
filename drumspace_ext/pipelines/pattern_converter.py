"""A converter with the shapes of MusicVAE's data converters.

MusicVAE trains on what `to_tensors(note_sequence)` gives and turns samples back
with `from_tensors`. `PatternConverter` has the same methods over patterns, so
that code written for a `DrumsConverter` finds its way here.
"""

import collections
from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.extraction import one_input
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes

if typing.TYPE_CHECKING:
  import note_seq

# The fields of magenta.models.music_vae.data.ConverterTensors.
ConverterTensors = collections.namedtuple(
    'ConverterTensors', ['inputs', 'outputs', 'controls', 'lengths']
)


class PatternConverter:
  """Turns NoteSequences into pattern tensors and back.

  Attributes:
    input_depth: Voices of a step.
    output_depth: The same.
    control_depth: 0; patterns have no controls.
    end_token: None; patterns have a fixed length.
  """

  input_depth = step_codes.NUM_VOICES
  output_depth = step_codes.NUM_VOICES
  control_depth = 0
  end_token = None

  def __init__(
      self, *, loops_only: bool = False,
      drum_map: drum_maps.DrumMap | None = None,
      qpm: float = onsets_lib.DEFAULT_QPM,
  ):
    """Makes a converter.

    Args:
      loops_only: Give only patterns that are played three times in a row, once
        each, as extraction does; otherwise every two bars from the start.
      drum_map: How pitches are read and written; `gm14` if None.
      qpm: Tempo of what `from_tensors` makes.
    """
    self._drum_map = drum_map or drum_maps.load(drum_maps.GM14)
    self._loops_only = loops_only
    self._qpm = qpm

  def __repr__(self) -> str:
    return (
        f'PatternConverter(loops_only={self._loops_only}, '
        f'drum_map={self._drum_map!r}, qpm={self._qpm:g})'
    )

  def to_tensors(
      self, note_sequence: 'note_seq.NoteSequence'
  ) -> ConverterTensors:
    """Returns the patterns of a NoteSequence.

    Args:
      note_sequence: A NoteSequence.

    Returns:
      `inputs` and `outputs` are lists of bool `[32, 14]`, `controls` a list of
      empty arrays `[32, 0]`, `lengths` a list of 32s. All are empty if the
      NoteSequence can't be read, holds no pattern, or its drums are in other
      meters.
    """
    try:
      hits = list(self._patterns(note_sequence))
    except errors.RejectedInputError:
      hits = []
    controls = [np.zeros((step_codes.NUM_STEPS, 0)) for _ in hits]
    return ConverterTensors(
        inputs=hits, outputs=hits, controls=controls,
        lengths=[step_codes.NUM_STEPS] * len(hits),
    )

  def _patterns(self, note_sequence):
    if not self._loops_only:
      one_input.refuse_other_meters(note_sequence, self._drum_map)
      hits = note_sequences.to_patterns(note_sequence, drum_map=self._drum_map)
      return [pattern for pattern in hits if pattern.any()]
    recipe = one_input.Recipe(drum_map=self._drum_map)
    result = one_input.extract(
        note_sequences.to_onsets(note_sequence), '', recipe
    )
    phases: dict[bytes, bytes] = {}
    for loop in sorted(
        result.loop_counts, key=lambda loop: (-loop.num_loops, loop.phase)
    ):
      phases.setdefault(loop.canonical, loop.phase)
    return [
        step_codes.step_codes_to_hits(step_codes.bytes_to_codes(phase))
        for phase in phases.values()
    ]

  def from_tensors(
      self, samples: Sequence[np.ndarray],
      controls: Sequence[np.ndarray] | None = None,
  ) -> list:
    """Returns a NoteSequence of exactly two bars for each sample.

    Args:
      samples: Patterns, bool or 0 and 1, `[num_samples, 32, 14]`.
      controls: Ignored; MusicVAE passes it.
    """
    del controls
    return [
        note_sequences.from_patterns(
            np.asarray(sample) > 0.5, qpm=self._qpm, drum_map=self._drum_map
        )
        for sample in samples
    ]
