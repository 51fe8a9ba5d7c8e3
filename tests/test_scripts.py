"""Tests of what is known of the process that runs a script."""

import subprocess
import sys

import pytest

_ENDS = (
    'import atexit, gc\n'
    'atexit.register(lambda: print(gc.isenabled()))\n'
    'from drumspace_ext import scripts\n'
    '{begin}'
    'print(scripts.is_running(), gc.isenabled())\n'
)


@pytest.mark.parametrize(('begin', 'said'), [
    ('scripts.begin()\n', 'True True False'), ('', 'False True True'),
])
def test_script_ends_without_a_last_look_at_all_objects(begin, said):
  process = subprocess.run(
      [sys.executable, '-c', _ENDS.format(begin=begin)], check=True,
      capture_output=True, text=True,
  )
  assert process.stdout.split() == said.split()
