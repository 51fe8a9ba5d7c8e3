"""Tests of what `import drumspace_ext` gives."""

import ast
import pathlib
import subprocess
import sys

import pytest

import drumspace_ext


@pytest.mark.parametrize('name', drumspace_ext.__all__)
def test_public_name_is_what_it_says_and_documented(name):
  value = getattr(drumspace_ext, name)
  assert value.__module__.startswith('drumspace_ext.')
  assert value.__doc__


def test_public_names_are_sorted_and_few():
  assert drumspace_ext.__all__ == sorted(drumspace_ext.__all__)
  assert len(drumspace_ext.__all__) <= 30


def test_what_type_checkers_see_is_what_is_imported():
  tree = ast.parse(
      pathlib.Path(drumspace_ext.__file__).read_text(encoding='utf-8')
  )
  (told,) = [
      node.body for node in tree.body if isinstance(node, ast.If)
      and ast.unparse(node.test) == 'typing.TYPE_CHECKING'
  ]
  seen = {
      alias.asname or alias.name: (
          node.module.removeprefix('drumspace_ext.'), alias.name
      ) for node in told for alias in node.names
  }
  assert seen == drumspace_ext._PUBLIC
  assert set(drumspace_ext.__all__) == seen.keys()


def test_public_names_are_not_modules():
  # A name that a submodule has too would change when that is imported.
  folder = pathlib.Path(drumspace_ext.__file__).parent
  modules = {path.stem for path in folder.glob('*.py')}
  assert not modules & set(drumspace_ext.__all__)


def test_unknown_name_is_an_attribute_error():
  with pytest.raises(AttributeError, match='no_such_thing'):
    drumspace_ext.no_such_thing  # noqa: B018


@pytest.mark.parametrize('module', [
    'torch', 'note_seq', 'numpy', 'symusic', 'openTSNE',
])
def test_import_is_light(module):
  code = f'import sys, drumspace_ext; sys.exit({module!r} in sys.modules)'
  assert subprocess.run([sys.executable, '-c', code], check=False
                        ).returncode == 0
