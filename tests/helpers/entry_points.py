"""Entry points run by the tests: in this process, or as a user runs them."""

import importlib
import importlib.metadata
import pathlib
import subprocess
import sys

from absl import flags
from absl.testing import flagsaver


def main(name: str, *args) -> int:
  """Runs `main` of an entry point here, and leaves the flags as they were."""
  (entry,) = importlib.metadata.entry_points(
      group='console_scripts', name=name
  )
  module = importlib.import_module(entry.module)
  if not flags.FLAGS.is_parsed():
    flags.FLAGS.mark_as_parsed()
  saved = flagsaver.save_flag_values(flags.FLAGS)
  try:
    return module.main(flags.FLAGS([name, *map(str, args)]))
  finally:
    flagsaver.restore_flag_values(saved)


def console(name: str, *args, cwd=None, **options):
  """Runs an installed console script."""
  script = pathlib.Path(sys.executable).parent / name
  return subprocess.run(
      [script, *map(str, args)], cwd=cwd, check=False, capture_output=True,
      encoding='utf-8', timeout=300, **options,
  )


def assert_one_line(done, script: str, *parts: str) -> None:
  """Checks that a run failed with status 1 and one line that has the parts."""
  assert done.returncode == 1, done
  assert not done.stdout
  (line,) = done.stderr.splitlines()
  assert line.startswith(f'{script}: ')
  for part in parts:
    assert part in line
