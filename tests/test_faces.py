"""Tests for faces: the chief names of packages."""

import ast
import importlib
import pathlib
import subprocess
import sys

import pytest

import drumspace_ext

_FOLDER = pathlib.Path(drumspace_ext.__file__).parent
_PACKAGES = [
    path.parent.name for path in sorted(_FOLDER.glob('*/__init__.py'))
    if 'faces.of(' in path.read_text(encoding='utf-8')
]


@pytest.mark.parametrize('package', _PACKAGES)
def test_every_name_is_found_and_type_checkers_see_the_same(package):
  module = importlib.import_module(f'drumspace_ext.{package}')
  for name, place in module._NAMES.items():
    found = getattr(module, name)
    assert found.__module__ == f'drumspace_ext.{package}.{place}'
    assert found.__doc__
    assert name in dir(module)
  tree = ast.parse((_FOLDER / package / '__init__.py').read_text('utf-8'))
  seen = {
      alias.asname: node.module.rpartition('.')[2] for node in ast.walk(tree)
      if isinstance(node, ast.ImportFrom) for alias in node.names
      if alias.asname
  }
  assert seen == module._NAMES


@pytest.mark.parametrize('package', _PACKAGES)
def test_name_that_is_not_there_is_an_attribute_error(package):
  module = importlib.import_module(f'drumspace_ext.{package}')
  with pytest.raises(AttributeError, match=f'{package}.*no_such_name'):
    _ = module.no_such_name


def test_faces_import_nothing_heavy():
  assert {'sound', 'dataset', 'pipelines'} <= set(_PACKAGES)
  code = (
      'import sys\n'
      + ''.join(f'import drumspace_ext.{name}\n' for name in _PACKAGES)
      + "sys.exit(any(n in sys.modules for n in ('numpy', 'torch')))"
  )
  done = subprocess.run([sys.executable, '-c', code], check=False)
  assert done.returncode == 0
