"""What names promise MIDI, and how large a MIDI file may be that is read."""

import pathlib
import re

from drumspace_ext.files import remote_paths

# As other programs call them: karaoke, RIFF MIDI, and "standard MIDI file".
EXTENSIONS = ('.mid', '.midi', '.kar', '.rmi', '.smf')
MAX_FILE_BYTES = 32 << 20

_UNSAFE = re.compile(r'[^\w.-]+')
_MAX_NAME_CHARS = 80


def read(path: str) -> bytes:
  """Reads a MIDI file; of one that is too large, a byte more than allowed.

  Args:
    path: Where it is, here or on a remote filesystem.

  Raises:
    OSError: If that fails.
  """
  return remote_paths.first_bytes(path, MAX_FILE_BYTES + 1)


def safe_name(name: str) -> str:
  """Makes the last part of a name fit for a file, without MIDI's ending."""
  stem = _UNSAFE.sub('_', pathlib.PurePosixPath(name).name)
  for extension in EXTENSIONS:
    if stem.lower().endswith(extension):
      stem = stem[:-len(extension)]
  return stem.strip('._')[-_MAX_NAME_CHARS:]
