"""Progress: a bar with an estimate on a terminal, silence elsewhere."""

import contextlib
from collections.abc import Callable, Iterator
import sys

# What is done sooner shows no bar.
_DELAY_S = 1.0


@contextlib.contextmanager
def _bar(**arguments):
  """Yields a bar on a terminal, and None elsewhere."""
  if not sys.stderr.isatty():
    yield None
    return
  import tqdm  # pylint: disable=g-import-not-at-top

  # Its monitor thread would be copied into forked workers.
  tqdm.tqdm.monitor_interval = 0
  with tqdm.tqdm(leave=False, dynamic_ncols=True, **arguments) as bar:
    yield bar


@contextlib.contextmanager
def byte_bar(
    total: int, description: str, unit: str
) -> Iterator[Callable[[int, int], None]]:
  """Shows how many bytes of a job are done.

  Args:
    total: Bytes of the whole job.
    description: What the job is, in a word or two.
    unit: What is counted beside the bytes, in the plural.

  Yields:
    A function to call with (bytes, things) as they are done.
  """
  done = 0
  with _bar(
      total=total, desc=description, unit='B', unit_scale=True
  ) as bar:

    def update(num_bytes: int, count: int) -> None:
      nonlocal done
      done += count
      if bar is not None:
        bar.set_postfix_str(f'{done:,} {unit}', refresh=False)
        bar.update(num_bytes)

    yield update


@contextlib.contextmanager
def step_bar(
    total: int, done: int, description: str
) -> Iterator[Callable[[int, float | None], None]]:
  """Shows how many steps of a training run are done, and its loss.

  Args:
    total: Steps of the whole run.
    done: Steps done before.
    description: What the job is, in a word or two.

  Yields:
    A function to call with (steps done, loss or None).
  """
  with _bar(
      total=total, initial=done, desc=description, unit='step'
  ) as bar:

    def update(step: int, loss: float | None) -> None:
      if bar is None:
        return
      bar.update(step - bar.n)
      if loss is not None:
        bar.set_postfix_str(f'loss {loss:.2f}', refresh=False)

    yield update


@contextlib.contextmanager
def count_bar(
    total: int | None, description: str, unit: str
) -> Iterator[Callable[[int], None]]:
  """Shows how many things are done, once it takes longer than a second.

  Args:
    total: Things of the whole job; None if nobody knows.
    description: What the job is, in a word or two.
    unit: What is counted, in the singular.

  Yields:
    A function to call with how many more are done.
  """
  with _bar(
      total=total, desc=description, unit=unit, delay=_DELAY_S
  ) as bar:

    def update(count: int) -> None:
      if bar is not None:
        bar.update(count)

    yield update
