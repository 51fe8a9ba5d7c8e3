"""Conversion: any of the ecosystem's forms of drums into any other.

What is read becomes a stream of items. An item holds a whole NoteSequence (from
MIDI or a TFRecord) or patterns (from a dataset or a primer); patterns are cut
from a NoteSequence only where the other side asks for them. What can't be read
is counted and named by the caller's `on_reject`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
import dataclasses
import pathlib
import re
import zipfile

import numpy as np

from drumspace_ext import dataset
from drumspace_ext import drum_maps
from drumspace_ext import drum_tracks
from drumspace_ext import errors
from drumspace_ext import input_readers
from drumspace_ext import inputs
from drumspace_ext import midi_note_sequences
from drumspace_ext import midi_writing
from drumspace_ext import note_sequences
from drumspace_ext import onsets as onsets_lib
from drumspace_ext import output_files
from drumspace_ext import patterns
from drumspace_ext import text_kinds
from drumspace_ext import tfrecords

MIDI, ZIP, TFRECORD, TSV, PRIMER = 'midi', 'zip', 'tfrecord', 'tsv', 'primer'
FORMS = (MIDI, ZIP, TFRECORD, TSV, PRIMER)

# What a file is called in an output folder, where the caller names none.
DEFAULT_NAMES = {
    ZIP: 'drums.zip', TFRECORD: 'drums.tfrecord', TSV: 'drums.tsv',
    PRIMER: 'drums_primers.txt',
}
_FORM_OF_SUFFIX = {
    '.mid': MIDI, '.midi': MIDI, '.zip': ZIP, '.tfrecord': TFRECORD,
    '.tsv': TSV, '.txt': PRIMER,
}
_UNSAFE = re.compile(r'[^A-Za-z0-9._-]+')
_MAX_NAME_CHARS = 80
# The earliest date that a zip archive can hold: the same input, the same bytes.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


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
    qpm: Tempo for what has none of its own.
  """

  voices_in: drum_maps.DrumMap | None = None
  voices_out: drum_maps.DrumMap | None = None
  tile: int | None = None
  steps_per_quarter: int = patterns.STEPS_PER_QUARTER
  assume_drums: bool = False
  qpm: float = onsets_lib.DEFAULT_QPM


@dataclasses.dataclass(frozen=True, kw_only=True)
class Item:
  """One thing that was read: a NoteSequence or patterns.

  Attributes:
    name: What to call it.
    sequence: A NoteSequence, or None.
    hits: bool `[num_patterns, 32, 14]`, or None.
  """

  name: str
  sequence: object = None
  hits: np.ndarray | None = None


def form_of_path(path: pathlib.Path) -> str:
  """Tells the form of an output by its name; a folder is for MIDI files."""
  return _FORM_OF_SUFFIX.get(path.suffix.lower(), MIDI)


def read(
    values: Sequence[str], primers: Sequence[str], options: Options, *,
    recursive: bool, on_reject: Callable[[str, str, str], None],
) -> Iterator[Item]:
  """Yields what is in the inputs.

  Args:
    values: TFRecords, MIDI files, folders, zips, datasets, text files with a
      primer a line, and globs.
    primers: drums_rnn primers themselves.
    options: How to read.
    recursive: Search folders in folders.
    on_reject: Called with (name, reason, detail) of what can't be read.

  Raises:
    InputError: If an input that was named is unusable, or there is none.
  """
  for number, primer in enumerate(primers):
    yield _primer_item(f'primer_{number + 1}', primer, options)
  others = []
  for value in values:
    path = pathlib.Path(value).expanduser()
    kind = text_kinds.of_file(path) if path.is_file() else None
    if kind == text_kinds.DATASET:
      codes = dataset.read(path).codes
      for number, hits in enumerate(patterns.step_codes_to_hits(codes), 1):
        yield Item(name=f'{path.stem}_{number:06}', hits=hits[None])
    elif kind == text_kinds.PRIMERS:
      lines = path.read_text(encoding='utf-8').splitlines()
      for number, line in enumerate(filter(str.strip, lines), 1):
        yield _primer_item(f'{path.stem}_{number:06}', line, options)
    else:
      others.append(value)
  if others or not (values or primers):
    listing = inputs.list_inputs(others, recursive=recursive)
    input_readers.check_records(listing)
    yield from _sequences(listing, on_reject)


def _primer_item(name: str, primer: str, options: Options) -> Item:
  codes = drum_tracks.events_to_codes(
      drum_tracks.parse_primer(primer), options.voices_in
  )
  return Item(name=name, hits=note_sequences.cut_patterns(codes))


def _sequences(listing: inputs.Listing, on_reject) -> Iterator[Item]:
  """Yields the NoteSequences of MIDI files, zips and TFRecords."""
  for task in inputs.tasks(listing):
    if not isinstance(task, inputs.Task):
      name, problem = task
      on_reject(name, problem.reason, problem.detail)
      continue
    for name, data in input_readers.contents(task):
      try:
        if isinstance(data, errors.RejectedInputError):
          raise data
        if task.kind == inputs.TFRECORD:
          sequence = note_sequences.parse(data)
          name = sequence.filename or sequence.id or name
        else:
          collection, _, filename = name.partition('/')
          sequence = midi_note_sequences.to_note_sequence(
              data, filename=filename, collection_name=collection
          )
      except errors.RejectedInputError as e:
        on_reject(name, e.reason, e.detail)
        continue
      yield Item(name=name, sequence=sequence)


