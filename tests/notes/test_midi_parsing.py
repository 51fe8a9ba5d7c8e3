"""Tests for reading MIDI files by symusic, in a worker and out of it."""

import subprocess
import sys

import numpy as np
import pytest

from drumspace_ext.notes import midi_writing

_WORKER = '''
import multiprocessing, sys
from drumspace_ext.notes import midi_parsing

def read(pipe):
  score = midi_parsing.parse_score(bytes.fromhex(sys.argv[1]), 0)
  modules = set(sys.modules)
  import symusic
  also = symusic.Score.from_midi(bytes.fromhex(sys.argv[1]))
  pipe.send((score.note_num(), also == score, sorted(modules)))

if __name__ == '__main__':
  ours, theirs = multiprocessing.Pipe()
  method = multiprocessing.get_context(sys.argv[2])
  worker = method.Process(target=read, args=(theirs,))
  worker.start()
  theirs.close()
  num_notes, is_same, modules = ours.recv()
  worker.join()
  print(num_notes, is_same, 'symusic.core' in modules, 'ssl' in modules)
  import symusic
  print(symusic.core.ScoreTick is type(
      midi_parsing.parse_score(bytes.fromhex(sys.argv[1]), 0)
  ))
'''


@pytest.mark.parametrize('method', ['fork', 'spawn'])
def test_a_worker_has_the_reader_without_what_symusic_imports_beside_it(
    method, tmp_path
):
  hits = np.zeros((32, 14), np.bool_)
  hits[::4, 0] = True
  midi = midi_writing.patterns_to_midi(hits[None])
  program = tmp_path / 'reading.py'
  program.write_text(_WORKER, encoding='utf-8')
  said = subprocess.run(
      [sys.executable, str(program), midi.hex(), method], text=True,
      capture_output=True, check=True,
  ).stdout.split('\n')
  # Its notes, as the whole package reads them, and no ssl; a process of
  # somebody else has the package as it is.
  assert said[:2] == ['8 True True False', 'True']
