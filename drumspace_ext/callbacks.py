"""Callbacks: how anything that takes long says how far it is.

There is one form, `on_step(done, total, what)`: so many steps of so many are
done of what is being done now, in a word or two (`training, loss 31.20`). What
a step is (a byte, a train step, a beat) the function that calls says. `done`
grows to `total`; where one job follows another, each begins at 0 again.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
import typing

OnStep = Callable[[int, int, str], None]
# Items of which each takes a tenth of a millisecond or less.
_SMALL_STEPS = 256

_Item = typing.TypeVar('_Item')


def silent(done: int, total: int, what: str) -> None:
  """Takes a step and says nothing."""
  del done, total, what


def part_of(on_step: OnStep, first: int, total: int, what: str) -> OnStep:
  """Returns what to call in one part of a job with several.

  Args:
    on_step: To be called for the whole job.
    first: Steps done before this part.
    total: Steps of the whole job.
    what: What the whole job is.
  """
  return lambda done, _, __: on_step(first + done, total, what)


def counted(
    items: Iterable[_Item], total: int, on_step: OnStep, what: str
) -> Iterator[_Item]:
  """Yields many small items, and says now and then how many are done.

  Args:
    items: What a loop goes through.
    total: How many they are.
    on_step: Called with how many are done.
    what: What is done with them.
  """
  for done, item in enumerate(items):
    if not done % _SMALL_STEPS:
      on_step(done, total, what)
    yield item
  on_step(total, total, what)
