"""Meters: which bars are bars of four quarters, whatever they are called.

2/2, 8/8 and 16/16 last as long as 4/4 and are 4/4 here. A bar of two quarters
(2/4, 4/8) is half of one: where `2/4` is asked for, its bars are taken in
pairs, from where the meter begins. No other meter fits into patterns of two
bars of four quarters.
"""

from collections.abc import Collection
from collections.abc import Iterable

from drumspace_ext import errors

Meter = tuple[int, int]

COMMON, HALF = (4, 4), (2, 4)
DEFAULT = (COMMON,)
READ = (COMMON, HALF)


def of_names(names: Iterable[str]) -> tuple[Meter, ...]:
  """Returns the meters of names such as 4/4.

  Raises:
    InputError: If there is none, or one that is neither 4/4 nor 2/4 by any
      name.
  """
  found = set()
  for name in names:
    numerator, _, denominator = name.strip().partition('/')
    meter = (0, 0)
    if numerator.isdecimal() and denominator.isdecimal():
      meter = usual(int(numerator), int(denominator))
    if meter not in READ:
      raise errors.InputError(
          'meters must be 4/4 or 4/4,2/4 (2/4 is read as half-bars), got '
          f'{name!r}: patterns are two bars of four quarters.'
      )
    found.add(meter)
  if not found:
    raise errors.InputError('meters is empty; give 4/4 or 4/4,2/4.')
  return tuple(sorted(found, reverse=True))


def usual(numerator: int, denominator: int) -> Meter:
  """Returns 4/4 or 2/4 for a meter of that length, others as they are."""
  if numerator > 0 and numerator == denominator:
    return COMMON
  if numerator > 0 and 2 * numerator == denominator:
    return HALF
  return numerator, denominator


def fits(numerator: int, denominator: int) -> bool:
  """Says whether bars of a meter are those of patterns, or halves of them.

  A meter of no beats (0/1) says nothing, and fits.
  """
  return min(numerator, denominator) < 1 or usual(
      numerator, denominator
  ) in READ


def as_read(
    numerator: int, denominator: int, accepted: Collection[Meter]
) -> Meter:
  """Returns what a meter counts as: by its usual name if that is accepted."""
  meter = usual(numerator, denominator)
  return meter if meter in accepted else (numerator, denominator)


def to_text(meter: Meter) -> str:
  """Returns a meter as it is written, 4/4."""
  return f'{meter[0]}/{meter[1]}'


def hint(refused: Iterable[str]) -> str:
  """Returns what helps with refused meters (`3/4`), or ''."""
  halves = [
      name for name in refused
      if usual(*map(int, name.split('/'))) == HALF
  ]
  return f'--meters=4/4,2/4 reads {", ".join(halves)}' if halves else ''
