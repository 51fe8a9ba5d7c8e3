"""Progress: a bar with an estimate on a terminal, silence elsewhere."""

from collections.abc import Iterator
import contextlib
import sys

from drumspace_ext import callbacks

# What is done sooner shows no bar.
_DELAY_S = 1.0


@contextlib.contextmanager
def bar(unit: str, *, scaled: bool = False) -> Iterator[callbacks.OnStep]:
  """Shows how far something is, one bar for each job that begins.

  Args:
    unit: What a step is, in the singular.
    scaled: Whether large numbers are written with k and M.

  Yields:
    An `on_step` to hand over, see `callbacks`.
  """
  shown = None

  def on_step(done: int, total: int, what: str) -> None:
    nonlocal shown
    if not sys.stderr.isatty():
      return
    if shown is None or total != shown.total or done < shown.n:
      if shown is not None:
        shown.close()
      shown = _new_bar(done, total, unit, scaled)
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
