"""Tests for quickstart_stages and the entry point over them."""

import functools
import json
import zipfile

import entry_points
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.cli import quickstart_stages
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_sequences
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import beats as starter_beats

_FILES = {
    'starter_songs.tfrecord', 'patterns_midi.zip', 'dataset/dataset.tsv',
    'dataset/provenance.tsv', 'dataset/patterns.tfrecord',
    'dataset/rejected.tsv', 'dataset/report.json', 'dataset/report.html',
    'map/map.html', 'map/dataset.tsv', 'map/provenance.tsv', 'map/map.json',
}
_main = functools.partial(entry_points.main, 'drumspace_quickstart')
_console = functools.partial(entry_points.console, 'drumspace_quickstart')


def _contents(folder):
  return {
      path.relative_to(folder).as_posix(): path.read_bytes()
      for path in folder.rglob('*') if path.is_file()
  }


def _check(folder):
  """Checks the dataset in a folder against the collection."""
  codes = dataset_tsv.read(folder / 'dataset' / 'dataset.tsv').codes
  beats = np.stack([
      step_codes.hits_to_step_codes(beat.hits)
      for beat in starter_beats.load()
  ])
  assert len(codes) == len(beats)
  assert {row.tobytes() for row in step_codes.canonical(codes)} == {
      row.tobytes() for row in step_codes.canonical(beats)
  }
  report = json.loads((folder / 'dataset' / 'report.json').read_text())
  songs = list(tfrecords.read(folder / 'starter_songs.tfrecord'))
  assert report['inputs'] == report['kept'] == len(songs)
  assert report['patterns'] == len(beats)
  assert report['trivial'] == 0
  assert len(list((folder / 'starter_songs_midi').iterdir())) == len(songs)
  with zipfile.ZipFile(folder / 'patterns_midi.zip') as archive:
    *loops, readme = archive.namelist()
    assert (len(loops), readme) == (len(beats), 'README.txt')
    assert {name.split('/')[0] for name in loops} == {
        beat.genre for beat in starter_beats.load()
    }


@pytest.fixture(scope='module', name='made')
def _made(tmp_path_factory):
  """A folder in which the console script was run, and what it printed."""
  folder = tmp_path_factory.mktemp('quickstart')
  done = _console('--output_dir=out', '--seed=7', cwd=folder)
  assert done.returncode == 0, done.stderr
  return folder / 'out', done.stdout


@given(seed=st.integers(0, 1 << 31))
@settings(max_examples=3)
def test_any_seed_gives_the_whole_collection(seed, tmp_path_factory):
  folder = tmp_path_factory.mktemp('seed')
  # The stages up to the MIDI pack; those of the model take ten seconds.
  for stage in quickstart_stages.STAGES[:3]:
    made = stage.run(folder, seed, lambda text: None)
    assert all(path.exists() for path in made.values())
  _check(folder)


def test_beats_of_the_best_model_are_there_to_play_and_to_hear(made):
  folder, printed = made
  loops = sorted((folder / 'best_midi').glob('*/*.mid'))
  audio = sorted((folder / 'best_wav').glob('*/*.wav'))
  assert (len(loops), len(audio)) == (32, 3)
  assert all('_best_' in path.name for path in loops + audio)
  titles = {path.stem for path in loops}
  assert all(path.stem in titles for path in audio)
  report = json.loads((folder / 'evaluation' / 'evaluation.json').read_text())
  auc = {row['name']: row['numbers']['auc']['value'] for row in report['rows']}
  sentence = (
      "A classifier tells your model's beats from real ones "
      f"{100 * auc['model']:.0f} of 100 times, best's "
      f"{100 * auc['shipped:best']:.0f} (chance: 50)."
  )
  assert sentence in printed
  assert 'precision' not in printed


def test_a_beat_is_played_three_ways(made):
  folder = made[0] / 'three_grooves'
  assert {path.name for path in folder.iterdir()} == {'style.mid'} | {
      f'{way}.{form}' for way in ('straight', 'learned', 'styled')
      for form in ('mid', 'wav')
  }
  straight, learned, styled = (
      sorted((note.pitch, note.start_time, note.velocity) for note in
             midi_sequences.to_note_sequence(
                 (folder / f'{way}.mid').read_bytes()
             ).notes)
      for way in ('straight', 'learned', 'styled')
  )
  hits = [pitch for pitch, *_ in straight]
  assert hits == [pitch for pitch, *_ in learned]
  assert hits == [pitch for pitch, *_ in styled]
  assert len({velocity for *_, velocity in straight}) == 1
  assert len({velocity for *_, velocity in learned}) > 5
  # The style swings: some hits come later by a good part of a step.
  step = 60 / 102 / 4
  late = [b[1] - a[1] for a, b in zip(learned, styled)]
  assert max(late) > 0.15 * step


