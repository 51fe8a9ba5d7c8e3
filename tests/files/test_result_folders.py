"""Tests for result_folders: no script writes over what another one made."""

import errno
import importlib.util
import itertools
import json
import os
import pathlib
import shutil

import entry_points
import hypothesis
from hypothesis import strategies as st
import magenta_files
import numpy as np
import pytest
import synthetic_songs
import written_files

from drumspace_ext import errors
from drumspace_ext.cli import quickstart_stages
from drumspace_ext.dataset import examples as training_sets
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import result_folders

_CREATE, _BEAM = 'drumspace_create_dataset', 'drumspace_beam_create_dataset'
_GENERATE, _EVALUATE = 'drumspace_generate', 'drumspace_evaluate'
_MAP, _TRAIN = 'drumspace_build_map', 'drumspace_train'
_PIPELINE, _CONVERT = 'drumspace_run_pipeline', 'drumspace_convert'
_QUICKSTART, _CONTINUE = 'drumspace_quickstart', 'drumspace_continue'
_SCRIPTS = (
    _CREATE, _GENERATE, _EVALUATE, _MAP, _TRAIN, _PIPELINE, _CONVERT,
    _QUICKSTART, _CONTINUE,
) + ((_BEAM,) if importlib.util.find_spec('apache_beam') else ())
_ACAI = '--checkpoint_file=shipped:acai'


def _contents(folder):
  """What lies in a folder, folders too."""
  return {
      path.relative_to(folder).as_posix():
      path.read_bytes() if path.is_file() else None
      for path in folder.rglob('*')
  }


@pytest.fixture(scope='module', name='given')
def _given(tmp_path_factory):
  """A folder of inputs."""
  folder = tmp_path_factory.mktemp('given')
  codes = training_sets.load_or_starter(None).codes.copy()
  np.random.default_rng(2).shuffle(codes)
  for name, part in (
      ('examples', codes[:200]), ('heldout', codes[200:300]),
      ('beats', codes[300:355]),
  ):
    written_files.dataset(folder / f'{name}.tsv', part)
  (folder / 'kit.mag').write_bytes(
      magenta_files.bundle(magenta_files.drums_rnn_tensors(units=(3,)))
  )
  (folder / 'songs').mkdir()
  (folder / 'songs' / 'beat.mid').write_bytes(
      synthetic_songs.to_midi(synthetic_songs.beat())
  )
  return folder


def _run(script, given, folder):
  """Runs a script into a folder, always with the same arguments."""
  examples = f'--examples_path={given}/examples.tsv'
  beats = f'--input={given}/beats.tsv'
  songs = f'--input={given}/songs'
  arguments = {
      _CREATE: [songs, '--num_workers=0'],
      _BEAM: [songs, '--noreader_process'],
      _GENERATE: [_ACAI, examples, '--num_outputs=2', '--num_draws=20'],
      _EVALUATE: [beats, examples, f'--heldout_path={given}/heldout.tsv'],
      _MAP: [_ACAI, examples, '--num_outputs=2'],
      _TRAIN: [
          examples, '--config=smoke', '--hparams=num_train_steps=2,eval_steps=2'
      ],
      _PIPELINE: [beats, '--stages=filter'],
      _CONVERT: [beats, '--to=tsv'],
      _QUICKSTART: [],
      _CONTINUE: [
          f'--bundle_file={given}/kit.mag', '--num_outputs=2', '--num_steps=8'
      ],
  }[script]
  flag = 'run_dir' if script == _TRAIN else 'output_dir'
  return entry_points.main(script, *arguments, f'--{flag}={folder}')


@pytest.fixture(autouse=True)
def _short_quickstart(monkeypatch):
  """Those stages that need no model, as far as folders go, are all of them."""
  monkeypatch.setattr(quickstart_stages, 'STAGES', quickstart_stages.STAGES[:3])


@pytest.fixture(scope='module', name='made')
def _made(given, tmp_path_factory):
  """What each script makes, made when first asked for."""
  folders = {}

  def folder_of(script):
    if script not in folders:
      folders[script] = tmp_path_factory.mktemp('made') / script
      assert _run(script, given, folders[script]) == 0
    return folders[script]

  return folder_of


