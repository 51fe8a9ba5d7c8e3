"""Tests that the source keeps the rules of the house.

The packages stand in one order, that of the data's journey; BUILD_NOTES.md
draws it. A module imports from its own package and from packages before it.
"""

import ast
import importlib
import importlib.util
import inspect
import pathlib
import re
import subprocess
import sys

from absl import flags
import pytest

import drumspace_ext
from drumspace_ext.explorer import constants

# Packages between two `<` don't import each other.
ORDER = '''
files < patterns < notes < magenta_models < inputs, sound, starter, models
< extraction < dataset < playing, spreading
< beam, spark, dask, training, conversion
< generation, continuation < evaluation < pipelines, latent_map < explorer < cli
'''
# Whose modules are networks or use them, and may import torch at their top.
_WITH_TORCH = {'models', 'magenta_models', 'training', 'generation',
               'continuation'}
_SRC = pathlib.Path(drumspace_ext.__file__).parent
# The root's own modules (errors and their words) stand before all packages.
_RANK = {'': 0} | {
    package.strip(): rank
    for rank, packages in enumerate(ORDER.split('<'), 1)
    for package in packages.split(',')
}
_MAX_LINES = 300
# Of files that are called like a package.
_SUFFIXES = {'tfrecord', 'json', 'tsv'}
# Modules that need what only an extra installs, already when imported.
_NEEDS_EXTRA = {'beam.transforms': 'apache_beam'}


def _module_of(path):
  """Returns a.b for a/b.py, and a for the package a/__init__.py."""
  parts = list(path.relative_to(_SRC).with_suffix('').parts)
  if parts[-1] == '__init__':
    parts.pop()
  return '.'.join(parts)


_PATHS = {
    _module_of(path): path for path in sorted(_SRC.rglob('*.py'))
    if path != _SRC / '__init__.py'
}
_TREES = {
    name: ast.parse(path.read_text(encoding='utf-8'))
    for name, path in _PATHS.items()
}


def _package_of(name):
  """Returns the package of a module, '' for the root's own."""
  return name.partition('.')[0] if _is_package(name) or '.' in name else ''


def _is_package(name):
  return name in _PATHS and _PATHS[name].name == '__init__.py'


def _imports(name):
  """Yields the modules of this package that a module imports, anywhere."""
  for node in ast.walk(_TREES[name]):
    if isinstance(node, ast.Import):
      targets = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
      assert not node.level, f'{name}: write `from drumspace_ext import ...`'
      targets = [f'{node.module}.{alias.name}' for alias in node.names]
    else:
      continue
    for target in targets:
      package, _, module = target.partition('.')
      if package == 'drumspace_ext' and module:
        yield module


def _is_entry_point(name):
  """Whether a module is a console script's: setup.cfg names those."""
  return any(
      isinstance(node, ast.FunctionDef) and node.name == 'console_entry_point'
      for node in _TREES[name].body
  )


def test_every_package_has_its_place_in_the_order():
  packages = {_package_of(name) for name in _PATHS}
  assert packages <= set(_RANK), 'put the package into ORDER'


def test_maps_of_the_house_show_this_order():
  notes = (_SRC.parent / 'BUILD_NOTES.md').read_text(encoding='utf-8')
  drawn = re.search(r'^```\n(files <.*?)```', notes, re.M | re.S)[1]
  assert drawn.split() == ORDER.split()
  packages = [package for package in _RANK if package]
  rows = re.findall(r'^\| (\w+) \|.*\| `(\w+)` \|$', notes, re.M)
  assert [package for package, _ in rows] == packages
  for package, first in rows:
    assert f'{package}.{first}' in _PATHS, 'what to begin with'
  listed = re.findall(r'^  (\w+) +\S', drumspace_ext.__doc__, re.M)
  assert listed == packages


def test_modules_import_modules_of_their_package_and_of_those_before():
  wrong, count = [], 0
  for name in _PATHS:
    for target in _imports(name):
      count += 1
      mine, theirs = _package_of(name), _package_of(target)
      if _is_package(name):
        # A package's face: names of its modules, and what finds them.
        target = target if target in _PATHS else target.rpartition('.')[0]
        theirs = _package_of(target)
      if target not in _PATHS or _is_package(target):
        wrong.append(f'{name} imports {target}, which is no module')
      elif mine != theirs and _RANK[theirs] >= _RANK[mine]:
        wrong.append(f'{name} imports {target}, which is not before it')
  assert not wrong, '\n'.join(wrong)
  assert count > 50


def test_no_circle_inside_a_package():
  above, done = [], set()

  def visit(name):
    assert name not in above, ' -> '.join((*above, name))
    if name in done or name not in _PATHS:
      return
    above.append(name)
    for target in _imports(name):
      visit(target)
    done.add(above.pop())

  for name in _PATHS:
    visit(name)
  assert done == set(_PATHS)


