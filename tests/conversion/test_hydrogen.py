"""Tests for hydrogen: songs as the program reads and plays them."""

import os
import shutil
import subprocess
import wave
from xml.etree import ElementTree

import drawn_patterns
import hypothesis
import numpy as np
import pytest

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.conversion import hydrogen
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.patterns import step_codes
from drumspace_ext.patterns import voices

_BEAT = drawn_patterns.hits_of(
    kick=(0, 16), snare=(8, 24), closed_hat=range(0, 32, 2), low_conga=(31,)
)


def _dataset(folder, beats, tempos):
  folder.mkdir()
  codes = step_codes.hits_to_step_codes(np.stack(beats))
  (folder / 'dataset.tsv').write_text(
      ''.join(map(dataset_tsv.format_line, codes))
  )
  (folder / 'provenance.tsv').write_text(
      'loops\trepeats\tinputs\tmin_qpm\tmax_qpm\tgenres\tinput_ids\tfile_names'
      '\n' + ''.join(
          f'1\t3\t1\t{qpm}\t{qpm}\trock:1\t["/id/a"]\t["<a> & b.mid"]\n'
          for qpm in tempos
      )
  )
  return folder


def _hits(pattern):
  """Reads a pattern of a song back."""
  hits = np.zeros((32, 14), bool)
  for note in pattern.find('noteList'):
    step, rest = divmod(int(note.findtext('position')), 12)
    assert rest == 0
    hits[step, int(note.findtext('instrument'))] = True
  return hits


@hypothesis.given(drawn=drawn_patterns.hits(max_size=1))
def test_every_hit_comes_back_at_its_step(tmp_path_factory, drawn):
  (hits,) = drawn
  path = tmp_path_factory.mktemp('song') / 'o.h2song'
  with path.open('wb') as stream:
    song = hydrogen.Writer(stream)
    song.write('a\0<b>&\ud800', hits[None], 99.5)
    song.finish()
  root = ElementTree.parse(path).getroot()
  (pattern,) = root.find('patternList')
  np.testing.assert_array_equal(_hits(pattern), hits)
  assert pattern.findtext('size') == '384'
  assert pattern.findtext('name') == root.findtext('.//patternID')


def test_a_song_has_all_beats_each_at_its_tempo(tmp_path):
  source = _dataset(tmp_path / 'd', [_BEAT, ~_BEAT], (96, 140.5))
  converted = drumspace_ext.convert(source, tmp_path / 'o.h2song')
  assert (converted.count, converted.form) == (2, 'h2song')
  root = ElementTree.parse(tmp_path / 'o.h2song').getroot()
  names = [pattern.findtext('name') for pattern in root.find('patternList')]
  assert names == ['0001 rock_96bpm_a_b', '0002 rock_140.5bpm_a_b']
  assert [e.text for e in root.iter('patternID')] == names
  assert [
      (e.findtext('BAR'), e.findtext('BPM')) for e in root.iter('newBPM')
  ] == [('0', '96'), ('1', '140.5')]
  assert root.findtext('bpm') == '96'
  instruments = root.find('instrumentList')
  assert [int(i.findtext('midiOutNote')) for i in instruments] == list(
      voices.EXEMPLAR_PITCHES
  )
  choking = [i.findtext('name') for i in instruments
             if i.findtext('muteGroup') == '0']
  assert choking == ['closed hat', 'open hat']


def test_accents_are_velocities_and_swing_moves_hits(tmp_path):
  source = _dataset(tmp_path / 'd', [_BEAT], (96,))
  drumspace_ext.convert(source, tmp_path / 'o.h2song', accents=True, swing=1.0)
  notes = list(ElementTree.parse(tmp_path / 'o.h2song').getroot().iter('note'))
  velocities = {float(note.findtext('velocity')) for note in notes}
  assert len(velocities) > 3 and max(velocities) <= 1
  # The last sixteenth of a triplet: a third of a step late.
  assert max(int(n.findtext('position')) for n in notes) == 31 * 12 + 4


def test_a_song_that_nobody_could_look_through_is_refused(
    tmp_path, monkeypatch
):
  monkeypatch.setattr(hydrogen, 'MAX_PATTERNS', 1)
  source = _dataset(tmp_path / 'd', [_BEAT, ~_BEAT], (96, 96))
  with pytest.raises(errors.InputError, match='at most 1 patterns.*:12'):
    drumspace_ext.convert(source, tmp_path / 'o.h2song')
  assert not (tmp_path / 'o.h2song').exists()


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which('h2cli') and not os.environ.get('CI'),
    reason='Hydrogen is not installed',
)
def test_hydrogen_plays_each_beat_at_its_tempo(tmp_path):
  """Its own program renders the song; it waits long at its end."""
  quarters = drawn_patterns.hits_of(kick=(0,), snare=(8,), cowbell=(16,))
  source = _dataset(tmp_path / 'd', [quarters, quarters], (120, 60))
  drumspace_ext.convert(source, tmp_path / 'o.h2song')
  subprocess.run(
      ['h2cli', '-s', tmp_path / 'o.h2song', '-o', tmp_path / 'o.wav'],
      check=True, capture_output=True,
      env={**os.environ, 'HOME': str(tmp_path), 'QT_QPA_PLATFORM': 'offscreen'},
  )
  with wave.open(str(tmp_path / 'o.wav')) as file:
    rate = file.getframerate()
    samples = np.frombuffer(
        file.readframes(file.getnframes()), '<i2'
    ).reshape(-1, file.getnchannels()).mean(1) / (1 << 15)
  # Four seconds and eight, to the last full buffer; or what sounds on.
  assert 11.9 < len(samples) / rate < 16
  for start in (0, 1, 2, 4, 6, 8):
    middle = round(start * rate)
    after = np.abs(samples[middle:middle + rate // 10]).max()
    before = np.abs(samples[max(middle - rate // 20, 0):middle]).max(initial=0)
    assert after > 0.02
    assert after > 3 * before
