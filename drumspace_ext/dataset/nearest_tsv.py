r"""`nearest.tsv`: the nearest known pattern of each beat that was made.

A header and a line a beat: index (from 1), verdict (`copy`, `near` or `novel`),
distance in bits over all rotations, step codes of the known pattern, its genres
(`rock:3|pop:1`), its sources (JSON list), and the tempo that it is usually
played at, in quarter notes a minute, empty where nobody knows.
"""

from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import json
import math
import pathlib

import numpy as np

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import provenance
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.patterns import nearest

HEADER = (
    'index', 'verdict', 'distance', 'nearest_step_codes', 'genres', 'sources',
    'qpm',
)
# Made by an earlier version.
_WITHOUT_TEMPO = len(HEADER) - 1
_MAX_DIGITS = 9


@dataclasses.dataclass(frozen=True, kw_only=True)
class Nearest:
  """What is known of one beat.

  Attributes:
    index: Its number, from 1.
    verdict: `copy`, `near` or `novel`.
    distance: In bits, to the nearest known pattern.
    codes: Step codes of that one.
    genres: Its inputs by genre.
    sources: What it was read from.
    qpm: Its usual tempo; NaN if that is not known.
  """

  index: int
  verdict: str
  distance: int
  codes: Sequence[int]
  genres: dict[str, int]
  sources: tuple[str, ...]
  qpm: float


def find(
    codes: np.ndarray, reference: examples.TrainingSet,
    on_step: callbacks.OnStep = callbacks.silent,
) -> tuple[np.ndarray, np.ndarray]:
  """Returns the (index, distance) of what is nearest to some beats.

  Args:
    codes: Their step codes, integer `[num_beats, 32]`.
    reference: What is known.
    on_step: Called with the beats compared; see `callbacks`.
  """
  return nearest.NearestPatterns(reference.codes).find(codes, on_step=on_step)


def lines(
    index: np.ndarray, distances: np.ndarray, reference: examples.TrainingSet
) -> Iterator[str]:
  """Yields the file of some beats, line by line.

  Args:
    index: The nearest known pattern of each, int64 `[num_beats]`.
    distances: Bits to it, int64 `[num_beats]`.
    reference: What is known.
  """
  yield '\t'.join(HEADER) + '\n'
  sources, tempos = reference.sources, reference.tempos
  pairs = zip(index.tolist(), distances.tolist())
  for number, (i, bits) in enumerate(pairs, 1):
    genres = '|'.join(f'{g}:{n}' for g, n in reference.genres[i].items())
    qpm = math.nan if tempos is None else float(tempos[i].mean())
    yield '\t'.join((
        str(number), nearest.verdict(bits), str(bits),
        ','.join(map(str, reference.codes[i].tolist())),
        dataset_tsv.escape(genres), json.dumps(sources[i], ensure_ascii=False),
        '' if math.isnan(qpm) else f'{qpm:.6g}',
    )) + '\n'


def _parsed(fields: Sequence[str]) -> Nearest:
  """Reads a line; raises ValueError if it is none."""
  index, verdict, distance, codes, genres, sources, qpm = fields
  if not index.isdecimal() or len(index) > _MAX_DIGITS:
    raise ValueError('its index is no number')
  names = json.loads(sources)
  if not isinstance(names, list):
    raise ValueError('its sources are no list')
  tempo = float(qpm or math.nan)
  return Nearest(
      index=int(index), verdict=verdict, distance=int(distance[:_MAX_DIGITS]),
      codes=dataset_tsv.parse_codes(codes).tolist(),
      genres=provenance.parse_genres(genres), sources=tuple(map(str, names)),
      qpm=tempo if 0 < tempo < math.inf else math.nan,
  )


def read(path: pathlib.Path) -> dict[int, Nearest]:
  """Reads the file, by the numbers of beats.

  Args:
    path: The file.

  Raises:
    InputError: If it can't be read.
  """
  try:
    text = path.read_text(encoding='utf-8')
  except (OSError, UnicodeDecodeError) as e:
    raise errors.InputError(f"{path} can't be read: {e}.") from e
  found = {}
  for number, line in enumerate(text.split('\n')[1:], 2):
    if not line:
      continue
    fields = line.split('\t')
    if len(fields) == _WITHOUT_TEMPO:
      fields.append('')
    try:
      row = _parsed(fields)
    except (ValueError, RecursionError) as e:
      raise errors.InputError(
          f"{path} can't be read: line {number} is none of a beat. Make the "
          'beats again with drumspace_generate.'
      ) from e
    found[row.index] = row
  return found