def _imported_at_the_top(name):
  """Yields names of foreign packages that importing a module imports."""
  for node in _TREES[name].body:
    if isinstance(node, ast.Import):
      yield from (alias.name.partition('.')[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
      yield node.module.partition('.')[0]


def test_torch_is_at_the_top_only_where_networks_are():
  with_torch = {
      name for name in _PATHS if 'torch' in _imported_at_the_top(name)
  }
  assert with_torch
  assert {_package_of(name) for name in with_torch} <= _WITH_TORCH


def test_note_seq_and_tensorflow_are_at_the_top_of_nothing():
  assert not [
      name for name in _PATHS
      if {'note_seq', 'tensorflow', 'magenta'} & {*_imported_at_the_top(name)}
  ]


def test_extraction_runs_without_torch():
  code = (
      'import sys\n'
      'from drumspace_ext.dataset import creation\n'
      "sys.exit('torch' in sys.modules or 'note_seq' in sys.modules)"
  )
  done = subprocess.run([sys.executable, '-c', code], check=False)
  assert done.returncode == 0


def test_the_packages_are_those_that_are_installed():
  # `find:` can't map configs/ into the package, so that setup.cfg lists them.
  text = (_SRC.parent / 'setup.cfg').read_text(encoding='utf-8')
  listed = re.search(r'^packages =\n((?:    .*\n)+)', text, re.M)[1].split()
  assert listed == sorted({
      'drumspace_ext', 'drumspace_ext.config_files',
      *(f'drumspace_ext.{name}' for name in _PATHS if _is_package(name)),
  })


@pytest.mark.parametrize('name', sorted(_PATHS))
def test_module_is_documented_and_short(name):
  path = _PATHS[name]
  num_lines = len(path.read_text(encoding='utf-8').splitlines())
  assert num_lines <= _MAX_LINES, f'{name} has {num_lines} lines: split it'
  if num_lines:
    docstring = ast.get_docstring(_TREES[name])
    assert docstring, f'{name} needs a docstring'
    assert docstring.split('\n')[0].endswith(('.', '?'))


@pytest.mark.parametrize('name', sorted(_PATHS))
def test_modules_that_a_text_names_are_there(name):
  text = _PATHS[name].read_text(encoding='utf-8')
  # What a module imports under another name, it may call by that.
  own = set(re.findall(r'^ *from drumspace_ext.* import (?:\w+ as )?(\w+)$',
                       text, re.M))
  for package, module in re.findall(r'`([a-z_]+)\.([a-z_]+)\b(?!\()', text):
    if package in _RANK and package not in own and module not in _SUFFIXES:
      assert f'{package}.{module}' in _PATHS, f'{package}.{module}'


def _public_functions(name):
  """Yields (name, node) of the functions that others may call."""
  for node in _TREES[name].body:
    if isinstance(node, ast.FunctionDef) and not node.name.startswith('_'):
      yield f'{name}.{node.name}', node
    if isinstance(node, ast.ClassDef) and not node.name.startswith('_'):
      assert ast.get_docstring(node), f'{name}.{node.name} needs a docstring'
      for method in node.body:
        if isinstance(method, ast.FunctionDef) and (
            not method.name.startswith('_')
            # What an overload does is said once, by what it overloads.
            and 'typing.overload' not in map(ast.unparse, method.decorator_list)
        ):
          yield f'{name}.{node.name}.{method.name}', method


# What a reader knows of every entry point.
_EXPLAINED_ELSEWHERE = ('main', 'console_entry_point')


@pytest.mark.parametrize('name', sorted(_PATHS))
def test_public_functions_are_typed_and_documented(name):
  wrong = []
  for full_name, node in _public_functions(name):
    arguments = [
        argument for argument in (
            *node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs,
            *filter(None, (node.args.vararg, node.args.kwarg)),
        ) if argument.arg not in ('self', 'cls')
    ]
    untyped = [a.arg for a in arguments if a.annotation is None]
    if untyped:
      wrong.append(f'{full_name}: no type for {", ".join(untyped)}')
    if node.returns is None:
      wrong.append(f'{full_name}: no return type')
    if not ast.get_docstring(node) and not (
        _is_entry_point(name) and node.name in _EXPLAINED_ELSEWHERE
    ):
      wrong.append(f'{full_name}: no docstring')
  assert not wrong, '\n'.join(wrong)


_MAX_SCRIPT_LINES = 200
_SCRIPTS = sorted((_SRC / 'explorer' / 'web').rglob('*.js'))


@pytest.mark.parametrize('path', _SCRIPTS, ids=lambda path: path.name)
def test_script_of_the_page_is_small_plain_and_local(path):
  text = path.read_text(encoding='utf-8')
  lines = text.splitlines()
  assert len(lines) <= _MAX_SCRIPT_LINES
  assert max(map(len, lines)) <= 80
  assert text.startswith('/**')
  for target in re.findall(r"from '([^']*)'", text):
    assert target.startswith(('./', '../'))
    found, web = (path.parent / target).resolve(), _SRC / 'explorer' / 'web'
    assert found.is_file() or found == web / constants.FILE_NAME
    assert web in found.parents
  for word in ('http:', 'https:', 'eval(', 'innerHTML', 'var '):
    assert word not in text


def test_no_code_is_loaded_from_data():
  wrong = []
  for name, tree in _TREES.items():
    wrong += [
        f'{name} calls {node.func.id}' for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        and node.func.id in ('eval', 'exec')
    ]
    wrong += [
        f'{name} imports pickle' for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any('pickle' in alias.name for alias in node.names)
    ]
    wrong += [
        f'{name} asserts' for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
    ]
  assert not wrong


def test_entry_points_load_into_one_process():
  names = [name for name in _PATHS if _is_entry_point(name)]
  assert 'cli.create_dataset' in names
  for name in names:
    module = importlib.import_module(f'drumspace_ext.{name}')
    assert inspect.isfunction(module.console_entry_point)
    assert inspect.isfunction(module.main)


def test_only_entry_points_define_flags():
  for name in _PATHS:
    extra = _NEEDS_EXTRA.get(name)
    if not extra or importlib.util.find_spec(extra):
      importlib.import_module(f'drumspace_ext.{name}')
  defining = {
      module.removeprefix('drumspace_ext.')
      for module in flags.FLAGS.flags_by_module_dict()
      if module.startswith('drumspace_ext.')
  }
  assert 'cli.flags' in defining
  assert {_package_of(name) for name in defining} == {'cli'}
