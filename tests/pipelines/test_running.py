"""Tests for running; cli/test_run_pipeline.py has its stages."""

import json

import note_seq
import numpy as np
import pytest
import told_steps

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import voices
from drumspace_ext.starter import songs as starter_songs


@pytest.fixture(name='songs', scope='module')
def _songs(tmp_path_factory):
  path = tmp_path_factory.mktemp('songs') / 'songs.tfrecord'
  with path.open('wb') as stream:
    tfrecords.write(stream, (
        song.SerializeToString()
        for song in list(starter_songs.songs(seed=1))[:6]
    ))
  return path


def test_stages_run_and_say_what_came_out(songs, tmp_path):
  steps = told_steps.ToldSteps()
  ran = drumspace_ext.run_pipeline(
      songs, tmp_path / 'out', ['loops', 'drums_rnn'], on_step=steps
  )
  steps.check()
  assert sorted(ran.paths) == sorted(p.name for p in ran.output_dir.iterdir())
  records = list(drumspace_ext.read_tfrecords(ran.paths['patterns.tfrecord']))
  assert len(records) == ran.report['outputs'] > 10
  assert repr(ran) == (
      f"PipelineRun('{tmp_path}/out', inputs=6, outputs={len(records)})"
  )
  assert str(ran).startswith('inputs  ') and str(ran).endswith('manifest.json')


def test_manifest_says_what_was_asked_for_in_python(songs, tmp_path):
  ran = drumspace_ext.run_pipeline(
      [songs], tmp_path / 'out', 'bars', tile=3, seed=5
  )
  noted = json.loads(ran.paths['manifest.json'].read_text())['arguments']
  assert noted['input_values'] == [str(songs)]
  assert (noted['stages'], noted['tile'], noted['seed']) == ('bars', 3, 5)
  assert 'on_step' not in noted and 'output_dir' not in noted


def test_mistake_leaves_nothing(songs, tmp_path):
  with pytest.raises(errors.InputError, match="'lops'.*Did you mean 'loops'"):
    drumspace_ext.run_pipeline(songs, tmp_path / 'out', 'lops')
  assert not (tmp_path / 'out').exists()


def _beat():
  """A pattern whose tom and conga note_seq9 reads as other voices than gm14."""
  hits = np.zeros((32, voices.NUM_VOICES), np.bool_)
  for voice, step in (('kick', 0), ('snare', 4), ('low_tom', 6), ('conga', 9)):
    hits[step::8, voices.INDEX[voice]] = True
  return hits


def _made(source, folder, stages, **options):
  ran = drumspace_ext.run_pipeline(source, folder, stages, **options)
  (record,) = drumspace_ext.read_tfrecords(ran.paths['patterns.tfrecord'])
  return drumspace_ext.note_sequence_to_patterns(
      note_seq.NoteSequence.FromString(record)
  )[0]


@pytest.mark.parametrize('stages', ['bars', 'filter', 'unique', 'drums_rnn'])
@pytest.mark.parametrize('kind', ['tfrecord', 'mid', 'txt'])
def test_drum_map_is_read_whatever_stage_comes_first(tmp_path, stages, kind):
  drum_map = drumspace_ext.load_drum_map('note_seq9')
  beat = drum_map.folded(_beat())
  path = tmp_path / f'beat.{kind}'
  if kind == 'txt':
    events = [
        tuple(drum_map.exemplars[v] for v in np.flatnonzero(row))
        for row in beat
    ]
    path.write_text(f'{events}\n')
  else:
    drumspace_ext.convert(
        _written(beat, tmp_path), path, voices_out='note_seq9', tile=1
    )
  made = _made(path, tmp_path / 'out', [stages], voices_in='note_seq9')
  expected = beat
  if stages == 'drums_rnn':
    expected = note_sequences.to_patterns(
        note_sequences.from_patterns(beat, drum_map=drum_map)
    )[0]
  np.testing.assert_array_equal(made, expected)


def _written(hits, folder):
  """Writes a pattern as a dataset."""
  path = folder / 'beat.tsv'
  codes = drumspace_ext.hits_to_step_codes(hits).tolist()
  path.write_text(','.join(map(str, codes)) + '\n')
  return path


@pytest.mark.parametrize('reading', [
    {'voices_in': 'note_seq9'}, {'assume_drums': True},
    {'steps_per_quarter': 3, 'align': True}, {'min_velocity': 127},
])
@pytest.mark.parametrize('stages', ['bars', 'bars,encode'])
def test_pattern_of_a_dataset_is_itself_however_songs_are_read(
    tmp_path, reading, stages
):
  source, kinds = _written(_beat(), tmp_path), stages.split(',')
  options = {'checkpoint_file': 'shipped:ae'} if 'encode' in kinds else {}
  made = _made(source, tmp_path / 'out', kinds, **options, **reading)
  np.testing.assert_array_equal(made, _beat())


def test_reading_that_no_stage_heeds_is_refused_before_anything_is_read(
    songs, tmp_path
):
  with pytest.raises(errors.InputError, match='--max_flips has no use in this'):
    _made(songs, tmp_path / 'out', ['bars'], max_flips=4)
  assert not (tmp_path / 'out').exists()


def test_notes_that_are_assumed_to_be_drums_are_whatever_stage_reads(tmp_path):
  sequence = note_sequences.from_patterns(_beat())
  for note in sequence.notes:
    note.is_drum = False
  path = tmp_path / 'x.tfrecord'
  path.write_bytes(tfrecords.frame(sequence.SerializeToString()))
  for stages in ('bars', 'filter'):
    made = _made(path, tmp_path / stages, stages, assume_drums=True)
    np.testing.assert_array_equal(made, _beat())


def test_input_without_a_known_voice_is_named(tmp_path):
  sequence = note_sequences.from_patterns(_beat())
  for note in sequence.notes:
    note.pitch = 100
  path = tmp_path / 'x.tfrecord'
  path.write_bytes(tfrecords.frame(sequence.SerializeToString()))
  ran = drumspace_ext.run_pipeline(
      path, tmp_path / 'out', 'filter', voices_in='note_seq9'
  )
  assert ran.report['unreadable'] == {'no_known_voice': 1}
  assert ran.report['inputs'] == 1 and not ran.report['outputs']


@pytest.mark.parametrize('reading, hint', [
    ({}, 'try --max_flips=4, then --min_repeats=2 or --recurring'),
    ({'max_flips': 4}, 'try --min_repeats=2 or --recurring'),
    ({'max_flips': 4, 'recurring': True}, 'try --min_repeats=2'),
])
def test_a_hint_advises_nothing_that_the_chain_did(tmp_path, reading, hint):
  never_again = np.random.default_rng(0).random((6, 32, 14)) < 0.2
  song = note_sequences.from_patterns(never_again)
  path = tmp_path / 'x.tfrecord'
  path.write_bytes(tfrecords.frame(song.SerializeToString()))
  ran = drumspace_ext.run_pipeline(path, tmp_path / 'out', 'loops', **reading)
  (_, line) = ran.paths['rejected.tsv'].read_text('utf-8').splitlines()
  assert line.split('\t')[2] == 'no_loop'
  assert line.endswith(f'seldom repeat exactly: {hint}')
