"""Pack names: what a beat is called where it is a file of its own.

`rock/0001_rock_96bpm_SOURCE.mid`: a folder for each genre, the number of the
beat in its order, its genre, its tempo, and what it was read from. What a model
made also names the model, and the nearest known beat: `rock/
0001_best_rock_96bpm_like_SOURCE.mid`. Names are good on every system: letters
of any script with their marks, figures, `_`, `-` and `.`, no name that Windows
keeps for a device, and short enough.
"""

import dataclasses
import pathlib
import re

from drumspace_ext.conversion import origins
from drumspace_ext.files import midi_kinds

NO_GENRE = 'no_genre'
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICES = re.compile(r'(con|prn|aux|nul|com\d|lpt\d)(\..*)?', re.IGNORECASE)
# File systems take 255 bytes; a path of Windows, 260 characters in all.
_GENRE_BYTES, _MODEL_BYTES, _SOURCE_BYTES = 40, 40, 80
_LEAST_DIGITS = 4


def _cut(text: str, most_bytes: int) -> str:
  """Returns the end of a text, of so many bytes in UTF-8 at most."""
  return text.encode('utf-8')[-most_bytes:].decode('utf-8', 'ignore')


def safe_part(text: str, most_bytes: int) -> str:
  """Makes a text fit for a part of a file's name; it may become empty.

  Args:
    text: Anything.
    most_bytes: How long it may be, in UTF-8; its end is kept.
  """
  # What can't be written as UTF-8 is no letter.
  text = text.encode('utf-8', 'replace').decode('utf-8')
  return _cut(midi_kinds.safe_letters(text), most_bytes).strip('._-')


def _folder(genre: str) -> str:
  name = safe_part(genre.lower(), _GENRE_BYTES) or NO_GENRE
  return f'{name}_' if _DEVICES.fullmatch(name) else name


def _number(qpm: float) -> str:
  """Writes a tempo as a person does, `96` or `174.5`."""
  return f'{qpm:.1f}'.removesuffix('.0')


def _source(origin: origins.Origin) -> str:
  """Returns the title of the first source: its name, without its ending."""
  if not origin.sources:
    return ''
  name = re.split(r'[/\\]', origin.sources[0])[-1]
  for extension in midi_kinds.EXTENSIONS:
    if name.lower().endswith(extension):
      name = name[:-len(extension)]
  return safe_part(name, _SOURCE_BYTES)


@dataclasses.dataclass(frozen=True, kw_only=True)
class PackName:
  """What one beat is called.

  Attributes:
    folder: That of its genre; empty where no beat of its kind has one.
    title: What it is, without its number: `rock_96bpm_SOURCE`.
  """

  folder: str
  title: str

  def path(self, number: int, num_beats: int, extension: str) -> str:
    """Returns its path in the pack, with `/`.

    Args:
      number: Its place in the pack, from 1.
      num_beats: How many there are, as far as that is known.
      extension: With its dot.
    """
    digits = max(_LEAST_DIGITS, len(str(max(number, num_beats))))
    name = f'{number:0{digits}}_{self.title}{extension}'
    return str(pathlib.PurePosixPath(self.folder, name))


def of(origin: origins.Origin, qpm: float) -> PackName:
  """Names a beat.

  Args:
    origin: What is known of it.
    qpm: The tempo that it is written at, in quarter notes a minute.
  """
  genre = safe_part(origin.genre, _GENRE_BYTES)
  source = _source(origin)
  if origin.model and source:
    source = f'like_{source}'
  parts = (
      safe_part(origin.model, _MODEL_BYTES), genre, f'{_number(qpm)}bpm', source
  )
  return PackName(
      folder=_folder(origin.genre) if origin.has_genres else '',
      title='_'.join(filter(None, parts)),
  )
