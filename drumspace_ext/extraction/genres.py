"""Genres: labels from the words of file and folder names.

Published: the article took genres from file names. A label is a canonical name
such as `hip_hop`; it stands in a name as a whole word, in any of its common
spellings (hip-hop, hip hop, HipHop). A pattern may have several. Labels that
sound alike are a *family*, for where there is room for few.
"""

from collections.abc import Iterable
import functools
import re
import types

# Canonical name, then other spellings. Words are compared in lower case, with
# every run of other characters as one blank.
_SPELLINGS = {
    'afrobeat': ('afro beat',),
    'afro_cuban': ('afrocuban', 'afro cuban'),
    'ambient': (),
    'bachata': (),
    'ballad': ('ballads',),
    'blues': ('bluesy',),
    'bolero': (),
    'bossa_nova': ('bossanova', 'bossa nova', 'bossa'),
    'breakbeat': ('break beat', 'breakbeats', 'big beat'),
    'calypso': ('soca',),
    'cha_cha_cha': ('cha cha cha', 'cha cha', 'chacha', 'chachacha'),
    'classical': (),
    'country': ('bluegrass', 'train beat'),
    'cumbia': (),
    'dance': ('eurodance', 'edm'),
    'dancehall': ('dance hall',),
    'disco': ('nu disco',),
    'drum_and_bass': (
        'drum and bass', 'drum n bass', 'drumnbass', 'dnb', 'd n b',
        'drum bass', 'jungle',
    ),
    'dubstep': ('dub step',),
    'electro': ('electronic', 'electronica'),
    'folk': ('folk world',),
    'funk': ('funky', 'funk rock'),
    'fusion': (),
    'garage': ('uk garage', 'two step', '2 step', '2step'),
    'gospel': (),
    'grunge': (),
    'hardcore': (),
    'hardstyle': (),
    'highlife': ('high life',),
    'hip_hop': ('hip hop', 'hiphop', 'rap', 'boom bap', 'boombap'),
    'house': ('deep house', 'tech house'),
    'indie': (),
    'industrial': (),
    'jazz': ('bebop', 'be bop'),
    'latin': (),
    'mambo': (),
    'march': ('marches',),
    'merengue': (),
    'metal': ('heavy metal', 'thrash', 'death metal', 'black metal'),
    'new_orleans': ('new orleans', 'neworleans', 'second line'),
    'pop': ('britpop', 'synthpop'),
    'punk': ('punk rock',),
    'ragtime': (),
    'reggae': ('rocksteady', 'dub', 'one drop'),
    'reggaeton': ('dembow',),
    'rnb': ('r b', 'r n b', 'r and b', 'rhythm and blues', 'new jack swing'),
    'rock': ('hard rock', 'hardrock', 'rock n roll', 'rocknroll', 'rockabilly'),
    'rumba': (),
    'salsa': ('timba',),
    'samba': (),
    'shuffle': ('shuffles',),
    'ska': (),
    'songo': (),
    'soul': ('motown', 'soul rnb'),
    'soundtrack': ('soundtracks',),
    'surf': (),
    'swing': ('big band', 'bigband'),
    'tango': (),
    'techno': (),
    'trance': (),
    'trap': (),
    'videogame': ('video game', 'video games', 'videogames', 'vgm'),
    'waltz': (),
}

NAMES: tuple[str, ...] = tuple(_SPELLINGS)

SPELLINGS = types.MappingProxyType({
    name: (name.replace('_', ' '), *others)
    for name, others in _SPELLINGS.items()
})

# By whose drums they sound like.
FAMILIES = types.MappingProxyType({
    'rock': ('grunge', 'hardcore', 'indie', 'metal', 'punk', 'rock', 'surf'),
    'pop & country': ('ballad', 'country', 'folk', 'pop'),
    'funk & soul': ('funk', 'gospel', 'new_orleans', 'rnb', 'soul'),
    'jazz & blues': (
        'blues', 'fusion', 'jazz', 'ragtime', 'shuffle', 'swing', 'waltz',
    ),
    'hip hop & breaks': (
        'breakbeat', 'drum_and_bass', 'dubstep', 'garage', 'hip_hop', 'trap',
    ),
    'electronic & disco': (
        'ambient', 'dance', 'disco', 'electro', 'hardstyle', 'house',
        'industrial', 'techno', 'trance',
    ),
    'latin': (
        'afro_cuban', 'bachata', 'bolero', 'bossa_nova', 'cha_cha_cha',
        'cumbia', 'latin', 'mambo', 'merengue', 'rumba', 'salsa', 'samba',
        'songo', 'tango',
    ),
    'caribbean & african': (
        'afrobeat', 'calypso', 'dancehall', 'highlife', 'reggae', 'reggaeton',
        'ska',
    ),
    'stage & screen': ('classical', 'march', 'soundtrack', 'videogame'),
})

FAMILY_OF = types.MappingProxyType({
    name: family for family, names in FAMILIES.items() for name in names
})

_CAMEL = re.compile(r'(?<=[a-z])(?=[A-Z])')
# Letters of any script are letters; a number is a word of its own.
_WORD = re.compile(r'[^\W\d_]+|\d+')


@functools.cache
def _spellings() -> dict[str, list[tuple[list[str], str]]]:
  """Returns (words, label) of all spellings by first word, longest first."""
  found: dict[str, list[tuple[list[str], str]]] = {}
  for name, all_of in SPELLINGS.items():
    for spelling in all_of:
      words = _words(spelling)
      found.setdefault(words[0], []).append((words, name))
  for spelled in found.values():
    spelled.sort(key=lambda own: -len(own[0]))
  return found


def _words(text: str) -> list[str]:
  return _WORD.findall(text.lower())


def of_text(text: str) -> frozenset[str]:
  """Returns the labels whose words stand in a name or path."""
  spellings = _spellings()
  found: set[str] = set()
  # HipHop is two words to the eye, and one to the file system.
  apart = _CAMEL.sub(' ', text)
  for each in (text,) if apart == text else (text, apart):
    words, end = _words(each), 0
    if spellings.keys().isdisjoint(words):
      continue
    for start, word in enumerate(words):
      if start < end:
        continue
      for spelled, label in spellings.get(word, ()):
        if words[start:start + len(spelled)] == spelled:
          found.add(label)
          end = start + len(spelled)
          break
  return frozenset(found)


def of_labels(labels: Iterable[str]) -> frozenset[str]:
  """Returns labels for words that somebody chose as genres.

  A word that is no known spelling becomes a label of its own.
  """
  found: set[str] = set()
  for label in labels:
    if words := _words(label):
      found.update(of_text(label) or {'_'.join(words)})
  return frozenset(found)
