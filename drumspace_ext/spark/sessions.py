"""Spark sessions: where a job runs, and what is said when it fails."""

from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import os
import re
import socket
import sys
import typing
import urllib.parse

from drumspace_ext import errors

if typing.TYPE_CHECKING:
  import pyspark

_APP_NAME = 'drumspace_spark_create_dataset'
_TO_INSTALL = "pip install '.[spark]' in a clone"
# What Spark's Java says of an error of Python: the last line of its traceback.
_OF_PYTHON = re.compile(
    r'PythonException: .*?\n(\w[\w.]*(?:Error|Exception|Interrupt)?: [^\n]*)\n',
    re.DOTALL,
)

# What Spark takes as one; of anything else Java would write a traceback.
_MASTER = re.compile(r'(local((-cluster)?\[.+\])?|yarn|(spark|k8s)://.+)$')
_STANDALONE = 'spark://'
# Spark itself tries for a minute, in a hundred lines of Java.
_CONNECT_S = 20
# How lines of Java's own traceback begin.
_OF_JAVA = ('at ', ':', 'Driver stacktrace')


@contextlib.contextmanager
def context(
    master: str | None, options: Mapping[str, str]
) -> Iterator['pyspark.SparkContext']:
  """Yields a SparkContext, and stops it at the end if it was started here.

  A session that is already there, as in a notebook, is used as it is.

  Args:
    master: Such as `spark://host:7077`; by default what spark-submit or
      Spark's own configuration say, else this machine.
    options: Further options of Spark by name.

  Raises:
    InputError: If Spark is not installed, has no Java, or can't be reached.
  """
  if master and not _MASTER.match(master):
    raise errors.InputError(
        f'--master={master} is none of Spark: give local[2], '
        'spark://HOST:7077, yarn or k8s://HOST:443.'
    )
  try:
    from pyspark import sql
  except ModuleNotFoundError as e:
    raise errors.InputError(
        f'Apache Spark is not installed ({e}). Install it: {_TO_INSTALL}.'
    ) from e

  session = sql.SparkSession.getActiveSession()
  if session is not None:
    yield session.sparkContext
    return
  is_submitted = 'PYSPARK_GATEWAY_PORT' in os.environ
  if not is_submitted and (master or 'local').startswith('local'):
    # Its workers are here; python3 may be another one than this.
    os.environ.setdefault('PYSPARK_PYTHON', sys.executable)
  if master and master.startswith(_STANDALONE):
    _reach(master)
  builder = sql.SparkSession.builder.appName(_APP_NAME)
  if master:
    builder = builder.master(master)
  for name, value in options.items():
    builder = builder.config(name, value)
  try:
    session = builder.getOrCreate()
  except Exception as e:
    raise errors.InputError(
        f"Spark can't be started{f' on {master}' if master else ''}: "
        f'{one_line(e)}. It needs Java 17 or newer, and a master that can be '
        'reached.'
    ) from e
  try:
    yield session.sparkContext
  finally:
    session.stop()


def _reach(master: str) -> None:
  """Makes sure that one of a standalone cluster's masters is there.

  Raises:
    InputError: If none is.
  """
  reasons = []
  for address in master.removeprefix(_STANDALONE).split(','):
    try:
      place = urllib.parse.urlsplit(f'//{address}')
      socket.create_connection(
          (place.hostname or '', place.port or 0), _CONNECT_S
      ).close()
    except (OSError, ValueError) as e:
      reasons.append(f'{address}: {e}')
    else:
      return
  raise errors.InputError(
      f'no master answers at --master={master} ({"; ".join(reasons)}).'
  )


@contextlib.contextmanager
def failures(running: 'pyspark.SparkContext') -> Iterator[None]:
  """Turns what a job raises into one line.

  Raises:
    PipelineError: If it fails.
  """
  try:
    yield
  except errors.DrumspaceError:
    raise
  except Exception as e:
    raise errors.PipelineError(
        f'the job failed on {running.master}: {one_line(e)}'
    ) from e


def one_line(error: Exception) -> str:
  """Returns the line of an error of Spark that says what happened."""
  text = str(error).strip()
  of_python = _OF_PYTHON.findall(text)
  lines = of_python[-1:] or [
      line.strip() for line in text.splitlines()
      if line.strip() and not line.lstrip().startswith(_OF_JAVA)
  ]
  return (lines[-1] if of_python else ' '.join(lines[:2])).rstrip('.') or type(
      error
  ).__name__
