"""Tests for starter.beats."""

import collections
import importlib.resources

import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.extraction import genres
from drumspace_ext.patterns import entropy
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import text_grids
from drumspace_ext.starter import beats as starter_beats

_NAMES = st.text('abc DEF-&é\'', min_size=1).map(str.strip).filter(bool)
_BLOCKS = st.lists(
    st.tuples(
        _NAMES, st.integers(40, 300),
        drawn_patterns.hits(1, 1).filter(np.any).map(lambda hits: hits[0]),
    ),
    max_size=4,
)


def _codes():
  return np.stack([
      step_codes.hits_to_step_codes(beat.hits) for beat in starter_beats.load()
  ])


def _beat(genre, name):
  (found,) = [
      beat for beat in starter_beats.load()
      if (beat.genre, beat.name) == (genre, name)
  ]
  return found


@given(blocks=_BLOCKS, gap=st.sampled_from(('\n', '\n\n', '\n# remark\n\n')))
@settings(max_examples=40)
def test_what_is_written_as_blocks_is_read_from_them(blocks, gap):
  text = '# A genre.\n\n' + gap.join(
      f'name: {name}\nqpm: {qpm}\n{text_grids.to_text(hits)}\n'
      for name, qpm, hits in blocks
  )
  read = starter_beats.parse(text, 'rock')
  assert [(b.name, b.genre, b.qpm) for b in read] == [
      (name, 'rock', qpm) for name, qpm, _ in blocks
  ]
  for beat, (_, _, hits) in zip(read, blocks):
    np.testing.assert_array_equal(beat.hits, hits)


def test_collection_is_large_and_of_many_genres():
  counts = collections.Counter(b.genre for b in starter_beats.load())
  assert counts.total() >= 250
  assert len(counts) >= 16
  assert set(counts) <= set(genres.NAMES)
  assert min(counts.values()) >= 2


def test_names_are_unique():
  names = collections.Counter(b.name for b in starter_beats.load())
  assert names.most_common(1)[0][1] == 1


def test_no_beat_is_a_rotation_of_another():
  codes = _codes()
  classes = step_codes.canonical(codes)
  assert len(np.unique(classes, axis=0)) == len(codes)


def test_no_beat_is_trivial():
  assert entropy.nats(_codes()).min() >= 0.9


def test_tempos_are_those_of_drummers():
  tempos = [b.qpm for b in starter_beats.load()]
  assert min(tempos) >= 40
  assert max(tempos) <= 300
  assert all(type(qpm) is int for qpm in tempos)


def test_hat_is_never_open_and_closed_at_once():
  open_hats = 0
  for beat in starter_beats.load():
    both = beat.hits[:, 2] & beat.hits[:, 5]
    assert not both.any(), beat.name
    open_hats += beat.hits[:, 5].any()
  assert open_hats >= 20


def test_every_voice_is_played_somewhere():
  played = np.any([b.hits.any(axis=0) for b in starter_beats.load()], axis=0)
  assert played.all()


def test_files_are_narrow_plain_text():
  folder = importlib.resources.files('drumspace_ext.starter')
  files = [f for f in folder.iterdir() if f.name.endswith('.txt')]
  assert len(files) >= 16
  blocks = 0
  for file in files:
    text = file.read_text(encoding='utf-8')
    assert text.isascii(), file.name
    assert text.endswith('\n'), file.name
    assert '\t' not in text and '\r' not in text, file.name
    for line in text.splitlines():
      assert len(line) <= 80, (file.name, line)
      assert line == line.rstrip(), (file.name, line)
    blocks += text.count('name: ')
  # Nothing stands in a file and is not read.
  assert blocks == len(starter_beats.load())


def test_collection_is_read_once_and_by_genre():
  beats = starter_beats.load()
  assert starter_beats.load() is beats
  assert [b.genre for b in beats] == sorted(b.genre for b in beats)


_EIGHTHS = range(0, 32, 2)
_BACKBEAT = (4, 12, 20, 28)


def test_basic_rock_beat_by_hand():
  beat = _beat('rock', 'Basic eighth-note rock beat')
  np.testing.assert_array_equal(beat.hits, drawn_patterns.hits_of(
      kick=(0, 8, 16, 24), snare=_BACKBEAT, closed_hat=_EIGHTHS
  ))


def test_four_on_the_floor_by_hand():
  beat = _beat(
      'house', 'Four on the floor, offbeat open hats and a clap pickup'
  )
  np.testing.assert_array_equal(beat.hits, drawn_patterns.hits_of(
      kick=range(0, 32, 4), snare=(*_BACKBEAT, 31), open_hat=range(2, 32, 4)
  ))


def test_one_drop_by_hand():
  beat = _beat('reggae', 'One drop with open hat before the one')
  np.testing.assert_array_equal(beat.hits, drawn_patterns.hits_of(
      kick=(8, 24), snare=(8, 24), open_hat=(14, 30),
      closed_hat=sorted({*_EIGHTHS} - {14, 30}),
  ))


def test_bossa_nova_by_hand():
  beat = _beat('bossa_nova', 'Bossa nova with rim clave')
  np.testing.assert_array_equal(beat.hits, drawn_patterns.hits_of(
      kick=(0, 6, 8, 14, 16, 22, 24, 30), snare=(0, 6, 12, 20, 26),
      open_hat=(30,), closed_hat=range(0, 30, 2),
  ))


@pytest.mark.parametrize('block, match', [
    ('qpm: 90\nkick x...............', "rock: expected .* got 'qpm: 90'"),
    ('name: A\nkick x...............', "rock: expected .* got 'name: A'"),
    ('name: A\nqpm: 90', "rock: expected .* got 'name: A'"),
    ('name: A', "rock: expected .* got 'name: A'"),
    ('name:A\nqpm: 90\nkick x...............', "got 'name:A'"),
    ('name: A\nqpm: fast\nkick x...............', "rock, 'A': .*'fast'"),
    ('name: A\nqpm: 90.5\nkick x...............', "rock, 'A': .*'90.5'"),
    ('name: A\nqpm: 90\nkick x..', "rock, 'A': expected 16 or 32 cells"),
    ('name: A\nqpm: 90\nkick x..............o', "rock, 'A': expected 16 or 32"),
    ('name: A\nqpm: 90\nbass x...............', "rock, 'A': .*'bass x"),
    ('name: A\nqpm: 90\n' + 'kick x...............\n' * 2, "rock, 'A': .*used"),
])
def test_block_of_another_form_is_named(block, match):
  good = 'name: Good\nqpm: 90\nkick x...............\n\n'
  assert len(starter_beats.parse(good, 'rock')) == 1
  with pytest.raises(errors.PatternError, match=match):
    starter_beats.parse(good + block, 'rock')


def test_beats_have_their_names_on_whatever_step_they_start():
  beats = starter_beats.load()
  codes = step_codes.hits_to_step_codes(np.stack([beat.hits for beat in beats]))
  names = [beat.name for beat in beats]
  assert starter_beats.names_of(codes) == names
  turned = np.stack([step_codes.rotate(row, 5) for row in codes[:20]])
  assert starter_beats.names_of(turned) == names[:20]
  other = codes[:1].copy()
  other[0, 1] ^= 1 << 13
  assert starter_beats.names_of(other) == ['']
