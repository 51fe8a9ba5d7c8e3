"""The stage that plays: a pattern -> the same, with velocities and timing.

A stage as in `stages`. Nothing that comes after it sees another pattern: a hit
stays within half a step of its own.
"""

from collections.abc import Iterable

from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.pipelines import stages


class PatternPlayer(stages.Stage):
  """Pattern NoteSequence -> the same pattern, played.

  The last one of ours: the other stages write patterns anew, all alike. Only
  those that let one through as it is (`PatternFilter`, `UniquePatterns`) may
  follow.
  """

  def __init__(
      self, dynamics: dynamics_lib.Dynamics, *,
      drum_map: drum_maps.DrumMap | None = None, name: str | None = None,
  ):
    """Makes the stage.

    Args:
      dynamics: How hits are played.
      drum_map: How patterns are written in what comes in, and in what goes out;
        `gm14` if None.
      name: See `stages.Stage`.
    """
    super().__init__(name)
    self._dynamics, self._drum_map = dynamics, drum_map

  def _outputs(self, sequence) -> Iterable:
    hits, repeats = stages.pattern_of(sequence, self._drum_map)
    played = note_sequences.from_patterns(
        hits, qpm=note_sequences.qpm_of(sequence), dynamics=self._dynamics,
        drum_map=self._drum_map, repeats=repeats,
        sequence_id=stages.sequence_name(sequence),
        genres=sequence.sequence_metadata.genre,
    )
    played.filename = sequence.filename
    played.collection_name = sequence.collection_name
    played.text_annotations.extend(sequence.text_annotations)
    yield played
