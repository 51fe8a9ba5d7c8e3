"""Inspection of grooves: how the patterns of a dataset are played."""

from collections.abc import Mapping
import contextlib
import pathlib
import statistics

import numpy as np

from drumspace_ext import errors
from drumspace_ext.dataset import groove_tsv
from drumspace_ext.files import result_names
from drumspace_ext.models import groove_answers
from drumspace_ext.patterns import groove_sums


def describe(
    path: pathlib.Path, codes: np.ndarray, shown: int
) -> tuple[list[str], list[str]]:
  """Says how the patterns of a dataset are played.

  Args:
    path: Its file of patterns; a `groove.tsv` lies beside a `dataset.tsv`.
    codes: These, step codes `[num_patterns, 32]`.
    shown: How many of the first are shown.

  Returns:
    (lines on all of them, a line on each that is shown); both empty where
    nothing is known.
  """
  file = path.with_name(result_names.GROOVE)
  if path.name != result_names.DATASET or not file.is_file():
    return [], []
  spreads, plays, lines = np.zeros((len(codes), 2)), [], []
  try:
    for row, played in enumerate(groove_tsv.read(file, codes)):
      there = played.plays > 0
      if there.any():
        spreads[row] = (
            played.velocities[there].std(), played.offsets[there].std()
        )
      plays.append(int(played.plays.max(initial=0)))
      if row < shown:
        lines.append(_in_words(played, there))
  except errors.InputError as e:
    return [f'no grooves: {e}'], []
  span = _span([f'{count:,}' for count in (
      min(plays, default=0), max(plays, default=0)
  )])
  dynamics, timing = (
      spreads >= (
          groove_answers.MIN_VELOCITY_SPREAD, groove_answers.MIN_OFFSET_SPREAD
      )
  ).sum(0)
  return [
      f'grooves: {dynamics:,} patterns with dynamics, {timing:,} with timing; '
      f'a pattern rests on {span} plays '
      f'(median {statistics.median_low(plays or [0]):,})'
  ], lines


def _in_words(played: groove_sums.Played, there: np.ndarray) -> str:
  """Says how one pattern is played."""
  if not there.any():
    return 'played by nobody'
  velocities, offsets = played.velocities[there], played.offsets[there]
  parts = [f'{played.plays.max():,} plays', 'velocities ' + _span(
      [f'{value:.0f}' for value in (velocities.min(), velocities.max())]
  )]
  span = _span([
      # 0.0 is added for -0.0.
      f'{np.round(value, 2) + 0.0:.2f}'
      for value in (offsets.min(), offsets.max())
  ])
  parts.append('on the grid' if span == '0.00' else f'{span} steps late')
  return ', '.join(parts)


def _span(ends: list[str]) -> str:
  return ' to '.join(dict.fromkeys(ends))


def describe_model(name: str, metadata: Mapping[str, object]) -> list[str]:
  """Says what a groove model is for.

  Args:
    name: What `--groove` calls it.
    metadata: Of its checkpoint.
  """
  lines = ['a groove model: it plays patterns, and makes none']
  metrics = metadata.get('metrics')
  # Whoever wrote it by hand may have measured nothing.
  if isinstance(metrics, dict):
    with contextlib.suppress(KeyError, TypeError, ValueError):
      lines.append(' '.join(groove_answers.in_words(metrics).split()))
  return [
      *lines, f'play with it: drumspace_convert --input=... --groove={name} '
      '--output=my_beats.zip',
  ]
