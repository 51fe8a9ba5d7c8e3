"""Training sets: patterns with what is known of their origin.

Read from what `drumspace_create_dataset` makes (the folder, its `dataset.tsv`
with `provenance.tsv` beside it, or its `patterns.tfrecord`), or from a
*counted* file of four columns: step codes, inputs, repeats, and genres as
`rock:3|pop:1`.
"""

import collections
from collections.abc import Sequence
import dataclasses
import hashlib
import json
import pathlib

import numpy as np

from drumspace_ext import errors
from drumspace_ext.dataset import provenance
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import local_paths
from drumspace_ext.files import result_names
from drumspace_ext.files import result_patterns
from drumspace_ext.files import tfrecords
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import beats as starter_beats

_COUNTED_COLUMNS = 4


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class TrainingSet:
  """Unique patterns and their origin.

  Attributes:
    codes: Step codes, uint16 `[num_patterns, 32]`, one of each rotation class.
    genres: For each pattern its genre labels with the inputs of each.
    input_ids: For each pattern the ids of its inputs, or None if unknown.
    file_names: For each pattern the files that these were read from, as far as
      they are known.
    digest: Of the patterns, in hex; the same patterns in any order have one.
    tempos: Slowest and fastest tempo of each pattern, in quarter notes a
      minute, float64 `[num_patterns, 2]`, NaN where it is not known; or None.
    only_near: Whether a pattern was found as near loops alone, bool
      `[num_patterns]`; or None if that is not known.
    num_inputs: In how many inputs each was found, int64 `[num_patterns]`; or
      None where a file says nothing of it.
  """

  codes: np.ndarray
  genres: Sequence[dict[str, int]]
  input_ids: Sequence[tuple[str, ...]] | None
  digest: str
  file_names: Sequence[tuple[str, ...]] | None = None
  tempos: np.ndarray | None = None
  only_near: np.ndarray | None = None
  num_inputs: np.ndarray | None = None

  def __len__(self) -> int:
    return len(self.codes)

  def __repr__(self) -> str:
    return f'TrainingSet(patterns={len(self)}, digest={self.digest!r})'

  @property
  def sources(self) -> Sequence[tuple[str, ...]]:
    """For each pattern what a person knows its inputs by."""
    ids = self.input_ids or [()] * len(self)
    return [names or i for names, i in zip(self.file_names or ids, ids)]


def make(
    codes: np.ndarray, genres: Sequence[dict[str, int]] | None = None,
    input_ids: Sequence[tuple[str, ...]] | None = None,
    file_names: Sequence[tuple[str, ...]] | None = None,
    tempos: Sequence[tuple[float, float]] | None = None,
    only_near: Sequence[bool] | None = None,
    num_inputs: Sequence[int] | None = None,
) -> TrainingSet:
  """Makes a training set of patterns, genres, inputs and tempos.

  Of patterns in one rotation class the first is kept, with the genres, inputs
  and tempos of all of them; one that is exact makes them so.

  Raises:
    PatternError: If `codes` are no patterns.
  """
  classes = step_codes.class_digests(codes)
  members: dict[int, list[int]] = {}
  for i, digest in enumerate(classes.tolist()):
    members.setdefault(digest, []).append(i)
  first = [same[0] for same in members.values()]

  def merged_genres(same: list[int]) -> dict[str, int]:
    total: collections.Counter[str] = collections.Counter()
    for labels in [genres[i] for i in same] if genres else []:
      total.update(labels)
    return dict(total)

  def merged(
      names: Sequence[tuple[str, ...]] | None,
  ) -> list[tuple[str, ...]] | None:
    return [
        tuple(sorted({name for i in same for name in names[i]}))
        for same in members.values()
    ] if names else None

  def merged_tempos():
    table = np.asarray(tempos, np.float64).reshape(len(codes), 2)
    return np.array([
        (np.fmin.reduce(table[same, 0]), np.fmax.reduce(table[same, 1]))
        for same in members.values()
    ]).reshape(-1, 2)

  return TrainingSet(
      codes=codes[first],
      genres=[merged_genres(same) for same in members.values()],
      input_ids=merged(input_ids), file_names=merged(file_names),
      tempos=None if tempos is None else merged_tempos(),
      only_near=None if only_near is None else np.array([
          all(only_near[i] for i in same) for same in members.values()
      ], bool),
      num_inputs=None if num_inputs is None else np.array([
          sum(num_inputs[i] for i in same) for same in members.values()
      ]),
      digest=hashlib.sha256(np.sort(classes[first]).tobytes()).hexdigest()[:16],
  )


