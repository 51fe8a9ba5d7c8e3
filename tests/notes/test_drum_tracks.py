"""Tests for drum_tracks."""

import ast

import drawn_patterns
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
import note_seq
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import drum_tracks
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes

_GRIDS = st.lists(st.integers(0, step_codes.NUM_CODES - 1), max_size=70).map(
    lambda codes: np.array(codes, np.uint16)
)
_PITCH_SETS = st.frozensets(st.integers(0, 127), max_size=5)


def _folded(codes, drum_map):
  """What of step codes is left in a drum map, voice by voice."""
  expected = []
  for code in codes.tolist():
    targets = {drum_map.write_as[v] for v in range(14) if code >> v & 1}
    expected.append(sum(1 << t for t in targets if t != drum_maps.NO_VOICE))
  return expected


@given(codes=_GRIDS, drum_map=drawn_patterns.MAPS)
@settings(max_examples=80)
def test_step_codes_come_back_from_events_and_drum_tracks(codes, drum_map):
  expected = _folded(codes, drum_map)
  events = drum_tracks.codes_to_events(codes, drum_map)
  assert len(events) == len(codes)
  back = drum_tracks.events_to_codes(events, drum_map)
  assert back.dtype == np.uint16
  assert back.tolist() == expected
  track = drum_tracks.to_drum_track(codes, drum_map)
  assert isinstance(track, note_seq.DrumTrack)
  assert list(track) == events
  assert drum_tracks.events_to_codes(track, drum_map).tolist() == expected
  assert (track.steps_per_bar, track.steps_per_quarter) == (16, 4)
  assert (track.start_step, track.end_step) == (0, len(codes))


@given(codes=_GRIDS.filter(len), drum_map=drawn_patterns.MAPS)
@settings(max_examples=80)
def test_step_codes_come_back_from_their_primer(codes, drum_map):
  text = drum_tracks.format_primer(codes, drum_map)
  # What drums_rnn_generate does with it.
  track = note_seq.DrumTrack(
      [frozenset(pitches) for pitches in ast.literal_eval(text)]
  )
  events = drum_tracks.parse_primer(text)
  assert events == list(track)
  assert drum_tracks.events_to_codes(events, drum_map).tolist() == (
      _folded(codes, drum_map)
  )


@given(events=st.lists(_PITCH_SETS, min_size=1, max_size=40))
@settings(max_examples=60)
def test_any_pitches_come_out_of_a_primer_as_they_went_in(events):
  text = repr([tuple(sorted(event)) for event in events])
  assert drum_tracks.parse_primer(text) == events


def test_gm14_loses_no_code():
  codes = np.arange(step_codes.NUM_CODES, dtype=np.uint16)
  np.testing.assert_array_equal(
      drum_tracks.events_to_codes(drum_tracks.codes_to_events(codes)), codes
  )


def test_magenta_primer_by_hand():
  events = drum_tracks.parse_primer('[(36,42),(),(42,)]')
  assert events == [{36, 42}, set(), {42}]
  codes = drum_tracks.events_to_codes(events)
  assert codes.tolist() == [0b101, 0, 0b100]
  assert drum_tracks.format_primer(codes) == '[(36, 42), (), (42,)]'


def test_drum_track_of_drums_rnn_by_hand():
  track = note_seq.DrumTrack([
      frozenset([36, 49]), frozenset(), frozenset([35, 36]), frozenset([99])
  ])
  # 35 and 36 are one voice, 99 is none.
  assert drum_tracks.events_to_codes(track).tolist() == [129, 0, 1, 0]


def test_silent_end_of_a_drum_track_stays():
  codes = np.array([1] + [0] * 31, np.uint16)
  assert len(drum_tracks.to_drum_track(codes)) == 32


