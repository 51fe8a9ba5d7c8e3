"""Tests of what the package tells its page."""

import json
import re

from drumspace_ext import defaults
from drumspace_ext.explorer import bundling
from drumspace_ext.explorer import constants
from drumspace_ext.patterns import dynamics
from drumspace_ext.patterns import voices


def _read_back(text):
  return {
      name: json.loads(value) for name, value in
      re.findall(r'^export const ([A-Z_]+) = (.*);$', text, re.MULTILINE)
  }


def test_module_says_what_the_package_has():
  told = _read_back(constants.module())
  assert told == json.loads(json.dumps(constants.values()))
  assert told['NUM_VOICES'] == len(voices.NAMES) == 14
  assert told['STEPS_PER_BAR'] * 2 == told['NUM_STEPS'] == 32
  assert told['DEFAULTS']['qpm'] == defaults.QPM == 120
  assert set(told['RANGES']) == {*dynamics.RANGES, 'groove_strength'}


def test_every_constant_is_used_and_none_is_written_again():
  texts = {
      name: bundling.read(name)
      for name in bundling.in_order(['app/main.js'])
      if name != constants.FILE_NAME
  }
  for name in constants.values():
    assert any(re.search(rf'\b{name}\b', text) for text in texts.values())
    again = re.compile(rf'(const|let) {name}\b')
    assert not [found for found, text in texts.items() if again.search(text)]


def test_modules_read_constants_as_any_other_module():
  assert bundling.needs('settings.js') == [constants.FILE_NAME]
  assert bundling.in_order(['settings.js'])[0] == constants.FILE_NAME
