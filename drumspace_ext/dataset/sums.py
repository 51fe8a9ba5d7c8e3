"""Merging: what many inputs say together, of a run and of one pattern.

Everything here is a sum that does not depend on the order or the grouping of
what is added, so that it can be taken on many machines. An *occurrence* is the
row of one phase of one pattern in one input, plain values in this order:
canonical, phase, is_first, input_id, file_name, num_loops, num_repeats,
min_qpm, max_qpm, genres, num_near_loops, num_near_repeats, num_flips,
max_flips, groove (see `one_input.LoopCount`). Of the phases of a pattern in an
input one is first: it counts the input and its genres (with `|` between them).
"""

import collections
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import json
import typing

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import genres as genres_lib
from drumspace_ext.extraction import near_hints
from drumspace_ext.extraction import one_input
from drumspace_ext.files import local_paths
from drumspace_ext.patterns import groove_sums

Occurrence = tuple[
    bytes, bytes, int, str, str, int, int, float, float, str, int, int, int,
    int, bytes,
]
# canonical, phase, num_inputs, num_loops, num_repeats, min_qpm, max_qpm, as
# JSON inputs by genre, input ids and file names, and the last five of an
# occurrence.
MergedRow = tuple[
    bytes, bytes, int, int, int, float, float, str, str, str, int, int, int,
    int, bytes,
]
# input id, reason, detail
Rejected = tuple[str, str, str]
_Key = typing.TypeVar('_Key')


def labels(
    result: one_input.InputResult,
    genre_table: Mapping[str, frozenset[str]],
) -> list[str]:
  """Returns the genre labels of an input, sorted.

  Args:
    result: The verdict on it.
    genre_table: Further labels by input id or file name.
  """
  found = set(result.genres)
  found |= genres_lib.of_text(f'{result.input_id} / {result.file_name}')
  for key in (result.input_id, result.file_name):
    found |= genre_table.get(key, frozenset())
  return sorted(found)


def occurrences(
    result: one_input.InputResult, genres: Sequence[str]
) -> list[Occurrence]:
  """Returns the occurrences of an input with patterns and its labels."""
  input_id = local_paths.in_utf_8(result.input_id)
  file_name = local_paths.in_utf_8(result.file_name)
  joined, seen, rows = '|'.join(genres), set(), []
  for loop in result.loop_counts:
    rows.append((
        loop.canonical, loop.phase, int(loop.canonical not in seen), input_id,
        file_name, loop.num_loops, loop.num_repeats, loop.min_qpm,
        loop.max_qpm, joined, loop.num_near_loops, loop.num_near_repeats,
        loop.num_flips, loop.max_flips, loop.groove,
    ))
    seen.add(loop.canonical)
  return rows


def rejected(result: one_input.InputResult) -> Rejected:
  """Returns the row of an input without patterns."""
  return (
      local_paths.in_utf_8(result.input_id), result.reason or '',
      local_paths.in_utf_8(result.detail),
  )


def _add_counts(ours: dict[_Key, int], theirs: Mapping[_Key, int]) -> None:
  for key, count in theirs.items():
    ours[key] = ours.get(key, 0) + count


class ClassSum:
  """What is known of one rotation class."""

  __slots__ = (
      'loops_by_phase', 'ids', 'names', 'genres', 'num_inputs', 'num_repeats',
      'min_qpm', 'max_qpm', 'near', 'max_flips', 'groove',
  )

  def __init__(self) -> None:
    self.loops_by_phase: dict[bytes, int] = {}
    self.ids: set[str] = set()
    self.names: set[str] = set()
    self.genres: dict[str, int] = {}
    self.num_inputs = self.num_repeats = 0
    self.min_qpm, self.max_qpm = float('inf'), 0.0
    # Near loops, near repeats, flips.
    self.near = (0, 0, 0)
    self.max_flips = 0
    self.groove = groove_sums.Total()

  def add(self, row: Occurrence) -> None:
    """Adds one occurrence."""
    (_, phase, is_first, input_id, file_name, num_loops, num_repeats, min_qpm,
     max_qpm, genres, *near, max_flips, groove) = row
    self.loops_by_phase[phase] = self.loops_by_phase.get(phase, 0) + num_loops
    self.ids.add(input_id)
    if file_name:
      self.names.add(file_name)
    if is_first:
      self.num_inputs += 1
      for label in filter(None, genres.split('|')):
        self.genres[label] = self.genres.get(label, 0) + 1
    self.num_repeats += num_repeats
    self.min_qpm = min(self.min_qpm, min_qpm)
    self.max_qpm = max(self.max_qpm, max_qpm)
    self._add_near(near, max_flips)
    self.groove.add(groove)

  def _add_near(self, near: Sequence[int], max_flips: int) -> None:
    loops, repeats, flips = near
    self.near = (
        self.near[0] + loops, self.near[1] + repeats, self.near[2] + flips
    )
    self.max_flips = max(self.max_flips, max_flips)

  def merge(self, other: 'ClassSum') -> None:
    """Adds what another sum of the same class holds."""
    _add_counts(self.loops_by_phase, other.loops_by_phase)
    _add_counts(self.genres, other.genres)
    self.ids |= other.ids
    self.names |= other.names
    self.num_inputs += other.num_inputs
    self.num_repeats += other.num_repeats
    self.min_qpm = min(self.min_qpm, other.min_qpm)
    self.max_qpm = max(self.max_qpm, other.max_qpm)
    self._add_near(other.near, other.max_flips)
    self.groove.add(other.groove.packed())

  def as_plain(self) -> tuple:
    """Returns it as built-in values, for `of_plain`."""
    *others, _ = (getattr(self, name) for name in self.__slots__)
    return *others, self.groove.packed()

  @classmethod
  def of_plain(cls, values: tuple) -> 'ClassSum':
    """Returns what `as_plain` was taken of."""
    made = cls()
    for name, value in zip(cls.__slots__, values[:-1]):
      setattr(made, name, value)
    made.groove.add(values[-1])
    return made

  def row(self, canonical: bytes) -> MergedRow:
    """Returns the merged row; the phase is that of most loops."""
    phase = min(self.loops_by_phase.items(), key=lambda i: (-i[1], i[0]))[0]
    ordered = sorted(self.genres.items(), key=lambda i: (-i[1], i[0]))
    return (
        canonical, phase, self.num_inputs, sum(self.loops_by_phase.values()),
        self.num_repeats, self.min_qpm, self.max_qpm,
        json.dumps(dict(ordered)), dataset_tsv.to_json(sorted(self.ids)),
        dataset_tsv.to_json(sorted(self.names)), *self.near, self.max_flips,
        self.groove.packed(),
    )


