"""Tests for the entry points of clusters, without their packages."""

import importlib
import inspect
import logging
import sys
import types
import typing

import entry_points
import pytest

from drumspace_ext import errors
from drumspace_ext.cli import spreading_flags
from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.extraction import recipes
from drumspace_ext.spreading import creation as spreading


@pytest.mark.parametrize('front, module', [
    ('spark', 'pyspark'), ('dask', 'distributed'),
])
def test_without_its_package_it_says_how_to_install_it(
    tmp_path, monkeypatch, front, module
):
  monkeypatch.setitem(sys.modules, module, None)
  with pytest.raises(errors.InputError, match=f'pip install .*{front}'):
    entry_points.main(
        f'drumspace_{front}_create_dataset', f'--input={tmp_path}',
        f'--output_dir={tmp_path}/out',
    )
  assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize('front', ['beam', 'spark', 'dask'])
def test_every_front_takes_what_the_local_verb_takes(front):
  module = importlib.import_module(f'drumspace_ext.{front}.creation')
  asked = inspect.signature(module.create_dataset).parameters
  assert asked['arguments'].annotation == typing.Unpack[spreading.Arguments]
  local = inspect.signature(dataset_creation.create_dataset).parameters
  assert (
      local.keys() - {'num_workers', 'reading'}
      | recipes.Reading.__annotations__.keys()
  ) == (
      {'input_values', 'output_dir'}
      | spreading.Arguments.__annotations__.keys() - {'reader_process'}
  )


def test_remote_places_are_refused_where_others_read_them(tmp_path):
  def spread(listing, reading, work, on_step):
    raise AssertionError('nothing is to be read')

  for values, output in (
      (['hdfs://a/b.mid'], tmp_path / 'out'), ([str(tmp_path)], 's3a://b/out'),
  ):
    with pytest.raises(
        errors.DrumspaceError, match='which only drumspace_beam_create_dataset '
        'and drumspace_spark_create_dataset read and write'
    ):
      spreading.create(spread, values, output)
    assert not (tmp_path / 'out').exists()


def test_only_what_a_library_logs_as_the_root_is_dropped(monkeypatch):
  root = logging.getLogger()
  monkeypatch.setattr(root, 'filters', [])
  monkeypatch.setattr(
      spreading_flags.drumspace_flags, 'LOG', types.SimpleNamespace(value='')
  )
  spreading_flags.quiet_root('py4j')
  heard = [
      bool(root.filter(logging.makeLogRecord({'pathname': path})))
      for path in ('/site/py4j/java_gateway.py', '/home/py4j.py', '')
  ]
  assert heard == [False, True, True]
