"""Progress: a bar with an estimate on a terminal, silence elsewhere."""

from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import re
import sys

from drumspace_ext import callbacks

# What is done sooner shows no bar.
_DELAY_S = 1.0
_NO_WORD = re.compile(r'\W')


@contextlib.contextmanager
def bar(
    unit: str | Mapping[str, str], *, scaled: bool = False
) -> Iterator[callbacks.OnStep]:
  """Shows how far something is, one bar for each job that begins.

  A job is what is said by one first word.

  Args:
    unit: What a step is, in the singular; or that by the first word of a job,
      of others nothing.
    scaled: Whether large numbers are written with k and M.

  Yields:
    An `on_step` to hand over, see `callbacks`.
  """
  if not sys.stderr.isatty():
    # Whoever would have to count for it need not.
    yield callbacks.silent
    return
  shown, job = None, ''

  def on_step(done: int, total: int, what: str) -> None:
    nonlocal shown, job
    word = _NO_WORD.split(what, maxsplit=1)[0]
    if shown is None or word != job or total != shown.total or done < shown.n:
      if shown is not None:
        shown.close()
      own = unit if isinstance(unit, str) else unit.get(word, '')
      shown, job = _new_bar(done, total, own, scaled), word
    shown.set_description_str(what, refresh=False)
    shown.update(done - shown.n)

  try:
    yield on_step
  finally:
    if shown is not None:
      shown.close()


def _new_bar(done: int, total: int, unit: str, scaled: bool):
  import tqdm

  # Its monitor thread would be copied into forked workers. Loads of several
  # workers come in bursts: the mean rate since the beginning says when they
  # end, and not that of the last few.
  tqdm.tqdm.monitor_interval = 0
  return tqdm.tqdm(
      total=total, initial=done, unit=unit, unit_scale=scaled, leave=False,
      dynamic_ncols=True, delay=_DELAY_S, smoothing=0,
  )
