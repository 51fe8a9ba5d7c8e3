"""Beats that a user names: files, lines of a dataset, or step codes."""

from collections.abc import Sequence
import pathlib
import re

import numpy as np

from drumspace_ext import errors
from drumspace_ext.conversion import conversion
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import one_input
from drumspace_ext.files import result_patterns
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes as patterns

_MAX_DIGITS = 18
_LINE = re.compile(r'^(.*):(\d+)$')


def _line_of_dataset(value: str) -> np.ndarray | None:
  """Reads the twelfth pattern of `dataset.tsv:12`; None if it is none such."""
  match = _LINE.match(value)
  if not match or not result_patterns.file_of(
      pathlib.Path(match[1]).expanduser()
  ).is_file():
    return None
  codes = dataset_tsv.read(match[1]).codes
  # As many digits as one likes are a number; Python reads 4,300.
  number = int(match[2]) if len(match[2]) <= _MAX_DIGITS else 0
  if not 1 <= number <= len(codes):
    raise errors.InputError(
        f'{match[1]} has {len(codes)} lines, there is no line '
        f'{errors.on_one_line(match[2])}.'
    )
  return patterns.step_codes_to_hits(codes[number - 1])


def _main_beats(item: conversion.Item, options: conversion.Options):
  """Returns the beats of an item: its loops, or else its first two bars."""
  if item.sequence is None:
    return list(item.hits)
  try:
    result = one_input.extract(
        note_sequences.to_onsets(item.sequence), '',
        one_input.Recipe(drum_map=options.voices_in),
    )
  except errors.RejectedInputError as e:
    raise errors.InputError(f'{item.name} gives no beat: {e}.') from e
  if not result.loop_counts:
    return [conversion.item_patterns(item, options)[0]]
  most = max(result.loop_counts, key=lambda l: (l.num_repeats, l.phase))
  return [patterns.step_codes_to_hits(patterns.bytes_to_codes(most.phase))]


def read(
    values: Sequence[str], step_codes: Sequence[str] = (), *,
    drum_map: drum_maps.DrumMap | None = None,
) -> np.ndarray:
  """Reads beats in the order in which they are named.

  Args:
    values: MIDI files or TFRecords (of each song the loop played most, or the
      first two bars), datasets, `dataset.tsv:LINE`.
    step_codes: 32 step codes with commas between them, each a beat.
    drum_map: How pitches are read; `gm14` if None.

  Returns:
    bool `[num_beats, 32, 14]`.

  Raises:
    InputError: If something can't be read, or nothing is named.
  """
  options = conversion.Options(
      voices_in=drum_map or drum_maps.load(drum_maps.GM14)
  )

  def on_reject(name, reason, detail):
    raise errors.InputError(f'{name} gives no beat: {reason} {detail}'.strip())

  beats = []
  for value in values:
    line = _line_of_dataset(value)
    if line is not None:
      beats.append(line)
      continue
    for item in conversion.read(
        [value], [], options, recursive=True, on_reject=on_reject
    ):
      beats += _main_beats(item, options)
  for text in step_codes:
    codes = dataset_tsv.parse_codes(text)
    beats.append(patterns.step_codes_to_hits(codes))
  if not beats:
    raise errors.InputError(
        'no beat is named: give --input=FILE, --input=dataset.tsv:LINE or '
        '--step_codes.'
    )
  return np.stack(beats)
