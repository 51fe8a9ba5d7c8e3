"""Tests for drumspace_generate."""

import functools
import json
import subprocess
import sys

import drawn_patterns
import entry_points
import mido
import numpy as np
import pytest
import starter_models

from drumspace_ext import errors
from drumspace_ext.dataset import examples
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import manifests
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import descriptors
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import beats as starter_beats

_generate = functools.partial(entry_points.main, 'drumspace_generate')
# What setuptools' wrapper does; the script need not be installed.
_SCRIPT = """
import sys
sys.argv[0] = 'drumspace_generate'
from drumspace_ext.cli import generate as drumspace_generate
drumspace_generate.console_entry_point()
"""
_BEATS = np.stack([starter.hits for starter in starter_beats.load()[:4]])
_CODES = step_codes.hits_to_step_codes(_BEATS)


def _console(*args):
  return subprocess.run(
      [sys.executable, '-c', _SCRIPT, *map(str, args)], check=False,
      capture_output=True, encoding='utf-8', timeout=300,
  )


@pytest.fixture(scope='module', name='model')
def _model(tmp_path_factory):
  return starter_models.train(tmp_path_factory.mktemp('generate'))


@pytest.fixture(name='beats')
def _beats(tmp_path):
  """Two MIDI files and a dataset."""
  for name, beat in zip('ab', _BEATS):
    (tmp_path / f'{name}.mid').write_bytes(midi_writing.patterns_to_midi(beat))
  with (tmp_path / 'beats.tsv').open('w', encoding='utf-8') as stream:
    dataset_tsv.write(stream, dataset_tsv.PatternSet(codes=_CODES))
  return tmp_path


def _contents(folder):
  return {
      str(path.relative_to(folder)): path.read_bytes()
      for path in folder.rglob('*') if path.is_file()
  }


def _step_codes(*indices):
  return [
      '--step_codes=' + ','.join(map(str, _CODES[index])) for index in indices
  ]


def test_samples_are_written_and_counted(model, tmp_path, capsys):
  out = tmp_path / 'out'
  assert _generate(
      f'--run_dir={model}', f'--output_dir={out}', '--num_outputs=6',
      '--temperature=1', '--seed=3',
  ) == 0
  lines = capsys.readouterr().out.splitlines()
  assert lines[0] == '256 draws: 100.0% pass, 100.0% distinct up to rotation'
  assert lines[1] == '6 beats'
  assert {line.strip() for line in lines[2:]} == set(map(str, out.iterdir()))
  assert len(list((out / 'midi').iterdir())) == 6
  assert (out / 'midi' / 'smoke_sample_seed3-001-of-006.mid').exists()
  assert len(dataset_tsv.read(out / 'sampled_raw.tsv')) == 256
  manifest = json.loads((out / 'manifest.json').read_text())
  assert manifest['arguments']['seed'] == 3
  assert manifest['arguments']['num_outputs'] == 6
  assert 'output_dir' not in manifest['arguments']
  assert manifest['digests'] == {
      'weights': manifests.digest(model / 'train' / 'best.safetensors'),
      'training_data': examples.load_or_starter(None).digest,
      'reference': examples.load_or_starter(None).digest,
  }


@pytest.mark.parametrize('args', [
    ['--mode=sample', '--num_outputs=4'],
    ['--mode=walk', '--num_bars=24', '--humanize=0.5'],
    ['--mode=vary', '--temperature=1', *_step_codes(2)],
])
def test_same_command_gives_the_same_bytes(model, tmp_path, args):
  for name, seed in (('a', 1), ('b', 1), ('c', 2)):
    assert _generate(
        f'--run_dir={model}', f'--output_dir={tmp_path}/{name}',
        f'--seed={seed}', *args,
    ) == 0
  assert _contents(tmp_path / 'a') == _contents(tmp_path / 'b')
  tsvs = [
      (tmp_path / name / 'patterns.tsv').read_bytes() for name in ('a', 'c')
  ]
  assert tsvs[0] != tsvs[1]


def test_just_so_many_draws_are_kept(model, tmp_path, capsys):
  assert _generate(
      f'--run_dir={model}', f'--output_dir={tmp_path}', '--num_draws=30',
      '--num_outputs=40', '--zip',
  ) == 0
  assert len(dataset_tsv.read(tmp_path / 'sampled_raw.tsv')) == 30
  count = len(dataset_tsv.read(tmp_path / 'patterns.tsv'))
  assert count < 30
  assert f'only {count} different beats passed' in capsys.readouterr().out
  assert (tmp_path / 'midi.zip').exists()


