r"""Provenance: where each pattern of a dataset comes from.

`provenance.tsv` lies beside `dataset.tsv`, in the same order, and has a header
and one line a pattern: loops, repeats, inputs, min_qpm, max_qpm, genres
(`rock:3|pop:1`, inputs by label), input_ids and file_names (JSON lists). In its
plain columns backslash, tab and newline are written `\\`, `\t` and `\n`.

Where more was read than loops by the published recipe
(`Recipe.has_near_loops`), four columns more tell exact from near repeats:
near_loops (of `loops`, those that are none by the published recipe: 0 to
`loops`), near_repeats (of `repeats`, those with a difference), mean_flips and
max_flips (cells in which a repeat differs from the pattern, of all repeats, and
at most).

Where drum maps were chosen for each input (`--voices_in=auto`), a last column,
drum_maps, has that of each of `input_ids`, as a JSON list.
"""

from collections.abc import Mapping
from collections.abc import Sequence
import json
import math
import pathlib
import typing

from drumspace_ext import errors
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import local_paths
from drumspace_ext.files import result_names
from drumspace_ext.patterns import drum_maps

if typing.TYPE_CHECKING:
  # Who reads patterns alone need not wait for what extracts them.
  from drumspace_ext.dataset import collection as collection_lib

HEADER = (
    'loops', 'repeats', 'inputs', 'min_qpm', 'max_qpm', 'genres', 'input_ids',
    'file_names',
)
NEAR_HEADER = ('near_loops', 'near_repeats', 'mean_flips', 'max_flips')
MAPS_HEADER = ('drum_maps',)
# No dataset has more inputs than a number of so many digits.
MAX_DIGITS = 18


class Origins(typing.NamedTuple):
  """Where the patterns of a dataset come from, a row each.

  Attributes:
    genres: Inputs by genre.
    input_ids: Ids of the inputs.
    file_names: Files that these were read from.
    tempos: Slowest and fastest tempo, in quarter notes a minute; NaN where it
      is not known.
    only_near: Whether a pattern was found as near loops alone; None where the
      file does not tell these from exact ones.
  """

  genres: Sequence[dict[str, int]]
  input_ids: Sequence[tuple[str, ...]]
  file_names: Sequence[tuple[str, ...]]
  tempos: Sequence[tuple[float, float]]
  only_near: Sequence[bool] | None = None


def header_line(*, near: bool = False, maps: bool = False) -> str:
  """Returns the first line, with its newline.

  Args:
    near: Tell exact from near repeats.
    maps: Tell which drum maps inputs were read with.
  """
  return '\t'.join(HEADER + near * NEAR_HEADER + maps * MAPS_HEADER) + '\n'


def format_line(
    pattern: 'collection_lib.UniquePattern', *, near: bool = False,
    maps: Mapping[str, str] | None = None,
) -> str:
  """Writes where one pattern comes from as a line, with its newline.

  Args:
    pattern: The pattern.
    near: Tell exact from near repeats.
    maps: Drum maps that inputs were read with, by id, where that is not `gm14`;
      None to say nothing of them.
  """
  genres = '|'.join(
      f'{label}:{count}' for label, count in pattern.genres.items()
  )
  return '\t'.join((
      str(pattern.num_loops), str(pattern.num_repeats),
      str(pattern.num_inputs), f'{pattern.min_qpm:.6g}',
      f'{pattern.max_qpm:.6g}', dataset_tsv.escape(genres),
      pattern.input_ids_json, pattern.file_names_json,
      *(near * (
          str(pattern.num_near_loops), str(pattern.num_near_repeats),
          f'{pattern.num_flips / pattern.num_repeats:.6g}',
          str(pattern.max_flips),
      )),
      *([] if maps is None else [json.dumps(
          [maps.get(name, drum_maps.GM14) for name in pattern.input_ids]
      )]),
  )) + '\n'


def parse_genres(text: str) -> dict[str, int]:
  """Reads `rock:3|pop:1`; what has another form is left out."""
  genres = {}
  for part in text.split('|'):
    name, colon, count = part.rpartition(':')
    if colon and name and count.isdecimal() and len(count) <= MAX_DIGITS:
      genres[name] = int(count)
  return genres