def _read_counted(path: pathlib.Path) -> TrainingSet:
  codes, genres, num_inputs = [], [], []
  for number, line in enumerate(
      path.read_text(encoding='utf-8').splitlines(), 1
  ):
    fields = line.split('\t')
    if len(fields) != _COUNTED_COLUMNS:
      raise errors.InputError(
          f'{path}, line {number}: expected {_COUNTED_COLUMNS} columns (step '
          f'codes, inputs, repeats, genres), got {len(fields)}.'
      )
    codes.append(dataset_tsv.parse_codes(fields[0], f'{path}, line {number}'))
    genres.append(provenance.parse_genres(fields[3]))
    # What is no number says nothing: once is the least.
    count = fields[1]
    known = count.isdecimal() and len(count) <= provenance.MAX_DIGITS
    num_inputs.append(int(count) if known else 1)
  return make(np.array(codes), genres, num_inputs=num_inputs)


def _is_counted(path: pathlib.Path) -> bool:
  with path.open(encoding='utf-8', errors='replace') as stream:
    head = stream.readline(dataset_tsv.MAX_LINE_CHARS)
  return head.count('\t') == _COUNTED_COLUMNS - 1


def _read_tfrecord(path: pathlib.Path) -> TrainingSet:
  codes, genres, ids, tempos = [], [], [], []
  for record in tfrecords.read(path):
    if isinstance(record, tfrecords.DamagedRecord):
      raise errors.InputError(f'{path}: {record.detail}.')
    try:
      sequence = note_sequences.parse(record)
      hits = note_sequences.to_patterns(sequence)
    except errors.RejectedInputError as e:
      raise errors.InputError(f'{path}: {e}.') from e
    found = np.unique(step_codes.hits_to_step_codes(hits), axis=0)
    if len(found) > 1:
      raise errors.InputError(
          f'{path} holds songs, and not one pattern a record. Make a dataset '
          'of them with drumspace_create_dataset.'
      )
    codes += list(found)
    genres += [{g: 1 for g in sequence.sequence_metadata.genre}] * len(found)
    ids += [(sequence.id,)] * len(found)
    qpm = sequence.tempos[0].qpm if sequence.tempos else np.nan
    tempos += [(qpm, qpm)] * len(found)
  if not codes:
    raise errors.InputError(f'{path} holds no record.')
  # Ids that are all different (`/id/drumspace/3`, `song/loop/2`) are those of
  # patterns, and say nothing of which come from one input.
  named = all(i for (i,) in ids)
  is_of_inputs = named and len(set(ids)) < len(ids)
  return make(
      np.array(codes), genres, ids if is_of_inputs else None,
      ids if named and not is_of_inputs else None, tempos=tempos,
  )


def load(path: local_paths.Name) -> TrainingSet:
  """Reads a training set.

  Args:
    path: A dataset folder, a TSV file of any form, or a TFRecord file of
      patterns.

  Raises:
    InputError: If there is none, or it is damaged.
  """
  path = result_patterns.file_of(local_paths.expand(path))
  if path.is_dir():
    path = path / dataset_tsv.DATASET
  if not path.is_file():
    raise errors.InputError(
        f'{path} does not exist. Make a dataset with drumspace_create_dataset.'
    )
  try:
    if input_kinds.kind_of_file(path) == input_kinds.TFRECORD:
      return _read_tfrecord(path)
    if _is_counted(path):
      return _read_counted(path)
  except (OSError, UnicodeDecodeError) as e:
    raise errors.InputError(f"{path} can't be read: {e}.") from e
  pattern_set = dataset_tsv.read(path)
  origins = path.parent / result_names.PROVENANCE
  if path.name != dataset_tsv.DATASET or not origins.is_file():
    return make(pattern_set.codes)
  return make(
      pattern_set.codes, *provenance.read(origins, len(pattern_set))
  )


def load_or_starter(path: local_paths.Name | None) -> TrainingSet:
  """Reads a training set, or gives the starter collection where there is none.

  A shipped model's training patterns do not come with it; the starter
  collection then stands in as what is known.
  """
  if path:
    return load(path)
  starter = starter_beats.load()
  codes = step_codes.hits_to_step_codes(np.stack([s.hits for s in starter]))
  return make(
      codes, [{s.genre: 1} for s in starter],
      [(_starter_id(s),) for s in starter],
      tempos=[(s.qpm, s.qpm) for s in starter],
  )


def _starter_id(beat: starter_beats.StarterPattern) -> str:
  return f'starter/{beat.genre}/{beat.name}'


def origins_or_starter(path: pathlib.Path | None, count: int) -> bytes | None:
  """Returns what a `provenance.tsv` says of a training set, if anything does.

  Args:
    path: What that was read from; None for the starter collection, each beat
      of which is an input that has it once.
    count: How many patterns it has, one of each rotation class; another number
      than there are lines is that of another set.
  """
  if path:
    return provenance.beside(path, count)
  starter = starter_beats.load()
  if len(starter) != count:
    return None
  return ''.join([provenance.header_line(), *(
      '\t'.join((
          '1', '1', '1', f'{beat.qpm:.6g}', f'{beat.qpm:.6g}',
          dataset_tsv.escape(f'{beat.genre}:1'),
          json.dumps([_starter_id(beat)], ensure_ascii=False), '[]',
      )) + '\n' for beat in starter
  )]).encode('utf-8')
