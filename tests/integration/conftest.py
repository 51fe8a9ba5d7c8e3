"""What the tests with the real Magenta and TensorFlow share.

They run where both are installed, and are skipped elsewhere. `.ci/run` makes
an environment of their own for them and sets DRUMSPACE_INTEGRATION=1: then what
is missing is a failure.
"""

import importlib.util
import os
import pathlib
import subprocess
import sys

import pytest

_HERE = pathlib.Path(__file__).resolve().parent
_REQUIRED = os.environ.get('DRUMSPACE_INTEGRATION') == '1'
_MISSING = [
    name for name in ('tensorflow', 'magenta', 'tf_slim')
    if importlib.util.find_spec(name) is None
]


def pytest_configure():
  if _MISSING and _REQUIRED:
    pytest.exit(f'DRUMSPACE_INTEGRATION=1, but there is no {_MISSING}', 1)


def pytest_collection_modifyitems(items):
  for item in items:
    if not item.path.is_relative_to(_HERE):
      continue
    if _MISSING:
      item.add_marker(pytest.mark.skip(
          reason=f'not installed: {", ".join(_MISSING)}'
      ))
    # TensorFlow and Magenta warn of much; our own warnings are errors in the
    # default run.
    item.add_marker(pytest.mark.filterwarnings('ignore'))


@pytest.fixture(scope='session', name='prepared')
def _prepared():
  """Puts TensorFlow in the state that Magenta needs, in this process."""
  import run_magenta

  run_magenta.prepare()


@pytest.fixture(name='magenta_script')
def _magenta_script():
  """Runs a console script of Magenta and returns what it printed."""

  def run(module, *arguments, cwd=None):
    done = subprocess.run(
        [sys.executable, _HERE / 'run_magenta.py', f'magenta.{module}',
         *map(str, arguments)],
        cwd=cwd, text=True, capture_output=True, check=False, timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr

  return run
