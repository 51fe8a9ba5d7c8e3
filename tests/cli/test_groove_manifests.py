"""Tests of manifests: how it was played, by script and verb alike."""

import functools
import json
import pathlib

import entry_points
import played_datasets
import pytest

import drumspace_ext
from drumspace_ext.cli import playing_flags
from drumspace_ext.playing import sources

_STRENGTH = (0.8, 0.25)
_PLAYED = {'humanize': 0.25, 'seed': 3, 'swing': 0.5, 'accents': True}
_FLAGS = {
    'drumspace_generate': ['--checkpoint_file=shipped:ae', '--num_outputs=1'],
    'drumspace_continue': [
        '--checkpoint_file=shipped:continue', '--num_outputs=1',
        '--num_steps=40',
    ],
    'drumspace_run_pipeline': ['--stages=loops'],
}


@pytest.fixture(scope='module', name='dataset')
def _dataset(tmp_path_factory):
  return played_datasets.make(tmp_path_factory.mktemp('played'), 3)


def _manifest(folder: pathlib.Path) -> dict:
  return json.loads((folder / 'manifest.json').read_bytes())


@pytest.mark.parametrize('script', _FLAGS)
@pytest.mark.parametrize('strength', [_STRENGTH, list(_STRENGTH), 0.5])
def test_script_and_verb_note_the_same(dataset, tmp_path, script, strength):
  song = dataset.parent / 'songs' / '000.mid'
  verb = {
      'drumspace_generate': functools.partial(
          drumspace_ext.generate, 'shipped:ae', tmp_path / 'verb',
          num_outputs=1,
      ),
      'drumspace_continue': functools.partial(
          drumspace_ext.continue_beats, 'shipped:continue', tmp_path / 'verb',
          num_outputs=1, num_steps=40,
      ),
      'drumspace_run_pipeline': functools.partial(
          drumspace_ext.run_pipeline, song, tmp_path / 'verb', 'loops',
      ),
  }[script]
  verb(groove=dataset, groove_strength=strength, **_PLAYED)
  numbers = strength if isinstance(strength, list | tuple) else [strength]
  assert entry_points.main(
      script, *_FLAGS[script], f'--output_dir={tmp_path / "script"}',
      *([f'--input={song}'] if script == 'drumspace_run_pipeline' else []),
      f'--groove={dataset}', f'--groove_strength={",".join(map(str, numbers))}',
      *(f'--{name}={value}' for name, value in _PLAYED.items()),
  ) == 0
  ours, theirs = _manifest(tmp_path / 'verb'), _manifest(tmp_path / 'script')
  for name in ('seed', *(flag.name for flag in playing_flags.ALL)):
    one, other = ours['arguments'][name], theirs['arguments'][name]
    assert (one, type(one)) == (other, type(other)), name
  assert ours['digests'] == theirs['digests']
  # A digest of each file that plays.
  assert sources.digests(dataset).items() <= ours['digests'].items()
  records = [
      path.relative_to(tmp_path / 'verb')
      for path in sorted((tmp_path / 'verb').rglob('*'))
      if path.is_file() and path.name != 'manifest.json'
  ]
  for name in records:
    assert (tmp_path / 'verb' / name).read_bytes() == (
        tmp_path / 'script' / name
    ).read_bytes()


def test_a_page_notes_what_it_plays_by(dataset, tmp_path):
  song = dataset.parent / 'songs' / '000.mid'
  for name, groove in (('song', song), ('unsaid', None), ('none', 'none')):
    built = drumspace_ext.build_map(
        'shipped:ae', tmp_path / name, groove=groove, num_outputs=3
    )
    digests = _manifest(built.output_dir)['digests']
    expected = sources.digests(groove or sources.RECOMMENDED)
    assert {'weights', 'examples', *expected} == set(digests)
    assert expected.items() <= digests.items()
