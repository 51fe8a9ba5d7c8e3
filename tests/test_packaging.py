"""Tests that what the package needs beside its modules is installed with it."""

import configparser
import fnmatch
import pathlib

import pytest

_ROOT = pathlib.Path(__file__).resolve().parents[1]
_CONFIG = configparser.ConfigParser()
_CONFIG.read(_ROOT / 'setup.cfg', encoding='utf-8')
# Where a package lies that does not lie where its name says.
_FOLDERS = dict(
    line.split(' = ') for line
    in _CONFIG['options']['package_dir'].strip().splitlines()
)


def _patterns():
  """Yields (a package's folder, what of it is installed)."""
  for name, patterns in _CONFIG['options.package_data'].items():
    folder = _FOLDERS.get(name, name.replace('.', '/'))
    for pattern in patterns.split(','):
      yield folder, pattern.strip()


def _files():
  return [
      path.relative_to(_ROOT).as_posix()
      for folder in ('drumspace_ext', 'configs')
      for path in sorted((_ROOT / folder).rglob('*'))
      if path.is_file() and path.suffix != '.py'
      and '__pycache__' not in path.parts
  ]


def test_every_file_beside_the_modules_is_installed():
  wanted = [f'{folder}/{pattern}' for folder, pattern in _patterns()]
  assert [
      file for file in _files() if not any(
          fnmatch.fnmatchcase(file, pattern)
          and file.count('/') == pattern.count('/') for pattern in wanted
      )
  ] == []


@pytest.mark.parametrize('folder, pattern', list(_patterns()))
def test_nothing_is_said_of_files_that_are_not_there(folder, pattern):
  assert list((_ROOT / folder).glob(pattern))