@pytest.mark.parametrize('args', [
    ['--genre=samba'], ['--near={}/a.mid,{}/beats.tsv:3'],
])
def test_samples_come_from_a_place(model, beats, args):
  for name, more in (('near', args), ('far', [])):
    assert _generate(
        f'--run_dir={model}', f'--output_dir={beats}/{name}', '--num_draws=9',
        '--temperature=1', *(arg.replace('{}', str(beats)) for arg in more),
    ) == 0
  near, far = (
      dataset_tsv.read(beats / name / 'sampled_raw.tsv').latents
      for name in ('near', 'far')
  )
  assert len(near) == 9 and not np.isin(near, far).any()


def test_path_leads_from_file_to_file(model, beats):
  assert _generate(
      f'--checkpoint_file={model}', f'--output_dir={beats}/out',
      '--mode=interpolate', f'--input={beats}/a.mid,{beats}/b.mid',
      '--num_outputs=7',
  ) == 0
  codes = dataset_tsv.read(beats / 'out' / 'patterns.tsv').codes
  assert len(codes) == 7
  np.testing.assert_array_equal(codes[[0, -1]], _CODES[:2])
  assert not (beats / 'out' / 'sampled_raw.tsv').exists()


def test_square_has_the_beats_at_its_corners(model, beats):
  assert _generate(
      f'--run_dir={model}', f'--output_dir={beats}/out', '--mode=blend',
      '--num_outputs=3', *_step_codes(2, 3), beats / 'a.mid',
      f'{beats}/beats.tsv:2',
  ) == 0
  codes = dataset_tsv.read(beats / 'out' / 'patterns.tsv').codes
  np.testing.assert_array_equal(codes[[0, 2, 6, 8]], _CODES)


def test_walk_is_one_midi_file(model, beats, tmp_path):
  assert _generate(
      f'--run_dir={model}', f'--output_dir={tmp_path}/out', '--mode=walk',
      '--num_bars=24', '--qpm=90', '--swing=0.5', '--accents', beats / 'a.mid',
  ) == 0
  codes = dataset_tsv.read(tmp_path / 'out' / 'patterns.tsv').codes
  assert len(codes) == 12
  np.testing.assert_array_equal(codes[0], _CODES[0])
  file = mido.MidiFile(tmp_path / 'out' / 'walk.mid')
  assert sum(message.time for message in file.tracks[0]) == 24 * 4 * 480
  assert file.length == pytest.approx(24 * 4 * 60 / 90, rel=1e-4)


def test_neighbours_come_nearest_first(model, tmp_path):
  assert _generate(
      f'--run_dir={model}', f'--output_dir={tmp_path}', '--mode=vary',
      '--num_outputs=8', '--temperature=1', *_step_codes(1),
  ) == 0
  hits = step_codes.step_codes_to_hits(
      dataset_tsv.read(tmp_path / 'patterns.tsv').codes
  )
  distance = (hits != _BEATS[1]).sum((1, 2))
  assert len(distance) == 8 and distance[0] > 0
  assert (np.diff(distance) >= 0).all()


