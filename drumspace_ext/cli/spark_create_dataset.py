r"""Makes a dataset of unique drum patterns on Apache Spark.

The inputs, the recipe and the files are those of drumspace_create_dataset, byte
for byte; inputs lie on a disk that this machine and all workers share, or on a
filesystem of Hadoop's, such as hdfs://. Under spark-submit the master and all
options are taken from it.

Usage:
  drumspace_spark_create_dataset --input=~/midi --recursive \
    --output_dir=/tmp/drumspace/dataset --master=local[*]
  drumspace_spark_create_dataset --input=/shared/midi --recursive \
    --output_dir=/tmp/drumspace/dataset --master=spark://host:7077 \
    --spark_options=spark.executor.memory=2g,spark.executor.cores=2

Spark comes with: pip install '.[spark]' in a clone; it needs Java 17 or newer.
"""

from absl import flags

from drumspace_ext import errors
from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import list_flags
from drumspace_ext.cli import reading_flags
from drumspace_ext.cli import spreading_flags

_MASTER = flags.DEFINE_string(
    'master', None,
    'Where Spark runs: spark://HOST:7077, yarn, k8s://HOST:PORT or local[*]; '
    "by default what spark-submit or Spark's configuration say, else this "
    'machine.',
)
_SPARK_OPTIONS = list_flags.define(
    'spark_options', 'name=value of options of Spark, with commas between them.'
)


def main(argv: list[str]) -> int:
  from drumspace_ext.cli import progress
  from drumspace_ext.spark import creation as spark_creation

  spreading_flags.quiet('py4j')
  # It logs tracebacks of Ctrl-C so, and raises what it logs.
  spreading_flags.quiet_root('py4j')
  with progress.bar({'reading': ' partition'}) as on_step:
    created = spark_creation.create_dataset(
        drumspace_flags.input_values(argv), spreading_flags.output_dir(),
        master=_MASTER.value, spark_options=_options(_SPARK_OPTIONS.value),
        **spreading_flags.arguments(on_step),
    )
  return reading_flags.report(created)


def _options(values: list[str]) -> dict[str, str]:
  """Returns options of Spark by name."""
  options = {}
  for text in values:
    name, has_value, value = text.partition('=')
    if not has_value or not name.startswith('spark.'):
      raise errors.InputError(
          f'--spark_options has {text!r}: each is spark.NAME=VALUE, and commas '
          'stand between them.'
      )
    options[name] = value
  return options


def console_entry_point() -> None:
  drumspace_flags.run(
      main, required=[drumspace_flags.OUTPUT_DIR], shared=spreading_flags.ALL
  )


if __name__ == '__main__':
  console_entry_point()
