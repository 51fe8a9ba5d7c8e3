"""Tests of the entry point drumspace_continue."""

import subprocess
import sys

import entry_points
import magenta_files
import numpy as np
import pytest

from drumspace_ext.notes import midi_sequences
from drumspace_ext.notes import note_sequences

_SCRIPT = 'drumspace_continue'


@pytest.fixture(name='bundle')
def _bundle(tmp_path):
  path = tmp_path / 'kit.mag'
  path.write_bytes(magenta_files.bundle(
      magenta_files.drums_rnn_tensors(), attention=(4, 8)
  ))
  return path


def test_magentas_flags_give_midi_files(bundle, tmp_path):
  done = entry_points.console(
      _SCRIPT, f'--bundle_file={bundle}', '--num_outputs=2', '--num_steps=20',
      '--primer_drums=[(36, 42), (), (42,), ()]', '--temperature=0.9',
      '--beam_size=2', '--branch_factor=2', '--steps_per_iteration=3',
      '--hparams=rnn_layer_sizes=[8,6]', '--qpm=100', '--seed=1',
      f'--output_dir={tmp_path / "on"}',
  )
  assert done.returncode == 0, done.stderr
  assert '2 continuations of 4 steps to 20' in done.stdout
  assert len(list((tmp_path / 'on' / 'midi').glob('*.mid'))) == 2


def test_continuation_has_no_genre_to_swing_by(bundle, tmp_path):
  done = entry_points.console(
      _SCRIPT, f'--bundle_file={bundle}', '--swing=auto',
      f'--output_dir={tmp_path / "on"}',
  )
  assert done.returncode == 1
  assert '--swing=auto needs beats of a known genre' in done.stderr
  assert 'Traceback' not in done.stderr


def test_continuations_are_played(bundle, tmp_path):
  for name, flags in (('straight', ()), ('played', (
      '--groove=shipped:groove', '--groove_strength=1,0.5',
  ))):
    done = entry_points.console(
        _SCRIPT, f'--bundle_file={bundle}', '--num_outputs=1', *flags,
        '--primer_drums=[(36, 42), (42,), (38, 42), (42,)]', '--num_steps=40',
        f'--output_dir={tmp_path / name}',
    )
    assert done.returncode == 0, done.stderr
  straight, played = (
      midi_sequences.to_note_sequence(
          next((tmp_path / name / 'midi').iterdir()).read_bytes()
      ) for name in ('straight', 'played')
  )
  assert {note.velocity for note in straight.notes} == {100}
  assert len({note.velocity for note in played.notes}) > 1
  np.testing.assert_array_equal(*(
      note_sequences.to_patterns(one) for one in (straight, played)
  ))


def test_mistakes_are_one_line(bundle, tmp_path):
  for arguments, words in (
      ((f'--bundle_file={bundle}', '--checkpoint_file=shipped:vae'),
       ('name one model', 'got 2')),
      ((f'--bundle_file={tmp_path / "none.mag"}',), ('does not exist',)),
      ((f'--bundle_file={bundle}', '--primer_drums=[()]',
        '--primer_drums=[()]'), ('got 2',)),
  ):
    done = entry_points.console(
        _SCRIPT, *arguments, f'--output_dir={tmp_path / "on"}'
    )
    entry_points.assert_one_line(done, _SCRIPT, *words)


def test_no_tensorflow_and_no_note_seq_is_imported(bundle, tmp_path):
  code = (
      'import sys\n'
      'from drumspace_ext.continuation import continuing\n'
      f'continuing.continue_beats({str(bundle)!r}, {str(tmp_path / "on")!r}, '
      'num_outputs=1, num_steps=8)\n'
      'print([name for name in ("tensorflow", "magenta", "note_seq", "keras") '
      'if name in sys.modules])'
  )
  done = subprocess.run(
      [sys.executable, '-c', code], capture_output=True, text=True, check=True
  )
  assert done.stdout.strip() == '[]'
