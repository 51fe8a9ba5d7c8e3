"""Tests for input_patterns."""

import numpy as np
import pytest
import synthetic_songs

from drumspace_ext import errors
from drumspace_ext.conversion import conversion
from drumspace_ext.conversion import input_patterns
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.starter import beats as starter_beats

_BEATS = np.stack([starter.hits for starter in starter_beats.load()[:3]])


def _read(value, **options):
  return input_patterns.read(
      str(value), 'a name', conversion.Options(**options), recursive=False
  )


def test_inputs_are_named_shortly_unless_two_are_alike():
  names = input_patterns.names
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
  assert not found.left_out and not input_patterns.left_out_text(found)


def test_genres_of_records_come_along(tmp_path):
  record = note_sequences.from_patterns(
      _BEATS[0], sequence_id='x', genres=['polka', 'rock']
  ).SerializeToString()
  (tmp_path / 'x.tfrecord').write_bytes(tfrecords.frame(record))
  found = _read(tmp_path / 'x.tfrecord')
  assert list(found.genres) == [('polka', 'rock')]


def test_what_is_unreadable_is_counted_and_the_rest_read(tmp_path):
  (tmp_path / 'a.mid').write_bytes(midi_writing.patterns_to_midi(_BEATS[0]))
  (tmp_path / 'b.mid').write_bytes(b'MThd nothing')
  found = _read(tmp_path)
  assert len(found.hits) == 1 and len(found.left_out) == 1
  text = input_patterns.left_out_text(found)
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
