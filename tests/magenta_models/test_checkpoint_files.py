"""Tests of Magenta's files: all forms give the same weights, damage gives one
line."""

import tarfile

import hypothesis
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
import magenta_files
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.magenta_models import checkpoint_files
from drumspace_ext.magenta_models import names

_NAMES = st.text('abcxyz_/', min_size=1, max_size=20).filter(
    lambda name: names.canonical_name(name) == name
)
_TENSORS = st.dictionaries(_NAMES, st_numpy.arrays(
    np.float32, st_numpy.array_shapes(min_dims=0, max_dims=3, max_side=5),
    elements=st.floats(-2.0**99, 2.0**99, width=32),
), min_size=1, max_size=8)


def _write(folder, form, tensors):
  """Writes tensors in a form; returns the file to read."""
  if form == checkpoint_files.V2:
    magenta_files.write_v2(folder / 'model.ckpt-7', tensors)
    return folder / 'model.ckpt-7.index'
  name, content = {
      checkpoint_files.BUNDLE: ('x.mag', magenta_files.bundle),
      checkpoint_files.V1: ('x.ckpt', magenta_files.v1),
      checkpoint_files.TAR: ('x.tar', magenta_files.tar),
  }[form]
  (folder / name).write_bytes(content(tensors))
  return folder / name


_FORMS = (
    checkpoint_files.BUNDLE, checkpoint_files.V1,
    checkpoint_files.V2, checkpoint_files.TAR,
)


@pytest.mark.parametrize('form', _FORMS)
@hypothesis.given(tensors=_TENSORS)
def test_every_tensor_comes_back_to_the_bit(tmp_path_factory, form, tensors):
  path = _write(tmp_path_factory.mktemp('x'), form, tensors)
  assert checkpoint_files.kind_of_file(path) == form
  read = checkpoint_files.read(path)
  assert read.form == form and set(read.tensors) == set(tensors)
  for name, values in tensors.items():
    assert read.tensors[name].dtype == np.float32
    np.testing.assert_array_equal(read.tensors[name], values)


def test_what_a_bundle_says_of_itself(tmp_path):
  path = tmp_path / 'x.mag'
  path.write_bytes(magenta_files.bundle(
      {'a': np.ones(2, np.float32)}, 'drum_kit', attention=(48, 8)
  ))
  read = checkpoint_files.read(path)
  assert read.generator == 'drum_kit'
  assert read.description == 'made for tests'
  assert read.attention_length == 48


def test_step_is_read_and_the_optimizer_is_left_out(tmp_path):
  tensors = {
      'a/kernel': np.ones((2, 3), np.float32),
      'a/kernel/Adam': np.zeros((2, 3), np.float32),
      'a/kernel/Adam_1': np.zeros((2, 3), np.float32),
      'beta1_power': np.ones((), np.float32),
      'global_step': np.array(1234, np.int64),
  }
  for form in (checkpoint_files.V2, checkpoint_files.TAR):
    read = checkpoint_files.read(_write(tmp_path, form, tensors))
    assert set(read.tensors) == {'a/kernel'} and read.train_step == 1234
  read = checkpoint_files.read(
      _write(tmp_path, checkpoint_files.V1, tensors)
  )
  assert set(read.tensors) == {'a/kernel'}


@pytest.mark.parametrize('name, expected', [
    ('RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix',
     'rnn/multi_rnn_cell/cell_0/lstm_cell/kernel'),
    ('rnn/multi_rnn_cell/cell_1/basic_lstm_cell/biases',
     'rnn/multi_rnn_cell/cell_1/lstm_cell/bias'),
    ('rnn/attention_cell_wrapper/attention_output_projection/kernel',
     'rnn/attention_cell_wrapper/attn_output_projection/kernel'),
    ('encoder/cell_0/bidirectional_rnn/fw/multi_rnn_cell/cell_0/lstm_cell/bias',
     'encoder/cell_0/bidirectional_rnn/fw/multi_rnn_cell/cell_0/lstm_cell/bias'
     ),
    ('fully_connected/weights', 'fully_connected/kernel'),
])
def test_names_of_all_generations_are_one(name, expected):
  assert names.canonical_name(name) == expected
  assert names.canonical_name(expected) == expected


def test_a_name_means_what_it_means_to_tensorflow(tmp_path):
  tensors = {'a': np.ones(1, np.float32)}
  (tmp_path / 'run' / 'train').mkdir(parents=True)
  for step in (9, 100):
    magenta_files.write_v2(
        tmp_path / 'run' / 'train' / f'model.ckpt-{step}', tensors
    )
  last = tmp_path / 'run' / 'train' / 'model.ckpt-100.index'
  for name in ('run', 'run/train', 'run/train/model.ckpt-100',
               'run/train/model.ckpt-100.index'):
    assert checkpoint_files.find(str(tmp_path / name)) == last
  assert checkpoint_files.find(str(tmp_path / 'run' / 'x')) is None


def _read_fails(path, words):
  with pytest.raises(errors.CheckpointError, match=words):
    checkpoint_files.read(path)


def test_failures_are_one_line(tmp_path):
  tensors = {'a': np.ones(3, np.float32)}
  _read_fails(tmp_path / 'none', 'No such file')
  (tmp_path / 'text').write_bytes(b'hello')
  _read_fails(tmp_path / 'text', r'neither a bundle \(.mag\) nor')
  index, data = magenta_files.v2(tensors)
  alone = tmp_path / 'alone.index'
  alone.write_bytes(index)
  _read_fails(alone, 'alone.data-00000-of-00001 is not beside it')
  beside = tmp_path / 'alone.data-00000-of-00001'
  beside.write_bytes(data[:-1])
  _read_fails(alone, 'numbers of a are cut')
  beside.write_bytes(data[:-1] + b'!')
  _read_fails(alone, 'checksum of the numbers of a')
  with tarfile.open(tmp_path / 'empty.tar', 'w'):
    pass
  _read_fails(tmp_path / 'empty.tar', 'neither a bundle')
  no_number = tmp_path / 'x.ckpt'
  no_number.write_bytes(magenta_files.v1({'a': np.array([np.nan])}))
  _read_fails(no_number, 'no number')


def test_damaged_files_give_nothing_but_our_error(tmp_path):
  magenta_files.assert_damage_is_refused(tmp_path, 1_500, seed=1)
