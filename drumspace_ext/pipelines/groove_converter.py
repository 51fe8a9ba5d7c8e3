"""A converter with the tensors of GrooVAE's GrooveConverter, without Magenta.

`groove_tensors` describes them: hits, velocities and offsets, `[32, 27]` for
its nine classes. `music_vae_train --config=groovae_...` takes our records as
they are, where they are written in its drum map (`--voices_out=groovae9`).
"""

from collections.abc import Sequence
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext import suggestions
from drumspace_ext.extraction import one_input
from drumspace_ext.magenta_models import groove_tensors
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.notes import played_patterns
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices
from drumspace_ext.pipelines import pattern_converter

if typing.TYPE_CHECKING:
  import note_seq


class GrooveConverter:
  """Turns NoteSequences into groove tensors of two bars and back.

  Attributes:
    voice_names: Voices of the classes, in their order.
    input_depth: Three numbers a class.
    output_depth: The same.
    control_depth: 0; there are no controls.
    end_token: None; patterns have a fixed length.
  """

  control_depth = 0
  end_token = None

  def __init__(
      self, voice_names: Sequence[str] = groove_tensors.CLASSES, *,
      drum_map: drum_maps.DrumMap | None = None,
      qpm: float = onsets_lib.DEFAULT_QPM,
  ):
    """Makes a converter.

    Args:
      voice_names: Voices of the classes: GrooVAE's nine; or others, as
        `voices.NAMES`, all 14.
      drum_map: How pitches are read and written. If None, with GrooVAE's nine
        its own, and pitches that it lacks as in `gm14`; else `gm14`.
      qpm: Tempo of what `from_tensors` makes.

    Raises:
      InputError: If there is no such voice.
    """
    for name in voice_names:
      suggestions.one_of('voice_names', name, voices.NAMES)
    if not voice_names or len(set(voice_names)) < len(voice_names):
      raise errors.InputError(
          'voice_names must be voices, each once, got '
          f'{", ".join(voice_names) or "none"}.'
      )
    self.voice_names = tuple(voice_names)
    self.input_depth = self.output_depth = (
        groove_tensors.NUM_PARTS * len(self.voice_names)
    )
    is_theirs = self.voice_names == groove_tensors.CLASSES
    self._drum_map = drum_map or (
        groove_tensors.drum_map() if is_theirs
        else drum_maps.load(drum_maps.GM14)
    )
    self._qpm = qpm

  def __repr__(self) -> str:
    return (
        f'GrooveConverter(classes={len(self.voice_names)}, '
        f'drum_map={self._drum_map!r}, qpm={self._qpm:g})'
    )

  def to_tensors(
      self, note_sequence: 'note_seq.NoteSequence'
  ) -> pattern_converter.ConverterTensors:
    """Returns every two bars of a NoteSequence that sound.

    Args:
      note_sequence: A NoteSequence.

    Returns:
      `inputs` and `outputs` are lists of float32 `[32, 3 * num_classes]`,
      `controls` a list of empty arrays `[32, 0]`, `lengths` a list of 32s. All
      are empty if the NoteSequence can't be read, or its drums are in other
      meters.
    """
    try:
      one_input.refuse_other_meters(note_sequence, self._drum_map)
      hits, groove = played_patterns.read(
          note_sequence, drum_map=self._drum_map
      )
      tensors = groove_tensors.of_patterns(hits, groove, self.voice_names)
    except errors.RejectedInputError:
      tensors = np.zeros((0, step_codes.NUM_STEPS, self.input_depth))
    found = [tensor for tensor in tensors if tensor.any()]
    return pattern_converter.ConverterTensors(
        inputs=found, outputs=found,
        controls=[np.zeros((step_codes.NUM_STEPS, 0)) for _ in found],
        lengths=[step_codes.NUM_STEPS] * len(found),
    )

  def from_tensors(
      self, samples: Sequence[np.ndarray],
      controls: Sequence[np.ndarray] | None = None,
  ) -> 'list[note_seq.NoteSequence]':
    """Returns a NoteSequence of exactly two bars for each sample.

    note_seq quantizes each to the sample's own hits: no note comes before the
    start, or as late as half a step.

    Args:
      samples: Groove tensors, `[num_samples, 32, 3 * num_classes]`.
      controls: Ignored; MusicVAE passes it.

    Raises:
      PatternError: If a sample has another shape.
    """
    del controls
    result = []
    for sample in samples:
      hits, groove = groove_tensors.to_patterns(sample, self.voice_names)
      result.append(note_sequences.from_patterns(
          hits, qpm=self._qpm, drum_map=self._drum_map,
          dynamics=played_patterns.as_played(groove),
      ))
    return result
