"""Note lines: the notes of many inputs, one input after the other.

numpy takes longer to begin than to do what one input needs, so that inputs are
put on the grid together.
"""

import collections
from collections.abc import Collection
from collections.abc import Sequence
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
    owners: The input of each, int64 `[num_notes]`.
    indices: Which of its input's onsets each is, int64 `[num_notes]`.
  """

  quarters: np.ndarray
  codes: np.ndarray
  owners: np.ndarray
  indices: np.ndarray

  def only(self, keep: np.ndarray) -> 'Notes':
    """Returns some of them."""
    if keep.all():
      return self
    (kept,) = keep.nonzero()
    return Notes(*(column[kept] for column in self))


def known_notes(
    inputs: Sequence[onsets_lib.DrumOnsets],
    codes_of_pitches: Sequence[np.ndarray],
) -> tuple[Notes, list[collections.Counter]]:
  """Returns notes with a voice, and by input the numbers of others by pitch."""
  pitches = np.concatenate([onsets.pitches for onsets in inputs])
  if all(codes is codes_of_pitches[0] for codes in codes_of_pitches):
    codes = codes_of_pitches[0][pitches]
  else:
    codes = np.concatenate([
        codes[onsets.pitches]
        for onsets, codes in zip(inputs, codes_of_pitches)
    ])
  lengths = np.array([len(onsets.pitches) for onsets in inputs])
  owners = np.repeat(np.arange(len(inputs)), lengths)
  known = codes != 0
  dropped: list[collections.Counter] = [collections.Counter() for _ in inputs]
  if not known.all():
    size = _NUM_PITCHES
    counts = np.bincount((owners * size + pitches)[~known])
    for key in counts.nonzero()[0].tolist():
      dropped[key // size][key % size] = int(counts[key])
  quarters = np.concatenate([onsets.quarters for onsets in inputs])
  indices = np.arange(len(owners)) - np.repeat(
      np.cumsum(lengths) - lengths, lengths
  )
  return Notes(quarters, codes, owners, indices).only(known), dropped


def without_bad_times(
    notes: Notes, num_inputs: int
) -> tuple[Notes, dict[int, errors.RejectedInputError]]:
  """Returns notes that can be counted, and what is wrong with other inputs."""
  problems: dict[int, errors.RejectedInputError] = {}
  if sections_lib.are_countable(notes.quarters):
    return notes, problems
  is_good = np.ones(num_inputs, np.bool_)
  for owner in range(num_inputs):
    problem = sections_lib.problem_of(notes.quarters[notes.owners == owner])
    if problem:
      problems[owner], is_good[owner] = problem, False
  return notes.only(is_good[notes.owners]), problems


class Line(typing.NamedTuple):
  """Notes in accepted meters of some inputs, by the sections of all.

  Attributes:
    steps: The step of each in its section, int64 `[num_notes]`.
    codes: The step code of each, uint16 `[num_notes]`.
    indices: Which of its input's onsets each is, int64 `[num_notes]`.
    sections: The section of each, int64 `[num_notes]`.
    starts: The first quarter of each section, float64 `[num_sections]`.
    owners: The input of each section, int64 `[num_sections]`.
    firsts: The first section of each input, int64 `[num_inputs]`.
    other_meters: For each input its sections with notes in other meters.
  """

  steps: np.ndarray
  codes: np.ndarray
  indices: np.ndarray
  sections: np.ndarray
  starts: np.ndarray
  owners: np.ndarray
  firsts: np.ndarray
  other_meters: list[collections.Counter]


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
  section = firsts[notes.owners]
  steps = sections_lib.rounded(
      notes.quarters, starts[section], steps_per_quarter
  )
  for owner, sections in enumerate(own):
    if len(sections) > 1:
      at = slice(*np.searchsorted(notes.owners, (owner, owner + 1)))
      within, steps[at] = sections_lib.steps_in(
          sections, notes.quarters[at], steps_per_quarter
      )
      section[at] += within
  codes, indices = notes.codes, notes.indices
  other_meters: list[collections.Counter] = [collections.Counter() for _ in own]
  is_read = np.array([s.meter in accepted for s in all_sections])
  if not is_read.all():
    keep = is_read[section]
    for s in np.bincount(section[~keep]).nonzero()[0].tolist():
      other_meters[owners[s]][meters.to_text(all_sections[s].meter)] += 1
    steps, codes, section = steps[keep], codes[keep], section[keep]
    indices = indices[keep]
  return Line(
      steps, codes, indices, section, starts, owners, firsts, other_meters
  )
