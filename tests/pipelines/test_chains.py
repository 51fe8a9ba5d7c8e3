"""Tests for chains."""

import collections
import json

import drawn_patterns
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext import rejections
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes
from drumspace_ext.pipelines import chains as stage_chains
from drumspace_ext.pipelines import model_stages
from drumspace_ext.pipelines import pattern_stages
from drumspace_ext.pipelines import stages
from drumspace_ext.starter import songs as starter_songs

_BEAT = drawn_patterns.hits_of(
    kick=(0, 6, 16, 22), snare=(4, 12, 20, 28), closed_hat=range(0, 32, 2)
)
_PULSE = drawn_patterns.hits_of(kick=range(0, 32, 4))


def _songs():
  return list(starter_songs.songs(seed=1))[:10]


def _chain(seed=0):
  return [
      pattern_stages.LoopExtractor(name='loops'),
      model_stages.Variator(
          'shipped:vae', num_outputs=2, seed=seed, name='vary'
      ),
      pattern_stages.PatternFilter(name='filter'),
  ]


def _run(chain, sequences):
  counts, rejected = {}, []
  made = list(stage_chains.run(
      chain, sequences, counts, lambda *fields: rejected.append(fields)
  ))
  return made, counts, rejected


def test_what_one_stage_gives_the_next_one_takes():
  made, counts, rejected = _run(_chain(), _songs())
  by_hand = [
      last for song in _songs() for loop in _chain()[0].transform(song)
      for varied in _chain()[1].transform(loop)
      for last in _chain()[2].transform(varied)
  ]
  assert made == by_hand and len(made) > 20
  assert list(counts) == ['loops', 'vary', 'filter']
  assert counts['loops']['inputs'] == 10
  for before, after in (('loops', 'vary'), ('vary', 'filter')):
    assert counts[before]['outputs'] == counts[after]['inputs']
  assert counts['filter']['outputs'] == len(made)
  refused = collections.Counter(stage for _, stage, _, _ in rejected)
  for name, count in counts.items():
    assert refused[name] == sum(
        n for counter, n in count.items() if counter.startswith('rejected_')
    )


def test_inputs_go_through_one_by_one():
  seen = []

  def sequences():
    for number in range(5):
      seen.append(number)
      yield note_sequences.from_patterns(_BEAT)

  made = stage_chains.run(
      [pattern_stages.BarCutter()], sequences(), {}, lambda *_: None
  )
  next(made)
  assert seen == [0]


def test_chain_whose_types_or_names_do_not_fit_is_refused():
  for chain, match in (
      ([pattern_stages.DrumTrackExtractor(), pattern_stages.PatternFilter()],
       'PatternFilter takes a NoteSequence, but DrumTrackExtractor before it '
       'gives a DrumTrack'),
      ([pattern_stages.PatternFilter()] * 2, 'two stages have one name'),
  ):
    with pytest.raises(errors.InputError, match=match):
      _run(chain, [])


@pytest.fixture(name='folder')
def _folder(tmp_path):
  """Two songs, a trivial one, one of no drums, and damaged files."""
  songs = tmp_path / 'songs'
  songs.mkdir()
  for name, hits in (('a', _BEAT), ('b', ~_BEAT), ('pulse', _PULSE)):
    (songs / f'{name}.mid').write_bytes(
        midi_writing.patterns_to_midi(np.stack([hits] * 3))
    )
  (songs / 'broken.mid').write_bytes(b'no MIDI at all')
  empty = note_seq.NoteSequence(id='/id/e')
  record = tfrecords.frame(empty.SerializeToString())
  (songs / 'x.tfrecord').write_bytes(record + tfrecords.frame(b'abc')[:-1])
  return songs


def _lines(path):
  return [line.split('\t') for line in path.read_text('utf-8').splitlines()]


def test_every_input_is_counted_and_every_bad_one_named(folder, tmp_path):
  ran = stage_chains.run_files(
      [str(folder)], tmp_path / 'out',
      [pattern_stages.LoopExtractor(name='loops')],
  )
  assert ran.report['inputs'] == 6
  assert ran.report['unreadable'] == {'not_midi': 1, 'tfrecord_truncated': 1}
  loops = ran.report['stages']['loops']
  assert loops['inputs'] == 4
  assert loops['rejected_only_trivial_loops'] == 1
  assert loops['rejected_no_drum_notes'] == 1
  assert ran.report['outputs'] == loops['outputs'] == 2
  header, *rejected = _lines(ran.paths[dataset_tsv.REJECTED])
  assert tuple(header) == stage_chains.REJECTED_HEADER
  by_reason = {fields[2]: fields for fields in rejected}
  assert set(by_reason) == {
      'not_midi', 'tfrecord_truncated', 'only_trivial_loops', 'no_drum_notes',
  }
  assert by_reason['not_midi'][:2] == ['songs/broken.mid', 'reading']
  assert by_reason['no_drum_notes'][:2] == ['/id/e', 'loops']
  assert by_reason['not_midi'][4] == rejections.REASONS['not_midi'][1]
  summary = ' '.join(stage_chains.summary(ran.report).split())
  for text in ('inputs 6', 'loops 4 in 2 out', 'outputs 2',
               'the file is not MIDI', '1 no note is a drum note'):
    assert text in summary
  report = ran.paths[dataset_tsv.REPORT].read_text('utf-8')
  assert json.loads(report) == ran.report


