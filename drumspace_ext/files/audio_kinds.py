"""Audio kinds: files of sound, which are no input here, told from others."""

from collections.abc import Iterable

SUFFIXES = frozenset((
    '.wav', '.mp3', '.flac', '.ogg', '.oga', '.opus', '.aif', '.aiff', '.aifc',
    '.m4a', '.aac', '.wma',
))

HINT = (
    'Patterns are read from MIDI files and NoteSequences; audio is no input. '
    'Transcribe it to MIDI first.'
)


def of_head(head: bytes) -> str:
  """Names the kind of audio by the first twelve bytes of a file, or ''."""
  kinds = (
      (head[:4] == b'RIFF' and head[8:12] == b'WAVE', 'WAV'),
      (head[:4] == b'FORM' and head[8:12] in (b'AIFF', b'AIFC'), 'AIFF'),
      (head[:4] == b'fLaC', 'FLAC'),
      (head[:4] == b'OggS', 'Ogg'),
      # A frame of MPEG audio begins with eleven bits set; none of two layers.
      (head[:3] == b'ID3' or (
          head[:1] == b'\xff' and len(head) > 1 and head[1] >= 0xE0
          and head[1] & 0x06
      ), 'MP3'),
      (head[4:11] == b'ftypM4A', 'M4A'),
  )
  return next((name for fits, name in kinds if fits), '')


def hint(suffixes: Iterable[str]) -> str:
  """Returns the end of a message if audio is among some suffixes, or ''."""
  found = sorted(SUFFIXES.intersection(suffixes))
  return f' There is audio ({", ".join(found)}). {HINT}' if found else ''
