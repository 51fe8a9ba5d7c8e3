"""Dataset creation on Apache Beam: the same files, by many machines.

Workers list, read and merge (`transforms`); what they write under a name of
its own beside the results is one row for each rotation class and each rejected
input, and the counts. The process that started the pipeline then sorts these
rows on disk and writes the files of the dataset under their names. So nothing
but unique patterns is ever gathered in one place.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
import dataclasses
import glob
import json
import os
import pathlib
import shutil
import tempfile
import typing
import uuid

from drumspace_ext import errors
from drumspace_ext.beam import rows
from drumspace_ext.beam import runners as beam_runners
from drumspace_ext.dataset import collection as collection_lib
from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.dataset import sums
from drumspace_ext.dataset import writing as dataset_writing
from drumspace_ext.extraction import many_inputs
from drumspace_ext.extraction import recipes
from drumspace_ext.files import leftovers
from drumspace_ext.files import local_paths
from drumspace_ext.files import output_files
from drumspace_ext.files import remote_paths
from drumspace_ext.files import result_folders
from drumspace_ext.files import tfrecords
from drumspace_ext.files import zip_archives
from drumspace_ext.inputs import contents as input_contents
from drumspace_ext.inputs import kinds as input_kinds
from drumspace_ext.inputs import listing as inputs


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class CreatedOnBeam(
    dataset_creation.DatasetAnywhere[pathlib.Path | remote_paths.RemotePath]
):
  """A dataset that was made on Beam.

  Attributes:
    output_dir: The folder that it is in, here or on a filesystem of Beam's.
    report: The contents of `report.json`.
    paths: The files written, by name.
    counters: The counters of the pipeline, as its runner gives them: a load
      that was tried twice may count twice.
  """

  counters: Mapping[str, int]


def create(
    input_values: Sequence[str],
    output_dir: pathlib.Path | str,
    *,
    runner: str | None = None,
    pipeline_options: Sequence[str] = (),
    recipe: recipes.Recipe | None = None,
    recursive: bool = False,
    protected: bool = True,
    tile: int = 1,
    genre_table: Mapping[str, frozenset[str]] | None = None,
    task_timeout_s: float = dataset_creation.TASK_TIMEOUT_S,
    run_task: Callable = many_inputs.run_task,
) -> CreatedOnBeam:
  """Makes a dataset by a recipe, on Beam; see `create_dataset`.

  Args:
    input_values: TFRecords, MIDI files, folders, zips and globs of them, on
      any filesystem that Beam and all workers can read.
    output_dir: Where the files go, on a filesystem that this process and all
      workers share; made if missing.
    runner: One of Beam's; by default that of the options, or `DirectRunner`,
      which is the one in Python.
    pipeline_options: Flags for Beam, such as `--direct_num_workers=2`.
    recipe: How inputs are read; by default as published.
    recursive: Search folders in folders.
    protected: Read in processes of their own, which may crash or hang.
    tile: How many times each pattern is played in `patterns.tfrecord`.
    genre_table: Further genre labels by input id or file name.
    task_timeout_s: Seconds after which such a process counts as hanging.
    run_task: What is done with a task; a function that can be pickled.

  Raises:
    InputError: If there is nothing to read, a named input is unusable, or
      Beam is not installed or does not know the runner or an option.
    OutputError: If the files can't be written.
    PipelineError: If the runner can't be reached, or the pipeline fails.
  """
  remote_paths.beam()
  from drumspace_ext.beam import transforms as beam_transforms

  output = remote_paths.of_text(str(output_dir))
  if glob.has_magic(str(output.absolute())):
    # There is no way to quote them for Beam, which looks for its own files.
    raise errors.OutputError(
        f"Beam can't write to {output}: its path has one of *?[. Choose "
        'another --output_dir.'
    )
  recipe = recipe or recipes.Recipe()
  pipeline = beam_runners.pipeline(runner, pipeline_options)
  if isinstance(output, pathlib.Path):
    result_folders.claim(output, result_folders.CREATE_DATASET, input_values)
  listing = inputs.find_roots(
      input_values, recursive=recursive, excluded=output, remote=True
  )
  input_contents.check_records(listing)
  _check_archives(listing)
  reading = beam_transforms.Reading(
      recipe=recipe, genre_table=genre_table or {}, recursive=recursive,
      excluded=listing.excluded, protected=protected,
      timeout_s=task_timeout_s, run_task=run_task,
  )
  with _results_folder(output) as (batch, work):
    beam_transforms.build(pipeline, listing, reading, f'{work}/')
    result = beam_runners.run(pipeline)
    totals = sums.Totals.of_plain(
        json.loads(_only(work, beam_transforms.TOTALS))
    )
    _check_totals(totals, input_values, listing, beam_transforms)
    with collection_lib.Collection(batch.scratch_path()) as collection:
      collection.add_merged(
          totals,
          map(rows.row_of_json, _rows(work, beam_transforms.PATTERNS)),
          map(json.loads, _rows(work, beam_transforms.REJECTED)),
          totals.counts[beam_transforms.IN_CLASSES],
      )
      report = dataset_writing.write(batch, collection, recipe, tile)
  return CreatedOnBeam(
      output_dir=output, report=report,
      paths={name: output / name for name in dataset_writing.NAMES},
      counters={
          counter.key.metric.name: counter.result
          for counter in result.metrics().query()['counters']
          if counter.key.metric.namespace == beam_transforms.NAMESPACE
      },
  )


def create_dataset(
    input_values: local_paths.Names, output_dir: local_paths.Name, *,
    runner: str | None = None, pipeline_options: Sequence[str] = (),
    recursive: bool = False,
    genres: local_paths.Name | None = None, tile: int | None = None,
    reader_process: bool = True,
    **reading: typing.Unpack[recipes.Reading],
) -> CreatedOnBeam:
  """Makes a dataset of all unique patterns in the inputs, on Apache Beam.

  Arguments and files are those of `dataset_creation.create_dataset`, but for:

  Args:
    input_values: On any filesystem that Beam and all workers can read.
    output_dir: On a filesystem that this process and all workers share.
    runner: One of Beam's; by default that of the options, or `DirectRunner`.
    pipeline_options: Flags for Beam, such as `--direct_num_workers=2`.
    recursive: See there.
    genres: See there.
    tile: See there.
    reader_process: Read in processes of their own, which may crash or hang.
    **reading: See there.

  Raises:
    InputError: If there is nothing to read, a named input is unusable, or
      Beam is not installed or does not know the runner or an option.
    OutputError: If the files can't be written.
    PipelineError: If the runner can't be reached, or the pipeline fails.
  """
  return create(
      local_paths.names(input_values), str(output_dir), runner=runner,
      pipeline_options=pipeline_options,
      recipe=recipes.of_arguments(**reading),
      recursive=recursive, protected=reader_process, tile=tile or 1,
      genre_table=dataset_creation.read_genre_table(genres),
  )


def _check_archives(listing: inputs.Listing) -> None:
  """Raises InputError for a zip that was named and can't be read."""
  for source in inputs.named_files(listing):
    if source.kind == input_kinds.ZIP:
      zip_archives.midi_members(remote_paths.of_text(source.path))


