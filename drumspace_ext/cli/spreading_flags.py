"""Flags and words of entry points that make datasets by many machines."""

import contextlib
import importlib
import logging
import pathlib
import typing

from absl import flags

from drumspace_ext import callbacks
from drumspace_ext.cli import flags as drumspace_flags
from drumspace_ext.cli import reading_flags

if typing.TYPE_CHECKING:
  from drumspace_ext.spreading import creation as spreading

READER_PROCESS = flags.DEFINE_bool(
    'reader_process', True,
    'Read inputs in processes beside the workers, so that an input that '
    'crashes or hangs its reader costs itself alone.',
)
ALL = (*reading_flags.FOR_DATASETS, READER_PROCESS)
drumspace_flags.MODULES.append(__name__)


def quiet(*loggers: str) -> None:
  """Lets libraries say only what is wrong, but for --log=DEBUG."""
  if drumspace_flags.LOG.value != 'DEBUG':
    for name in loggers:
      # They set their levels when they are imported.
      with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module(name)
      logging.getLogger(name).setLevel(logging.WARNING)


def quiet_root(package: str) -> None:
  """Drops what a library logs in nobody's name, but for --log=DEBUG."""
  if drumspace_flags.LOG.value != 'DEBUG':
    logging.getLogger().addFilter(
        lambda record: package not in pathlib.Path(record.pathname).parts
    )


def output_dir() -> pathlib.Path | str:
  """Returns --output_dir: a path here, or text that names a remote place."""
  from drumspace_ext.files import remote_paths

  value = drumspace_flags.given(drumspace_flags.OUTPUT_DIR)
  if remote_paths.is_remote(value):
    return value
  return drumspace_flags.output_dir()


def arguments(on_step: callbacks.OnStep) -> 'spreading.Arguments':
  """Returns the values of the flags that all of these take.

  Args:
    on_step: What is to be called on the way; see `callbacks`.
  """
  return {
      **reading_flags.for_datasets(), 'reader_process': READER_PROCESS.value,
      'on_step': on_step,
  }
