"""Tests for named_patterns."""

import zipfile

import builders
import numpy as np
import pytest
import synthetic_songs

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.conversion import named_patterns
from drumspace_ext.conversion import reading
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import step_codes
from drumspace_ext.starter import beats as starter_beats

_BEATS = np.stack([starter.hits for starter in starter_beats.load()[:3]])


def _read(value, **options):
  return named_patterns.read(
      str(value), 'a name', reading.Options(**options), recursive=False
  )


def test_inputs_are_named_shortly_unless_two_are_alike():
  names = named_patterns.names
  assert names(['a/x', 'b/y/', 'shipped:acai']) == ['x', 'y', 'shipped:acai']
  assert names(['a/x', 'b/x', 'c']) == ['a/x', 'b/x', 'c']
  assert names(['a/x/*', 'b/*/y*.mid', '*']) == ['x', 'b', '*']


def test_every_pattern_of_a_folder_is_read_and_says_its_file(tmp_path):
  for name, beats in (('a', _BEATS[:1]), ('b', _BEATS[1:])):
    (tmp_path / f'{name}.mid').write_bytes(
        midi_writing.patterns_to_midi(beats)
    )
  found = _read(tmp_path)
  assert found.name == 'a name'
  assert (found.hits == _BEATS).all()
  assert [source[-5:] for source in found.sources] == [
      'a.mid', 'b.mid', 'b.mid'
  ]
  assert list(found.genres) == [(), (), ()]
  assert not found.left_out and not named_patterns.left_out_text(found)


def test_genres_of_records_come_along(tmp_path):
  record = note_sequences.from_patterns(
      _BEATS[0], sequence_id='x', genres=['polka', 'rock']
  ).SerializeToString()
  (tmp_path / 'x.tfrecord').write_bytes(tfrecords.frame(record))
  found = _read(tmp_path / 'x.tfrecord')
  assert list(found.genres) == [('polka', 'rock')]


def test_tempos_are_those_of_files_and_of_nothing_else(tmp_path):
  (tmp_path / 'a.mid').write_bytes(
      midi_writing.patterns_to_midi(_BEATS[:2], qpm=96)
  )
  (tmp_path / 'b.tsv').write_text(','.join(
      map(str, step_codes.hits_to_step_codes(_BEATS[0]))
  ) + '\n')
  assert np.rint(_read(tmp_path / 'a.mid').tempos).tolist() == [[96, 96]] * 2
  assert np.isnan(_read(tmp_path / 'b.tsv').tempos).all()


def test_what_is_unreadable_is_counted_and_the_rest_read(tmp_path):
  (tmp_path / 'a.mid').write_bytes(midi_writing.patterns_to_midi(_BEATS[0]))
  (tmp_path / 'b.mid').write_bytes(b'MThd nothing')
  found = _read(tmp_path)
  assert len(found.hits) == 1 and len(found.left_out) == 1
  text = named_patterns.left_out_text(found)
  assert text.startswith('a name: 1 left out, the first ')
  assert 'b.mid' in text


def test_nothing_that_can_be_read_is_an_error(tmp_path):
  (tmp_path / 'b.mid').write_bytes(b'MThd nothing')
  with pytest.raises(errors.InputError, match='holds no pattern'):
    _read(tmp_path / 'b.mid')
  with pytest.raises(errors.InputError, match='does not exist'):
    _read(tmp_path / 'c.mid')


def test_options_reach_the_reader(tmp_path):
  path = tmp_path / 'song.mid'
  path.write_bytes(
      synthetic_songs.to_midi(synthetic_songs.beat(), channel=0)
  )
  assert not _read(path).hits.any()
  assert _read(path, assume_drums=True).hits.any()


def _write_in_meter(path, meter, num_bars=4):
  """Writes drums on each quarter, the first of a bar a kick."""
  path.write_bytes(builders.midi(builders.track(
      builders.meter(0, *meter), builders.notes([
          (480 * quarter, builders.SNARE if quarter % meter[0] else
           builders.KICK)
          for quarter in range(meter[0] * num_bars)
      ])
  )))
  return path


@pytest.mark.parametrize('meter', [(3, 4), (5, 4), (6, 8)])
def test_drums_in_other_meters_are_left_out_and_named(tmp_path, meter):
  path = _write_in_meter(tmp_path / 'b.mid', meter)
  (tmp_path / 'a.mid').write_bytes(midi_writing.patterns_to_midi(_BEATS[0]))
  found = _read(tmp_path)
  assert (found.hits == _BEATS[:1]).all()
  text = named_patterns.left_out_text(found)
  said = f'b.mid: not_in_4_4: drums in {meter[0]}/{meter[1]}'
  assert '1 left out, the first' in text and said in text
  with pytest.raises(errors.InputError, match=said):
    _read(path)
  with pytest.raises(errors.InputError, match='gives no beat: its drums play'):
    named_patterns.read_beats([str(path)])


