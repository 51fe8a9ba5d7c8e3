"""Tests for recurring loops."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import plain_reading
import step_songs

from drumspace_ext.extraction import recurring_loops

_A = [5, 0, 4, 0, 6, 0, 4, 1, 4, 0, 5, 0, 6, 0, 4, 0]
_B = [9, 0, 8, 0, 2, 0, 8, 1, 8, 0, 1, 0, 2, 0, 8, 0]
_FILL = [2] * 16


@given(
    rng=st.randoms(use_true_random=False),
    max_flips=st.sampled_from([0, 1, 2, 4, 9]),
    min_repeats=st.sampled_from([2, 3, 4]),
)
@settings(max_examples=200)
def test_what_recurs_is_that_of_the_plain_reading(rng, max_flips, min_repeats):
  codes = step_songs.noisy_song(rng)
  options = {'max_flips': max_flips, 'min_repeats': min_repeats}
  found = recurring_loops.find(step_songs.pieces(codes), **options)
  assert step_songs.multiset_of_loops(found) == step_songs.multiset_of(
      step_songs.plain(codes, plain_reading.recurring, **options)
  )


def test_a_beat_with_a_fill_in_every_fourth_bar_recurs():
  found = recurring_loops.find(step_songs.pieces((_A * 3 + _FILL) * 3))
  beats = [loop.codes.tolist() for loop in found]
  assert _A + _A in beats
  (beat,) = (loop for loop in found if loop.codes.tolist() == _A + _A)
  assert beat.steps.tolist() == [0, 64, 128]


def test_windows_that_overlap_count_once():
  # Bars 0 to 3: the windows of bars 0, 1 and 2 are alike, two do not overlap.
  assert not recurring_loops.find(step_songs.pieces(_A * 4 + _FILL))
  (found,) = recurring_loops.find(step_songs.pieces(_A * 6))
  assert len(found.plays) == 3


def test_a_verse_that_comes_back_after_the_chorus_recurs():
  song = (_A + _B) * 2 + _FILL * 2 + (_A + _B) + _FILL * 2
  found = recurring_loops.find(step_songs.pieces(song))
  assert _A + _B in [loop.codes.tolist() for loop in found]


def test_long_pieces_are_searched_part_by_part(monkeypatch):
  monkeypatch.setattr(recurring_loops, 'MAX_BARS', 7)
  found = recurring_loops.find(step_songs.pieces(_A * 12))
  assert [len(loop.plays) for loop in found] == [3, 3]


def test_every_two_bars_from_the_bar_line_of_the_first_hit():
  found = recurring_loops.every_two_bars(
      step_songs.pieces([0] * 19 + _A + _B + _FILL)
  )
  assert [loop.steps.tolist() for loop in found] == [[16], [48]]
  assert found[0].codes.tolist() == ([0] * 3 + _A + _B)[:32]


@given(start=st.integers(0, 40), bar=st.lists(
    st.integers(0, 7), min_size=1, max_size=16
).filter(any))
def test_a_piece_of_a_single_bar_is_taken_twice_when_asked_for(start, bar):
  song = [0] * start + bar
  first = next(step for step, code in enumerate(song) if code)
  line = first - first % 16
  pieces = step_songs.pieces(song)
  found = recurring_loops.every_two_bars(pieces, twice=True)
  codes = (song[line:] + [0] * 32)[:32]
  if any(codes[16:]):
    assert found[0].codes.tolist() == codes
    return
  (loop,) = found
  assert loop.codes.tolist() == codes[:16] * 2
  assert list(loop.stretches([True])) == [(line, 16, 0), (line, 16, 16)]
  (loop,) = recurring_loops.every_two_bars(pieces)
  assert loop.codes.tolist() == codes
