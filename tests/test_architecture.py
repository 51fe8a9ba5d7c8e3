"""Tests that the source keeps the rules of the house.

The layers stand in BUILD_NOTES.md too: a module imports only from lower ones.
"""

import ast
import importlib
import importlib.util
import inspect
import pathlib
import re

from absl import flags
import pytest

import drumspace_ext
from drumspace_ext import page_constants

LAYERS = (
    ('callbacks', 'defaults'),
    ('errors', 'onsets', 'result_names'),
    (
        'genres', 'interrupts', 'label_exchange', 'latents', 'list_flags',
        'manifests', 'map_data', 'map_density', 'map_quality', 'midi_scan',
        'models', 'models.layers', 'progress', 'reader_faults', 'rejections',
        'starter', 'suggestions', 'tempo_maps', 'tfrecords', 'voices',
        'protobuf_fields', 'magenta_flags', 'magenta_messages',
        'magenta_names',
    ),
    ('song_limits',),
    (
        'configs', 'drum_kit', 'genre_regions', 'latent_annotations',
        'latent_map', 'midi_files', 'music_proto', 'paths', 'patterns',
        'remote_paths', 'sequence_times', 'text_kinds', 'user_paths',
        'magenta_tables',
    ),
    (
        'beam_runners', 'config_loading', 'drum_maps', 'dynamics', 'grids',
        'mixing', 'models.autoencoder', 'nearest', 'output_files',
        'result_folders', 'schedules', 'sequence_drums', 'text_grids',
        'worker_pool', 'zip_archives', 'magenta_tensors',
    ),
    (
        'checkpoints', 'dataset', 'drum_tracks', 'input_kinds', 'loops',
        'models.acai', 'models.vae', 'note_sequences', 'remapping',
        'report_html', 'sound', 'soundfonts', 'starter_patterns',
        'magenta_bundles', 'magenta_drums',
    ),
    (
        'drumspace_flags', 'inputs', 'midi_note_sequences', 'midi_writing',
        'models.stepwise', 'record_kinds', 'starter_songs', 'training_sets',
        'magenta_checkpoints',
    ),
    (
        'extraction', 'input_tasks', 'music_vae_methods', 'networks',
        'sampler_fitting', 'sampling', 'sequence_audio', 'training_data',
        'magenta_inspection',
    ),
    (
        'input_readers', 'inspection', 'merging', 'metrics',
        'pattern_converter', 'stages', 'trained_model', 'validation',
    ),
    (
        'collection', 'conversion', 'evaluation', 'generation', 'input_results',
        'magenta_pipelines', 'page_data', 'pattern_stages', 'training',
    ),
    (
        'beam_stages', 'beats', 'conversion_files', 'evaluation_html',
        'input_patterns', 'model_stages', 'reports', 'stage_chains',
        'page_constants',
    ),
    (
        'dataset_writing', 'generation_files', 'map_layers', 'stage_kinds',
        'page_scripts',
    ),
    (
        'dataset_creation', 'map_building', 'map_page',
    ),
    ('beam_dataset_creation', 'map_files'),
    (
        'converting', 'generating', 'inspecting', 'pipeline_running',
        'train_verb',
    ),
    ('map_display', 'quickstart'),
    (
        'drumspace_beam_create_dataset', 'drumspace_build_map',
        'drumspace_convert', 'drumspace_create_dataset', 'drumspace_evaluate',
        'drumspace_generate', 'drumspace_inspect', 'drumspace_quickstart',
        'drumspace_run_pipeline', 'drumspace_train',
    ),
)
_SRC = pathlib.Path(drumspace_ext.__file__).parent
_RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
_MAX_LINES = 300
# Modules that need what only an extra installs, already when imported.
_NEEDS_EXTRA = {'beam_stages': 'apache_beam'}


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
  return name.startswith('drumspace_') and name != 'drumspace_flags'


def test_every_module_has_a_layer():
  missing, extra = sorted(set(_PATHS) - set(_RANK)), sorted(
      set(_RANK) - set(_PATHS)
  )
  assert not missing, f'add to LAYERS in {__file__}: {missing}'
  assert not extra, f'in LAYERS, but there is no such module: {extra}'
  assert len(_RANK) == sum(map(len, LAYERS)), 'a module stands in two layers'


def test_modules_import_only_lower_layers():
  wrong, count = [], 0
  for name in _PATHS:
    for target in _imports(name):
      count += 1
      if target not in _PATHS:
        wrong.append(f'{name} imports {target}, a name and no module')
      elif _RANK.get(target, -1) >= _RANK.get(name, len(LAYERS)):
        wrong.append(f'{name} imports {target}, which is not below it')
  assert not wrong, '\n'.join(wrong)
  assert count > 50


@pytest.mark.parametrize('name', sorted(_PATHS))
def test_module_is_documented_and_short(name):
  path = _PATHS[name]
  num_lines = len(path.read_text(encoding='utf-8').splitlines())
  assert num_lines <= _MAX_LINES, f'{name} has {num_lines} lines: split it'
  if num_lines:
    docstring = ast.get_docstring(_TREES[name])
    assert docstring, f'{name} needs a docstring'
    assert docstring.split('\n')[0].endswith(('.', '?'))


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
    assert found.is_file() or found == web / page_constants.FILE_NAME
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
  assert 'drumspace_create_dataset' in names
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
  assert 'drumspace_flags' in defining
  assert not {
      name for name in defining
      if not name.startswith('drumspace_')
  }