def _maker(script):
  # The dataset of Beam is that of the other script.
  return _CREATE if script == _BEAM else script


@pytest.mark.parametrize(
    'first, second', list(itertools.product(_SCRIPTS, repeat=2))
)
def test_second_script_replaces_its_own_files_or_nothing(
    first, second, given, made, tmp_path
):
  folder = tmp_path / 'out'
  shutil.copytree(made(first), folder)
  before = _contents(folder)
  try:
    assert _run(second, given, folder) == 0
  except errors.DrumspaceError as e:
    assert _contents(folder) == before
    assert _maker(first) != _maker(second)
    assert len(str(e).splitlines()) == 1 and str(tmp_path) in str(e)
    return
  after = _contents(folder)
  assert before.items() <= after.items()
  # Whoever shares a folder writes no manifest, and replaces nothing.
  if _maker(first) != _maker(second):
    assert {first, second} & {_TRAIN, _CONVERT}
  else:
    assert before == after


@pytest.mark.parametrize('script', _SCRIPTS)
def test_folder_says_who_made_it(script, made):
  folder = made(script)
  maker = result_folders.maker_of(folder)
  if script in (_TRAIN, _CONVERT):
    assert maker is None
    return
  assert maker.script == _maker(script)
  written = {name for name, data in _contents(folder).items() if data}
  assert {
      name for name in written
      if name.split('/')[0] not in maker.parts + maker.shared_folders
  } <= set(maker.files)
  manifest = json.loads((folder / 'manifest.json').read_text())
  assert manifest['maker'] == maker.script
  # Earlier versions named no maker.
  del manifest['maker']
  (folder / 'manifest.json').write_text(json.dumps(manifest))
  try:
    assert result_folders.maker_of(folder) == maker
  finally:
    manifest['maker'] = maker.script
    (folder / 'manifest.json').write_text(
        json.dumps(manifest, indent=2, sort_keys=True) + '\n'
    )


@pytest.mark.parametrize('script', [
    s for s in _SCRIPTS if s not in (_TRAIN, _CONVERT)
])
def test_files_of_ones_own_are_kept(script, given, tmp_path):
  maker = result_folders.maker_named(_maker(script))
  for name in (*maker.files, *maker.parts):
    folder = tmp_path / name
    folder.mkdir()
    if name in maker.parts and '.' not in name:
      # An empty folder holds nothing to lose.
      (folder / name).mkdir()
      result_folders.claim(folder, maker)
      (folder / name / 'mine').write_text('mine')
    else:
      (folder / name).write_text('mine')
    before = _contents(folder)
    with pytest.raises(errors.InputError, match='is there already, and drum'):
      _run(script, given, folder)
    assert _contents(folder) == before


def test_exit_status_is_one_and_it_is_one_line(given, made, tmp_path):
  folder = tmp_path / 'g'
  shutil.copytree(made(_GENERATE), folder)
  before = _contents(folder)
  for script, *arguments in (
      (_PIPELINE, f'--input={given}/beats.tsv', '--stages=filter'),
      (_CREATE, f'--input={given}/songs'),
  ):
    done = entry_points.console(script, *arguments, f'--output_dir={folder}')
    entry_points.assert_one_line(
        done, script, f'{folder} holds beats that drumspace_generate made',
        'Choose another --output_dir.',
    )
  assert _contents(folder) == before


def test_converted_file_replaces_no_result(given, made, tmp_path):
  shutil.copytree(made(_GENERATE), tmp_path / 'g')
  midi = min((tmp_path / 'g' / 'midi').iterdir())
  before = _contents(tmp_path)
  beats = f'--input={given}/beats.tsv'
  for output in (tmp_path / 'g' / 'patterns.tsv', midi):
    with pytest.raises(errors.InputError, match='is of beats that drumspace_g'):
      entry_points.main(_CONVERT, beats, f'--output={output}')
  assert _contents(tmp_path) == before
  # A name that is nobody's is the person's to use, and to use again.
  for _ in range(2):
    assert entry_points.main(
        _CONVERT, beats, f'--output={tmp_path}/g/mine.tsv'
    ) == 0
  assert _contents(tmp_path).items() >= before.items()


