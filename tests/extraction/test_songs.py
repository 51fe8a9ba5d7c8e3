"""Tests of songs: the drums of whole inputs."""

import hypothesis
from hypothesis import strategies as st
import numpy as np
import pytest
import synthetic_songs

from drumspace_ext import errors
from drumspace_ext.extraction import songs


@hypothesis.given(st.lists(st.sampled_from([0, 0, 1, 6]), max_size=80))
def test_a_song_goes_from_a_bar_line_to_its_last_hit(codes):
  codes = np.array(codes, np.uint16)
  song = songs.of_codes(codes)
  assert song.any() == codes.any()
  if len(song):
    assert song[-1] and song[:16].any()
    start = len(np.trim_zeros(codes, 'b')) - len(song)
    assert start % 16 == 0
    np.testing.assert_array_equal(codes[start:start + len(song)], song)


@pytest.mark.parametrize('num_workers', [0, 1])
def test_songs_of_a_folder_by_name(tmp_path, num_workers):
  (tmp_path / 'songs' / 'more').mkdir(parents=True)
  beat = synthetic_songs.beat(repeats=2)
  for name in ('b.mid', 'more/a.mid'):
    (tmp_path / 'songs' / name).write_bytes(synthetic_songs.to_midi(beat))
  (tmp_path / 'songs' / 'c.mid').write_bytes(b'none')
  read = songs.read([str(tmp_path / 'songs')], num_workers=num_workers)
  assert [song.name for song in read.songs] == [
      'songs/b.mid', 'songs/more/a.mid'
  ]
  assert sum(read.left_out.values()) == 1
  codes = read.songs[0].codes
  # Hats on eighths, so that the last hit is two steps before the end.
  assert (len(codes), codes.dtype) == (63, np.uint16)
  np.testing.assert_array_equal(codes[:31], codes[32:])


def test_inputs_without_a_song(tmp_path):
  (tmp_path / 'x.mid').write_bytes(b'none')
  with pytest.raises(errors.InputError, match='no song with drums in it'):
    songs.read([str(tmp_path / 'x.mid')], num_workers=0)
