"""Folders of tests that need an extra: marked, and passed over unimported.

Without what the extra installs they are left out, unless CI=true: there
`-m 'not MARKER'` is the run of an environment that is not meant to have it.
"""

import importlib.util
import os
import pathlib

import pytest


def hooks(conftest, marker, module):
  """Returns pytest's hooks for the folder of a conftest.

  Args:
    conftest: Its path.
    marker: What its tests are marked with.
    module: What they need.
  """
  folder = pathlib.Path(conftest).resolve().parent
  has_module = importlib.util.find_spec(module) is not None

  def is_left_out(config):
    missing = not has_module and os.environ.get('CI') != 'true'
    excluded = config.getoption('markexpr').split(' and ')
    return missing or f'not {marker}' in excluded

  def pytest_report_header(config):
    if is_left_out(config):
      return f'tests with {module}: left out'
    return None

  def pytest_ignore_collect(config):
    return True if is_left_out(config) else None

  def pytest_collection_modifyitems(items):
    for item in items:
      if item.path.is_relative_to(folder):
        item.add_marker(getattr(pytest.mark, marker))

  return (
      pytest_report_header, pytest_ignore_collect, pytest_collection_modifyitems
  )