def test_voice_is_written_as_its_drum_map_says():
  cowbell = np.array([1 << 9])
  maps = {
      name: drum_tracks.codes_to_events(cowbell, drum_maps.load(name))
      for name in ('gm14', 'note_seq9', 'lstmetallica9')
  }
  assert maps == {
      'gm14': [{56}], 'note_seq9': [{38}], 'lstmetallica9': [set()]
  }


@pytest.mark.parametrize('text', [
    ' [(36, 42), ()] ', '((36, 42), ())', '[[42, 36], []]', '[{36, 42}, ()]',
    '[(36, 42, 36), ()]', '[(36, 42), (), ]\n', '[\n(36, 42),\n()]',
    '[(0x24, 42), ()]',
])
def test_other_spellings_of_a_primer_are_read(text):
  assert drum_tracks.parse_primer(text) == [{36, 42}, set()]


_HOSTILE = {
    'call': "__import__('pathlib').Path('evaluated').touch()",
    'call inside': "[(36,), __import__('pathlib').Path('evaluated').touch()]",
    'lambda': '(lambda: 36)()',
    'comprehension': '[(x,) for x in range(36, 40)]',
    'power': '[(2 ** 2 ** 40,)]',
    'repeat': '[(36,)] * 10 ** 9',
    'open lists': '[' * 100_000,
    'nested lists': '[' * 80 + ']' * 80,
    'nested tuples': '(' * 5000 + ')' * 5000,
    'minus signs': '[(' + '-' * 50_000 + '36,)]',
    'long sum': '[(' + '1+' * 50_000 + '1,)]',
    'attributes': 'a' + '.a' * 50_000,
    'calls': 'a' + '()' * 50_000,
    'digits': '[(' + '9' * 100_000 + ',)]',
    'huge': '[' + '(),' * (1 << 19) + ']',
    'zero byte': '[(36,)]\0',
    'lone surrogate': '[(36,)]\udcff',
    'empty': '',
    'blank': ' \n',
    'empty list': '[]',
    'word': 'hello',
    'number': '36',
    'flat': '[36, 42]',
    'text': '["36"]',
    'text inside': '[("36",)]',
    'bytes': "[b'$']",
    'float': '[(36.0,)]',
    'bool': '[(True,)]',
    'complex': '[(1j,)]',
    'none': '[None]',
    'negative': '[(-1,)]',
    'too high': '[(128,)]',
    'dict': '[{36: 42}]',
    'mapping': '{36: ()}',
    'cut': '[(36, 42), (',
    'two': '[(36,)] [(42,)]',
}


@pytest.mark.parametrize('text', _HOSTILE.values(), ids=_HOSTILE)
def test_what_is_no_primer_is_one_short_line(text, tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  with pytest.raises(errors.InputError, match='primer') as caught:
    drum_tracks.parse_primer(text)
  message = str(caught.value)
  assert '\n' not in message
  assert len(message) < 300
  assert not list(tmp_path.iterdir())


def test_longest_primer_is_read():
  text = '[' + '(),' * 1000 + ']'
  padding = ' ' * (drum_tracks.MAX_PRIMER_CHARS - len(text))
  assert len(drum_tracks.parse_primer(text + padding)) == 1000
  with pytest.raises(errors.InputError, match='at most 131072 are read'):
    drum_tracks.parse_primer(text + padding + ' ')


@pytest.mark.parametrize('pitch', [-1, 128, 1 << 40])
def test_pitch_that_midi_does_not_have_is_refused(pitch):
  with pytest.raises(errors.PatternError, match=f'step 1 has pitch {pitch};'):
    drum_tracks.events_to_codes([{36}, {pitch}])


def test_voices_written_as_each_other_are_swapped_once(tmp_path):
  path = tmp_path / 'swap.toml'
  path.write_text(
      'kick = [36]\nsnare = [38]\n'
      '[write_as]\nkick = "snare"\nsnare = "kick"\n'
  )
  swap = drum_maps.load(str(path))
  assert swap.written_pitches[:2] == (38, 36)
  assert drum_tracks.codes_to_events(np.array([1, 2]), swap) == [{38}, {36}]
