"""Reader faults: a mistake of our own while reading costs one input, not a run.

A hostile file finds what no test has found. Whatever a reader raises beside the
errors of this package becomes a verdict on that one input; the traceback goes
to the log, which `--log=DEBUG` shows.
"""

from collections.abc import Iterator
import contextlib
import logging

from drumspace_ext import errors

REASON = 'reader_failed'
# A key of many parts (`a.a.a`) takes the square of its length in memory.
MAX_TOML_BYTES = 1 << 14

_MAX_MESSAGE_CHARS = 2000
_LOGGER = logging.getLogger(__name__)


def said(error: BaseException) -> str:
  """Returns what an error says, as one line of bounded length, or its kind."""
  return errors.on_one_line(str(error).strip()) or type(error).__name__


def one_line(error: BaseException) -> str:
  """Returns what an error is and says, as one line of bounded length."""
  return f'{type(error).__name__}: {said(error)}'


def last_words(error: Exception) -> str:
  """Returns what a script says of an error that ends it."""
  if isinstance(error, errors.DrumspaceError):
    return errors.on_one_line(str(error), _MAX_MESSAGE_CHARS)
  return (
      f'{one_line(error)}. This is a mistake in drumspace_ext: --log=DEBUG '
      'shows where; please report it.'
  )


def log(error: BaseException) -> None:
  """Writes the traceback of an error to the log, for `--log=DEBUG`."""
  _LOGGER.debug('%s', one_line(error), exc_info=error)


@contextlib.contextmanager
def rejected() -> Iterator[None]:
  """Makes any mistake inside a `RejectedInputError`; our own errors pass.

  Raises:
    RejectedInputError: If something inside raises an error of another kind.
  """
  try:
    yield
  except errors.DrumspaceError:
    raise
  except Exception as e:
    log(e)
    raise errors.RejectedInputError(REASON, one_line(e)) from e
