"""Who asks for a way of playing is told what is not played so."""

import builders
import drawn_patterns
import pytest

import drumspace_ext
from drumspace_ext import errors
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
      '1 written as they are: a tempo and what plays are for patterns; cut '
      'them with --tile=1'
  )
  assert 'song' in name


@pytest.mark.parametrize('form', ['mid', 'wav', 'tfrecord'])
def test_a_song_keeps_its_tempo_and_that_is_said(song, tmp_path, form):
  plain = drumspace_ext.convert(song, tmp_path / f'plain.{form}')
  asked = drumspace_ext.convert(song, tmp_path / f'asked.{form}', qpm=90)
  assert plain.output.read_bytes() == asked.output.read_bytes()
  assert asked.unplayed and 'a tempo' in next(asked.warnings())


@pytest.mark.parametrize('form', ['mid', 'wav', 'tfrecord', 'h2song'])
def test_patterns_of_a_song_have_the_tempo_that_is_asked_for(
    song, tmp_path, form
):
  own, same, asked = (
      drumspace_ext.convert(
          song, tmp_path / f'{name}.{form}', tile=1, qpm=qpm
      ) for name, qpm in (('own', None), ('same', 120), ('asked', 90))
  )
  assert own.output.read_bytes() == same.output.read_bytes()
  assert own.output.read_bytes() != asked.output.read_bytes()
  assert not list(asked.warnings())


def test_a_song_of_which_audio_has_the_drums_alone_is_named(tmp_path):
  hits = builders.track(builders.notes([(480 * i, 36) for i in range(8)]))
  tune = builders.track(builders.notes([(0, 60), (960, 64)], channel=0))
  for name, tracks in (('alone', [hits]), ('both', [hits, tune])):
    (tmp_path / f'{name}.mid').write_bytes(builders.midi(*tracks))
  made = drumspace_ext.convert(
      [tmp_path / 'alone.mid', tmp_path / 'both.mid'], tmp_path / 'o', to='wav'
  )
  first, name = made.warnings()
  assert first.startswith('1 heard by their drums alone') and 'both' in name
  assert '--soundfont' in first
  for form in ('mid', 'h2song'):
    whole = drumspace_ext.convert(
        tmp_path / 'both.mid', tmp_path / f'o.{form}'
    )
    assert not whole.drums_alone


@pytest.mark.parametrize('named', [
    {'drum_channels': [4]}, {'drum_tracks': ['ez*']},
])
@pytest.mark.parametrize('form', ['mid', 'tfrecord', 'tsv', 'wav'])
def test_drums_are_where_a_person_says(tmp_path, named, form):
  onsets = [(120 * i, 36) for i in (0, 3, 6, 10, 12, 31)]
  title = builders.meta(0, 3, b'EZdrummer 2')
  for name, events, channel in (
      ('marked', b'', 9), ('elsewhere', title, 3)
  ):
    (tmp_path / f'{name}.mid').write_bytes(builders.midi(builders.track(
        events, builders.notes(onsets, channel=channel)
    )))
  wanted = drumspace_ext.convert(tmp_path / 'marked.mid', tmp_path / 'a.tsv')
  made = drumspace_ext.convert(
      tmp_path / 'elsewhere.mid', tmp_path / f'b.{form}', **named
  )
  assert not list(made.warnings())
  if form == 'wav':
    return
  back = drumspace_ext.convert(made.output, tmp_path / 'c.tsv')
  assert back.output.read_bytes() == wanted.output.read_bytes()


@pytest.mark.parametrize(('options', 'words'), [
    ({'kit': 'soft'}, '--kit is for audio'),
    ({'kit': 'soft', 'to': 'wav', 'soundfont': 'a.sf2'}, '--kit or --soundf'),
    ({'groove': 'own'}, '--groove=own is for'),
    ({'to': 'wav', 'output': 'o.flac'}, 'does not fit the ending'),
])
def test_what_would_be_ignored_is_refused(song, tmp_path, options, words):
  options = {'output': 'o.zip', **options}
  options['output'] = tmp_path / options['output']
  with pytest.raises(errors.InputError, match=words):
    drumspace_ext.convert(song, **options)
  assert not options['output'].exists()


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
