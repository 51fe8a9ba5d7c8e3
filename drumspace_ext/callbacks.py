"""Callbacks: how anything that takes long says how far it is.

There is one form, `on_step(done, total, what)`: so many steps of so many are
done of what is being done now, in a word or two (`training, loss 31.20`). What
a step is (a byte, a train step, a beat) the function that calls says. `done`
grows to `total`; where one job follows another, each begins at 0 again.
"""

from collections.abc import Callable

OnStep = Callable[[int, int, str], None]


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
