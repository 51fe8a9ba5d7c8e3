"""Conversion files: converted items as MIDI, audio, zip, TFRecord and more.

The files appear under their names when all items are written.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
import functools
import pathlib
import zipfile

import numpy as np

from drumspace_ext import errors
from drumspace_ext.conversion import hydrogen
from drumspace_ext.conversion import packs
from drumspace_ext.conversion import parquet
from drumspace_ext.conversion import reading
from drumspace_ext.conversion import writing
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import audio_kinds
from drumspace_ext.files import midi_kinds
from drumspace_ext.files import output_files
from drumspace_ext.files import reader_faults
from drumspace_ext.files import tfrecords
from drumspace_ext.files import zip_archives
from drumspace_ext.notes import drum_tracks
from drumspace_ext.patterns import step_codes

MIDI, ZIP, TFRECORD, TSV, PRIMER = 'midi', 'zip', 'tfrecord', 'tsv', 'primer'
WAV, PARQUET, H2SONG = 'wav', 'parquet', 'h2song'
FORMS = (MIDI, ZIP, TFRECORD, TSV, PRIMER, WAV, PARQUET, H2SONG)
# Those that can tell how hits are played.
PLAYED_FORMS = (MIDI, ZIP, WAV, TFRECORD, H2SONG)
# Those that hold whole songs; the others hold their patterns.
SONG_FORMS = (MIDI, ZIP, WAV, TFRECORD)

# What a file is called in an output folder, where the caller names none.
DEFAULT_NAMES = {
    ZIP: 'drums.zip', TFRECORD: 'drums.tfrecord', TSV: 'drums.tsv',
    PRIMER: 'drums_primers.txt', PARQUET: 'drums.parquet',
    H2SONG: 'drums.h2song',
}
_FORM_OF_SUFFIX = {
    '.mid': MIDI, '.midi': MIDI, '.zip': ZIP, '.tfrecord': TFRECORD,
    '.tfrecords': TFRECORD, '.tsv': TSV, '.txt': PRIMER, '.wav': WAV,
    '.parquet': PARQUET, '.h2song': H2SONG,
}
# Forms of a file an item: what the files are called.
_EXTENSIONS = {MIDI: '.mid', ZIP: '.mid', WAV: '.wav'}
_TITLES = {MIDI: 'MIDI', WAV: 'WAV'}
# What they are, for a pack's readme.
WHAT = {
    MIDI: 'MIDI files', ZIP: 'MIDI files', WAV: 'WAV files (16 bits, stereo)'
}


def form_of_suffix(path: pathlib.PurePath) -> str | None:
  """Tells the form that the ending of a name means; None if it means none."""
  return _FORM_OF_SUFFIX.get(path.suffix.lower())


def fits(path: pathlib.Path, form: str) -> bool:
  """Says whether a file of this name may hold this form."""
  meant = form_of_suffix(path)
  if form == WAV and meant is None and path.suffix in audio_kinds.SUFFIXES:
    return False
  # A zip holds MIDI files, unless it is said that it holds audio.
  return meant in (None, form) or (meant, form) == (ZIP, WAV)


def is_folder(path: pathlib.Path, form: str) -> bool:
  """Says whether an output is a folder for files of a form."""
  return form in (MIDI, WAV) and (
      path.is_dir() or form_of_suffix(path) not in (form, ZIP)
  )


def form_of_path(path: pathlib.Path, to: str | None = None) -> str:
  """Tells the form of an output by its name; a folder is for MIDI files.

  Args:
    path: The output.
    to: The form that is asked for, if one is.

  Raises:
    InputError: If the name has an ending that says nothing.
  """
  suffix = path.suffix.lower()
  if to:
    in_zip = _FORM_OF_SUFFIX.get(suffix) == ZIP and not path.is_dir()
    return ZIP if to == MIDI and in_zip else to
  if suffix and suffix not in _FORM_OF_SUFFIX and not path.is_dir():
    raise errors.InputError(
        f'{path}: no form is known by the ending {suffix}; there are '
        f'{", ".join(_FORM_OF_SUFFIX)}. Or say the form with --to.'
    )
  return _FORM_OF_SUFFIX.get(suffix, MIDI)


def _file_name(number: int, name: str, form: str) -> str:
  stem = midi_kinds.safe_name(name)
  return (f'{number:06}_{stem}' if stem else f'{number:06}') + _EXTENSIONS[form]


def num_others(
    folder: pathlib.Path, name: str, form: str, count: int
) -> int:
  """Returns how many files of a form were in a folder, and are not replaced.

  Args:
    folder: Where items were written, beside one another or in folders of it.
    name: The file in it that holds them; empty if each has its own.
    form: What they are.
    count: How many.
  """
  if name:
    return 0
  pattern = f'*{_EXTENSIONS[form]}'
  return sum(
      1 for glob in (pattern, f'*/{pattern}') for _ in folder.glob(glob)
  ) - count


def _file_writer(batch: output_files.Batch, form: str, name: str):
  """Returns what writes a file an item; None where all go into one."""
  if form in _EXTENSIONS and not name:
    return batch.write
  is_zip = form_of_suffix(pathlib.PurePath(name)) == ZIP or form == ZIP
  if form not in _EXTENSIONS or not is_zip:
    return None
  archive = batch.enter(zipfile.ZipFile(batch.open(name, text=False), 'w'))
  return functools.partial(zip_archives.add, archive)


def _writers(
    batch: output_files.Batch, folder: pathlib.Path, name: str, form: str,
    options: reading.Options,
):
  """Returns what writes (number, item, content), and what ends it."""
  if put := _file_writer(batch, form, name):
    pack = packs.Pack(
        put, _EXTENSIONS[form], WHAT[form], options,
        folder=None if name else folder,
        plain_name=lambda number, item: _file_name(number, item.name, form),
    )
    return pack.write, pack.finish
  if form in _EXTENSIONS:
    def write_one(number, item, content):
      del item
      if number > 1:
        raise errors.InputError(
            f'{name} holds one {_TITLES[form]} file, and there is more than '
            'one input. Give a folder or a .zip as output.'
        )
      batch.write(name, content)
    return write_one, _nothing
  if form in (TSV, PRIMER):
    lines = batch.open(name)
    return lambda number, item, text: lines.write(text), _nothing
  stream = batch.open(name, text=False)
  if form == PARQUET:
    table = parquet.Writer(stream)
    return lambda number, item, hits: table.write(
        number, item, hits, writing.qpm_of(item, options)
    ), table.finish
  if form == H2SONG:
    song = hydrogen.Writer(stream)
    return lambda number, item, hits: song.write(
        writing.title_of(item, options), hits, writing.qpm_of(item, options),
        writing.dynamics_of(item, options),
    ), song.finish
  return lambda number, item, record: stream.write(
      tfrecords.frame(record)
  ), _nothing


def _nothing() -> None:
  """Ends what needs no end."""


def _content(
    item: reading.Item, form: str, options: reading.Options
) -> bytes | str | Iterator[bytes] | np.ndarray:
  if form in (MIDI, ZIP):
    return writing.to_midi(item, options)
  if form == WAV:
    return writing.to_wav(item, options)
  if form == TFRECORD:
    return writing.to_record(item, options)
  hits = writing.tiled_patterns(item, options)
  if form in (PARQUET, H2SONG):
    return hits
  codes = step_codes.hits_to_step_codes(hits)
  if form == TSV:
    return ''.join(dataset_tsv.format_line(row) for row in codes)
  return ''.join(
      drum_tracks.format_primer(row, options.voices_out) + '\n'
      for row in codes
  )


def write(
    items: Iterable[reading.Item], folder: pathlib.Path, name: str,
    form: str,
    options: reading.Options, *, on_reject: Callable[[str, str, str], None],
    on_silent: Callable[[str], None] = lambda name: None,
    on_map: Callable[[str, str], None] = lambda name, drum_map: None,
) -> int:
  """Writes items in one form; the files appear when all are written.

  Args:
    items: From `reading.read`.
    folder: Where to write.
    name: The file in it; empty for a folder of MIDI or audio files.
    form: One of `FORMS`.
    options: How to convert.
    on_reject: Called with (name, reason, detail) of what can't be converted.
    on_silent: Called with the name of each pattern that has no note in what
      is written; it keeps its place.
    on_map: Called with (name, drum map) of each item whose map was chosen.

  Returns:
    The number of items written.

  Raises:
    InputError: If nothing could be converted, or no note would be written.
    OutputError: If a file can't be written.
  """
  count = num_silent = 0
  with output_files.Batch(folder) as batch:
    put, finish = _writers(batch, folder, name, form, options)
    for item in items:
      try:
        with reader_faults.rejected():
          content = _content(item, form, options)
      except errors.RejectedInputError as e:
        on_reject(item.name, e.reason, e.detail)
        continue
      if item.hits is not None and writing.is_silent(item.hits, options):
        num_silent += 1
        on_silent(item.name)
      count += 1
      if drum_map := reading.chosen_map(item, options):
        on_map(item.name, drum_map)
      put(count, item, content)
    finish()
    if not count:
      raise errors.InputError('nothing could be converted.')
    if num_silent == count:
      raise errors.InputError(
          'nothing could be converted: there is no note to write in '
          f'{count:,} patterns.'
      )
  return count
