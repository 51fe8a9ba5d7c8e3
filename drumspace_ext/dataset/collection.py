"""A collection: the results of many inputs, merged into unique patterns.

Results are kept in temporary SQLite files, so that memory does not grow with
the number of inputs, and are read back in an order that depends on nothing but
what they say. The same inputs in any order, any sharding and by any number of
workers give the same patterns, counts and lists.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import heapq
import json
import pathlib
import shutil
import typing

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import merging
from drumspace_ext.dataset import scratch
from drumspace_ext.dataset import sums
from drumspace_ext.files import output_files
from drumspace_ext.patterns import groove_sums
from drumspace_ext.patterns import step_codes

# Rows that are put away at once. What does it has left the processor's caches
# whenever workers were answered in between.
_TOGETHER = 1024


class UniquePattern(typing.NamedTuple):
  """One pattern of a collection and where it came from.

  Attributes:
    codes: Step codes in the phase seen most often, uint16 `[32]`.
    num_inputs: Inputs that hold it.
    num_loops: Runs of it in all inputs.
    num_repeats: Times it is played in all runs.
    min_qpm: Slowest tempo it is played at.
    max_qpm: Fastest tempo it is played at.
    genres: Inputs by genre label, most first.
    input_ids_json: Ids of the inputs, sorted, as a JSON list.
    file_names_json: File names that NoteSequences among them carry, sorted, as
      a JSON list.
    num_near_loops: Runs that are no loops by the published recipe.
    num_near_repeats: Times it is played with a difference.
    num_flips: Cells in which these differ from the pattern, in all.
    max_flips: Cells in which one of them differs from it, at most.
    groove: Sums of how its hits are played, int64 `[5, num_hits]`, see
      `groove_sums`; no plays if that is not known.
  """

  codes: np.ndarray
  num_inputs: int
  num_loops: int
  num_repeats: int
  min_qpm: float
  max_qpm: float
  genres: Mapping[str, int]
  input_ids_json: str
  file_names_json: str
  num_near_loops: int = 0
  num_near_repeats: int = 0
  num_flips: int = 0
  max_flips: int = 0
  groove: np.ndarray = groove_sums.none()

  @property
  def input_ids(self) -> tuple[str, ...]:
    """Ids of the inputs, sorted."""
    return tuple(json.loads(self.input_ids_json))

  @property
  def file_names(self) -> tuple[str, ...]:
    """File names that NoteSequences among them carry, sorted."""
    return tuple(json.loads(self.file_names_json))


class Collection:
  """What many inputs give; a context manager that owns its temporary files."""

  def __init__(self, folder: pathlib.Path, num_processes: int = 1):
    """Opens an empty collection.

    Args:
      folder: Where its temporary files go; it is deleted at the end.
      num_processes: How many may merge and write at once.
    """
    self.num_processes = num_processes
    self.totals = sums.Totals()
    self.num_unique: int | None = None
    self.rejected_path = folder / scratch.REJECTED
    self._folder = folder
    self._paths = [folder / str(place) for place in range(num_processes)]
    with output_files.os_errors_as_output_errors(folder):
      folder.mkdir(exist_ok=True)

  def __enter__(self):
    return self

  def __exit__(self, kind, error, traceback):
    shutil.rmtree(self._folder, ignore_errors=True)

  def add(
      self, parts: Iterable[gathered.Gathered],
      on_step: callbacks.OnStep = callbacks.silent,
  ) -> None:
    """Adds what inputs give and makes the unique patterns of it.

    Args:
      parts: Their occurrences, or the merged rows of all classes.
      on_step: Called with the rows that are merged; see `callbacks`.

    Raises:
      OutputError: If the temporary files can't be written.
      PipelineError: If there are not as many as were counted, or a process was
        killed.
    """
    num_occurrences = [0] * len(self._paths)
    num_merged = num_rejected = 0
    with contextlib.ExitStack() as stack:
      rejected, *shares = (
          stack.enter_context(scratch.opened(path))
          for path in (self.rejected_path, *self._paths)
      )
      for part in _together(parts):
        for place, rows in enumerate(self._by_file(part.occurrences)):
          num_occurrences[place] += scratch.insert(
              shares[place], scratch.OCCURRENCE, rows
          )
        num_merged += scratch.insert(
            shares[0], scratch.UNIQUE_PATTERN, part.merged
        )
        num_rejected += scratch.insert(
            rejected, scratch.REJECTED, part.rejected
        )
        self.totals.merge(part.totals)
    self.num_unique = num_merged + merging.merge(
        self._paths, num_occurrences, on_step
    )
    for what, sent, arrived in (
        ('rejected inputs', self.totals.rejected.total(), num_rejected),
        ('inputs in classes', self.totals.counts[gathered.IN_CLASSES],
         sum(map(scratch.num_inputs, self._paths))),
    ):
      sums.check_arrived(what, sent, arrived)

  def _by_file(
      self, rows: list[sums.Occurrence]
  ) -> list[list[sums.Occurrence]]:
    """Returns occurrences by the file that their class is in."""
    num_files = len(self._paths)
    if num_files == 1:
      return [rows]
    by_file: list[list[sums.Occurrence]] = [[] for _ in self._paths]
    for row in rows:
      by_file[merging.file_of(row[0], num_files)].append(row)
    return by_file

  def unique_patterns(
      self, on_step: callbacks.OnStep = callbacks.silent
  ) -> Iterator[UniquePattern]:
    """Yields what all was added up to, those of most inputs first.

    Of these, those most played; ties are broken by the canonical step codes.

    Args:
      on_step: Called with the patterns that are written; see `callbacks`.
    """
    total = self.num_unique or 0
    if not total:
      return
    with contextlib.ExitStack() as stack:
      rows = heapq.merge(*(
          scratch.sorted_rows(
              stack.enter_context(scratch.opened(path)),
              f'SELECT * FROM {scratch.UNIQUE_PATTERN} ORDER BY '
              'num_inputs DESC, num_repeats DESC, canonical', total, on_step,
          ) for path in self._paths
      ), key=lambda row: (-row[2], -row[4], row[0]))
      yield from map(_unique_pattern, callbacks.counted(
          rows, total, on_step, 'writing patterns'
      ))

  def rejected_inputs(
      self, on_step: callbacks.OnStep = callbacks.silent
  ) -> Iterator[tuple[str, str, str]]:
    """Yields (input id, reason, detail) of inputs without patterns, by id.

    Args:
      on_step: Called with the inputs that are written; see `callbacks`.
    """
    return scratch.rejected_inputs(
        self.rejected_path, self.totals.rejected.total(), on_step
    )


def _unique_pattern(row: sums.MergedRow) -> UniquePattern:
  """Returns what a merged row says."""
  (canonical, phase, num_inputs, num_loops, num_repeats, min_qpm, max_qpm,
   genres, input_ids, file_names, near_loops, near_repeats, num_flips,
   max_flips, groove) = row
  return UniquePattern(
      step_codes.bytes_to_codes(phase), num_inputs, num_loops, num_repeats,
      min_qpm, max_qpm, json.loads(genres), input_ids, file_names,
      near_loops, near_repeats, num_flips, max_flips,
      groove_sums.in_phase(groove, canonical, phase),
  )


def _together(
    parts: Iterable[gathered.Gathered]
) -> Iterator[gathered.Gathered]:
  """Yields parts, small ones together."""
  some = gathered.Gathered()
  for part in parts:
    some.merge(part)
    if some.num_rows >= _TOGETHER:
      yield some
      some = gathered.Gathered()
  yield some
