"""What names promise MIDI, and how large a MIDI file may be."""

import pathlib
import re

# As other programs call them: karaoke, RIFF MIDI, and "standard MIDI file".
EXTENSIONS = ('.mid', '.midi', '.kar', '.rmi', '.smf')
MAX_FILE_BYTES = 32 << 20

_UNSAFE = re.compile(r'[^\w.-]+')
_MAX_NAME_CHARS = 80


def safe_name(name: str) -> str:
  """Makes the last part of a name fit for a file, without MIDI's ending."""
  stem = _UNSAFE.sub('_', pathlib.PurePosixPath(name).name)
  for extension in EXTENSIONS:
    if stem.lower().endswith(extension):
      stem = stem[:-len(extension)]
  return stem.strip('._')[-_MAX_NAME_CHARS:]