def test_map_completes_its_own_dataset_only(made, tmp_path):
  shutil.copytree(made(_CREATE), tmp_path / 'own')
  shutil.copytree(made(_CREATE), tmp_path / 'other')
  own, other = tmp_path / 'own', tmp_path / 'other'
  maker = result_folders.BUILD_MAP
  for completes in (own, own / 'dataset.tsv', other / '..' / 'own'):
    result_folders.claim(own, maker, completes=completes)
  for completes in (None, other, own / 'report.json', tmp_path / 'missing'):
    with pytest.raises(errors.InputError, match='holds a dataset that drumsp'):
      result_folders.claim(own, maker, completes=completes)
  manifest = own / 'manifest.json'
  manifest.write_text('{"maker": "drumspace_build_map"}')
  with pytest.raises(errors.InputError, match='holds a map that drumspace_bui'):
    result_folders.claim(own, result_folders.CREATE_DATASET)


# Inputs


@pytest.mark.parametrize('value', [
    'out/patterns.tsv', './out/../out/patterns.tsv', 'out/patterns.tsv:3',
    'out/midi', 'out/midi/mine.mid', 'out/midi/*.mid', 'link.tsv',
])
def test_input_that_would_be_lost_is_refused(tmp_path, monkeypatch, value):
  (tmp_path / 'out' / 'midi').mkdir(parents=True)
  (tmp_path / 'link.tsv').symlink_to(tmp_path / 'out' / 'patterns.tsv')
  monkeypatch.chdir(tmp_path)
  folder, maker = tmp_path / 'out', result_folders.GENERATE
  result_folders.claim(folder, maker, [
      'out', 'out/b.tsv', 'a.tsv', 'a.tsv:3', 'out/*.tsv:1', 'gs://out/x',
  ])
  with pytest.raises(errors.InputError, match='would be overwritten by the'):
    result_folders.claim(folder, maker, ['b.tsv', value])


def test_converted_files_come_into_no_folder_that_is_read(tmp_path):
  maker = result_folders.CONVERT
  result_folders.claim(tmp_path, maker, [str(tmp_path / 'a.mid')], names=[])
  with pytest.raises(errors.InputError, match='would be among the files that'):
    result_folders.claim(tmp_path, maker, [f'{tmp_path}/.'], names=[])
  with pytest.raises(errors.InputError, match='would be overwritten'):
    result_folders.claim(
        tmp_path, maker, [f'{tmp_path}/a.tsv'], names=['a.tsv']
    )


@pytest.mark.parametrize('script', [_CREATE, _GENERATE, _MAP])
@pytest.mark.parametrize('reader, arguments', [
    (_CONVERT, ['--to=tsv']), (_PIPELINE, ['--stages=bars']),
    (_GENERATE, [_ACAI, '--mode=vary', '--num_outputs=2']),
    (_MAP, [_ACAI, '--num_outputs=2']),
])
def test_folder_of_patterns_is_an_input(
    script, reader, arguments, given, made, tmp_path
):
  shutil.copytree(made(script), tmp_path / 'in')
  held = dataset_tsv.read(tmp_path / 'in').codes
  if reader == _GENERATE:
    named = f'--input={tmp_path}/in:1'
  else:
    named = f'--input={tmp_path}/in'
  if reader == _MAP:
    arguments = [*arguments, f'--examples_path={given}/examples.tsv']
  out = tmp_path / 'out'
  assert not entry_points.main(
      reader, named, *arguments, f'--output_dir={out}'
  )
  if reader == _CONVERT:
    read = dataset_tsv.read(out / 'drums.tsv').codes
    np.testing.assert_array_equal(read, held)
  if reader == _PIPELINE:
    assert json.loads((out / 'report.json').read_text())['inputs'] == len(held)
  if reader == _MAP:
    layer = json.loads((out / 'map.json').read_text())['layers'][1]
    assert (layer['name'], layer['patterns']) == ('in', len(held))


