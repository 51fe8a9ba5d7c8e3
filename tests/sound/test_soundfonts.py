"""Tests for soundfonts, with the SoundFont that comes with pretty_midi."""

import pathlib
import random

import drawn_patterns
import numpy as np
import pretty_midi
import pytest

from drumspace_ext import errors
from drumspace_ext.notes import midi_writing
from drumspace_ext.sound import soundfonts

_PATH = pathlib.Path(pretty_midi.__file__).parent / 'TimGM6mb.sf2'
_MIDI = midi_writing.patterns_to_midi(
    drawn_patterns.hits_of(kick=(0, 16), snare=(8, 24)), qpm=120
)


def test_beat_sounds_where_it_is_struck():
  samples = soundfonts.SoundFont(str(_PATH)).render(_MIDI)
  assert samples.dtype == np.float32
  assert samples.shape == (4 * soundfonts.SAMPLE_RATE, 2)
  envelope = np.abs(samples).max(axis=1)
  assert 0.2 < envelope.max()
  for start in range(0, 4 * soundfonts.SAMPLE_RATE, soundfonts.SAMPLE_RATE):
    # The synthesizer's blocks are 1.3 ms long.
    found = np.argmax(envelope[start:start + 4800] > 0.1)
    assert found <= 0.003 * soundfonts.SAMPLE_RATE
    assert envelope[max(start - 200, 0):start].max(initial=0) < 0.05
  np.testing.assert_array_equal(
      soundfonts.SoundFont(str(_PATH)).render(_MIDI), samples
  )


def test_damaged_soundfont_is_named_in_one_line_and_nothing_is_printed(
    tmp_path, capfd
):
  good, rng = _PATH.read_bytes(), random.Random(1)
  messages = set()
  for number in range(8):
    data = bytearray(good)
    # The tables of presets, instruments and samples stand at the end.
    for _ in range(200):
      data[-1 - rng.randrange(250_000)] = rng.randrange(256)
    path = tmp_path / f'{number}.sf2'
    path.write_bytes(data)
    try:
      soundfonts.SoundFont(str(path)).render(_MIDI)
    except errors.InputError as e:
      assert '\n' not in str(e)
      assert f'the SoundFont {path} is damaged: ' in str(e)
      messages.add(str(e))
  assert len(messages) >= 4
  assert capfd.readouterr() == ('', '')


@pytest.mark.parametrize('data, message', [
    (b'', 'is no SoundFont'),
    (b'hello world, hello world', 'is no SoundFont'),
    (b'RIFF\x10\0\0\0sfbk' + bytes(100), 'is damaged'),
])
def test_what_is_no_soundfont_is_refused(tmp_path, data, message):
  (tmp_path / 'a.sf2').write_bytes(data)
  with pytest.raises(errors.InputError, match=message):
    soundfonts.SoundFont(str(tmp_path / 'a.sf2')).render(_MIDI)


def test_missing_file_and_missing_package_are_named(monkeypatch, tmp_path):
  with pytest.raises(errors.InputError, match="can't be read: No such file"):
    soundfonts.SoundFont(str(tmp_path / 'no.sf2'))
  with pytest.raises(errors.InputError, match="can't be read: Is a directory"):
    soundfonts.SoundFont(str(tmp_path))
  monkeypatch.setattr(
      soundfonts.importlib.util, 'find_spec', lambda name: None
  )
  with pytest.raises(errors.InputError, match='pip install midirenderer'):
    soundfonts.SoundFont(str(_PATH))
