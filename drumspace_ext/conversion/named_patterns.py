"""Named patterns: what a user names, read as a set with a name or as beats.

Both readers take whatever `reading.read` takes: the folder of a dataset, a map
or beats, `dataset.tsv:LINE`, a MIDI file, a TFRecord, a zip, texts, globs. As a
set (`read`) an input gives every pattern in it; as beats (`read_beats`) a song
gives the one loop that it is about, or, where nothing is played again exactly,
the one whose plays hardly differ, or else its first two bars with drums. Drums
that are never in bars of four quarters, or of two, are no patterns, as in
extraction.
"""

from collections.abc import Callable
from collections.abc import Sequence
import dataclasses
import glob
import pathlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.conversion import reading
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.extraction import one_input
from drumspace_ext.files import local_paths
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import nearest
from drumspace_ext.patterns import step_codes as codes_lib


@dataclasses.dataclass(frozen=True, kw_only=True)
class NamedPatterns:
  """The patterns of one input.

  Attributes:
    name: What to call it.
    hits: bool `[num_patterns, 32, 14]`, at least one.
    genres: For each pattern the labels that its NoteSequence has.
    sources: For each pattern what it was cut from.
    left_out: What could not be read, in words.
    tempos: For each pattern the slowest and the fastest tempo of its input, in
      quarter notes a minute, float64 `[num_patterns, 2]`, NaN where nobody
      knows; or None.
  """

  name: str
  hits: np.ndarray
  genres: Sequence[tuple[str, ...]]
  sources: Sequence[str]
  left_out: Sequence[str]
  tempos: np.ndarray | None = None


def names(values: Sequence[str]) -> list[str]:
  """Names inputs by the last part of their paths, in full if two are alike.

  A glob goes by the last part that is a name.
  """
  short = [
      next((part for part in reversed(pathlib.PurePath(value).parts)
            if not glob.has_magic(part) or local_paths.expand(value).exists()),
           value)
      for value in values
  ]
  return [
      local_paths.in_utf_8(name if short.count(name) == 1 else value)
      for name, value in zip(short, values)
  ]


def read(
    value: str, name: str, options: reading.Options, *, recursive: bool
) -> NamedPatterns:
  """Reads all patterns of one input.

  Args:
    value: A file, folder or glob of any form that `reading.read` knows.
    name: What to call it.
    options: How to read.
    recursive: Search folders in folders.

  Raises:
    InputError: If it can't be read, or holds no pattern.
  """
  left_out, parts, genres, sources = [], [], [], []
  tempos: list[tuple[float, float]] = []

  def on_reject(*rejection):
    left_out.append(': '.join(filter(None, rejection)))

  for item in reading.read(
      [value], [], options, recursive=recursive, on_reject=on_reject
  ):
    try:
      hits = _patterns(item, options)
    except errors.RejectedInputError as e:
      on_reject(item.name, e.reason, e.detail)
      continue
    parts.append(hits)
    sources += [item.name] * len(hits)
    labels = item.sequence.sequence_metadata.genre if item.sequence else ()
    genres += [tuple(labels)] * len(hits)
    tempos += [_tempo(item)] * len(hits)
  if not parts:
    why = ': '.join(['', *left_out[:1]])
    raise errors.InputError(f'{value} holds no pattern that can be read{why}.')
  return NamedPatterns(
      name=name, hits=np.concatenate(parts), genres=genres, sources=sources,
      left_out=left_out, tempos=np.array(tempos),
  )


def _tempo(item: reading.Item) -> tuple[float, float]:
  """Returns the slowest and the fastest tempo of an item; NaN of none."""
  if item.origin is not None:
    return item.origin.qpm, item.origin.qpm
  found = [tempo.qpm for tempo in item.sequence.tempos] if item.sequence else []
  return (min(found), max(found)) if found else (np.nan, np.nan)


def left_out_text(patterns_: NamedPatterns) -> str:
  """Says how much of an input was left out, and why the first; may be empty."""
  if not patterns_.left_out:
    return ''
  return (
      f'{patterns_.name}: {len(patterns_.left_out):,} left out, the first '
      f'{patterns_.left_out[0]}'
  )