def main_genre(genres: Mapping[str, int]) -> str:
  """Returns the genre of most inputs, the first of several; '' for none."""
  return max(genres, key=lambda name: genres[name], default='')


def names_of(text: str, place: str, column: str) -> tuple[str, ...]:
  """Reads a JSON list of strings.

  Args:
    text: The list.
    place: Where it stands, for the message.
    column: What it is called.

  Raises:
    InputError: If it is none.
  """
  try:
    names = json.loads(text)
  except (ValueError, RecursionError):
    names = None
  if not isinstance(names, list) or not all(
      isinstance(name, str) for name in names
  ):
    raise errors.InputError(
        f'{place}: expected a JSON list of strings as {column}, got '
        f'{text[:60]!r}. Make the dataset again.'
    )
  # JSON can name halves of characters, which no file can hold.
  return tuple(
      name if name.isascii() else local_paths.in_utf_8(name) for name in names
  )


def _tempo(fields: Mapping[str, str]) -> tuple[float, float]:
  """Reads the slowest and fastest tempo; NaN, both, for what is none."""
  try:
    low, high = float(fields['min_qpm']), float(fields['max_qpm'])
  except (KeyError, ValueError):
    return math.nan, math.nan
  return (low, high) if 0 < low <= high < math.inf else (math.nan, math.nan)


def rows(
    path: pathlib.Path, count: int
) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
  """Reads the provenance of a dataset as text.

  Args:
    path: The file.
    count: How many patterns the dataset has.

  Returns:
    (header, rows): the names of columns, and for each pattern its line in the
    file and the fields of it by name.

  Raises:
    InputError: If it can't be read, or has not one line a pattern.
  """
  try:
    lines = path.read_text(encoding='utf-8').split('\n')
  except (OSError, UnicodeDecodeError) as e:
    raise errors.InputError(f"{path} can't be read: {e}.") from e
  header = lines[0].split('\t')
  if missing := {'genres', 'input_ids', 'file_names'} - set(header):
    raise errors.InputError(
        f"{path} can't be read: its header lacks {', '.join(sorted(missing))}."
    )
  found = []
  for number, line in enumerate(lines[1:], 2):
    if not line:
      continue
    columns = line.split('\t')
    if len(columns) != len(header):
      raise errors.InputError(
          f"{path} can't be read: line {number} has {len(columns)} columns, "
          f'not {len(header)}.'
      )
    found.append((number, dict(zip(header, columns))))
  if len(found) != count:
    raise errors.InputError(
        f'{path} has {len(found)} lines, {result_names.DATASET} beside it has '
        f'{count}. Make them again together.'
    )
  return header, found


def read(path: pathlib.Path, count: int) -> Origins:
  """Reads the provenance of a dataset.

  Args:
    path: The file.
    count: How many patterns the dataset has.

  Raises:
    InputError: If it can't be read, or has not one line a pattern.
  """
  genres, ids, names, tempos, only_near = [], [], [], [], []
  header, table = rows(path, count)
  for number, fields in table:
    place = f'{path}, line {number}'
    genres.append(parse_genres(fields['genres']))
    ids.append(names_of(fields['input_ids'], place, 'input_ids'))
    names.append(names_of(fields['file_names'], place, 'file_names'))
    tempos.append(_tempo(fields))
    only_near.append(fields.get('near_loops') == fields.get('loops'))
  tells = set(NEAR_HEADER) <= set(header)
  return Origins(genres, ids, names, tempos, only_near if tells else None)


def beside(
    examples: pathlib.Path | None, count: int
) -> bytes | None:
  """Returns the provenance beside a dataset, if its lines fit the patterns.

  Args:
    examples: What the patterns were read from, a file or folder, if anything.
    count: How many there are, one of each rotation class.
  """
  if examples is None:
    return None
  if not examples.is_dir():
    if examples.name != result_names.DATASET:
      return None
    examples = examples.parent
  path = examples / result_names.PROVENANCE
  if not path.is_file():
    return None
  content = path.read_bytes()
  lines = [line for line in content.split(b'\n')[1:] if line]
  return content if len(lines) == count else None