@pytest.mark.parametrize('meter', [(2, 4), (2, 2), (4, 4), (8, 8)])
def test_bars_of_four_quarters_by_any_name_and_halves_are_read(tmp_path, meter):
  assert _read(_write_in_meter(tmp_path / 'b.mid', meter)).hits.any()


# Every way to name patterns, in every script that reads them.

_CODES = step_codes.hits_to_step_codes(
    np.stack([starter.hits for starter in starter_beats.load()[:60]])
)
_WAYS = {
    'dataset': len(_CODES), 'beats': len(_CODES), 'map': len(_CODES),
    'dataset.tsv': len(_CODES), 'dataset.tsv:7': 1, 'dataset:7': 1,
    'song.mid': len(_CODES), 'records.tfrecord': len(_CODES),
    'songs.zip': len(_CODES), 'songs': len(_CODES),
}
_ACAI = 'shipped:acai'


@pytest.fixture(scope='module', name='named')
def _named(tmp_path_factory):
  """A folder with the same patterns in all forms."""
  folder = tmp_path_factory.mktemp('named')
  hits = step_codes.step_codes_to_hits(_CODES)
  midi = midi_writing.patterns_to_midi(hits)
  records = b''.join(
      tfrecords.frame(note_sequences.from_patterns(
          beat, sequence_id=str(number)
      ).SerializeToString()) for number, beat in enumerate(hits)
  )
  text = ''.join(map(dataset_tsv.format_line, _CODES))
  for name in ('dataset', 'beats', 'map', 'songs'):
    (folder / name).mkdir()
  for name in ('dataset/dataset', 'beats/patterns', 'map/dataset', 'dataset'):
    (folder / f'{name}.tsv').write_text(text)
  (folder / 'beats' / 'patterns.tfrecord').write_bytes(records)
  (folder / 'records.tfrecord').write_bytes(records)
  (folder / 'map' / 'generated.tsv').write_text('')
  for path in (folder / 'song.mid', folder / 'songs' / 'song.mid'):
    path.write_bytes(midi)
  with zipfile.ZipFile(folder / 'songs.zip', 'w') as archive:
    archive.writestr('song.mid', midi)
  return folder


@pytest.mark.parametrize('way', _WAYS)
def test_way_to_name_patterns_is_known_to_convert_and_the_pipeline(
    way, named, tmp_path
):
  expected = _CODES[6:7] if ':' in way else _CODES
  done = drumspace_ext.convert(
      str(named / way), tmp_path / 'out.tsv', tile=1
  )
  assert not done.left_out
  np.testing.assert_array_equal(
      dataset_tsv.read(tmp_path / 'out.tsv').codes, expected
  )
  run = drumspace_ext.run_pipeline(
      str(named / way), tmp_path / 'out', ['bars']
  )
  assert not run.report['unreadable']
  assert run.report['outputs'] == _WAYS[way]


@pytest.mark.parametrize('way', _WAYS)
def test_way_to_name_patterns_is_known_to_generate(way, named, tmp_path):
  made = drumspace_ext.generate(
      _ACAI, tmp_path, near=[str(named / way)], num_draws=300, seed=1
  )
  assert len(made.samples.codes) == 300


def test_ways_to_name_patterns_are_known_to_evaluate_and_the_map(
    named, tmp_path
):
  values = [str(named / way) for way in _WAYS]
  whole = {way for way, count in _WAYS.items() if count > 1}
  others = step_codes.hits_to_step_codes(
      np.stack([starter.hits for starter in starter_beats.load()[60:]])
  )
  examples, heldout = tmp_path / 'examples.tsv', tmp_path / 'heldout.tsv'
  for path, rows in ((examples, others[::2]), (heldout, others[1::2])):
    path.write_text(''.join(map(dataset_tsv.format_line, rows)))
  evaluation = drumspace_ext.evaluate(
      examples, tmp_path / 'evaluation', input_values=values,
      heldout_path=heldout,
  )
  assert whole <= {row['name'] for row in evaluation.panel['rows']}
  assert evaluation.left_out[0].count('has 1 patterns') == 2
  made = drumspace_ext.build_map(
      _ACAI, tmp_path / 'map', examples_path=examples, input_values=values,
      num_outputs=2,
  )
  assert not made.left_out
  layers = {layer['name']: layer for layer in made.report['layers']}
  for way, count in _WAYS.items():
    assert layers[way]['patterns'] == count
