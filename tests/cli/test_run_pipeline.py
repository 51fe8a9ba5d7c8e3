"""Tests for drumspace_run_pipeline."""

import functools
import json

import drawn_patterns
import entry_points
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes
from drumspace_ext.pipelines import chains as stage_chains
from drumspace_ext.pipelines import latent_annotations
from drumspace_ext.pipelines import stages
from drumspace_ext.starter import beats as starter_beats
from drumspace_ext.starter import songs as starter_songs

_SCRIPT = 'drumspace_run_pipeline'
_run = functools.partial(entry_points.main, _SCRIPT)
_BEATS = np.stack([starter.hits for starter in starter_beats.load()[:3]])


@pytest.fixture(name='songs')
def _songs(tmp_path):
  path = tmp_path / 'songs.tfrecord'
  with path.open('wb') as stream:
    tfrecords.write(stream, (
        song.SerializeToString()
        for song in list(starter_songs.songs(seed=1))[:6]
    ))
  return path


def _sequences(folder):
  return [
      note_sequences.parse(record)
      for record in tfrecords.read(folder / 'patterns.tfrecord')
  ]


def test_first_example_of_the_usage_makes_a_drums_rnn_dataset(songs, tmp_path):
  done = entry_points.console(
      _SCRIPT, f'--input={songs}', '--stages=loops,drums_rnn',
      f'--output_dir={tmp_path / "out"}',
  )
  assert (done.returncode, done.stderr) == (0, '')
  squeezed = ' '.join(done.stdout.split())
  assert 'inputs 6 loops 6 in' in squeezed
  assert all(str(tmp_path / 'out' / name) in squeezed
             for name in stage_chains.NAMES)
  nine = drum_maps.load('note_seq9')
  sequences = _sequences(tmp_path / 'out')
  assert len(sequences) > 10
  assert {stages.pattern_of(s, nine)[1] for s in sequences} == {4}
  assert {note.pitch for s in sequences for note in s.notes} <= set(
      nine.written_pitches
  )


def test_second_example_varies_outputs_of_drums_rnn(tmp_path):
  nine = drum_maps.load('note_seq9')
  folder = tmp_path / 'outputs'
  folder.mkdir()
  for number, hits in enumerate(_BEATS):
    (folder / f'{number}.mid').write_bytes(
        midi_writing.patterns_to_midi(hits, drum_map=nine)
    )
  made = []
  for seed in (1, 1, 2):
    out = tmp_path / str(len(made))
    assert not _run(
        f'--input={folder}', '--stages=bars,vary,novel', f'--seed={seed}',
        '--checkpoint_file=shipped:vae', '--num_outputs=8',
        '--voices_in=note_seq9', f'--output_dir={out}',
    )
    made.append((out / 'patterns.tfrecord').read_bytes())
    latents = map(latent_annotations.read, _sequences(out))
    assert {z.shape for z in latents} == {(4,)}
  assert made[0] == made[1] != made[2]
  manifest = json.loads((tmp_path / '2' / 'manifest.json').read_text('utf-8'))
  assert manifest['arguments']['seed'] == 2
  assert manifest['arguments']['stages'] == ['bars', 'vary', 'novel']
  assert len(manifest['digests']['weights']) == 64


def test_flags_reach_the_stages(tmp_path):
  path = tmp_path / 'a.mid'
  path.write_bytes(midi_writing.patterns_to_midi(np.stack([_BEATS[0]] * 3)))
  assert not _run(
      f'--input={path}', '--stages=loops', '--tile=5', '--voices_out=groovae9',
      f'--output_dir={tmp_path / "out"}',
  )
  (sequence,) = _sequences(tmp_path / 'out')
  hits, repeats = stages.pattern_of(sequence, drum_maps.load('groovae9'))
  assert repeats == 5
  np.testing.assert_array_equal(
      hits, drum_maps.load('groovae9').folded(_BEATS[0])
  )


def test_known_examples_are_left_out_and_named(tmp_path):
  codes = step_codes.hits_to_step_codes(_BEATS)
  path = tmp_path / 'dataset.tsv'
  path.write_text(
      '\n'.join(','.join(map(str, row)) for row in codes.tolist()) + '\n'
  )
  assert not _run(
      f'--input={path}', '--stages=novel', f'--examples_path={path}',
      f'--output_dir={tmp_path / "out"}',
  )
  assert not _sequences(tmp_path / 'out')
  rejected = (tmp_path / 'out' / 'rejected.tsv').read_text('utf-8')
  assert rejected.count('known_pattern') == 3
  manifest = json.loads((tmp_path / 'out' / 'manifest.json').read_text('utf-8'))
  assert 'reference' in manifest['digests']


@pytest.mark.parametrize('arguments, match', [
    (['--stages=loops'], 'no input'),
    (['--stages='], 'name the stages'),
    (['--stages=vary'], 'needs a model'),
    (['--stages=vary', '--checkpoint_file=shipped:vae,shipped:ae'],
     'one model is enough'),
    (['--stages=vary', '--checkpoint_file=shipped:vea'], 'vae'),
    (['--stages=loops', '--voices_out=no_such_map'], 'no_such_map'),
])
def test_mistake_is_one_line(tmp_path, songs, arguments, match):
  if 'no input' != match:
    arguments = [*arguments, f'--input={songs}']
  done = entry_points.console(
      _SCRIPT, *arguments, f'--output_dir={tmp_path / "out"}'
  )
  entry_points.assert_one_line(done, _SCRIPT, match)
  assert not (tmp_path / 'out').exists()


def test_tensorflow_dataset_is_told_from_its_source(tmp_path):
  import builders

  record = builders.field(2, builders.feature_map(['inputs', 'labels']))
  path = tmp_path / 'training_drum_tracks.tfrecord'
  path.write_bytes(tfrecords.frame(record))
  with pytest.raises(errors.InputError, match='SequenceExample'):
    _run(f'--input={path}', '--stages=loops', f'--output_dir={tmp_path / "o"}')


def test_silence_of_a_bar_is_named(tmp_path):
  hits = drawn_patterns.hits_of(kick=(0, 3, 6), snare=(4, 12), crash=(1,))
  path = tmp_path / 'a.mid'
  path.write_bytes(midi_writing.patterns_to_midi(hits))
  assert not _run(
      f'--input={path}', '--stages=bars,drums_rnn',
      f'--output_dir={tmp_path / "out"}',
  )
  rejected = (tmp_path / 'out' / 'rejected.tsv').read_text('utf-8')
  assert 'bar_of_silence\t19 silent steps in a row' in rejected
