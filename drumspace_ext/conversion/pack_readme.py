"""Pack readmes: what lies in a pack of beats, for whoever opens it later."""

import collections
from collections.abc import Mapping

from drumspace_ext.conversion import origins

FILE_NAME = 'README.txt'
_FIRST_LINE = 'Drum loops of two bars in 4/4.'
_WIDTH = 24
_VERDICTS = {
    'copy': 'are a known beat', 'near': 'differ from one in four hits or fewer',
    'novel': 'are new',
}


class PackReadme:
  """The readme of a pack, counted while its beats are written."""

  def __init__(self, what: str):
    """Begins a readme.

    Args:
      what: What the files are, in words.
    """
    self._what = what
    self._genres: collections.Counter[str] = collections.Counter()
    self._models: collections.Counter[str] = collections.Counter()
    self._verdicts: collections.Counter[str] = collections.Counter()
    self._tempos: list[float] = []

  def add(self, origin: origins.Origin, qpm: float) -> None:
    """Counts a beat that is written at a tempo."""
    self._genres[origin.genre] += 1
    self._tempos.append(qpm)
    if origin.model:
      self._models[origin.model] += 1
      self._verdicts[origin.verdict] += 1

  def __len__(self) -> int:
    return len(self._tempos)

  def text(self) -> str:
    """Returns the readme, the same for the same beats."""
    low, high = min(self._tempos), max(self._tempos)
    tempos = f'{low:.0f}' if low == high else f'{low:.0f} to {high:.0f}'
    lines = [
        _FIRST_LINE, '',
        f'{len(self):,} {self._what}, {tempos} bpm.', '',
        'A name says the place of a beat in the collection, its genre, its',
        'tempo, and the first file that it was found in. Each file is exactly',
        'two bars long, and loops without a gap.',
        *self._of_models(), '', *_table('Beats by genre', self._genres),
    ]
    return '\n'.join(lines) + '\n'

  def _of_models(self) -> list[str]:
    if not self._models:
      return []
    names = ', '.join(self._models)
    return [
        '', f'Made by a model: {names}. Genre and source are those of the',
        'nearest known beat (like_SOURCE). Of these beats',
        *(f'  {self._verdicts[verdict]:5,} {words}'
          for verdict, words in _VERDICTS.items() if self._verdicts[verdict]),
    ]


def _table(title: str, counts: Mapping[str, int]) -> list[str]:
  if set(counts) == {''}:
    return []
  ordered = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
  return [f'{title}:', *(
      f'  {name or "none known":{_WIDTH}} {count:6,}' for name, count in ordered
  )]


def is_ours(content: bytes) -> bool:
  """Says whether a file of the readme's name is one."""
  return content.startswith(_FIRST_LINE.encode())
