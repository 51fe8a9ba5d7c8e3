"""Tests for checkpoints."""

import json
import subprocess
import sys

import hypothesis
from hypothesis import strategies as st
import pytest
import safetensors.torch
import torch

from drumspace_ext import errors
from drumspace_ext.models import checkpoints
from drumspace_ext.patterns import voices

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5)
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_WRITE = '''
import pathlib, sys, torch
from drumspace_ext.models import checkpoints
tensors = {name: torch.arange(6.0).view(2, 3) for name in 'cab'}
checkpoints.write(
    pathlib.Path(sys.argv[1]), tensors,
    {name: {'b': 1, 'a': [name]} for name in ('z', 'y', 'config', 'é')},
)
'''


def _write(path, **metadata):
  checkpoints.write(path, {'network.x': torch.ones(3)}, metadata)
  return path


@hypothesis.given(
    metadata=st.dictionaries(
        st.text('abcdefgé_', min_size=1, max_size=8), _JSON, max_size=4
    ),
    shape=st.lists(st.integers(0, 3), max_size=3),
    kind=st.sampled_from((torch.float32, torch.int64, torch.bool)),
)
def test_tensors_and_metadata_come_back(
    metadata, shape, kind, tmp_path_factory
):
  path = tmp_path_factory.mktemp('checkpoint') / 'x.safetensors'
  tensor = torch.randint(0, 2, shape).to(kind)
  checkpoints.write(path, {'network.x': tensor}, metadata)
  tensors, back = checkpoints.read(path)
  assert list(tensors) == ['network.x']
  assert tensors['network.x'].dtype == kind
  assert torch.equal(tensors['network.x'], tensor)
  assert back == metadata | {
      'format_version': 1, 'voice_table': voices.table_digest(),
  }


def test_two_processes_write_the_same_bytes(tmp_path):
  written = []
  for seed in ('1', '2'):
    path = tmp_path / f'{seed}.safetensors'
    subprocess.run(
        [sys.executable, '-c', _WRITE, path], check=True,
        env={'PYTHONHASHSEED': seed},
    )
    written.append(path.read_bytes())
  assert len(written[0]) > 100
  assert written[0] == written[1]
  # Any reader of safetensors reads them.
  assert sorted(safetensors.torch.load(written[0])) == ['a', 'b', 'c']


def test_views_are_written_as_what_they_show(tmp_path):
  table = torch.arange(6.0).view(2, 3)
  checkpoints.write(tmp_path / 'x.safetensors', {'t': table.T}, {})
  tensors, _ = checkpoints.read(tmp_path / 'x.safetensors')
  assert tensors['t'].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_file_is_replaced_whole(tmp_path):
  path = _write(tmp_path / 'train' / 'x.safetensors', train_step=1)
  _write(path, train_step=2)
  assert checkpoints.read(path)[1]['train_step'] == 2
  assert [p.name for p in path.parent.iterdir()] == ['x.safetensors']


def test_cut_file_is_said_so_wherever_it_is_cut(tmp_path):
  path = _write(tmp_path / 'x.safetensors', config={'a': 1})
  content = path.read_bytes()
  checkpoints.read(path)
  for size in range(len(content)):
    path.write_bytes(content[:size])
    with pytest.raises(errors.CheckpointError, match='x.safetensors'):
      checkpoints.read(path)


def test_damaged_header_is_said_so_or_harmless(tmp_path):
  path = _write(tmp_path / 'x.safetensors', config={'a': 1})
  content = path.read_bytes()
  refused = 0
  for index in range(len(content)):
    damaged = bytearray(content)
    damaged[index] ^= 0x11
    path.write_bytes(damaged)
    try:
      checkpoints.read(path)
    except errors.CheckpointError as e:
      assert str(path) in str(e) and '\n' not in str(e)
      refused += 1
  assert refused > 100


@pytest.mark.parametrize('content', [
    b'', b'\0' * 8, b'\xff' * 64, b'PK\3\4' + b'\0' * 60, b'text\n' * 20,
    b'\x80\x02}q\x00.',
])
def test_foreign_bytes_are_said_so(tmp_path, content):
  path = tmp_path / 'x.safetensors'
  path.write_bytes(content)
  message = r"x.safetensors can't be read as a checkpoint: .*train it again"
  with pytest.raises(errors.CheckpointError, match=message):
    checkpoints.read(path)