@pytest.mark.parametrize('args, message', [
    (['--mode=interpolate'], 'no beat is named'),
    (['--mode=interpolate', *_step_codes(0)],
     'interpolate takes 2 beats .* got 1'),
    (['--mode=blend', *_step_codes(0, 1, 2)], 'blend takes 4 beats .* got 3'),
    (['--mode=vary'], 'no beat is named'),
    (['--mode=interpolate', '--num_outputs=1', *_step_codes(0, 1)],
     '--num_outputs must be at least 2'),
    (_step_codes(0), '--mode=sample takes 0 beats .* got 1. --near draws'),
    (['--mode=vary', '--step_codes=1,2'], '32 step codes, got 2'),
    (['--mode=vary', '--input=nowhere.mid'], 'nowhere.mid does not exist'),
    (['--near=nowhere.mid'], 'nowhere.mid does not exist'),
    (['--genre=polka'], "no pattern of genre 'polka'; there are"),
    (['--genre=rokc'], "Did you mean 'rock'?"),
    (['--mode=smaple'], "got 'smaple'. Did you mean 'sample'?"),
    (['--threshold=1'], 'threshold must be in'),
    (['--mode=walk', '--num_bars=7'], 'num_bars must be even .* got 7'),
    (['--mode=blend', '--threshold=0.4'],
     'threshold has no use in --mode=blend, only in sample, vary'),
    (['--mode=walk', '--temperature=1'],
     'temperature has no use in --mode=walk'),
    (['--mode=vary', '--genre=rock'], 'genre has no use in --mode=vary'),
    (['--temperature=0.5', '--threshold=0.4'],
     'threshold is for --temperature=0'),
    (['--num_bars=8'], 'num_bars has no use in --mode=sample, only in walk'),
    (['--swing=2'], r'swing must be in \[0, 1\], or auto, got 2'),
    (['--examples_path=/no/place'], '/no/place does not exist'),
    (['--checkpoint_file=x.safetensors'], 'name one model'),
    (['--run_dir=/no/place'], '/no/place does not exist'),
    (['--run_dir='], 'name one model'),
    (['--run_dir=.'], 'holds no checkpoint. Train one with drumspace_train'),
    (['--output_dir='], '--output_dir is empty'),
])
def test_mistake_is_named_and_writes_nothing(
    model, tmp_path, monkeypatch, args, message
):
  monkeypatch.chdir(tmp_path)
  with pytest.raises(errors.DrumspaceError, match=message) as raised:
    _generate(f'--run_dir={model}', '--output_dir=out', *args)
  assert '\n' not in str(raised.value)
  assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('mode, count', [
    ('interpolate', 3), ('vary', 2), ('walk', 2),
])
def test_more_beats_than_a_mode_takes_are_refused(
    model, tmp_path, mode, count
):
  with pytest.raises(errors.InputError, match=f'got {count}'):
    _generate(
        f'--run_dir={model}', f'--output_dir={tmp_path}/out', f'--mode={mode}',
        *_step_codes(*range(count)),
    )


def test_genre_and_near_together_are_refused(model, beats):
  with pytest.raises(errors.InputError, match='--near'):
    _generate(
        f'--run_dir={model}', f'--output_dir={beats}/out', '--genre=samba',
        f'--near={beats}/a.mid', '--num_draws=20',
    )


def test_console_does_its_job_and_names_mistakes_in_one_line(model, tmp_path):
  done = _console(
      f'--run_dir={model}', f'--output_dir={tmp_path}/out', '--mode=vary',
      '--num_outputs=2', '--temperature=1', *_step_codes(0),
  )
  assert (done.returncode, done.stderr) == (0, '')
  assert done.stdout.startswith('2 beats\n')
  entry_points.assert_one_line(
      _console(f'--output_dir={tmp_path}/other'), 'drumspace_generate',
      'name one model',
  )
  entry_points.assert_one_line(
      _console('--mode=swim', f'--output_dir={tmp_path}/other'),
      'drumspace_generate', 'swim',
  )
  assert not (tmp_path / 'other').exists()


def test_help_needs_no_torch():
  done = subprocess.run(
      [sys.executable, '-c',
       "import sys; sys.modules['torch'] = None; sys.argv[1:] = ['--help']\n"
       + _SCRIPT],
      check=False, capture_output=True, encoding='utf-8', timeout=300,
  )
  assert done.stdout.count('drumspace_generate --run_dir') == 3
  assert '--num_bars' in done.stdout and '--tile:' not in done.stdout
  assert not done.stderr


def test_output_of_drums_rnn_is_varied_and_led_to_a_training_pattern(tmp_path):
  nine = drum_maps.load('note_seq9')
  hits = drawn_patterns.hits_of(
      kick=(0, 6, 16), snare=(4, 12, 20, 28), low_tom=(24, 26), high_tom=(30,)
  )
  midi = tmp_path / 'output.mid'
  midi.write_bytes(midi_writing.patterns_to_midi(hits, drum_map=nine))
  (tmp_path / 'dataset.tsv').write_text(dataset_tsv.format_line(_CODES[0]))
  common = ['--checkpoint_file=shipped:acai', '--voices_in=note_seq9']
  assert not _generate(
      *common, '--mode=interpolate', '--num_outputs=6',
      f'--input={midi},{tmp_path / "dataset.tsv"}:1',
      f'--output_dir={tmp_path / "path"}',
  )
  codes = dataset_tsv.read(tmp_path / 'path' / 'patterns.tsv').codes
  np.testing.assert_array_equal(
      codes[[0, -1]], [step_codes.hits_to_step_codes(hits), _CODES[0]]
  )
  assert not _generate(
      *common, '--mode=vary', '--num_outputs=4', f'--input={midi}',
      f'--output_dir={tmp_path / "vary"}',
  )
  varied = step_codes.step_codes_to_hits(
      dataset_tsv.read(tmp_path / 'vary' / 'patterns.tsv').codes
  )
  distances = (varied != hits).sum((1, 2))
  assert (np.diff(distances) >= 0).all() and distances[0] > 0


