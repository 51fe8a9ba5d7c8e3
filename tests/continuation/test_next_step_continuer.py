"""Tests of our own next-step model as a continuer."""

import itertools
import subprocess
import sys

import hypothesis
from hypothesis import strategies as st
import next_step_models
import numpy as np
import pytest

from drumspace_ext import errors
from drumspace_ext.continuation import continuers
from drumspace_ext.continuation import continuing
from drumspace_ext.continuation import next_step_continuer
from drumspace_ext.models import checkpoints
from drumspace_ext.patterns import step_codes

_CODES = st.lists(
    st.integers(0, step_codes.NUM_CODES - 1), min_size=1, max_size=40
).map(lambda codes: np.array(codes, np.uint16))


def _shipped():
  return continuers.load(checkpoints.find(checkpoints.CONTINUER))


@hypothesis.given(_CODES, st.integers(1, 20), st.integers(0, 9))
def test_the_primer_is_kept_and_outputs_do_not_depend_on_their_number(
    primer, more, seed
):
  made = [
      continuing.continue_codes(
          _shipped(), primer, num_steps=len(primer) + more, num_outputs=count,
          seed=seed,
      ) for count in (1, 2)
  ]
  assert made[1].shape == (2, len(primer) + more)
  np.testing.assert_array_equal(made[1][:1], made[0])
  np.testing.assert_array_equal(
      made[1][:, :len(primer)], np.stack([primer, primer])
  )


@pytest.mark.parametrize('temperature', [0.0, 1.0])
def test_a_stream_forgets_what_is_long_ago_and_goes_on(
    monkeypatch, temperature
):
  monkeypatch.setattr(next_step_continuer, 'MAX_REMEMBERED', 200)
  monkeypatch.setattr(next_step_continuer, 'KEPT', 100)
  song, lengths = next_step_models.song(seed=3, num_bars=2), []
  model = next_step_models.shipped()
  continuer = next_step_continuer.NextStepContinuer(model)
  draw = model.draw

  def noting(memory, *arguments):
    lengths.append(len(memory.codes))
    return draw(memory, *arguments)

  monkeypatch.setattr(model, 'draw', noting)
  codes = list(itertools.islice(
      continuer.stream(song, temperature=temperature, seed=1), 500
  ))
  assert max(lengths) < 200 <= len(codes)
  # It begins again on a step of the same phase.
  assert all(
      length % 64 == (len(song) + drawn) % 64
      for drawn, length in enumerate(lengths)
  )
  assert any(codes[-64:])


def test_continuations_are_of_the_beat_and_differ():
  song = next_step_models.song(seed=9, num_bars=8, noise=0)
  codes = _shipped().continue_codes(
      song, num_steps=64, num_outputs=6, temperature=1.0, seed=0
  )
  repeated = (codes[:, 32:] == codes[:, :-32]).mean()
  assert 0.7 < repeated
  assert (codes == song[64:]).mean() > 0.7


@pytest.mark.parametrize('primer, temperature, words', [
    ([], 1.0, 'one or more step codes'),
    ([1 << 14], 1.0, 'one or more step codes of 14'),
    ([1], -0.1, 'temperature must be a number not below 0, got -0.1'),
    ([1], np.nan, 'temperature must be'),
])
def test_what_is_refused(primer, temperature, words):
  with pytest.raises(errors.InputError, match=words):
    _shipped().continue_codes(
        np.array(primer, int), num_steps=3, num_outputs=1,
        temperature=temperature, seed=0,
    )


def test_flags_of_drums_rnn_are_refused(tmp_path):
  with pytest.raises(errors.InputError, match='are for drums_rnn'):
    continuing.continue_beats(
        checkpoints.CONTINUER, tmp_path, beam_size=2
    )
  with pytest.raises(errors.InputError, match='are for drums_rnn'):
    continuing.continue_beats(
        checkpoints.CONTINUER, tmp_path, hparams='attn_length=3'
    )


def test_any_named_beat_is_continued_and_nothing_heavy_is_imported(tmp_path):
  dataset = tmp_path / 'dataset.tsv'
  dataset.write_text(''.join(
      ','.join(map(str, next_step_models.song(seed=i, num_bars=2))) + '\n'
      for i in range(3)
  ))
  done = subprocess.run([sys.executable, '-c', (
      'import sys\n'
      'from drumspace_ext.continuation import continuing\n'
      'made = continuing.continue_beats("shipped:continue", '
      f'{str(tmp_path / "on")!r}, {f"{dataset}:2"!r}, num_outputs=2, '
      'num_steps=96)\n'
      'print(made)\n'
      'print([m for m in ("torch", "tensorflow") if m in sys.modules])\n'
  )], text=True, capture_output=True, check=False)
  assert done.returncode == 0, done.stderr
  assert '2 continuations of 32 steps to 96, by a next-step' in done.stdout
  assert done.stdout.strip().endswith('[]')
