"""Pattern stages: NoteSequences to patterns, and patterns through filters.

Stages as in `stages`; those that need a model stand in `model_stages`.
"""

from collections.abc import Iterable
import functools

import numpy as np

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.extraction import map_choice
from drumspace_ext.extraction import one_input
from drumspace_ext.models import sampling
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import step_codes
from drumspace_ext.pipelines import stages

# The table of drums_rnn and MusicVAE, whose classes a DrumTrack is made for.
MAGENTA_MAP = 'note_seq9'
# Its dataset pipeline makes a DrumsExtractor(min_bars=7), and two bars make a
# pattern.
DRUMS_RNN_REPEATS = 4


class LoopExtractor(stages.SongReader):
  """NoteSequence -> the patterns that it plays three times in a row or more.

  One pattern NoteSequence of each rotation class, in the phase of most loops.
  Its counts are those of a dataset's report, with dropped notes by pitch as a
  histogram. Two songs may give one class: where what comes out is split into
  parts (by a `RandomPartition`, or `drums_rnn_create_dataset --eval_ratio`),
  `UniquePatterns` stands between, or one class is on both sides.
  """

  def _loops(self, sequence) -> list[one_input.LoopCount]:
    """Returns the best phase of each pattern; the class decides the order."""
    result = one_input.extract_sequence(sequence, '', self._recipe)
    self._counts.update(result.counts)
    if result.dropped_pitches:
      self._histograms['dropped_pitches'] = dict(result.dropped_pitches)
    if result.reason:
      raise errors.RejectedInputError(result.reason, result.detail)
    best: dict[bytes, one_input.LoopCount] = {}
    for loop in sorted(
        result.loop_counts, key=lambda l: (-l.num_loops, l.phase)
    ):
      best.setdefault(loop.canonical, loop)
    self._classes = frozenset(best)
    return [best[canonical] for canonical in sorted(best)]

  def _outputs(self, sequence) -> Iterable:
    for number, loop in enumerate(self._loops(sequence), 1):
      codes = step_codes.bytes_to_codes(loop.phase)
      yield stages.derive(
          sequence, step_codes.step_codes_to_hits(codes), f'loop/{number}',
          repeats=self._repeats,
          qpm=(loop.min_qpm + loop.max_qpm) / 2,
      )


class DrumTrackExtractor(LoopExtractor):
  """NoteSequence -> `note_seq.DrumTrack`s of its loops, for an EncoderPipeline.

  It stands where Magenta's own graphs have Quantizer and DrumsExtractor.
  """

  def __init__(
      self, recipe: one_input.Recipe | None = None, *, repeats: int = 1,
      drum_map: drum_maps.DrumMap | None = None, name: str | None = None,
  ):
    """Makes the stage.

    Args:
      recipe: See `LoopExtractor`.
      repeats: Likewise.
      drum_map: Whose pitches the DrumTracks have; if None, the classes that
        drums_rnn and MusicVAE know (`note_seq9`).
      name: See `stages.Stage`.
    """
    super().__init__(recipe, repeats=repeats, name=name)
    self._drum_map = drum_map or drum_maps.load(MAGENTA_MAP)

  @property
  def output_type(self) -> type:
    """`note_seq.DrumTrack`."""
    import note_seq

    return note_seq.DrumTrack

  def _outputs(self, sequence) -> Iterable:
    for loop in self._loops(sequence):
      codes = np.tile(step_codes.bytes_to_codes(loop.phase), self._repeats)
      yield drum_tracks.to_drum_track(codes, self._drum_map)


class BarCutter(stages.SongReader):
  """NoteSequence -> every two bars from its start, the last ones padded.

  For what is too short to hold a loop, as the outputs of drums_rnn are. Two
  bars are 32 steps whatever the meter, so that of a recipe `meters` and all
  that is said of loops do not count here.
  """

  def _outputs(self, sequence) -> Iterable:
    # What holds no drums has no bars, where `to_patterns` gives silence.
    onsets = note_sequences.to_onsets(sequence, **self._recipe.drums())
    choice = map_choice.of(self._recipe, onsets.pitches)
    self._counts.update(choice.counts)
    cut = note_sequences.to_patterns(
        sequence, drum_map=choice.recipe.drum_map,
        **self._recipe.drums(),
        steps_per_quarter=self._recipe.steps_per_quarter,
        align=self._recipe.align,
    )
    for number, hits in enumerate(cut, 1):
      yield stages.derive(
          sequence, hits, f'bars/{number}', repeats=self._repeats
      )


class UniquePatterns(stages.Stage):
  """Pattern NoteSequence -> itself, if no rotation of it came before.

  The one stage that remembers: which of several equal patterns goes on, with
  its phase and tempo, depends on their order, and each process has a memory of
  its own.
  """

  is_unique = True

  def __init__(self, *, name: str | None = None):
    """Makes the stage, which has seen nothing."""
    super().__init__(name)
    self._seen: set[bytes] = set()

  def _outputs(self, sequence) -> Iterable:
    hits, _ = stages.pattern_of(sequence)
    packed = step_codes.codes_to_bytes(step_codes.hits_to_step_codes(hits))
    canonical = step_codes.canonical_bytes(packed)
    if canonical in self._seen:
      raise errors.RejectedInputError('repeated_pattern')
    self._seen.add(canonical)
    yield sequence


