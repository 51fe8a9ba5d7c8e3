r"""Makes a dataset of unique drum patterns on Dask.

The inputs, the recipe and the files are those of drumspace_create_dataset, byte
for byte; inputs lie on a disk that this machine and all workers share.

Usage:
  dask scheduler & dask worker tcp://localhost:8786 --nworkers=2 &
  drumspace_dask_create_dataset --input=~/midi --recursive \
    --output_dir=/tmp/drumspace/dataset --scheduler=tcp://localhost:8786

Dask comes with: pip install '.[dask]' in a clone
"""

from absl import flags

from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import reading_flags
from drumspace_ext.cli import spreading_flags

_SCHEDULER = flags.DEFINE_string(
    'scheduler', None,
    "The scheduler's address, such as tcp://host:8786; by default that of "
    "Dask's configuration (DASK_SCHEDULER_ADDRESS), else a cluster is started "
    'on this machine.',
)


def main(argv: list[str]) -> int:
  from drumspace_ext.cli import progress
  from drumspace_ext.dask import creation as dask_creation

  spreading_flags.quiet('distributed')
  with progress.bar({'reading': 'B'}, scaled=True) as on_step:
    created = dask_creation.create_dataset(
        drumspace_flags.input_values(argv), spreading_flags.output_dir(),
        scheduler=_SCHEDULER.value, **spreading_flags.arguments(on_step),
    )
  return reading_flags.report(created)


def console_entry_point() -> None:
  drumspace_flags.run(
      main, required=[drumspace_flags.OUTPUT_DIR], shared=spreading_flags.ALL
  )


if __name__ == '__main__':
  console_entry_point()
