"""Dataset creation: from named inputs to the files of a dataset.

Inputs are streamed in small tasks to worker processes, their results merged in
a `collection`, and all files written together at the end.
"""

from collections.abc import Callable, Mapping, Sequence
import contextlib
import dataclasses
import functools
import pathlib

from drumspace_ext import collection as collection_lib
from drumspace_ext import dataset
from drumspace_ext import dataset_writing
from drumspace_ext import errors
from drumspace_ext import extraction
from drumspace_ext import genres as genres_lib
from drumspace_ext import input_readers
from drumspace_ext import input_results
from drumspace_ext import input_tasks
from drumspace_ext import inputs
from drumspace_ext import output_files
from drumspace_ext import remote_paths
from drumspace_ext import worker_pool

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


def no_input(input_values: Sequence[str]) -> str:
  """Says that the files named hold no input."""
  return f'{", ".join(input_values)}: no MIDI file and no record in it.'


def refuse_results(
    input_values: Sequence[str], output_dir: pathlib.Path
) -> None:
  """Raises InputError if an input, or a map, would be lost to the results."""
  if (output_dir / dataset.MAP_REPORT).is_file():
    raise errors.InputError(
        f'{output_dir} holds a map, of the dataset that would be replaced. '
        'Choose another --output_dir.'
    )
  output_files.refuse_inputs(
      [value for value in input_values if not remote_paths.is_remote(value)],
      [output_dir / name for name in dataset_writing.NAMES],
  )


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
  refuse_results(input_values, output_dir)
  recipe = recipe or extraction.Recipe()
  # A second run must not read what the first one wrote.
  listing = inputs.list_inputs(
      input_values, recursive=recursive, excluded=output_dir
  )
  input_readers.check_records(listing)
  if num_workers is None:
    num_workers = worker_pool.usable_cpus()
  pool = worker_pool.WorkerPool(
      functools.partial(input_results.run_task, recipe=recipe),
      num_workers=num_workers, timeout_s=task_timeout_s,
  )
  with output_files.Batch(output_dir) as batch:
    database = batch.scratch_path()
    with collection_lib.Collection(database, genre_table) as collection:
      with show_progress(
          listing.num_bytes, 'reading', 'inputs'
      ) as on_progress:
        for results in input_results.results(
            input_tasks.tasks(listing), pool, on_progress
        ):
          collection.add(results)
      if not collection.totals.num_inputs:
        raise errors.InputError(no_input(input_values))
      collection.totals.skipped.update(listing.skipped)
      collection.merge()
      return Created(
          report=dataset_writing.write(batch, collection, recipe, tile),
          paths={name: output_dir / name for name in dataset_writing.NAMES},
      )