def _patterns(item: reading.Item, options: reading.Options) -> np.ndarray:
  """Returns the patterns of an item, bool `[num_patterns, 32, 14]`.

  Raises:
    RejectedInputError: If it can't be put on the grid, or its drums are in
      other meters.
  """
  hits = reading.item_patterns(item, options)
  if item.sequence:
    one_input.refuse_other_meters(
        item.sequence, options.voices_in, assume_drums=options.assume_drums
    )
  return hits


def _main_beats(
    item: reading.Item, options: reading.Options
) -> list[np.ndarray]:
  """Returns the beats of an item; of a song see `read_beats`."""
  if item.hits is not None:
    return list(item.hits)
  try:
    # Hands never play the same twice.
    for flips in (0, nearest.NEAR_BITS):
      result = one_input.beats_of(
          item.sequence, options.voices_in,
          assume_drums=options.assume_drums, max_flips=flips,
      )
      if result.loop_counts:
        break
  except errors.RejectedInputError as e:
    raise _no_beat(item.name, e.reason, e.detail) from e
  if not result.loop_counts:
    hits = _patterns(item, options)
    if not hits.any():
      raise _no_beat(item.name, 'no_known_voice', result.detail)
    return [_first_bars(hits)]
  most = max(result.loop_counts, key=lambda l: (l.num_repeats, l.phase))
  return [codes_lib.step_codes_to_hits(codes_lib.bytes_to_codes(most.phase))]


def _first_bars(hits: np.ndarray) -> np.ndarray:
  """Returns two bars from the first with a hit, of patterns in a row."""
  steps = hits.reshape(-1, hits.shape[-1])
  first = int(np.argmax(steps.any(axis=1))) // codes_lib.STEPS_PER_BAR
  # What is two bars long stays as it is, though the first be silent.
  start = min(
      first * codes_lib.STEPS_PER_BAR, len(steps) - codes_lib.NUM_STEPS
  )
  return steps[start:start + codes_lib.NUM_STEPS]


def _no_beat(name: str, reason: str, detail: str) -> errors.InputError:
  """Returns what is raised of an input that was named and gives no beat."""
  said = f'{name} gives no beat: {rejections.REASONS[reason][0]}'
  if detail:
    said += f' ({detail})'
  if reason == 'no_drum_notes':
    # Who reads beats alone takes no flags that say where drums are.
    said += '. drumspace_convert, which can be told, makes a file with drums'
  return errors.InputError(f'{said}.')


def read_beats(
    values: Sequence[str], step_codes: Sequence[str] = (), *,
    drum_map: drum_maps.DrumMap | None = None,
    on_map: Callable[[str, str], None] = lambda name, drum_map: None,
) -> np.ndarray:
  """Reads beats in the order in which they are named.

  Args:
    values: MIDI files or TFRecords (of each song the loop played most, exactly
      or nearly so, or the first two bars with drums), datasets,
      `dataset.tsv:LINE`.
    step_codes: 32 step codes with commas between them, each a beat.
    drum_map: How pitches are read; `gm14` if None.
    on_map: Called with (name, drum map) of each song whose map was chosen.

  Returns:
    bool `[num_beats, 32, 14]`.

  Raises:
    InputError: If something can't be read, or nothing is named.
  """
  options = reading.Options(
      voices_in=drum_map or drum_maps.load(drum_maps.GM14)
  )

  def on_reject(name, reason, detail):
    raise _no_beat(name, reason, detail)

  beats = []
  for value in values:
    for item in reading.read(
        [value], [], options, recursive=True, on_reject=on_reject
    ):
      beats += _main_beats(item, options)
      if chosen := reading.chosen_map(item, options):
        on_map(item.name, chosen)
  for text in step_codes:
    codes = dataset_tsv.parse_codes(text)
    beats.append(codes_lib.step_codes_to_hits(codes))
  if not beats:
    raise errors.InputError(
        'no beat is named: give --input=FILE, --input=dataset.tsv:LINE or '
        '--step_codes.'
    )
  return np.stack(beats)
