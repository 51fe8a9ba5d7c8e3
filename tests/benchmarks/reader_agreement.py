r"""Compares drum onsets as read here and by note_seq, file by file.

Usage:
  python tests/benchmarks/reader_agreement.py FOLDER [EVERY_NTH]

An onset is (tick, pitch), the tick recovered from note_seq's seconds through
its own tempo map. Prints how many files agree, and the others by cause.
"""

import collections
import pathlib
import sys
import warnings

import numpy as np

from drumspace_ext import errors
from drumspace_ext.notes import midi_reading
from drumspace_ext.notes import note_sequences

warnings.simplefilter('ignore')
import note_seq


def _ticks(onsets, resolution):
  ticks = np.rint(onsets.quarters * resolution).astype(np.int64)
  return collections.Counter(zip(ticks.tolist(), onsets.pitches.tolist()))


def compare(data: bytes) -> str:
  """Returns what the two readings of one file have to do with each other."""
  try:
    sequence = note_seq.midi_to_note_sequence(data)
  except Exception:
    return 'note_seq cannot read it'
  resolution = sequence.ticks_per_quarter
  try:
    theirs = _ticks(note_sequences.to_onsets(sequence), resolution)
  except errors.RejectedInputError:
    theirs = collections.Counter()
  try:
    ours = _ticks(midi_reading.read_onsets(data), resolution)
  except errors.RejectedInputError as e:
    return f'we refuse it: {e.reason}' if theirs else 'equal'
  if ours == theirs:
    return 'equal'
  if set(ours) == set(theirs):
    return 'equal as sets (doubled notes)'
  if not theirs:
    return 'note_seq finds no drum note, we do'
  if set(theirs) < set(ours):
    return 'we find more'
  if set(ours) < set(theirs):
    return 'note_seq finds more'
  if abs(len(set(ours)) - len(set(theirs))) <= 0.02 * len(ours):
    shifted = len(set(ours) & set(theirs)) < 0.9 * len(set(ours))
    if shifted:
      return 'the same notes at other times'
  return 'both find onsets that the other does not'


def main(argv):
  files = sorted(pathlib.Path(argv[1]).rglob('*.mid'))
  if len(argv) > 2:
    files = files[::int(argv[2])]
  causes, examples = collections.Counter(), {}
  for path in files:
    cause = compare(path.read_bytes())
    causes[cause] += 1
    examples.setdefault(cause, []).append(str(path))
  readable = len(files) - causes['note_seq cannot read it']
  equal = causes['equal'] + causes['equal as sets (doubled notes)']
  held = equal + causes['we find more'] + causes[
      'note_seq finds no drum note, we do'
  ]
  print(f'{len(files)} files, {readable} that note_seq reads, of these '
        f'{equal} ({100 * equal / max(readable, 1):.1f} %) with equal onsets, '
        f'{held} ({100 * held / max(readable, 1):.1f} %) where we hold theirs')
  for cause, count in causes.most_common():
    print(f'{count:6}  {cause}')
    for example in examples[cause][:3]:
      print(f'          {example}')


if __name__ == '__main__':
  main(sys.argv)