def _remap(sequence, options: Options):
  """Returns a NoteSequence with its drum pitches led through the maps."""
  gm14 = drum_maps.load(drum_maps.GM14)
  read_with = options.voices_in or gm14
  pitches = (options.voices_out or gm14).written_pitches
  kept = []
  for note in sequence.notes:
    if not (note.is_drum or options.assume_drums):
      kept.append(note)
      continue
    voice = int(read_with.voice_of_pitch[note.pitch])
    if voice != drum_maps.NO_VOICE and pitches[voice] is not None:
      note.pitch, note.is_drum = pitches[voice], True
      kept.append(note)
  result = type(sequence)()
  result.CopyFrom(sequence)
  del result.notes[:]
  result.notes.extend(kept)
  return result


def _qpm(item: Item, options: Options) -> float:
  if item.sequence is None or not item.sequence.tempos:
    return options.qpm
  low, high = note_sequences.QPM_LIMITS
  return min(max(item.sequence.tempos[0].qpm, low), high)


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


def _is_whole(item: Item, options: Options) -> bool:
  return item.sequence is not None and options.tile is None


def to_midi(item: Item, options: Options) -> bytes:
  """Returns an item as the bytes of a MIDI file."""
  if _is_whole(item, options):
    sequence = item.sequence
    if options.voices_in or options.voices_out or options.assume_drums:
      sequence = _remap(sequence, options)
    return midi_writing.note_sequence_to_midi(sequence)
  return midi_writing.patterns_to_midi(
      _tiled(item_patterns(item, options), options),
      qpm=_qpm(item, options), drum_map=options.voices_out, name=item.name,
  )


def _tiled(hits: np.ndarray, options: Options) -> np.ndarray:
  return np.repeat(hits, options.tile or 1, axis=0)


def to_record(item: Item, options: Options) -> bytes:
  """Returns an item as the bytes of a NoteSequence."""
  if _is_whole(item, options):
    sequence = item.sequence
    if options.voices_in or options.voices_out or options.assume_drums:
      sequence = _remap(sequence, options)
  else:
    sequence = note_sequences.from_patterns(
        _tiled(item_patterns(item, options), options),
        qpm=_qpm(item, options), drum_map=options.voices_out,
        sequence_id=f'/id/drumspace/{item.name}',
    )
    if item.sequence is not None:
      sequence.id = item.sequence.id
      sequence.filename = item.sequence.filename
      sequence.collection_name = item.sequence.collection_name
  return sequence.SerializeToString(deterministic=True)


def _file_name(number: int, name: str) -> str:
  stem = _UNSAFE.sub('_', pathlib.PurePosixPath(name).name)
  stem = stem.removesuffix('.mid').strip('._')[-_MAX_NAME_CHARS:]
  return f'{number:06}_{stem}.mid' if stem else f'{number:06}.mid'


def _writers(batch: output_files.Batch, form: str, name: str):
  """Returns a function that writes (number, item name, content)."""
  if form == MIDI and name:
    def write_one(number, item_name, content):
      del item_name
      if number > 1:
        raise errors.InputError(
            f'{name} holds one MIDI file, and there is more than one input. '
            'Give a folder or a .zip as output.'
        )
      batch.open(name, text=False).write(content)
    return write_one
  if form == MIDI:
    def write_file(number, item_name, content):
      batch.write(_file_name(number, item_name), content)
    return write_file
  stream = batch.open(name, text=form in (TSV, PRIMER))
  if form == ZIP:
    archive = batch.enter(zipfile.ZipFile(stream, 'w'))
    def write_member(number, item_name, content):
      info = zipfile.ZipInfo(_file_name(number, item_name), _ZIP_DATE)
      info.external_attr = 0o644 << 16
      archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return write_member
  if form == TFRECORD:
    return lambda number, item_name, record: stream.write(
        tfrecords.frame(record)
    )
  return lambda number, item_name, text: stream.write(text)


def _content(item: Item, form: str, options: Options) -> bytes | str:
  if form in (MIDI, ZIP):
    return to_midi(item, options)
  if form == TFRECORD:
    return to_record(item, options)
  hits = _tiled(item_patterns(item, options), options)
  codes = patterns.hits_to_step_codes(hits)
  if form == TSV:
    return ''.join(dataset.format_line(row) for row in codes)
  return ''.join(
      drum_tracks.format_primer(row, options.voices_out) + '\n'
      for row in codes
  )


def write(
    items: Iterable[Item], folder: pathlib.Path, name: str, form: str,
    options: Options, *, on_reject: Callable[[str, str, str], None],
) -> int:
  """Writes items in one form; the files appear when all are written.

  Args:
    items: From `read`.
    folder: Where to write.
    name: The file in it; empty for a folder of MIDI files.
    form: One of `FORMS`.
    options: How to convert.
    on_reject: Called with (name, reason, detail) of what can't be converted.

  Returns:
    The number of items written.

  Raises:
    InputError: If nothing could be converted.
    OutputError: If a file can't be written.
  """
  count = 0
  with output_files.Batch(folder) as batch:
    put = _writers(batch, form, name)
    for item in items:
      try:
        content = _content(item, form, options)
      except errors.RejectedInputError as e:
        on_reject(item.name, e.reason, e.detail)
        continue
      count += 1
      put(count, item.name, content)
    if not count:
      raise errors.InputError('nothing could be converted.')
  return count
