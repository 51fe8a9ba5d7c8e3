"""Beam runners: where a pipeline runs, and what is said when it fails."""

from collections.abc import Sequence
import contextlib
import io
import typing

from drumspace_ext import errors
from drumspace_ext.files import remote_systems

if typing.TYPE_CHECKING:
  import apache_beam as beam

# The runners that are all Python and in this process (or started by it). Beam
# itself would fetch another runner, Prism, for the first of these names.
DEFAULT = 'DirectRunner'
_IN_PYTHON = ('directrunner', 'direct', 'fnapirunner')
_IN_THREADS = 'multi_threading'


def pipeline(runner: str | None, flags: Sequence[str]) -> 'beam.Pipeline':
  """Returns an empty pipeline.

  Args:
    runner: The name of one of Beam's runners; None takes that of the options,
      or `DEFAULT`.
    flags: Options for Beam, such as `--direct_num_workers=2`.

  Raises:
    InputError: If Beam is not installed, or does not know one of these.
  """
  beam = remote_systems.beam()
  from apache_beam.options import pipeline_options
  from apache_beam.portability.api import beam_provision_api_pb2
  from apache_beam.runners.portability import fn_api_runner
  from apache_beam.runners.portability import portable_runner
  from apache_beam.runners.portability.fn_api_runner import fn_runner
  from apache_beam.transforms import environments

  for flag in flags:
    if not flag.startswith('--'):
      raise errors.InputError(
          f'--pipeline_options has {flag!r}: each option begins with --, and '
          'commas stand between them.'
      )
  said = io.StringIO()
  try:
    # argparse prints all of Beam's options before it says what is wrong.
    with contextlib.redirect_stderr(said):
      options = pipeline_options.PipelineOptions(
          [*flags, *([f'--runner={runner}'] if runner else [])]
      )
      all_options = options.get_all_options()
    name = all_options['runner'] or DEFAULT
    _refuse(name, all_options['direct_num_workers'])
    if name.lower() not in _IN_PYTHON:
      return beam.Pipeline(options=options)
  except errors.InputError:
    raise
  # What argparse can't read it prints, and exits; a missing or unknown runner
  # comes as ImportError, AttributeError, RuntimeError or ValueError.
  except (SystemExit, Exception) as e:
    last = said.getvalue().strip().split('\n')[-1]
    why = last if isinstance(e, SystemExit) and last else str(e)
    raise errors.InputError(
        f"--runner={runner or DEFAULT}: Beam can't use it, or one of its "
        f'options: {" ".join(why.split()).rstrip(".")}.'
    ) from e
  encoded = portable_runner.JobServiceHandle.encode_pipeline_options(
      all_options
  )
  # Workers in other processes need the options for their filesystems.
  info = fn_runner.ExtendedProvisionInfo(
      beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)
  )
  environment = None
  direct = options.view_as(pipeline_options.DirectOptions)
  if direct.direct_running_mode == _IN_THREADS:
    # Beam (2.77) has a second thread send what such a worker has written so
    # far, every 1,000 ms and also in the middle of an element, and reads the
    # other half as a new one: it fails, or counts windows until no memory is
    # left. Below zero nothing is sent by the clock. Left as it is, the mode
    # would put its own environment here again.
    environment = environments.EmbeddedPythonGrpcEnvironment.default()
    environment.data_buffer_time_limit_ms = -1
    direct.direct_running_mode = None
  return beam.Pipeline(
      runner=fn_api_runner.FnApiRunner(
          default_environment=environment, provision_info=info
      ),
      options=options,
  )


def _refuse(name: str, num_workers: int) -> None:
  """Raises InputError for a runner that loses data, or what Beam fails at."""
  if num_workers < 0:
    raise errors.InputError(
        f'--direct_num_workers={num_workers}: give 1 or more, or 0 for one on '
        'each core.'
    )
  if 'dask' in name.lower():
    raise errors.InputError(
        f'--runner={name}: Beam on Dask mixes the outputs of a stage that has '
        'several, drops all sinks but the last, and says DONE. '
        'drumspace_dask_create_dataset makes the same files on Dask: '
        '--scheduler=tcp://host:8786.'
    )


def run(filled: 'beam.Pipeline') -> 'beam.runners.runner.PipelineResult':
  """Runs a pipeline to its end.

  Args:
    filled: From `pipeline`, with its stages.

  Raises:
    PipelineError: If the runner can't be reached, or the pipeline fails.
  """
  runner = filled.options.get_all_options()['runner'] or DEFAULT
  try:
    result = filled.run()
    state = result.wait_until_finish()
  # Each runner has its own errors. Those of a worker come as text.
  except Exception as e:
    lines = str(e).strip().splitlines() or [type(e).__name__]
    raise errors.PipelineError(
        f'the pipeline failed on {runner}: {lines[-1].strip()}'
    ) from e
  if state != 'DONE':
    raise errors.PipelineError(f'the pipeline ended on {runner} as {state}.')
  return result