def test_the_same_run_gives_the_same_bytes(folder, tmp_path):
  def contents(name, seed):
    ran = stage_chains.run_files([str(folder)], tmp_path / name, _chain(seed))
    return {path.name: path.read_bytes() for path in ran.paths.values()}

  assert contents('a', 0) == contents('b', 0)
  assert contents('a', 0)['patterns.tfrecord'] != (
      contents('c', 1)['patterns.tfrecord']
  )


def test_datasets_and_primers_go_in_too(tmp_path):
  codes = step_codes.hits_to_step_codes(np.stack([_BEAT, ~_BEAT]))
  path = tmp_path / 'dataset.tsv'
  with path.open('w', encoding='utf-8') as stream:
    dataset_tsv.write(stream, dataset_tsv.PatternSet(codes=codes))
  (tmp_path / 'primer.txt').write_text('[(36,), (), (38, 42), ()]\n')
  ran = stage_chains.run_files(
      [str(path), str(tmp_path / 'primer.txt')], tmp_path / 'out',
      [pattern_stages.BarCutter()],
  )
  records = list(tfrecords.read(ran.paths[dataset_tsv.TFRECORD]))
  found = [stages.pattern_of(note_sequences.parse(r))[0] for r in records]
  primer = drawn_patterns.hits_of(kick=(0,), snare=(2,), closed_hat=(2,))
  np.testing.assert_array_equal(np.stack(found), [_BEAT, ~_BEAT, primer])


def test_results_in_the_folder_of_the_songs_are_not_read_again(folder):
  for _ in range(2):
    ran = stage_chains.run_files(
        [str(folder)], folder / 'out', [pattern_stages.LoopExtractor()],
        recursive=True,
    )
    assert ran.report['inputs'] == 6


def test_input_is_not_overwritten(tmp_path):
  path = tmp_path / dataset_tsv.TFRECORD
  path.write_bytes(tfrecords.frame(b''))
  with pytest.raises(errors.InputError, match='would be overwritten'):
    stage_chains.run_files(
        [str(path)], tmp_path, [pattern_stages.LoopExtractor()]
    )
  assert path.read_bytes() == tfrecords.frame(b'')


def test_nothing_is_left_of_a_run_that_fails(tmp_path, folder):
  class Failing(stages.Stage):
    def _outputs(self, sequence):
      raise errors.InputError('a mistake')

  with pytest.raises(errors.InputError, match='a mistake'):
    stage_chains.run_files([str(folder)], tmp_path / 'out', [Failing()])
  assert not (tmp_path / 'out').exists()


def test_empty_input_is_the_callers_mistake(tmp_path):
  (tmp_path / 'x.tfrecord').write_bytes(b'')
  with pytest.raises(errors.InputError, match='no record in it'):
    stage_chains.run_files(
        [str(tmp_path / 'x.tfrecord')], tmp_path / 'out',
        [pattern_stages.LoopExtractor()],
    )


def test_folder_of_a_dataset_is_kept(tmp_path):
  source = tmp_path / 'dataset.tsv'
  source.write_text(','.join(['1', '0'] * 16) + '\n')
  # Beside a file of patterns alone nothing is lost, however often it runs.
  for _ in range(2):
    stage_chains.run_files([str(source)], tmp_path, _chain()[1:2])
  (tmp_path / 'provenance.tsv').write_text('x')
  # As an earlier version left it.
  (tmp_path / 'manifest.json').unlink()
  before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
  with pytest.raises(
      errors.InputError, match='holds a dataset that drumspace_create'
  ):
    stage_chains.run_files([str(tmp_path / 'dataset.tsv')], tmp_path, [])
  assert before == {
      path.name: path.read_bytes() for path in tmp_path.iterdir()
  }


def test_pattern_of_two_songs_comes_once_where_asked(folder, tmp_path):
  late = np.roll(_BEAT, 5, 0)  # the same pattern in another phase
  sequence = note_sequences.from_patterns(np.stack([late] * 3))
  sequence.notes.add(pitch=12, velocity=9, is_drum=True, end_time=1)
  (folder / 'late.tfrecord').write_bytes(
      tfrecords.frame(sequence.SerializeToString())
  )

  def run(*chain):
    ran = stage_chains.run_files([str(folder)], tmp_path / 'out', chain)
    return ran.report, stage_chains.summary(ran.report)

  report, summary = run(pattern_stages.LoopExtractor(name='loops'))
  assert report['outputs'] == 3
  assert report['stages']['loops'][stage_chains.SEEN_BEFORE] == 1
  assert report['stages']['loops']['dropped_pitches'] == {'12': 1}
  assert '1 patterns came from an earlier input too' in summary
  report, summary = run(
      pattern_stages.LoopExtractor(name='loops'),
      pattern_stages.UniquePatterns(name='unique'),
  )
  assert report['outputs'] == 2
  assert report['stages']['unique']['rejected_repeated_pattern'] == 1
  assert 'earlier input' not in summary