@pytest.mark.parametrize('metadata', [
    None, {}, {'format_version': '1'}, {'format_version': 'no JSON'},
    {'format': 'pt'}, {'voice_table': '"x"'},
])
def test_safetensors_of_others_are_said_so(tmp_path, metadata):
  path = tmp_path / 'x.safetensors'
  safetensors.torch.save_file({'x': torch.ones(1)}, path, metadata)
  with pytest.raises(errors.CheckpointError, match='no checkpoint of drums'):
    checkpoints.read(path)


@pytest.mark.parametrize('metadata, message', [
    ({'voice_table': 'feed'},
     f"voice table 'feed', this version has {voices.table_digest()}. Train"),
    ({'format_version': 2}, 'format version 2, this version reads 1'),
    ({'format_version': None}, 'format version None'),
])
def test_checkpoint_of_another_table_or_version_is_refused(
    tmp_path, metadata, message
):
  path = _write(tmp_path / 'x.safetensors')
  checkpoints.read(path)
  texts = {'format_version': 1, 'voice_table': voices.table_digest()} | metadata
  safetensors.torch.save_file(
      {'x': torch.ones(1)}, path,
      {key: json.dumps(value) for key, value in texts.items()},
  )
  with pytest.raises(errors.CheckpointError, match=message):
    checkpoints.read(path)


def test_oversized_and_missing_files_are_said_so(tmp_path, monkeypatch):
  path = _write(tmp_path / 'x.safetensors')
  monkeypatch.setattr(checkpoints, 'MAX_BYTES', path.stat().st_size)
  checkpoints.read(path)
  monkeypatch.setattr(checkpoints, 'MAX_BYTES', path.stat().st_size - 1)
  with pytest.raises(errors.CheckpointError, match='larger than any'):
    checkpoints.read(path)
  with pytest.raises(errors.CheckpointError, match='No such file'):
    checkpoints.read(tmp_path / 'missing.safetensors')


def test_folder_is_no_checkpoint(tmp_path):
  with pytest.raises(errors.CheckpointError, match='read as a checkpoint'):
    checkpoints.read(tmp_path)


@pytest.mark.parametrize('name', checkpoints.shipped_names())
def test_shipped_models_are_found_and_read(name):
  path = checkpoints.find(f'shipped:{name}')
  tensors, metadata = checkpoints.read(path)
  assert {'config', 'train_step'} <= set(metadata)
  # What plays patterns, or goes on behind them, draws none.
  if name not in ('groove', 'continue'):
    assert tensors['known_classes'].dtype == torch.int64
    assert 'sampler' in metadata


def test_unknown_shipped_name_is_met_with_a_near_one(monkeypatch):
  monkeypatch.setattr(checkpoints, 'shipped_names', lambda: ['acai', 'vae'])
  assert checkpoints.find('shipped:vae').name == 'vae.safetensors'
  message = "no model 'acia' is shipped; there are acai, vae. .*shipped:acai"
  with pytest.raises(errors.CheckpointError, match=message):
    checkpoints.find('shipped:acia')
  with pytest.raises(errors.CheckpointError, match='are acai, vae.$'):
    checkpoints.find('shipped:')
  with pytest.raises(errors.CheckpointError, match='or shipped:acai or ship'):
    checkpoints.find('no/such')


def test_run_directory_and_file_mean_the_best_checkpoint(tmp_path):
  message = f'holds no checkpoint. .* --run_dir={tmp_path}'
  with pytest.raises(errors.CheckpointError, match=message):
    checkpoints.find(str(tmp_path))
  _write(tmp_path / 'train' / 'state.safetensors')
  with pytest.raises(errors.CheckpointError, match=message):
    checkpoints.find(str(tmp_path))
  best = _write(tmp_path / 'train' / 'best.safetensors')
  assert checkpoints.find(str(tmp_path)) == best
  assert checkpoints.find(str(tmp_path / 'train')) == best
  assert checkpoints.find(str(best)) == best
