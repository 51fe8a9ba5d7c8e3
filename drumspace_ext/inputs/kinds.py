"""Input kinds: what a file is, by its first bytes and by its name."""

import os
import pathlib
import re
import zlib

from drumspace_ext.files import audio_kinds
from drumspace_ext.files import local_paths
from drumspace_ext.files import midi_kinds
from drumspace_ext.files import remote_paths
from drumspace_ext.files import tfrecords
from drumspace_ext.files import zip_archives

MIDI, ZIP, TFRECORD = 'midi', 'zip', 'tfrecord'

_TFRECORD_NAME = re.compile(
    r'\.tfrecords?(\.gz|\.gzip)?(-\d+-of-\d+)?(\.gz)?$', re.IGNORECASE
)


def kind_of_file(path: pathlib.Path | remote_paths.RemotePath) -> str | None:
  """Tells what a file is by its first bytes, and its name where they fail.

  Raises:
    OSError: If it can't be read.
  """
  with path.open('rb') as stream:
    head = stream.read(tfrecords.HEAD_BYTES)
  name = path.name.lower()
  if tfrecords.compression_of(head):
    try:
      with tfrecords.open_bytes(path) as stream:
        head = stream.read(12)
    except (OSError, EOFError, zlib.error):
      head = b''
    if tfrecords.starts_like_tfrecord(head) or _TFRECORD_NAME.search(name):
      return TFRECORD
    return None
  if head[:4] == b'MThd' or (head[:4] == b'RIFF' and head[8:12] == b'RMID'):
    return MIDI
  if tfrecords.starts_like_tfrecord(head) or _TFRECORD_NAME.search(name):
    return TFRECORD
  if zip_archives.starts_like_zip(head) and not name.endswith(
      midi_kinds.EXTENSIONS
  ):
    return ZIP
  if name.endswith(midi_kinds.EXTENSIONS):
    return MIDI
  return None


def why_no_input(path: pathlib.Path | remote_paths.RemotePath) -> str:
  """Says why a file of no known kind is no input.

  Raises:
    OSError: If it can't be read.
  """
  head = b''
  if path.is_file():
    with path.open('rb') as stream:
      head = stream.read(tfrecords.HEAD_BYTES)
  audio = audio_kinds.of_head(head)
  if audio:
    return f'{path} is audio ({audio}). {audio_kinds.HINT}'
  return (
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
