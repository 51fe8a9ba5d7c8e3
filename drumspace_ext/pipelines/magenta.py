"""Magenta pipelines: stages as real `magenta.pipelines.pipeline.Pipeline`s.

Magenta is imported when the first pipeline is made, and needed for nothing
else in this package. A graph of our stages and Magenta's own:

  splitter = note_sequence_pipelines.TimeChangeSplitter()
  loops = as_magenta_pipeline(pattern_stages.LoopExtractor(repeats=4))
  dag = dag_pipeline.DAGPipeline({
      splitter: dag_pipeline.DagInput(note_seq.NoteSequence),
      loops: splitter,
      dag_pipeline.DagOutput('patterns'): loops,
  })

`as_dag` writes such a chain in one line. It is also the way round a bug of
Magenta 2.1.4, whose `run_pipeline_serial` and `load_pipeline` fail on any
pipeline that has a single class as its output type.
"""

from collections.abc import Callable
from collections.abc import Iterable
import functools
import importlib
import logging
import typing

from drumspace_ext import errors
from drumspace_ext.pipelines import stages

if typing.TYPE_CHECKING:
  from magenta.pipelines import dag_pipeline
  from magenta.pipelines import pipeline

# As tried on Python 3.11; pip can't resolve Magenta's own pins there.
INSTALL_LINES = (
    'pip install note-seq==0.0.5 tensorflow-cpu==2.21.0 tf-slim==1.1.0 '
    'tensorflow-probability==0.25.0',
    'pip install --no-deps tf-keras==2.21.0 magenta==2.1.4',
    'export TF_USE_LEGACY_KERAS=1',
)


_LOGGER = logging.getLogger(__name__)
# MIDI pitches, a bucket each.
_NUM_BUCKETS = 128


def _import(name: str):
  """Imports a module of `magenta.pipelines`."""
  try:
    return importlib.import_module(f'magenta.pipelines.{name}')
  except ImportError as e:
    raise errors.MissingPackageError(
        f'this needs Magenta, which is not usable here ({e}). Everything else '
        'works without it, drumspace_run_pipeline too. Install it with:\n  '
        + '\n  '.join(INSTALL_LINES)
    ) from e


@functools.cache
def _pipeline_class(
    pipeline_class: type, counter: Callable, histogram: Callable
) -> type:
  """Returns the subclass of Magenta's Pipeline that holds a stage.

  Args:
    pipeline_class: `magenta.pipelines.pipeline.Pipeline`.
    counter: `magenta.pipelines.statistics.Counter`.
    histogram: `magenta.pipelines.statistics.Histogram`.
  """

  class StagePipeline(pipeline_class):
    """A stage of drumspace_ext."""

    def __init__(self, stage: stages.Stage):
      super().__init__(stage.input_type, stage.output_type, stage.name)
      self._stage = stage

    def transform(self, input_object) -> list:
      outputs = self._stage.transform(input_object)
      # Merging is in place, and copies are shallow: fresh ones every time.
      made = [
          counter(name, count) for name, count in self._stage.counts.items()
      ]
      for name, numbers in self._stage.histograms.items():
        # Only those with the same buckets can be merged.
        made.append(histogram(name, range(_NUM_BUCKETS)))
        for number, count in numbers.items():
          made[-1].increment(number, count)
      self._set_stats(made)
      return outputs

  return StagePipeline


def as_magenta_pipeline(stage: stages.Stage) -> 'pipeline.Pipeline':
  """Returns a Magenta pipeline that runs a stage.

  Its types, name and outputs are the stage's; its statistics are the stage's
  counts, as `statistics.Counter`s that Magenta calls `<name>_<counter>`, and
  `statistics.Histogram`s.

  Raises:
    MissingPackageError: If Magenta can't be imported; it is an ImportError.
  """
  statistics = _import('statistics')
  return _pipeline_class(
      _import('pipeline').Pipeline, statistics.Counter, statistics.Histogram
  )(stage)


def as_dag(
    chain: 'Iterable[stages.Stage | pipeline.Pipeline]',
    output_name: str = 'dataset', name: str = 'drumspace',
) -> 'dag_pipeline.DAGPipeline':
  """Returns stages, one after the other, as a `DAGPipeline` with one output.

  Args:
    chain: Stages and pipelines of Magenta, in the order in which they run. A
      `RandomPartition` may be the last; its parts are the outputs then.
    output_name: What the output is called: `run_pipeline_serial` writes
      `<output_name>.tfrecord`, `load_pipeline` returns `{output_name: [...]}`.
    name: What the DAGPipeline is called, with which statistics begin.

  Raises:
    InputError: If there are none, or types or names do not fit.
    MissingPackageError: If Magenta can't be imported; it is an ImportError.
  """
  dag_lib = _import('dag_pipeline')
  chain = list(chain)
  pipelines = [
      as_magenta_pipeline(link) if isinstance(link, stages.Stage) else link
      for link in chain
  ]
  if not pipelines:
    raise errors.InputError('as_dag needs at least one stage.')
  previous, dag = dag_lib.DagInput(pipelines[0].input_type), {}
  for link in pipelines:
    dag[link] = previous
    previous = link
  if isinstance(pipelines[-1].output_type, dict):
    _say_repeats(chain)
    dag[dag_lib.DagOutput()] = previous
  else:
    dag[dag_lib.DagOutput(output_name)] = previous
  try:
    return dag_lib.DAGPipeline(dag, name)
  except (
      dag_lib.TypeMismatchError, dag_lib.DuplicateNameError,
      dag_lib.InvalidDAGError,
  ) as e:
    raise errors.InputError(str(e)) from e


def _say_repeats(chain: list) -> None:
  """Warns of a partition that would put one rotation class on both sides."""
  repeats = None
  for link in chain:
    if getattr(link, 'may_repeat', False):
      repeats = link
    elif getattr(link, 'is_unique', False):
      repeats = None
  if repeats is not None:
    _LOGGER.warning(
        'Two songs may play one pattern: a partition behind %s can put it on '
        'both sides. Put UniquePatterns() before the partition.', repeats.name
    )
