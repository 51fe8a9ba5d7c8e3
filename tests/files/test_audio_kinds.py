"""Tests for audio_kinds, and for what is said of audio as an input."""

import zipfile

import builders
import drawn_patterns
import pytest

from drumspace_ext import errors
from drumspace_ext.conversion import reading
from drumspace_ext.dataset import creation as dataset_creation
from drumspace_ext.files import audio_kinds
from drumspace_ext.inputs import listing
from drumspace_ext.sound import rendering

_WAV = rendering.to_wav(
    rendering.render(drawn_patterns.hits_of(kick=(0,)), qpm=240)
)
_HEADS = {
    'WAV': _WAV[:40], 'AIFF': b'FORM\0\0\0\x20AIFFCOMM', 'FLAC': b'fLaC\0\0',
    'Ogg': b'OggS\0\x02', 'MP3': b'\xff\xfb\x90\x64', 'M4A':
    b'\0\0\0\x20ftypM4A ',
}


@pytest.mark.parametrize(('kind', 'head'), _HEADS.items())
def test_a_file_of_audio_is_told_so(kind, head, tmp_path):
  assert audio_kinds.of_head(head) == kind
  path = tmp_path / 'song.bin'
  path.write_bytes(head)
  with pytest.raises(errors.InputError, match=f'is audio .{kind}.*no input'):
    listing.list_inputs([str(path)])


@pytest.mark.parametrize('head', [
    b'', b'\xff', b'\xff\xe1\x00', builders.midi(), b'RIFF\0\0\0\0RMID', b'PK',
])
def test_what_is_no_audio_is_not_called_audio(head):
  assert not audio_kinds.of_head(head)


def _zip(path, *names):
  with zipfile.ZipFile(path, 'w') as archive:
    for name in names:
      archive.writestr(name, _WAV if name.endswith('.wav') else builders.midi())
  return str(path)


def test_a_zip_of_audio_is_told_so(tmp_path):
  path = _zip(tmp_path / 'a.zip', 'a.wav', 'b.mp3', 'c.txt')
  match = 'no MIDI file in it. There is audio .*.mp3, .wav.*no input'
  with pytest.raises(errors.InputError, match=match):
    dataset_creation.create([path], tmp_path / 'out', num_workers=0)
  with pytest.raises(errors.InputError, match=match):
    list(reading.read(
        [path], [], reading.Options(), recursive=False,
        on_reject=lambda *_: None,
    ))


def test_audio_beside_midi_is_not_named(tmp_path):
  path = _zip(tmp_path / 'a.zip', 'a.wav', 'b.mid')
  list(reading.read(
      [path], [], reading.Options(), recursive=False,
      on_reject=lambda *_: None,
  ))


def test_a_folder_of_audio_is_told_so(tmp_path):
  (tmp_path / 'a.flac').write_bytes(b'fLaC')
  with pytest.raises(errors.InputError, match='There is audio .*.flac'):
    listing.list_inputs([str(tmp_path)])