def test_beats_keep_their_tempo_and_are_read_once(given, tmp_path):
  assert entry_points.main(
      _GENERATE, _ACAI, '--num_outputs=2', '--qpm=96', '--zip',
      f'--output_dir={tmp_path}/g',
  ) == 0
  for value in ('g', 'g/patterns.tfrecord'):
    assert entry_points.main(
        _CONVERT, f'--input={tmp_path}/{value}', '--to=tfrecord',
        f'--output={tmp_path}/{value.replace("/", "_")}.tfrecord',
    ) == 0
  assert (tmp_path / 'g.tfrecord').read_bytes() == (
      tmp_path / 'g_patterns.tfrecord.tfrecord'
  ).read_bytes()


def test_folder_that_is_read_is_not_written_over(made, tmp_path):
  shutil.copytree(made(_GENERATE), tmp_path / 'g')
  before = _contents(tmp_path)
  for value in ('g', 'g:1', 'g/patterns.tsv'):
    with pytest.raises(errors.InputError, match='would be overwritten'):
      entry_points.main(
          _GENERATE, _ACAI, '--mode=vary', f'--input={tmp_path}/{value}',
          f'--output_dir={tmp_path}/g',
      )
  assert _contents(tmp_path) == before


# What is no manifest of this package's


@pytest.mark.parametrize('content', [
    b'', b'\xff', b'[]', b'null', b'"maker"', b'{"maker": []}',
    b'{"maker": {"a": 1}}', b'{"maker": "somebody"}', b'[' * 100_000,
    b'{"maker": ' + b'9' * 10_000 + b'}',
    b'{"maker": "drumspace_train", "x": "' + b'y' * (5 << 20) + b'"}',
])
def test_manifest_of_another_is_a_file_of_ones_own(tmp_path, content):
  (tmp_path / 'manifest.json').write_bytes(content)
  assert result_folders.maker_of(tmp_path) is None
  with pytest.raises(errors.InputError, match='manifest.json is there already'):
    result_folders.claim(tmp_path, result_folders.GENERATE)


@hypothesis.given(
    content=st.none() | st.text() | st.lists(st.text()) | st.dictionaries(
        st.just('maker') | st.text(),
        st.none() | st.floats() | st.text() | st.lists(st.text()),
    ) | st.sampled_from([{'maker': m.script} for m in result_folders.MAKERS]),
)
def test_only_a_known_makers_name_is_one(content, tmp_path_factory):
  folder = tmp_path_factory.mktemp('any')
  (folder / 'manifest.json').write_text(json.dumps(content))
  scripts = {maker.script: maker for maker in result_folders.MAKERS}
  said = content.get('maker') if isinstance(content, dict) else None
  expected = scripts.get(said) if isinstance(said, str) else None
  assert result_folders.maker_of(folder) == expected


@pytest.mark.parametrize('maker', result_folders.MAKERS, ids=lambda m: m.script)
def test_folder_that_can_not_be_looked_into_is_one_line(
    tmp_path, monkeypatch, maker
):
  result_folders.claim(tmp_path / 'new' / 'folder', maker)

  def stat(path, **_):
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

  (tmp_path / 'input.mid').touch()
  monkeypatch.setattr(pathlib.Path, 'stat', stat)
  with pytest.raises(errors.OutputError, match="can't look into .*mission den"):
    result_folders.claim(
        tmp_path, maker, names=['x'] if maker.flag == '--output' else None
    )


@pytest.mark.parametrize('name', ['manifest.json', 'dataset.tsv'])
def test_link_in_a_circle_is_no_result(tmp_path, name):
  (tmp_path / name).symlink_to(tmp_path / name)
  result_folders.claim(tmp_path, result_folders.CREATE_DATASET, ['a.mid'])


def test_folder_that_can_not_be_written_is_told_before_any_work(
    tmp_path, monkeypatch
):
  (tmp_path / 'file').touch()
  claim, maker = result_folders.claim, result_folders.EVALUATE
  claim(tmp_path / 'new', maker)
  with pytest.raises(errors.OutputError, match="can't write .*Not a directory"):
    claim(tmp_path / 'file' / 'new', maker)
  monkeypatch.setattr(os, 'access', lambda path, mode: path != tmp_path)
  with pytest.raises(errors.OutputError, match="can't write .*mission denied"):
    claim(tmp_path / 'new' / 'folder', maker)
