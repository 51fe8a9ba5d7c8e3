"""Every exception that drumspace_ext raises on purpose.

  DrumspaceError
    PatternError       an array or a row of codes is not a pattern
    DrumMapError       a drum map is unknown or contradicts itself
    InputError         something the caller named can't be used as it is
    ConfigError        a configuration has a wrong or unknown value
    CheckpointError    a checkpoint is damaged, or does not fit
    TrainingError      training can't go on
    OutputError        a result can't be written
    PipelineError      a runner of Apache Beam failed, or a process was killed
    MissingPackageError  an optional package is needed and not installed
    RejectedInputError one input of a corpus gives nothing; it is counted

Errors of the caller (a wrong array, a wrong path) also derive from ValueError,
so that `except ValueError` keeps working for people who never import this
module. Errors of the *data* do not: a corpus always holds bad files, and the
extraction counts them by reason instead of stopping.
"""

_MAX_SHOWN_CHARS = 200


def on_one_line(text: str, most: int = _MAX_SHOWN_CHARS) -> str:
  """Makes any text fit for a line of a terminal.

  Args:
    text: It may hold names out of a hostile file: control codes of a terminal,
      ends of lines, a megabyte.
    most: Characters that are left of it; three dots stand for the others.
  """
  cut = '...' if len(text) > most else ''
  return ''.join(
      c if c.isprintable() else ' ' if c.isspace() else f'\\x{ord(c):02x}'
      for c in text[:most]
  ) + cut


def shown(value: object) -> str:
  """Writes a value into a message: as `repr`, but never long, and always.

  What was read may be nested deeper than Python follows, or hold a number of
  more digits than it writes.
  """
  try:
    return on_one_line(repr(value))
  except (RecursionError, ValueError, MemoryError):
    return f'something ({type(value).__name__}) too large to be shown'


class DrumspaceError(Exception):
  """Root of the errors in this package."""


class PatternError(DrumspaceError, ValueError):
  """An array, or a row of step codes, does not hold drum patterns."""


class DrumMapError(DrumspaceError, ValueError):
  """A drum map is unknown, malformed or contradicts itself."""


class InputError(DrumspaceError, ValueError):
  """A file, folder or value that the caller named can't be used."""


class ConfigError(DrumspaceError, ValueError):
  """A configuration has an unknown, missing or wrong value."""


class CheckpointError(DrumspaceError):
  """A checkpoint is missing, damaged, or does not fit the code or data."""


class TrainingError(DrumspaceError):
  """Training can't go on."""


class OutputError(DrumspaceError):
  """A result can't be written where the caller wants it."""


class PipelineError(DrumspaceError):
  """A pipeline failed where it ran, or could not be started there."""


class MissingPackageError(DrumspaceError, ImportError):
  """Something needs an optional package that is not installed."""


class RejectedInputError(DrumspaceError):
  """One input of a corpus gives nothing; the extraction counts it.

  Attributes:
    reason: A key of `rejections.REASONS`.
    detail: What was seen in this input, in words; may be empty.
  """

  def __init__(self, reason: str, detail: str = ''):
    super().__init__(f'{reason}: {detail}' if detail else reason)
    self.reason = reason
    self.detail = detail

  def __reduce__(self):
    return type(self), (self.reason, self.detail)


def check_positive(**values: int | None) -> None:
  """Raises InputError for a number below 1; None stands for a default."""
  for name, value in values.items():
    if value is not None and value < 1:
      raise InputError(f'{name} must be at least 1, got {value}.')
