"""Tests of --groove_drawn, one of many grooves, and of what it needs."""

import functools

import drawn_patterns
import entry_points
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.notes import midi_sequences
from drumspace_ext.patterns import step_codes

_convert = functools.partial(entry_points.main, 'drumspace_convert')
_GROOVE = '--groove=shipped:groove'
_BEAT = drawn_patterns.hits_of(
    kick=(0, 8, 16, 24), snare=(4, 12, 20, 28), closed_hat=range(0, 32, 2)
)


@pytest.fixture(name='played')
def _played(tmp_path):
  """Plays the beat by flags; returns the bytes of the MIDI file."""
  source = tmp_path / 'a.tsv'
  source.write_text(
      dataset_tsv.format_line(step_codes.hits_to_step_codes(_BEAT)),
      encoding='utf-8',
  )

  def run(name, *flags):
    path = tmp_path / f'{name}.mid'
    assert _convert(source, f'--output={path}', *flags) == 0
    return path.read_bytes()

  return run


def _notes(data):
  return [
      (note.start_time, note.pitch, note.velocity)
      for note in midi_sequences.to_note_sequence(data).notes
  ]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(played):
  one, again, other = (
      played(name, _GROOVE, '--groove_drawn', f'--seed={seed}')
      for name, seed in (('one', 1), ('again', 1), ('other', 2))
  )
  assert one == again != other
  # The mean is nobody's draw, and no seed is asked.
  mean, same = (
      played(f'mean{seed}', _GROOVE, f'--seed={seed}') for seed in (1, 2)
  )
  assert mean == same not in (one, other)


def test_hits_stay_the_same(played):
  straight = _notes(played('straight'))
  step = max(time for time, *_ in straight) / 30
  for seed in range(4):
    notes = _notes(
        played(f'{seed}', _GROOVE, '--groove_drawn', f'--seed={seed}')
    )
    for pitch in {pitch for _, pitch, _ in straight + notes}:
      # Hits of a voice are two steps apart: their order can't change.
      asked, found = (
          np.array(sorted(time for time, p, _ in side if p == pitch))
          for side in (straight, notes)
      )
      assert len(asked) == len(found)
      assert np.abs(found - asked).max() < 0.51 * step
    assert np.std([velocity for *_, velocity in notes]) > 2


@pytest.mark.parametrize(
    'said', ['--groove_drawn', '--groove_strength=0.5', '--groove_strength=1,0']
)
def test_what_is_said_of_a_groove_needs_a_name(played, said):
  with pytest.raises(errors.InputError, match='one with --groove, as shipped:'):
    played('nameless', said)
  # Who compares grooves names none as well.
  assert played('none', '--groove=none', said) == played('straight')
  assert played('named', _GROOVE, said) != played('straight')
