"""Dataset creation: from named inputs to the files of a dataset.

Inputs are streamed in small tasks to worker processes, their results merged in
a `collection`, and all files written together at the end.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
import contextlib
import dataclasses
import functools
import json
import pathlib

from drumspace_ext import collection as collection_lib
from drumspace_ext import dataset
from drumspace_ext import errors
from drumspace_ext import extraction
from drumspace_ext import genres as genres_lib
from drumspace_ext import input_readers
from drumspace_ext import input_tasks
from drumspace_ext import inputs
from drumspace_ext import note_sequences
from drumspace_ext import output_files
from drumspace_ext import patterns
from drumspace_ext import rejections
from drumspace_ext import report_html
from drumspace_ext import reports
from drumspace_ext import tfrecords
from drumspace_ext import user_paths
from drumspace_ext import worker_pool

_NAMES = (
    dataset.DATASET, dataset.PROVENANCE, dataset.TFRECORD, dataset.REJECTED,
    dataset.REPORT, report_html.FILE_NAME,
)
# The largest real song takes under a second, on a machine under load too.
TASK_TIMEOUT_S = 60.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Created:
  """What was made.

  Attributes:
    report: The contents of `report.json`.
    paths: The files written, by name.
  """

  report: Mapping
  paths: Mapping[str, pathlib.Path]


def read_genre_table(path: pathlib.Path) -> dict[str, frozenset[str]]:
  """Reads a user's labels: input id or file name, TAB, genres with commas.

  Raises:
    InputError: If the file can't be read, or a line has another form.
  """
  table = {}
  try:
    lines = path.read_text(encoding='utf-8').splitlines()
  except (OSError, UnicodeDecodeError) as e:
    raise errors.InputError(f"{path} can't be read as text: {e}.") from e
  for number, line in enumerate(lines, 1):
    if not line.strip() or line.startswith('#'):
      continue
    key, tab, labels = line.partition('\t')
    if not tab or not labels.strip():
      raise errors.InputError(
          f'{path}, line {number}: expected an input id, TAB and genres with '
          f'commas between them, got {line[:60]!r}.'
      )
    table[key] = genres_lib.of_labels(labels.split(','))
  return table


def _run_task(
    task: input_tasks.Task, recipe: extraction.Recipe
) -> list[extraction.InputResult]:
  """Extracts the inputs of a task; runs in a worker."""
  if task.kind == inputs.TFRECORD:
    return [
        extraction.extract_record(record, place, recipe)
        for place, record in task.items
    ]
  results = []
  for input_id, data in input_readers.contents(task):
    if isinstance(data, errors.RejectedInputError):
      results.append(
          extraction.InputResult(input_id, data.reason, data.detail)
      )
    else:
      results.append(extraction.extract_midi(data, input_id, recipe))
  return results


def _results(
    listing: inputs.Listing, pool: worker_pool.WorkerPool,
    on_progress: Callable[[int, int], None],
) -> Iterator[list[extraction.InputResult]]:
  """Yields the results of all inputs, task by task."""
  lost: list[extraction.InputResult] = []

  def loads():
    for task in input_tasks.tasks(listing):
      if isinstance(task, input_tasks.Task):
        if task.items:
          yield task
        continue
      name, problem = task
      lost.append(
          extraction.InputResult(name, problem.reason, problem.detail)
      )

  for outcome in pool.run(loads()):
    if isinstance(outcome, worker_pool.Failure):
      input_id = outcome.task.items[0][0]
      results, size = [extraction.InputResult(input_id, outcome.reason)], 0
    else:
      task, results = outcome
      size = task.size
    on_progress(size, len(results))
    yield results
  yield lost


def create(
    input_values: Sequence[str] | str,
    output_dir: pathlib.Path | str,
    *,
    recipe: extraction.Recipe | None = None,
    recursive: bool = False,
    num_workers: int | None = None,
    tile: int = 1,
    genre_table: Mapping[str, frozenset[str]] | None = None,
    task_timeout_s: float = TASK_TIMEOUT_S,
    show_progress: Callable = lambda *_: contextlib.nullcontext(
        lambda *_: None
    ),
) -> Created:
  """Makes a dataset of all unique patterns in the inputs.

  Args:
    input_values: TFRecords, MIDI files, folders, zips and globs of them.
    output_dir: Where the files go; made if missing.
    recipe: How inputs are read; by default as published.
    recursive: Search folders in folders.
    num_workers: Processes; all processors if None, this process alone if 0.
    tile: How many times each pattern is played in `patterns.tfrecord`.
    genre_table: Further genre labels by input id or file name.
    task_timeout_s: Seconds after which a worker counts as hanging.
    show_progress: Such as `progress.byte_bar`.

  Raises:
    InputError: If there is nothing to read, or a named input is unusable.
    OutputError: If the files can't be written.
  """
  output_dir = pathlib.Path(output_dir)
  if isinstance(input_values, str):
    input_values = [input_values]
  own = {(output_dir / name).resolve() for name in _NAMES}
  for value in input_values:
    if user_paths.expand(value).resolve() in own:
      raise errors.InputError(
          f'{value} would be overwritten by the results. Choose another '
          '--output_dir.'
      )
  recipe = recipe or extraction.Recipe()
  # A second run must not read what the first one wrote.
  listing = inputs.list_inputs(
      input_values, recursive=recursive, excluded=output_dir
  )
  input_readers.check_records(listing)
  if num_workers is None:
    num_workers = worker_pool.usable_cpus()
  pool = worker_pool.WorkerPool(
      functools.partial(_run_task, recipe=recipe),
      num_workers=num_workers, timeout_s=task_timeout_s,
  )
  with output_files.Batch(output_dir) as batch:
    database = batch.scratch_path()
    with collection_lib.Collection(database, genre_table) as collection:
      with show_progress(
          listing.num_bytes, 'reading', 'inputs'
      ) as on_progress:
        for results in _results(listing, pool, on_progress):
          collection.add(results)
      if not collection.num_inputs:
        raise errors.InputError(
            f'{", ".join(input_values)}: no MIDI file and no record in it.'
        )
      collection.merge()
      collection.check()
      return Created(
          report=_write(batch, collection, listing, recipe, tile),
          paths={name: output_dir / name for name in _NAMES},
      )


def _write(
    batch: output_files.Batch, collection: collection_lib.Collection,
    listing: inputs.Listing, recipe: extraction.Recipe, tile: int,
) -> dict:
  """Writes all files of a dataset and returns its report."""
  shape = reports.Shape()
  tsv = batch.open(dataset.DATASET)
  provenance = batch.open(dataset.PROVENANCE)
  provenance.write('\t'.join(dataset.PROVENANCE_HEADER) + '\n')
  records = batch.open(dataset.TFRECORD, text=False)
  for number, pattern in enumerate(collection.unique_patterns()):
    tsv.write(dataset.format_line(pattern.codes))
    provenance.write(_provenance_line(pattern))
    records.write(tfrecords.frame(_record(pattern, number, tile)))
    shape.add(pattern)
  rejected = batch.open(dataset.REJECTED)
  rejected.write('\t'.join(dataset.REJECTED_HEADER) + '\n')
  for input_id, reason, detail in collection.rejected_inputs():
    hint = rejections.REASONS[reason][1]
    rejected.write('\t'.join(
        map(dataset.escape, (input_id, reason, detail, hint))
    ) + '\n')
  report = reports.make(collection, listing.skipped, recipe, shape)
  batch.open(dataset.REPORT).write(
      json.dumps(report, indent=2, ensure_ascii=False) + '\n'
  )
  batch.open(report_html.FILE_NAME).write(report_html.render(report))
  return report


def _provenance_line(pattern: collection_lib.UniquePattern) -> str:
  genres = '|'.join(
      f'{label}:{count}' for label, count in pattern.genres.items()
  )
  return '\t'.join((
      str(pattern.num_loops), str(pattern.num_repeats),
      str(pattern.num_inputs), f'{pattern.min_qpm:.6g}',
      f'{pattern.max_qpm:.6g}', dataset.escape(genres),
      json.dumps(pattern.input_ids, ensure_ascii=False),
      json.dumps(pattern.file_names, ensure_ascii=False),
  )) + '\n'


def _record(
    pattern: collection_lib.UniquePattern, number: int, tile: int
) -> bytes:
  """Returns a pattern as the bytes of a NoteSequence, at its usual tempo."""
  low, high = note_sequences.QPM_LIMITS
  qpm = min(max((pattern.min_qpm + pattern.max_qpm) / 2, low), high)
  return note_sequences.from_patterns(
      patterns.step_codes_to_hits(pattern.codes), qpm=qpm, repeats=tile,
      sequence_id=f'/id/drumspace/{number}', genres=list(pattern.genres),
  ).SerializeToString(deterministic=True)
