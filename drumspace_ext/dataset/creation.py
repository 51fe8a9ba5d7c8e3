"""Dataset creation: from named inputs to the files of a dataset.

Inputs are streamed in small tasks to worker processes, their results merged in
a `collection`, and all files written together at the end.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
import dataclasses
import pathlib
import typing

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.dataset import gathered
from drumspace_ext.extraction import genres as genres_lib
from drumspace_ext.extraction import recipes
from drumspace_ext.extraction import worker_pool
from drumspace_ext.files import audio_kinds
from drumspace_ext.files import local_paths
from drumspace_ext.files import output_files
from drumspace_ext.files import processes
from drumspace_ext.files import remote_paths
from drumspace_ext.files import result_folders
from drumspace_ext.files import result_names
from drumspace_ext.inputs import contents as input_contents
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.inputs import tasks as input_tasks

# The largest real song takes under a second, on a machine under load too.
TASK_TIMEOUT_S = 60.0
# Of those that list and merge; each has open files.
_MOST_PROCESSES = 16


_Place = typing.TypeVar(
    '_Place', bound=pathlib.Path | remote_paths.RemotePath
)


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class DatasetAnywhere(typing.Generic[_Place]):
  """A dataset that was made, here or on a remote filesystem.

  Attributes:
    output_dir: The folder that it is in.
    report: The contents of `report.json`.
    paths: The files written, by name.
  """

  output_dir: _Place
  report: Mapping
  paths: Mapping[str, _Place]

  @property
  def num_patterns(self) -> int:
    """Unique patterns that were found."""
    return self.report['patterns']

  @property
  def num_damaged(self) -> int:
    """Inputs that are damaged."""
    rejected = self.report['rejected']
    return sum(rejected.get(reason, 0) for reason in rejections.DAMAGE)

  def __repr__(self) -> str:
    return (
        f'{type(self).__name__}({str(self.output_dir)!r}, '
        f'inputs={self.report["inputs"]}, patterns={self.num_patterns})'
    )

  def __str__(self) -> str:
    paths = '\n'.join(f'  {path}' for path in self.paths.values())
    from drumspace_ext.dataset import report as dataset_report

    return f'{dataset_report.summary(self.report)}\n\n{paths}'

  def check_strict(self) -> None:
    """Raises InputError if an input was damaged or no pattern was found."""
    if self.num_damaged or not self.num_patterns:
      raise errors.InputError(
          f'--strict: {self.num_damaged} inputs are damaged and '
          f'{self.num_patterns} patterns were found; see '
          f'{self.paths[result_names.REJECTED]}.'
      )


class CreatedDataset(DatasetAnywhere[pathlib.Path]):
  """A dataset that was made; as text, what was found in the inputs.

  Attributes:
    output_dir: The folder that it is in.
    report: The contents of `report.json`.
    paths: The files written, by name.
  """


class Arguments(recipes.Reading, total=False):
  """What every verb that makes a dataset takes.

  Attributes:
    recursive: Search folders in folders.
    genres: Text file with further genre labels, see `read_genre_table`.
    tile: How many times each pattern is played in `patterns.tfrecord`; once if
      None.
    groove: How it is played there, see `check_groove`.
  """

  recursive: bool
  genres: local_paths.Name | None
  tile: int | None
  groove: str


def check_groove(name: str) -> str:
  """Returns how patterns are played in `patterns.tfrecord`.

  Args:
    name: `none`, all alike and on the grid, as all who quantize it expect; or
      `own`, each with the mean velocities and offsets of its `groove.tsv`.

  Raises:
    InputError: If it is something else.
  """
  if name not in (defaults.GROOVE, defaults.OWN_GROOVE):
    raise errors.InputError(
        f'--groove is {defaults.GROOVE} or {defaults.OWN_GROOVE} where a '
        f'dataset is made, not {errors.shown(name)}: drumspace_convert '
        '--input=DATASET --groove=... plays patterns in any other way.'
    )
  return name


def read_genre_table(
    path: local_paths.Name | None
) -> dict[str, frozenset[str]]:
  """Reads a user's labels: input id or file name, TAB, genres with commas.

  Args:
    path: The file; None for no labels.

  Raises:
    InputError: If the file can't be read, or a line has another form.
  """
  table: dict[str, frozenset[str]] = {}
  if not path:
    return table
  path = local_paths.expand(path)
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


def no_input(
    input_values: Sequence[str], skipped: Iterable[str] = ()
) -> str:
  """Says that the files named hold no input."""
  return (
      f'{", ".join(input_values)}: no MIDI file and no record in it.'
      + audio_kinds.hint(skipped)
  )


def create(
    input_values: Sequence[str],
    output_dir: pathlib.Path | str,
    *,
    recipe: recipes.Recipe | None = None,
    recursive: bool = False,
    num_workers: int | None = None,
    tile: int = 1,
    groove: str = defaults.GROOVE,
    genre_table: Mapping[str, frozenset[str]] | None = None,
    task_timeout_s: float = TASK_TIMEOUT_S,
    on_step: callbacks.OnStep = callbacks.silent,
) -> CreatedDataset:
  """Makes a dataset by a recipe; see `create_dataset`.

  Args:
    input_values: TFRecords, MIDI files, folders, zips and globs of them.
    output_dir: Where the files go; made if missing.
    recipe: How inputs are read; by default as published.
    recursive: Search folders in folders.
    num_workers: Processes; all processors if None, this process alone if 0.
    tile: How many times each pattern is played in `patterns.tfrecord`.
    groove: How it is played there, see `check_groove`.
    genre_table: Further genre labels by input id or file name.
    task_timeout_s: Seconds after which a worker counts as hanging.
    on_step: Called with the bytes read, then with what is merged and written;
      see `callbacks`.

  Raises:
    InputError: If there is nothing to read, or a named input is unusable.
    OutputError: If the files can't be written.
    PipelineError: If a process that lists, merges or writes was killed.
  """
  output_dir = pathlib.Path(output_dir)
  result_folders.claim(
      output_dir, result_folders.CREATE_DATASET, input_values
  )
  recipe = recipe or recipes.Recipe()
  if num_workers is None:
    num_workers = worker_pool.usable_cpus()
  with contextlib.closing(worker_pool.WorkerPool(
      gathered.of_tasks(recipe, genre_table or {}),
      num_workers=num_workers, timeout_s=task_timeout_s,
  )) as pool:
    pool.start()
    num_processes = (
        min(pool.num_processes, _MOST_PROCESSES)
        if processes.start_quickly() else 1
    )
    # Not before: each worker would have it in its memory too.
    from drumspace_ext.dataset import collection as collection_lib
    from drumspace_ext.dataset import writing as dataset_writing

    # A second run must not read what the first one wrote.
    listing = inputs.list_inputs(
        input_values, recursive=recursive, excluded=output_dir,
        num_processes=num_processes,
    )
    input_contents.check_records(listing)
    with output_files.Batch(output_dir) as batch:
      with collection_lib.Collection(
          batch.scratch_folder(), num_processes
      ) as collection:
        collection.add(gathered.parts(
            input_tasks.tasks(listing), pool, total=listing.num_bytes,
            on_step=on_step,
        ), on_step)
        if not collection.totals.num_inputs:
          raise errors.InputError(no_input(input_values))
        collection.totals.skipped.update(listing.skipped)
        collection.totals.counts[inputs.UNSEARCHED] = listing.unsearched_folders
        return CreatedDataset(
            output_dir=output_dir,
            report=dataset_writing.write(
                batch, collection, recipe, tile, groove, on_step
            ),
            paths={name: output_dir / name for name in dataset_writing.NAMES},
        )


def create_dataset(
    input_values: local_paths.Names, output_dir: local_paths.Name, *,
    recursive: bool = False,
    genres: local_paths.Name | None = None, tile: int | None = None,
    groove: str = defaults.GROOVE,
    num_workers: int | None = None,
    on_step: callbacks.OnStep = callbacks.silent,
    **reading: typing.Unpack[recipes.Reading],
) -> CreatedDataset:
  """Makes a dataset of all unique patterns in the inputs.

  Args:
    input_values: TFRecords, MIDI files, folders, zips and globs of them, or
      one of these.
    output_dir: Where the files go; made if missing.
    recursive: Search folders in folders.
    genres: Text file with further genre labels, see `read_genre_table`.
    tile: How many times each pattern is played in `patterns.tfrecord`; once if
      None.
    groove: How it is played there, see `check_groove`.
    num_workers: Processes; all processors if None, this process alone if 0.
    on_step: Called with the bytes read, then with what is merged and written;
      see `callbacks`.
    **reading: How inputs are read: `max_flips=4` and the other arguments of
      `recipes.of_arguments`.

  Raises:
    InputError: If there is nothing to read, a named input is unusable, or
      there is no such groove.
    DrumMapError: If there is no such drum map.
    OutputError: If the files can't be written.
    PipelineError: If a process that lists, merges or writes was killed.
  """
  errors.check_positive(tile=tile)
  return create(
      local_paths.names(input_values), local_paths.expand(output_dir),
      recipe=recipes.of_arguments(**reading),
      recursive=recursive, num_workers=num_workers, tile=tile or 1,
      groove=check_groove(groove), genre_table=read_genre_table(genres),
      on_step=on_step,
  )
