"""Tests of primers."""

import drawn_patterns
import hypothesis
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.continuation import primers
from drumspace_ext.notes import drum_tracks
from drumspace_ext.notes import midi_writing
from drumspace_ext.patterns import drum_maps
from drumspace_ext.patterns import step_codes

_GM14 = drum_maps.load('gm14')
_NINE = drum_maps.load('note_seq9')


def _midi(tmp_path, hits, **more):
  path = tmp_path / 'x.mid'
  path.write_bytes(midi_writing.patterns_to_midi(hits, **more))
  return path


@hypothesis.given(drawn_patterns.hits(1, 1))
def test_a_pattern_comes_through_text_and_midi(tmp_path_factory, hits):
  (hits,) = hits
  hypothesis.assume(hits.any())
  codes = step_codes.hits_to_step_codes(hits)
  text = primers.from_text(drum_tracks.format_primer(codes, _GM14), _GM14)
  np.testing.assert_array_equal(text.codes, codes)
  assert text.qpm is None
  midi = primers.from_midi(
      _midi(tmp_path_factory.mktemp('x'), hits, qpm=93.0), _GM14
  )
  np.testing.assert_array_equal(midi.codes, codes[:len(midi.codes)])
  assert midi.codes[-1] and not codes[len(midi.codes):].any()
  assert midi.qpm == pytest.approx(93.0, abs=1e-3)


def test_a_midi_file_ends_with_its_last_hit(tmp_path):
  rows = np.zeros((32, step_codes.NUM_VOICES), np.bool_)
  rows[[0, 18], 0] = True
  codes = primers.from_midi(_midi(tmp_path, rows), _GM14).codes
  np.testing.assert_array_equal(codes, [1] + [0] * 17 + [1])


def test_magentas_pitches_are_magentas_classes(tmp_path):
  # 45 is the low tom of Magenta, and ours in General MIDI; 48 its mid tom.
  for text, drum_map, voice in (
      ('[(45,)]', _NINE, 'floor_tom'), ('[(45,)]', _GM14, 'low_tom'),
      ('[(27,)]', _NINE, 'snare'),
  ):
    (code,) = primers.from_text(text, drum_map).codes
    assert code == 1 << drawn_patterns.voices.INDEX[voice]


def test_a_beat_of_ours(tmp_path):
  hits = drawn_patterns.hits_of(kick=(0, 8), snare=(4, 12))
  found = primers.from_beats([str(_midi(tmp_path, hits))], _GM14)
  np.testing.assert_array_equal(
      found.codes, step_codes.hits_to_step_codes(hits)
  )
  line = ','.join(map(str, found.codes))
  (tmp_path / 'two.tsv').write_text(f'{line}\n{line}\n')
  with pytest.raises(errors.InputError, match='one beat, got 2'):
    primers.from_beats([str(tmp_path / 'two.tsv')], _GM14)


def test_the_default_is_a_kick():
  np.testing.assert_array_equal(primers.default().codes, [1])


def test_failures(tmp_path):
  with pytest.raises(errors.InputError, match='expected a drums_rnn primer'):
    primers.from_text('__import__("os")', _NINE)
  with pytest.raises(errors.InputError, match='Check --primer_midi'):
    primers.from_midi(tmp_path / 'none.mid', _NINE)
  (tmp_path / 'bad.mid').write_bytes(b'MThd')
  with pytest.raises(errors.InputError, match='gives no primer'):
    primers.from_midi(tmp_path / 'bad.mid', _NINE)
  with pytest.raises(errors.InputError, match='1 to 16384 steps'):
    primers.from_text('[' + '(),' * 17_000 + ']', _NINE)
