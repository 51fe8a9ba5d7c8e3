"""Tests for beats, as named_patterns reads them."""

import drawn_patterns
import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest
import synthetic_songs
import written_files

from drumspace_ext import errors
from drumspace_ext.conversion import named_patterns
from drumspace_ext.files import tfrecords
from drumspace_ext.notes import midi_writing
from drumspace_ext.notes import note_sequences
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes

_BEAT = drawn_patterns.hits_of(
    kick=(0, 10, 16), snare=(8, 24), closed_hat=range(0, 32, 2)
)
_FILL = drawn_patterns.hits_of(
    kick=(0, 3, 6, 16), floor_tom=(9, 17, 25), crash=(0,)
)


def _text(hits):
  return ','.join(map(str, step_codes.hits_to_step_codes(hits)))


def _write_dataset(path, hits):
  return str(written_files.dataset(path, step_codes.hits_to_step_codes(hits)))


def _write_midi(path, hits, **options):
  path.write_bytes(midi_writing.patterns_to_midi(hits, **options))
  return str(path)


@hypothesis.given(hits=drawn_patterns.hits(1, 4), data=st.data())
def test_beats_come_in_the_order_in_which_they_are_named(
    hits, data, tmp_path_factory
):
  folder = tmp_path_factory.mktemp('beats')
  path = _write_dataset(folder / 'dataset.tsv', hits)
  lines = data.draw(st.lists(st.integers(1, len(hits)), max_size=4))
  found = named_patterns.read_beats(
      [*(f'{path}:{line}' for line in lines), path], list(map(_text, hits))
  )
  assert found.dtype == np.bool_
  np.testing.assert_array_equal(
      found, np.concatenate([hits[np.array(lines, int) - 1], hits, hits])
  )


def test_every_way_to_name_a_beat_keeps_its_place(tmp_path):
  midi = _write_midi(tmp_path / 'a.mid', _BEAT, repeats=4)
  records = tmp_path / 'b.tfrecord'
  with records.open('wb') as stream:
    tfrecords.write(stream, (
        note_sequences.from_patterns(h).SerializeToString()
        for h in (_FILL, _BEAT)
    ))
  lines = _write_dataset(tmp_path / 'c.tsv', np.stack([_FILL, ~_FILL]))
  for names, expected in (
      ([midi, str(records), f'{lines}:2'], [_BEAT, _FILL, _BEAT, ~_FILL]),
      ([f'{lines}:1', str(records), midi], [_FILL, _FILL, _BEAT, _BEAT]),
  ):
    found = named_patterns.read_beats(names, [_text(_FILL)])
    np.testing.assert_array_equal(found, [*expected, _FILL])


def test_pitches_are_read_as_the_drum_map_says(tmp_path):
  # The three toms of drums_rnn are two of ours in gm14.
  nine = drum_maps.load('note_seq9')
  hits = drawn_patterns.hits_of(
      floor_tom=(0, 3, 6), low_tom=(8, 11), high_tom=(16,), kick=(20, 22, 28)
  )
  for repeats in (1, 4):
    path = tmp_path / f'{repeats}.mid'
    path.write_bytes(midi_writing.patterns_to_midi(
        np.stack([hits] * repeats), drum_map=nine
    ))
    found = named_patterns.read_beats([str(path)], drum_map=nine)
    np.testing.assert_array_equal(found, [hits])
    assert (named_patterns.read_beats([str(path)]) != hits).any()


def test_song_gives_the_loop_that_is_played_most(tmp_path):
  rare, often = np.tile(_FILL, (3, 1, 1)), np.tile(_BEAT, (5, 1, 1))
  for name, parts in (('a', [rare, often]), ('b', [often, rare])):
    path = _write_midi(tmp_path / f'{name}.mid', np.concatenate(parts))
    np.testing.assert_array_equal(named_patterns.read_beats([path]), [_BEAT])
  song = synthetic_songs.beat()
  path = tmp_path / 'song.mid'
  path.write_bytes(synthetic_songs.to_midi(song))
  found = step_codes.hits_to_step_codes(named_patterns.read_beats([str(path)]))
  assert found.tolist() == [synthetic_songs.codes_of(song)]


