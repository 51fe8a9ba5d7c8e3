"""Who asks for a way of playing is told what is not played so."""

import drawn_patterns
import pytest

import drumspace_ext
from drumspace_ext.notes import midi_writing

_BEAT = drawn_patterns.hits_of(
    kick=(0, 8, 16, 24), snare=(4, 12, 20, 28), closed_hat=range(0, 32, 2)
)


@pytest.fixture(name='song')
def _song(tmp_path):
  path = tmp_path / 'song.mid'
  path.write_bytes(midi_writing.patterns_to_midi(_BEAT, repeats=4))
  return path


@pytest.mark.parametrize('form', ['mid', 'wav', 'tfrecord'])
def test_a_song_is_not_played_and_that_is_said(song, tmp_path, form):
  plain = drumspace_ext.convert(song, tmp_path / f'plain.{form}')
  asked = drumspace_ext.convert(
      song, tmp_path / f'asked.{form}', groove='shipped:groove'
  )
  assert plain.output.read_bytes() == asked.output.read_bytes()
  assert not list(plain.warnings())
  first, name = asked.warnings()
  assert first == (
      '1 written as they are: what plays is for patterns; cut them with '
      '--tile=1'
  )
  assert 'song' in name


@pytest.mark.parametrize(('form', 'options'), [
    ('mid', {'tile': 1}), ('h2song', {}),
])
def test_patterns_of_a_song_are_played(song, tmp_path, form, options):
  plain = drumspace_ext.convert(song, tmp_path / f'plain.{form}', **options)
  asked = drumspace_ext.convert(
      song, tmp_path / f'asked.{form}', groove='shipped:groove', **options
  )
  assert plain.output.read_bytes() != asked.output.read_bytes()
  assert not list(asked.warnings())


@pytest.mark.parametrize('form', ['mid', 'wav', 'tfrecord', 'h2song'])
def test_beats_of_no_known_genre_do_not_swing_and_that_is_said(
    song, tmp_path, form
):
  plain = drumspace_ext.convert(song, tmp_path / f'plain.{form}', tile=1)
  asked = drumspace_ext.convert(
      song, tmp_path / f'asked.{form}', tile=1, swing='auto'
  )
  assert plain.output.read_bytes() == asked.output.read_bytes()
  first, name = asked.warnings()
  assert first == (
      '1 without a known genre, which --swing=auto leaves even; give a number'
  )
  assert 'song' in name


def test_a_song_is_said_to_be_as_it_is_and_not_also_to_be_even(song, tmp_path):
  asked = drumspace_ext.convert(song, tmp_path / 'o.mid', swing='auto')
  assert asked.unplayed and not asked.unswung
