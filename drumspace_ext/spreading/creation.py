"""Dataset creation by many machines: what is the same however work is spread.

A front (`beam.creation`, `spark.creation`, `dask.creation`) gives a
`reading.Spread`. Everything before and behind it is here: what the inputs mean,
whether all of them arrived, sorting on disk, and the files of the dataset.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
import pathlib
import typing

from drumspace_ext import callbacks
from drumspace_ext import defaults
from drumspace_ext import errors
from drumspace_ext.dataset import collection as collection_lib
from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.dataset import sums
from drumspace_ext.dataset import writing as dataset_writing
from drumspace_ext.extraction import many_inputs
from drumspace_ext.extraction import recipes
from drumspace_ext.files import remote_paths
from drumspace_ext.files import result_folders
from drumspace_ext.files import zip_archives
from drumspace_ext.inputs import contents as input_contents
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.spreading import places
from drumspace_ext.spreading import reading as reading_lib

SpreadDataset = dataset_creation.DatasetAnywhere[
    pathlib.Path | remote_paths.RemotePath
]


class Request(typing.TypedDict, total=False):
  """What every front's `create` takes, beside inputs and an output folder.

  Attributes:
    recipe: How inputs are read; by default as published.
    recursive: Search folders in folders.
    protected: Read in processes of their own, which may crash or hang.
    tile: How many times each pattern is played in `patterns.tfrecord`.
    groove: How it is played there, see `dataset.creation.check_groove`.
    genre_table: Further genre labels by input id or file name.
    task_timeout_s: Seconds after which such a process counts as hanging.
    run_task: What is done with a task; a function that can be pickled.
    on_step: Called with what is read, where the front knows, then with what is
      merged and written; see `callbacks`.
  """

  recipe: recipes.Recipe | None
  recursive: bool
  protected: bool
  tile: int
  groove: str
  genre_table: Mapping[str, frozenset[str]] | None
  task_timeout_s: float
  run_task: Callable
  on_step: callbacks.OnStep


class Arguments(dataset_creation.Arguments, total=False):
  """What every front's `create_dataset` takes.

  Attributes:
    reader_process: Read in processes of their own, which may crash or hang.
    on_step: Called with what is read, where the front knows, then with what is
      merged and written; see `callbacks`.
  """

  reader_process: bool
  on_step: callbacks.OnStep


def request(arguments: Arguments) -> Request:
  """Returns what the arguments of a verb ask for."""
  own = Arguments.__annotations__.keys() - recipes.Reading.__annotations__
  reading = typing.cast('recipes.Reading', {
      name: value for name, value in arguments.items() if name not in own
  })
  return {
      'recipe': recipes.of_arguments(**reading),
      'recursive': arguments.get('recursive', False),
      'protected': arguments.get('reader_process', True),
      'tile': arguments.get('tile') or 1,
      'groove': dataset_creation.check_groove(
          arguments.get('groove', defaults.GROOVE)
      ),
      'genre_table': dataset_creation.read_genre_table(
          arguments.get('genres')
      ),
      'on_step': arguments.get('on_step', callbacks.silent),
  }


def create(
    spread: reading_lib.Spread, input_values: Sequence[str],
    output_dir: pathlib.Path | str, *, remote: bool = False,
    **asked: typing.Unpack[Request],
) -> SpreadDataset:
  """Makes a dataset of what a front gathers.

  Args:
    spread: The front's part.
    input_values: TFRecords, MIDI files, folders, zips and globs of them, here
      or `remote`.
    output_dir: Where the files go, likewise; made if missing.
    remote: Whether inputs and results may lie on the front's filesystems.
    **asked: See `Request`.

  Raises:
    InputError: If there is nothing to read, or a named input is unusable.
    OutputError: If the files can't be written.
    PipelineError: If inputs got lost on the way.
  """
  output = remote_paths.of_text(str(output_dir))
  recipe = asked.get('recipe') or recipes.Recipe()
  recursive = asked.get('recursive', False)
  on_step = asked.get('on_step', callbacks.silent)
  if not remote and not isinstance(output, pathlib.Path):
    raise errors.OutputError(remote_paths.only_by_fronts(str(output)))
  if isinstance(output, pathlib.Path):
    result_folders.claim(output, result_folders.CREATE_DATASET, input_values)
  listing = inputs.find_roots(
      input_values, recursive=recursive, excluded=output, remote=remote
  )
  input_contents.check_records(listing)
  _check_archives(listing)
  reading = reading_lib.Reading(
      recipe=recipe, genre_table=asked.get('genre_table') or {},
      recursive=recursive, excluded=listing.excluded,
      protected=asked.get('protected', True),
      timeout_s=asked.get('task_timeout_s', dataset_creation.TASK_TIMEOUT_S),
      run_task=asked.get('run_task', many_inputs.run_task),
  )
  with places.results_folder(output) as (batch, work):
    with collection_lib.Collection(batch.scratch_folder()) as collection:
      collection.add(spread(listing, reading, work, on_step), on_step)
      _check_totals(collection.totals, input_values, listing)
      report = dataset_writing.write(
          batch, collection, recipe, asked.get('tile', 1),
          asked.get('groove', defaults.GROOVE), on_step,
      )
  return SpreadDataset(
      output_dir=output, report=report,
      paths={name: output / name for name in dataset_writing.NAMES},
  )


def _check_archives(listing: inputs.Listing) -> None:
  """Raises InputError for a zip that was named and can't be read."""
  for source in inputs.named_files(listing):
    if source.kind == input_kinds.ZIP:
      zip_archives.check(remote_paths.of_text(source.path))


def _check_totals(
    totals: sums.Totals, values: Sequence[str], listing: inputs.Listing
) -> None:
  """Raises InputError if nothing was read, PipelineError if not all was."""
  num_files = totals.counts[reading_lib.FILES]
  sums.check_arrived(
      'files', num_files, totals.counts[reading_lib.FILES_READ]
  )
  if totals.num_inputs:
    return
  if num_files:
    raise errors.InputError(dataset_creation.no_input(values, totals.skipped))
  listing.skipped.update(totals.skipped)
  listing.unsearched_folders = totals.counts[inputs.UNSEARCHED]
  raise errors.InputError(inputs.nothing_found(values, listing))
