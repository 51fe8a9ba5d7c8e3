"""Input kinds: what a file, a text or a record is, by its bytes and its name.

A file of SequenceExamples (what drums_rnn trains on) is easily taken for one of
NoteSequences (what it is made from): magenta 1145. Neither says what it is, so
the bytes of a record are looked at as protobuf fields, without TensorFlow.
"""

from collections.abc import Iterator
import os
import pathlib
import re
import zlib

from drumspace_ext import errors
from drumspace_ext.files import audio_kinds
from drumspace_ext.files import local_paths
from drumspace_ext.files import midi_kinds
from drumspace_ext.files import remote_paths
from drumspace_ext.files import tfrecords
from drumspace_ext.files import zip_archives
from drumspace_ext.notes import note_sequences
from drumspace_ext.notes import protobuf_fields

MIDI, ZIP, TFRECORD = 'midi', 'zip', 'tfrecord'
# Of texts: a dataset, or a drums_rnn primer a line.
DATASET, PRIMERS = 'dataset', 'primers'
# Of records.
NOTE_SEQUENCE = 'NoteSequence'
SEQUENCE_EXAMPLE = 'SequenceExample'
EXAMPLE = 'Example'
UNKNOWN = 'unknown'

_TFRECORD_NAME = re.compile(
    r'\.tfrecords?(\.gz|\.gzip)?(-\d+-of-\d+)?(\.gz)?$', re.IGNORECASE
)
_SHARD_NAME = re.compile(r'-\d+-of-\d+$')
_TEXT_HEAD_BYTES = 4096
# A cut or wrong dataset line is one all the same, and gets its own message.
_CODES = re.compile(rb'\s*-?\d+(,-?\d+){3,}')
_PRIMER = re.compile(rb'\s*[\[(]\s*[\[(]')


def _is_tfrecord(head: bytes, name: str) -> bool:
  """Says whether a file is a TFRecord, by its first bytes and its name.

  A shard that got no record is empty, whatever its set is called.
  """
  return bool(
      tfrecords.starts_like_tfrecord(head) or _TFRECORD_NAME.search(name)
      or not head and _SHARD_NAME.search(name)
  )


def kind_of_file(path: remote_paths.ReadablePath) -> str | None:
  """Tells what a file is by its first bytes, and its name where they fail.

  Raises:
    OSError: If it can't be read.
  """
  with path.open('rb') as stream:
    head = stream.read(tfrecords.HEAD_BYTES)
  name = path.name.lower()
  if tfrecords.compression_of(head):
    try:
      with tfrecords.open_bytes(path) as unpacked:
        head = unpacked.read(12)
    except (OSError, EOFError, zlib.error):
      head = b'damaged'
    return TFRECORD if _is_tfrecord(head, name) else None
  if head[:4] == b'MThd' or (head[:4] == b'RIFF' and head[8:12] == b'RMID'):
    return MIDI
  if _is_tfrecord(head, name):
    return TFRECORD
  if zip_archives.starts_like_zip(head) and not name.endswith(
      midi_kinds.EXTENSIONS
  ):
    return ZIP
  if name.endswith(midi_kinds.EXTENSIONS):
    return MIDI
  return None


def audio_of(path: remote_paths.ReadablePath) -> str:
  """Says that a file is audio and what to do with it; '' if it is none.

  Raises:
    OSError: If it can't be read.
  """
  head = b''
  if path.is_file():
    with path.open('rb') as stream:
      head = stream.read(tfrecords.HEAD_BYTES)
  audio = audio_kinds.of_head(head)
  return f'{path} is audio ({audio}). {audio_kinds.HINT}' if audio else ''


def why_no_input(path: remote_paths.ReadablePath) -> str:
  """Says why a file of no known kind is no input.

  Raises:
    OSError: If it can't be read.
  """
  return audio_of(path) or (
      f'{path} is no NoteSequence TFRecord, no MIDI file and no zip archive. '
      'drumspace_inspect says what a file holds.'
  )


def extension(name: str) -> str:
  """Returns what a file is counted under when it is not read."""
  suffix = os.path.splitext(name)[1].lower()
  return local_paths.in_utf_8(suffix) or 'without extension'


def kind_of_name(name: str) -> str | None:
  """Tells what a file in a folder is taken for by its name alone."""
  name = name.lower()
  if name.endswith(midi_kinds.EXTENSIONS):
    return MIDI
  if name.endswith('.zip'):
    return ZIP
  return TFRECORD if _TFRECORD_NAME.search(name) else None


def of_text(path: pathlib.Path) -> str | None:
  """Returns `DATASET`, `PRIMERS` or None by the first line of a text file."""
  try:
    with path.open('rb') as stream:
      head = stream.read(_TEXT_HEAD_BYTES)
  except OSError:
    return None
  if _CODES.match(head) or path.suffix.lower() == '.tsv':
    return DATASET
  if _PRIMER.match(head):
    return PRIMERS
  return None


def read_lines(path: pathlib.Path) -> list[str]:
  """Returns the lines of a text file that are not blank.

  Raises:
    InputError: If it can't be read as UTF-8.
  """
  try:
    lines = path.read_text(encoding='utf-8').splitlines()
  except (OSError, UnicodeDecodeError) as e:
    raise errors.InputError(f"{path} can't be read as text: {e}.") from e
  return [line for line in lines if line.strip()]


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
  """Yields (number, bytes) of the fields of a message made of messages alone.

  Raises:
    ValueError: If it has fields of another kind, or is no message.
    IndexError: If it is cut.
  """
  for number, kind, start, end in protobuf_fields.fields(data):
    if kind != protobuf_fields.LENGTH_DELIMITED:
      raise ValueError(f'field {number} is no message')
    yield number, data[start:end]


def _is_feature_map(data: bytes) -> bool:
  """Says whether a message is a map of names: {1: {1: name, 2: message}}."""
  is_empty = True
  for number, entry in _messages(data):
    is_empty = False
    name = None
    for inner, value in _messages(entry):
      if inner not in (1, 2):
        return False
      name = value if inner == 1 else name or b''
    if number != 1 or name is None or not name.isascii():
      return False
  return not is_empty


def of_record(data: bytes) -> str:
  """Returns what a record holds, `NOTE_SEQUENCE` or another."""
  try:
    numbers = set()
    for number, value in _messages(data):
      if number not in (1, 2) or (value and not _is_feature_map(value)):
        raise ValueError('no feature map')
      numbers.add(number)
    if numbers:
      return SEQUENCE_EXAMPLE if 2 in numbers else EXAMPLE
  except (ValueError, IndexError):
    pass
  try:
    note_sequences.parse(data)
  except errors.RejectedInputError:
    return UNKNOWN
  return NOTE_SEQUENCE