def _counter() -> collections.Counter:
  return dataclasses.field(default_factory=collections.Counter)


@dataclasses.dataclass
class Totals:
  """The counts of a run, for its report.

  Attributes:
    num_inputs: Inputs.
    num_kept: Those with patterns.
    counts: What was found on the way, by name (see `one_input.InputResult`).
    rejected: Inputs without patterns, by reason.
    dropped_pitches: Notes of pitches that stand for no voice, by pitch.
    other_meters: Sections in other meters than 4/4, by meter.
    genres: Inputs with patterns, by genre label.
    skipped: Files that are no inputs, by extension.
    remarked: Inputs by `kind TAB input id TAB detail` of what is said of them,
      whether they have patterns or not.
    tried: Tries of inputs without a loop, see `near_hints`.
  """

  num_inputs: int = 0
  num_kept: int = 0
  counts: collections.Counter = _counter()
  rejected: collections.Counter = _counter()
  dropped_pitches: collections.Counter = _counter()
  other_meters: collections.Counter = _counter()
  genres: collections.Counter = _counter()
  skipped: collections.Counter = _counter()
  remarked: collections.Counter = _counter()
  tried: collections.Counter = _counter()

  def add(
      self, result: one_input.InputResult, genres: Sequence[str] = ()
  ) -> None:
    """Adds one input and, if it has patterns, its genre labels."""
    self.num_inputs += 1
    # `Counter.update` takes five times as long for the few there are.
    _add_counts(self.counts, result.counts)
    _add_counts(self.dropped_pitches, result.dropped_pitches)
    _add_counts(self.other_meters, result.other_meters)
    for kind, detail in result.remarks.items():
      input_id = local_paths.in_utf_8(result.input_id)
      self.remarked['\t'.join((kind, input_id, detail))] += 1
    if result.tried:
      self.tried[result.tried] = 1
    if result.reason is not None:
      self.rejected[result.reason] += 1
    else:
      self.num_kept += 1
      self.genres.update(genres)

  def remarked_as(self, kind: str) -> dict[str, str]:
    """Returns what is said of inputs by a remark of one kind, by their ids."""
    said: dict[str, str] = {}
    for key in sorted(self.remarked):
      own, _, rest = key.partition('\t')
      if own == kind:
        input_id, _, detail = rest.rpartition('\t')
        # Inputs of one id are told apart by nothing.
        said[input_id] = '|'.join(filter(None, (said.get(input_id), detail)))
    return said

  def merge(self, other: 'Totals') -> None:
    """Adds the counts of other inputs."""
    for name, theirs in vars(other).items():
      ours = getattr(self, name)
      if isinstance(ours, dict):
        _add_counts(ours, theirs)
      else:
        setattr(self, name, ours + theirs)
    # Inputs that are alike are tried once.
    self.tried = collections.Counter(near_hints.least(self.tried))

  def as_plain(self) -> tuple:
    """Returns it as built-in values, for `of_plain`."""
    values = [getattr(self, f.name) for f in dataclasses.fields(self)]
    return tuple(
        list(v.items()) if isinstance(v, collections.Counter) else v
        for v in values
    )

  @classmethod
  def of_plain(cls, values: tuple) -> 'Totals':
    """Returns what `as_plain` was taken of, also by way of JSON."""
    totals = cls()
    for field, value in zip(dataclasses.fields(cls), values, strict=True):
      setattr(
          totals, field.name,
          collections.Counter(dict(value)) if isinstance(value, list)
          else value,
      )
    return totals

  def check(self) -> None:
    """Raises RuntimeError unless every input is accounted for."""
    if self.num_inputs != self.num_kept + self.rejected.total():
      raise RuntimeError(
          f'{self.num_inputs} inputs, but {self.num_kept} kept and '
          f'{self.rejected.total()} rejected: an input was lost.'
      )
    unknown = set(self.rejected) - set(rejections.REASONS)
    if unknown:
      raise RuntimeError(f'reasons without words: {sorted(unknown)}')


def check_arrived(what: str, sent: int, arrived: int) -> None:
  """Compares counts from before and behind a pipeline.

  Args:
    what: What was counted, in the plural.
    sent: The count before.
    arrived: The count behind it.

  Raises:
    PipelineError: If they differ: a runner that loses what passes between its
      workers may say nothing of it.
  """
  if sent != arrived:
    raise errors.PipelineError(
        f'{sent:,} {what} went into the pipeline and {arrived:,} came out: its '
        'runner lost some or took some twice. Run it again.'
    )
