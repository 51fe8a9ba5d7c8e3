"""Dataset creation on Apache Beam: the same files, by many machines.

Workers list, read and merge (`transforms`); what they write under a name of
its own beside the results is one row for each rotation class and each rejected
input, and the counts. The process that started the pipeline then takes these
rows (`spreading.creation`). So nothing but unique patterns is ever gathered in
one place.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import glob
import itertools
import json
import os
import pathlib
import typing

from drumspace_ext import callbacks
from drumspace_ext import errors
from drumspace_ext.beam import rows
from drumspace_ext.beam import runners as beam_runners
from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.dataset import gathered
from drumspace_ext.dataset import sums
from drumspace_ext.files import local_paths
from drumspace_ext.files import remote_paths
from drumspace_ext.files import remote_systems
from drumspace_ext.files import tfrecords
from drumspace_ext.inputs import listing as inputs
from drumspace_ext.spreading import creation as spreading
from drumspace_ext.spreading import reading as reading_lib

_Row = typing.TypeVar('_Row')
# Rows that are taken over at once.
_MANY = 1_000


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
    **asked: typing.Unpack[spreading.Request],
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
    **asked: See `spreading.creation.Request`.

  Raises:
    InputError: If there is nothing to read, a named input is unusable, or
      Beam is not installed or does not know the runner or an option.
    OutputError: If the files can't be written.
    PipelineError: If the runner can't be reached, or the pipeline fails.
  """
  remote_systems.beam()
  from drumspace_ext.beam import transforms as beam_transforms

  output = remote_paths.of_text(str(output_dir))
  if glob.has_magic(str(output.absolute())):
    # There is no way to quote them for Beam, which looks for its own files.
    raise errors.OutputError(
        f"Beam can't write to {output}: its path has one of *?[. Choose "
        'another --output_dir.'
    )
  pipeline = beam_runners.pipeline(runner, pipeline_options)
  counters: dict[str, int] = {}

  def spread(
      listing: inputs.Listing, reading: reading_lib.Reading, work: str,
      on_step: callbacks.OnStep,
  ) -> Iterator[gathered.Gathered]:
    # Runners tell of their work in ways of their own.
    del on_step
    beam_transforms.build(pipeline, listing, reading, f'{work}/')
    result = beam_runners.run(pipeline)
    counters.update({
        counter.key.metric.name: counter.result
        for counter in result.metrics().query()['counters']
        if counter.key.metric.namespace == beam_transforms.NAMESPACE
    })
    (counts,) = _rows(work, beam_transforms.TOTALS)
    yield gathered.Gathered(totals=sums.Totals.of_plain(json.loads(counts)))
    merged = map(rows.row_of_json, _rows(work, beam_transforms.PATTERNS))
    rejected = map(json.loads, _rows(work, beam_transforms.REJECTED))
    yield from (gathered.Gathered(merged=some) for some in _by_many(merged))
    yield from (gathered.Gathered(rejected=some) for some in _by_many(rejected))

  made = spreading.create(
      spread, input_values, output_dir, remote=True, **asked
  )
  return CreatedOnBeam(
      output_dir=made.output_dir, report=made.report, paths=made.paths,
      counters=counters,
  )


def create_dataset(
    input_values: local_paths.Names, output_dir: local_paths.Name, *,
    runner: str | None = None, pipeline_options: Sequence[str] = (),
    **arguments: typing.Unpack[spreading.Arguments],
) -> CreatedOnBeam:
  """Makes a dataset of all unique patterns in the inputs, on Apache Beam.

  Arguments and files are those of `dataset_creation.create_dataset`, but for:

  Args:
    input_values: On any filesystem that Beam and all workers can read.
    output_dir: On a filesystem that this process and all workers share.
    runner: One of Beam's; by default that of the options, or `DirectRunner`.
    pipeline_options: Flags for Beam, such as `--direct_num_workers=2`.
    **arguments: See there; and `reader_process=False` reads without processes
      of their own, which may crash or hang.

  Raises:
    InputError: If there is nothing to read, a named input is unusable, or
      Beam is not installed or does not know the runner or an option.
    OutputError: If the files can't be written.
    PipelineError: If the runner can't be reached, or the pipeline fails.
  """
  return create(
      local_paths.names(input_values), str(output_dir), runner=runner,
      pipeline_options=pipeline_options, **spreading.request(arguments),
  )


def _by_many(values: Iterator[_Row]) -> Iterator[list[_Row]]:
  while some := list(itertools.islice(values, _MANY)):
    yield some


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