def test_beat_that_is_varied_is_not_lost_to_its_variations(tmp_path):
  args = ('--checkpoint_file=shipped:vae', f'--output_dir={tmp_path}')
  assert _generate(*args, '--num_outputs=3') == 0
  before = {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}
  beat = min((tmp_path / 'midi').iterdir())
  for value in (beat, tmp_path / 'patterns.tsv:2', tmp_path / 'midi/*.mid'):
    with pytest.raises(errors.InputError, match='would be overwritten'):
      _generate(*args, '--mode=vary', f'--input={value}')
  for flag in 'near', 'groove':
    with pytest.raises(errors.InputError, match='would be overwritten'):
      _generate(*args, f'--{flag}={beat}')
  assert before == {
      p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()
  }


def test_beats_are_as_busy_and_syncopated_as_asked_for(tmp_path, capsys):
  folders = [tmp_path / name for name in 'ab']
  for folder in folders:
    assert _generate(
        '--checkpoint_file=shipped:vae', f'--output_dir={folder}',
        '--density=1.25', '--syncopation=2', '--num_outputs=4', '--seed=5',
    ) == 0
  assert _contents(folders[0]) == _contents(folders[1])
  lines = capsys.readouterr().out.splitlines()
  assert lines[1].endswith('hits a step, 1.25 asked for')
  assert lines[2].endswith('a bar, 2 asked for')
  hits = step_codes.step_codes_to_hits(
      dataset_tsv.read(folders[0] / 'patterns.tsv').codes
  )
  assert abs(descriptors.density(hits) - 1.25).max() < 0.2
  assert abs(descriptors.syncopation(hits) - 2).max() <= 0.5
  noted = json.loads((folders[0] / 'manifest.json').read_text())['arguments']
  assert (noted['density'], noted['syncopation']) == (1.25, 2)


def test_what_was_not_asked_for_is_not_noted(model, tmp_path):
  assert _generate(f'--run_dir={model}', f'--output_dir={tmp_path}') == 0
  noted = json.loads((tmp_path / 'manifest.json').read_text())['arguments']
  assert not noted.keys() & descriptors.DESCRIPTORS.keys()


@pytest.mark.parametrize('args, message', [
    (['--density=15'], '--density must be 0 to 14 hits a step, got 15'),
    (['--syncopation=nan'], '--syncopation must be 0 to 15 a bar, got nan'),
    (['--density=1', '--mode=walk'], '--density has no use in --mode=walk'),
])
def test_what_can_not_be_asked_for_is_refused(model, tmp_path, args, message):
  with pytest.raises(errors.InputError, match=message):
    _generate(f'--run_dir={model}', f'--output_dir={tmp_path}', *args)
  assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('genre, words', [
    ('hip_hop', []),
    ('samba', ['vae knows no samba: drawn around 10 beats of the starter '
               'collection']),
])
def test_a_shipped_model_draws_genres(tmp_path, capsys, genre, words):
  latents = []
  for args in ([f'--genre={genre}'], []):
    assert _generate(
        '--checkpoint_file=shipped:vae', f'--output_dir={tmp_path}',
        '--num_outputs=8', *args,
    ) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:lines.index('8 beats')] == (words if args else [])
    latents.append((tmp_path / 'patterns.tsv').read_bytes())
  assert latents[0] != latents[1]


def test_a_genre_that_nobody_knows_is_named(tmp_path):
  with pytest.raises(
      errors.InputError, match=r"no genre 'regae'; .*Did you mean 'reggae'\?"
  ):
    _generate(
        '--checkpoint_file=shipped:vae', f'--output_dir={tmp_path}',
        '--genre=regae',
    )
