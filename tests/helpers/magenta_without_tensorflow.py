"""Magenta's real pipeline classes without TensorFlow.

`magenta/__init__.py` imports all of Magenta, and its pipelines import
`tensorflow.compat.v1`. Here `magenta` is a bare namespace over the installed
files, and of TensorFlow there is what the pipelines use: files, TFRecords,
logging, and the protobuf SequenceExample, built from its published definition
(tensorflow/core/example/{feature,example}.proto). `pip install --no-deps
magenta==2.1.4` is all it needs. `sys.modules` is left as it was.

Where TensorFlow is installed, as for `tests/integration`, it is used as it is.
"""

from collections.abc import Iterator
import contextlib
import importlib
import importlib.util
import os
import pathlib
import sys
import types

from google.protobuf import descriptor_pb2
from google.protobuf import descriptor_pool
from google.protobuf import message_factory
import pytest

from drumspace_ext.files import tfrecords

_MISSING = 'Magenta is not installed (pip install --no-deps magenta==2.1.4)'
_NAMES = (
    'dag_pipeline', 'drum_pipelines', 'event_sequence_pipeline',
    'note_sequence_pipelines', 'pipeline', 'pipelines_common', 'statistics',
)
_OWN = ('magenta', 'tensorflow')
_FIELD = descriptor_pb2.FieldDescriptorProto


def is_installed() -> bool:
  """Says whether Magenta's files are here; fails where they must be."""
  found = 'magenta' in sys.modules or (
      importlib.util.find_spec('magenta') is not None
  )
  if not found and os.environ.get('CI') == 'true':
    pytest.fail(_MISSING + ', and CI=true')
  return found


def has_tensorflow() -> bool:
  """Says whether the real TensorFlow is here."""
  found = sys.modules.get('tensorflow')
  if found is not None:
    return hasattr(found, '__version__')
  return importlib.util.find_spec('tensorflow') is not None


def _field(name, number, kind, *, repeated=False, type_name=None):
  return _FIELD(
      name=name, number=number, type=kind, type_name=type_name,
      label=_FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL,
  )


def _map_of(message, name, value_type, package):
  """Adds the field `map<string, value_type> name = 1`."""
  entry = message.nested_type.add(name=f'{name.title().replace("_", "")}Entry')
  entry.options.map_entry = True
  entry.field.extend((
      _field('key', 1, _FIELD.TYPE_STRING),
      _field('value', 2, _FIELD.TYPE_MESSAGE, type_name=value_type),
  ))
  message.field.append(_field(
      name, 1, _FIELD.TYPE_MESSAGE, repeated=True,
      type_name=f'{package}.{message.name}.{entry.name}',
  ))


def _train() -> types.SimpleNamespace:
  """Returns the messages that `tf.train` has."""
  file = descriptor_pb2.FileDescriptorProto(
      name='drumspace_tests/example.proto', package='drumspace_tests',
      syntax='proto3',
  )
  package = '.drumspace_tests'
  for name, kind in (
      ('BytesList', _FIELD.TYPE_BYTES), ('FloatList', _FIELD.TYPE_FLOAT),
      ('Int64List', _FIELD.TYPE_INT64),
  ):
    file.message_type.add(
        name=name, field=[_field('value', 1, kind, repeated=True)]
    )
  feature = file.message_type.add(name='Feature')
  feature.oneof_decl.add(name='kind')
  for number, name in enumerate(('bytes_list', 'float_list', 'int64_list'), 1):
    field = _field(
        name, number, _FIELD.TYPE_MESSAGE,
        type_name=f'{package}.{name.title().replace("_", "")}',
    )
    field.oneof_index = 0
    feature.field.append(field)
  _map_of(
      file.message_type.add(name='Features'), 'feature', f'{package}.Feature',
      package,
  )
  file.message_type.add(name='FeatureList', field=[_field(
      'feature', 1, _FIELD.TYPE_MESSAGE, repeated=True,
      type_name=f'{package}.Feature',
  )])
  _map_of(
      file.message_type.add(name='FeatureLists'), 'feature_list',
      f'{package}.FeatureList', package,
  )
  file.message_type.add(name='SequenceExample', field=[
      _field('context', 1, _FIELD.TYPE_MESSAGE,
             type_name=f'{package}.Features'),
      _field('feature_lists', 2, _FIELD.TYPE_MESSAGE,
             type_name=f'{package}.FeatureLists'),
  ])
  pool = descriptor_pool.DescriptorPool()
  pool.Add(file)
  return types.SimpleNamespace(**{
      message.name: message_factory.GetMessageClass(
          pool.FindMessageTypeByName(f'drumspace_tests.{message.name}')
      ) for message in file.message_type
  })


class _Writer:
  """`tf.python_io.TFRecordWriter`; it closes with the process, as theirs."""

  def __init__(self, path):
    self._path = pathlib.Path(path)
    self._path.write_bytes(b'')

  def write(self, record):
    with self._path.open('ab') as stream:
      stream.write(tfrecords.frame(record))


def _modules() -> dict[str, types.ModuleType]:
  def silent(*_):
    pass

  v1 = types.ModuleType('tensorflow.compat.v1')
  v1.gfile = types.SimpleNamespace(
      Exists=os.path.exists, MakeDirs=os.makedirs,
  )
  v1.python_io = types.SimpleNamespace(
      TFRecordWriter=_Writer, tf_record_iterator=tfrecords.read,
  )
  v1.logging = types.SimpleNamespace(
      info=silent, warning=silent, warn=silent,
  )
  v1.train = _train()
  tensorflow = types.ModuleType('tensorflow')
  compat = types.ModuleType('tensorflow.compat')
  tensorflow.compat, compat.v1 = compat, v1
  magenta = types.ModuleType('magenta')
  magenta.__path__ = list(
      importlib.util.find_spec('magenta').submodule_search_locations
  )
  return {
      'magenta': magenta, 'tensorflow': tensorflow,
      'tensorflow.compat': compat, 'tensorflow.compat.v1': v1,
  }


def _are_ours(name: str) -> bool:
  return name.partition('.')[0] in _OWN


def _imported() -> types.SimpleNamespace:
  return types.SimpleNamespace(**{
      name: importlib.import_module(f'magenta.pipelines.{name}')
      for name in _NAMES
  })


@contextlib.contextmanager
def modules() -> Iterator[types.SimpleNamespace]:
  """Gives Magenta's modules of pipelines, by their names."""
  if has_tensorflow():
    yield _imported()
    return
  before = {n: m for n, m in sys.modules.items() if _are_ours(n)}
  made = _modules()
  try:
    for name in before:
      del sys.modules[name]
    sys.modules.update(made)
    yield _imported()
  finally:
    for name in [n for n in sys.modules if _are_ours(n)]:
      del sys.modules[name]
    sys.modules.update(before)
