"""Tests that ruff finds nothing; its rules stand in pyproject.toml."""

import pathlib
import subprocess
import sys

_ROOT = pathlib.Path(__file__).resolve().parents[1]


def test_ruff_finds_nothing():
  done = subprocess.run(
      [sys.executable, '-m', 'ruff', 'check', '--output-format=concise',
       'drumspace_ext', 'tests'],
      cwd=_ROOT, text=True, capture_output=True, check=False,
  )
  assert done.returncode == 0, done.stdout + done.stderr
