"""Origins: what a folder of results says of each beat in it.

A dataset says it in `provenance.tsv`, beats that a model made in `nearest.tsv`
and `manifest.json`. A beat of no such folder has no origin.
"""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import json
import math
import pathlib
import re

from drumspace_ext import defaults
from drumspace_ext.dataset import nearest_tsv
from drumspace_ext.dataset import provenance
from drumspace_ext.files import result_names

# What a model is called that is named as a folder or file of a training run.
_PARTS_OF_RUN = ('train', 'best', 'last', '')
_SHIPPED = 'shipped:'
_OF_BEATS = result_names.RECORDS, result_names.PATTERNS
# Beats in `patterns.tfrecord` are numbered from 1.
_RECORD = re.compile(r'/id/drumspace/.*/(\d{1,9})', re.DOTALL)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Origin:
  """Where one beat comes from.

  Attributes:
    genres: Inputs by genre; of a made beat those of the nearest known one.
    sources: What it was read from; likewise.
    qpm: The tempo that is its own, in quarter notes a minute; NaN if unknown.
    model: What made it; empty for a beat that was found.
    verdict: Of a made beat: `copy`, `near` or `novel`.
    distance: Of a made beat: bits to the nearest known one.
    fields: The line of `provenance.tsv`, by column.
    place: That line, for messages.
    num_beats: How many beats lie in its folder.
    has_genres: Whether any of these has a genre.
  """

  genres: Mapping[str, int]
  sources: Sequence[str]
  qpm: float
  model: str = ''
  verdict: str = ''
  distance: int | None = None
  fields: Mapping[str, str] = dataclasses.field(default_factory=dict)
  place: str = ''
  num_beats: int = 0
  has_genres: bool = True

  @property
  def genre(self) -> str:
    """The genre of most inputs, the first of several; empty for none."""
    return provenance.main_genre(self.genres)


def _whole(qpm: float) -> float:
  """Returns the nearest whole tempo, which a person would set; NaN for NaN."""
  return qpm if math.isnan(qpm) else float(round(qpm))


def _usual(low: float, high: float) -> float:
  """Returns a tempo between two: a whole one, where there is any."""
  middle = (low + high) / 2
  whole = _whole(middle)
  return whole if low <= whole <= high else middle


def of_dataset(path: pathlib.Path, count: int) -> dict[int, Origin] | None:
  """Reads the origins of a dataset or a map.

  Args:
    path: Its `dataset.tsv`.
    count: How many patterns that has.

  Returns:
    Origins by the numbers of patterns, from 1; None if nothing beside the file
    says it.

  Raises:
    InputError: If what is beside it is damaged, or of another dataset.
  """
  beside = path.parent / result_names.PROVENANCE
  if path.name != result_names.DATASET or not beside.is_file():
    return None
  known = provenance.read(beside, count)
  _, rows = provenance.rows(beside, count)
  table = zip(
      known.genres, known.input_ids, known.file_names, known.tempos, rows
  )
  has_genres = any(known.genres)
  return {
      number: Origin(
          genres=genres, sources=names or ids, qpm=_usual(*tempos),
          fields=fields, place=f'{beside}, line {line}', num_beats=count,
          has_genres=has_genres,
      )
      for number, (genres, ids, names, tempos, (line, fields)) in enumerate(
          table, 1
      )
  }


def of_beats(path: pathlib.Path) -> dict[int, Origin] | None:
  """Reads the origins of beats that a model made.

  Args:
    path: Their `patterns.tfrecord` or `patterns.tsv`.

  Returns:
    Origins by the numbers of beats; None if nothing beside the file says it.

  Raises:
    InputError: If what is beside it is damaged.
  """
  beside = path.parent / result_names.NEAREST
  if path.name not in _OF_BEATS or not beside.is_file():
    return None
  asked = _arguments(path.parent)
  # A tempo that was asked for is that of the beats themselves.
  said, qpm = asked.get('qpm'), None
  if isinstance(said, int | float) and said != defaults.QPM:
    qpm = float(said)
  found = nearest_tsv.read(beside)
  has_genres = any(row.genres for row in found.values())
  return {
      number: Origin(
          genres=row.genres, sources=row.sources, model=_model(asked),
          qpm=_whole(row.qpm) if qpm is None else qpm,
          verdict=row.verdict, distance=row.distance, num_beats=len(found),
          has_genres=has_genres,
      ) for number, row in found.items()
  }


def number_of(sequence_id: str) -> int | None:
  """Returns the number of a made beat by the id of its record."""
  match = _RECORD.fullmatch(sequence_id)
  return int(match[1]) if match else None


def _arguments(folder: pathlib.Path) -> Mapping[str, object]:
  """Returns what the maker of a folder was asked for, as far as it says."""
  try:
    found = json.loads((folder / result_names.MANIFEST).read_bytes())
    asked = found['arguments']
  except (OSError, ValueError, KeyError, TypeError, RecursionError):
    return {}
  return asked if isinstance(asked, dict) else {}


def _model(asked: Mapping[str, object]) -> str:
  """Returns what a person calls the model that was asked for."""
  for key in ('run_dir', 'checkpoint_file'):
    value = asked.get(key)
    if isinstance(value, list):
      value = value[0] if value else None
    if not isinstance(value, str) or not value:
      continue
    parts = pathlib.PurePath(value.removeprefix(_SHIPPED)).parts
    for part in reversed(parts):
      name = part.removesuffix(result_names.CHECKPOINT_SUFFIX)
      if name not in _PARTS_OF_RUN or len(parts) == 1:
        return name
  return 'model'
