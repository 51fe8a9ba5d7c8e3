"""Gathered parts: what was read, and perhaps summed, in other processes."""

import dataclasses

from drumspace_ext.dataset import sums

# How often inputs must count in the sums of all classes, among the counts.
IN_CLASSES = 'inputs_in_classes'


@dataclasses.dataclass
class Gathered:
  """What some inputs give; parts add up in any order.

  Attributes:
    occurrences: Patterns in single inputs, their classes still to be summed.
    merged: One row of each rotation class, of all inputs.
    rejected: Inputs without patterns.
    totals: Counts; `IN_CLASSES` is among them.
  """

  occurrences: list[sums.Occurrence] = dataclasses.field(default_factory=list)
  merged: list[sums.MergedRow] = dataclasses.field(default_factory=list)
  rejected: list[sums.Rejected] = dataclasses.field(default_factory=list)
  totals: sums.Totals = dataclasses.field(default_factory=sums.Totals)

  def merge(self, other: 'Gathered') -> None:
    """Adds another part."""
    self.occurrences += other.occurrences
    self.merged += other.merged
    self.rejected += other.rejected
    self.totals.merge(other.totals)
