"""Tests that types are right, here and for those who use the package."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

_ROOT = pathlib.Path(__file__).resolve().parents[1]
_FINDING = re.compile(r'(.+?):(\d+): error: .*\[([a-z-]+)\]')

# What mypy is to say of each line, as its comment has it.
_MISTAKES = '''\
import drumspace_ext
hits = drumspace_ext.load_starter_patterns()[0].hits
midi: int = drumspace_ext.patterns_to_midi(hits, qpm=120)  # assignment
drumspace_ext.patterns_to_midi(hits, qpm='fast')  # arg-type
drumspace_ext.pattern_to_midi(hits, qpm=120)  # attr-defined
made = drumspace_ext.create_dataset('songs', 'out', gap_step=4)  # call-arg
print(made.num_pattern)  # attr-defined
'''


def _journey():
  """Returns the Python of the README, without what is said of single calls."""
  readme = (_ROOT / 'README.md').read_text(encoding='utf-8')
  blocks = re.findall(r'```python\n(.*?)```', readme, re.DOTALL)
  start = next(i for i, text in enumerate(blocks) if 'create_dataset' in text)
  return '\n'.join(blocks[start:start + 2])


@pytest.fixture(scope='module', name='findings')
def _findings(tmp_path_factory):
  """What mypy finds: (file's name, line, kind); one run, for it takes long."""
  folder = tmp_path_factory.mktemp('scripts')
  (folder / 'mistakes.py').write_text(_MISTAKES, encoding='utf-8')
  (folder / 'journey.py').write_text(_journey(), encoding='utf-8')
  done = subprocess.run(
      [sys.executable, '-m', 'mypy', '--config-file=setup.cfg',
       '--no-error-summary', 'drumspace_ext', folder / 'mistakes.py',
       folder / 'journey.py'],
      cwd=_ROOT, env=os.environ | {'MYPYPATH': str(_ROOT)}, text=True,
      capture_output=True, check=False,
  )
  assert not done.stderr
  found = [_FINDING.fullmatch(line) for line in done.stdout.splitlines()
           if ': note: ' not in line]
  assert all(found), done.stdout
  # Of a script that is as it was, mypy repeats what it said of it elsewhere.
  return [(re.sub(r'^/.*/', '', match[1]), int(match[2]), match[3])
          for match in found]


def test_mypy_finds_nothing_in_the_package(findings):
  assert [f for f in findings if f[0].startswith('drumspace_ext')] == []


def test_mistakes_of_a_user_are_found(findings):
  said = [
      ('mistakes.py', number, line.rpartition('# ')[2])
      for number, line in enumerate(_MISTAKES.splitlines(), 1) if '# ' in line
  ]
  assert len(said) == 5
  assert [f for f in findings if f[0] == 'mistakes.py'] == said


def test_the_journey_of_the_readme_has_right_types(findings):
  assert [f for f in findings if f[0] == 'journey.py'] == []


def test_types_are_told_to_those_who_install_the_package():
  assert (_ROOT / 'drumspace_ext' / 'py.typed').is_file()