class VoiceMapper(stages.Stage):
  """Pattern NoteSequence -> the same, written in another drum map.

  The last of our stages in a chain, for the others read `gm14`. It counts the
  hits that the map has no room for.
  """

  def __init__(
      self, drum_map: drum_maps.DrumMap, *,
      dynamics: dynamics_lib.Dynamics | None = None, name: str | None = None,
  ):
    """Makes the stage.

    Args:
      drum_map: How patterns are written.
      dynamics: How they are played, with the voices that they have before; all
        alike and on the grid if None.
      name: See `stages.Stage`.
    """
    super().__init__(name)
    self._drum_map, self._dynamics = drum_map, dynamics

  def _outputs(self, sequence) -> Iterable:
    hits, repeats = stages.pattern_of(sequence)
    lost = int(hits.sum()) - int(self._drum_map.folded(hits).sum())
    self._counts['hits'] += int(hits.sum())
    self._counts['hits_lost'] += lost
    mapped = stages.derive(
        sequence, hits, self._drum_map.name, repeats=repeats,
        drum_map=self._drum_map, dynamics=self._dynamics,
    )
    mapped.text_annotations.extend(sequence.text_annotations)
    yield mapped


class DrumsRnnWriter(VoiceMapper):
  """Pattern NoteSequence -> the same, as drums_rnn_create_dataset takes it.

  Written in the classes that drums_rnn knows (`note_seq9`), and played often
  enough. A pattern with a bar of silence in it, be it across its ends, is left
  out, for drums_rnn's DrumsExtractor would cut it into pieces too short for it.
  """

  def __init__(
      self, *, repeats: int = 1,
      dynamics: dynamics_lib.Dynamics | None = None, name: str | None = None,
  ):
    """Makes the stage.

    Args:
      repeats: How often a pattern is played, at least 4 times all the same.
      dynamics: See `VoiceMapper`.
      name: See `stages.Stage`.
    """
    super().__init__(
        drum_maps.load(MAGENTA_MAP), dynamics=dynamics, name=name
    )
    self._repeats = max(repeats, DRUMS_RNN_REPEATS)

  def _outputs(self, sequence) -> Iterable:
    hits, repeats = stages.pattern_of(sequence)
    struck = np.flatnonzero(self._drum_map.folded(hits).any(1))
    if not len(struck):
      raise errors.RejectedInputError('bar_of_silence', 'it is all silent')
    # Silent steps between each hit and the next, across the ends too.
    rests = np.diff(struck, append=struck[0] + step_codes.NUM_STEPS) - 1
    if rests.max() >= step_codes.STEPS_PER_BAR:
      raise errors.RejectedInputError(
          'bar_of_silence', f'{rests.max()} silent steps in a row'
      )
    for mapped in super()._outputs(stages.derive(
        sequence, hits, 'drums_rnn', repeats=max(repeats, self._repeats)
    )):
      mapped.text_annotations.extend(sequence.text_annotations)
      yield mapped


class PatternFilter(stages.Stage):
  """Pattern NoteSequence -> itself, if it is neither trivial nor known.

  The published filters: an entropy of 0.9 nats or more, and no rotation of it
  among the known patterns.
  """

  def __init__(
      self, *, examples_path: str | None = None,
      known_classes: np.ndarray | None = None, name: str | None = None,
  ):
    """Makes the stage.

    Args:
      examples_path: Patterns that are known, as `dataset.examples.load` reads
        them when the first input comes; none if None.
      known_classes: Instead, digests of their classes, as
        `step_codes.class_digests` gives them.
      name: See `stages.Stage`.
    """
    super().__init__(name)
    if examples_path is not None and known_classes is not None:
      raise errors.InputError('give examples_path or known_classes, not both.')
    self._examples_path = examples_path
    self._given = known_classes

  @functools.cached_property
  def known_classes(self) -> np.ndarray:
    """Digests of the classes that are refused, uint64, sorted."""
    if self._examples_path is not None:
      codes = examples.load(self._examples_path).codes
      return np.sort(step_codes.class_digests(codes))
    if self._given is not None:
      return np.sort(np.asarray(self._given, np.uint64))
    return np.zeros(0, np.uint64)

  def _outputs(self, sequence) -> Iterable:
    hits, _ = stages.pattern_of(sequence)
    verdict = sampling.judge(np.zeros((1, 0)), hits[None], self.known_classes)
    if verdict.trivial[0]:
      raise errors.RejectedInputError('trivial_pattern')
    if verdict.known[0]:
      raise errors.RejectedInputError('known_pattern')
    yield sequence
