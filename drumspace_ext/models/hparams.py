"""Hparams: values by name as text, as Magenta's scripts take them."""

import ast
import re
import typing
import warnings

from drumspace_ext import errors

# No configuration has a thirtieth of it; splitting takes its square.
_MAX_CHARS = 1 << 14


def parse(text: str) -> dict[str, typing.Any]:
  """Reads `name=value,name=[1,2]`; nothing in it is evaluated as code.

  Raises:
    ConfigError: If it has another form.
  """
  if len(text) > _MAX_CHARS:
    raise errors.ConfigError(
        f'--hparams: expected name=value with commas between them, got '
        f'{len(text)} characters; at most {_MAX_CHARS} are read.'
    )
  values: dict[str, typing.Any] = {}
  for part in re.split(r',(?![^\[\]]*\])', text):
    if not part.strip():
      continue
    key, equals, value = part.partition('=')
    try:
      if not equals:
        raise ValueError
      with warnings.catch_warnings():
        # Of "1is" and the like, which is no value anyway.
        warnings.simplefilter('ignore')
        values[key.strip()] = ast.literal_eval(value.strip())
    except (
        ValueError, SyntaxError, TypeError, MemoryError, RecursionError
    ):
      raise errors.ConfigError(
          f'--hparams: expected name=value, got {errors.shown(part)}.'
      ) from None
  return values
