r"""Makes a dataset of unique drum patterns on Apache Beam.

The inputs, the recipe and the files are those of drumspace_create_dataset, byte
for byte; inputs and --output_dir may lie on any filesystem that Beam reads
(gs://, s3://, hdfs://) and that this machine and all workers share.
DirectRunner is Beam's runner in Python, on this machine. It takes
--direct_num_workers and --direct_running_mode=multi_threading or
multi_processing.

Usage:
  drumspace_beam_create_dataset --input=notesequences.tfrecord \
    --output_dir=/tmp/drumspace/dataset
  drumspace_beam_create_dataset --input=~/midi --recursive \
    --output_dir=/tmp/drumspace/dataset --pipeline_options=\
  --direct_num_workers=2,--direct_running_mode=multi_processing

Beam comes with: pip install '.[beam]' in a clone
"""

from collections.abc import Iterator
import contextlib
import logging

from absl import flags

from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import list_flags
from drumspace_ext.cli import reading_flags
from drumspace_ext.cli import spreading_flags

_RUNNER = flags.DEFINE_string(
    'runner', None,
    'What Beam runs on: DirectRunner (which is the default), FlinkRunner, '
    'SparkRunner, DataflowRunner, PortableRunner and others.',
)
_PIPELINE_OPTIONS = list_flags.define(
    'pipeline_options',
    'Flags for Beam and its runner, with commas between them.',
)

@contextlib.contextmanager
def _quiet_root() -> Iterator[None]:
  """Hides what Beam says, while it is imported, of clouds it could not find."""
  root = logging.getLogger()
  level = root.level
  root.setLevel(logging.ERROR)
  try:
    yield
  finally:
    root.setLevel(level)


def main(argv: list[str]) -> int:
  from drumspace_ext.files import remote_systems

  # Beam tells of its own steps at INFO, and of clouds it could not find.
  options = _PIPELINE_OPTIONS.value
  if drumspace_flags.LOG.value != 'DEBUG':
    # Before the caller's own, which then count.
    options = ['--default_sdk_harness_log_level=WARNING', *options]
    logging.getLogger('apache_beam').setLevel(logging.WARNING)
  # It is said before anything else takes its time.
  with _quiet_root():
    remote_systems.beam()
  from drumspace_ext.beam import creation as beam_creation
  from drumspace_ext.cli import progress

  with progress.bar('') as on_step:
    created = beam_creation.create_dataset(
        drumspace_flags.input_values(argv), spreading_flags.output_dir(),
        runner=_RUNNER.value, pipeline_options=options,
        **spreading_flags.arguments(on_step),
    )
  return reading_flags.report(created)


def console_entry_point() -> None:
  drumspace_flags.run(
      main, required=[drumspace_flags.OUTPUT_DIR],
      shared=spreading_flags.ALL,
  )


if __name__ == '__main__':
  console_entry_point()
