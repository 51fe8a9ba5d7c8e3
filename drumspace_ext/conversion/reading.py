"""Reading: any of the ecosystem's forms of drums as a stream of items.

An item holds a whole NoteSequence (from MIDI or a TFRecord) or patterns (from a
dataset or a primer); patterns are cut from a NoteSequence only where the other
side asks for them. What can't be read is counted and named by the caller's
`on_reject`.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import pathlib
import re
import typing

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.conversion import origins
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import local_paths
from drumspace_ext.files import reader_faults
from drumspace_ext.files import result_patterns
from drumspace_ext.inputs import contents as input_contents
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.inputs import tasks as input_tasks
from drumspace_ext.notes import drum_parts as parts_lib
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import sequence_drums
from drumspace_ext.notes import song_limits
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import dynamics as dynamics_lib
from drumspace_ext.patterns import map_fit
from drumspace_ext.patterns import step_codes
from drumspace_ext.sound import soundfonts

if typing.TYPE_CHECKING:
  import note_seq

# What is done, for `on_step`.
_WORD = 'converting'
# As many digits as one likes are a number; Python reads 4,300.
_LINE, _MAX_DIGITS = re.compile(r'(.*):(\d+)', re.DOTALL), 18


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
  """How items are converted.

  Attributes:
    voices_in: How pitches are read; None leaves those of a NoteSequence alone.
    voices_out: How voices are written; likewise.
    tile: Cut into patterns and play each so many times; None leaves a whole
      NoteSequence whole.
    steps_per_quarter: Steps of a quarter note, where patterns are cut.
    assume_drums: Take all notes as drums.
    drum_parts: Parts of whole inputs whose notes become drums, in place of
      those that are marked: by the channel of MIDI, by the instrument of a
      NoteSequence.
    qpm: Tempo of patterns. None leaves each its own, and is 120 where nothing
      says one; a whole NoteSequence keeps its own.
    dynamics: How patterns are played in MIDI and audio; None for all alike.
    soundfont: What audio is rendered with; None for a kit of the package.
    kit: Which.
  """

  voices_in: drum_maps.DrumMap | None = None
  voices_out: drum_maps.DrumMap | None = None
  tile: int | None = None
  steps_per_quarter: int = step_codes.STEPS_PER_QUARTER
  assume_drums: bool = False
  drum_parts: parts_lib.DrumParts = parts_lib.MARKED
  qpm: float | None = None
  dynamics: dynamics_lib.Dynamics | None = None
  soundfont: soundfonts.SoundFont | None = None
  kit: str = defaults.KIT


@dataclasses.dataclass(frozen=True, kw_only=True)
class Item:
  """One thing that was read: a NoteSequence or patterns.

  Attributes:
    name: What to call it.
    sequence: A NoteSequence, or None.
    hits: bool `[num_patterns, 32, 14]`, or None.
    origin: Where it comes from, if the folder that it lies in says so.
  """

  name: str
  sequence: 'note_seq.NoteSequence | None' = None
  hits: np.ndarray | None = None
  origin: origins.Origin | None = None


def read(
    values: Sequence[str], primers: Sequence[str], options: Options, *,
    recursive: bool, on_reject: Callable[[str, str, str], None],
    excluded: pathlib.Path | None = None,
    on_step: callbacks.OnStep = callbacks.silent,
) -> Iterator[Item]:
  """Yields what is in the inputs.

  Args:
    values: TFRecords, MIDI files, folders (of songs, or of a script's results),
      zips, datasets, `dataset.tsv:LINE`, text files with a primer a line, and
      globs.
    primers: drums_rnn primers themselves.
    options: How to read.
    recursive: Search folders in folders.
    on_reject: Called with (name, reason, detail) of what can't be read.
    excluded: A folder that is not searched: that of the results.
    on_step: Called with the lines or bytes read of each input; see `callbacks`.

  Raises:
    InputError: If an input that was named is unusable, or there is none.
  """
  for number, primer in enumerate(primers):
    yield _primer_item(f'primer_{number + 1}', primer, options)
  others = []
  for value in values:
    path = result_patterns.input_file(local_paths.expand(value))
    line = None if path.exists() else line_of_dataset(value)
    kind = input_kinds.of_text(path) if path.is_file() else None
    if line is not None:
      yield line
    elif kind == input_kinds.DATASET:
      for number, item in enumerate(items := _dataset(path), 1):
        on_step(number, len(items), _WORD)
        yield item
    elif kind == input_kinds.PRIMERS:
      lines = input_kinds.read_lines(path)
      for number, text in enumerate(lines, 1):
        on_step(number, len(lines), _WORD)
        yield _primer_item(_line_name(path, number), text, options)
    elif made := origins.of_beats(path):
      yield from _beats(path, made, options.drum_parts, on_reject, on_step)
    else:
      others.append(str(path) if path.is_file() else value)
  if others or not (values or primers):
    listing = inputs.list_inputs(
        others, recursive=recursive, excluded=excluded
    )
    input_contents.check_records(listing)
    yield from _sequences(listing, options.drum_parts, on_reject, on_step)


def _line_name(path: pathlib.Path, number: int) -> str:
  return f'{path.stem}_{number:06}'


def line_of_dataset(value: str) -> Item | None:
  """Reads the twelfth pattern of `dataset.tsv:12`; None if it is none such."""
  match = _LINE.fullmatch(value)
  if not match:
    return None
  path = result_patterns.file_of(local_paths.expand(match[1]))
  if not path.is_file():
    return None
  items = _dataset(path)
  number = int(match[2]) if len(match[2]) <= _MAX_DIGITS else 0
  if not 1 <= number <= len(items):
    raise errors.InputError(
        f'{match[1]} has {len(items)} lines, there is no line '
        f'{errors.on_one_line(match[2])}.'
    )
  return items[number - 1]


def _dataset(path: pathlib.Path) -> list[Item]:
  """Reads the patterns of a dataset, and where they come from."""
  codes = dataset_tsv.read(path).codes
  known = origins.of_dataset(path, len(codes)) or origins.of_beats(path) or {}
  return [
      Item(
          name=_line_name(path, number), hits=hits[None],
          origin=known.get(number),
      ) for number, hits in enumerate(step_codes.step_codes_to_hits(codes), 1)
  ]


def _beats(
    path: pathlib.Path, made: Mapping[int, origins.Origin],
    parts: parts_lib.DrumParts, on_reject: Callable[[str, str, str], None],
    on_step: callbacks.OnStep,
) -> Iterator[Item]:
  """Yields the records of beats that a model made, and what is said of them.
  """
  for item in _sequences(
      inputs.list_inputs([str(path)]), parts, on_reject, on_step
  ):
    number = origins.number_of(item.sequence.id) if item.sequence else None
    yield dataclasses.replace(item, origin=made.get(number or 0))


def _primer_item(name: str, primer: str, options: Options) -> Item:
  codes = drum_tracks.events_to_codes(
      drum_tracks.parse_primer(primer), options.voices_in
  )
  return Item(name=name, hits=note_sequences.cut_patterns(codes))


def _sequences(
    listing: inputs.Listing, parts: parts_lib.DrumParts,
    on_reject: Callable[[str, str, str], None], on_step: callbacks.OnStep,
) -> Iterator[Item]:
  """Yields the NoteSequences of MIDI files, zips and TFRecords."""
  done, total = 0, listing.num_bytes
  for task in input_tasks.tasks(listing):
    if not isinstance(task, input_tasks.Task):
      name, problem = task
      on_reject(name, problem.reason, problem.detail)
      continue
    on_step(done, total, _WORD)
    for name, data in input_contents.contents(task):
      try:
        if isinstance(data, errors.RejectedInputError):
          raise data
        if task.kind == input_kinds.TFRECORD:
          sequence = note_sequences.parse(data)
          name = sequence.filename or sequence.id or name
          song_limits.check_sequence(sequence)
          if parts:
            sequence_drums.mark(sequence, parts)
        else:
          collection, _, filename = name.partition('/')
          with reader_faults.rejected():
            sequence = midi_sequences.to_note_sequence(
                data, filename=filename, collection_name=collection,
                parts=parts,
            )
      except errors.RejectedInputError as e:
        on_reject(name, e.reason, e.detail)
        continue
      yield Item(name=name, sequence=sequence)
    done += task.size
  on_step(total, total, _WORD)


def item_patterns(item: Item, options: Options) -> np.ndarray:
  """Returns the patterns of an item, bool `[num_patterns, 32, 14]`.

  Raises:
    RejectedInputError: If its NoteSequence can't be put on the grid.
  """
  if item.hits is not None:
    return item.hits
  return note_sequences.to_patterns(
      item.sequence, drum_map=options.voices_in,
      assume_drums=options.assume_drums,
      steps_per_quarter=options.steps_per_quarter,
  )


def chosen_map(item: Item, options: Options) -> str | None:
  """Returns the drum map that an item is read with, if it was to be chosen.

  Args:
    item: What is read.
    options: How.

  Returns:
    Its name; None where no map is chosen, or there are no pitches to choose by.
  """
  drum_map = options.voices_in
  if item.sequence is None or drum_map is None or not drum_map.chooses:
    return None
  return map_fit.chosen(drum_map, sequence_drums.pitches(
      item.sequence, assume_drums=options.assume_drums
  )).name
