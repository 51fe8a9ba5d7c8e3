"""Note lines: the notes of many inputs, one input after the other.

numpy takes longer to begin than to do what one input needs, so that inputs are
put on the grid together.
"""

import collections
from collections.abc import Collection
from collections.abc import Sequence
import itertools
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.notes import meters
from drumspace_ext.notes import onsets as onsets_lib
from drumspace_ext.notes import sections as sections_lib

_NUM_PITCHES = 128


class Notes(typing.NamedTuple):
  """Notes with a voice of some inputs, one input after the other.

  Attributes:
    quarters: Where each starts, float64 `[num_notes]`.
    codes: The step code of each, uint16 `[num_notes]`.
    indices: Which of all onsets each is, int64 `[num_notes]`.
    ends: Where the notes of each input begin, and the last one's end, int64
      `[num_inputs + 1]`.
    first_indices: The first onset of each input.
  """

  quarters: np.ndarray
  codes: np.ndarray
  indices: np.ndarray
  ends: np.ndarray
  first_indices: list[int]


def known_notes(
    inputs: Sequence[onsets_lib.DrumOnsets],
    codes_of_pitches: Sequence[np.ndarray],
) -> tuple[Notes, dict[int, collections.Counter]]:
  """Returns notes with a voice, and by input the numbers of others by pitch."""
  pitches = np.concatenate([onsets.pitches for onsets in inputs])
  if all(codes is codes_of_pitches[0] for codes in codes_of_pitches):
    # An index of bytes takes three times as long as `take`.
    codes = codes_of_pitches[0].take(pitches)
  else:
    codes = np.concatenate([
        codes.take(onsets.pitches)
        for onsets, codes in zip(inputs, codes_of_pitches)
    ])
  quarters = np.concatenate([onsets.quarters for onsets in inputs])
  ends = np.cumsum([0, *(len(onsets.pitches) for onsets in inputs)])
  first_indices = ends[:-1].tolist()
  dropped: dict[int, collections.Counter] = {}
  known = codes != 0
  (indices,) = known.nonzero()
  if len(indices) < len(codes):
    (unknown,) = (~known).nonzero()
    owners = np.searchsorted(ends, unknown, side='right') - 1
    counts = np.bincount(owners * _NUM_PITCHES + pitches[unknown])
    for key in counts.nonzero()[0].tolist():
      owner, pitch = divmod(key, _NUM_PITCHES)
      own = dropped.setdefault(owner, collections.Counter())
      own[pitch] = int(counts[key])
    quarters, codes = quarters[indices], codes[indices]
    ends = np.searchsorted(indices, ends)
  return Notes(quarters, codes, indices, ends, first_indices), dropped


def without_bad_times(
    notes: Notes,
) -> tuple[Notes, dict[int, errors.RejectedInputError]]:
  """Returns notes that can be counted, and what is wrong with other inputs."""
  problems: dict[int, errors.RejectedInputError] = {}
  if sections_lib.are_countable(notes.quarters):
    return notes, problems
  keep = np.ones(len(notes.quarters), np.bool_)
  for owner, at in enumerate(itertools.starmap(
      slice, itertools.pairwise(notes.ends.tolist())
  )):
    problem = sections_lib.problem_of(notes.quarters[at])
    if problem:
      problems[owner], keep[at] = problem, False
  (kept,) = keep.nonzero()
  return notes._replace(
      quarters=notes.quarters[kept], codes=notes.codes[kept],
      indices=notes.indices[kept], ends=np.searchsorted(kept, notes.ends),
  ), problems


class Line(typing.NamedTuple):
  """Notes of some inputs by the sections of all.

  Attributes:
    steps: The step of each in its section, int64 `[num_notes]`.
    sections: The section of each, int64 `[num_notes]`.
    is_read: Whether its meter is accepted, bool `[num_notes]`; None if all are.
    starts: The first quarter of each section, float64 `[num_sections]`.
    owners: The input of each section, int64 `[num_sections]`.
    firsts: The first section of each input, int64 `[num_inputs]`.
    other_meters: By input its sections with notes in other meters.
  """

  steps: np.ndarray
  sections: np.ndarray
  is_read: np.ndarray | None
  starts: np.ndarray
  owners: np.ndarray
  firsts: np.ndarray
  other_meters: dict[int, collections.Counter]


def line_up(
    notes: Notes, own: list[list[sections_lib.Section]],
    steps_per_quarter: int, accepted: Collection[meters.Meter],
) -> Line:
  """Finds the section and step of each note.

  Args:
    notes: The notes of all inputs.
    own: The sections of each input.
    steps_per_quarter: Steps of a quarter note.
    accepted: Meters that are read.
  """
  counts = [len(sections) for sections in own]
  firsts = np.cumsum(counts) - counts
  all_sections = [section for sections in own for section in sections]
  starts = np.array(
      [section.start for section in all_sections], np.float64
  )
  owners = np.repeat(np.arange(len(own)), counts)
  section = np.repeat(firsts, np.diff(notes.ends))
  # The first section of an input begins at quarter 0.
  steps = sections_lib.rounded(notes.quarters, 0.0, steps_per_quarter)
  for owner, sections in enumerate(own):
    if len(sections) > 1:
      at = slice(*notes.ends[owner:owner + 2].tolist())
      within, steps[at] = sections_lib.steps_in(
          sections, notes.quarters[at], steps_per_quarter
      )
      section[at] += within
  other_meters: dict[int, collections.Counter] = {}
  is_read = None
  accepts = np.array([s.meter in accepted for s in all_sections])
  if not accepts.all():
    is_read = accepts[section]
    for s in np.bincount(section[~is_read]).nonzero()[0].tolist():
      counted = other_meters.setdefault(int(owners[s]), collections.Counter())
      counted[meters.to_text(all_sections[s].meter)] += 1
  return Line(steps, section, is_read, starts, owners, firsts, other_meters)