def test_beats_of_an_earlier_run_do_not_stay(tmp_path):
  folder = tmp_path / 'pack' / 'rock'
  folder.mkdir(parents=True)
  (folder / '0001_best_rock_96bpm_like_x.mid').touch()
  (tmp_path / 'pack' / 'own').mkdir()
  (tmp_path / 'pack' / 'own' / 'mine.mid').touch()
  quickstart_stages._clear_pack(tmp_path / 'pack')
  assert [path.name for path in tmp_path.rglob('*.mid')] == ['mine.mid']
  assert not folder.exists()


def test_map_shows_the_collection_and_three_models_beats(made):
  folder, _ = made
  report = json.loads((folder / 'map' / 'map.json').read_text())
  layers = [(layer['name'], layer['patterns']) for layer in report['layers']]
  assert layers[0] == ('starter collection', len(starter_beats.load()))
  assert [name for name, _ in layers[1:]] == [
      'beats of your model', 'beats of best', 'new beats of acai'
  ]
  assert layers[1][1] > 10
  assert (layers[2][1], layers[3][1]) == (32, 500)
  assert report['genres']['labels_exchanged_between'] == 'inputs'
  assert report['quality']['trustworthiness'] > 0.95
  mapped = dataset_tsv.read(folder / 'map' / 'dataset.tsv')
  assert (
      mapped.codes == dataset_tsv.read(folder / 'dataset' / 'dataset.tsv').codes
  ).all()


def test_same_seed_makes_the_same_bytes_in_every_file(made, tmp_path):
  one = _contents(made[0])
  said = []
  quickstart_stages.run(tmp_path / 'again', seed=7, say=said.append)
  again = _contents(tmp_path / 'again')
  assert set(one) >= _FILES
  assert sorted(one) == sorted(again)
  # The report holds no times and no paths either.
  assert [name for name in one if one[name] != again[name]] == []
  stages = [text for text in said if text.startswith('\n[')]
  assert len(stages) == len(quickstart_stages.STAGES)
  quickstart_stages.STAGES[0].run(tmp_path / 'other', 8, said.append)
  other = _contents(tmp_path / 'other')
  assert one['starter_songs.tfrecord'] != other['starter_songs.tfrecord']


def test_every_path_that_is_printed_exists(made):
  folder, printed = made
  before, _, after = printed.partition('\nEverything is here:')
  # Paths are printed as they were given.
  paths = [folder.parent / line.split('  ')[-1].strip()
           for line in after.strip().splitlines()]
  assert len(paths) == len(set(paths)) >= 9
  assert all(path.exists() for path in paths)
  assert {path.relative_to(folder).as_posix() for path in paths} >= {
      name for name in _FILES if not name.startswith('map/')
  } | {'starter_songs_midi', 'map/map.html'}
  assert f'open {folder / "map" / "map.html"} in a browser' in before
  assert f'[1/{len(quickstart_stages.STAGES)}] ' in before
  assert 'unique patterns' in before


def test_script_runs_again_over_its_own_files(made):
  folder, _ = made
  first = _contents(folder)
  done = _console('--output_dir=out', '--seed=7', cwd=folder.parent)
  assert done.returncode == 0, done.stderr
  assert _contents(folder) == first
  _check(folder)
  assert not [
      path for path in folder.rglob('*') if path.name.startswith('.drumspace')
  ]


@pytest.mark.parametrize(('args', 'part'), [
    ([], '--output_dir'),
    (['--output_dir=out', 'songs'], 'unexpected arguments: songs'),
    (['--output_dir=out', '--seed=-1'], '--seed=-1'),
])
def test_mistakes_are_one_line(tmp_path, args, part):
  (tmp_path / 'file').write_text('')
  entry_points.assert_one_line(
      _console(*args, cwd=tmp_path), 'drumspace_quickstart', part
  )
  assert [path.name for path in tmp_path.iterdir()] == ['file']


def test_folder_that_can_t_be_made_is_one_line_of_error(tmp_path):
  (tmp_path / 'file').write_text('')
  done = _console('--output_dir=file', cwd=tmp_path)
  assert done.returncode == 1
  (line,) = done.stderr.splitlines()
  assert line.startswith("drumspace_quickstart: can't write file")


def test_main_refuses_arguments_without_a_flag(tmp_path):
  with pytest.raises(errors.InputError, match='unexpected arguments: a b'):
    _main(f'--output_dir={tmp_path}', 'a', 'b')
