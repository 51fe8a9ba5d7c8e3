"""Tests that no property fails because the machine is slow or the clone new."""

import pathlib
import re

import hypothesis

_TESTS = pathlib.Path(__file__).parent


def test_no_example_and_no_first_draw_is_too_slow():
  settings = hypothesis.settings.default
  assert settings.deadline is None
  assert hypothesis.HealthCheck.too_slow in settings.suppress_health_check


def test_the_profile_alone_decides_about_time():
  assert not [
      path for path in _TESTS.rglob('test_*.py')
      if path.name != 'test_profile.py'
      and re.search('deadline=|HealthCheck', path.read_text(encoding='utf-8'))
  ]
