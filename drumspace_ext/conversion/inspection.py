"""Inspection: what a file is and holds, in about ten lines of text."""

import collections
from collections.abc import Callable
import contextlib
import itertools
import math
import pathlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext.conversion import groove_inspection
from drumspace_ext.conversion import magenta_inspection
from drumspace_ext.conversion import reading
from drumspace_ext.conversion import song_inspection
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import one_input
from drumspace_ext.files import result_names
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import text_grids

_MAX_LINE_CHARS = 500
# Patterns of a dataset that are drawn.
_SHOWN = 2
# Inputs of a pattern that are named.
_MAX_SOURCES = 5


def _dataset(path: pathlib.Path) -> list[str]:
  patterns_read = dataset_tsv.read(path)
  codes = patterns_read.codes
  classes = len(np.unique(step_codes.canonical(codes), axis=0))
  columns = ['step codes']
  if patterns_read.latents is not None:
    columns.append(f'latent vectors of {patterns_read.latents.shape[1]}')
  if patterns_read.coordinates is not None:
    columns.append('map coordinates')
  hits = step_codes.step_codes_to_hits(codes)
  grooves, played = groove_inspection.describe(path, codes, _SHOWN)
  shown = [
      line for row, groove in itertools.zip_longest(codes[:_SHOWN], played)
      for line in (
          *song_inspection.grids(row[None]),
          *([f'{"played":{text_grids.NAME_WIDTH}}{groove}'] if groove else []),
      )
  ]
  return [
      f'a dataset of drum patterns: {len(codes):,} lines',
      f'columns: {", ".join(columns)}',
      f'rotation classes: {classes:,}; trivial (entropy below '
      f'{entropy.MIN_NATS} nats): '
      f'{int(entropy.is_trivial(codes).sum()):,}',
      f'hits per step: {hits.sum() / hits[..., 0].size:.2f}', *grooves, *shown,
  ]


def _line_of_dataset(path: pathlib.Path) -> list[str] | None:
  """Describes what `dataset.tsv:12` names; None if it is none such."""
  item = None if path.exists() else reading.line_of_dataset(str(path))
  if item is None or item.hits is None:
    return None
  lines = ['one pattern of a dataset of drum patterns']
  if origin := item.origin:
    tempo = '' if math.isnan(origin.qpm) else f'tempo: {origin.qpm:g} qpm; '
    lines.append(f'{tempo}genre: {origin.genre or "none known"}')
    lines += [f'from {source}' for source in origin.sources[:_MAX_SOURCES]]
  return [
      *lines, f'hits per step: {item.hits[0].sum() / step_codes.NUM_STEPS:.2f}',
      *song_inspection.grids(step_codes.hits_to_step_codes(item.hits)),
  ]


def _primers(path: pathlib.Path) -> list[str]:
  lines = input_kinds.read_lines(path)
  codes = drum_tracks.events_to_codes(drum_tracks.parse_primer(lines[0]))
  hits = note_sequences.cut_patterns(codes)
  return [
      f'text with {len(lines):,} drums_rnn primers',
      f'first: {len(codes)} steps',
      *song_inspection.grids(step_codes.hits_to_step_codes(hits), most=1),
  ]


def _folder(path: pathlib.Path, recipe: one_input.Recipe) -> list[str]:
  # What our own entry points made is more than the inputs that lie in it;
  # what only has its name is not.
  for name in (
      dataset_tsv.DATASET, result_names.PATTERNS, result_names.BEST
  ):
    with contextlib.suppress(errors.InputError):
      own = path / name
      lines = _describe(own, recipe) if own.is_file() else None
      if lines:
        return [f'a folder with {name}, which is', *lines]
  listing = inputs.list_inputs([str(path)], recursive=True)
  kinds = collections.Counter(
      source.kind for source in inputs.source_files(listing)
  )
  names = {input_kinds.MIDI: 'MIDI files', input_kinds.ZIP: 'zip archives',
           input_kinds.TFRECORD: 'TFRecord files'}
  return [
      'a folder: ' + ', '.join(
          f'{count:,} {names[kind]}' for kind, count in kinds.items()
      ) + f'; {listing.skipped.total():,} other files',
      f'extract its patterns with: drumspace_create_dataset --input={path} '
      '--recursive --output_dir=...',
  ]


def describe(
    path: pathlib.Path, recipe: one_input.Recipe | None = None
) -> list[str]:
  """Says what a file or folder is and holds.

  Args:
    path: Any file, or a line of a dataset, as `dataset.tsv:12`.
    recipe: How songs are read; by default as published.

  Returns:
    About ten lines of text and one or two patterns as text grids.

  Raises:
    InputError: If it can't be read, or is of no kind that is known here.
  """
  try:
    lines = _line_of_dataset(path) or _describe(
        path, recipe or one_input.Recipe()
    )
  except OSError as e:
    raise errors.InputError(
        f"{path} can't be read: {e.strerror or e}. Check the path."
    ) from e
  if lines is None:
    if audio := input_kinds.audio_of(path):
      raise errors.InputError(audio)
    raise errors.InputError(
        f'{path} is no NoteSequence or SequenceExample TFRecord, MIDI file, '
        'zip, dataset, primer or checkpoint: nothing that belongs here.'
    )
  return [errors.on_one_line(line, _MAX_LINE_CHARS) for line in lines]


def _describe(
    path: pathlib.Path, recipe: one_input.Recipe
) -> list[str] | None:
  if path.is_dir():
    return _folder(path, recipe)
  if path.exists() and not path.is_file():
    return None
  kind = input_kinds.kind_of_file(path) or input_kinds.of_text(path)
  songs: dict[
      str | None, Callable[[pathlib.Path, one_input.Recipe], list[str]]
  ] = {
      input_kinds.MIDI: song_inspection.midi,
      input_kinds.TFRECORD: song_inspection.tfrecord,
      input_kinds.ZIP: song_inspection.archive,
  }
  if kind in songs:
    return songs[kind](path, recipe)
  readers: dict[str | None, Callable[[pathlib.Path], list[str] | None]] = {
      input_kinds.DATASET: _dataset, input_kinds.PRIMERS: _primers,
  }
  if kind is None and (lines := magenta_inspection.describe(path)):
    return lines
  if kind in readers:
    return readers[kind](path)
  # torch takes ten times as long to import as a MIDI file to be told.
  from drumspace_ext.conversion import checkpoint_inspection

  return checkpoint_inspection.describe(path)