def _check_totals(totals, values, listing, stages) -> None:
  """Raises InputError if nothing was read, PipelineError if not all was."""
  sums.check_arrived(
      'files', totals.counts[stages.FILES], totals.counts[stages.FILES_READ]
  )
  if totals.num_inputs:
    return
  if totals.counts[stages.FILES]:
    raise errors.InputError(dataset_creation.no_input(
        values, totals.skipped
    ))
  listing.skipped.update(totals.skipped)
  listing.unsearched_folders = totals.counts[stages.UNSEARCHED]
  raise errors.InputError(inputs.nothing_found(values, listing))


@contextlib.contextmanager
def _results_folder(output) -> Iterator[tuple[output_files.Batch, str]]:
  """Yields (a batch, a folder for rows); results appear at the end or never."""
  if isinstance(output, pathlib.Path):
    with output_files.Batch(output) as batch:
      yield batch, str(batch.scratch_folder())
    return
  # Nothing is locked there: what a killed run leaves of it stays.
  work = output / f'{leftovers.PREFIX}{uuid.uuid4().hex}'
  file_systems = remote_paths.file_systems()
  with output_files.Batch(pathlib.Path(tempfile.gettempdir())) as place:
    here = place.scratch_folder()
    try:
      with _beam_errors(output):
        file_systems.mkdirs(str(work))
      with output_files.Batch(here) as batch:
        yield batch, str(work)
      with _beam_errors(output):
        _publish(here, output, work)
    finally:
      with contextlib.suppress(Exception):
        file_systems.delete([str(work)])


@contextlib.contextmanager
def _beam_errors(output) -> Iterator[None]:
  """Turns what Beam raises into one line."""
  try:
    yield
  except Exception as e:
    raise errors.OutputError(
        f"can't write {output}: {' '.join(str(e).split())}. Choose another "
        'place, or check your rights.'
    ) from e


def _publish(here: pathlib.Path, output, work) -> None:
  """Copies files to a remote folder: whole ones get their final names."""
  file_systems = remote_paths.file_systems()
  for name in dataset_writing.NAMES:
    with (here / name).open('rb') as source, file_systems.create(
        str(work / name), compression_type='uncompressed'
    ) as target:
      shutil.copyfileobj(source, target)
  for name in dataset_writing.NAMES:
    if file_systems.exists(str(output / name)):
      file_systems.delete([str(output / name)])
    file_systems.rename([str(work / name)], [str(output / name)])


def _rows(work: str, name: str) -> Iterator[bytes]:
  """Yields the rows of one kind that the workers wrote.

  Raises:
    InputError: If there is no file of them here.
    RuntimeError: If one is damaged.
  """
  if remote_paths.is_remote(work):
    found = [
        f'{folder}/{file}' for folder, _, files, _
        in remote_paths.RemotePath(work).walk() for file in files
    ]
  else:
    found = [os.path.join(work, file) for file in os.listdir(work)]
  shards = sorted(
      path for path in found if path.rpartition('/')[2].startswith(f'{name}-')
  )
  if not shards:
    raise errors.InputError(
        f'the workers of the pipeline left nothing in {work}. Name an '
        '--output_dir that this machine and all workers share, such as '
        'gs://bucket/folder.'
    )
  for shard in shards:
    for row in tfrecords.read(remote_paths.of_text(shard)):
      if isinstance(row, tfrecords.DamagedRecord):
        raise RuntimeError(f'{shard}: {row.detail}')
      yield row


def _only(work: str, name: str) -> bytes:
  """Returns the one row of a kind."""
  (row,) = _rows(work, name)
  return row
