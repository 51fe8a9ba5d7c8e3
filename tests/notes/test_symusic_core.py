"""Tests for symusic's module of C++ in a script of ours."""

import subprocess
import sys

_PROGRAM = '''
import sys
import numpy as np
from drumspace_ext import scripts
from drumspace_ext.notes import midi_writing

if sys.argv[1] == 'script':
  scripts.begin()
hits = np.zeros((32, 14), np.bool_)
hits[::4, 0] = True
midi = midi_writing.patterns_to_midi(hits[None])
print('symusic' in sys.modules, 'symusic.core' in sys.modules)
import symusic
print(symusic.Score.from_midi(midi).note_num(), midi.hex())
'''


def _said(tmp_path, word):
  program = tmp_path / 'writing.py'
  program.write_text(_PROGRAM, encoding='utf-8')
  return subprocess.run(
      [sys.executable, str(program), word], text=True, capture_output=True,
      check=True,
  ).stdout.split('\n')


def test_a_script_writes_the_same_without_what_symusic_imports_beside_it(
    tmp_path,
):
  alone, written, _ = _said(tmp_path, 'script')
  whole, same, _ = _said(tmp_path, 'program')
  assert (alone, whole) == ('False True', 'True True')
  # What else there is of symusic can be imported afterwards.
  assert written == same and written.startswith('8 ')