def test_song_without_a_loop_gives_its_first_two_bars(tmp_path):
  path = _write_midi(tmp_path / 'a.mid', np.stack([_FILL, _BEAT]))
  np.testing.assert_array_equal(named_patterns.read_beats([path]), [_FILL])


@pytest.mark.parametrize('flips, expected', [(2, _BEAT), (3, _FILL)])
def test_played_drums_give_what_they_play_and_no_count_in(
    flips, expected, tmp_path
):
  plays = np.tile(_BEAT, (4, 1, 1))
  # Each play has hits of its own: of two plays twice as many differ.
  for number, play in enumerate(plays):
    play[1 + 8 * number:1 + 8 * number + flips, 3] = True
  path = _write_midi(tmp_path / 'a.mid', np.stack([_FILL, *plays]))
  np.testing.assert_array_equal(named_patterns.read_beats([path]), [expected])


@hypothesis.given(rests=st.integers(0, 9))
def test_silence_before_a_song_is_no_part_of_its_beat(rests, tmp_path_factory):
  bars = np.zeros((rests + 6, 16, 14), np.bool_)
  bars[rests:rests + 4] = np.stack([_FILL, _BEAT]).reshape(4, 16, 14)
  path = _write_midi(
      tmp_path_factory.mktemp('song') / 'a.mid',
      bars[:len(bars) // 2 * 2].reshape(-1, 32, 14),
  )
  np.testing.assert_array_equal(named_patterns.read_beats([path]), [_FILL])


def test_two_bars_stay_as_they_are_though_one_be_silent(tmp_path):
  for start in (0, 16):
    hits = np.zeros((32, 14), bool)
    hits[start:start + 16] = _BEAT[:16]
    path = _write_midi(tmp_path / f'{start}.mid', hits)
    np.testing.assert_array_equal(named_patterns.read_beats([path]), [hits])


def test_song_of_percussion_without_a_voice_is_no_silent_beat(tmp_path):
  notes = tuple((tick, 70) for tick, _ in synthetic_songs.beat().notes)
  path = tmp_path / 'maracas.mid'
  path.write_bytes(synthetic_songs.to_midi(synthetic_songs.Song(notes)))
  with pytest.raises(
      errors.InputError, match='no beat: none of its .* of pitch 70'
  ):
    named_patterns.read_beats([str(path)])


def test_last_line_is_there_and_the_next_is_not(tmp_path):
  path = _write_dataset(tmp_path / 'x.tsv', np.stack([_BEAT, _FILL]))
  np.testing.assert_array_equal(
      named_patterns.read_beats([f'{path}:2']), [_FILL]
  )
  for line in (0, 3, 10**30):
    with pytest.raises(errors.InputError, match=f'2 lines, .* no line {line}'):
      named_patterns.read_beats([f'{path}:{line}'])


@pytest.mark.parametrize('name, content, message', [
    ('x.mid', None, 'x.mid does not exist'),
    ('x.tsv:1', None, 'does not exist'),
    ('x.mid', b'RIFF', 'x.mid'),
    ('x.tsv', b'1,2,3\n', 'x.tsv'),
    ('x.tfrecord', b'', 'no beat is named'),
])
def test_what_gives_no_beat_is_named(tmp_path, name, content, message):
  if content is not None:
    (tmp_path / name).write_bytes(content)
  with pytest.raises(errors.DrumspaceError, match=message) as raised:
    named_patterns.read_beats([str(tmp_path / name)])
  assert '\n' not in str(raised.value)


def test_song_without_drums_says_so(tmp_path):
  path = tmp_path / 'piano.mid'
  path.write_bytes(synthetic_songs.to_midi(synthetic_songs.beat(), channel=0))
  with pytest.raises(errors.InputError, match='piano.mid gives no beat: no n'):
    named_patterns.read_beats([str(path)])


def test_step_codes_that_are_none_are_refused():
  assert named_patterns.read_beats([], [_text(_BEAT)]).shape == (1, 32, 14)
  with pytest.raises(errors.InputError, match='32 step codes, got 2'):
    named_patterns.read_beats([], ['1,2'])
  with pytest.raises(errors.InputError, match='no beat is named'):
    named_patterns.read_beats([])
