"""Marks all tests of this folder as Beam's, and passes over them unimported.

They need the extra `beam`. Without it they are left out, unless CI=true: there
`-m 'not beam'` is the run of an environment that is not meant to have it.
"""

import importlib.util
import os
import pathlib

import pytest

_HERE = pathlib.Path(__file__).resolve().parent


_HAS_BEAM = importlib.util.find_spec('apache_beam') is not None


def _is_left_out(config):
  missing = not _HAS_BEAM and os.environ.get('CI') != 'true'
  return missing or config.getoption('markexpr') == 'not beam'


def pytest_report_header(config):
  return 'tests with Apache Beam: left out' if _is_left_out(config) else None


def pytest_ignore_collect(config):
  return True if _is_left_out(config) else None


def pytest_collection_modifyitems(items):
  for item in items:
    if item.path.is_relative_to(_HERE):
      item.add_marker(pytest.mark.beam)
