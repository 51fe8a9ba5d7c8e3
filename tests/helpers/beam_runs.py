"""Runs on Apache Beam for tests; needs the extra `beam`."""

import importlib.util
import os

import pytest

HAS_BEAM = importlib.util.find_spec('apache_beam') is not None
# .ci/run has an environment for these tests; there they must not be missed.
if not HAS_BEAM and os.environ.get('CI') != 'true':
  pytest.skip('Apache Beam is not installed', allow_module_level=True)

import shutil

from apache_beam.io import filesystem
from apache_beam.io import localfilesystem
import mixed_inputs

from drumspace_ext.beam import creation as beam_creation

MODES = {
    'in_memory': [],
    'one_thread': [
        '--direct_num_workers=1', '--direct_running_mode=multi_threading',
    ],
    'two_threads': [
        '--direct_num_workers=2', '--direct_running_mode=multi_threading',
    ],
    'one_process': [
        '--direct_num_workers=1', '--direct_running_mode=multi_processing',
    ],
    'two_processes': [
        '--direct_num_workers=2', '--direct_running_mode=multi_processing',
    ],
}


def create(values, output_dir, mode='in_memory', **options):
  return beam_creation.create(
      [str(value) for value in values], output_dir,
      pipeline_options=MODES[mode], **options
  )


def assert_same(values, folder, mode='in_memory', **options):
  """Checks Beam against the local run; returns what Beam made."""
  mixed_inputs.create_here(values, folder / 'here', **options)
  created = create(values, folder / 'beam', mode, **options)
  assert mixed_inputs.files(folder / 'beam') == mixed_inputs.files(
      folder / 'here'
  )
  return created


class ShelfFileSystem(localfilesystem.LocalFileSystem):
  """A remote filesystem to Beam: shelf://a/b is a/b below SHELF."""

  @classmethod
  def scheme(cls):
    return 'shelf'

  def _there(self, path):
    return path.replace('shelf://', os.environ['SHELF'] + '/', 1)

  def _name(self, path):
    return path.replace(os.environ['SHELF'] + '/', 'shelf://', 1)

  def join(self, basepath, *paths):
    return '/'.join([basepath.rstrip('/'), *paths])

  def split(self, path):
    head, _, tail = path.rpartition('/')
    return head, tail

  def mkdirs(self, path):
    super().mkdirs(self._there(path))

  def _list(self, dir_or_prefix):
    for found in super()._list(self._there(dir_or_prefix)):
      yield filesystem.FileMetadata(
          self._name(found.path), found.size_in_bytes
      )

  def create(self, path, *args, **options):
    # As on an object store, folders are parts of names.
    os.makedirs(os.path.dirname(self._there(path)), exist_ok=True)
    return super().create(self._there(path), *args, **options)

  def open(self, path, *args, **options):
    return super().open(self._there(path), *args, **options)

  def exists(self, path):
    return os.path.exists(self._there(path))

  def metadata(self, path):
    return filesystem.FileMetadata(path, self.size(path))

  def size(self, path):
    return super().size(self._there(path))

  def rename(self, sources, targets):
    for source, target in zip(sources, targets, strict=True):
      os.makedirs(os.path.dirname(self._there(target)), exist_ok=True)
      os.rename(self._there(source), self._there(target))

  def delete(self, paths):
    for path in map(self._there, paths):
      # As Beam's s3:// and gs://, to which a folder is what ends so.
      if path.endswith('/'):
        shutil.rmtree(path)
      else:
        os.unlink(path)
