"""Stages: small steps from NoteSequences to NoteSequences, to be chained.

A *stage* is a plain object with

  name         what it and its counts are called,
  input_type   the class of what it takes,
  output_type  the class of what it gives,
  transform    from one input to the list of its outputs,
  counts       of the last transform: counter name to int,
  histograms   of the last transform: name to (number to int),
  rejection    of the last transform: why it gave nothing, or None.

It remembers nothing from one transform to the next, so that the outputs depend
on neither order nor sharding (`pattern_stages.UniquePatterns` alone has to);
whoever runs it sums the counts. Each input is
accounted for: `inputs` is 1, and either `outputs` is more than 0 or there is
one `rejected_REASON`, a key of `rejections.REASONS`.

Nothing here knows of Magenta; `magenta.as_magenta_pipeline` makes a
real pipeline of any stage. The stages themselves stand in `pattern_stages` and,
where they need a model, in `model_stages`.

A *pattern NoteSequence* plays one two-bar pattern, once or several times.
"""

import abc
import collections
from collections.abc import Iterable
from collections.abc import Mapping
import copy
import functools
import hashlib
import types
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.extraction import reading
from drumspace_ext.extraction import recipes
from drumspace_ext.files import reader_faults
from drumspace_ext.notes import music_proto
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib

if typing.TYPE_CHECKING:
  import note_seq

REJECTED = 'rejected_'


def sequence_name(sequence: 'note_seq.NoteSequence') -> str:
  """Returns the id of a NoteSequence, or else its file name, or a digest.

  The pieces that Magenta's splitters make of one NoteSequence have one id; what
  tells them apart is the second at which they begin.
  """
  name = sequence.id or reading.file_name_of(sequence)
  if not name:
    content = sequence.SerializeToString(deterministic=True)
    return f'sha1:{hashlib.sha1(content).hexdigest()}'
  offset = sequence.subsequence_info.start_time_offset
  return f'{name}@{offset:g}s' if offset else name


class Stage(abc.ABC):
  """What all stages have in common; a subclass has a `_outputs`.

  Attributes:
    may_repeat: Whether several inputs may give patterns of one rotation class.
    is_unique: Whether each rotation class comes once.
    reads_songs: Whether it takes any NoteSequence, read by a recipe; the others
      take patterns as they are written here, in `gm14`.
  """

  may_repeat = False
  is_unique = False
  reads_songs = False

  def __init__(self, name: str | None = None):
    """Names the stage.

    Args:
      name: What to call it; its class if None. Two stages of one chain need
        two names.
    """
    self._name = name or type(self).__name__
    self._counts: collections.Counter[str] = collections.Counter()
    self._histograms: dict[str, dict[int, int]] = {}
    self._classes: frozenset[bytes] = frozenset()
    self._rejection: errors.RejectedInputError | None = None

  @property
  def name(self) -> str:
    """What the stage and its counts are called."""
    return self._name

  @property
  def input_type(self) -> type:
    """The class of what it takes."""
    return music_proto.note_sequence_class()

  @property
  def output_type(self) -> type:
    """The class of what it gives."""
    return music_proto.note_sequence_class()

  @property
  def for_patterns(self) -> 'Stage':
    """What does the same with pattern NoteSequences as they are written here.
    """
    return self

  @property
  def counts(self) -> Mapping[str, int]:
    """Of the last transform, by counter; a new mapping each time."""
    return types.MappingProxyType(dict(self._counts))

  @property
  def histograms(self) -> Mapping[str, Mapping[int, int]]:
    """Of the last transform, by name: how often each number was seen."""
    return types.MappingProxyType(dict(self._histograms))

  @property
  def classes(self) -> frozenset[bytes]:
    """Rotation classes of the last outputs, where the stage knows them."""
    return self._classes

  @property
  def rejection(self) -> errors.RejectedInputError | None:
    """Why the last transform gave nothing; None if it gave something."""
    return self._rejection

  def transform(self, input_object: object) -> list:
    """Returns the outputs of one input; none, if something is wrong with it.

    Raises:
      InputError: If the input is of another type.
    """
    if not isinstance(input_object, self.input_type):
      raise errors.InputError(
          f'{self.name} takes a {self.input_type.__name__}, got a '
          f'{type(input_object).__name__}.'
      )
    self._counts = collections.Counter(inputs=1)
    self._rejection = None
    self._histograms, self._classes = {}, frozenset()
    try:
      with reader_faults.rejected():
        outputs = list(self._outputs(input_object))
    except errors.RejectedInputError as e:
      outputs, self._rejection = [], e
      self._counts[REJECTED + e.reason] += 1
    self._counts['outputs'] = len(outputs)
    return outputs

  @abc.abstractmethod
  def _outputs(self, sequence) -> Iterable:
    """Yields at least one output, or raises RejectedInputError."""


class SongReader(Stage):
  """What stages that read NoteSequences by a recipe share."""

  may_repeat = True
  reads_songs = True

  def __init__(
      self, recipe: recipes.Recipe | None = None, *, repeats: int = 1,
      name: str | None = None,
  ):
    """Makes the stage.

    Args:
      recipe: How NoteSequences are read; by default as published.
      repeats: How often a pattern is played in what comes out; drums_rnn's
        DrumsExtractor needs 4.
      name: See `Stage`.
    """
    super().__init__(name)
    self._recipe = recipe or recipes.Recipe()
    self._repeats = repeats

  @functools.cached_property
  def for_patterns(self) -> Stage:
    """The same without what the recipe says of the notes of songs."""
    twin = copy.copy(self)
    twin._recipe = self._recipe.for_patterns()
    return twin


def pattern_of(
    sequence: 'note_seq.NoteSequence',
    drum_map: drum_maps.DrumMap | None = None,
) -> tuple[np.ndarray, int]:
  """Returns the pattern that a pattern NoteSequence plays, and how often.

  An end that is cut (a drums_rnn output ends with its last note) is silence.

  Returns:
    (hits, repeats): bool `[32, 14]`, and a number of at least 1.

  Raises:
    RejectedInputError: If it plays several patterns, or can't be read.
  """
  hits = note_sequences.to_patterns(sequence, drum_map=drum_map)
  if (hits != hits[0]).any():
    raise errors.RejectedInputError(
        'not_one_pattern',
        f'{len(hits)} times two bars, which are not all alike',
    )
  return hits[0], len(hits)


def derive(
    sequence: 'note_seq.NoteSequence', hits: np.ndarray, suffix: str, *,
    repeats: int = 1, drum_map: drum_maps.DrumMap | None = None,
    qpm: float | None = None, dynamics: dynamics_lib.Dynamics | None = None,
) -> 'note_seq.NoteSequence':
  """Returns a pattern NoteSequence that comes from another NoteSequence.

  Args:
    sequence: Where it comes from: its tempo, genres and file name are kept.
    hits: bool `[32, 14]`.
    suffix: What its id ends with, behind that of `sequence`.
    repeats: How often it is played.
    drum_map: How it is written; `gm14` if None.
    qpm: Its tempo; that of `sequence` if None.
    dynamics: How it is played; all alike and on the grid if None.
  """
  low, high = note_sequences.QPM_LIMITS
  derived = note_sequences.from_patterns(
      hits, drum_map=drum_map, repeats=repeats, dynamics=dynamics,
      qpm=note_sequences.qpm_of(sequence) if qpm is None
      else min(max(qpm, low), high),
      sequence_id=f'{sequence_name(sequence)}/{suffix}',
      genres=sequence.sequence_metadata.genre,
  )
  derived.filename = sequence.filename
  derived.collection_name = sequence.collection_name
  return derived
