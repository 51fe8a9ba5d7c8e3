"""What names promise MIDI, and how large a MIDI file may be that is read."""

import pathlib
import re
import unicodedata

from drumspace_ext.files import remote_paths

# As other programs call them: karaoke, RIFF MIDI, and "standard MIDI file".
EXTENSIONS = ('.mid', '.midi', '.kar', '.rmi', '.smf')
MAX_FILE_BYTES = 32 << 20

_MAX_NAME_CHARS = 80


def read(path: str) -> bytes:
  """Reads a MIDI file; of one that is too large, a byte more than allowed.

  Args:
    path: Where it is, here or on a remote filesystem.

  Raises:
    OSError: If that fails.
  """
  return remote_paths.first_bytes(path, MAX_FILE_BYTES + 1)


def safe_letters(text: str) -> str:
  """Makes a text fit for the name of a file on every system, at any length.

  Letters of any script stay, with their marks, which are vowels in many; so do
  figures, `_`, `-` and `.`. All else becomes `_`.
  """
  safe, has_marks = [], False
  for letter in unicodedata.normalize('NFC', text):
    # A mark on no letter would be unseen.
    is_mark = unicodedata.category(letter) in ('Mn', 'Mc')
    has_marks = letter.isalpha() or has_marks and is_mark
    is_safe = letter.isalnum() or letter in '_.-' or has_marks
    safe.append(letter if is_safe else ' ')
  return re.sub(' +', '_', ''.join(safe))


def safe_name(name: str) -> str:
  """Makes the last part of a name fit for a file, without MIDI's ending."""
  stem = safe_letters(pathlib.PurePosixPath(name).name)
  for extension in EXTENSIONS:
    if stem.lower().endswith(extension):
      stem = stem[:-len(extension)]
  return stem.strip('._')[-_MAX_NAME_CHARS:]
