"""Seeds: the numbers that all that is random depends on."""

import numbers

from drumspace_ext import errors

# The largest that every generator takes which is used here.
MAX = 2**32 - 1


def check(seed: object) -> None:
  """Checks a seed.

  Raises:
    InputError: If it is no whole number from 0 to `MAX`.
  """
  if not isinstance(seed, numbers.Integral) or not (
      0 <= int(seed) <= MAX
  ):
    raise errors.InputError(
        f'seed must be a whole number in [0, {MAX}], got {errors.shown(seed)}.'
    )
