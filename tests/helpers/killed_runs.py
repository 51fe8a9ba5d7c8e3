r"""Runs that are really killed (SIGKILL), at places that the test names.

Usage: killed_runs.py SCRIPT FUNCTION:N[,FUNCTION:N...] [ARGUMENT...]

Runs `main` of a console script in forked processes. Each of them stops inside
the N-th call of a function of `_PLACES` and is killed there; a pipe tells when.
After each, the names of the temporary files there are printed. Then the script
runs once more, to its end, and its exit status is this one's.
"""

import contextlib
import functools
import importlib
import importlib.metadata
import io
import os
import pathlib
import signal
import sys

from absl import flags

from drumspace_ext.files import leftovers
from drumspace_ext.files import output_files

# Where a run can be stopped: after a temporary name is made, before a file gets
# its own name, and before the lock is taken away.
_PLACES = {
    'temporary_path': (output_files.Batch, False),
    'scratch_folder': (output_files.Batch, False),
    'replace': (os, True),
    'release': (leftovers.Owner, True),
}


def stop_at(place: str, reached) -> None:
  """Makes this process stop for ever at a place, and call `reached` there."""
  name, _, number = place.partition(':')
  owner, before = _PLACES[name]
  function, calls = getattr(owner, name), []

  @functools.wraps(function)
  def stopping(*args, **kwargs):
    calls.append(1)
    result = None if before else function(*args, **kwargs)
    if len(calls) == int(number):
      reached()
      while True:
        signal.pause()
    return function(*args, **kwargs) if before else result

  setattr(owner, name, stopping)


def kill(work, place: str) -> bool:
  """Runs `work` in a process that is killed at a place; False if it ended."""
  reader, writer = os.pipe()
  child = os.fork()
  if not child:
    os.close(reader)
    stop_at(place, lambda: os.write(writer, b'x'))
    with contextlib.redirect_stdout(io.StringIO()):
      work()
    os._exit(0)
  os.close(writer)
  reached = os.read(reader, 1) == b'x'
  os.kill(child, signal.SIGKILL)
  os.waitpid(child, 0)
  os.close(reader)
  return reached


def temporary_files(folder: pathlib.Path) -> list[str]:
  """Returns the names of all temporary files below a folder."""
  return sorted(p.name for p in folder.rglob(f'{leftovers.PREFIX}*'))


def main(script: str, places: str, *args: str) -> int:
  """Kills a script at all places in turn; returns its status at last."""
  (entry,) = importlib.metadata.entry_points(
      group='console_scripts', name=script
  )
  module = importlib.import_module(entry.module)
  for place in places.split(','):
    if not kill(lambda: module.main(flags.FLAGS([script, *args])), place):
      raise SystemExit(f'{script} ended before {place}')
    print(place, *temporary_files(pathlib.Path.cwd()))
  with contextlib.redirect_stdout(io.StringIO()):
    return module.main(flags.FLAGS([script, *args]))


if __name__ == '__main__':
  sys.exit(main(*sys.argv[1:]))
