"""Marks all tests of this folder as Beam's, and passes over them unimported.

They need the extra `beam`, and say so when imported; `-m 'not beam'` is the run
of an environment that is not meant to have it.
"""

import pathlib

import pytest

_HERE = pathlib.Path(__file__).resolve().parent


def pytest_ignore_collect(config):
  return True if config.getoption('markexpr') == 'not beam' else None


def pytest_collection_modifyitems(items):
  for item in items:
    if item.path.is_relative_to(_HERE):
      item.add_marker(pytest.mark.beam)
