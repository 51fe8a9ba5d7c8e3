"""Tests of streams: what follows a beat, without end."""

import itertools
import pathlib
import signal
import subprocess
import sys

import entry_points
import hypothesis
from hypothesis import strategies as st
import magenta_files
import next_step_models
import numpy as np
import pytest

import drumspace_ext
from drumspace_ext import errors
from drumspace_ext.continuation import continuers
from drumspace_ext.continuation import magenta_continuer
from drumspace_ext.continuation import streaming
from drumspace_ext.dataset import tsv as dataset_tsv
from drumspace_ext.magenta_models import drums_rnn_generation
from drumspace_ext.models import checkpoints
from drumspace_ext.patterns import step_codes

_CODES = st.integers(0, step_codes.NUM_CODES - 1)
_SCRIPT = 'drumspace_continue'
# Tests that run in the background of a shell inherit that it is ignored.
_INTERRUPTIBLE = """
import signal, sys
from drumspace_ext.cli import continue_beats
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv[1:] = ['--checkpoint_file=shipped:continue', '--stream']
continue_beats.console_entry_point()
"""


def _drums_rnn(search=None, **options):
  return magenta_continuer.DrumsRnnContinuer(
      magenta_files.checkpoint(magenta_files.drums_rnn_tensors(**options)),
      origin='drawn', search=search,
  )


_CONTINUERS = {
    'ours': continuers.load(checkpoints.find(checkpoints.CONTINUER)),
    'drum_kit': _drums_rnn(),
    'one_drum': _drums_rnn(num_classes=2, counter_bits=0, wraps='none'),
}


@pytest.mark.parametrize('name', _CONTINUERS)
@hypothesis.given(
    st.lists(_CODES, min_size=1, max_size=20), st.integers(1, 30),
    st.sampled_from([0.0, 0.7, 1.0]), st.integers(0, 9),
)
def test_steps_are_those_of_a_continuation(
    name, primer, num_steps, temperature, seed
):
  continuer, primer = _CONTINUERS[name], np.array(primer, np.uint16)
  drawn = continuer.continue_codes(
      primer, num_steps=num_steps, num_outputs=2, temperature=temperature,
      seed=seed,
  )
  for output, codes in enumerate(drawn):
    steps = continuer.stream(
        primer, temperature=temperature, seed=seed, output=output
    )
    assert list(itertools.islice(steps, num_steps)) == codes.tolist()


@hypothesis.given(st.lists(_CODES, max_size=100))
def test_lines_are_a_dataset_filled_up_with_rests(steps):
  lines = list(streaming.lines(steps))
  assert all(line.endswith('\n') for line in lines)
  codes = [int(code) for line in lines for code in line.split(',')]
  assert codes[:len(steps)] == steps
  assert len(codes) % 32 == 0 and len(codes) - len(steps) < 32
  assert not any(codes[len(steps):])


def test_from_python_it_goes_on_from_a_beat_until_it_is_told(tmp_path):
  dataset = tmp_path / 'dataset.tsv'
  song = next_step_models.song(seed=1, num_bars=2)
  dataset.write_text(','.join(map(str, song)) + '\n')
  endless = drumspace_ext.stream_beats(checkpoints.CONTINUER, dataset, seed=5)
  steps = list(itertools.islice(endless, 64))
  assert steps == drumspace_ext.continue_beats(
      checkpoints.CONTINUER, tmp_path / 'on', dataset, num_outputs=1,
      num_steps=96, seed=5,
  ).codes[0, 32:].tolist()
  assert steps == list(drumspace_ext.stream_beats(
      checkpoints.CONTINUER, dataset, num_steps=96, seed=5
  ))


@pytest.mark.parametrize(('options', 'match'), [
    ({'num_steps': 1}, 'the primer has 1 steps, and --num_steps=1 counts'),
    ({'temperature': -1.0}, 'temperature must be'),
    ({'input_values': 'gone.mid'}, 'gone.mid'),
    ({'checkpoint': 'shipped:acai'}, 'no model that continues beats, but'),
    ({'checkpoint': 'shipped:groove'}, r'no model that continues beats\. Give'),
])
def test_mistakes_are_named_before_the_first_step(options, match):
  with pytest.raises(errors.DrumspaceError, match=match):
    drumspace_ext.stream_beats(**{'checkpoint': 'shipped:continue'} | options)


def test_a_stream_of_drums_rnn_has_no_beam():
  continuer = _drums_rnn(drums_rnn_generation.Search(beam_size=2))
  with pytest.raises(errors.InputError, match='no end that a beam'):
    continuer.stream(np.ones(1, int), temperature=1.0, seed=0)
  with pytest.raises(errors.InputError, match='1 to 65536 steps, got 0'):
    _drums_rnn().stream(np.zeros(0, int), temperature=1.0, seed=0)


# As a user runs it.


def test_what_is_printed_is_an_input_of_every_script(tmp_path):
  done = entry_points.console(
      _SCRIPT, '--checkpoint_file=shipped:continue', '--stream', '--seed=3',
      '--num_steps=129',
  )
  assert (done.returncode, done.stderr) == (0, '')
  path = tmp_path / 'stream.tsv'
  path.write_text(done.stdout)
  assert dataset_tsv.read(path).codes.reshape(-1).tolist() == list(
      drumspace_ext.stream_beats('shipped:continue', num_steps=129, seed=3)
  )


def test_ctrl_c_ends_it_behind_a_whole_line():
  with subprocess.Popen(
      [sys.executable, '-c', _INTERRUPTIBLE],
      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
  ) as process:
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, said = process.communicate()
  assert (process.returncode, said) == (0, '')
  for line in (first + rest).splitlines(keepends=True):
    assert line.endswith('\n') and len(line.split(',')) == 32


def test_it_ends_when_nobody_reads_on():
  script = pathlib.Path(sys.executable).parent / _SCRIPT
  with subprocess.Popen(
      [script, '--checkpoint_file=shipped:continue', '--stream'],
      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
  ) as process:
    assert process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ''
    assert process.wait() == 0


@pytest.mark.parametrize(('arguments', 'word'), [
    (['--stream', '--output_dir=x'], 'leave out --output_dir'),
    (['--stream', '--beam_size=2'], 'leave out --beam_size'),
    (['--stream', '--qpm=90'], 'leave out --qpm'),
    (['--stream', '--voices_out=note_seq9'], 'leave out --voices_out'),
    (['--stream', '--swing=0.5'], 'leave out --swing'),
    (['--stream', '--groove=shipped:groove'], 'leave out --groove'),
    (['--stream', '--num_steps=1'], '--num_steps=1 counts'),
    ([], '--output_dir is missing'),
])
def test_mistakes_are_one_line(arguments, word):
  done = entry_points.console(
      _SCRIPT, '--checkpoint_file=shipped:continue', *arguments
  )
  entry_points.assert_one_line(done, _SCRIPT, word)
