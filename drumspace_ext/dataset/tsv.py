r"""Datasets: unique patterns on disk.

`dataset.tsv` has the published drum_space form, one pattern a line: 32
comma-separated step codes, TAB, the latent vector (comma-separated floats),
TAB, two map coordinates. The second and third column may be absent (not yet
trained, not yet projected); all lines of a file have the same columns.

Beside it lies its `provenance`. `rejected.tsv` has a header and one line
for each input that gave nothing: input_id, reason, detail, hint. In the plain
columns, backslash, tab and newline are written `\\`, `\t` and `\n`.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import json
import pathlib
import typing

import numpy as np

from drumspace_ext import errors
from drumspace_ext.files import local_paths
from drumspace_ext.files import result_names
from drumspace_ext.files import result_patterns
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

DATASET, PROVENANCE = result_names.DATASET, result_names.PROVENANCE
REJECTED, REPORT = result_names.REJECTED, result_names.REPORT
TFRECORD = result_names.RECORDS
FORMAT_VERSION = 1

REJECTED_HEADER = ('input_id', 'reason', 'detail', 'hint')

# 32 codes, 512 latent floats and two coordinates fit many times.
MAX_LINE_CHARS = 1 << 16
_ESCAPES = str.maketrans(
    {'\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r'}
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class PatternSet:
  """Patterns, and what is known of where they lie.

  Attributes:
    codes: Step codes, uint16 `[num_patterns, 32]`.
    latents: Latent vectors, float64 `[num_patterns, z_size]`, or None.
    coordinates: Map coordinates, float64 `[num_patterns, 2]`, or None.
  """

  codes: np.ndarray
  latents: np.ndarray | None = None
  coordinates: np.ndarray | None = None

  def __len__(self) -> int:
    return len(self.codes)

  def __repr__(self) -> str:
    z_size = 0 if self.latents is None else self.latents.shape[1]
    return (
        f'PatternSet(patterns={len(self)}, z_size={z_size}, '
        f'has_coordinates={self.coordinates is not None})'
    )


def escape(text: str) -> str:
  """Makes text fit for a column of a TSV file."""
  # As most is, and it is told in a tenth of the time.
  if text.isprintable() and '\\' not in text:
    return text
  return text.translate(_ESCAPES)


def to_json(names: Sequence[str]) -> str:
  """Returns names as a JSON list, for a column of a TSV file."""
  # As `json.dumps` has it, which makes an encoder for each list.
  return f"[{', '.join(map(json.encoder.encode_basestring, names))}]"


def _parse_codes(text: str, place: str) -> list[int]:
  try:
    codes = [int(code) for code in text.split(',')]
  except ValueError:
    raise errors.InputError(
        f'{place}: expected {step_codes.NUM_STEPS} step codes with commas '
        f'between them, got {text[:60]!r}.'
    ) from None
  if len(codes) != step_codes.NUM_STEPS:
    raise errors.InputError(
        f'{place}: a pattern is {step_codes.NUM_STEPS} step codes, got '
        f'{len(codes)}.'
    )
  for code in codes:
    if not 0 <= code < step_codes.NUM_CODES:
      raise errors.InputError(
          f'{place}: step code {errors.shown(code)} is outside '
          f'[0, {step_codes.NUM_CODES}): it names a voice that does not exist.'
      )
  return codes


def _parse_floats(text: str, place: str, what: str) -> list[float]:
  try:
    values = [float(value) for value in text.split(',')]
  except ValueError:
    raise errors.InputError(
        f'{place}: expected {what} as numbers with commas between them, got '
        f'{text[:60]!r}.'
    ) from None
  if not np.isfinite(values).all():
    raise errors.InputError(f'{place}: {what} holds a value that is no number.')
  return values


def parse_codes(text: str, place: str = 'step codes') -> np.ndarray:
  """Reads 32 comma-separated step codes, as one line of a dataset has them.

  Returns:
    uint16 `[32]`.

  Raises:
    InputError: If they are not; the message begins with `place`.
  """
  return np.array(_parse_codes(text.strip(), place), np.uint16)


def read(path: local_paths.Name) -> PatternSet:
  """Reads a dataset in any of its three forms.

  Args:
    path: A TSV file, or a folder of a dataset, a map or beats.

  Raises:
    InputError: If the file can't be read, or a line is not a pattern. The
      message names the line.
  """
  path = result_patterns.file_of(local_paths.expand(path))
  codes, latents, coordinates = [], [], []
  columns = None
  try:
    # Some editors put a byte order mark in front.
    with path.open(encoding='utf-8-sig') as stream:
      for number, line in enumerate(_lines(stream, path), 1):
        place = f'{path}, line {number}'
        fields = line.rstrip('\r\n').split('\t')
        if columns is None:
          columns = len(fields)
        if len(fields) != columns or columns > 3:
          raise errors.InputError(
              f'{place}: expected {min(columns, 3)} columns (step codes, '
              f'latent vector, map coordinates), got {len(fields)}.'
          )
        codes.append(_parse_codes(fields[0], place))
        if columns > 1:
          latents.append(_parse_floats(fields[1], place, 'a latent vector'))
          if len(latents[-1]) != len(latents[0]):
            raise errors.InputError(
                f'{place}: expected {len(latents[0])} latent numbers, got '
                f'{len(latents[-1])}.'
            )
        if columns > 2:
          coordinates.append(_parse_floats(fields[2], place, 'coordinates'))
          if len(coordinates[-1]) != 2:
            raise errors.InputError(
                f'{place}: expected two map coordinates, got '
                f'{len(coordinates[-1])}.'
            )
  except OSError as e:
    raise errors.InputError(f"{path} can't be read: {e.strerror}.") from e
  except UnicodeDecodeError as e:
    raise errors.InputError(f'{path} is no text file: {e.reason}.') from e
  if not codes:
    raise errors.InputError(
        f'{path} holds no pattern. rejected.tsv beside it may say why.'
    )
  check_voices(path)
  return PatternSet(
      codes=np.array(codes, np.uint16),
      latents=np.array(latents) if latents else None,
      coordinates=np.array(coordinates) if coordinates else None,
  )


def _lines(stream, path: pathlib.Path) -> Iterator[str]:
  number = 0
  while line := stream.readline(MAX_LINE_CHARS):
    number += 1
    if len(line) == MAX_LINE_CHARS:
      raise errors.InputError(
          f'{path}, line {number}: it has more than {MAX_LINE_CHARS} '
          'characters; this is no dataset.'
      )
    yield line


def check_voices(path: pathlib.Path) -> None:
  """Checks that a dataset was made with this version's voice table.

  The report beside it records the table; a lone file is taken as published.

  Raises:
    InputError: If it was made with another table.
  """
  report = path.parent / REPORT
  if path.name != DATASET or not report.is_file():
    return
  try:
    table = json.loads(report.read_text(encoding='utf-8')).get('voice_table')
  except (OSError, ValueError, AttributeError, RecursionError):
    return
  if table not in (None, voices.table_digest()):
    raise errors.InputError(
        f'{path} was made with voice table {errors.shown(table)}, this version '
        f'has {voices.table_digest()}; they are not to be mixed. Make it again '
        'with drumspace_create_dataset.'
    )


def format_line(
    codes: Iterable[int],
    latent: Iterable[float] | None = None,
    coordinates: Iterable[float] | None = None,
) -> str:
  """Writes one pattern as a line, with its newline.

  Floats are written so that reading them gives the same numbers.
  """
  if isinstance(codes, np.ndarray):
    # numpy hands out its numbers one by one in thrice the time.
    codes = codes.tolist()
  numbers = tuple(codes)
  # One format for all takes a third of the time of one for each.
  fields = [','.join(['%d'] * len(numbers)) % numbers]
  for values in (latent, coordinates):
    if values is not None:
      fields.append(','.join(repr(float(value)) for value in values))
  return '\t'.join(fields) + '\n'


def write(stream: typing.TextIO, pattern_set: PatternSet) -> None:
  """Writes a dataset to an open text file, with the columns it has."""
  for i, codes in enumerate(pattern_set.codes):
    stream.write(format_line(
        codes,
        None if pattern_set.latents is None else pattern_set.latents[i],
        None if pattern_set.coordinates is None
        else pattern_set.coordinates[i],
    ))
